"""The core operators on known, unknown and absent values and on intervals."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advise.evaluate.meaning import MEANING, Truth, compare, matcher
from advise.operators import OPERATORS, Core
from advise.types import Kind
from advise.values import ANYTHING, EMPTY, NOTHING, UNKNOWN, Span

NUMBERS = {
    Core.EQUAL: lambda a, b: a == b,
    Core.AT_LEAST: lambda a, b: a >= b,
    Core.AT_MOST: lambda a, b: a <= b,
    Core.MORE: lambda a, b: a > b,
    Core.LESS: lambda a, b: a < b,
}
whole = st.integers(-4, 4)
intervals = st.tuples(whole, whole).map(lambda ends: Span(min(ends), max(ends)))


def inside(span: Span) -> range:
    return range(int(span.low), int(span.high) + 1)


@pytest.mark.parametrize("operator", NUMBERS)
@given(intervals, intervals)
def test_a_comparison_of_intervals_is_what_all_their_numbers_agree_on(operator: Core, a: Span, b: Span) -> None:
    results = {NUMBERS[operator](x, y) for x, y in product(inside(a), inside(b))}
    expected = Truth.UNKNOWN if len(results) == 2 else Truth.TRUE if results == {True} else Truth.FALSE
    assert compare(operator, a, b) == expected


@given(intervals, st.lists(whole, max_size=3))
def test_one_of_holds_for_an_interval_as_for_its_numbers(a: Span, values: list[int]) -> None:
    found = compare(Core.ONE_OF, a, tuple(values))
    results = {x in values for x in inside(a)}
    if len(results) == 1:
        assert found in (Truth.TRUE if results == {True} else Truth.FALSE, Truth.UNKNOWN)
        assert found is not (Truth.FALSE if results == {True} else Truth.TRUE)
    else:
        assert found is Truth.UNKNOWN


@pytest.mark.parametrize("operator", [core for core in MEANING if core in NUMBERS])
def test_nothing_compares_with_nothing(operator: Core) -> None:
    for other in (Span(1, 1), ANYTHING, EMPTY):
        assert compare(operator, EMPTY, other) is Truth.FALSE
        assert compare(operator, other, EMPTY) is Truth.FALSE
    assert compare(operator, NOTHING, "x") is Truth.FALSE
    assert compare(operator, UNKNOWN, NOTHING) is Truth.FALSE


@pytest.mark.parametrize("operator", MEANING)
def test_what_is_unknown_may_be_so(operator: Core) -> None:
    assert compare(operator, UNKNOWN, ("x",) if operator is Core.ONE_OF else "x") is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("operator", "left", "right", "truth"),
    [
        (Core.EQUAL, "a", "a", Truth.TRUE),
        (Core.EQUAL, "a", "b", Truth.FALSE),
        (Core.ONE_OF, "a", ("a", "b"), Truth.TRUE),
        (Core.ONE_OF, True, (False,), Truth.FALSE),
        (Core.CONTAINS, "head chef", "chef", Truth.TRUE),
        (Core.CONTAINS, ("chef",), "che", Truth.FALSE),
        (Core.MATCHES, "regional lead", "^regional ", Truth.TRUE),
        (Core.MATCHES, "lead", "^regional ", Truth.FALSE),
    ],
)
def test_texts_and_lists(operator: Core, left: Any, right: Any, truth: Truth) -> None:
    assert compare(operator, left, right) is truth


def test_a_regular_expression_takes_linear_time_or_is_refused() -> None:
    assert not matcher("(a+)+$")("a" * 50_000 + "b")
    with pytest.raises(ValueError, match="regex"):
        matcher(r"(a)\1")
    with pytest.raises(ValueError, match="regex"):
        matcher("(?=a)")


def test_every_word_of_the_table_is_taken_by_some_kind_and_has_a_meaning() -> None:
    for word, operator in OPERATORS.items():
        assert operator.word == word
        assert operator.takes <= frozenset(Kind)
        assert operator.takes
        assert operator.means
        assert operator.core is None or operator.core is Core.KNOWN or operator.core in MEANING
