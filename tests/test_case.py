"""A person's facts: what is taken, what becomes of it, and a sentence for each thing that is wrong."""

from __future__ import annotations

import copy
import enum
import json
import sys
import time
from collections import OrderedDict, UserDict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advise._quick_check import quick_check
from advise.case import Case, CaseMaker, Things
from advise.errors import FactsError, Problem
from advise.rules import Derived, Rulebook
from advise.types import Kind, ThingList, folded
from advise.values import date_span
from tests.rulebooks import fact, rulebook

DAY = date(2026, 1, 15)


def career_book(**narrowing: Any) -> Rulebook:
    return rulebook(
        [
            fact("name"),
            fact("field", ignore_case=True),
            fact("hours", Kind.NUMBER, low=0, high=168, unit="hours a week"),
            fact("team_size", Kind.NUMBER, integer=True),
            fact("happy", Kind.BOOLEAN),
            fact("wish", Kind.CHOICE, choices=("grow", "stay")),
            fact("moved", Kind.DATE),
            fact("skills", Kind.TEXTS),
            fact("plan.written", Kind.BOOLEAN),
            fact("plan.tags", Kind.TEXTS, ignore_case=True),
            fact("plan.review.place", ignore_case=True),
            fact("job:title", high=20),
            fact("job:field", ignore_case=True),
            fact("job:start", Kind.DATE),
            fact("job:review.rating", Kind.CHOICE, choices=("low", "high")),
            fact("goal:field", ignore_case=True),
            fact("goal:by", Kind.DATE, required=True),
            fact("career:field", ignore_case=True, required=True),
            fact("career:wanted", Kind.BOOLEAN),
        ],
        [
            ThingList("job", "jobs", "Jobs"),
            ThingList("goal", "goals", "Goals"),
            ThingList("career", "careers", "Careers", assumed_empty=True),
        ],
        [Derived("career", "One line of work", "field", ("career", "job", "goal"))],
        **narrowing,
    )


MAKER = CaseMaker(career_book())


def case(facts: Any) -> Case:
    return MAKER.make(facts, DAY)


def problems(facts: Any, maker: CaseMaker = MAKER) -> tuple[Problem, ...]:
    with pytest.raises(FactsError) as caught:
        maker.make(facts, DAY)
    return caught.value.problems


def only(facts: Any) -> tuple[str, str]:
    """Pointer and code of the one problem."""
    (problem,) = problems(facts)
    assert problem.sentence.endswith(".")
    return problem.pointer, problem.code


# ----------------------------------------------------------------------------------------- what is taken


def test_no_facts_are_facts() -> None:
    made = case({})
    assert made.facts == {}
    assert made.as_of == DAY
    assert made.notices == ()


def test_every_fact_may_be_null_and_every_list_too() -> None:
    facts = {
        **dict.fromkeys(("name", "field", "hours", "team_size", "happy", "wish", "moved", "skills")),
        "plan": {"written": None, "tags": None, "review": {"place": None}},
        "jobs": [{"title": None, "field": None, "start": None, "review": {"rating": None}}],
        "goals": None,
        "careers": None,
    }
    assert case(facts).facts is facts


@pytest.mark.parametrize("day", ["2024", "2024-02", "2024-02-29", "2000-02-29", "0001", "9999-12-31"])
def test_dates_and_partial_dates_are_taken(day: str) -> None:
    assert case({"moved": day, "jobs": [{"start": day}]}).facts["moved"] == day


def test_facts_that_need_nothing_are_not_copied() -> None:
    facts = {"name": "Sam", "field": "nursing", "jobs": [{"field": "art", "title": "Painter"}]}
    made = case(facts)
    assert made.facts is facts
    assert made.things["job"].items[0] is facts["jobs"][0]


def test_a_day_with_a_time_is_its_day() -> None:
    assert MAKER.make({}, datetime(2026, 1, 15, 9, 30)).as_of == DAY
    assert type(MAKER.make({}, datetime(2026, 1, 15, 9, 30)).as_of) is date


class Wish(enum.StrEnum):
    GROW = "grow"


class Size(enum.IntEnum):
    TEN = 10


class Word(str):
    pass


