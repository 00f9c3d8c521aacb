"""Who gets other advice, and which change is behind it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from advise.authoring.differences import Affected, Comparing, Person, Reason, Refused, Sort, collected, recorded
from advise.errors import Place
from advise.rules import Example
from tests.authoring.differences.base import WORK, comparing

DAY = date(2026, 1, 15)
READY = {
    "jobs": [{"title": "Baker", "current": True, "start": "2025-05-01", "hours": 38, "on_probation": False}],
    "plan": {"written": True},
}


def _person(facts: dict[str, Any], name: str = "Ada") -> Person:
    return Person(name, facts, DAY)


def _affected(made: Comparing, facts: dict[str, Any]) -> Affected:
    found = made.person(_person(facts))
    assert isinstance(found, Affected)
    return found


def _shifts(found: Affected) -> set[tuple[str, str, str | None, str | None]]:
    return {
        (each.how, each.about[1], each.old and each.old.place, each.new and each.new.place) for each, _ in found.shifts
    }


def _reason(found: Affected, name: str) -> Reason:
    (reason,) = next(reasons for shift, reasons in found.shifts if shift.about[1] == name)
    return reason


def test_a_parameter_is_behind_advice_through_a_chain_with_the_fact_and_the_threshold(tmp_path: Path) -> None:
    found = _affected(comparing(tmp_path, WORK, WORK.replace("value: 6", "value: 12")), READY)
    assert _shifts(found) == {
        ("went", "ask-for-more", "First steps", None),
        ("went", "job.settled", "Where you stand", None),
    }
    reason = _reason(found, "ask-for-more")
    assert (reason.change, reason.rule) == ((Sort.PARAMETER, "settle_in"), "settled")
    (decided,) = reason.decided
    assert decided.now and not decided.open
    assert decided.sentence == "the job's start date is 12 months ago ($settle_in) or earlier"
    assert decided.facts == (("/jobs/0/start", "2025-05-01"),)


def test_the_other_way_round_it_was_not_met_before(tmp_path: Path) -> None:
    found = _affected(comparing(tmp_path, WORK.replace("value: 6", "value: 12"), WORK), READY)
    (decided,) = _reason(found, "ask-for-more").decided
    assert not decided.now
    assert ("came", "ask-for-more", None, "First steps") in _shifts(found)


def test_what_is_not_known_is_told_from_what_is_not_so(tmp_path: Path) -> None:
    new = WORK.replace("current: true,", "current: true, level: lead,")
    found = _affected(comparing(tmp_path, WORK, new), READY)
    assert ("moved", "ask-for-more", "First steps", "It depends") in _shifts(found)
    (decided,) = _reason(found, "ask-for-more").decided
    assert decided.open


def test_a_change_that_made_no_difference_here_is_not_named(tmp_path: Path) -> None:
    new = WORK.replace("value: 6", "value: 7").replace("hours: {at most: 40}", "hours: {at most: 30}")
    found = _affected(comparing(tmp_path, WORK, new), READY)
    assert _reason(found, "ask-for-more").change == (Sort.RULE, "ask-for-more")


def test_a_hold_that_came_moves_advice_and_is_the_reason(tmp_path: Path) -> None:
    facts = {**READY, "jobs": [{**READY["jobs"][0], "on_probation": True}]}  # type: ignore[dict-item]
    old = WORK[: WORK.index("  - id: wait")]
    found = _affected(comparing(tmp_path, old, WORK), facts)
    assert _shifts(found) == {("moved", "ask-for-more", "First steps", "Not now")}
    assert _reason(found, "ask-for-more").change == (Sort.RULE, "wait")


def test_a_negated_conclusion_that_somebody_draws_now_is_followed(tmp_path: Path) -> None:
    more = (
        "  - id: look-around\n    title: Look around\n    when:\n      - each job: {settled: {not: true}}\n"
        "    advise: {say: Look around., priority: extra, effort: small}\n"
    )
    slower = WORK.replace("value: 6", "value: 12")
    found = _affected(comparing(tmp_path, WORK + more, slower + more), READY)
    assert ("came", "look-around", None, "First steps") in _shifts(found)
    assert _reason(found, "look-around").change == (Sort.PARAMETER, "settle_in")


def test_a_referral_takes_everything_else_away(tmp_path: Path) -> None:
    more = "  - id: safe\n    title: Safe\n    when:\n      - harassed: true\n    refer: {to: A friend, say: Talk.}\n"
    found = _affected(comparing(tmp_path, WORK, WORK + more), {**READY, "harassed": True})
    assert ("came", "safe", None, "First of all") in _shifts(found)
    assert ("went", "ask-for-more", "First steps", None) in _shifts(found)
    assert {why.change for _, reasons in found.shifts for why in reasons} == {(Sort.RULE, "safe")}


def test_what_a_referral_takes_for_granted_counts_where_nobody_is_referred(tmp_path: Path) -> None:
    def safe(more: str) -> str:
        return f"  - id: safe\n    title: Safe\n    when:\n{more}    refer: {{to: A friend, say: Talk.}}\n"

    old, new = safe("      - harassed: true\n"), safe("      - harassed: true\n      - some job: {permanent: false}\n")
    found = _affected(comparing(tmp_path, WORK + old, WORK + new), READY)
    assert _shifts(found) == {("came", "/jobs/0/permanent", None, "Taken for granted")}
    assert _reason(found, "/jobs/0/permanent").change == (Sort.RULE, "safe")


def test_words_that_changed_are_shown_from_both(tmp_path: Path) -> None:
    found = _affected(comparing(tmp_path, WORK, WORK.replace("Ask for more as", "Kindly ask for more as")), READY)
    ((shift, _),) = found.shifts
    assert (shift.how, shift.apart) == ("said otherwise", ("text",))
    assert shift.old is not None and shift.new is not None
    assert (shift.old.text, shift.new.text) == ("Ask for more as Baker.", "Kindly ask for more as Baker.")


def test_words_in_another_language_count(tmp_path: Path) -> None:
    from advise.knowledge_base import KnowledgeBase
    from tests.authoring.differences.base import book

    head = "rules:\n  - id: go\n    title: Go\n    advise: {say: {en: Go., de: %s}, priority: extra, effort: small}\n"
    made = [
        KnowledgeBase(book(tmp_path / name, head % name, languages="[en, de]"), tmp_path) for name in ("Los", "Auf")
    ]
    found = _affected(Comparing(*made), {})
    ((shift, _),) = found.shifts
    assert shift.old is not None and shift.new is not None
    assert (shift.old.text, shift.new.text) == ("Los", "Auf")


def test_pushed_out_of_the_first_steps_by_what_came(tmp_path: Path) -> None:
    def advice(name: str, priority: str) -> str:
        return f"  - id: {name}\n    title: {name}\n    advise: {{say: {name}., priority: {priority}, effort: small}}\n"

    old = "rules:\n" + advice("one", "growth") + advice("two", "growth")
    found = _affected(comparing(tmp_path, old, old + advice("three", "safety")), {})
    assert _shifts(found) == {("came", "three", None, "First steps"), ("moved", "two", "First steps", "Later")}
    assert _reason(found, "two").change == (Sort.RULE, "three")


def test_a_rule_that_is_only_renamed_changes_nothing(tmp_path: Path) -> None:
    made = comparing(tmp_path, WORK, WORK.replace("ask-for-more", "want-more"))
    assert made.person(_person(READY)) is None


def test_facts_that_one_version_does_not_take_are_said(tmp_path: Path) -> None:
    made = comparing(tmp_path, WORK, WORK)
    assert made.person(_person({"jobs": "none"})) is not None
    new = (tmp_path / "new" / "facts.schema.json").read_text("utf-8").replace('"savings"', '"reserves"')
    (tmp_path / "new" / "facts.schema.json").write_text(new, "utf-8")
    from advise.knowledge_base import KnowledgeBase

    made = Comparing(made.old.base, KnowledgeBase.load(tmp_path / "new"))
    refused = made.person(_person({"savings": 3}))
    assert isinstance(refused, Refused)
    assert not refused.old
    assert "savings" in refused.new


def test_people_with_the_same_change_are_one_group_and_what_nobody_meets_is_kept(tmp_path: Path) -> None:
    new = WORK.replace("value: 6", "value: 12").replace("hours: {at most: 40}", "hours: {at most: 50}")
    made = comparing(tmp_path, WORK, new)
    twice = {**READY, "jobs": [{**READY["jobs"][0], "title": "Cook"}]}  # type: ignore[dict-item]
    people = [_person(READY), _person(twice, "Bo"), _person({"jobs": []}, "Cy")]
    found = collected(made, map(made.person, people))
    assert (found.count, found.affected) == (3, 2)
    assert [[person.name for person in group.people] for group in found.groups] == [["Ada", "Bo"]]
    assert [change.key for change in found.unmet] == [(Sort.RULE, "ask-for-more")]


def _example(name: str, facts: dict[str, Any], rule: str | None = None) -> Example:
    return Example(name, "example" if rule else "person", facts, DAY, {}, Place("x"), rule)


def test_the_same_person_counts_once_whatever_they_are_called() -> None:
    old = [_example("one", {"a": 1, "b": 2}, "r"), _example("two", {"a": 2}, "r")]
    new = [_example("uno", {"b": 2, "a": 1}, "r"), _example("two", {"a": 3}, "r")]
    assert [each.name for each in recorded(old, new)] == ["r: uno", "r: two", "r: two (as before)"]
