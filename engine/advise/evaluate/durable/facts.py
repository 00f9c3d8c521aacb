"""The facts for a network: what holds of the person and of each thing, asked of the reference's world, as flags."""

from __future__ import annotations

from collections.abc import Iterable

from advise.conditions import Condition
from advise.evaluate import Firing
from advise.evaluate.durable.networks import Network
from advise.evaluate.durable.shapes import Shape, Slot
from advise.evaluate.reference import Bound, Environment, World
from advise.values import NOTHING, UNKNOWN, Value

Flat = dict[str, str | int]
"""A fact as durable_rules gets it: our own names and numbers, nothing that a person wrote."""


class Facts:
    """The facts of one case for one network, given what earlier layers concluded.

    `all` are the facts, those about the person first; none where no rule can hold.
    """

    def __init__(self, world: World, network: Network) -> None:
        self._world = world
        self.network = network
        self._names = network.names
        self._person: Flat = {"kind": "p"}
        self._things: dict[tuple[str, int], Flat] = {}
        self._bound: list[Flat] = []
        self._bindings: dict[int, list[tuple[int, ...]]] = {}
        self._numbers: dict[tuple[type, Value], int] = {}
        for shape in network.shapes:
            self._add(shape)
        person = [self._person] if len(self._person) > 1 else []
        self.all = [*person, *self._things.values(), *self._bound]

    def firing(self, name: str, at: list[int]) -> tuple[Firing, bool]:
        """What it means that a Rete rule matched facts at these places: a firing, and whether it's certain."""
        shape, certain = self.network.rules[name]
        if shape.by_binding:
            return (shape.index, self._bindings[shape.index][at[0]]), certain
        return (shape.index, tuple(at[: len(shape.rule.each)])), certain

    def _add(self, shape: Shape) -> None:
        binding = None if shape.rule.each else ()
        possible, certain = self._holds(shape.person, {}, shape, binding)
        if not possible:
            return
        if shape.has_person:
            self._flag(self._person, shape, "", certain)
        if shape.by_binding:
            self._add_bindings(shape)
        for place, slot in zip("ab", shape.slots, strict=False):
            self._add_things(shape, slot, place)

    def _add_bindings(self, shape: Shape) -> None:
        world, rule = self._world, shape.rule
        bindings = self._bindings[shape.index] = list(world.bindings(rule))
        for at, binding in enumerate(bindings):
            possible, certain = self._holds(shape.rest, world.environment(rule, binding), shape, binding)
            if possible:
                fact: Flat = {"kind": f"b{shape.index}", "at": at}
                self._flag(fact, shape, "a", certain and not world.has_phantom(rule, binding))
                self._bound.append(fact)

    def _add_things(self, shape: Shape, slot: Slot, place: str) -> None:
        thing = slot.scope.thing
        phantom = self._world.phantom(thing)
        is_whole = place == "a" and len(shape.rule.each) == 1
        for at in self._world.indexes(slot.scope, {}):
            env = {slot.scope.name: at}
            values = [self._world.value(join["ab".index(place)], env) for join in shape.joins]
            if NOTHING in values:
                continue  # nothing equals it
            possible, certain = self._holds(slot.parts, env, shape, (at,) if is_whole else None)
            if not possible:
                continue
            fact = self._things.setdefault((thing, at), {"kind": self._names.kind(thing), "at": at})
            self._flag(fact, shape, place, certain and at != phantom)
            for join, value in enumerate(values):
                if value is UNKNOWN:
                    fact[self._names.unknown(shape, join, place)] = 1
                else:
                    fact[self._names.value(shape, join, place)] = self._number(value)

    def _holds(
        self, parts: Iterable[Condition], env: Environment, shape: Shape, binding: tuple[int, ...] | None
    ) -> tuple[bool, bool]:
        """Whether all parts hold, possibly and certainly, and nothing overrides the rule for `binding`, if given."""
        world = self._world
        if not all(world.holds(part, env, Bound.POSSIBLE) for part in parts):
            return False, False
        if binding is not None and world.overridden(shape.index, binding, Bound.CERTAIN):
            return False, False
        certain = all(world.holds(part, env, Bound.CERTAIN) for part in parts)
        if certain and binding is not None:
            certain = not world.overridden(shape.index, binding, Bound.POSSIBLE)
        return True, certain

    def _flag(self, fact: Flat, shape: Shape, place: str, certain: bool) -> None:
        fact[self._names.flag("p", shape, place)] = 1
        if certain:
            fact[self._names.flag("c", shape, place)] = 1

    def _number(self, value: Value) -> int:
        """The same small number for the same value: durable_rules compares numbers without surprises."""
        assert isinstance(value, str | bool)
        return self._numbers.setdefault((type(value), value), len(self._numbers) + 1)
