"""What keeps advice open, and the questions that ask for it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from advise.evaluate.reference import evaluate
from advise.outcome import Outcome, outcome
from advise.plan import Plan
from advise.types import Kind, Type
from tests.generated import AS_OF, DAYS, KEYS, LISTS, THINGS, KnowledgeBases, plain_case
from tests.rulebooks import dated
from tests.small_bases import ask, plan

EXAMPLES = int(os.environ.get("ADVISE_LAW_EXAMPLES", "150"))
GO = "advise: {say: Go., priority: extra, effort: small}"
TABLE = (
    "tables:\n  rung: {file: rung.csv, means: R, source: {judgement: R}, key: [field],\n"
    "         columns: {field: text, top: number}}\n"
)


def outcome_of(tmp_path: Path, when: str, facts: dict[str, Any], more: str = "") -> Outcome:
    """The outcome of a knowledge base in which the rule `go` gives advice when `when`."""
    rules = f"{more or 'rules:'}\n  - id: go\n    title: Go\n    when: [{{{when}}}]\n    {GO}\n"
    files = {"rung.csv": "field,top\nart,5\nlaw,3\n"} if "tables:" in more else {}
    return ask(plan(tmp_path, rules, files), facts)


def needs(tmp_path: Path, when: str, facts: dict[str, Any], more: str = "") -> list[Any]:
    """What keeps `go` open: pointers, or names of conflicts."""
    (found,) = outcome_of(tmp_path, when, facts, more).open
    return [need.get("fact", need.get("conflict")) for need in found["needs"]]


# ------------------------------------------------------------------------------------------------- needs


@pytest.mark.parametrize(
    ("when", "facts", "expected"),
    [
        ("plan.written: true", {}, ["/plan/written"]),
        ("plan.written: true, savings: 2", {"savings": 2}, ["/plan/written"]),
        ("plan.written: true, savings: 2", {}, ["/plan/written", "/savings"]),
        ("not: {plan.written: true}", {}, ["/plan/written"]),
        ("any: [{plan.written: true}, {savings: 2}]", {"savings": 3}, ["/plan/written"]),
        ("plan.written: {known: false}", {}, ["/plan/written"]),
        ("harassed: {known: true}", {}, ["/harassed"]),
        ("some job: {current: true}", {}, ["/jobs"]),
        ("some job: {current: true}", {"jobs": None}, ["/jobs"]),
        ("some job: {current: true}", {"jobs": [{"current": False}, {}]}, ["/jobs/1/current"]),
        ("some job: {current: true, level: lead}", {"jobs": [{"current": False}, {"current": True}]},
         ["/jobs/1/level"]),
        ("every job: {current: true}", {}, ["/jobs"]),
        ("every job: {current: true}", {"jobs": [{}, {"current": True}]}, ["/jobs/0/current"]),
        ("no job: {plan.written: true}", {}, ["/jobs", "/plan/written"]),
        ("no job: {plan.written: true}", {"jobs": [{}]}, ["/plan/written"]),
        ("count job: {where: {current: true}, at least: 2}", {"jobs": [{"current": True}, {}, {"current": False}]},
         ["/jobs/1/current"]),
        ("count job: {at least: 2}", {}, ["/jobs"]),
        ("sum job.hours: {where: {current: true}, more than: 40}",
         {"jobs": [{"current": False}, {"current": True}, {"hours": 30}]}, ["/jobs/2/current", "/jobs/1/hours"]),
        ("some job: {start: {at least: 6 months ago}}", {"jobs": [{"start": "2025"}]}, ["/jobs/0/start"]),
        ("some job: {hours: {more than: savings * 2}}", {"jobs": [{"hours": 30}]}, ["/savings"]),
        ("some job: {current: true, field: {same as: job.title}}", {"jobs": [{"current": True, "field": "a"}]},
         ["/jobs/0/title"]),
    ],
)  # fmt: skip
def test_open_advice_needs_the_facts_that_keep_it_open(
    tmp_path: Path, when: str, facts: dict[str, Any], expected: list[str]
) -> None:
    assert needs(tmp_path, when, facts) == expected


@pytest.mark.parametrize(
    ("when", "facts"),
    [
        ("plan.written: true, savings: 2", {"savings": 3}),
        ("some job: {start: {at least: 6 months ago}}", {"jobs": [{"start": "2025-09"}]}),
        ("any: [{plan.written: true}, {savings: 2}]", {"savings": 2}),
        ("harassed: true", {}),
    ],
)
def test_nothing_is_needed_where_no_answer_matters(tmp_path: Path, when: str, facts: dict[str, Any]) -> None:
    found = outcome_of(tmp_path, when, facts)
    assert found.open == []
    assert found.settled


def test_a_fact_that_the_person_does_not_know_is_known_missing(tmp_path: Path) -> None:
    found = outcome_of(tmp_path, "plan.written: true", {"plan": {"written": None}})
    assert found.open[0]["needs"] == [{"fact": "/plan/written", "name": "plan.written", "known_missing": True}]
    assert found.questions[0]["asked_before"]


def test_a_computed_fact_needs_what_it_is_worked_out_from(tmp_path: Path) -> None:
    more = "computed:\n  job.months: {means: M, unit: months, months between: [start, today]}\nrules:"
    assert needs(tmp_path, "some job: {months: {at least: 3}}", {"jobs": [{}]}, more) == ["/jobs/0/start"]


def test_a_lookup_needs_its_key(tmp_path: Path) -> None:
    more = TABLE + "computed:\n  job.top: {means: T, lookup: rung, key: {field: field}, take: top}\nrules:"
    assert needs(tmp_path, "some job: {top: {at least: 4}}", {"jobs": [{}]}, more) == ["/jobs/0/field"]


CHAIN = """
conclusions:
  job.good: {means: Good, type: boolean}
  kind: {means: Kind, type: choice, values: {one: One, two: Two}}
