"""Documents in foreign forms become facts: what they say is used, what they don't say stays unknown."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from advise import FactsError, KnowledgeBase

TODAY = date(2026, 1, 15)


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return KnowledgeBase.load()


def facts(base: KnowledgeBase, document: Any) -> Any:
    return base.imported(document, TODAY)[0]


def test_facts_come_back_as_they_are(base: KnowledgeBase) -> None:
    document = {"jobs": [{"title": "Cook"}], "skills": [], "education": []}
    assert base.imported(document, TODAY) == (document, ())
    assert base.imported([1], TODAY) == ([1], ())


def test_a_resume_is_recognised_and_said_to_be_one(base: KnowledgeBase) -> None:
    found, notices = base.imported({"basics": {"name": "A"}, "work": [{}]}, TODAY)
    assert found == {"jobs": [{}]}
    assert len(notices) == 1
    assert "JSON Resume" in notices[0]


def test_what_a_title_plainly_says_is_used(base: KnowledgeBase) -> None:
    work = [{"position": "Senior Software Developer", "startDate": "2020", "endDate": "2021-05"}]
    assert facts(base, {"work": work})["jobs"] == [
        {"title": "Senior Software Developer", "start": "2020", "end": "2021-05", "current": False,
         "field": "software", "level": "senior"}
    ]  # fmt: skip


def test_a_job_without_an_end_is_not_taken_for_a_present_one(base: KnowledgeBase) -> None:
    job = facts(base, {"work": [{"position": "Wizard", "startDate": "2020"}]})["jobs"][0]
    assert job == {"title": "Wizard", "start": "2020"}


@pytest.mark.parametrize(
    ("end", "is_past"), [("2025", True), ("2026", False), ("2026-01-14", True), ("2026-01-15", False)]
)
def test_only_an_end_that_is_surely_past_ends_a_job(base: KnowledgeBase, end: str, is_past: bool) -> None:
    job = facts(base, {"work": [{"endDate": end}]})["jobs"][0]
    assert job.get("current") == (False if is_past else None)


def test_volunteering_counts_as_unpaid_work_beside_work_only(base: KnowledgeBase) -> None:
    volunteer = [{"position": "Teacher"}]
    both = facts(base, {"work": [{"position": "Cook"}], "volunteer": volunteer})["jobs"]
    assert [job.get("employment_type") for job in both] == [None, "unpaid"]
    assert "jobs" not in facts(base, {"basics": {}, "volunteer": volunteer})


def test_answers_added_to_a_resume_are_kept_and_contradictions_refused(base: KnowledgeBase) -> None:
    resume = {"work": [{"position": "Wizard"}], "goals": [], "plan": {"written": True}}
    assert facts(base, resume) == {"jobs": [{"title": "Wizard"}], "goals": [], "plan": {"written": True}}
    with pytest.raises(FactsError) as caught:
        facts(base, {**resume, "jobs": [{"current": True}]})
    assert [(problem.pointer, problem.code) for problem in caught.value.problems] == [("/jobs", "given-twice")]


def test_nothing_in_a_resume_says_nothing(base: KnowledgeBase) -> None:
    assert facts(base, {"basics": {}, "work": []}) == {}
    assert facts(base, {"basics": {}, "work": None}) == {}
    assert facts(base, {"work": [{"position": "", "name": "X"}]}) == {"jobs": [{}]}


def test_every_fault_is_named_where_it_stands(base: KnowledgeBase) -> None:
    document = {
        "work": [{"startDate": "", "endDate": "2024-02-30", "position": 7}, "cook"],
        "education": {"area": "Law"},
    }
    with pytest.raises(FactsError) as caught:
        facts(base, document)
    found = [(problem.pointer, problem.code) for problem in caught.value.problems]
    assert ("/work/0/startDate", "impossible-date") in found
    assert found.count(("/work/0/endDate", "impossible-date")) == 1
    assert ("/work/0/position", "wrong-type") in found
    assert ("/work/1", "wrong-type") in found
    assert ("/education", "wrong-type") in found


def test_an_imported_resume_can_be_advised(base: KnowledgeBase) -> None:
    outcome = base.advise(facts(base, {"work": [{"position": "Cook", "startDate": "2020"}]}), as_of=TODAY)
    assert "careers.wanted" in {question["fact"].replace("career.", "careers.") for question in outcome.questions}
