"""Tables as columns of codes and spans, and lookups in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from advise.evaluate.columnar.arrays import INF, NOTHING_CODE, UNKNOWN_CODE, Array, Codes, Spans, Values
from advise.evaluate.columnar.vocabulary import Vocabulary
from advise.evaluate.reference import typed
from advise.rules import Rulebook, Table
from advise.types import Kind, Literal, Type
from advise.values import Missing, Span

Finder = Callable[[Sequence[Any]], Values]


def cells(literals: Sequence[Literal | None], kind: Kind, vocabulary: Vocabulary) -> Values:
    """Literals as one array; None is NOTHING."""
    found = [typed(literal, kind) for literal in literals]
    if kind in (Kind.NUMBER, Kind.DATE):
        ends = [(value.low, value.high) for value in found if isinstance(value, Span)]
        low = np.array([end[0] for end in ends], np.float64)
        high = np.array([end[1] for end in ends], np.float64)
        empty = low > high
        exact = bool((low == high).all())
        return Spans(low, low if exact else high, empty if empty.any() else None)
    codes = [
        NOTHING_CODE if isinstance(v, Missing) else int(v) if isinstance(v, bool) else vocabulary.code(str(v))
        for v in found
    ]
    return Codes(np.array(codes, np.int32), unknown=False, nothing=NOTHING_CODE in codes)


class Lookups:
    """The tables of a rulebook, made ready once. Their texts are in `vocabulary`, which every batch starts from."""

    def __init__(self, book: Rulebook, vocabulary: Vocabulary) -> None:
        self._tables = book.tables
        self._vocabulary = vocabulary
        self._columns = {
            (table.name, column.name): cells([row[place] for row in table.rows], column.type.kind, vocabulary)
            for table in book.tables.values()
            for place, column in enumerate(table.columns)
        }

    def column(self, table: str, name: str) -> Values:
        """A column as values, one for each row."""
        return self._columns[table, name]

    def finder(self, name: str, take: str, type_: Type) -> Finder:
        """A function from the values of the keys to the cells in column `take`."""
        table = self._tables[name]
        kept = [i for i, row in enumerate(table.rows) if self._has_keys(table, row)]
        sides = [_Key(_picked(self._columns[name, key], kept)) for key in table.key]
        combined = np.zeros(len(kept), np.int64)
        for side in sides:
            combined = combined * (side.count + 1) + side.own
        first, where = np.unique(combined, return_index=True)
        places = [column.name for column in table.columns].index(take)
        # A last row stands for nothing, the one before it for what isn't known.
        taken = [table.rows[kept[i]][places] for i in where]
        found = _with_unknown_and_nothing(taken, type_, self._vocabulary)

        def find(keys: Sequence[Values]) -> Values:
            nothing, unknown = np.zeros(1, np.bool_), np.zeros(1, np.bool_)
            wanted = np.zeros(1, np.int64)
            placed = [side.places(key) for side, key in zip(sides, keys, strict=True)]
            for side, (place, is_unknown, is_nothing) in zip(sides, placed, strict=True):
                nothing, unknown = nothing | is_nothing, unknown | is_unknown
                wanted = wanted * (side.count + 1) + place
            if len(sides) > 1 and unknown.any():
                nothing = nothing | (unknown & ~_may_fit(sides, placed, len(kept)))
            at = np.searchsorted(first, wanted)
            inside = np.minimum(at, max(len(first) - 1, 0))
            hit = first[inside] == wanted if len(first) else np.zeros(1, np.bool_)
            row = np.where(nothing | (~unknown & ~hit), len(first) + 1, np.where(unknown, len(first), inside))
            return found.taken(row) if len(row) > 1 else _one(found, row)

        return find

    @staticmethod
    def _has_keys(table: Table, row: tuple[Literal | None, ...]) -> bool:
        names = [column.name for column in table.columns]
        for key in table.key:
            cell = row[names.index(key)]
            value = typed(cell, table.columns[names.index(key)].type.kind)
            if cell is None or (isinstance(value, Span) and not value.known):
                return False
        return True


def _may_fit(sides: Sequence[_Key], placed: Sequence[tuple[Array, Array, Array]], rows: int) -> Array:
    """For each value of the keys, whether some row of the table has all of those that are known."""
    places, unknowns = (np.broadcast_arrays(*(each[part] for each in placed)) for part in (0, 1))
    pattern = sum(unknown.astype(np.int64) << i for i, unknown in enumerate(unknowns))
    fits = np.zeros(len(places[0]), np.bool_)
    for missing in np.unique(pattern):
        own, wanted = np.zeros(rows, np.int64), np.zeros(len(fits), np.int64)
        for i, side in enumerate(sides):
            if not missing >> i & 1:
                own = own * (side.count + 1) + side.own
                wanted = wanted * (side.count + 1) + places[i]
        fits = fits | ((pattern == missing) & np.isin(wanted, own))
    return fits


def _one(found: Values, row: Array) -> Values:
    """A single cell; `taken` takes nothing from an array of one."""
    if isinstance(found, Spans):
        empty = None if found.empty is None else found.empty[row]
        return Spans(found.low[row], found.high[row], empty)
    assert isinstance(found, Codes)
    return Codes(found.codes[row], found.unknown, found.nothing)


def _picked(values: Values, rows: list[int]) -> Array:
    picked: Array = values.low[rows] if isinstance(values, Spans) else values.codes[rows]  # type: ignore[union-attr]
    return picked


def _with_unknown_and_nothing(literals: list[Literal | None], type_: Type, vocabulary: Vocabulary) -> Values:
    found = cells([*literals, None, None], type_.kind, vocabulary)
    if isinstance(found, Spans):
        low, high = found.low.copy(), found.high.copy()
        low[-2], high[-2] = -INF, INF
        return Spans(low, high, low > high)
    assert isinstance(found, Codes)
    codes = found.codes.copy()
    codes[-2] = UNKNOWN_CODE
    return Codes(codes, unknown=True, nothing=True)


class _Key:
    """One key column: its distinct cells, in order. `own` are the places of the rows' cells among them."""

    def __init__(self, column: Array) -> None:
        self.distinct, self.own = np.unique(column, return_inverse=True)
        self.count = len(self.distinct)

    def places(self, key: Values) -> tuple[Array, Array, Array]:
        """For each value its place (`count` if no row has it), whether it's unknown, whether it's nothing."""
        if isinstance(key, Spans):
            nothing = np.zeros(1, np.bool_) if key.empty is None else key.empty
            unknown, wanted = key.low != key.high, key.low
        else:
            assert isinstance(key, Codes)
            nothing, unknown, wanted = key.codes == NOTHING_CODE, key.codes == UNKNOWN_CODE, key.codes
        if not self.count:
            return np.zeros(len(wanted), np.int64), unknown, nothing
        at = np.minimum(np.searchsorted(self.distinct, wanted), self.count - 1)
        return np.where(self.distinct[at] == wanted, at, self.count), unknown, nothing
