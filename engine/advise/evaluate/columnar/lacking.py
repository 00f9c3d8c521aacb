"""What keeps conditions unknown, for many people at once: followed down to facts, lists and conclusions.

The same walk as `advise.questions` takes for one firing, with rows of a frame instead of a firing. Each row carries
a bit for each piece of advice that waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from advise.conditions import (
    Aggregate,
    All,
    AnyOf,
    Condition,
    Constant,
    Not,
    Of,
    Operand,
    Parameter,
    Quantified,
    Ref,
    Scope,
    Test,
    Today,
)
from advise.evaluate.columnar.arrays import UNKNOWN_CODE, Bools, Ints, Spans, Texts, Values, full, picked
from advise.evaluate.columnar.conditions import Conditions
from advise.evaluate.columnar.frames import Batch, Frame
from advise.operators import Core
from advise.plan import Key, operand_parts

Words = npt.NDArray[np.uint64]
"""Bits, a row of words of 64 for each row of a frame or store."""

K = TypeVar("K", bound=Hashable)


def merged(rows: Ints, bits: Words) -> tuple[Ints, Words]:
    """Each row once, in order, with all its bits."""
    rising = np.diff(rows)
    if (rising > 0).all():
        return rows, bits
    if (rising < 0).any():
        order = np.argsort(rows, kind="stable")
        rows, bits = rows[order], bits[order]
    starts = np.flatnonzero(np.concatenate([[True], rows[1:] != rows[:-1]]))
    return rows[starts], np.bitwise_or.reduceat(bits, starts, axis=0)


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """The rows of a frame, each with the bits of the advice that waits for it."""

    frame: Frame
    bits: Words

    def where(self, chosen: Bools) -> Marked:
        """Some of the rows."""
        rows = np.flatnonzero(full(chosen, self.frame.size))
        if len(rows) == self.frame.size:
            return self
        return Marked(self.frame.only(rows), self.bits.take(rows, axis=0))

    def under(self, scope: Scope) -> Marked:
        """The rows in which `scope` is bound too."""
        child = self.frame.child(scope)
        return Marked(child, self.bits.take(child.up, axis=0))

    def at(self, name: str | None) -> Ints | None:
        """The store rows of what is bound as `name`, or of the person; None when they're these rows."""
        return self.frame.person if name is None else self.frame.at(name)

    def phantoms(self, scope: Scope) -> Bools | None:
        """Where what is bound by `scope` is a phantom; None: nowhere."""
        phantom = None if scope.is_table else self.frame.batch.people.stores[scope.thing].phantom
        return None if phantom is None else picked(phantom, self.frame.at(scope.name))


class Marks:
    """The advice that waits for each fact, computed fact and conclusion, by row of its store, and for more things
    of a kind to be named, by person."""

    def __init__(self, batch: Batch, words: int) -> None:
        self.batch = batch
        self.words = words
        self.facts: dict[Key, Words] = {}
        self.computed: dict[Key, Words] = {}
        self.concluded: dict[Key, Words] = {}
        self.unnamed: dict[str, Words] = {}

    def add(self, kept: dict[Key, Words], ref: Ref, marked: Marked) -> None:
        """Adds the bits of some rows to what a reference stands for in each."""
        self._add(kept, ref.key, self.batch.store_size(ref.thing), marked.at(ref.scope), marked.bits)

    def unnamed_things(self, scope: Scope, marked: Marked, where: Bools | None = None) -> None:
        """Adds the bits of those rows in which the thing bound by `scope` is a phantom."""
        phantom = marked.phantoms(scope)
        if phantom is not None:
            found = marked.where(phantom if where is None else phantom & where)
            self._add(self.unnamed, scope.thing, self.batch.people.count, found.frame.everybody, found.bits)

    def give_up_phantoms(self) -> None:
        """Facts of phantoms can't be asked for; more things may be named instead."""
        for (thing, _), bits in self.facts.items():
            store = None if thing is None else self.batch.people.stores[thing]
            if thing is not None and store is not None and store.phantom is not None:
                rows = np.flatnonzero(store.phantom)
                self._add(self.unnamed, thing, self.batch.people.count, store.person[rows], bits[rows])
                bits[rows] = 0

    def _add(self, kept: dict[K, Words], key: K, size: int, rows: Ints | None, bits: Words) -> None:
        found = kept.get(key)
        if found is None:
            found = kept[key] = np.zeros((size, self.words), np.uint64)
        if rows is None:
            found |= bits
        elif len(rows):
            rows, bits = merged(rows, bits)
            found[rows] |= bits


