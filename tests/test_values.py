"""Dates, durations and intervals."""

from __future__ import annotations

from datetime import date, timedelta
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advise.values import (
    ANYTHING,
    EMPTY,
    UNITS,
    Span,
    add,
    date_span,
    divide,
    elapsed,
    multiply,
    shifted,
    shifted_span,
    subtract,
)

days = st.dates(date(1900, 1, 1), date(2100, 12, 31))
units = st.sampled_from(UNITS)
numbers = st.integers(-50, 50) | st.floats(-50, 50)


@st.composite
def spans(draw: st.DrawFn) -> tuple[Span, float]:
    """A span and a number in it."""
    low, inside, high = sorted(draw(st.tuples(numbers, numbers, numbers)))
    return Span(low, high), inside


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def test_a_partial_date_is_every_day_that_it_may_be() -> None:
    assert date_span("2024-02") == Span(day("2024-02-01"), day("2024-02-29"))
    assert date_span("2023") == Span(day("2023-01-01"), day("2023-12-31"))
    assert date_span("2024-03-05") == Span(day("2024-03-05"), day("2024-03-05"))


@pytest.mark.parametrize("text", ["2023-02-29", "2023-13", "23", "2023-1", "0000", "", "2023-02-290", "yesterday"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        date_span(text)


@pytest.mark.parametrize(
    ("start", "count", "unit", "end"),
    [
        ("2024-03-31", -1, "months", "2024-02-29"),
        ("2024-02-29", 1, "years", "2025-02-28"),
        ("2024-01-31", 1, "months", "2024-02-29"),
        ("2024-01-01", 2, "weeks", "2024-01-15"),
        ("2024-01-01", -1, "days", "2023-12-31"),
        ("2024-01-01", 10**9, "days", "9999-12-31"),
        ("2024-01-01", 10**6, "years", "9999-12-31"),
        ("2024-01-01", -(10**6), "years", "0001-01-01"),
        ("2024-01-01", -(10**9), "days", "0001-01-01"),
    ],
)
def test_shifting_stays_in_the_month_and_in_the_calendar(start: str, count: int, unit: str, end: str) -> None:
    assert shifted(date.fromisoformat(start), count, unit) == date.fromisoformat(end)  # type: ignore[arg-type]


@given(days, st.integers(0, 400), units)
def test_that_many_units_have_passed_after_shifting_back(today: date, count: int, unit: str) -> None:
    start = shifted(today, -count, unit).toordinal()  # type: ignore[arg-type]
    passed = elapsed(Span(start, start), Span(today.toordinal(), today.toordinal()), unit)  # type: ignore[arg-type]
    assert passed.low == count


@given(days, days, days, units)
def test_elapsed_never_falls_as_the_end_moves_on(start: date, end: date, later: date, unit: str) -> None:
    end, later = sorted((end, later))
    first, second = (
        elapsed(Span(start.toordinal(), start.toordinal()), Span(each.toordinal(), each.toordinal()), unit)  # type: ignore[arg-type]
        for each in (end, later)
    )
    assert first.low <= second.low
    assert first.known


def test_elapsed_of_an_unknown_date_is_unknown_and_of_none_is_none() -> None:
    today = Span(day("2024-01-01"), day("2024-01-01"))
    assert elapsed(ANYTHING, today, "months") == ANYTHING
    assert elapsed(EMPTY, today, "months") == EMPTY
    assert elapsed(Span(day("2023-01-01"), day("2023-12-31")), today, "months") == Span(0, 12)


def test_an_unknown_date_stays_unknown_when_shifted() -> None:
    assert shifted_span(ANYTHING, 3, "months") == ANYTHING


@given(spans(), spans())
def test_interval_arithmetic_holds_every_result(one: tuple[Span, float], two: tuple[Span, float]) -> None:
    (a, x), (b, y) = one, two
    slack = 1e-6
    for result, value in ((add(a, b), x + y), (subtract(a, b), x - y), (multiply(a, b), x * y)):
        assert result.low - slack <= value <= result.high + slack
    if not b.low <= 0 <= b.high and abs(y) > 1e-3:
        quotient = divide(a, b)
        assert quotient.low - slack * abs(1 / y) <= x / y <= quotient.high + slack * abs(1 / y)


def test_division_by_zero_has_no_value_and_by_perhaps_zero_any() -> None:
    assert divide(Span(1, 1), Span(0, 0)) == EMPTY
    assert divide(Span(1, 1), Span(-1, 1)) == ANYTHING


def test_nothing_stays_nothing_in_arithmetic() -> None:
    for operation in (add, subtract, multiply, divide):
        assert operation(EMPTY, Span(1, 1)) == EMPTY
        assert operation(Span(1, 1), EMPTY) == EMPTY


def test_infinite_ends_that_have_no_number_say_nothing() -> None:
    assert subtract(Span(inf, inf), Span(inf, inf)) == ANYTHING
    assert multiply(ANYTHING, Span(0, 0)) == ANYTHING


def test_a_day_after_the_last_is_not_needed() -> None:
    last = date.max - timedelta(days=1)
    assert shifted(last, 5, "days") == date.max
