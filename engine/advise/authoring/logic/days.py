"""Days that conditions compare with: of the calendar, or so many days or months from today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import ceil, floor, inf
from typing import Literal

from advise.authoring.logic.sets import Numbers, Range
from advise.conditions import Constant, Operand, Shifted, Today
from advise.types import Kind
from advise.values import date_span, shifted

Scale = Literal["date", "months", "days"]
_MONTH = 146_097 / 4800
"""Days in a month, on average over the 400 years after which the calendar repeats."""
_OFF = 5
"""No number of months is further than this from that many average months: February is short, and months end."""
_MOST_MONTHS = 12_000


@dataclass(frozen=True, slots=True)
class Moment:
    """A day on a scale: the day's ordinal on `date`, else its distance from today."""

    scale: Scale
    count: int


def moment(operand: Operand) -> Moment | None:
    """Where a day stands; None when it depends on facts, or is too far off."""
    match operand:
        case Today():
            return Moment("months", 0)
        case Constant() if operand.type.kind is Kind.DATE:
            span = date_span(str(operand.value))
            return Moment("date", int(span.low)) if span.known else None
        case Shifted(count=Constant(value=int(count))):
            return _moved(operand, -count if operand.back else count)
        case _:
            return None


def _moved(operand: Shifted, count: int) -> Moment | None:
    start = moment(operand.date)
    if start is None or abs(count) > _MOST_MONTHS:
        return None
    if start.scale == "date":
        return Moment("date", shifted(date.fromordinal(start.count), count, operand.unit).toordinal())
    if not isinstance(operand.date, Today):
        return None
    if operand.unit in ("months", "years"):
        return Moment("months", count * (12 if operand.unit == "years" else 1))
    return Moment("months", 0) if count == 0 else Moment("days", count * (7 if operand.unit == "weeks" else 1))


def days_in(months: int) -> tuple[int, int]:
    """The least and the most days that so many months may be, with a margin; negative for months that are past."""
    if months < 0:
        low, high = days_in(-months)
        return -high, -low
    if months == 0:
        return 0, 0
    low = max(28 * months, floor(months * _MONTH) - _OFF)
    return low, min(31 * months, ceil(months * _MONTH) + _OFF)


def as_days(months: Numbers) -> Numbers | None:
    """A range of months from today as a wider range of days; None when it isn't one range between whole months."""
    if len(months.ranges) != 1:
        return None
    (each,) = months.ranges
    if any(end % 1 for end in (each.low, each.high) if abs(end) != inf):
        return None
    low, high = each.low, each.high
    if low != -inf:
        low = days_in(int(low))[0] + each.low_open
    if high != inf:
        high = days_in(int(high))[1] - each.high_open
    return Numbers((Range(low, high),)) if low <= high else None


def as_months(days: Numbers) -> Numbers | None:
    """A range of days from today as a wider range of months; None when it isn't one range."""
    if len(days.ranges) != 1:
        return None
    (each,) = days.ranges
    low = -inf if each.low == -inf else _months_by(ceil(each.low))
    high = inf if each.high == inf else -_months_by(-floor(each.high))
    return Numbers((Range(low, high),))


def _months_by(days: int) -> int:
    """The most months that are certainly no more than so many days."""
    months = floor(days / _MONTH) + 1
    while days_in(months)[1] > days:
        months -= 1
    return months
