"""Proofs: what they rest on, and that none rests on itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from advise import KnowledgeBase
from advise.evaluate.reference import evaluate
from advise.explain import DEEPEST
from advise.outcome import outcome
from advise.plan import Plan
from tests.evaluate.base import folder
from tests.generated import AS_OF, KnowledgeBases, plain_case
from tests.small_bases import ask, plan

EXAMPLES = int(os.environ.get("ADVISE_LAW_EXAMPLES", "150"))
GO = "advise: {say: Go., priority: extra, effort: small}"


def proof(tmp_path: Path, when: str, facts: dict[str, Any], more: str = "") -> Any:
    """Why the rule `go` gives its advice."""
    rules = f"{more or 'rules:'}\n  - id: go\n    title: Go\n    when:\n{when}    {GO}\n"
    (given,) = ask(plan(tmp_path, rules), facts).given
    return given["because"]


# ------------------------------------------------------------------------------------------------- facts


def test_a_test_on_a_fact_shows_where_it_stands_and_its_value(tmp_path: Path) -> None:
    assert proof(tmp_path, "      - plan.written: true\n", {"plan": {"written": True}}) == [
        {"condition": "plan.written: true", "pointer": "/plan/written", "value": True}
    ]


def test_a_default_is_marked_as_assumed(tmp_path: Path) -> None:
    assert proof(tmp_path, "      - harassed: false\n", {}) == [
        {"condition": "harassed: false", "pointer": "/harassed", "value": False, "assumed": True}
    ]


def test_a_fact_that_was_asked_and_is_not_known_is_shown_as_null(tmp_path: Path) -> None:
    (found,) = proof(tmp_path, "      - plan.written: {known: false}\n", {"plan": {"written": None}})
    assert (found["pointer"], found["value"]) == ("/plan/written", None)


def test_a_test_between_facts_shows_both(tmp_path: Path) -> None:
    when = "      - each job: {current: true}\n      - some goal: {field: {same as: job.field}}\n"
    facts = {"jobs": [{"current": True, "field": "art"}], "goals": [{"field": "law"}, {"field": "art"}]}
    current, witness = proof(tmp_path, when, facts)
    assert (current["pointer"], current["value"]) == ("/jobs/0/current", True)
    assert witness["thing"] == "/goals/1"
    assert witness["parts"][0]["facts"] == [
        {"pointer": "/goals/1/field", "value": "art"},
        {"pointer": "/jobs/0/field", "value": "art"},
    ]


def test_a_computed_fact_shows_the_facts_that_it_is_worked_out_from(tmp_path: Path) -> None:
    more = "computed:\n  job.months: {means: M, unit: months, months between: [start, today]}\nrules:"
    when = "      - some job: {months: {at least: 12}}\n"
    (found,) = proof(tmp_path, when, {"jobs": [{"start": "2024"}]}, more)
    assert found["parts"] == [{"condition": "job.months: at least 12", "pointer": "/jobs/0/start", "value": "2024"}]


def test_the_cells_of_the_row_that_fits_are_shown_and_no_other_rows(tmp_path: Path) -> None:
    more = (
        "tables:\n  rung: {file: rung.csv, means: R, source: {judgement: R}, key: [field],\n"
        "         columns: {field: text, top: number}}\nrules:"
    )
    when = "      - some rung: {top: {at least: 5}}\n      - no rung: {top: {at least: 9}}\n"
    rules = f"{more}\n  - id: go\n    title: Go\n    when:\n{when}    {GO}\n"
    made = plan(tmp_path, rules, {"rung.csv": "field,top\nart,5\nlaw,3\n"})
    some, none = ask(made, {}).given[0]["because"]
    assert some["thing"] is None
    assert some["parts"] == [{"condition": "rung.top: at least 5", "pointer": None, "value": 5}]
    assert none["facts"] == []


def test_a_range_is_said_once(tmp_path: Path) -> None:
    found = proof(tmp_path, "      - savings: {between: [1, 5]}\n", {"savings": 3})
    assert [each["pointer"] for each in found] == ["/savings"]


# -------------------------------------------------------------------------------------------- conditions


def test_any_shows_the_first_part_that_holds(tmp_path: Path) -> None:
    when = "      - any: [{savings: 1}, {savings: 2}, {plan.written: true}]\n"
    (found,) = proof(tmp_path, when, {"savings": 2, "plan": {"written": True}})
    assert found["condition"] == "any of: savings: 1 | savings: 2 | plan.written: true"
    assert found["parts"] == [{"condition": "savings: 2", "pointer": "/savings", "value": 2}]


def test_not_shows_the_fact_that_makes_it_so(tmp_path: Path) -> None:
    (found,) = proof(tmp_path, "      - not: {savings: 1, plan.written: true}\n", {"savings": 2})
    assert found["parts"] == [{"condition": "not: savings: 1", "pointer": "/savings", "value": 2}]


def test_not_any_shows_every_part(tmp_path: Path) -> None:
    (found,) = proof(tmp_path, "      - not: {any: [{savings: 1}, {savings: 3}]}\n", {"savings": 2})
    assert [each["condition"] for each in found["parts"]] == ["not: savings: 1", "not: savings: 3"]


def test_not_every_shows_a_thing_that_does_not_fit(tmp_path: Path) -> None:
    facts = {"jobs": [{"current": True}, {"current": False}]}
    (found,) = proof(tmp_path, "      - not: {every job: {current: true}}\n", facts)
    assert found["thing"] == "/jobs/1"
    assert found["parts"][0]["condition"] == "not: job.current: true"


def test_not_no_shows_a_thing_that_fits(tmp_path: Path) -> None:
    facts = {"jobs": [{"current": False}, {"current": True}]}
    (found,) = proof(tmp_path, "      - not: {no job: {current: true}}\n", facts)
    assert found["thing"] == "/jobs/1"
    assert found["parts"] == [{"condition": "job.current: true", "pointer": "/jobs/1/current", "value": True}]


@pytest.mark.parametrize(
    "when",
    [
        "every job: {current: true}",
        "no job: {current: false}",
        "count job: {where: {current: true}, at least: 2}",
        "not: {some job: {current: false}}",
    ],
)
def test_every_no_and_counts_list_the_facts_looked_at(tmp_path: Path, when: str) -> None:
    (found,) = proof(tmp_path, f"      - {when}\n", {"jobs": [{"current": True}, {"current": True}]})
    assert found["facts"] == [
        {"pointer": "/jobs/0/current", "value": True},
        {"pointer": "/jobs/1/current", "value": True},
    ]


def test_sums_list_the_numbers_and_what_selects_them(tmp_path: Path) -> None:
    when = "      - sum job.hours: {where: {current: true}, at least: 20}\n"
    facts = {"jobs": [{"current": True, "hours": 20}]}
    (found,) = proof(tmp_path, when, facts)
    assert [each["pointer"] for each in found["facts"]] == ["/jobs/0/current", "/jobs/0/hours"]


def test_a_list_without_things_is_what_was_looked_at(tmp_path: Path) -> None:
    (found,) = proof(tmp_path, "      - no job: {current: true}\n", {"jobs": []})
    assert found["facts"] == [{"pointer": "/jobs", "value": []}]


def test_a_list_that_is_taken_to_be_empty_is_assumed(tmp_path: Path) -> None:
    (found,) = proof(tmp_path, "      - no career: {wanted: true}\n", {})
    assert found["facts"] == [{"pointer": "/careers", "value": [], "assumed": True}]


def test_a_rule_without_conditions_holds_always(tmp_path: Path) -> None:
    (given,) = ask(plan(tmp_path, f"rules:\n  - {{id: go, title: Go, {GO}}}\n"), {}).given
    assert given["because"] == [{"condition": "always"}]


def test_a_rule_that_only_binds_shows_what_it_binds(tmp_path: Path) -> None:
    assert proof(tmp_path, "      - each job: {}\n", {"jobs": [{}]}) == [{"condition": "each job", "thing": "/jobs/0"}]


# ------------------------------------------------------------------------------------------- conclusions

CHAIN = """
conclusions:
  ready: {means: Ready, type: boolean}
  job.good: {means: Good, type: boolean}
