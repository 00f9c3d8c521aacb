"""What more rules and longer lists cost: thousands of rules of which few matter, and joins between two lists."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from folder import MANIFEST
from timing import Work, in_turns
from workload import SEED, Person

from advise import KnowledgeBase

Found = list[tuple[str, tuple[int, ...]]]
JOINS = ("some", "no", "each")
_RULES = """\
topic: joins
title: Joins
source: {bench: seeded}
rules:
  - id: joined
    title: Joined
    when:
      - each goal: {}
      - KIND job: {field: {same as: goal.field}}
    advise: {say: Do it., priority: growth, effort: small}
"""


def join_people(count: int, things: int) -> list[Person]:
    """People with as many goals as jobs, of which four in ten goals have a job in the same field."""
    random = Random(f"joins {SEED} {things}")

    def fields() -> list[dict[str, str]]:
        return [{"field": f"field {random.randrange(2 * things)}"} for _ in range(things)]

    return [{"goals": fields(), "jobs": fields()} for _ in range(count)]


@contextmanager
def join_base(kind: str) -> Iterator[KnowledgeBase]:
    """One rule for each goal that has some job, or none, in the same field; or for each such pair."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "knowledge_base.yaml").write_text(MANIFEST, encoding="utf-8")
        (folder / "facts.schema.json").write_text(json.dumps(_schema()), encoding="utf-8")
        (folder / "joins.yaml").write_text(_RULES.replace("KIND", kind), encoding="utf-8")
        yield KnowledgeBase.load(folder)


def _schema() -> dict[str, Any]:
    field = {"type": "string", "title": "Field"}
    items = {"type": "object", "properties": {"field": field}}
    properties = {
        name: {"type": "array", "title": name, "thing": name[:-1], "items": items} for name in ("goals", "jobs")
    }
    return {"title": "Facts", "type": "object", "properties": properties}


def hash_join(kind: str) -> Callable[[Person], Found]:
    """The same as a person would write it who knows that lists may be long."""

    def semi(person: Person) -> Found:
        fields = {job["field"] for job in person["jobs"]}
        return [("joined", (i,)) for i, goal in enumerate(person["goals"]) if (goal["field"] in fields) is wanted]

    def pairs(person: Person) -> Found:
        by_field: dict[str, list[int]] = {}
        for j, job in enumerate(person["jobs"]):
            by_field.setdefault(job["field"], []).append(j)
        return [("joined", (i, j)) for i, goal in enumerate(person["goals"]) for j in by_field.get(goal["field"], ())]

    wanted = kind == "some"
    return pairs if kind == "each" else semi


def join_times(kind: str, things: int, rounds: int) -> tuple[float, float, float]:
    """How many times what it costs by hand an evaluation costs, and the seconds of both for one person."""
    people = join_people(max(2, 200 // things), things)
    by_hand = hash_join(kind)
    with join_base(kind) as base:
        cases = [base.case(person, "2026-01-15") for person in people]
        for case, person in zip(cases, people, strict=True):
            found = base.evaluate(case)
            if found.open or {("joined", things) for _, things in found.certain} != set(by_hand(person)):
                raise RuntimeError("The evaluator and the hand-written join disagree.")
        works: dict[str, Work] = {
            "evaluate": partial(_all, base.evaluate, cases),
            "hand": partial(_all, by_hand, people),
        }
        times = in_turns(works, rounds)
    each = len(people)
    return times.ratio("evaluate", "hand"), times.seconds("evaluate") / each, times.seconds("hand") / each


def _all(function: Callable[[Any], object], each: Sequence[Any]) -> None:
    for one in each:
        function(one)
