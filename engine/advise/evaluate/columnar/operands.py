"""Prepares operands: facts, computed facts, conclusions, dates, arithmetic, aggregates and lookups as nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from advise.conditions import (
    Aggregate,
    Arithmetic,
    Condition,
    Constant,
    Elapsed,
    Lookup,
    Of,
    Operand,
    Parameter,
    Rank,
    Ref,
    Scope,
    Shifted,
    Today,
)
from advise.evaluate.columnar.aggregates import aggregated
from advise.evaluate.columnar.arrays import (
    INF,
    NOTHING_CODE,
    UNKNOWN_CODE,
    Bools,
    Codes,
    Spans,
    Values,
    joined_spans,
    one_span,
)
from advise.evaluate.columnar.frames import PERSON, Frame, Needs
from advise.evaluate.columnar.intervals import ARITHMETIC, elapsed, shifted
from advise.evaluate.columnar.lookups import Lookups
from advise.evaluate.columnar.nodes import Node, PairNode, ValueNode
from advise.evaluate.columnar.vocabulary import Vocabulary
from advise.evaluate.reference import typed
from advise.plan import Key, Plan
from advise.types import Kind, Literal, Type
from advise.values import Missing, Span

NUMERIC = (Kind.NUMBER, Kind.DATE)


def constant(literal: Literal | None, kind: Kind, vocabulary: Vocabulary) -> Values:
    """A value that is the same for everybody."""
    value = typed(literal, kind)
    if isinstance(value, Span):
        return one_span(value.low, value.high)
    if isinstance(value, Missing):
        return Codes(np.array([NOTHING_CODE], np.int32), unknown=False, nothing=True)
    assert isinstance(value, str | bool)
    return Codes(np.array([code_of(value, vocabulary)], np.int32), unknown=False)


def code_of(value: str | bool, vocabulary: Vocabulary) -> int:
    """The code of a text, or of true (1) or false (0)."""
    return int(value) if isinstance(value, bool) else vocabulary.code(value)


class Operands:
    """Makes nodes of operands. `condition` makes one of a condition, for aggregates."""

    def __init__(self, plan: Plan, lookups: Lookups, condition: Callable[[Condition], PairNode]) -> None:
        self.plan = plan
        self.book = plan.rulebook
        self.lookups = lookups
        self.condition = condition
        self._nodes: dict[Operand, ValueNode] = {}
        self._computed: dict[Key, ValueNode] = {}

    def node(self, needs: Needs, steady: bool, run: Callable[[Frame], Any]) -> Node[Any]:
        """A new node."""
        return Node(needs, steady, run)

    def operand(self, operand: Operand) -> ValueNode:
        """The node of an operand; equal operands share one."""
        found = self._nodes.get(operand)
        if found is None:
            found = self._nodes[operand] = self._made(operand)
        return found

    def _made(self, operand: Operand) -> ValueNode:
        match operand:
            case Ref():
                return self._ref(operand)
            case Constant():
                kind, value = operand.type.kind, operand.value
                return self._fixed(lambda frame: constant(value, kind, frame.batch.people.vocabulary))
            case Parameter():
                setting = self.book.settings[operand.name]
                return self._fixed(
                    lambda frame: constant(
                        setting.on(frame.batch.people.as_of), operand.type.kind, frame.batch.people.vocabulary
                    )
                )
            case Today():
                return self._fixed(lambda frame: _day(frame))
            case Shifted():
                return self._shifted(operand)
            case Arithmetic():
                function = ARITHMETIC[operand.sign]
                return self._of_two(operand.left, operand.right, function)
            case Elapsed():
                return self._of_two(operand.start, operand.end, lambda a, b: elapsed(a, b, operand.unit))
            case Rank():
                return self._rank(operand)
            case Aggregate():
                return self._aggregate(operand)
            case Lookup():
                return self._lookup(operand)

    def _fixed(self, run: Callable[[Frame], Values]) -> ValueNode:
        return self.node(frozenset(), True, run)

    def _of_two(self, left: Operand, right: Operand, function: Callable[[Spans, Spans], Spans]) -> ValueNode:
        a, b = self.operand(left), self.operand(right)

        def run(frame: Frame) -> Spans:
            return function(a.at(frame), b.at(frame))

        return self.node(a.needs | b.needs, a.steady and b.steady, run)

    # --------------------------------------------------------------------------------------- references

    def _ref(self, ref: Ref) -> ValueNode:
        needs = frozenset({PERSON if ref.scope is None else ref.scope})
        match ref.of:
            case Of.FACT:
                return self._fact(ref, needs)
            case Of.COMPUTED:
                return self._of_computed(ref, needs)
            case Of.COLUMN:
                assert ref.thing is not None
                cells = self.lookups.column(ref.thing, ref.path)
                return self.node(needs, True, lambda _: cells)
            case Of.CONCLUSION:
                return self.node(needs, False, lambda frame: self._concluded(ref, frame))

    def _fact(self, ref: Ref, needs: Needs) -> ValueNode:
        declared = self.book.facts[ref.key].type
        if ref.type.kind is not Kind.NUMBER or (ref.type.low, ref.type.high) == (declared.low, declared.high):
            return self.node(needs, True, lambda frame: frame.batch.people.columns[ref.key].values)
        # A reference may have wider bounds than the fact; then so has what isn't known.
        low, high = missing_numbers(ref.type)

        def run(frame: Frame) -> Spans:
            found = frame.batch.people.columns[ref.key].values
            assert isinstance(found, Spans)
            unknown = found.low != found.high
            return Spans(np.where(unknown, low, found.low), np.where(unknown, high, found.high))

        return self.node(needs, True, run)

    def _of_computed(self, ref: Ref, needs: Needs) -> ValueNode:
        value = self._computed.get(ref.key)
        if value is None:
            value = self._computed[ref.key] = self.operand(self.book.computed[ref.key].value)
        found = value

        def run(frame: Frame) -> Values:
            root = frame.batch.root
            own = root if ref.thing is None else root.child(Scope(ref.thing, ref.thing))
            result: Values = found.at(own)
            return result

        return self.node(needs, True, run)

    def _concluded(self, ref: Ref, frame: Frame) -> Values:
        """The value of a conclusion in each row of its store: known only if it's the one that may be."""
        values = self.plan.values.get(ref.key, ())
        drawn = frame.batch.drawn.get(ref.key, {})
        size = frame.batch.store_size(ref.thing)
        none = np.zeros(size, np.bool_)
        possible = [drawn[i][1] if i in drawn else none for i in range(len(values))]
        certain = [drawn[i][0] if i in drawn else none for i in range(len(values))]
        how_many = np.zeros(size, np.int32)
        for each in possible:
            how_many += each
        if ref.type.kind is Kind.NUMBER:
            return _numbers(values, certain, how_many)
        vocabulary = frame.batch.people.vocabulary
        codes = np.full(size, UNKNOWN_CODE, np.int32)
        for value, sure in zip(values, certain, strict=True):
            assert isinstance(value, str | bool)
            codes[sure & (how_many == 1)] = code_of(value, vocabulary)
        if ref.type.kind is Kind.BOOLEAN:
            true = possible[values.index(True)] if True in values else none
            codes[~true] = 0
            return Codes(codes)
        codes[how_many == 0] = NOTHING_CODE
        return Codes(codes, nothing=True)

    # ------------------------------------------------------------------------------------ other operands

    def _shifted(self, operand: Shifted) -> ValueNode:
        day, count = self.operand(operand.date), self.operand(operand.count)

        def run(frame: Frame) -> Spans:
            by: Spans = count.at(frame)
            days: Spans = day.at(frame)
            if by.empty is not None:
                return one_span(INF, -INF)
            number = float(by.low[0])
            return shifted(days, int(-number if operand.back else number), operand.unit)

        return self.node(day.needs, day.steady, run)

    def _rank(self, operand: Rank) -> ValueNode:
        inner = self.operand(operand.of)
        is_fact = isinstance(operand.of, Ref) and operand.of.of is Of.FACT
        low, high = (0.0, float(len(operand.choices) - 1)) if is_fact else (-INF, INF)

        def run(frame: Frame) -> Spans:
            value: Values = inner.at(frame)
            if isinstance(value, Spans):
                return value
            assert isinstance(value, Codes)
            vocabulary = frame.batch.people.vocabulary
            codes = [vocabulary.code(choice) for choice in operand.choices]
            # The last two places of the table are those of the codes -1 and -2.
            lows = np.zeros(len(vocabulary) + 2)
            lows[codes] = np.arange(len(codes))
            highs = lows.copy()
            lows[[UNKNOWN_CODE, NOTHING_CODE]] = low, INF
            highs[[UNKNOWN_CODE, NOTHING_CODE]] = high, -INF
            empty = value.codes == NOTHING_CODE if value.nothing else None
            least = lows[value.codes]
            return Spans(least, highs[value.codes] if value.unknown or value.nothing else least, empty)

        return self.node(inner.needs, inner.steady, run)

    def _aggregate(self, operand: Aggregate) -> ValueNode:
        scope = operand.scope
        where = self.condition(operand.where)
        value = None if operand.value is None else self.operand(operand.value)
        needs = where.needs | (frozenset() if value is None else value.needs)
        steady = where.steady and (value is None or value.steady)
        needs = needs_outside(needs, scope.name, scope.thing if scope.other else None, scope.is_table)

        def one(child: Frame) -> Spans:
            spans = None if value is None else value.at(child)
            return aggregated(operand.function, child, where.at(child), spans)

        def run(frame: Frame) -> Spans:
            return joined_spans([one(part.child(scope)) for part, _ in frame.parts(scope)])

        return self.node(needs, steady, run)

    def _lookup(self, operand: Lookup) -> ValueNode:
        keys = [self.operand(key) for key in operand.keys]
        find = self.lookups.finder(operand.table, operand.take, operand.type)
        needs: Needs = frozenset().union(*(key.needs for key in keys))

        def run(frame: Frame) -> Values:
            return find([key.at(frame) for key in keys])

        return self.node(needs, all(key.steady for key in keys), run)


def needs_outside(needs: Needs, name: str, outer: str | None, is_table: bool) -> Needs:
    """What a quantifier needs whose body needs `needs`. `outer` is the name that it leaves out."""
    found = needs - {name}
    if outer is not None:
        found |= {outer}
    return found if is_table else found | {PERSON}


def _day(frame: Frame) -> Spans:
    today = frame.batch.people.as_of.toordinal()
    return one_span(today, today)


def _numbers(values: tuple[Literal, ...], certain: list[Bools], how_many: Any) -> Spans:
    low, high = np.full(len(how_many), -INF), np.full(len(how_many), INF)
    for value, sure in zip(values, certain, strict=True):
        assert isinstance(value, int | float)
        known = sure & (how_many == 1)
        low[known] = high[known] = value
    none = how_many == 0
    low[none], high[none] = INF, -INF
    return Spans(low, high, none)


def missing_numbers(type_: Type) -> tuple[float, float]:
    """Where a number or date that nobody gave lies."""
    if type_.kind is Kind.DATE:
        return -INF, INF
    return (-INF if type_.low is None else type_.low), (INF if type_.high is None else type_.high)
