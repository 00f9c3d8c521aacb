"""The questions worth asking for whole tables: those of each person alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numpy", reason="the extra `columnar` isn't installed")
pa = pytest.importorskip("pyarrow", reason="the extra `columnar` isn't installed")

from advise.case import CaseMaker  # noqa: E402
from advise.evaluate.columnar import Columnar  # noqa: E402
from advise.evaluate.columnar.advice import TableAdvice  # noqa: E402
from advise.evaluate.compiled import Compiled  # noqa: E402
from advise.outcome import Outcome, outcome  # noqa: E402
from advise.plan import Plan  # noqa: E402
from advise.rules import Ask, Rule, Rulebook  # noqa: E402
from advise.types import Fact, Kind, ThingList  # noqa: E402
from tests.evaluate.test_columnar_table import schema, without_nulls  # noqa: E402
from tests.generated import AS_OF, LISTS, THINGS, KnowledgeBases  # noqa: E402

EXAMPLES = int(os.environ.get("ADVISE_LAW_EXAMPLES", "150"))
AN_AS_OF = date(2026, 1, 15)
DEFAULTS: dict[Kind, Any] = {Kind.BOOLEAN: True, Kind.NUMBER: 2, Kind.DATE: "2024", Kind.TEXT: "red"}

Asked = tuple[str, tuple[int, ...], tuple[str, ...]]
"""A fact, the thing that it's about, and what it decides."""


class AskingKnowledgeBases(KnowledgeBases):
    """Random knowledge bases with rules that ask, and with facts that are assumed and may be asked for."""

    def __init__(self, random: Random) -> None:
        super().__init__(random)
        self.share = random.choice([0.0, 0.1, 0.4])
        self.assumed = {
            (thing, path)
            for thing, paths in THINGS.items()
            for path in paths
            if (thing, path) != ("line", "key") and self.chance(self.share)
        }
        self.empty = {thing for thing in LISTS if self.chance(0.3)}
        self.silent = self.chance(0.2)

    def _rule(self, index: int, rules: int) -> Rule:
        rule = super()._rule(index, rules)
        if rule.advise or rule.hold or rule.refer or not self.chance(0.4):
            return rule
        thing = self.random.choice([None, *LISTS, *(scope.thing for scope in rule.each if not scope.is_table)])
        if thing is not None and self.chance(0.3):
            return replace(rule, ask=Ask(thing, "", None))
        return replace(rule, ask=Ask(thing, self.random.choice(list(THINGS[thing])), None))

    def _book(self, rules: tuple[Rule, ...]) -> Rulebook:
        book = super()._book(rules)
        facts = {key: self._fact_of(fact) for key, fact in book.facts.items()}
        lists = {thing: ThingList(thing, n, n, assumed_empty=thing in self.empty) for thing, n in LISTS.items()}
        return replace(book, facts=facts, lists=lists)

    def _fact_of(self, fact: Fact) -> Fact:
        key, kind = (fact.thing, fact.path), fact.type.kind
        if kind is Kind.TEXTS or not (key in self.assumed or fact.default is not None):
            return fact
        default = fact.default if fact.default is not None else DEFAULTS.get(kind, "middle")
        return replace(fact, default=default, question=None if self.silent else {"en": f"{fact.name}?"})


def asked(found: Outcome) -> list[Asked]:
    """The questions of one person, in order."""
    return [
        (each["fact"], _about(found, each["pointer"], each["about"]), tuple(each["decides"]))
        for each in found.questions
    ]


def _about(found: Outcome, pointer: str, label: str | None) -> tuple[int, ...]:
    name, *steps = pointer.strip("/").split("/")
    things = {listed.name: listed.thing for listed in found._plan.rulebook.lists.values()}
    if not steps or name not in things:
        return ()
    if steps[0] != "-":
        return (int(steps[0]),)
    derived = found._case.things[things[name]]
    return tuple(i for i in range(len(derived.items)) if found._words.label(things[name], i) == label)


def by_row(table: Any) -> dict[int, list[Asked]]:
    """The questions of a table, by row."""
    names = ("row", "kind", "rule", "fact", "about", "decides", "reason")
    rows: dict[int, list[Asked]] = {}
    for row, kind, rule, fact, about, decides, reason in zip(
        *(table.column(name).to_pylist() for name in names), strict=True
    ):
        assert (kind == "question") == (fact is not None) == (decides is not None)
        if kind == "question":
            assert (rule, reason) == (None, None)
            rows.setdefault(row, []).append((fact, tuple(about), tuple(decides)))
    return rows


def assert_asks_the_same(found: Any, outcomes: Iterator[tuple[int, Outcome]]) -> None:
    questions = by_row(found)
    for row, each in outcomes:
        mine, theirs = questions.pop(row, []), asked(each)
        assert sorted(mine) == sorted(theirs)
        assert [(fact, len(decides)) for fact, _, decides in mine] == [(f, len(d)) for f, _, d in theirs]
    assert not questions


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 2**48), st.sampled_from([0.3, 0.6, 0.9, 1.0]), st.integers(0, 7), st.sampled_from(AS_OF))
def test_a_table_asks_what_each_person_is_asked(seed: int, known: float, count: int, as_of: date) -> None:
    made = AskingKnowledgeBases(Random(seed))
    plan = Plan(made.rulebook(made.random.choice([3, 6, 12])))
    people = [without_nulls(made.facts(known)) for _ in range(count)]
    advice = TableAdvice(Columnar(plan))
    table = pa.Table.from_pylist(people, schema())
    found = advice.advise(table, as_of, (), True)
    maker, compiled = CaseMaker(plan.rulebook), Compiled(plan)
    cases = [maker.make(facts, as_of) for facts in people]
    outcomes = (outcome(plan, case, compiled.evaluate(case)) for case in cases)
    assert_asks_the_same(found, enumerate(outcomes))
    others = pa.compute.not_equal(found.column("kind").cast("string"), "question")
    assert found.filter(others).to_pylist() == advice.advise(table, as_of).to_pylist()