@pytest.mark.parametrize(
    ("given_facts", "plain"),
    [
        ({"moved": date(2024, 3, 5)}, {"moved": "2024-03-05"}),
        ({"moved": 2024}, {"moved": "2024"}),
        ({"plan": None}, {"plan": None}),
        ({"jobs": ({"start": date(2024, 3, 5)},)}, {"jobs": [{"start": "2024-03-05"}]}),
        ({"skills": ("a", "b")}, {"skills": ["a", "b"]}),
        ({"plan": {"tags": ("a",)}}, {"plan": {"tags": ["a"]}}),
        ({"wish": Wish.GROW, "team_size": Size.TEN}, {"wish": "grow", "team_size": 10}),
        ({Word("name"): Word("Sam")}, {"name": "Sam"}),
        (OrderedDict(name="Sam"), {"name": "Sam"}),
        (UserDict(name="Sam"), {"name": "Sam"}),
        ({"jobs": [OrderedDict(title="Sam")]}, {"jobs": [{"title": "Sam"}]}),
    ],
)
def test_what_embedders_give_becomes_plain(given_facts: Any, plain: Any) -> None:
    made = case(given_facts).facts
    assert made == plain
    assert _kinds(made) <= {dict, list, str, int, float, bool, type(None)}


def _kinds(value: Any) -> set[type]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return {type(value)}.union(*map(_kinds, inner), *[map(type, value)] if isinstance(value, dict) else [])


# ---------------------------------------------------------------------------------------------- folding


def test_texts_that_ignore_case_are_folded_wherever_they_stand() -> None:
    facts = {
        "name": "  Sam ",
        "field": "  The   ARTS ",
        "skills": ["A"],
        "plan": {"tags": ["One ", "two"], "review": {"place": "HOME"}, "written": True},
        "jobs": [{"field": "Straße", "title": "Boss"}, {"title": "Aide"}],
        "goals": None,
    }
    before = copy.deepcopy(facts)
    made = case(facts)
    assert facts == before
    assert made.facts == {
        "name": "  Sam ",
        "field": "the arts",
        "skills": ["A"],
        "plan": {"tags": ["one", "two"], "review": {"place": "home"}, "written": True},
        "jobs": [{"field": "strasse", "title": "Boss"}, {"title": "Aide"}],
        "goals": None,
    }
    assert made.things["job"].items == made.facts["jobs"]
    assert made.facts["jobs"][1] is facts["jobs"][1]  # type: ignore[index]


def test_folding_works_where_only_flat_texts_ignore_case() -> None:
    book = rulebook(
        [fact("field", ignore_case=True), fact("job:field", ignore_case=True)], [ThingList("job", "jobs", "J")]
    )
    maker = CaseMaker(book)
    same = {"field": "art", "jobs": [{"field": "the arts"}, {"field": None}, {}]}
    assert maker.make(same, DAY).facts is same
    for field, new in (("Art", "art"), (" a", "a"), ("a ", "a"), ("a  b", "a b"), ("a\tb", "a b"), ("", "")):
        made = maker.make({"field": field, "jobs": [{"field": field}]}, DAY)
        assert made.facts == {"field": new, "jobs": [{"field": new}]}


# ----------------------------------------------------------------------------------------------- things


def test_a_given_list_is_complete_and_a_missing_or_null_one_is_not() -> None:
    assert case({"jobs": []}).things["job"] == Things([], (), True)
    assert case({"jobs": None}).things["job"] == Things((), (), False)
    assert case({}).things["job"] == Things((), (), False)


def test_a_list_that_is_assumed_empty_is_complete_when_absent_only() -> None:
    book = rulebook([fact("harm:what")], [ThingList("harm", "harms", "Harms", assumed_empty=True)])
    assert CaseMaker(book).make({}, DAY).things["harm"] == Things((), (), True)
    assert CaseMaker(book).make({"harms": None}, DAY).things["harm"] == Things((), (), False)


@pytest.mark.parametrize("count", [1, 64, 65, 200])
def test_things_know_their_pointers(count: int) -> None:
    things = case({"jobs": [{"title": str(number)} for number in range(count)]}).things["job"]
    assert things.pointers == tuple(f"/jobs/{number}" for number in range(count))
    assert [each["title"] for each in things.items] == [str(number) for number in range(count)]


