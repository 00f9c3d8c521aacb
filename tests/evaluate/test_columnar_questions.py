"""The questions worth asking for whole tables: those of each person alone."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numpy", reason="the extra `columnar` isn't installed")
pa = pytest.importorskip("pyarrow", reason="the extra `columnar` isn't installed")
pc = pytest.importorskip("pyarrow.compute", reason="the extra `columnar` isn't installed")

from advise import KnowledgeBase  # noqa: E402
from advise.case import CaseMaker  # noqa: E402
from advise.evaluate.columnar import Columnar, waiting  # noqa: E402
from advise.evaluate.columnar.advice import TableAdvice  # noqa: E402
from advise.evaluate.compiled import Compiled  # noqa: E402
from advise.loading import read  # noqa: E402
from advise.outcome import Outcome, outcome  # noqa: E402
from advise.plan import Plan  # noqa: E402
from advise.rules import Advise, Ask, Rule, Rulebook  # noqa: E402
from advise.types import Fact, Kind, ThingList, Type  # noqa: E402
from tests.evaluate.test_columnar_table import schema, struct, without_nulls  # noqa: E402
from tests.generated import AS_OF, LISTS, THINGS, WORDS, KnowledgeBases  # noqa: E402
from tests.joins import joined  # noqa: E402
from tests.rulebooks import dated  # noqa: E402

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


def assert_asks_the_same(found: Any, outcomes: list[Outcome]) -> None:
    """Asserts that a table has the questions of each outcome, in an order that differs only among things alike."""
    questions = by_row(found)
    for row, each in enumerate(outcomes):
        mine, theirs = questions.pop(row, []), asked(each)
        assert sorted(mine) == sorted(theirs)
        assert [(fact, len(decides)) for fact, _, decides in mine] == [(f, len(d)) for f, _, d in theirs]
    assert not questions


def people_of(seed: int, known: float, count: int) -> tuple[Plan, list[dict[str, Any]]]:
    """A random knowledge base that asks, and people for it."""
    made = AskingKnowledgeBases(Random(seed))
    random = made.random
    book = made.rulebook(random.choice([3, 6, 12, 25]))
    book = joined(book, random) if made.chance(0.3) else book
    if made.chance(0.5):  # most rules of a random knowledge base only conclude
        advise = Advise(WORDS, (), "one", "small", None, "step")
        rules = (rule if rule.hold or rule.refer or rule.ask else replace(rule, advise=advise) for rule in book.rules)
        book = replace(book, rules=tuple(rules))
    return Plan(book), [without_nulls(made.facts(known)) for _ in range(count)]


def outcomes_of(plan: Plan, people: list[dict[str, Any]], as_of: date) -> list[Outcome]:
    """The outcome of each person alone."""
    maker, compiled = CaseMaker(plan.rulebook), Compiled(plan)
    cases = [maker.make(facts, as_of) for facts in people]
    return [outcome(plan, case, compiled.evaluate(case)) for case in cases]


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.integers(0, 2**48),
    st.sampled_from([0.3, 0.6, 0.9, 1.0]),
    st.integers(0, 7),
    st.sampled_from(AS_OF),
    st.sampled_from([1, 3, waiting.WIDEST]),
)
def test_a_table_asks_what_each_person_is_asked(seed: int, known: float, count: int, as_of: date, widest: int) -> None:
    plan, people = people_of(seed, known, count)
    advice, table = TableAdvice(Columnar(plan)), pa.Table.from_pylist(people, schema())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(waiting, "WIDEST", widest)
        found = advice.advise(table, as_of, (), True)
    assert_asks_the_same(found, outcomes_of(plan, people, as_of))
    others = pc.not_equal(found.column("kind").cast("string"), "question")
    assert found.filter(others).to_pylist() == advice.advise(table, as_of).to_pylist()


# ------------------------------------------------------------------------------------------- the career one


@pytest.fixture(scope="module")
def career() -> KnowledgeBase:
    return KnowledgeBase.load()


def schema_of(book: Rulebook) -> Any:
    """The Arrow schema of a knowledge base's facts."""

    def paths(thing: str | None) -> dict[str, Type]:
        return {path: fact.type for (owner, path), fact in book.facts.items() if owner == thing}

    lists = [pa.field(each.name, pa.list_(struct(paths(each.thing)))) for each in book.lists.values()]
    return pa.schema([*struct(paths(None)), *lists])