rules:
  - {id: good, title: Good, when: [{each job: {level: lead}}], conclude: {job.good: true}}
  - {id: ready, title: Ready, when: [{some job: {good: true}}], conclude: {ready: true}}
"""


def test_a_conclusion_has_its_rule_and_its_own_proof(tmp_path: Path) -> None:
    facts = {"jobs": [{"title": "Cook", "level": "trainee"}, {"title": "Baker", "level": "lead"}]}
    (found,) = proof(tmp_path, "      - ready: true\n", facts, CHAIN)
    assert {key: found[key] for key in ("conclusion", "value", "about", "rule")} == {
        "conclusion": "ready",
        "value": True,
        "about": None,
        "rule": "ready",
    }
    (some,) = found["because"]
    assert some["thing"] == "/jobs/1"
    (good,) = some["parts"]
    assert (good["rule"], good["about"]) == ("good", {"job": {"pointer": "/jobs/1", "label": "Baker"}})
    assert good["because"] == [{"condition": "job.level: lead", "pointer": "/jobs/1/level", "value": "lead"}]


def test_a_conclusion_is_proved_once_in_each_item(tmp_path: Path) -> None:
    when = "      - some job: {good: true}\n      - ready: true\n"
    first, second = proof(tmp_path, when, {"jobs": [{"level": "lead"}]}, CHAIN)
    assert "because" in first["parts"][0]
    again = second["because"][0]["parts"][0]
    assert again["shown"]
    assert "because" not in again


def test_a_conclusion_that_nobody_draws_shows_what_was_looked_at(tmp_path: Path) -> None:
    (found,) = proof(tmp_path, "      - ready: false\n", {"jobs": [{"level": "trainee"}]}, CHAIN)
    assert (found["conclusion"], found["value"], found["rule"]) == ("ready", False, None)
    assert found["because"] == [
        {"condition": "not: ready", "facts": [{"pointer": "/jobs/0/level", "value": "trainee"}]}
    ]


def test_every_over_a_conclusion_proves_it_for_each_thing(tmp_path: Path) -> None:
    facts = {"jobs": [{"level": "lead"}, {"level": "lead"}]}
    (found,) = proof(tmp_path, "      - every job: {good: true}\n", facts, CHAIN + "\n# ready is read\n" + READ)
    assert [each["about"]["job"]["pointer"] for each in found["parts"]] == ["/jobs/0", "/jobs/1"]
    assert all(each["because"] for each in found["parts"])


READ = """  - id: read
    title: Read
    when: [{ready: true}]
    hold: {advice: [other], because: Ready.}
  - {id: other, title: Other, when: [{savings: 99}], advise: {say: O., priority: extra, effort: small}}