def test_derived_things_are_the_stated_ones_then_one_for_each_other_key() -> None:
    made = case(
        {
            "careers": [{"field": "Nursing", "wanted": True}],
            "jobs": [{"field": "teaching"}, {"field": "nursing "}, {"field": "TEACHING"}],
            "goals": [{"field": "art", "by": "2027"}, {"field": "teaching", "by": "2028"}],
        }
    )
    assert made.things["career"] == Things(
        ({"field": "nursing", "wanted": True}, {"field": "art"}, {"field": "teaching"}),
        ("/careers/0", "/goals/0/field", "/jobs/0/field"),
        True,
    )


def test_a_derived_thing_may_be_stated_only_once() -> None:
    (problem,) = problems({"careers": [{"field": "b"}, {"field": "a"}, {"field": " B "}]})
    assert (problem.pointer, problem.code) == ("/careers/2/field", "given-twice")
    assert "/careers/0" in problem.sentence


@pytest.mark.parametrize(
    "facts",
    [
        {"jobs": []},
        {"jobs": [], "goals": None},
        {"jobs": [], "goals": [], "careers": None},
        {"jobs": [{}], "goals": []},
        {"jobs": [{"field": None}, {"field": "a"}], "goals": []},
    ],
)
def test_derived_things_are_incomplete_while_more_may_come(facts: Any) -> None:
    assert not case(facts).things["career"].complete
    assert all(None not in each.values() for each in case(facts).things["career"].items)


def test_derived_things_are_complete_when_every_list_and_key_is_known() -> None:
    assert case({"jobs": [{"field": "a"}], "goals": []}).things["career"].complete


def test_derived_things_need_no_list_of_their_own_and_keys_may_be_nested_or_numbers() -> None:
    book = rulebook(
        [fact("job:at.level", Kind.NUMBER)],
        [ThingList("job", "jobs", "Jobs")],
        [Derived("rung", "A rung", "at.level", ("job",))],
    )
    made = CaseMaker(book).make({"jobs": [{"at": {"level": 10}}, {"at": {"level": 9}}, {"at": {"level": 9.0}}]}, DAY)
    assert made.things["rung"] == Things(
        ({"at": {"level": 9}}, {"at": {"level": 10}}), ("/jobs/1/at/level", "/jobs/0/at/level"), True
    )
    assert not CaseMaker(book).make({"jobs": [{}]}, DAY).things["rung"].complete


def test_a_stated_thing_needs_its_key_even_when_it_is_nested() -> None:
    book = rulebook(
        [fact("rung:at.level", Kind.NUMBER, integer=True)],
        [ThingList("rung", "rungs", "Rungs")],
        [Derived("rung", "A rung", "at.level", ("rung",))],
    )
    maker = CaseMaker(book)
    assert maker.make({"rungs": [{"at": {"level": 1}}]}, DAY).things["rung"].complete
    for rung, pointer in (
        ({}, "/rungs/0"),
        ({"at": {}}, "/rungs/0/at"),
        ({"at": {"level": None}}, "/rungs/0/at/level"),
    ):
        assert [(each.pointer, each.code) for each in problems({"rungs": [rung]}, maker)] == [(pointer, "missing-key")]


@given(st.permutations([{"field": name} for name in ("b", "A", "c", "a", "C ")]))
def test_the_order_of_a_list_changes_no_derived_thing(jobs: list[dict[str, str]]) -> None:
    made = case({"jobs": jobs, "goals": []})
    assert [each["field"] for each in made.things["career"].items] == ["a", "b", "c"]


# ------------------------------------------------------------------------------- protected characteristics


def test_protected_names_are_set_aside_at_any_level_with_one_notice_each() -> None:
    with_them = {
        "age": 61,
        "Sex": {"x": float("nan")},
        "name": "Sam",
        "plan": {"AGE": [1], "written": True},
        "jobs": [{"age": object(), "title": "Aide", "review": {"sex": "f", "rating": "low"}}],
    }
    without = {
        "name": "Sam",
        "plan": {"written": True},
        "jobs": [{"title": "Aide", "review": {"rating": "low"}}],
    }
    before = dict(with_them)
    made = case(with_them)
    assert made.facts == without
    assert made.things == case(without).things
    assert len(made.notices) == 2
    assert "'age'" in made.notices[0]
    assert "'sex'" in made.notices[1]
    assert "61" not in "".join(made.notices)
    assert with_them == before


