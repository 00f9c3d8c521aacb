"""The order of evaluation: which rules depend on which, in components and strata."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from advise.conditions import (
    Aggregate,
    All,
    AnyOf,
    Arithmetic,
    Condition,
    Constant,
    Elapsed,
    Lookup,
    Not,
    Of,
    Operand,
    Parameter,
    Quantified,
    Rank,
    Ref,
    Scope,
    Shifted,
    Test,
    Today,
)
from advise.operators import Core
from advise.rules import Rule, Rulebook
from advise.types import Kind, Literal

Key = tuple[str | None, str]
"""A declared name: (thing or None for the person, path)."""


def operand_parts(operand: Operand) -> tuple[Operand, ...]:
    """The operands directly inside `operand` (not those of an aggregate's condition)."""
    match operand:
        case Ref() | Constant() | Parameter() | Today():
            return ()
        case Shifted():
            return operand.date, operand.count
        case Arithmetic():
            return operand.left, operand.right
        case Elapsed():
            return operand.start, operand.end
        case Rank():
            return (operand.of,)
        case Aggregate():
            return () if operand.value is None else (operand.value,)
        case Lookup():
            return operand.keys


def operands_in(operand: Operand) -> Iterator[Operand]:
    """An operand and every other inside it, conditions of aggregates included."""
    yield operand
    if isinstance(operand, Aggregate):
        yield from operands(operand.where)
    for part in operand_parts(operand):
        yield from operands_in(part)


def operands(condition: Condition) -> Iterator[Operand]:
    """Every operand in `condition`, those inside others included."""
    for test in tests(condition):
        yield from operands_in(test.left)
        yield from operands_in(test.right)


def operands_behind(condition: Condition, rulebook: Rulebook) -> Iterator[Operand]:
    """Every operand in `condition` and in the computed facts that it reads, also through others."""
    ahead: list[Iterator[Operand]] = [operands(condition)]
    seen: set[Key] = set()
    while ahead:
        for operand in ahead.pop():
            yield operand
            if isinstance(operand, Ref) and operand.of is Of.COMPUTED and operand.key not in seen:
                seen.add(operand.key)
                ahead.append(operands_in(rulebook.computed[operand.key].value))


def operand_refs(operand: Operand) -> Iterator[Ref]:
    """Every reference in `operand`, conditions of aggregates included."""
    return (each for each in operands_in(operand) if isinstance(each, Ref))


def refs(condition: Condition) -> Iterator[Ref]:
    """Every reference in `condition`."""
    return (each for each in operands(condition) if isinstance(each, Ref))


def tests(condition: Condition) -> Iterator[Test]:
    """Every test in `condition`, not those inside aggregates."""
    match condition:
        case Test():
            yield condition
        case All() | AnyOf():
            for part in condition.parts:
                yield from tests(part)
        case Not():
            yield from tests(condition.part)
        case Quantified():
            yield from tests(condition.body)


def inner_conditions(condition: Condition) -> Iterator[Condition]:
    """The conditions directly inside `condition`, those of aggregates included."""
    match condition:
        case Test():
            yield from (aggregate.where for aggregate in aggregates(condition))
        case All() | AnyOf():
            yield from condition.parts
        case Not():
            yield condition.part
        case Quantified():
            yield condition.body


def aggregates(test: Test) -> Iterator[Aggregate]:
    """The aggregates in a test, not those in the conditions of others."""
    yield from _aggregates(test.left)
    yield from _aggregates(test.right)


def _aggregates(operand: Operand) -> Iterator[Aggregate]:
    if isinstance(operand, Aggregate):
        yield operand
    for part in operand_parts(operand):
        yield from _aggregates(part)


def scopes(condition: Condition) -> Iterator[Scope]:
    """Every scope in `condition`, those of aggregates included."""
    match condition:
        case Quantified():
            yield condition.scope
            yield from scopes(condition.body)
        case All() | AnyOf():
            for part in condition.parts:
                yield from scopes(part)
        case Not():
            yield from scopes(condition.part)
        case Test():
            yield from operand_scopes(condition.left)
            yield from operand_scopes(condition.right)


def operand_scopes(operand: Operand) -> Iterator[Scope]:
    """Every scope in `operand`, conditions of aggregates included."""
    if isinstance(operand, Aggregate):
        yield operand.scope
        yield from scopes(operand.where)
    for part in operand_parts(operand):
        yield from operand_scopes(part)


def names_used(condition: Condition) -> set[str]:
    """The bound names that a condition speaks of, those that it binds itself perhaps included."""
    used = {ref.scope for ref in refs(condition) if ref.scope is not None}
    return used | {scope.thing for scope in scopes(condition) if scope.other}


def flat(condition: Condition) -> list[Condition]:
    """The parts of nested conjunctions, in order."""
    if isinstance(condition, All):
        return [inner for part in condition.parts for inner in flat(part)]
    return [condition]


def loops(condition: Condition) -> int:
    """How many lists a condition looks through within one another, at most."""
    match condition:
        case Test():
            aggregates = (each for each in (condition.left, condition.right) if isinstance(each, Aggregate))
            return max((1 + loops(each.where) for each in aggregates), default=0)
        case All() | AnyOf():
            return max(map(loops, condition.parts), default=0)
        case Not():
            return loops(condition.part)
        case Quantified():
            return 1 + loops(condition.body)


def concluded_values(rules: tuple[Rule, ...]) -> Mapping[Key, tuple[Literal, ...]]:
    """For each conclusion that some rule draws, the values drawn, in a canonical order."""
    drawn: dict[Key, set[Literal]] = {}
    for rule in rules:
        for conclude in rule.conclude:
            drawn.setdefault((conclude.thing, conclude.path), set()).add(conclude.value)
    return {key: tuple(sorted(values, key=lambda v: (str(type(v)), v))) for key, values in drawn.items()}


def conclusions_read(
    condition: Condition, values: Mapping[Key, tuple[Literal, ...]], strict: bool = False
) -> Iterator[tuple[Key, bool]]:
    """The conclusions that `condition` reads, each with whether it reads it strictly.

    A plain read can only turn from false to true while more is drawn; every other read is strict.
    """
    match condition:
        case Test():
            yield from _read_by_test(condition, values, strict)
        case All() | AnyOf():
            for part in condition.parts:
                yield from conclusions_read(part, values, strict)
        case Not():
            yield from conclusions_read(condition.part, values, True)
        case Quantified():
            yield from conclusions_read(condition.body, values, strict or condition.quantifier != "some")


def _read_by_test(test: Test, values: Mapping[Key, tuple[Literal, ...]], strict: bool) -> Iterator[tuple[Key, bool]]:
    left, right = test.left, test.right
    if isinstance(left, Ref) and left.of is Of.CONCLUSION and isinstance(right, Constant):
        plain = left.type.kind is not Kind.BOOLEAN or (test.operator == Core.EQUAL and right.value is True)
        yield left.key, strict or not plain or len(values.get(left.key, ())) > 1
        return
    for operand in (left, right):
        for ref in operand_refs(operand):
            if ref.of is Of.CONCLUSION:
                yield ref.key, True


@dataclass(frozen=True)
class Plan:
    """A rulebook with everything about its evaluation that doesn't depend on the facts.

    Assumes that the rulebook has no negative cycle (the loader refuses those).
    """

    rulebook: Rulebook

    @cached_property
    def values(self) -> Mapping[Key, tuple[Literal, ...]]:
        """The values that rules draw for each conclusion."""
        return concluded_values(self.rulebook.rules)

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Rule id -> its index."""
        return {rule.id: i for i, rule in enumerate(self.rulebook.rules)}

    @cached_property
    def writers(self) -> Mapping[Key, tuple[int, ...]]:
        """Conclusion -> indexes of the rules that draw it."""
        found: dict[Key, list[int]] = {}
        for i, rule in enumerate(self.rulebook.rules):
            for key in dict.fromkeys((c.thing, c.path) for c in rule.conclude):
                found.setdefault(key, []).append(i)
        return {key: tuple(rules) for key, rules in found.items()}

    @cached_property
    def overriders(self) -> Mapping[int, tuple[int, ...]]:
        """Rule -> the rules that override it."""
        found: dict[int, list[int]] = {}
        for i, rule in enumerate(self.rulebook.rules):
            for other in dict.fromkeys(rule.overrides):
                found.setdefault(self.index[other], []).append(i)
        return {rule: tuple(others) for rule, others in found.items()}

    @cached_property
    def edges(self) -> tuple[Mapping[int, bool], ...]:
        """For each rule the rules that it depends on, and whether strictly."""
        found = []
        for i, rule in enumerate(self.rulebook.rules):
            needs: dict[int, bool] = {}
            for key, strict in conclusions_read(rule.condition, self.values):
                for writer in self.writers.get(key, ()):
                    needs[writer] = needs.get(writer, False) or strict
            for other in self.overriders.get(i, ()):
                needs[other] = True
            found.append(needs)
        return tuple(found)

    @cached_property
    def components(self) -> tuple[tuple[int, ...], ...]:
        """The rules in an order in which each comes after what it depends on; rules that depend on one
        another stand together."""
        return tuple(tuple(sorted(component)) for component in strongly_connected(self.edges))

    def recursive(self, component: tuple[int, ...]) -> bool:
        """True when the rules of `component` depend on themselves."""
        return len(component) > 1 or component[0] in self.edges[component[0]]

    @cached_property
    def strata(self) -> tuple[int, ...]:
        """For each rule its stratum, from 0: one more than the highest that it strictly depends on."""
        level = [0] * len(self.rulebook.rules)
        for component in self.components:
            inside = set(component)
            reached = max(
                (
                    level[need] + strict
                    for rule in component
                    for need, strict in self.edges[rule].items()
                    if need not in inside
                ),
                default=0,
            )
            for rule in component:
                level[rule] = reached
        return tuple(level)

    @cached_property
    def facts_read(self) -> tuple[frozenset[Key], ...]:
        """For each rule the facts that it depends on, through computed facts and other rules as well."""
        own: dict[int, frozenset[Key]] = {}
        for component in self.components:
            found = {key for rule in component for key in self._facts_of(self.rulebook.rules[rule].condition)}
            found |= {key for rule in component for need in self.edges[rule] for key in own.get(need, ())}
            own.update(dict.fromkeys(component, frozenset(found)))
        return tuple(own[rule] for rule in range(len(self.rulebook.rules)))

    def _facts_of(self, condition: Condition) -> Iterator[Key]:
        for operand in operands_behind(condition, self.rulebook):
            if isinstance(operand, Ref) and operand.of is Of.FACT:
                yield operand.key

    @cached_property
    def computed_order(self) -> tuple[Key, ...]:
        """The computed facts, each after those that it reads."""
        keys = tuple(self.rulebook.computed)
        number = {key: i for i, key in enumerate(keys)}
        edges = tuple(
            {number[ref.key]: False for ref in operand_refs(self.rulebook.computed[key].value) if ref.of is Of.COMPUTED}
            for key in keys
        )
        return tuple(keys[i] for component in strongly_connected(edges) for i in component)


def strongly_connected(edges: tuple[Mapping[int, bool], ...]) -> list[list[int]]:
    """Tarjan's strongly connected components of a graph, each after those that its nodes point to."""
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    found: list[list[int]] = []
    for root in range(len(edges)):
        if root in order:
            continue
        work: list[tuple[int, Iterator[int]]] = [(root, iter(edges[root]))]
        order[root] = low[root] = len(order)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, targets = work[-1]
            for target in targets:
                if target not in order:
                    order[target] = low[target] = len(order)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(edges[target])))
                    break
                if target in on_stack:
                    low[node] = min(low[node], order[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == order[node]:
                    component = []
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        component.append(member)
                        if member == node:
                            break
                    found.append(component)
    return found


def find_cycles(rulebook: Rulebook) -> list[tuple[str, ...]]:
    """The negative cycles: for each, rule ids in a circle, the first repeated at the end.

    A rule in it depends strictly (through `not`, `every`, `no`, a count, a conclusion of several values or
    an override) on the next, so that no order of evaluation is right.
    """
    plan = Plan(rulebook)
    cycles = []
    for component in plan.components:
        inside = set(component)
        for rule in component:
            strict = next((n for n, s in plan.edges[rule].items() if s and n in inside), None)
            if strict is not None:
                path = _path(plan, strict, rule, inside)
                cycles.append(tuple(rulebook.rules[i].id for i in (rule, *path)))
                break
    return cycles


def _path(plan: Plan, start: int, end: int, inside: set[int]) -> list[int]:
    """A shortest path of dependencies from `start` to `end`, both included."""
    came: dict[int, int] = {start: start}
    queue = [start]
    for node in queue:
        if node == end:
            break
        for target in sorted(plan.edges[node]):
            if target in inside and target not in came:
                came[target] = node
                queue.append(target)
    path = [end]
    while path[-1] != start:
        path.append(came[path[-1]])
    return path[::-1]