def fitted(value: Any, type_: Any) -> Any:
    """A fact as a column of this type takes it: a year is a text."""
    if isinstance(value, dict):
        return {name: fitted(each, type_.field(name).type) for name, each in value.items()}
    if isinstance(value, list):
        return [fitted(each, type_.value_type) for each in value]
    return str(value) if pa.types.is_string(type_) else value


def forgetful(facts: Any, random: Random, kept: float) -> Any:
    """Facts of which some are forgotten, keys of careers not."""
    if isinstance(facts, list):
        return [forgetful(each, random, kept) if isinstance(each, dict) else each for each in facts]
    found = {}
    for name, value in facts.items():
        if name == "field" or random.random() < kept:
            found[name] = forgetful(value, random, kept) if isinstance(value, dict | list) else value
    return found


@pytest.mark.parametrize("kept", [1.0, 0.8, 0.4, 0.0])
def test_the_career_knowledge_base_asks_everybody_in_its_examples_the_same(career: KnowledgeBase, kept: float) -> None:
    _, _, examples = read(career.folder)
    people: dict[date, list[dict[str, Any]]] = {}
    arrow = schema_of(career.rulebook)
    for place, each in enumerate(examples):
        people.setdefault(each.as_of, []).append(forgetful(without_nulls(each.facts), Random(place), kept))
    for as_of, facts in people.items():
        rows = [fitted(each, pa.struct(list(arrow))) for each in facts]
        found = career.advise_table(pa.Table.from_pylist(rows, arrow), as_of=as_of, questions=True)
        assert_asks_the_same(found, [career.advise(each, as_of=as_of) for each in facts])


JOBS = pa.table({"id": ["one", "two", "three"], "jobs": [[{"field": "cooking"}], [{"field": "x" * 20_000}], None]})


def test_questions_stand_after_the_advice_of_their_row_and_beside_what_is_kept(career: KnowledgeBase) -> None:
    found = career.advise_table(JOBS, as_of=AN_AS_OF, keep=["id"], questions=True).to_pylist()
    assert [each["row"] for each in found] == sorted(each["row"] for each in found)
    kinds = [each["kind"] for each in found if each["row"] == 2]
    assert kinds == sorted(kinds) and set(kinds) == {"open", "question"}
    assert {each["id"] for each in found if each["row"] == 2} == {"three"}
    assert [each["kind"] for each in found if each["row"] == 1] == ["rejected"]
    asked = [each for each in found if each["kind"] == "question"]
    assert {each["about"] and each["about"][0] for each in asked if each["fact"] == "job.current"} == {0}
    assert all(each["rule"] is None and each["reason"] is None for each in asked)


def test_batches_ask_what_the_whole_table_asks(career: KnowledgeBase) -> None:
    batches = JOBS.to_batches(1)
    parts = career.advise_batches(batches, as_of=AN_AS_OF, keep=["id"], questions=True)
    whole = career.advise_table(JOBS, as_of=AN_AS_OF, keep=["id"], questions=True)
    assert pa.Table.from_batches(parts).to_pylist() == whole.to_pylist()


def test_without_questions_there_are_none(career: KnowledgeBase) -> None:
    found = career.advise_table(JOBS, as_of=AN_AS_OF, keep=["id"]).to_pylist()
    assert all(each["kind"] != "question" and each["fact"] is each["decides"] is None for each in found)


# ---------------------------------------------------------------------------------------- derived by a date


def test_a_derived_thing_that_nobody_listed_has_its_key_asked_for_where_it_came_from() -> None:
    plan = Plan(dated())
    people = [
        {"goals": [{"day": "2024"}], "lines": []},
        {"goals": [{"day": "2024-05-01"}, {"day": "2024-05"}, {"day": "2024"}], "lines": [{"day": "2024"}]},
        {"goals": [{"day": "2024"}, {"day": "2024"}, {}], "lines": [{"day": "2024-06"}]},
    ]
    day = pa.list_(pa.struct([("day", pa.string())]))
    table = pa.Table.from_pylist(people, pa.schema([("goals", day), ("lines", day)]))
    outcomes = outcomes_of(plan, people, AN_AS_OF)
    assert asked(outcomes[0]) == [("goal.day", (0,), ("by-goal", "by-line"))]
    assert_asks_the_same(TableAdvice(Columnar(plan)).advise(table, AN_AS_OF, (), True), outcomes)
