"""Arithmetic and comparisons of many spans at once, as `advise.values` and `advise.evaluate.meaning` have them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np

from advise.evaluate.columnar.arrays import INF, Array, Bools, Floats, Ints, Pair, Spans
from advise.operators import Core

_LAST = date.max.toordinal()
_EPOCH = date(1970, 1, 1).toordinal()
_FAR = 10_000_000


def either_empty(a: Spans, b: Spans) -> Bools | None:
    """Where one of two spans is empty; None: nowhere."""
    if a.empty is None:
        return b.empty
    return a.empty if b.empty is None else a.empty | b.empty


# ------------------------------------------------------------------------------------------- comparisons


def compared(operator: str, a: Spans, b: Spans) -> Pair:
    """Where `a operator b`: every choice of numbers does, or some choice does."""
    possible = _POSSIBLE[operator](a, b)
    if a.high is a.low and b.high is b.low and a.empty is None and b.empty is None:
        return Pair(possible, possible)
    certain = _CERTAIN[operator](a, b)
    empty = either_empty(a, b)
    if empty is not None:
        certain, possible = certain & ~empty, possible & ~empty
    return Pair(certain, possible)


_POSSIBLE: dict[str, Callable[[Spans, Spans], Bools]] = {
    Core.EQUAL: lambda a, b: (
        a.low == b.low if a.low is a.high and b.low is b.high else (a.low <= b.high) & (b.low <= a.high)
    ),
    Core.AT_LEAST: lambda a, b: a.high >= b.low,
    Core.AT_MOST: lambda a, b: a.low <= b.high,
    Core.MORE: lambda a, b: a.high > b.low,
    Core.LESS: lambda a, b: a.low < b.high,
}
_CERTAIN: dict[str, Callable[[Spans, Spans], Bools]] = {
    Core.EQUAL: lambda a, b: (a.low == a.high) & (b.low == b.high) & (a.low == b.low),
    Core.AT_LEAST: lambda a, b: a.low >= b.high,
    Core.AT_MOST: lambda a, b: a.high <= b.low,
    Core.MORE: lambda a, b: a.low > b.high,
    Core.LESS: lambda a, b: a.high < b.low,
}

# -------------------------------------------------------------------------------------------- arithmetic


def _ends(*ends: Floats) -> Spans:
    """The spans of some ends; an end that has no number says nothing."""
    low, high = ends[0], ends[0]
    for end in ends[1:]:
        low, high = np.minimum(low, end), np.maximum(high, end)
    nan = np.isnan(low)
    if nan.any():
        low, high = np.where(nan, -INF, low), np.where(nan, INF, high)
    return Spans(low, high)


def add(a: Spans, b: Spans) -> Spans:
    """Interval sum."""
    return _ends(a.low + b.low, a.high + b.high).emptied(either_empty(a, b))


def subtract(a: Spans, b: Spans) -> Spans:
    """Interval difference."""
    return _ends(a.low - b.high, a.high - b.low).emptied(either_empty(a, b))


def multiply(a: Spans, b: Spans) -> Spans:
    """Interval product."""
    found = _ends(*(x * y for x in (a.low, a.high) for y in (b.low, b.high)))
    return found.emptied(either_empty(a, b))


def divide(a: Spans, b: Spans) -> Spans:
    """Interval quotient; no value for a division by zero, anything where the divisor may be zero."""
    found = _ends(*(x / y for x in (a.low, a.high) for y in (b.low, b.high)))
    open_ = (b.low <= 0) & (b.high >= 0)
    if open_.any():
        found = Spans(np.where(open_, -INF, found.low), np.where(open_, INF, found.high))
    found = found.emptied((b.low == 0) & (b.high == 0))
    return found.emptied(either_empty(a, b))


ARITHMETIC = {"+": add, "-": subtract, "*": multiply, "/": divide}

# -------------------------------------------------------------------------------------------------- days


def _finite(days: Floats) -> Ints:
    """Days as whole numbers; any day where there's no end."""
    return np.where(np.isfinite(days), days, 1).astype(np.int64)


def _months(days: Ints) -> tuple[Ints, Ints]:
    """Months since the year 0, and the day in the month, from 0."""
    dates = (days - _EPOCH).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    return months.astype(np.int64) + 1970 * 12, (dates - months.astype("datetime64[D]")).astype(np.int64)


def _first_day(months: Ints) -> Ints:
    dates = (months - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]")
    return dates.astype(np.int64) + _EPOCH


def shifted(days: Spans, count: int, unit: str) -> Spans:
    """Spans of days moved by `count` units, to the last of the month where there's no such day."""
    low = _shifted(days.low, count, unit)
    return Spans(low, low if days.high is days.low else _shifted(days.high, count, unit), days.empty)


def _shifted(ends: Floats, count: int, unit: str) -> Floats:
    days, count = _finite(ends), min(max(count, -_FAR), _FAR)
    if unit in ("days", "weeks"):
        moved = np.clip(days + count * (7 if unit == "weeks" else 1), 1, _LAST)
    else:
        months, day = _months(days)
        months = months + count * (12 if unit == "years" else 1)
        inside = np.clip(months, 12, 10_000 * 12 - 1)
        first = _first_day(inside)
        moved = np.minimum(first + day, _first_day(inside + 1) - 1)
        moved = np.where(months < 12, 1, np.where(months >= 10_000 * 12, _LAST, moved))
    return np.where(np.isfinite(ends), moved.astype(np.float64), ends)


def elapsed(start: Spans, end: Spans, unit: str) -> Spans:
    """Whole units from `start` to `end`; negative when `end` comes first."""
    low = _elapsed(start.high, end.low, unit)
    exact = start.high is start.low and end.high is end.low
    return Spans(low, low if exact else _elapsed(start.low, end.high, unit)).emptied(either_empty(start, end))


def _elapsed(start: Floats, end: Floats, unit: str) -> Floats:
    endless = ~np.isfinite(start) | ~np.isfinite(end)
    one, two = _finite(start), _finite(end)
    backwards = one > two
    first, last = np.minimum(one, two), np.maximum(one, two)
    if unit in ("days", "weeks"):
        whole = (last - first) // (7 if unit == "weeks" else 1)
    else:
        (month, day), (later_month, later_day) = _months(first), _months(last)
        whole = later_month - month - (later_day < day)
        whole = whole // 12 if unit == "years" else whole
    found = np.where(backwards, -whole, whole).astype(np.float64)
    limit = np.where((start == INF) | (end == -INF), -INF, INF)
    return np.where(endless, limit, found)


def one_of(a: Spans, members: tuple[float, ...]) -> Pair:
    """Where a span equals one of some numbers."""
    low, high = a.low, a.high
    certain: Array = np.zeros(1, np.bool_)
    possible = certain
    for each in members:
        certain = certain | ((low == each) & (high == each))
        if high is not low:
            possible = possible | ((low <= each) & (high >= each))
    if high is low:
        possible = certain
    if a.empty is not None:
        certain, possible = certain & ~a.empty, possible & ~a.empty
    return Pair(certain, possible)
