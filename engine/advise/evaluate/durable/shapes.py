"""How a rule becomes a join: which parts are flags of the person or of one thing, and which join two things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from advise.conditions import (
    Condition,
    Of,
    Operand,
    Quantified,
    Ref,
    Scope,
    Test,
)
from advise.operators import Core
from advise.plan import Plan, flat, refs, scopes
from advise.rules import Rule
from advise.types import Kind

MOST_JOINS = 2
Join = tuple[Ref, Ref]
"""Two facts that must be equal, the first of the first thing and the second of the second."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A pattern for one thing: the scope that it ranges over and what must hold of each thing by itself."""

    scope: Scope
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A rule as a join.

    `person` must hold of the person. Then either `slots`, at most two, whose things are joined by `joins`; one
    slot more than `rule.each` is the thing of a `some`. Or, for a rule that fits no such join (`by_binding`),
    `rest` is asked for every choice of things.
    """

    index: int
    rule: Rule
    person: tuple[Condition, ...]
    slots: tuple[Slot, ...] = ()
    joins: tuple[Join, ...] = ()
    rest: tuple[Condition, ...] = ()

    @property
    def by_binding(self) -> bool:
        """True when the rule binds things, but not by slots."""
        return bool(self.rule.each) and not self.slots

    @property
    def has_person(self) -> bool:
        """True when the rule asks something of the person, or binds nothing else."""
        return bool(self.person) or not self.rule.each


def shape(plan: Plan, index: int) -> Shape:
    """The shape of a rule."""
    rule = plan.rulebook.rules[index]
    names = frozenset(scope.name for scope in rule.each)
    parts = flat(rule.condition)
    person = tuple(part for part in parts if not reads(part, names))
    rest = tuple(part for part in parts if reads(part, names))
    # Whether a rule of two things is overridden depends on both, which a flag of one can't say.
    fits = len(rule.each) == 1 or (len(rule.each) == 2 and index not in plan.overriders)
    if fits and not any(scope.other for scope in rule.each):
        found = (_lifted(rest, rule.each[0]) if len(rule.each) == 1 else None) or _split(rest, rule.each)
        if found is not None:
            return Shape(index, rule, person, *found)
    return Shape(index, rule, person, rest=rest)


def reads(condition: Condition, names: frozenset[str]) -> frozenset[str]:
    """Which of the bound `names` a condition may depend on."""
    found = {ref.scope for ref in refs(condition) if ref.scope is not None}
    return names & (found | {scope.thing for scope in scopes(condition) if scope.other})


_Split = tuple[tuple[Slot, ...], tuple[Join, ...]]


def _lifted(rest: Sequence[Condition], scope: Scope) -> _Split | None:
    """With the thing of a `some` as the second slot, where that makes an equality join."""
    for part in rest:
        if isinstance(part, Quantified) and part.quantifier == "some" and not part.scope.other:
            if part.scope.name == scope.name:
                continue
            others = [other for other in rest if other is not part]
            found = _split([*others, *flat(part.body)], (scope, part.scope))
            if found is not None and found[1]:
                return found
    return None


def _split(parts: Sequence[Condition], scopes: Sequence[Scope]) -> _Split | None:
    """The parts by the one thing that they're about, and the joins; None when some part is neither."""
    names = [scope.name for scope in scopes]
    own: list[list[Condition]] = [[] for _ in scopes]
    joins: list[Join] = []
    for part in parts:
        read = reads(part, frozenset(names))
        if len(read) > 1:
            join = _join(part, names)
            if join is None or len(joins) == MOST_JOINS:
                return None
            joins.append(join)
        else:
            own[names.index(next(iter(read))) if read else 0].append(part)
    slots = tuple(Slot(scope, tuple(each)) for scope, each in zip(scopes, own, strict=True))
    return slots, tuple(joins)


def _join(part: Condition, names: Sequence[str]) -> Join | None:
    """The two sides of an equality of plain values, in the order of `names`."""
    if not isinstance(part, Test) or part.operator != Core.EQUAL:
        return None
    left, right = part.left, part.right
    if not (_is_plain(left) and _is_plain(right)):
        return None
    assert isinstance(left, Ref) and isinstance(right, Ref)
    return (left, right) if left.scope == names[0] else (right, left)


def _is_plain(operand: Operand) -> bool:
    """True for a reference whose value is a text or a truth value: an ordered choice that is computed is a rank."""
    if not isinstance(operand, Ref) or operand.type.kind not in (Kind.TEXT, Kind.CHOICE, Kind.BOOLEAN):
        return False
    return not (operand.of is Of.COMPUTED and operand.type.kind is Kind.CHOICE)
