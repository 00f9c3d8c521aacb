"""Columns put together as facts."""

from __future__ import annotations

from datetime import date
from typing import Any

from advise import KnowledgeBase
from tests.batch.needs import pa

from advise.batch.json_values import Plain  # isort: skip
from advise.batch.mapping import by_name  # isort: skip
from advise.batch.shape import Shaper  # isort: skip


def shaped(base: KnowledgeBase, **columns: Any) -> tuple[list[dict[str, Any]], dict[int, str]]:
    named = {name.replace("__", "."): array for name, array in columns.items()}
    batch = pa.RecordBatch.from_pydict(named)
    columns_of = by_name(base.rulebook, batch.schema.names, ())
    found = Shaper(base.rulebook, columns_of, Plain(base.rulebook)).shape(batch)
    return found.facts.to_pylist(), found.wrong


def test_dotted_names_become_objects(career: KnowledgeBase) -> None:
    found, _ = shaped(career, plan__written=["yes", ""], time__free_hours=["3", "4"], work_country=["GB", None])
    assert found == [
        {"plan": {"written": True}, "time": {"free_hours": 3.0}, "work_country": "GB"},
        {"plan": {"written": None}, "time": {"free_hours": 4.0}, "work_country": None},
    ]


def test_numbered_columns_become_lists_without_those_that_are_empty(bikes: KnowledgeBase) -> None:
    found, wrong = shaped(
        bikes,
        rides__0__km=["1", "", "", "5"],
        rides__1__km=["2", "3", "", ""],
        rides__1__to=["work", "", " ", "home"],
    )
    assert not wrong
    assert [each["rides"] for each in found] == [
        [{"km": 1.0, "to": None}, {"km": 2.0, "to": "work"}],
        [{"km": 3.0, "to": None}],
        None,
        [{"km": 5.0, "to": None}, {"km": None, "to": "home"}],
    ]


def test_numbered_columns_nest_and_keep_their_order(career: KnowledgeBase) -> None:
    found, _ = shaped(
        career,
        jobs__10__title=["Third"],
        jobs__2__last_review__rating=["meets"],
        jobs__2__title=["Second"],
        jobs__0__readiness__skill=["shown"],
    )
    jobs = found[0]["jobs"]
    assert [job["title"] for job in jobs] == [None, "Second", "Third"]
    assert [job["last_review"]["rating"] for job in jobs] == [None, "meets", None]
    assert [job["readiness"]["skill"] for job in jobs] == ["shown", None, None]


def test_numbered_columns_may_have_types_of_their_own(bikes: KnowledgeBase) -> None:
    found, wrong = shaped(
        bikes,
        rides__0__km=pa.array([1, 2], pa.int8()),
        rides__1__km=pa.array([2.5, None], pa.float32()),
        rides__0__day=pa.array([date(2025, 1, 2), None]),
        rides__1__day=pa.array(["2024", None]),
        rides__1__need=pa.array([None, 3], pa.int64()),
    )
    assert wrong == {1: "Column 'rides.1.need': 'Need' can't be made of int64."}
    assert [(ride["km"], ride["day"]) for ride in found[0]["rides"]] == [(1.0, "2025-01-02"), (2.5, "2024")]


def test_the_first_thing_that_is_wrong_in_a_row_is_said(bikes: KnowledgeBase) -> None:
    _, wrong = shaped(bikes, helmet=["perhaps", "yes"], age_of_bike=["x", "y"])
    assert wrong == {
        0: "Column 'helmet': 'Helmet' takes true, false, yes or no.",
        1: "Column 'age_of_bike': 'Age of bike' takes a number.",
    }
