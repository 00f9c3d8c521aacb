"""Every kind of file gets the advice and the questions that each person gets alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from advise import KnowledgeBase
from tests.batch.files import ENDINGS, read_advice, write_people
from tests.evaluate.test_columnar_questions import asked
from tests.evaluate.test_columnar_table import expected, without_nulls
from tests.test_career import PEOPLE

from advise.batch import Job, run  # isort: skip

Item = tuple[int, str, str, tuple[int | None, ...]]
EVERYONE = [{"id": f"p{i}", **without_nulls(person.facts)} for i, person in enumerate(PEOPLE)]
DAY = PEOPLE[0].as_of


@pytest.fixture(scope="module")
def alone(career: KnowledgeBase) -> tuple[set[Item], list[tuple[Any, ...]]]:
    """The items and the questions of each person alone."""
    facts = [{name: value for name, value in each.items() if name != "id"} for each in EVERYONE]
    items = expected(career.plan, facts, DAY)
    outcomes = [career.advise(each, as_of=DAY) for each in facts]
    return items, [(row, *each) for row, outcome in enumerate(outcomes) for each in asked(outcome)]


def questions_of(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    found = [row for row in rows if row["kind"] == "question"]
    return [(row["row"], row["fact"], tuple(row["about"]), tuple(row["decides"])) for row in found]


def items_of(rows: list[dict[str, Any]]) -> list[Item]:
    return [(row["row"], row["kind"], row["rule"], tuple(row["about"])) for row in rows if row["kind"] != "question"]


@pytest.mark.usefixtures("work")
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_row_for_each_item_is_what_each_person_gets(career: KnowledgeBase, alone: Any, ending: str) -> None:
    people = write_people(career, Path(f"people.{ending}"), EVERYONE)
    summary = run(career, Job(people, Path(f"advice.{ending}"), keep=["id"], as_of=DAY))
    rows = read_advice(Path(f"advice.{ending}"))
    assert len(items_of(rows)) == len(set(items_of(rows)))
    assert set(items_of(rows)) == alone[0]
    assert sorted(questions_of(rows)) == sorted(alone[1])
    assert {(row["row"], row["id"]) for row in rows} <= {(i, f"p{i}") for i in range(len(EVERYONE))}
    assert [row["row"] for row in rows] == sorted(row["row"] for row in rows)
    assert (summary.people, summary.rejected) == (len(EVERYONE), 0)
    assert not Path("advice.rejects.csv").exists()
    assert not Path(f"advice.{ending}.partial").exists()


@pytest.mark.usefixtures("work")
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_row_for_each_person_is_what_each_person_gets(career: KnowledgeBase, alone: Any, ending: str) -> None:
    people = write_people(career, Path("people.parquet"), EVERYONE)
    run(career, Job(people, Path(f"advice.{ending}"), keep=["id"], per="person", as_of=DAY))
    rows = read_advice(Path(f"advice.{ending}"))
    assert [(row["row"], row["id"]) for row in rows] == [(i, each["id"]) for i, each in enumerate(EVERYONE)]
    items = {
        (row["row"], kind, item["rule"], tuple(item["about"]))
        for row in rows
        for kind, column in {"given": "given", "not now": "not_now", "open": "open", "refer": "refer"}.items()
        for item in row[column]
    }
    assert items == alone[0]
    questions = [
        (row["row"], each["fact"], tuple(each["about"]), tuple(each["decides"]))
        for row in rows
        for each in row["questions"]
    ]
    assert sorted(questions) == sorted(alone[1])
    without = Job(people, Path(f"bare.{ending}"), keep=["id"], per="person", questions=False, as_of=DAY)
    run(career, without)
    assert {len(row["questions"]) for row in read_advice(Path(f"bare.{ending}"))} == {0}
