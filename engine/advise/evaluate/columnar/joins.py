"""Joins between lists by an equal key: a table of the keys that each person has, instead of every pair of things."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from advise.conditions import Of, Quantified, Ref, Scope, Test
from advise.evaluate.columnar.arrays import NOTHING_CODE, UNKNOWN_CODE, Bools, Codes, Ints, Pair, full, picked
from advise.evaluate.columnar.frames import PERSON, Frame, Needs
from advise.evaluate.columnar.nodes import PairNode, ValueNode
from advise.operators import Core
from advise.plan import flat
from advise.types import Kind

if TYPE_CHECKING:
    from advise.evaluate.columnar.conditions import Conditions

_LARGEST = 1 << 24
_CODED = (Kind.TEXT, Kind.CHOICE, Kind.BOOLEAN)


@dataclass(frozen=True, slots=True)
class Join:
    """`some x: {key: {same as: outer}, ...}`, where all other parts are about x alone, or not about x."""

    needs: Needs
    steady: bool
    run: Callable[[Frame], Pair]


def equality_join(condition: Quantified, conditions: Conditions) -> Join | None:
    """The join that a quantifier is; None when it's another kind of condition."""
    scope = condition.scope
    if condition.quantifier == "every" or scope.other or scope.is_table:
        return None
    parts = flat(condition.body)
    test = next((part for part in parts if isinstance(part, Test) and _keys(part, scope.name) is not None), None)
    if test is None:
        return None
    keys = _keys(test, scope.name)
    assert keys is not None
    own, other = conditions.operands.operand(keys[0]), conditions.operands.operand(keys[1])
    rest = [conditions.condition(part) for part in parts if part is not test]
    inner = [part for part in rest if scope.name in part.needs]
    if any(part.needs - {scope.name, PERSON} for part in inner):
        return None
    outer = [part for part in rest if scope.name not in part.needs]
    body, around = conditions.conjunction(inner), conditions.conjunction(outer)
    steady = body.steady and around.steady and other.steady

    def run(frame: Frame) -> Pair:
        things = frame.batch.root.child(Scope(scope.name, scope.thing))
        return _joined(frame, things, (own, other), body).both(around.at(frame))

    return Join(around.needs | other.needs | {PERSON}, steady, run)


def _keys(test: Test, name: str) -> tuple[Ref, Ref] | None:
    """The key of the inner thing, and what it must equal."""
    for own, other in ((test.left, test.right), (test.right, test.left)):
        if (
            test.operator == Core.EQUAL
            and isinstance(own, Ref)
            and isinstance(other, Ref)
            and own.scope == name
            and other.scope != name
            and own.of is Of.FACT
            and other.of is Of.FACT
            and own.type.kind in _CODED
        ):
            return own, other
    return None


def _joined(frame: Frame, things: Frame, keys: tuple[ValueNode, ValueNode], body: PairNode) -> Pair:
    own, other = keys[0].at(things), keys[1].at(frame)
    assert isinstance(own, Codes) and isinstance(other, Codes)
    holds = body.at(things)
    people, size = frame.batch.people.count, things.size
    codes = full(own.codes, size)
    possible, certain = full(holds.possible, size), full(holds.certain, size)
    phantom = things.own_phantom
    exact = holds.possible is holds.certain and phantom is None
    certain = certain if phantom is None else certain & ~phantom
    place, count = _places(codes, len(frame.batch.people.vocabulary))
    owner = things.up

    def slots(chosen: Bools) -> Ints:
        at = np.flatnonzero(chosen & (codes >= 0) if own.unknown else chosen)
        found: Ints = owner.take(at) * count + place.take(codes.take(at))
        return found

    wanted = picked(np.arange(people) * count, frame.person) + place.take(other.codes, mode="wrap")
    sure = _hits(people * count, slots(certain), wanted)
    if exact and not own.unknown and not other.unknown:
        return Pair(sure, sure)
    may = sure if exact else _hits(people * count, slots(possible), wanted)
    return Pair(sure, _loosened(frame, owner, possible, (codes, other.codes), may))


def _places(codes: Ints, count: int) -> tuple[Ints, int]:
    """For each code its place among those that things have, 0 if they don't; the last two are for -1 and -2."""
    present = np.zeros(count + 2, np.bool_)
    present[codes] = True
    present[[UNKNOWN_CODE, NOTHING_CODE]] = False
    return np.where(present, np.cumsum(present), 0), int(present.sum()) + 1


def _hits(size: int, slots: Ints, wanted: Ints) -> Bools:
    found: Bools
    if size > _LARGEST:
        found = np.isin(wanted, slots)
    else:
        table = np.zeros(size, np.bool_)
        table[slots] = True
        found = table.take(wanted)
    return found


def _loosened(frame: Frame, owner: Ints, possible: Bools, codes: tuple[Ints, Ints], found: Bools) -> Bools:
    """With an unknown key on either side, two things may be equal."""
    own, other = codes
    unsure, some = np.zeros(frame.batch.people.count, np.bool_), np.zeros(frame.batch.people.count, np.bool_)
    unsure[owner[possible & (own == UNKNOWN_CODE)]] = True
    some[owner[possible]] = True
    unsure_here: Bools = picked(unsure, frame.person)
    some_here: Bools = picked(some, frame.person)
    loosened: Bools = found | unsure_here | (some_here & (other == UNKNOWN_CODE))
    return loosened