def test_protected_names_match_however_they_are_written() -> None:
    maker = CaseMaker(career_book(protected=("Date of birth",)))
    for name in ("date_of_birth", "date-of-birth", "Date Of Birth"):
        assert maker.make({name: 1}, DAY).facts == {}


def test_a_protected_name_is_no_problem_beside_one() -> None:
    assert only({"age": 3, "hours": "x"}) == ("/hours", "wrong-type")


# --------------------------------------------------------------------------------------- what is wrong


@pytest.mark.parametrize(
    ("facts", "pointer", "code"),
    [
        (None, "", "not-an-object"),
        ([], "", "not-an-object"),
        ("facts", "", "not-an-object"),
        (3, "", "not-an-object"),
        ({"nam": 1}, "/nam", "unknown-fact"),
        ({"a/b~": 1}, "/a~1b~0", "unknown-fact"),
        ({"x" * 5000: 1}, "", "unknown-fact"),
        ({"\ud800": 1}, "", "unknown-fact"),
        ({"plan": {"writen": True}}, "/plan/writen", "unknown-fact"),
        ({"jobs": [{}, {"titel": ""}]}, "/jobs/1/titel", "unknown-fact"),
        ({"name": 1}, "/name", "wrong-type"),
        ({"name": "x" * 10_001}, "/name", "too-long"),
        ({"name": "a\ud800"}, "/name", "broken-text"),
        ({"name": "\uffff"}, "/name", "broken-text"),
        ({"name": {"first": "Sam"}}, "/name", "wrong-type"),
        ({"jobs": [{"title": "x" * 21}]}, "/jobs/0/title", "too-long"),
        ({"hours": "38"}, "/hours", "wrong-type"),
        ({"hours": True}, "/hours", "wrong-type"),
        ({"hours": 169}, "/hours", "out-of-range"),
        ({"hours": -0.5}, "/hours", "out-of-range"),
        ({"hours": float("nan")}, "/hours", "not-a-number"),
        ({"hours": float("inf")}, "/hours", "out-of-range"),
        ({"hours": -float("inf")}, "/hours", "out-of-range"),
        ({"hours": 10**400}, "/hours", "out-of-range"),
        ({"hours": 10**5000}, "/hours", "out-of-range"),
        ({"team_size": -(10**5000)}, "/team_size", "out-of-range"),
        ({"team_size": 1.1e15}, "/team_size", "out-of-range"),
        ({"team_size": 1.5}, "/team_size", "wrong-type"),
        ({"hours": Decimal(3)}, "/hours", "wrong-type"),
        ({"happy": "yes"}, "/happy", "wrong-type"),
        ({"happy": 1}, "/happy", "wrong-type"),
        ({"wish": "Grow"}, "/wish", "not-a-choice"),
        ({"wish": 3}, "/wish", "not-a-choice"),
        ({"jobs": [{"review": {"rating": "mid"}}]}, "/jobs/0/review/rating", "not-a-choice"),
        ({"moved": "5/3/2024"}, "/moved", "wrong-date"),
        ({"moved": "2024-3-5"}, "/moved", "wrong-date"),
        ({"moved": "٢٠٢٤"}, "/moved", "wrong-date"),
        ({"moved": "2024\n"}, "/moved", "wrong-date"),
        ({"moved": 20240}, "/moved", "wrong-type"),
        ({"moved": datetime(2024, 3, 5)}, "/moved", "wrong-type"),
        ({"moved": "2024-02-30"}, "/moved", "impossible-date"),
        ({"moved": "2023-02-29"}, "/moved", "impossible-date"),
        ({"moved": "2024-13"}, "/moved", "impossible-date"),
        ({"moved": "0000"}, "/moved", "impossible-date"),
        ({"jobs": [{"start": "2024-04-31"}]}, "/jobs/0/start", "impossible-date"),
        ({"skills": "one"}, "/skills", "wrong-type"),
        ({"skills": ["one", 2]}, "/skills/1", "wrong-type"),
        ({"skills": [None]}, "/skills/0", "wrong-type"),
        ({"skills": ["x"] * 10_001}, "/skills", "too-long"),
        ({"plan": []}, "/plan", "not-an-object"),
        ({"jobs": {}}, "/jobs", "wrong-type"),
        ({"jobs": "Aide"}, "/jobs", "wrong-type"),
        ({"jobs": ["Aide"]}, "/jobs/0", "not-an-object"),
        ({"jobs": [None]}, "/jobs/0", "not-an-object"),
        ({"jobs": [{}] * 10_001}, "/jobs", "too-long"),
        ({"careers": [{"wanted": True}]}, "/careers/0", "missing-key"),
        ({"careers": [{"field": None}]}, "/careers/0/field", "missing-key"),
        ({"goals": [{"field": "a"}]}, "/goals/0", "missing-key"),
        ({1: "x"}, "", "wrong-name"),
        ({"plan": {None: "x"}}, "/plan", "wrong-name"),
        ({"name": b"x"}, "/name", "wrong-type"),
        ({"name": object()}, "/name", "wrong-type"),
        ({"skills": {"a"}}, "/skills", "wrong-type"),
    ],
)
def test_each_thing_wrong_is_one_problem(facts: Any, pointer: str, code: str) -> None:
    assert only(facts) == (pointer, code)