rules:
  - {id: good, title: Good, when: [{each job: {level: lead}}], conclude: {job.good: true}}
  - {id: better, title: Better, when: [{each job: {good: true, current: true}}], overrides: [go-on],
     conclude: {kind: one}}
  - {id: go-on, title: Go on, when: [{savings: 1}], conclude: {kind: two}}
  - {id: read, title: Read, when: [{kind: two}], advise: {say: Read., priority: growth, effort: small}}
  - {id: read-one, title: One, when: [{kind: one, savings: 77}],
     advise: {say: One., priority: growth, effort: small}}
"""


def test_a_chain_of_conclusions_is_followed_to_the_facts(tmp_path: Path) -> None:
    facts = {"savings": 0, "jobs": [{"level": "trainee"}, {}]}
    found = outcome_of(tmp_path, "some job: {good: true, current: true}", facts, CHAIN)
    assert [need["fact"] for need in found.open[0]["needs"]] == ["/jobs/1/current", "/jobs/1/level"]  # type: ignore[typeddict-item]


def test_what_may_override_a_conclusion_keeps_it_open(tmp_path: Path) -> None:
    facts = {"savings": 1, "jobs": [{"level": "lead"}]}
    found = outcome_of(tmp_path, "savings: 5", facts, CHAIN)
    (read,) = found.open
    assert [need["fact"] for need in read["needs"]] == ["/jobs/0/current"]  # type: ignore[typeddict-item]


DERIVED = """
derived:
  career: {means: C, one for each: field, among: [careers, jobs, goals]}
rules:
"""


def test_a_derived_thing_needs_the_lists_that_may_name_it_and_the_keys_that_things_lack(tmp_path: Path) -> None:
    facts = {"jobs": [{"field": "art"}, {}, {"field": None}]}
    found = outcome_of(tmp_path, "some career: {field: law}", facts, DERIVED)
    assert found.open[0]["needs"] == [
        {"fact": "/goals", "name": "goals", "known_missing": False},
        {"fact": "/jobs/2/field", "name": "job.field", "known_missing": True},
        {"fact": "/jobs/1/field", "name": "job.field", "known_missing": False},
    ]


def test_a_fact_of_a_derived_thing_that_nobody_listed_belongs_in_a_new_item_of_its_list(tmp_path: Path) -> None:
    facts = {"jobs": [{"field": "art"}], "goals": [{"field": "law"}], "careers": [{"field": "law"}]}
    found = outcome_of(tmp_path, "some career: {wanted: true}", facts, DERIVED)
    asked = [(q["pointer"], q["fact"], q["about"]) for q in found.questions]
    assert asked == [("/careers/-/wanted", "career.wanted", "art"), ("/careers/0/wanted", "career.wanted", "law")]


# --------------------------------------------------------------------------------------------- questions


def test_a_question_has_words_and_what_may_be_answered(tmp_path: Path) -> None:
    (found,) = outcome_of(tmp_path, "savings: 2", {}).questions
    assert found == {
        "pointer": "/savings",
        "fact": "savings",
        "about": None,
        "ask": "How long would your savings last?",
        "allowed": {"type": "number", "values": [], "unit": "months of pay", "minimum": 0, "maximum": None},
        "decides": ["go"],
        "asked_before": False,
    }


def test_a_choice_is_asked_with_its_values_and_their_titles(tmp_path: Path) -> None:
    (found,) = outcome_of(tmp_path, "some job: {level: lead}", {"jobs": [{"title": "Cook"}]}).questions
    assert (found["about"], found["ask"]) == ("Cook", "Level: what applies to you?")
    assert found["allowed"]["values"] == [
        {"value": "trainee", "title": "Trainee"},
        {"value": "skilled", "title": "Skilled worker"},
        {"value": "lead", "title": "Team lead"},
    ]


@pytest.mark.parametrize(
    ("when", "ask_for"),
    [
        ("some job: {current: true}", "Which jobs do you have?"),
        ("some goal: {field: art}", "Goals: which are there?"),
    ],
)
def test_a_list_is_asked_for_as_a_whole(tmp_path: Path, when: str, ask_for: str) -> None:
    (found,) = outcome_of(tmp_path, when, {}).questions
    assert (found["ask"], found["allowed"]["type"], found["about"]) == (ask_for, "list", None)


def test_a_date_of_which_only_a_part_is_known_is_asked_for_precisely(tmp_path: Path) -> None:
    facts = {"moved": "2025"}
    (found,) = outcome_of(tmp_path, "moved: {at least: 6 months ago}", facts).questions
    assert found["ask"] == "Date of the move: on which day exactly? So far it's 2025."
    assert not found["asked_before"]


MANY = """
rules:
  - {id: one, title: One, when: [{plan.written: true, savings: 1}],
     advise: {say: One., priority: extra, effort: small}}
  - {id: two, title: Two, when: [{plan.written: true}], advise: {say: Two., priority: extra, effort: small}}
  - {id: three, title: Three, when: [{each job: {on_probation: true}}],
     advise: {say: Three., priority: extra, effort: small}}
