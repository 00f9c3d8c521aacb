"""What more rules and longer lists cost: thousands of rules of which few matter, and joins between two lists."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import process_time
from types import ModuleType
from typing import Any
from unittest.mock import patch

from folder import MANIFEST, write_folder
from timing import Work, in_turns
from workload import SEED, Person, Rule, add_gated

from advise import KnowledgeBase
from advise.evaluate import loops, schedule
from advise.evaluate.compiled import Compiled

Found = list[tuple[str, tuple[int, ...]]]
Measured = tuple[str, float, float | None, str]
"""What a row of the table says: the measure, its ratio, the target, the note."""
DAY = "2026-01-15"
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


def growth(rules: Sequence[Rule], people: Sequence[Person], rounds: int) -> list[Measured]:
    """The rows of both: rules that don't matter, and joins of longer and longer lists."""
    found = many_rules(rules, people, rounds)
    for things in (5, 50, 500):
        found += [row for kind in JOINS for row in join(kind, things, rounds)]
    return found


# ----------------------------------------------------------------------------------------------------- steps


def compiled_without(base: KnowledgeBase, module: ModuleType, *steps: str) -> Compiled:
    """The evaluator as it is without some of the steps that make it quick: their least sizes are out of reach."""
    with ExitStack() as stack:
        for name in steps:
            stack.enter_context(patch.object(module, name, sys.maxsize))
        return Compiled(base.plan)


# ------------------------------------------------------------------------------------------------ many rules


def many_rules(rules: Sequence[Rule], people: Sequence[Person], rounds: int) -> list[Measured]:
    """6,000 rules of which 60 matter against those 60; the same with the fact unknown that tells them apart."""
    unknown = [{name: value for name, value in person.items() if name != "occupation"} for person in people]
    with _base(partial(write_folder, rules=rules)) as few:
        start = process_time()
        with _base(partial(write_folder, rules=add_gated(rules, 6000 - len(rules)))) as many:
            loaded = process_time()
            Compiled(many.plan)
            compiled = process_time()
            untold = compiled_without(many, schedule, "FEWEST", "FEWEST_OF_SOME")
            tried = compiled_without(many, schedule, "FEWEST", "FEWEST_OF_SOME", "FEWEST_GUARDED")
            for base, sample in ((many, people[:3]), (few, unknown[:3]), (many, unknown[:1])):
                _check(base, sample)
            cases = [many.case(person, DAY) for person in people]
            works: dict[str, Work] = {
                "untold": partial(_all, untold.evaluate, cases[:20]),
                "tried": partial(_all, tried.evaluate, cases[:20]),
                "60": partial(_all, few.evaluate, [few.case(person, DAY) for person in people]),
                "6,000": partial(_all, many.evaluate, cases),
                "6,000 unknown": partial(_all, many.evaluate, [many.case(person, DAY) for person in unknown[:20]]),
            }
            times = in_turns(works, rounds)
    each, all_unknown = times.seconds("6,000") / len(people), times.seconds("6,000 unknown") / 20
    base_each = times.seconds("60") / len(people)
    note = f"{each * 1e6:.1f} / {base_each * 1e6:.1f} us a person"
    return [
        ("6,000 rules of which 60 matter / 60 rules", times.ratio("6,000", "60"), 2, note),
        ("  not found by their values / found", times.seconds("untold") / 20 / each, None, ""),
        ("  nor passed over together, so that each is tried / found", times.seconds("tried") / 20 / each, None, ""),
        ("  their occupation unknown, so that all 6,000 may matter", all_unknown / base_each, None, ""),
        (
            "  to generate and compile them / to read and check them",
            (compiled - loaded) / (loaded - start),
            None,
            f"{compiled - loaded:.1f} / {loaded - start:.1f} s",
        ),
    ]


def _check(base: KnowledgeBase, people: Sequence[Person]) -> None:
    for person in people:
        case = base.case(person, DAY)
        if base.evaluate(case) != base.evaluate(case, "reference"):
            raise RuntimeError("The compiled and the reference evaluator disagree.")


@contextmanager
def _base(write: Callable[[Path], None]) -> Iterator[KnowledgeBase]:
    with TemporaryDirectory() as name:
        write(Path(name))
        yield KnowledgeBase.load(name)


# ----------------------------------------------------------------------------------------------------- joins


def join_rules(kind: str, folder: Path) -> None:
    """One rule for each goal that has some job, or none, in the same field; or for each such pair."""
    (folder / "knowledge_base.yaml").write_text(MANIFEST, encoding="utf-8")
    (folder / "facts.schema.json").write_text(json.dumps(_schema()), encoding="utf-8")
    (folder / "joins.yaml").write_text(_RULES.replace("KIND", kind), encoding="utf-8")


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


def join(kind: str, things: int, rounds: int) -> Iterator[Measured]:
    """A join of two lists of as many things against what it costs by hand; of the longest also without an index."""
    people = join_people(max(2, 200 // things), things)
    by_hand = hash_join(kind)
    with _base(partial(join_rules, kind)) as base:
        cases = [base.case(person, DAY) for person in people]
        for case, person in zip(cases, people, strict=True):
            found = base.evaluate(case)
            if found.open or {("joined", things) for _, things in found.certain} != set(by_hand(person)):
                raise RuntimeError("The evaluator and the hand-written join disagree.")
        works: dict[str, Work] = {
            "evaluate": partial(_all, base.evaluate, cases),
            "hand": partial(_all, by_hand, people),
        }
        if things == 500:
            pairwise = compiled_without(base, loops, "FEWEST_ROWS")
            works["pairwise"] = partial(_all, pairwise.evaluate, cases[:1])
        times = in_turns(works, rounds)
    note = " / ".join(f"{times.seconds(name) / len(people) * 1e6:.1f}" for name in ("evaluate", "hand"))
    title = f"{kind}: join over {things} x {things} / hand-written hash join"
    yield title, times.ratio("evaluate", "hand"), 3 if things == 500 else None, f"{note} us a person"
    if things == 500:
        each = times.seconds("evaluate") / len(people)
        yield f"  {kind}: without an index / with", times.seconds("pairwise") / each, None, ""


def _all(function: Callable[[Any], object], each: Sequence[Any]) -> None:
    for one in each:
        function(one)
