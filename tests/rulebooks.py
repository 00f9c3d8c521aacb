"""Small rulebooks for tests, made directly."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from advise.rules import Derived, Rulebook
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
