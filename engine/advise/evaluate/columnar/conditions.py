"""Prepares conditions: tests, their combinations and quantifiers as nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from advise.conditions import All, AnyOf, Condition, Constant, Not, Of, Quantified, Ref, Test
from advise.evaluate.columnar.arrays import (
    ALWAYS,
    NEVER,
    NOTHING_CODE,
    UNKNOWN_CODE,
    Bools,
    Codes,
    Pair,
    Segments,
    Spans,
    Texts,
    Values,
    full,
    joined,
    joined_pairs,
    owners,
)
from advise.evaluate.columnar.frames import PERSON, Frame, Needs
from advise.evaluate.columnar.intervals import compared, one_of
from advise.evaluate.columnar.joins import equality_join
from advise.evaluate.columnar.lookups import Lookups
from advise.evaluate.columnar.nodes import PairNode
from advise.evaluate.columnar.operands import Operands, code_of, needs_outside
from advise.evaluate.columnar.vocabulary import Vocabulary
from advise.evaluate.meaning import compare, matcher
from advise.evaluate.reference import typed
from advise.operators import Core
from advise.plan import Plan, flat
from advise.types import Kind, Literal


class Conditions:
    """Makes nodes of conditions."""

    def __init__(self, plan: Plan, vocabulary: Vocabulary) -> None:
        self.plan = plan
        self.operands = Operands(plan, Lookups(plan.rulebook, vocabulary), self.condition)
        self._nodes: dict[Any, PairNode] = {}

    def condition(self, condition: Condition) -> PairNode:
        """The node of a condition; equal conditions share one."""
        key: Any = condition
        if isinstance(condition, Test):
            key = condition.left, condition.operator, condition.right
        found = self._nodes.get(key)
        if found is None:
            found = self._nodes[key] = self._made(condition)
        return found

    def _made(self, condition: Condition) -> PairNode:
        match condition:
            case Test():
                return self._test(condition)
            case All():
                return self._all([self.condition(part) for part in flat(condition)])
            case AnyOf():
                return self._combined([self.condition(part) for part in condition.parts], Pair.either, NEVER)
            case Not():
                inner = self.condition(condition.part)
                return self._node(inner.needs, inner.steady, lambda frame: inner.at(frame).opposite())
            case Quantified():
                return self._quantified(condition)

    def _node(self, needs: Needs, steady: bool, run: Callable[[Frame], Pair]) -> PairNode:
        return self.operands.node(needs, steady, run)

    def conjunction(self, parts: list[PairNode]) -> PairNode:
        """The node of parts that must all hold."""
        return self._all(parts)

    def _all(self, parts: list[PairNode]) -> PairNode:
        """A conjunction; parts that need the same are worked out together, where they are, those about less first.

        What comes after nothing is left isn't worked out.
        """
        groups: dict[Needs, list[PairNode]] = {}
        for part in sorted(parts, key=lambda part: len(part.needs)):
            groups.setdefault(part.needs, []).append(part)
        if len(groups) < 2:
            return self._combined(parts, Pair.both, ALWAYS)
        return self._combined(
            [self._combined(group, Pair.both, ALWAYS) for group in groups.values()], Pair.both, ALWAYS
        )

    def _combined(self, parts: list[PairNode], combine: Callable[[Pair, Pair], Pair], start: Pair) -> PairNode:
        if len(parts) == 1:
            return parts[0]
        needs: Needs = frozenset().union(*(part.needs for part in parts))

        def run(frame: Frame) -> Pair:
            found = start
            for part in parts:
                found = part.at(frame) if found is start else combine(found, part.at(frame))
                if start is ALWAYS and not found.possible.any():
                    break
            return found

        return self._node(needs, all(part.steady for part in parts), run)

    def _quantified(self, condition: Quantified) -> PairNode:
        scope = condition.scope
        join = equality_join(condition, self)
        if join is not None:
            found = self._node(join.needs, join.steady, join.run)
            negated = condition.quantifier == "no"
            return found if not negated else self._node(found.needs, found.steady, lambda f: found.at(f).opposite())
        body = condition.body if condition.quantifier != "every" else Not(condition.body)
        inner = self.condition(body)
        needs = needs_outside(inner.needs, scope.name, scope.thing if scope.other else None, scope.is_table)
        negated = condition.quantifier != "some"

        def run(frame: Frame) -> Pair:
            found = joined_pairs([some(part.child(scope), inner) for part, _ in frame.parts(scope)])
            return found.opposite() if negated else found

        return self._node(needs, inner.steady, run)

    # ------------------------------------------------------------------------------------------- tests

    def _test(self, test: Test) -> PairNode:
        left, right = test.left, test.right
        if test.operator == Core.KNOWN:
            return self._known(test)
        if isinstance(left, Ref) and left.of is Of.CONCLUSION and isinstance(right, Constant):
            return self._concluded(left, test.operator, right)
        if test.operator == Core.ONE_OF:
            assert isinstance(right, Constant)
            members: Any = right.value
            one = self.operands.operand(left)
            return self._node(one.needs, one.steady, lambda frame: _one_of(one.at(frame), members, frame))
        a, b = self.operands.operand(left), self.operands.operand(right)

        def run(frame: Frame) -> Pair:
            return _compared(test.operator, a.at(frame), b.at(frame), frame)

        return self._node(a.needs | b.needs, a.steady and b.steady, run)

    def _known(self, test: Test) -> PairNode:
        assert isinstance(test.left, Ref) and isinstance(test.right, Constant)
        ref, wanted = test.left, bool(test.right.value)
        value = self.operands.operand(ref)
        if ref.of is Of.FACT:
            return self._node(value.needs, True, lambda frame: _given(frame, ref, wanted))
        return self._node(value.needs, value.steady, lambda frame: _has_value(value.at(frame), wanted))

    def _concluded(self, ref: Ref, operator: str, constant: Constant) -> PairNode:
        """A test of a conclusion: of each value that it may have, certain only if there's just one."""
        kind = ref.type.kind
        right: Any = constant.value if operator == Core.ONE_OF else typed(constant.value, constant.type.kind)

        def passes(value: Literal) -> bool:
            return bool(compare(operator, typed(value, kind), right))

        values = self.plan.values.get(ref.key, ())
        passing = [i for i, value in enumerate(values) if passes(value)]
        needs = frozenset({PERSON if ref.scope is None else ref.scope})
        if kind is Kind.BOOLEAN:
            has_true, has_false = passes(True), passes(False)
            return self._node(needs, False, lambda frame: _tested_boolean(ref, values, has_true, has_false, frame))
        return self._node(needs, False, lambda frame: _tested(ref, passing, frame))


