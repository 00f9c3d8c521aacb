"""Small rulebooks for tests, made directly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from advise.conditions import All, Constant, Of, Ref, Scope, Test
from advise.operators import Core
from advise.rules import Advise, Derived, Rule, Rulebook, Words
from advise.types import Fact, Kind, ThingList, Type


def fact(name: str, kind: Kind = Kind.TEXT, *, required: bool = False, **narrowing: object) -> Fact:
    """A fact of the person (`plan.written`) or of a thing (`job:title`)."""
    thing, _, path = name.rpartition(":")
    type_ = Type(kind, **narrowing)  # type: ignore[arg-type]
    title = path.split(".")[-1].replace("_", " ").capitalize()
    titles = {each: each.capitalize() for each in type_.choices} or None
    return Fact(thing or None, path, type_, title, titles=titles, required=required)


def rulebook(
    facts: Iterable[Fact] = (),
    lists: Iterable[ThingList] = (),
    derived: Iterable[Derived] = (),
    protected: Iterable[str] = ("age", "sex"),
) -> Rulebook:
    """A rulebook with these facts, lists and derived things, and everything else empty."""
    return Rulebook(
        name="test",
        title="Test",
        version="1.0.0",
        languages=("en",),
        as_of=date(2026, 1, 15),
        first_steps=3,
        priorities={},
        protected=frozenset(protected),
        sources={},
        facts={(each.thing, each.path): each for each in facts},
        lists={each.thing: each for each in lists},
        conclusions={},
        computed={},
        derived={each.thing: each for each in derived},
        settings={},
        tables={},
        topics={},
        rules=(),
        content_hash="",
    )


def dated() -> Rulebook:
    """A rulebook whose lines of work are told apart by a day, which is tested by itself and where it came from."""

    def rule(name: str, thing: str) -> Rule:
        day = Ref(Of.FACT, thing, thing, "day", Type(Kind.DATE))
        before = Test(day, Core.LESS, Constant("2024-06-01", Type(Kind.DATE)), f"{thing}.day: before 2024-06-01")
        advise = Advise(Words({"en": ("Go.",)}), (), "one", "small", None, "step")
        return Rule(name, name, "t", {}, (Scope(thing, thing),), All((before,)), advise=advise)

    book = rulebook(
        [fact("line:day", Kind.DATE, required=True), fact("goal:day", Kind.DATE)],
        [ThingList("line", "lines", "Lines"), ThingList("goal", "goals", "Goals")],
        [Derived("line", "A line of work", "day", ("line", "goal"))],
    )
    return replace(book, rules=(rule("by-goal", "goal"), rule("by-line", "line")))
