"""What generated evaluators call: everything that is too rare or too intricate to be generated inline."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from math import inf, nan
from operator import itemgetter
from typing import Any

from advise.evaluate.meaning import MEANING, Truth, compare, matcher
from advise.evaluate.reference import dig, extreme, total, typed
from advise.rules import Setting, Table
from advise.types import Kind, Literal
from advise.values import (
    ANYTHING,
    EMPTY,
    NOTHING,
    UNKNOWN,
    Span,
    Value,
    add,
    date_span,
    divide,
    elapsed,
    multiply,
    shifted_span,
    subtract,
)

__all__ = [
    "ANYTHING",
    "EMPTY",
    "MEANING",
    "NOTHING",
    "UNKNOWN",
    "Kind",
    "Span",
    "add",
    "by_cell",
    "cells",
    "compare",
    "date_span",
    "day",
    "divide",
    "elapsed",
    "extreme",
    "fixed",
    "getter",
    "inf",
    "itemgetter",
    "joined",
    "known",
    "looked_up",
    "mask_value",
    "matcher",
    "multiply",
    "nan",
    "number",
    "optional",
    "point",
    "present",
    "rank",
    "row_index",
    "setting",
    "shift",
    "subtract",
    "sure",
    "test",
    "test_mask",
    "total",
    "touched",
    "typed",
]  # fmt: skip


def getter(*names: str) -> Callable[[Any], tuple[Any, ...]]:
    """`itemgetter` that gives a tuple for a single name as well."""
    if len(names) == 1:
        name = names[0]
        return lambda facts: (facts[name],)
    return itemgetter(*names)


def optional(facts: Mapping[str, Any], path: str, default: Any = None) -> Any:
    """The fact at a dotted path: None when null, the default when absent."""
    found = dig(facts, path)
    return default if found is Truth.UNKNOWN else found


def known(facts: Mapping[str, Any], path: str) -> int:
    """2 when a fact is answered, 0 when it's null, 1 when it's absent."""
    found = dig(facts, path)
    return 1 if found is Truth.UNKNOWN else 0 if found is None else 2


def day(raw: str | None) -> Span:
    """A date fact as a span of days."""
    return ANYTHING if raw is None else date_span(raw)


def number(raw: float | None, low: float, high: float) -> Span:
    """A number fact as a span: within its bounds when it's unknown."""
    return Span(low, high) if raw is None else Span(raw, raw)


def setting(settings: Mapping[str, Setting], name: str, as_of: date, kind: str) -> Value:
    """A parameter's value on a day."""
    return typed(settings[name].on(as_of), Kind(kind))


def fixed(span: Span) -> float:
    """A number or day that is the same for a whole evaluation; nan when there's none."""
    return span.low if span.known else nan


def by_cell(rows: Sequence[tuple[Any, ...]], place: int) -> dict[Any, list[tuple[int, tuple[Any, ...]]]]:
    """A table's rows, with their indexes, by what is in one column."""
    found: dict[Any, list[tuple[int, tuple[Any, ...]]]] = {}
    for index, row in enumerate(rows):
        if row[place] is not NOTHING:
            found.setdefault(row[place], []).append((index, row))
    return found


Rows = Sequence[tuple[Any, ...]]


def joined(rows: Rows, place: int, dates: bool, numbered: bool) -> tuple[Callable[..., Any], Any]:
    """A function from a value to the rows of a list that may have it in one column, and what it is to give by default.

    By default, to a value that no row is known to have, these are the rows of which the value isn't known. None, an
    unknown value, gives every row. The rows stand in their order; if `numbered`, with their indexes.
    """
    each_row: Sequence[Any] = list(enumerate(rows)) if numbered else rows
    values: Iterable[Any] = map(itemgetter(place), rows)
    found: dict[Any, Any] = {}
    for value, row in zip(map(point, values) if dates else values, each_row, strict=True):
        if value in found:
            found[value].append(row)
        else:
            found[value] = [row]
    unsure = found.pop(None, [])
    if unsure:
        for value, known in found.items():
            found[value] = _merged(known, unsure) if numbered else known + unsure
    found[None] = each_row
    return found.get, unsure


def present(rows: Rows, place: int) -> tuple[Callable[..., Any], Any]:
    """A function from a value to the truth of: some row has it in one column; and what it is to give by default."""
    found = dict.fromkeys(map(itemgetter(place), rows), 2)
    unsure = 1 if found.pop(None, 0) else 0
    found[None] = 1 if rows else 0
    return found.get, unsure


def _merged(known: list[tuple[int, Any]], unsure: list[tuple[int, Any]]) -> list[tuple[int, Any]]:
    found = unsure.copy()
    for each in known:
        insort(found, each, key=itemgetter(0))
    return found


def point(span: Span) -> Any:
    """The one value of a span as it's looked up; None when it may be several."""
    return span.low if span.low == span.high else None if span.low < span.high else NOTHING