def some(frame: Frame, body: PairNode) -> Pair:
    """For each row of the frame above, whether the body holds in one of its rows here."""
    segments = frame.segments
    assert segments is not None
    found = body.at(frame)
    possible = segments.any(full(found.possible, frame.size))
    phantom = frame.own_phantom
    if found.certain is found.possible and phantom is None:
        return Pair(possible, possible)
    certain = full(found.certain, frame.size)
    return Pair(segments.any(certain if phantom is None else certain & ~phantom), possible)


def _given(frame: Frame, ref: Ref, wanted: bool) -> Pair:
    """`known` of a fact: absent is unknown, null is false."""
    column = frame.batch.people.columns[ref.key]
    size = frame.batch.store_size(ref.thing)
    null = np.zeros(size, np.bool_) if column.null is None else column.null
    passed = ~null if wanted else null
    if column.absent is None:
        return Pair(passed, passed)
    return Pair(passed & ~column.absent, passed | column.absent)


def _has_value(value: Values, wanted: bool) -> Pair:
    """`known` of what is worked out or looked up."""
    if isinstance(value, Spans):
        there = np.ones(1, np.bool_) if value.empty is None else ~value.empty
        passed = there if wanted else ~there
        return Pair(passed, passed)
    assert isinstance(value, Codes)
    there = value.codes != NOTHING_CODE
    unknown = value.codes == UNKNOWN_CODE
    passed = there if wanted else ~there
    return Pair(passed & ~unknown, passed | unknown)


def _drawn(frame: Frame, ref: Ref, value: int) -> tuple[Bools, Bools]:
    found = frame.batch.drawn.get(ref.key, {}).get(value)
    if found is None:
        none = np.zeros(frame.batch.store_size(ref.thing), np.bool_)
        return none, none
    return found[0], found[1]


def _tested(ref: Ref, passing: list[int], frame: Frame) -> Pair:
    drawn = frame.batch.drawn.get(ref.key, {})
    size = frame.batch.store_size(ref.thing)
    how_many = np.zeros(size, np.int32)
    certain, possible = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    for value, (sure, may) in drawn.items():
        how_many += may
        if value in passing:
            certain |= sure
            possible |= may
    return Pair(certain & (how_many == 1), possible)


