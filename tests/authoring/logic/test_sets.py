"""Sets of numbers and of values behave as sets do."""

from __future__ import annotations

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from advise.authoring.logic.sets import Allowed, Choices, Numbers, Range, compared, points, some

ENDS = [-inf, -1, 0, 0.5, 1, 2, 3, inf]
PROBES = [-2, -1, -0.5, 0, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4]
basic = st.builds(compared, st.sampled_from(["==", ">=", "<=", ">", "<"]), st.sampled_from([-1, 0, 0.5, 1, 2, 3]))
numbers = st.recursive(
    basic | st.lists(st.sampled_from([-1, 0, 0.5, 2]), max_size=3).map(points),
    lambda inner: inner.map(Numbers.complement) | st.builds(Numbers.meet, inner, inner),
    max_leaves=6,
)
choices = st.builds(Choices, st.frozensets(st.sampled_from("abc")), st.booleans())


def has(found: Numbers, number: float) -> bool:
    return not found.meet(points([number])).is_empty


@given(numbers, numbers)
def test_numbers_meet_where_both_have_them(a: Numbers, b: Numbers) -> None:
    met = a.meet(b)
    assert [has(met, each) for each in PROBES] == [has(a, each) and has(b, each) for each in PROBES]


@given(numbers)
def test_the_complement_has_all_other_numbers(a: Numbers) -> None:
    assert [has(a.complement(), each) for each in PROBES] == [not has(a, each) for each in PROBES]
    assert a.complement().complement().within(a)
    assert a.within(a.complement().complement())


@given(numbers, numbers)
def test_within_means_that_no_number_is_outside(a: Numbers, b: Numbers) -> None:
    if a.within(b):
        assert all(has(b, each) for each in PROBES if has(a, each))
    else:
        assert not a.meet(b.complement()).is_empty


@given(choices, choices)
def test_choices_meet_and_are_within_as_sets_do(a: Choices, b: Choices) -> None:
    def plain(found: Choices) -> set[str]:
        return {each for each in "abcd" if (each in found.values) is not found.but}

    assert plain(a.meet(b)) == plain(a) & plain(b)
    assert plain(a.complement()) == set("abcd") - plain(a)
    assert a.within(b) == (plain(a) <= plain(b))


def test_ends_that_are_open_leave_no_whole_number_between_neighbours() -> None:
    assert not Range(8, 9, True, True).has_whole
    assert Range(8, 9, True, False).has_whole
    assert Range(0.5, inf).has_whole
    assert not Range(0.5, 0.9).has_whole


def test_no_value_is_allowed_by_a_denial_alone() -> None:
    only_a = Allowed(some("a"))
    assert only_a.complement().nothing
    assert only_a.meet(only_a.complement()).is_empty
    assert not only_a.complement().within(Allowed(some("b", "c")))
