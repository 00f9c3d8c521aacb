"""Small changes to a person's facts: the steps that a search for a witness takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from advise.case import Case
from advise.rules import Rulebook
from advise.types import ThingList

Facts = dict[str, Any]


class Absent(Enum):
    """What a fact is while nobody has asked for it."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class Put:
    """Gives a fact a value (null, or ABSENT to take it away): of the person (`name` None), or of the thing at
    `index` in the list `name`."""

    name: str | None
    index: int
    path: str
    value: Any


@dataclass(frozen=True, slots=True)
class Append:
    """Adds a thing to the list `name`."""

    name: str
    paths: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Remove:
    """Takes a thing out of the list `name`."""

    name: str
    index: int


@dataclass(frozen=True, slots=True)
class Give:
    """Says that there's nothing in the list `name`, where nobody had said anything."""

    name: str


@dataclass(frozen=True, slots=True)
class Withhold:
    """Takes the whole list `name` away, so that nobody has said anything about it."""

    name: str


Step = Put | Append | Remove | Give | Withhold
Change = tuple[Step, ...]


def changed(facts: Mapping[str, Any], change: Change) -> Facts:
    """A copy of `facts` with a change."""
    new: Facts = copied(facts)
    for step in change:
        _take(new, step)
    return new


def copied(value: Any) -> Any:
    """A copy of plain JSON values, all the way down."""
    if isinstance(value, Mapping):
        return {name: copied(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [copied(each) for each in value]
    return value


def _take(facts: Facts, step: Step) -> None:
    match step:
        case Put():
            if step.name is None:
                put(facts, step.path, step.value)
            else:
                put(facts[step.name][step.index], step.path, step.value)
        case Append():
            item: Facts = {}
            for path, value in step.paths:
                put(item, path, value)
            facts[step.name] = [*(facts.get(step.name) or ()), item]
        case Remove():
            del facts[step.name][step.index]
        case Give():
            facts[step.name] = facts.get(step.name) or []
        case Withhold():
            facts.pop(step.name, None)


def put(facts: Facts, path: str, value: Any) -> None:
    """Puts a value at a dotted path; objects that hold nothing any more go."""
    name, _, rest = path.partition(".")
    if rest:
        inner = dict(facts.get(name) or {})
        put(inner, rest, value)
        if inner or value is not ABSENT:
            facts[name] = inner
        else:
            facts.pop(name, None)
    elif value is ABSENT:
        facts.pop(name, None)
    else:
        facts[name] = value


class Spots:
    """Where the facts of things stand, derived things included, so that they can be changed."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book

    def put(self, case: Case, thing: str | None, index: int, path: str, value: Any) -> Change | None:
        """The change that gives a fact of a thing a value; None where there's no such place, or it needs a value."""
        if thing is None:
            return (Put(None, 0, path, value),)
        if index >= len(case.things[thing].items):
            return None
        own, derived = self.book.lists.get(thing), self.book.derived.get(thing)
        is_key = derived is not None and path == derived.key
        if own is not None and index < len(case.facts.get(own.name) or ()):
            must = is_key or self.book.facts[thing, path].required
            return None if must and (value is ABSENT or value is None) else (Put(own.name, index, path, value),)
        if derived is None:
            return None
        if is_key:
            _, name, place, *_ = case.things[thing].pointers[index].split("/")
            return (Put(name, int(place), path, value),)
        if own is None or value is ABSENT or len(case.facts.get(own.name) or ()) >= own.most:
            return None
        return (Append(own.name, ((derived.key, _dig(case.things[thing].items[index], derived.key)), (path, value))),)

    def sources(self, thing: str) -> tuple[ThingList, ...]:
        """The lists that name a thing: its own, and for a derived thing those that it's derived from."""
        derived = self.book.derived.get(thing)
        names = (thing, *(() if derived is None else derived.among))
        return tuple(self.book.lists[name] for name in dict.fromkeys(names) if name in self.book.lists)

    def remove(self, case: Case, thing: str, index: int) -> Change | None:
        """The change that takes a thing away; for a derived thing, what it comes from."""
        if index >= len(case.things[thing].items):
            return None
        _, name, place, *_ = case.things[thing].pointers[index].split("/")
        return (Remove(name, int(place)),)


def _dig(item: Mapping[str, Any], path: str) -> Any:
    found: Any = item
    for part in path.split("."):
        found = found[part]
    return found