@pytest.mark.parametrize(
    ("facts", "hint"),
    [
        ({"nam": 1}, "'name'"),
        ({"Happy": True}, "'happy'"),
        ({"job": []}, "the list 'jobs'"),
        ({"title": "Aide"}, "'job.title'"),
        ({"jobs": [{"titel": ""}]}, "'title'"),
        ({"wish": "Grow"}, "'grow'"),
        ({"hours": "38"}, "without quotes"),
        ({"moved": "March"}, "2024-03-05"),
    ],
)
def test_a_problem_says_what_was_probably_meant(facts: Any, hint: str) -> None:
    assert hint in problems(facts)[0].hint


def test_a_choice_lists_what_is_allowed_and_a_range_its_ends_and_unit() -> None:
    assert "grow, stay" in problems({"wish": "x"})[0].sentence
    assert "from 0 to 168 hours a week" in problems({"hours": 200})[0].sentence


def test_ranges_that_are_open_at_one_end_say_so() -> None:
    book = rulebook([fact("a", Kind.NUMBER, low=1), fact("b", Kind.NUMBER, high=2)])
    sentences = [each.sentence for each in problems({"a": 0, "b": 3}, CaseMaker(book))]
    assert sentences == ["'A' must be 1 or more.", "'B' must be 2 or less."]


def test_all_problems_are_said_in_the_order_of_the_facts() -> None:
    found = problems({"jobs": [{"title": 1}] * 12, "hours": "x", "name": Decimal(1)})
    assert [each.pointer for each in found] == ["/hours", *(f"/jobs/{index}/title" for index in range(12)), "/name"]


def test_there_are_never_more_than_fifty_problems() -> None:
    many = {f"k{number}": 1 for number in range(100_000)}
    for facts in (many, {"jobs": [{"titel": 1}] * 10_000}, {"skills": [1] * 10_000}, dict(enumerate("x" * 1000))):
        start = time.process_time()
        assert len(problems(facts)) == 50
        assert time.process_time() - start < (2 if sys.gettrace() is None else 10)


def test_what_holds_itself_or_has_no_end_is_a_problem() -> None:
    ring: dict[str, Any] = {}
    ring["name"] = ring
    assert only(ring) == ("/name", "circular")
    loop: list[Any] = []
    loop.append(loop)
    assert only({"jobs": loop}) == ("/jobs/0", "circular")
    shared: list[Any] = ["x"]
    for _ in range(60):
        shared = [shared, shared]
    assert [each.code for each in problems({"name": shared})] == ["too-large"]
    deep: dict[str, Any] = {}
    for _ in range(5000):
        deep = {"plan": deep}
    assert "too-deep" in [each.code for each in problems(deep)]


def test_the_same_object_may_stand_twice() -> None:
    job = {"title": "Aide", "start": date(2024, 1, 1)}
    assert len(case({"jobs": [job, job]}).things["job"].items) == 2