Ranges = Sequence[tuple[int, int]]


def touched(groups: Mapping[Any, Ranges], rows: Rows, place: int) -> Iterable[tuple[int, int]]:
    """The groups that the values in one column of a list call for, each once: the first and last number of each."""
    found: set[tuple[int, int]] = set()
    for row in rows:
        value = row[place]
        if value is None:
            return groups[None]
        found.update(groups.get(value, ()))
    return found


def shift(span: Span, count: Span, unit: Any, back: bool) -> Span:
    """A date moved by a parameter's or constant's count."""
    if EMPTY in (span, count):
        return EMPTY
    return shifted_span(span, int(-count.low if back else count.low), unit)


def rank(value: Value | None, ranks: Mapping[str, int], unknown: Span) -> Span:
    """The place of a choice; `unknown` when it isn't known (None)."""
    if value is None:
        return unknown
    if isinstance(value, Span):
        return value
    if value is NOTHING:
        return EMPTY
    place = ranks[str(value)]
    return Span(place, place)


def cells(tables: Mapping[str, Table], name: str, columns: Sequence[str]) -> list[tuple[Any, ...]]:
    """A table's rows as generated code reads them: dates as spans, an absent number as nan."""
    table = tables[name]
    places = [[c.name for c in table.columns].index(column) for column in columns]
    kinds = [table.columns[place].type.kind for place in places]
    return [tuple(_cell(row[p], k) for p, k in zip(places, kinds, strict=True)) for row in table.rows]


def _cell(cell: Literal | None, kind: Kind) -> Any:
    if kind is Kind.NUMBER:
        return nan if cell is None else cell
    return typed(cell, kind)


class Cells(dict[tuple[Any, ...], Value]):
    """For a lookup: key values -> the cell that is taken."""

    def __init__(self, cells: Mapping[tuple[Any, ...], Value]) -> None:
        super().__init__(cells)
        self._parts: dict[tuple[int, ...], frozenset[tuple[Any, ...]]] = {}

    def fits(self, known: tuple[int, ...], keys: tuple[Any, ...]) -> bool:
        """Whether some row has the keys in those places that are known."""
        parts = self._parts.get(known)
        if parts is None:
            parts = self._parts[known] = frozenset(tuple(cells[place] for place in known) for cells in self)
        return tuple(keys[place] for place in known) in parts


def row_index(tables: Mapping[str, Table], name: str, take: str) -> Cells:
    """For a lookup: key values -> the cell in column `take`."""
    table = tables[name]
    names = [column.name for column in table.columns]
    places = [names.index(key) for key in table.key]
    taken = names.index(take)
    kind = table.columns[taken].type.kind
    found: dict[tuple[Any, ...], Value] = {}
    for row in table.rows:
        if all(row[place] is not None for place in places):
            keys = tuple(typed(row[place], table.columns[place].type.kind) for place in places)
            found.setdefault(keys, typed(row[taken], kind))
    return Cells(found)


def looked_up(rows: Cells, keys: tuple[Value | None, ...], unknown: Value | None, nothing: Value) -> Value | None:
    """The cell for known keys; unknown while a row fits what is known of them. A key that is None is unknown."""
    found = rows.get(keys)
    if found is not None:
        return found
    known = [
        place
        for place, key in enumerate(keys)
        if key is not None and not (isinstance(key, Span) and key.low < key.high)
    ]
    if len(known) == len(keys):
        return nothing
    return unknown if rows.fits(tuple(known), keys) else nothing


def sure(possible: int, certain: int) -> bool:
    """Whether a conclusion, given as masks of its possible and certain values, has just one and certainly."""
    return possible == certain and possible & (possible - 1) == 0


def test_mask(possible: int, certain: int, holding: int, default: int) -> int:
    """The truth of a test on a conclusion given as masks; `holding` are the values that pass it.

    `default` is the bit of the value that it has when nothing draws one (false for a boolean), else 0.
    """
    if default and not certain:
        one = possible in (0, default)
        possible |= default
    else:
        one = sure(possible, certain)
    return 0 if not possible & holding else 2 if one else 1


def mask_value(possible: int, certain: int, values: tuple[Literal, ...], kind: str) -> Value | None:
    """The value of a conclusion given as masks; None when it's unknown."""
    if kind == Kind.BOOLEAN and all(value is False for i, value in enumerate(values) if possible >> i & 1):
        return False
    if not possible:
        return typed(None, Kind(kind))
    if sure(possible, certain):
        return typed(values[possible.bit_length() - 1], Kind(kind))
    return ANYTHING if kind == Kind.NUMBER else None


def test(operator: str, left: Any, right: Any) -> Truth:
    """`compare`, where None is an unknown value."""
    return compare(operator, UNKNOWN if left is None else left, UNKNOWN if right is None else right)