"""


def test_what_decides_most_is_asked_first_and_everything_once(tmp_path: Path) -> None:
    made = plan(tmp_path, MANY)
    found = ask(made, {"jobs": [{"title": "Cook"}, {"title": "Baker"}]}).questions
    assert [(q["fact"], q["about"], q["decides"]) for q in found] == [
        ("plan.written", None, ["one", "two"]),
        ("job.on_probation", "Baker", ["three"]),
        ("job.on_probation", "Cook", ["three"]),
        ("savings", None, ["one"]),
    ]


REFER = (
    MANY
    + """
  - {id: stop, title: Stop, when: [{harassed: true}], refer: {to: Someone, say: Talk.}}
  - {id: wait, title: Wait, when: [{each job: {permanent: false, current: true}}],
     hold: {advice: [three], because: Not permanent.}}
"""
)


def test_an_assumed_fact_that_something_depends_on_is_asked_last(tmp_path: Path) -> None:
    facts = {
        "savings": 1,
        "plan": {"written": True},
        "jobs": [{"title": "Cook", "on_probation": True, "current": True}, {"on_probation": False}],
    }
    found = ask(plan(tmp_path, REFER), facts).questions
    assert [(q["pointer"], q["assumed"], q["decides"]) for q in found] == [
        ("/harassed", False, ["one", "stop", "three", "two"]),
        ("/jobs/0/permanent", True, ["three"]),
    ]


def test_an_assumed_fact_that_cannot_matter_or_was_answered_is_not_asked(tmp_path: Path) -> None:
    facts = {"harassed": False, "savings": 1, "plan": {"written": True}, "jobs": [{"on_probation": False}]}
    assert ask(plan(tmp_path, REFER), facts).questions == []


def test_facts_that_are_missing_come_before_those_that_are_assumed(tmp_path: Path) -> None:
    found = ask(plan(tmp_path, REFER), {"jobs": [], "savings": 1}).questions
    assert [(q["pointer"], "assumed" in q) for q in found] == [("/plan/written", False), ("/harassed", True)]


ASK = """
rules:
  - {id: ask-field, title: Ask, when: [{each job: {current: true}}],
     ask: {fact: job.field, say: "Which field is {job.title} in?"}}
  - {id: ask-plan, title: Plan, ask: {fact: plan.written}}
  - {id: go, title: Go, when: [{plan.written: true}], advise: {say: Go., priority: extra, effort: small}}
