"""The values that conditions compare: known, unknown, absent by nature, and intervals of numbers and dates."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from math import inf, isnan
from typing import Final, Literal


class Missing(Enum):
    """Why there is no value. UNKNOWN: nobody said. NOTHING: it is certain that there is none."""

    UNKNOWN = "unknown"
    NOTHING = "nothing"

    def __repr__(self) -> str:
        return self.name


UNKNOWN: Final = Missing.UNKNOWN
NOTHING: Final = Missing.NOTHING


@dataclass(frozen=True, slots=True)
class Span:
    """A number or a day that lies from `low` to `high`, both included. Days are proleptic ordinals.

    EMPTY (low above high) is the span of NOTHING: no comparison with it can hold.
    """

    low: float
    high: float

    @property
    def known(self) -> bool:
        """True when only one value is left."""
        return self.low == self.high


ANYTHING: Final = Span(-inf, inf)
EMPTY: Final = Span(inf, -inf)

Value = Span | str | bool | tuple[str, ...] | Missing
Unit = Literal["days", "weeks", "months", "years"]
UNITS: Final[tuple[Unit, ...]] = ("days", "weeks", "months", "years")
_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?\Z")


def date_span(text: str) -> Span:
    """The days that a date or partial date (`2024`, `2024-03`, `2024-03-05`) may mean.

    Raises ValueError when there is no such date.
    """
    if len(text) == 10:
        day = date.fromisoformat(text).toordinal()
        return Span(day, day)
    match = _PARTIAL_DATE.match(text)
    if match is None:
        raise ValueError(text)
    year, month = int(match[1]), match[2]
    if month is None:
        return Span(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal())
    last = calendar.monthrange(year, int(month))[1]
    return Span(date(year, int(month), 1).toordinal(), date(year, int(month), last).toordinal())


def shifted(day: date, count: int, unit: Unit) -> date:
    """The day `count` units after `day` (before, if negative); the last of the month where there's no such day.

    Clamps to the first and last day that Python can hold.
    """
    if unit in ("days", "weeks"):
        ordinal = day.toordinal() + count * (7 if unit == "weeks" else 1)
        return date.fromordinal(min(max(ordinal, 1), date.max.toordinal()))
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "years" else 1)
    if months < 12:
        return date.min
    if months >= 10_000 * 12:
        return date.max
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def shifted_span(span: Span, count: int, unit: Unit) -> Span:
    """`span`, a span of days, moved by `count` units."""
    return Span(_shifted_ordinal(span.low, count, unit), _shifted_ordinal(span.high, count, unit))


def _shifted_ordinal(ordinal: float, count: int, unit: Unit) -> float:
    if ordinal in (inf, -inf):
        return ordinal
    return shifted(date.fromordinal(int(ordinal)), count, unit).toordinal()


def elapsed(start: Span, end: Span, unit: Unit) -> Span:
    """Whole units from `start` to `end` (spans of days); negative when `end` comes first."""
    if EMPTY in (start, end):
        return EMPTY
    return Span(_elapsed(start.high, end.low, unit), _elapsed(start.low, end.high, unit))


def _elapsed(start: float, end: float, unit: Unit) -> float:
    if start in (inf, -inf) or end in (inf, -inf):
        return -inf if start == inf or end == -inf else inf
    if start > end:
        return -_elapsed(end, start, unit)
    if unit in ("days", "weeks"):
        return int(end - start) // (7 if unit == "weeks" else 1)
    first, last = date.fromordinal(int(start)), date.fromordinal(int(end))
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    return months // 12 if unit == "years" else months


def add(a: Span, b: Span) -> Span:
    """Interval sum."""
    return EMPTY if EMPTY in (a, b) else _span((a.low + b.low, a.high + b.high))


def subtract(a: Span, b: Span) -> Span:
    """Interval difference."""
    return EMPTY if EMPTY in (a, b) else _span((a.low - b.high, a.high - b.low))


def multiply(a: Span, b: Span) -> Span:
    """Interval product."""
    if EMPTY in (a, b):
        return EMPTY
    return _span(x * y for x in (a.low, a.high) for y in (b.low, b.high))


def divide(a: Span, b: Span) -> Span:
    """Interval quotient; NOTHING for a division by zero, anything where the divisor may be zero."""
    if EMPTY in (a, b) or (b.known and b.low == 0):
        return EMPTY
    if b.low <= 0 <= b.high:
        return ANYTHING
    return _span(x / y for x in (a.low, a.high) for y in (b.low, b.high))


def _span(ends: Iterable[float]) -> Span:
    """The span of some ends; an end that has no number (inf - inf, or too large) says nothing."""
    try:
        known = list(ends)
        if any(map(isnan, known)):
            return ANYTHING
    except OverflowError:
        return ANYTHING
    return Span(min(known), max(known))
