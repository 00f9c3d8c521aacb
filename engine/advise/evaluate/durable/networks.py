"""Rete networks for durable_rules: a plan's rules as joins of flag facts, in the part of it that is sound.

Every pattern has a guard on the kind of fact, flags, and an always-true join at its end; no pattern negates,
compares in any way but for equality, or computes. Kinds, fields and rules have names of our own, never a user's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from advise.errors import AdviseError
from advise.evaluate.durable.shapes import Shape, shape
from advise.plan import Plan

MOST_RULES = 40
"""Rete rules in one network. More than 64 matches of one fact are too many for durable_rules."""

Pattern = dict[str, Any]
Rete = dict[str, Any]
BOUNDS = ("c", "p")
"""The certain and the possible bound, as names of flags and Rete rules begin."""
RESERVED = ("id", "sid", "kind", "one", "at", "$s", "$m", "$l", "$r", "$i")
_SALTS = ("", "x", "y", "z")


class Names:
    """The names in one network. `salt` begins those of fields."""

    def __init__(self, shapes: Sequence[Shape], salt: str = "") -> None:
        things = sorted({slot.scope.thing for each in shapes for slot in each.slots})
        self._kinds = {thing: f"k{number}" for number, thing in enumerate(things)}
        self._salt = salt

    def kind(self, thing: str) -> str:
        """The kind of the facts about a thing or table."""
        return self._kinds[thing]

    def flag(self, bound: str, shape: Shape, place: str = "") -> str:
        """The flag that a rule's part holds: of the person, of the thing in the slot `place`, or of a binding."""
        return f"{self._salt}{bound}{shape.index}{place}"

    def value(self, shape: Shape, join: int, place: str) -> str:
        """The field with a known value that a rule joins by."""
        return f"{self._salt}v{shape.index}_{join}{place}"

    def unknown(self, shape: Shape, join: int, place: str) -> str:
        """The flag that a value to join by is unknown."""
        return f"{self._salt}u{shape.index}_{join}{place}"


@dataclass(frozen=True, slots=True)
class Network:
    """Rules in one ruleset of durable_rules. `rete` is its definition, `rules` says what each Rete rule stands for."""

    number: int
    shapes: tuple[Shape, ...]
    names: Names
    rete: Rete
    rules: dict[str, tuple[Shape, bool]]


@dataclass(frozen=True, slots=True)
class Layer:
    """Rules that depend on earlier layers only or, where it's recursive, on themselves."""

    networks: tuple[Network, ...]
    recursive: bool


def layers(plan: Plan) -> tuple[Layer, ...]:
    """The rules of a plan in layers, each after those that it depends on."""
    level: dict[int, int] = {}
    members: dict[int, list[tuple[int, ...]]] = {}
    for component in plan.components:
        needs = {need for rule in component for need in plan.edges[rule]} - set(component)
        here = max((level[need] + 1 for need in needs), default=0)
        level.update(dict.fromkeys(component, here))
        members.setdefault(here, []).append(component)
    found: list[Layer] = []
    count = 0
    for _, components in sorted(members.items()):
        shapes = [shape(plan, rule) for rule in sorted(rule for component in components for rule in component)]
        networks = tuple(_network(count + i, group) for i, group in enumerate(_groups(shapes)))
        count += len(networks)
        found.append(Layer(networks, any(map(plan.recursive, components))))
    return tuple(found)


def _groups(shapes: Sequence[Shape]) -> Iterator[tuple[Shape, ...]]:
    """The shapes in order, in groups of few enough Rete rules."""
    group: list[Shape] = []
    size = 0
    for each in shapes:
        own = 1 + 3 ** len(each.joins)
        if size + own > MOST_RULES:
            yield tuple(group)
            group, size = [], 0
        group.append(each)
        size += own
    if group:
        yield tuple(group)


def _network(number: int, shapes: tuple[Shape, ...]) -> Network:
    for salt in _SALTS:
        names = Names(shapes, salt)
        rules: dict[str, tuple[Shape, bool]] = {}
        rete: Rete = {"init": {"all": [{"m": {"$and": [{"kind": "init"}, {"$ex": {"one": 1}}]}}]}}
        for each in shapes:
            for bound in BOUNDS:
                for variant, patterns in enumerate(_variants(each, bound, names)):
                    name = f"{bound}{each.index}_{variant}"
                    rules[name] = (each, bound == "c")
                    rete[name] = {"all": patterns}
        if not collide({*RESERVED, *_field_names(rete), *rete}):
            return Network(number, shapes, names, rete, rules)
    raise AdviseError("The evaluator durable can't hold these rules; use the evaluator compiled, which gives the same.")


def _variants(shape: Shape, bound: str, names: Names) -> Iterator[list[Pattern]]:
    """The Rete rules of one bound: for the possible one, values to join by may be unknown on either side."""
    first = [_person(names.flag(bound, shape))] if shape.has_person else []
    if shape.by_binding:
        yield _chained([*first, ("a", f"b{shape.index}", [{names.flag(bound, shape, "a"): 1}])])
        return
    for ways in product(("same",) if bound == "c" else ("same", "left", "right"), repeat=len(shape.joins)):
        tests: dict[str, list[Pattern]] = {"a": [], "b": []}
        for join, way in enumerate(ways):
            if way == "same":
                left, right = names.value(shape, join, "a"), names.value(shape, join, "b")
                tests["a"].append({"$ex": {left: 1}})
                tests["b"] += [{"$ex": {right: 1}}, {right: {"a": left}}]
            else:
                place = "a" if way == "left" else "b"
                tests[place].append({names.unknown(shape, join, place): 1})
        slots = [
            (place, names.kind(slot.scope.thing), [{names.flag(bound, shape, place): 1}, *tests[place]])
            for place, slot in zip("ab", shape.slots, strict=False)
        ]
        yield _chained([*first, *slots])


_Part = tuple[str, str, list[Pattern]]


def _person(flag: str) -> _Part:
    return ("p", "p", [{flag: 1}])


def _chained(parts: Sequence[_Part]) -> list[Pattern]:
    """Patterns with their guards; the last comparison between facts mustn't be false, so each ends in a true one."""
    first = parts[0][0]
    patterns = []
    for name, kind, tests in parts:
        # Plain tests come before joins.
        plain = [test for test in tests if not _joins(test)]
        joins = [test for test in tests if _joins(test)]
        tail = [] if name == first else [{"one": {first: "one"}}]
        patterns.append({name: {"$and": [{"kind": kind}, {"$ex": {"one": 1}}, *plain, *joins, *tail]}})
    return patterns


def _joins(test: Pattern) -> bool:
    ((name, value),) = test.items()
    return name != "$ex" and isinstance(value, dict)


def _field_names(rete: Rete) -> Iterator[str]:
    for rule in rete.values():
        for pattern in rule["all"]:
            for tests in pattern.values():
                for test in tests["$and"]:
                    yield from test.get("$ex", test)


def collide(names: set[str]) -> bool:
    """True when durable_rules, which knows names by a hash of 32 bits, would take one for another."""
    return len({fnv1a(name) for name in names}) < len(names)


def fnv1a(name: str) -> int:
    """The hash of durable_rules."""
    found = 0x811C9DC5
    for byte in name.encode():
        found = (found ^ byte) * 16777619 & 0xFFFFFFFF
    return found
