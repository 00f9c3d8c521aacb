"""What becomes of advice: given, not now, open, referred; and the outcome as JSON."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import pytest

from advise.case import CaseMaker
from advise.errors import UsageError
from advise.evaluate.reference import evaluate
from advise.outcome import Outcome, outcome
from advise.plan import Plan
from tests.generated import AS_OF, KnowledgeBases, plain_case
from tests.small_bases import AS_OF as DAY
from tests.small_bases import ask, plan

SCHEMA = json.loads((Path(__file__).parents[1] / "schemas/advise_schemas/outcome.schema.json").read_text("utf-8"))
EXAMPLES = int(os.environ.get("ADVISE_LAW_EXAMPLES", "150"))

RULES = """
conclusions:
  job.ready:
    means: Ready for more
    type: boolean
    report: You're ready for more as {job.title}.
  career.status:
    means: Where a career stands
    type: choice
    values: {under_way: "You have a job in {career.field}.", planned: "You aim at {career.field}."}
    report: true
derived:
  career:
    means: One line of work
    one for each: field
    among: [careers, jobs, goals]
rules:
  - id: ready
    title: Ready
    when: [{each job: {current: true, level: lead}}]
    conclude: {job.ready: true}
  - id: under-way
    title: Under way
    when: [{each career: {}}, {some job: {field: {same as: career.field}}}]
    conclude: {career.status: under_way}
  - id: planned
    title: Planned
    when: [{each career: {}}, {some goal: {field: {same as: career.field}}}]
    conclude: {career.status: planned}
  - id: more
    title: Ask for more
    source: {article: Responsibility, judgement: Wording}
    when: [{each job: {ready: true}}]
    advise:
      say: Ask for more as {job.title}.
      steps: ["Look at {job.title}.", Ask.]
      priority: growth
      effort: medium
      horizon: this month
  - id: probation
    title: Wait until probation is over
    when: [{each job: {on_probation: true}}]
    hold: {advice: [more], because: "You're on probation as {job.title}.", until: It's over., instead: learn}
  - id: learn
    title: Learn
    when: [{each job: {on_probation: true}}]
    advise: {say: "Learn as {job.title}.", priority: growth, effort: small}
  - id: savings
    title: Save first
    when: [{savings: {less than: 3}}]
    hold: {advice: [study], because: Your savings are low.}
  - id: study
    title: Study
    when: [{plan.written: true}]
    advise: {say: Study., priority: extra, effort: large}
  - id: enough
    title: You know enough
    when: [{some job: {level: lead}}]
    overrides: [study]
    advise: {say: You know enough., priority: extra, effort: small, kind: note}
  - id: stop
    title: Harassment
    when: [{harassed: true}]
    refer: {to: A trusted person, say: Talk to someone first.}
"""


@pytest.fixture(name="made")
def _made(tmp_path: Path) -> Plan:
    return plan(tmp_path, RULES)


def job(**more: Any) -> dict[str, Any]:
    return {"title": "Barista", "current": True, "level": "lead", "on_probation": False, **more}


def facts(*jobs: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A person with these jobs, without goals, plan and lack of savings unless `more` says so."""
    return {"jobs": list(jobs), "goals": [], "plan": {"written": False}, "savings": 6, **more}


def item(items: list[Any], rule: str) -> Any:
    return next(each for each in items if each["id"] == rule)


def valid(found: Outcome) -> dict[str, Any]:
    """The outcome as a dictionary, checked against its schema."""
    made: Any = found.to_dict()
    jsonschema.Draft202012Validator(SCHEMA).validate(made)
    return dict(made)


# ----------------------------------------------------------------------------------- what becomes of advice


def test_certain_advice_that_nothing_holds_is_given_in_full(made: Plan) -> None:
    found = valid(ask(made, facts(job())))
    because = item(found["given"], "more").pop("because")
    assert item(found["given"], "more") == {
        "id": "more",
        "title": "Ask for more",
        "topic": "work",
        "about": {"job": {"pointer": "/jobs/0", "label": "Barista"}},
        "text": "Ask for more as Barista.",
        "source": [
            {
                "key": "article",
                "title": "Career vs. Job",
                "place": "Responsibility",
                "author": "An Author",
                "published": "2022-06-02",
            },
            {
                "key": "judgement",
                "title": "A counsellor's judgement",
                "place": "Wording",
                "author": "",
                "published": "",
            },
        ],
        "steps": ["Look at Barista.", "Ask."],
        "rank": 1,
        "first": True,
        "kind": "step",
        "priority": "growth",
        "effort": "medium",
        "horizon": "this month",
    }
    assert because
    assert (found["not_now"], found["open"], found["settled"]) == ([], [], True)


def test_advice_with_a_certain_hold_is_not_now_with_the_reason_and_what_stands_in(made: Plan) -> None:
    found = valid(ask(made, facts(job(on_probation=True))))
    held = item(found["not_now"], "more")["held_by"]
    assert [(h["id"], h["because"], h["until"]) for h in held] == [
        ("probation", "You're on probation as Barista.", "It's over.")
    ]
    assert held[0]["instead"] == {"id": "learn", "text": "Learn as Barista."}
    assert held[0]["about"] == {"job": {"pointer": "/jobs/0", "label": "Barista"}}
    assert held[0]["proof"][0]["pointer"] == "/jobs/0/on_probation"
    assert "more" not in [each["id"] for each in found["given"]]
    assert found["settled"]


def test_a_hold_concerns_only_the_things_that_both_rules_bind(made: Plan) -> None:
    found = ask(made, facts(job(title="Cook", on_probation=True), job(title="Barista")))
    assert [each["text"] for each in found.not_now] == ["Ask for more as Cook."]
    assert "Ask for more as Barista." in [each["text"] for each in found.given]
    assert found.not_now[0]["held_by"][0]["instead"] == {"id": "learn", "text": "Learn as Cook."}


def test_what_stands_in_is_named_only_where_it_is_given_itself(tmp_path: Path) -> None:
    rules = RULES.replace(
        "title: Learn\n    when: [{each job: {on_probation: true}}]",
        "title: Learn\n    when: [{each job: {on_probation: true, level: trainee}}]",
    )
    found = ask(plan(tmp_path, rules), facts(job(on_probation=True)))
    assert found.not_now[0]["held_by"][0]["instead"] is None


def test_advice_with_an_unknown_hold_is_open_provided_it_does_not_hold(made: Plan) -> None:
    given = facts(job())
    del given["jobs"][0]["on_probation"]
    found = valid(ask(made, given))
    more = item(found["open"], "more")
    assert (more["state"], more["provided"]) == ("provided", ["You're on probation as Barista."])
    assert more["needs"] == [{"fact": "/jobs/0/on_probation", "name": "job.on_probation", "known_missing": False}]
    assert not found["settled"]


def test_advice_that_facts_decide_is_possible_and_names_them(made: Plan) -> None:
    found = valid(ask(made, facts(job(level=None))))
    more = item(found["open"], "more")
    assert more["state"] == "possible"
    assert more["needs"] == [{"fact": "/jobs/0/level", "name": "job.level", "known_missing": True}]


def test_possible_advice_with_a_certain_hold_is_open_and_held(made: Plan) -> None:
    given = facts(job(on_probation=True))
    del given["jobs"][0]["level"]
    assert item(valid(ask(made, given))["open"], "more")["state"] == "held"


def test_advice_that_may_be_overridden_is_provided_and_needs_what_decides_the_override(made: Plan) -> None:
    given = facts(job(current=False), plan={"written": True})
    del given["jobs"][0]["level"]
    study = item(valid(ask(made, given))["open"], "study")
    assert (study["state"], study["provided"]) == ("provided", ["You know enough"])
    assert [need["fact"] for need in study["needs"]] == ["/jobs/0/level"]


def test_advice_that_is_overridden_has_no_effect(made: Plan) -> None:
    found = ask(made, facts(job(), plan={"written": True}))
    assert "study" not in (*found.given_ids, *found.not_now_ids, *found.open_ids)


def test_a_hold_that_shares_nothing_concerns_every_thing(tmp_path: Path) -> None:
    rules = RULES.replace("advice: [study]", "advice: [study, more]")
    found = ask(plan(tmp_path, rules), facts(job(title="Cook"), job(), savings=1))
    assert [each["text"] for each in found.not_now] == ["Ask for more as Barista.", "Ask for more as Cook."]


def test_advice_for_a_list_that_is_not_given_needs_the_list(made: Plan) -> None:
    found = valid(ask(made, {"goals": [], "plan": {"written": False}, "savings": 6}))
    more = item(found["open"], "more")
    assert more["about"] == {"job": {"pointer": None, "label": None}}
    assert more["text"] == "Ask for more as this job."
    assert more["needs"] == [{"fact": "/jobs", "name": "jobs", "known_missing": False}]


# -------------------------------------------------------------------------------------------- referrals


def test_a_certain_referral_stops_all_advice_and_questions_but_keeps_conclusions(made: Plan) -> None:
    found = valid(ask(made, {**facts(job(), job(level=None)), "harassed": True}))
    assert [found[part] for part in ("given", "not_now", "open", "questions")] == [[], [], [], []]
    assert found["settled"]
    assert [each["name"] for each in found["conclusions"]] == ["job.ready"]
    (referral,) = found["referral"]
    assert (referral["id"], referral["to"], referral["text"]) == (
        "stop",
        "A trusted person",
        "Talk to someone first.",
    )
    assert referral["because"] == [{"condition": "harassed: true", "pointer": "/harassed", "value": True}]


def test_a_possible_referral_keeps_all_advice_open(made: Plan) -> None:
    found = valid(ask(made, {**facts(job(), job(title="Cook", on_probation=True)), "harassed": None}))
    assert (found["given"], found["not_now"], found["referral"]) == ([], [], None)
    by_text = {each["text"]: each for each in found["open"]}
    assert by_text["Ask for more as Barista."]["state"] == "provided"
    assert by_text["Ask for more as Cook."]["state"] == "held"
    assert by_text["Ask for more as Barista."]["provided"] == ["Harassment"]
    assert [need["fact"] for need in by_text["Ask for more as Barista."]["needs"]] == ["/harassed"]


def test_an_outcome_is_not_settled_while_a_referral_is_possible(made: Plan) -> None:
    found = ask(made, {**facts(), "harassed": None})
    assert (found.open, found.settled) == ([], False)
    assert [(q["pointer"], q["decides"], q["asked_before"]) for q in found.questions] == [("/harassed", ["stop"], True)]


# ------------------------------------------------------------------------------------------------- order


ORDER = """
rules:
  - {id: b-note, title: N, when: [{each job: {}}],
     advise: {say: note, priority: safety, effort: small, kind: note}}
  - {id: c-large, title: C, advise: {say: large, priority: safety, effort: large}}
  - {id: d-small, title: D, advise: {say: small, priority: safety, effort: small}}
  - {id: a-extra, title: A, advise: {say: extra, priority: extra, effort: small}}
  - {id: e-growth, title: E, when: [{each job: {}}],
     advise: {say: "growth {job.title}", priority: growth, effort: small}}
"""


def test_steps_come_before_notes_by_priority_then_the_smallest_first(tmp_path: Path) -> None:
    found = ask(plan(tmp_path, ORDER), {"jobs": [{"title": "Cook"}, {"title": "Baker"}]})
    texts = [each["text"] for each in found.given]
    assert texts == ["small", "large", "growth Baker", "growth Cook", "extra", "note", "note"]
    assert [each["rank"] for each in found.given] == [1, 2, 3, 4, 5, 6, 7]


def test_only_the_first_steps_are_first_and_a_note_never_is(tmp_path: Path) -> None:
    made = plan(tmp_path, ORDER)
    found = ask(made, {"jobs": [{}]})
    assert [each["first"] for each in found.given] == [True, True, False, False, False]
    few = plan(tmp_path / "few", ORDER[: ORDER.index("  - {id: c-large")])
    assert [each["first"] for each in ask(few, {"jobs": [{}]}).given] == [False]


def test_open_advice_and_advice_for_later_stand_in_the_same_order(made: Plan) -> None:
    found = ask(made, facts(job(title="Cook", level=None), job(title="Baker", level=None), plan={}))
    assert [each["text"] for each in found.open] == [
        "Ask for more as Baker.",
        "Ask for more as Cook.",
        "Study.",
        "You know enough.",
    ]


# ------------------------------------------------------------------------------ conclusions and conflicts


def test_conclusions_that_are_certain_are_told_with_their_meaning_and_rules(made: Plan) -> None:
    found = valid(ask(made, facts(job(field="art"), goals=[{"field": "law"}])))
    by_label = {(c["name"], *(t["label"] for t in c["about"].values())): c for c in found["conclusions"]}
    assert by_label["job.ready", "Barista"] == {
        "name": "job.ready",
        "value": True,
        "about": {"job": {"pointer": "/jobs/0", "label": "Barista"}},
        "means": "Ready for more",
        "report": "You're ready for more as Barista.",
        "rules": ["ready"],
    }
    assert by_label["career.status", "art"]["report"] == "You have a job in art."
    assert by_label["career.status", "art"]["about"] == {"career": {"pointer": "/jobs/0/field", "label": "art"}}
    assert by_label["career.status", "law"]["value"] == "planned"


def test_two_certain_values_are_a_conflict_with_both_proofs_and_no_conclusion(made: Plan) -> None:
    found = valid(ask(made, facts(job(field="art"), goals=[{"field": "art"}])))
    (conflict,) = found["conflicts"]
    assert conflict["conclusion"] == "career.status"
    assert conflict["about"] == {"career": {"pointer": "/jobs/0/field", "label": "art"}}
    assert [(v["value"], v["rule"]) for v in conflict["values"]] == [
        ("planned", "planned"),
        ("under_way", "under-way"),
    ]
    assert all(v["because"][0]["parts"] for v in conflict["values"])
    assert "career.status" not in [each["name"] for each in found["conclusions"]]


def test_a_value_that_may_still_be_contradicted_is_no_conclusion(made: Plan) -> None:
    found = ask(made, facts(job(field="art"), goals=[{}]))
    assert [each["name"] for each in found.conclusions] == ["job.ready"]
    assert found.conflicts == []


def test_open_advice_that_only_a_conflict_keeps_open_names_the_conflict(tmp_path: Path) -> None:
    rules = RULES + (
        "  - {id: go, title: Go, when: [{each career: {status: planned}}],\n"
        "     advise: {say: Go., priority: extra, effort: small}}\n"
    )
    found = valid(ask(plan(tmp_path, rules), facts(job(field="art"), goals=[{"field": "art"}])))
    assert item(found["open"], "go")["needs"] == [{"conflict": "career.status"}]


# -------------------------------------------------------------------------------------------------- JSON


def test_the_json_has_exactly_the_ten_parts(made: Plan) -> None:
    found = valid(ask(made, facts(job())))
    assert list(found) == [
        "knowledge_base",
        "as_of",
        "settled",
        "given",
        "not_now",
        "open",
        "questions",
        "conclusions",
        "conflicts",
        "referral",
    ]
    assert found["knowledge_base"]["name"] == "small"
    assert found["knowledge_base"]["version"] == "1.2.0"
    assert len(found["knowledge_base"]["hash"]) >= 16
    assert found["as_of"] == "2026-01-15"


def test_the_same_facts_give_the_same_bytes(made: Plan) -> None:
    given = facts(job(level=None), job(title="Cook"), goals=[{"field": "art"}, {}])
    assert ask(made, given).to_json() == ask(made, given).to_json()


def test_a_dictionary_is_a_copy(made: Plan) -> None:
    found = ask(made, facts(job()))
    found.to_dict()["given"].clear()
    assert found.to_dict()["given"]


def test_ids_are_told_without_texts_and_once_for_each_thing(made: Plan) -> None:
    found = ask(made, facts(job(), job(title="Cook"), job(on_probation=True), job(level=None)))
    assert found.given_ids == ("enough", "learn", "more", "more")
    assert found.not_now_ids == ("more",)
    assert found.open_ids == ("more",)


def test_notices_are_kept_beside_the_json(made: Plan) -> None:
    found = ask(made, {**facts(), "age": 40})
    assert any("age" in notice for notice in found.notices)
    assert "age" not in found.to_dict()


def test_its_representation_has_no_facts(made: Plan) -> None:
    found = ask(made, facts(job(title="Secret")))
    assert repr(found) == "<Outcome as of 2026-01-15: 2 given, 0 not now, 0 open>"


def test_a_language_without_texts_is_refused_with_those_there_are(made: Plan) -> None:
    with pytest.raises(UsageError, match=r"no texts in the language 'fr'. It has: en\."):
        ask(made, {}, "fr")


def test_threads_may_share_an_outcome(made: Plan) -> None:
    case = CaseMaker(made.rulebook).make(facts(job(), job(level=None)), DAY)
    shared = outcome(made, case, evaluate(made, case))
    results: list[str] = []
    threads = [threading.Thread(target=lambda: results.append(shared.to_json())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 8
    assert len(set(results)) == 1


# -------------------------------------------------------------------------------------------------- laws


def _without_pointers(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if k not in ("pointer", "thing")}
        if str(kept.get("fact", "")).startswith("/"):
            del kept["fact"]
        return {k: _without_pointers(v) for k, v in kept.items()}
    return [_without_pointers(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("seed", range(EXAMPLES))
def test_any_outcome_fits_its_schema_and_shuffled_lists_change_only_pointers(seed: int) -> None:
    random = Random(seed)
    bases = KnowledgeBases(random)
    made = Plan(bases.rulebook(12))
    person, day = bases.facts(random.choice([0.4, 0.7, 0.95])), random.choice(AS_OF)
    case = plain_case(person, day)
    found = valid(outcome(made, case, evaluate(made, case)))
    for name in ("jobs", "goals", "lines"):
        if person.get(name):
            person[name] = random.sample(person[name], len(person[name]))
    case = plain_case(person, day)
    again = outcome(made, case, evaluate(made, case)).to_dict()
    assert _without_pointers(found) == _without_pointers(again)