def _tested_boolean(ref: Ref, values: tuple[Literal, ...], has_true: bool, has_false: bool, frame: Frame) -> Pair:
    none = np.zeros(frame.batch.store_size(ref.thing), np.bool_)
    true = _drawn(frame, ref, values.index(True)) if True in values else (none, none)
    false = _drawn(frame, ref, values.index(False)) if False in values else (none, none)
    undecided = ~(true[0] | false[0])
    may_be_false = false[1] | undecided
    only_true, only_false = true[0] & ~may_be_false, may_be_false & ~true[1]
    only_false = only_false & (false[0] | undecided)
    certain, possible = none, none
    if has_true:
        certain, possible = only_true, true[1]
    if has_false:
        certain, possible = certain | only_false, possible | may_be_false
    return Pair(certain, possible)


def _one_of(value: Values, members: tuple[Any, ...], frame: Frame) -> Pair:
    if isinstance(value, Spans):
        return one_of(value, members)
    assert isinstance(value, Codes)
    vocabulary = frame.batch.people.vocabulary
    codes = [code_of(member, vocabulary) for member in members]
    if len(codes) <= 4:
        found: Bools = joined([value.codes == code for code in codes], np.logical_or, np.zeros(1, np.bool_))
    else:
        # The last two places of the table are those of the codes -1 and -2.
        table = np.zeros(len(vocabulary) + 2, np.bool_)
        table[codes] = True
        found = table.take(value.codes, mode="wrap")
    return Pair(found, found | (value.codes == UNKNOWN_CODE)) if value.unknown else Pair(found, found)


def _compared(operator: str, left: Values, right: Values, frame: Frame) -> Pair:
    if isinstance(left, Spans):
        assert isinstance(right, Spans)
        return compared(operator, left, right)
    assert isinstance(right, Codes)
    if isinstance(left, Texts):
        return _contains(left, right)
    if operator == Core.EQUAL:
        return _between(left, right, left.codes == right.codes)
    vocabulary = frame.batch.people.vocabulary
    return _between(left, right, _judged(operator, left, right, vocabulary))


def _between(left: Codes, right: Codes, found: Bools) -> Pair:
    """`found` where both sides have a value; unknown where one isn't known; false where one has none."""
    possible = found
    for side in (left, right):
        if side.unknown:
            unknown = side.codes == UNKNOWN_CODE
            found, possible = found & ~unknown, possible | unknown
    for side in (left, right):
        if side.nothing:
            there = side.codes != NOTHING_CODE
            found, possible = found & there, possible & there
    return Pair(found, found if not (left.unknown or right.unknown) else possible)


def _judged(operator: str, left: Codes, right: Codes, vocabulary: Vocabulary) -> Bools:
    """`contains` and `matches`, once for each distinct text, or pair of texts."""
    if len(right.codes) == 1:
        code = int(right.codes[0])
        if code < 0:
            return np.zeros(1, np.bool_)
        return vocabulary.judged(left.codes, _tester(operator, vocabulary.text(code)))
    one, two = np.broadcast_arrays(left.codes, right.codes)
    pairs, inverse = np.unique(np.stack([one, two]), axis=1, return_inverse=True)
    passed = [
        a >= 0 and b >= 0 and _tester(operator, vocabulary.text(b))(vocabulary.text(a)) for a, b in pairs.T.tolist()
    ]
    return np.array(passed, np.bool_)[inverse.reshape(-1)]


def _tester(operator: str, right: str) -> Callable[[str], bool]:
    return matcher(right) if operator == Core.MATCHES else lambda text: right in text


def _contains(left: Texts, right: Codes) -> Pair:
    """Whether a list of texts has a text."""
    start, stop, wanted = np.broadcast_arrays(left.start, left.stop, right.codes)
    unknown = (start < 0) | (wanted == UNKNOWN_CODE)
    lengths = np.where(start < 0, 0, stop - start)
    of, segments = owners(lengths), Segments.of_counts(lengths)
    places = (start - segments.offsets[:-1]).take(of) + np.arange(len(of))
    found = segments.any(left.flat.take(places) == wanted.take(of))
    certain = found & ~unknown
    nothing = wanted == NOTHING_CODE
    return Pair(certain & ~nothing, (found | unknown) & ~nothing)