Step = Callable[[Marks, Marked], None]
"""Marks what some rows lack."""


class Lacking:
    """Prepares conditions and values: for each a step from the rows in which it's unknown to what they lack."""

    def __init__(self, conditions: Conditions) -> None:
        self._conditions = conditions

    def condition(self, condition: Condition) -> Step:
        """The step of a condition. It leaves rows alone in which the condition isn't unknown."""
        node, inside = self._conditions.condition(condition), self._inside(condition)

        def step(marks: Marks, marked: Marked) -> None:
            if not marked.frame.size:
                return
            pair = node.at(marked.frame)
            if pair.possible is not pair.certain:
                marked = marked.where(pair.possible & ~pair.certain)
                if marked.frame.size:
                    inside(marks, marked)

        return step

    def _inside(self, condition: Condition) -> Step:
        match condition:
            case Test(left=Ref(of=Of.FACT) as ref) if condition.operator == Core.KNOWN:
                return lambda marks, marked: marks.add(marks.facts, ref, marked)
            case Test():
                return _all([self.operand(condition.left), self.operand(condition.right)])
            case All() | AnyOf():
                return _all([self.condition(part) for part in condition.parts])
            case Not():
                return self.condition(condition.part)
            case Quantified():
                return self._quantified(condition)

    def _quantified(self, condition: Quantified) -> Step:
        scope, is_every = condition.scope, condition.quantifier == "every"
        node, body = self._conditions.condition(condition.body), self.condition(condition.body)

        def step(marks: Marks, marked: Marked) -> None:
            inner = marked.under(scope)
            body(marks, inner)
            if inner.frame.size and inner.phantoms(scope) is not None:
                pair = node.at(inner.frame)
                marks.unnamed_things(scope, inner, ~pair.certain if is_every else pair.possible)

        return step

    # ------------------------------------------------------------------------------------------ values

    def operand(self, operand: Operand) -> Step:
        """The step of a value. It leaves rows alone in which the value is known."""
        if isinstance(operand, Constant | Parameter | Today):
            return _nothing
        node, inside = self._conditions.operands.operand(operand), self._inside_value(operand)

        def step(marks: Marks, marked: Marked) -> None:
            unknown = _unknown(node.at(marked.frame)) if marked.frame.size else None
            if unknown is not None:
                marked = marked.where(unknown)
                if marked.frame.size:
                    inside(marks, marked)

        return step

    def _inside_value(self, operand: Operand) -> Step:
        match operand:
            case Ref(of=Of.FACT):
                return lambda marks, marked: marks.add(marks.facts, operand, marked)
            case Ref(of=Of.COMPUTED):
                return lambda marks, marked: marks.add(marks.computed, operand, marked)
            case Ref(of=Of.CONCLUSION):
                return lambda marks, marked: marks.add(marks.concluded, operand, marked)
            case Ref():
                return _nothing
            case Aggregate():
                return self._aggregate(operand)
            case _:
                return _all([self.operand(part) for part in operand_parts(operand)])

    def _aggregate(self, operand: Aggregate) -> Step:
        scope = operand.scope
        node = self._conditions.condition(operand.where)
        parts = _all([self.condition(operand.where), *(self.operand(part) for part in operand_parts(operand))])

        def step(marks: Marks, marked: Marked) -> None:
            inner = marked.under(scope)
            if inner.frame.size:
                inner = inner.where(node.at(inner.frame).possible)
                marks.unnamed_things(scope, inner)
                parts(marks, inner)

        return step


def _nothing(marks: Marks, marked: Marked) -> None:
    """The step of what no answer changes."""


def _all(steps: list[Step]) -> Step:
    worth = [step for step in steps if step is not _nothing]
    if len(worth) == 1:
        return worth[0]

    def step(marks: Marks, marked: Marked) -> None:
        for each in worth:
            each(marks, marked)

    return step


def _unknown(value: Values) -> Bools | None:
    """Where a value isn't known to the point; None: nowhere."""
    found: Bools
    if isinstance(value, Spans):
        return None if value.low is value.high else value.low < value.high
    if isinstance(value, Texts):
        found = value.start < 0
        return found
    found = value.codes == UNKNOWN_CODE
    return found if value.unknown else None
