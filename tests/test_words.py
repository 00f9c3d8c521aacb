"""Texts, values and conditions as people read them."""

from __future__ import annotations

import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from advise import conditions
from advise.conditions import All, AnyOf, Constant, Not, Quantified, Scope
from advise.types import Kind, Type
from advise.values import Span, date_span
from advise.words import Wording, plain, wording
from tests import small_bases
from tests.small_bases import ask, plan

SAY = """
parameters:
  settle_in: {value: 6, unit: months, means: Time to settle in, because: Usual}
  one_year: {value: 1, unit: years, means: A year, because: Usual}
  later_on: {from: {2030-01-01: 5}, unit: months, means: From 2030, because: Usual}
computed:
  job.months_in_role:
    means: Whole months in the job
    unit: months
    months between: [start, today]
  best_level:
    means: The highest level
    highest: job.level
conclusions:
  job.standing:
    means: How the job stands
    type: choice
    values: {going_well: It goes well., going_badly: It goes badly.}
    report: true
rules:
  - id: well
    title: Goes well
    when: [{each job: {current: true}}]
    conclude: {job.standing: going_well}
  - id: say
    title: Say it
    when: [{each job: {}}]
    advise: {say: "%s", priority: extra, effort: small}
"""


def text(tmp_path: Path, say: str, facts: dict[str, Any]) -> str:
    """What the rule `say` says with these facts."""
    found = ask(plan(tmp_path, SAY % say), facts)
    return next(item["text"] for item in (*found.given, *found.open) if item["id"] == "say")


def words(tmp_path: Path) -> Wording:
    return ask(plan(tmp_path, SAY % "Hello."), {})._words


BARISTA = {
    "title": "Barista",
    "current": True,
    "start": "2024-03-05",
    "level": "lead",
    "hours": 20,
    "permanent": False,
}


@pytest.mark.parametrize(
    ("say", "expected"),
    [
        ("As {job.title}.", "As Barista."),
        ("Since {job.start}.", "Since 5 March 2024."),
        ("You work {job.hours}.", "You work 20 hours a week."),
        ("You are {job.level}.", "You are Team lead."),
        ("Permanent: {job.permanent}.", "Permanent: no."),
        ("For {job.months_in_role}.", "For 22 months."),
        ("At best {best_level}.", "At best Team lead."),
        ("It is {job.standing}.", "It is going well."),
        ("Settle in for {$settle_in}.", "Settle in for 6 months."),
        ("Wait {$one_year}.", "Wait 1 year."),
        ("Braces {{ and }}.", "Braces { and }."),
    ],
)
def test_a_placeholder_shows_its_value_as_people_read_it(tmp_path: Path, say: str, expected: str) -> None:
    assert text(tmp_path, say, {"jobs": [BARISTA]}) == expected


@pytest.mark.parametrize(
    ("start", "expected"),
    [("2024", "Since 2024."), ("2024-03", "Since March 2024."), ("2024-03-05", "Since 5 March 2024.")],
)
def test_a_date_is_shown_as_precisely_as_it_is_known(tmp_path: Path, start: str, expected: str) -> None:
    assert text(tmp_path, "Since {job.start}.", {"jobs": [{"start": start}]}) == expected


@pytest.mark.parametrize(
    ("say", "expected"),
    [
        ("As {job.title}.", "As this job."),
        ("{job.title} is fine.", "This job is fine."),
        ("Since {job.start}.", "Since (Start date not given)."),
        ("For {job.months_in_role}.", "For (months in role not given)."),
        ("It is {job.standing}.", "It is (standing not given)."),
        ("Permanent: {job.permanent}.", "Permanent: yes."),
        ("In {$later_on}.", "In (later on not given)."),
        ("At best {best_level}.", "At best (best level not given)."),
    ],
)
def test_a_placeholder_without_a_value_says_so(tmp_path: Path, say: str, expected: str) -> None:
    assert text(tmp_path, say, {"jobs": [{}]}) == expected


def test_a_thing_that_nobody_has_named_is_called_by_its_unnamed_text(tmp_path: Path) -> None:
    assert text(tmp_path, "As {job.title}, {job.level}.", {}) == "As this job, (Level not given)."


def test_a_null_fact_is_not_given(tmp_path: Path) -> None:
    assert text(tmp_path, "As {job.title}.", {"jobs": [{"title": None}]}) == "As this job."