"""


def test_an_ask_rule_asks_in_its_own_words_for_the_thing_that_it_binds(tmp_path: Path) -> None:
    jobs = [{"title": "Cook", "current": True}, {"title": "Baker", "current": False}, {"title": "Clerk"}]
    found = ask(plan(tmp_path, ASK), {"jobs": jobs}).questions
    assert [(q["pointer"], q["ask"], q["decides"]) for q in found] == [
        ("/plan/written", "Have you written your plan down?", ["go"]),
        ("/jobs/0/field", "Which field is Cook in?", []),
    ]


def test_an_ask_rule_asks_for_nothing_that_was_answered_or_asked(tmp_path: Path) -> None:
    facts = {"jobs": [{"current": True, "field": "art"}, {"current": True, "field": None}], "plan": {"written": False}}
    assert ask(plan(tmp_path, ASK), facts).questions == []


def test_an_ask_rule_that_is_only_possible_asks_for_nothing(tmp_path: Path) -> None:
    assert ask(plan(tmp_path, ASK), {"plan": {"written": False}}).questions == []
    assert ask(plan(tmp_path, ASK), {"plan": {"written": False}, "jobs": [{"title": "Cook"}]}).questions == []


def test_an_ask_rule_may_ask_for_a_whole_list(tmp_path: Path) -> None:
    rules = "rules:\n  - {id: ask-goals, title: Ask, ask: {fact: goals, say: What do you aim at?}}\n"
    made = plan(tmp_path, rules)
    (found,) = ask(made, {}).questions
    assert (found["pointer"], found["fact"], found["ask"]) == ("/goals", "goals", "What do you aim at?")
    assert ask(made, {"goals": []}).questions == []


def dated_outcome(facts: dict[str, Any], default: str | None = None, backwards: bool = False) -> Outcome:
    """The outcome of `dated`, with a default for the day of a goal."""
    book = dated()
    goal = replace(book.facts["goal", "day"], default=default)
    rules = book.rules[::-1] if backwards else book.rules
    made = Plan(replace(book, facts={**book.facts, ("goal", "day"): goal}, rules=rules))
    return ask(made, facts)


@pytest.mark.parametrize("backwards", [False, True])
def test_the_key_of_a_derived_thing_is_asked_for_once_and_by_the_name_that_it_was_given_under(backwards: bool) -> None:
    (found,) = dated_outcome({"goals": [{"day": "2024"}], "lines": []}, None, backwards).questions
    assert (found["pointer"], found["fact"], found["decides"]) == ("/goals/0/day", "goal.day", ["by-goal", "by-line"])


def test_a_default_that_leaves_the_day_open_is_asked_for() -> None:
    found = dated_outcome({"goals": [{}], "lines": []}, "2024")
    assert [(each["fact"], each["decides"]) for each in found.questions] == [("goal.day", ["by-goal", "by-line"])]
    assert all(each["needs"] for each in found.open)


def test_a_key_that_is_only_assumed_is_asked_for_where_things_are_derived_from_it() -> None:
    found = dated_outcome({"goals": [{}], "lines": []}, "2020-01-01")
    assert found.given_ids == ("by-goal",)
    assert [(each["fact"], each["decides"]) for each in found.questions] == [("goal.day", ["by-line"])]


# -------------------------------------------------------------------------------------------------- laws


def _answer(facts: dict[str, Any], question: Any, bases: KnowledgeBases) -> None:
    """Answers a question with something random."""
    name, *steps = question["pointer"].strip("/").split("/")
    if question["allowed"]["type"] == "list":
        thing = {listed: thing for thing, listed in LISTS.items()}[name]
        facts[name] = [
            {**bases._thing(THINGS[thing], 0.8), "key": bases.random.choice(KEYS)}
            for _ in range(bases.random.randrange(3))
        ]
        return
    target: Any = facts
    if steps and steps[0] == "-":
        facts[name] = [*(facts.get(name) or []), {"key": question["about"]}]
        target = facts[name][-1]
    elif name in facts and isinstance(facts[name], list):
        target = facts[name][int(steps[0])]
    path = steps[1:] if name in LISTS.values() else [name, *steps]
    for step in path[:-1]:
        if target.get(step) is None:
            target[step] = {}
        target = target[step]
    target[path[-1]] = _some_value(question["allowed"], bases)


def _some_value(allowed: Any, bases: KnowledgeBases) -> Any:
    if allowed["values"]:
        return bases.random.choice(allowed["values"])["value"]
    if allowed["type"] == "date":
        return bases.random.choice(DAYS)
    return bases._fact(Type(Kind.NUMBER if allowed["type"] == "integer" else Kind(allowed["type"])))


@pytest.mark.parametrize("seed", range(EXAMPLES))
def test_whoever_answers_the_first_question_each_time_comes_to_a_settled_outcome(seed: int) -> None:
    bases = KnowledgeBases(Random(seed))
    made = Plan(bases.rulebook(12))
    facts, day = bases.facts(bases.random.choice([0, 0.4, 0.7])), bases.random.choice(AS_OF)
    for _ in range(40):
        case = plain_case(facts, day)
        found = outcome(made, case, evaluate(made, case))
        asked = {question["pointer"] for question in found.questions}
        for each in found.open:
            assert each["needs"]
            assert all("conflict" in need or need["fact"] in asked for need in each["needs"])
        if not found.questions:
            break
        _answer(facts, found.questions[0], bases)
    assert not found.questions
    assert found.settled or all("conflict" in need for each in found.open for need in each["needs"])