"""

CIRCLE = """
conclusions:
  job.seen: {means: Known, type: boolean}
  job.trusted: {means: Trusted, type: boolean}
rules:
  - {id: a-trusted-is-known, title: T, when: [{each job: {trusted: true}}], conclude: {job.seen: true}}
  - {id: b-known-is-trusted, title: K, when: [{each job: {seen: true}}], conclude: {job.trusted: true}}
  - id: c-near
    title: Near
    when:
      - each job: {}
      - some other job: {seen: true, field: {same as: job.field}}
    conclude: {job.seen: true}
  - {id: d-start, title: Start, when: [{each job: {level: lead}}], conclude: {job.seen: true}}
"""


def test_conclusions_that_support_each_other_are_proved_from_facts(tmp_path: Path) -> None:
    (found,) = proof(tmp_path, "      - each job: {trusted: true}\n", {"jobs": [{"level": "lead"}]}, CIRCLE)
    assert found["rule"] == "b-known-is-trusted"
    (known,) = found["because"]
    assert known["rule"] == "d-start"
    assert known["because"][0]["pointer"] == "/jobs/0/level"


def test_a_long_chain_of_things_is_proved_link_by_link_and_cut_when_it_is_too_deep(tmp_path: Path) -> None:
    rules = CIRCLE.replace("field: {same as: job.field}", "hours: {is: job.hours - 1}")
    rules += f"  - {{id: go, title: Go, when: [{{each job: {{seen: true, hours: {DEEPEST + 9}}}}}], {GO}}}\n"
    jobs = [{"hours": n, "level": "lead" if n == 0 else "trainee"} for n in range(DEEPEST + 10)]
    (given,) = ask(plan(tmp_path, rules), {"jobs": jobs}).given
    chain = [each for each in _items(given["because"]) if each.get("conclusion") == "job.seen"]
    assert [each["rule"] for each in chain] == ["c-near"] * (DEEPEST + 1)
    assert [each.get("cut", False) for each in chain] == [False] * DEEPEST + [True]


# -------------------------------------------------------------------------------------------------- laws


def _items(proof: list[Any]) -> Iterator[Any]:
    for item in proof:
        yield item
        yield from _items(item.get("parts", []))
        yield from _items(item.get("because", []))


def _circles(proof: list[Any], above: frozenset[Any]) -> Iterator[Any]:
    """Conclusions that stand inside their own proof."""
    for item in proof:
        about = item.get("about")
        key = (item.get("conclusion"), str(about))
        if item.get("conclusion") and key in above:
            yield item
        inside = above | {key} if "because" in item else above
        yield from _circles(item.get("parts", []), above)
        yield from _circles(item.get("because", []), inside)


@pytest.mark.parametrize("seed", range(EXAMPLES))
def test_no_proof_rests_on_itself(seed: int) -> None:
    random = Random(seed)
    bases = KnowledgeBases(random)
    made = Plan(bases.rulebook(12))
    case = plain_case(bases.facts(0.9), random.choice(AS_OF))
    found = outcome(made, case, evaluate(made, case))
    proofs = [given["because"] for given in found.given]
    proofs += [value["because"] for conflict in found.conflicts for value in conflict["values"]]
    for each in proofs:
        assert each
        assert list(_circles(each, frozenset())) == []


def test_what_an_override_takes_away_is_proved_by_the_override(tmp_path: Path) -> None:
    rules = (
        "  - {id: with-helmet, title: T, when: [{helmet: true}], conclude: {note: true}}\n"
        "  - {id: new-bike, title: T, when: [{age_of_bike: 0}], conclude: {other: true}, overrides: [with-helmet]}\n"
        "  - {id: go, title: Go, when: [{note: false}], advise: {say: Go., priority: one, effort: small}}\n"
    )
    base = KnowledgeBase.load(folder(tmp_path, rules))
    (given,) = base.advise({"helmet": True, "age_of_bike": 0}, as_of="2026-01-15").given
    assert {fact["pointer"] for fact in given["because"][0]["because"][0]["facts"]} == {"/helmet", "/age_of_bike"}
    assert given["because"][0]["value"] is False