@pytest.mark.parametrize(
    ("interests", "expected"),
    [(["art"], "You like art."), (["art", "law", "music"], "You like art, law and music.")],
)
def test_a_list_is_joined_with_and(tmp_path: Path, interests: list[str], expected: str) -> None:
    facts = {"jobs": [{}], "plan": {"interests": interests}}
    assert text(tmp_path, "You like {plan.interests}.", facts) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (3, "3"),
        (3.0, "3"),
        (2.5, "2.5"),
        (1234, "1234"),
        (32000, "32,000"),
        (1234567.891, "1,234,567.89"),
        (0.1 + 0.2, "0.3"),
        (0.0625, "0.0625"),
        (0, "0"),
        (-20, "-20"),
        (100, "100"),
    ],
)
def test_numbers_are_short_and_marked_from_ten_thousand_on(tmp_path: Path, number: float, expected: str) -> None:
    assert words(tmp_path).number(number) == expected


def test_days_that_span_more_than_a_year_are_not_shown(tmp_path: Path) -> None:
    made = words(tmp_path)
    assert made.day(Span(date(2023, 5, 1).toordinal(), date(2024, 5, 1).toordinal())) is None
    assert made.day(Span(float("-inf"), float("inf"))) is None
    assert made.day(date_span("2024-12")) == "December 2024"


GERMAN = """
rules:
  - id: say
    title: Say it
    when: [{each job: {}}]
    advise:
      say: {en: "You work {job.hours} since {job.start}.", de: "Sie arbeiten {job.hours} seit {job.start}."}
      priority: extra
      effort: small
"""


def test_another_language_has_its_own_texts_dates_and_numbers(tmp_path: Path) -> None:
    made = plan(tmp_path, GERMAN, languages="[en, de]")
    facts = {"jobs": [{"hours": 37.5, "start": "2024-03-05"}]}
    assert ask(made, facts, "de").given[0]["text"] == "Sie arbeiten 37,5 hours a week seit 5. März 2024."
    assert ask(made, facts).given[0]["text"] == "You work 37.5 hours a week since 5 March 2024."
    assert ask(made, {"jobs": [{}]}, "de").given[0]["text"] == (
        "Sie arbeiten (Hours: keine Angabe) seit (Start date: keine Angabe)."
    )


def test_a_question_is_asked_in_the_language_or_else_in_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = copy.deepcopy(small_bases.FACTS)
    fields: Any = facts["properties"]
    fields["jobs"]["items"]["properties"]["field"]["question"] = {"en": "Which field?", "de": "Welcher Bereich?"}
    monkeypatch.setattr(small_bases, "FACTS", facts)
    rules = GERMAN.replace("each job: {}", "each job: {field: art, on_probation: true}")
    made = plan(tmp_path, rules, languages="[en, de]")
    asked = {q["fact"]: q["ask"] for q in ask(made, {"jobs": [{}]}, "de").questions}
    assert asked["job.field"] == "Welcher Bereich?"
    assert asked["job.on_probation"] == "Are you on probation?"


def test_a_label_is_the_fact_that_names_a_thing(tmp_path: Path) -> None:
    made = ask(plan(tmp_path, SAY % "Hello."), {"jobs": [{"title": "Barista"}, {}], "goals": [{}]})._words
    assert made.label("job", 0) == "Barista"
    assert made.label("job", 1) == "this job"
    assert made.label("goal", 0) == "goal"


def test_conditions_are_worded_as_the_rule_words_them() -> None:
    one = conditions.Test(Constant(1, Type(Kind.NUMBER)), "==", Constant(1, Type(Kind.NUMBER)), "one: 1")
    two = conditions.Test(Constant(2, Type(Kind.NUMBER)), "==", Constant(2, Type(Kind.NUMBER)), "two: 2")
    scope = Scope("other job", "job", other=True)
    assert wording(All((one, two, one))) == "one: 1; two: 2"
    assert wording(AnyOf((one, two))) == "any of: one: 1 | two: 2"
    assert wording(Not(one)) == "not: one: 1"
    assert wording(Quantified("some", scope, one)) == "some other job: one: 1"
    assert wording(Quantified("some", scope, All(()))) == "some other job"
    assert wording(All(())) == "always"
    assert wording(AnyOf(())) == "any of: nothing"


def test_parameters_in_a_condition_are_shown_with_their_values(tmp_path: Path) -> None:
    made = words(tmp_path)
    test = conditions.Test(Constant(1, Type(Kind.NUMBER)), "==", Constant(1, Type(Kind.NUMBER)), "")

    def said(text: str) -> str:
        return made.condition(conditions.Test(test.left, test.operator, test.right, text))

    assert said("job.start: at least $settle_in months ago") == "job.start: at least 6 months ago"
    assert said("job.start: at least $settle_in ago") == "job.start: at least 6 months ago"
    assert said("savings: more than $later_on") == "savings: more than $later_on"
    assert said("plan.code: $nothing") == "plan.code: $nothing"


def test_the_last_part_of_a_path_reads_as_words() -> None:
    assert plain("job.months_in_role") == "months in role"