def test_no_sentence_shows_pythons_own_words() -> None:
    found = problems({"name": [1, None, True], "happy": "yes", "plan": None, "hours": {"a": 1}, "wish": "\x1b[31m"})
    text = "".join(map(str, found))
    assert not any(word in text for word in ("None", "True", "False", "\x1b", "dict", "str", "\\x"))


# ------------------------------------------------------------------------------------------------- laws

names = st.sampled_from(
    ["name", "field", "hours", "moved", "skills", "plan", "tags", "jobs", "title", "start", "careers", "age", "x"]
)
words = st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=5) | st.sampled_from(
    ["2024-02-30", "2024", "grow", " The ARTS"]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names | st.text(max_size=3), inner, max_size=4),
    max_leaves=15,
)
jobs = st.fixed_dictionaries({}, optional={"title": st.none() | words, "field": words, "start": st.just("2024-03")})
right_facts = st.fixed_dictionaries(
    {},
    optional={
        "name": words,
        "field": st.none() | words,
        "hours": st.floats(0, 168),
        "team_size": st.integers(-5, 5),
        "skills": st.lists(words, max_size=3),
        "plan": st.fixed_dictionaries({}, optional={"tags": st.lists(words, max_size=2), "written": st.booleans()}),
        "jobs": st.none() | st.lists(jobs, max_size=3),
        "careers": st.lists(
            st.fixed_dictionaries({"field": words}), max_size=3, unique_by=lambda c: folded(c["field"])
        ),
    },
)


def attempt(facts: Any) -> Case | tuple[Problem, ...]:
    try:
        return case(facts)
    except FactsError as error:
        return error.problems


@given(json_values)
def test_any_json_value_is_a_case_or_a_facts_error(facts: Any) -> None:
    before = json.dumps(facts)
    made = attempt(facts)
    if isinstance(made, Case):
        assert MAKER._validator.is_valid(made.facts)
    else:
        assert made
        assert all(each.code and each.sentence.endswith(".") for each in made)
    assert json.dumps(facts) == before


@given(right_facts)
def test_right_facts_make_the_same_case_on_the_quick_and_the_thorough_way(facts: dict[str, Any]) -> None:
    made = case(facts)
    assert case(OrderedDict(facts)) == made
    assert case(made.facts)._replace(shown=made.shown) == made


@given(right_facts | st.dictionaries(names, json_values, max_size=4), st.sampled_from(["age", "SEX"]), json_values)
def test_a_protected_name_changes_nothing_but_the_notices(facts: dict[str, Any], name: str, value: Any) -> None:
    facts = {key: each for key, each in facts.items() if key != "age"}
    without, with_it = attempt(facts), attempt(facts | {name: value})
    if isinstance(without, Case):
        assert isinstance(with_it, Case)
        assert with_it.notices
        assert (with_it.facts, with_it.things) == (without.facts, without.things)
    else:
        assert with_it == without


@given(st.from_regex(r"[0-2][0-9]{3}(-[0-3][0-9](-[0-3][0-9])?)?", fullmatch=True))
def test_exactly_the_dates_that_exist_are_taken(day: str) -> None:
    try:
        date_span(day)
    except ValueError:
        assert only({"moved": day}) == ("/moved", "impossible-date")
    else:
        assert case({"moved": day}).facts == {"moved": day}


def test_every_day_of_leap_and_other_years_is_judged_rightly() -> None:
    for year in (1900, 2000, 2023, 2024, 2100, 2400):
        for month in range(14):
            for day in (0, 1, 28, 29, 30, 31, 32):
                text = f"{year}-{month:02}-{day:02}"
                assert MAKER._validator.is_valid({"moved": text}) == _exists(year, month, day), text


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


@given(right_facts | json_values | st.dictionaries(names, json_values, max_size=4))
def test_what_passes_the_quick_check_is_valid(facts: Any) -> None:
    if quick_check(career_book())(facts):
        assert MAKER._validator.is_valid(facts)


@given(right_facts)
def test_right_facts_pass_the_quick_check(facts: dict[str, Any]) -> None:
    assert quick_check(career_book())(facts)
