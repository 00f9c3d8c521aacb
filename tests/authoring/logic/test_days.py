"""Distances from today in days and in months: each says something of the other, and never too much."""

from __future__ import annotations

from datetime import date, timedelta
from math import inf

from hypothesis import given, settings
from hypothesis import strategies as st

from advise.authoring.logic.days import Moment, as_days, as_months, days_in, moment
from advise.authoring.logic.sets import Numbers, Range, compared
from advise.conditions import Constant, Parameter, Shifted, Today
from advise.types import Kind, Type
from advise.values import shifted

DATE, NUMBER = Type(Kind.DATE), Type(Kind.NUMBER)
days = st.dates(date(1700, 1, 1), date(2300, 12, 31))


@settings(max_examples=500)
@given(days, st.integers(-300, 300))
def test_months_are_as_many_days_as_said(day: date, months: int) -> None:
    low, high = days_in(months)
    assert low <= (shifted(day, months, "months") - day).days <= high


def test_a_month_or_a_year_is_told_closely() -> None:
    assert days_in(1) == (28, 31)
    assert days_in(0) == (0, 0)
    assert days_in(-1) == (-31, -28)
    low, high = days_in(12)
    assert 360 <= low <= 365 <= 366 <= high <= 371


@settings(max_examples=500)
@given(days, st.integers(-40, 40), st.integers(-1300, 1300), st.sampled_from([">=", "<=", ">", "<"]))
def test_what_months_say_in_days_holds(today: date, months: int, off: int, operator: str) -> None:
    day, end = today + timedelta(off), shifted(today, months, "months")
    holds = {">=": day >= end, "<=": day <= end, ">": day > end, "<": day < end}[operator]
    wider = as_days(compared(operator, months))
    assert wider is not None
    assert not holds or not wider.meet(Numbers((Range(off, off),))).is_empty


@settings(max_examples=500)
@given(days, st.integers(-1300, 1300), st.integers(-1300, 1300), st.booleans())
def test_what_days_say_in_months_holds(today: date, count: int, off: int, at_least: bool) -> None:
    holds = off >= count if at_least else off <= count
    wider = as_months(compared(">=" if at_least else "<=", count))
    assert wider is not None
    (each,) = wider.ranges
    low = date.min if each.low == -inf else shifted(today, int(each.low), "months")
    high = date.max if each.high == inf else shifted(today, int(each.high), "months")
    assert not holds or low <= today + timedelta(off) <= high


def test_today_and_a_distance_from_it_have_a_place_and_what_depends_on_facts_has_none() -> None:
    two = Constant(2, NUMBER)
    assert moment(Today(DATE)) == Moment("months", 0)
    assert moment(Shifted(Today(DATE), two, "years", True, DATE)) == Moment("months", -24)
    assert moment(Shifted(Today(DATE), two, "weeks", False, DATE)) == Moment("days", 14)
    assert moment(Shifted(Constant("2024-01-31", DATE), Constant(1, NUMBER), "months", False, DATE)) == Moment(
        "date", date(2024, 2, 29).toordinal()
    )
    assert moment(Shifted(Today(DATE), Parameter("p", NUMBER), "days", True, DATE)) is None
    assert moment(Constant("2024-02", DATE)) is None
