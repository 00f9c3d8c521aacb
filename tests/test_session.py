"""Sessions: any sequence of changes ends where a fresh evaluation does."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advise import FactsError, KnowledgeBase
from advise.session import Change

BASE = KnowledgeBase.load()
DAY = "2026-01-15"
ANSWERS: dict[str, st.SearchStrategy[Any]] = {
    "/plan/written": st.none() | st.booleans(),
    "/jobs/0/title": st.sampled_from(["Cook", "Barista"]),
    "/jobs/0/field": st.sampled_from(["cooking", "bartending"]),
    "/jobs/0/current": st.none() | st.booleans(),
    "/jobs/0/start": st.sampled_from(["2019", "2025-12", "2026-01-10"]),
    "/jobs/-": st.just({"title": "Cook", "field": "cooking", "current": False}),
    "/goals": st.just([]) | st.just([{"what": "Lead", "field": "cooking", "kind": "role", "target_level": "lead"}]),
    "/careers/0/field": st.sampled_from(["cooking", "bartending"]),
    "/careers/0/wanted": st.booleans(),
    "/wellbeing/harassed": st.booleans(),
}
changes = st.lists(
    st.sampled_from(sorted(ANSWERS)).flatmap(
        lambda pointer: st.tuples(st.just(pointer), ANSWERS[pointer] | st.just("forget"))
    ),
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(changes)
def test_a_session_equals_a_fresh_evaluation_after_any_changes(steps: list[tuple[str, Any]]) -> None:
    session = BASE.session(as_of=DAY)
    for pointer, value in steps:
        before, outcome = session.facts, session.outcome
        try:
            session.forget(pointer) if value == "forget" else session.set(pointer, value)
        except FactsError:
            assert session.facts == before
            assert session.outcome is outcome
        assert session.outcome.to_json() == BASE.advise(session.facts, as_of=DAY).to_json()


def test_every_question_can_be_answered_at_its_pointer() -> None:
    session = BASE.session({"jobs": [{"title": "Cook", "current": True}]}, as_of=DAY)
    session.set("/jobs/0/field", "cooking")
    asked = {question["pointer"] for question in session.outcome.questions}
    assert "/careers/-/wanted" in asked
    session.set("/careers", [{"field": "cooking"}])
    session.set("/careers/0/wanted", False)
    assert session.facts["careers"] == [{"field": "cooking", "wanted": False}]


def test_changes_say_what_moved_where() -> None:
    session = BASE.session({"jobs": [{"title": "Cook", "field": "cooking", "current": True}], "goals": []}, as_of=DAY)
    assert session.changes == ()
    session.set("/careers", [{"field": "cooking", "wanted": False}])
    moved = {change.id: (change.before, change.after) for change in session.changes}
    assert moved["a-job-is-enough"] == ("open", "given")
    assert all(change.before != change.after for change in session.changes)
    session.set("/wellbeing/harassed", True)
    assert {change.after for change in session.changes} == {None}
    assert all(isinstance(change, Change) for change in session.changes)


def test_facts_that_would_be_wrong_change_nothing() -> None:
    facts = {"jobs": [{"title": "Cook"}]}
    session = BASE.session(facts, as_of=DAY)
    before = session.outcome.to_json()
    for pointer, value in (("/jobs/0/start", "tomorrow"), ("/jobs/0/titel", "Cook"), ("/jobs/7/title", "Cook")):
        with pytest.raises(FactsError):
            session.set(pointer, value)
    assert (session.facts, session.outcome.to_json()) == (facts, before)


@pytest.mark.parametrize("pointer", ["", "jobs", "/", "/jobs//title", "/jobs/x/title", "/jobs/0/title/deep", "/plan/-"])
def test_a_pointer_that_leads_nowhere_is_refused(pointer: str) -> None:
    session = BASE.session({"jobs": [{"title": "Cook"}]}, as_of=DAY)
    with pytest.raises(FactsError):
        session.set(pointer, "x")
    with pytest.raises(FactsError):
        session.forget(pointer)


def test_a_session_neither_changes_nor_shares_what_it_is_given() -> None:
    facts: dict[str, Any] = {"jobs": [{"title": "Cook"}]}
    kept, job = copy.deepcopy(facts), {"title": "Baker"}
    session = BASE.session(facts, as_of=DAY)
    session.set("/jobs/-", job)
    job["title"] = "Other"
    session.facts["jobs"].clear()
    assert facts == kept
    assert session.facts["jobs"] == [{"title": "Cook"}, {"title": "Baker"}]
    session.forget("/jobs/1")
    assert session.facts == kept
