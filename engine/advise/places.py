"""Where a case's facts and things stand: JSON Pointers, raw values, an order that no shuffling changes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from advise.case import Case
from advise.evaluate.meaning import Truth
from advise.evaluate.reference import dig
from advise.rules import Rule, Rulebook
from advise.types import Fact, Kind, Literal, ThingList
from advise.values import date_span

ThingOrder = tuple[bool, str, int]


@dataclass(frozen=True, slots=True)
class Found:
    """A fact as it stands in a case.

    `pointer` is where it stands, or where it would; None for a cell of a table. `value` is the raw value, or
    the default when `assumed`. `absent`: nobody asked yet. A fact that is neither absent nor has a value was
    given as null. `partial`: a date of which only the month or the year is known.
    """

    pointer: str | None
    value: Any
    absent: bool = False
    assumed: bool = False
    partial: bool = False

    @property
    def known(self) -> bool:
        """True when there is a value, given or assumed."""
        return self.value is not None


@dataclass(frozen=True)
class Places:
    """Looks facts, cells and things of one case up by declaration and index."""

    book: Rulebook
    case: Case

    @cached_property
    def lists(self) -> Mapping[str, ThingList]:
        """Thing -> its list in the facts."""
        return {each.thing: each for each in self.book.lists.values()}

    @cached_property
    def _orders(self) -> dict[tuple[str, int], ThingOrder]:
        return {}

    def is_phantom(self, thing: str, index: int) -> bool:
        """True for the thing that stands for those that nobody has named yet."""
        return thing not in self.book.tables and index >= len(self.case.things[thing].items)

    def order(self, thing: str, index: int) -> ThingOrder:
        """A sort key by what a thing is, and by its place only among identical ones; phantoms last."""
        key = (thing, index)
        if key not in self._orders:
            self._orders[key] = self._order(thing, index)
        return self._orders[key]

    def _order(self, thing: str, index: int) -> ThingOrder:
        if self.is_phantom(thing, index):
            return True, "", index
        if thing in self.book.tables:
            content: Any = self.book.tables[thing].rows[index]
        else:
            content = self.case.things[thing].items[index]
        return False, json.dumps(content, sort_keys=True, ensure_ascii=False, default=str), index

    def binding_order(self, rule: Rule, binding: Iterable[int]) -> tuple[ThingOrder, ...]:
        """A sort key for what a rule binds."""
        return tuple(self.order(s.thing, i) for s, i in zip(rule.each, binding, strict=True))

    def sorted_things(self, thing: str, indexes: Iterable[int]) -> list[int]:
        """Indexes in canonical order."""
        return sorted(indexes, key=lambda index: self.order(thing, index))

    def indexes(self, thing: str) -> list[int]:
        """Every thing or row that is really there, in canonical order."""
        there = self.book.tables[thing].rows if thing in self.book.tables else self.case.things[thing].items
        return self.sorted_things(thing, range(len(there)))

    def thing_pointer(self, thing: str, index: int) -> str | None:
        """Where a thing stands; None for a row of a table and for a thing that nobody has named yet."""
        if thing in self.book.tables or self.is_phantom(thing, index):
            return None
        return self.case.things[thing].pointers[index]

    def cell(self, table: str, column: str, index: int) -> Literal | None:
        """What stands in a table."""
        found = self.book.tables[table]
        return found.rows[index][[c.name for c in found.columns].index(column)]

    def fact(self, fact: Fact, index: int) -> Found:
        """A fact of the person (whatever `index`) or of thing `index`; a phantom's has no pointer."""
        if fact.thing is None:
            return self._found(fact, "/" + _steps(fact.path), dig(self.case.facts, fact.path))
        if self.is_phantom(fact.thing, index):
            return Found(None, None, absent=True)
        things = self.case.things[fact.thing]
        where = self._home(fact.thing, things.pointers[index], fact.path)
        return self._found(fact, where, dig(things.items[index], fact.path))

    def _found(self, fact: Fact, pointer: str, raw: Any) -> Found:
        if raw is Truth.UNKNOWN:
            assumed = fact.default is not None
            return Found(pointer, fact.default if assumed else None, absent=True, assumed=assumed)
        if self.case.shown is not None and fact.type.ignore_case and raw is not None:
            raw = _at(self.case.shown, pointer)
        partial = raw is not None and fact.type.kind is Kind.DATE and not date_span(str(raw)).known
        return Found(pointer, raw, partial=partial)

    def _home(self, thing: str, pointer: str, path: str) -> str:
        """Where a thing's fact stands. A derived thing that nobody listed has its key where it came from, and
        its other facts in a new item of its own list, which `-` stands for (RFC 6901)."""
        own, derived = self.lists.get(thing), self.book.derived.get(thing)
        if own is None or derived is None:
            return f"{pointer}/{_steps(path)}"
        if re.fullmatch(rf"/{re.escape(_step(own.name))}/\d+", pointer):
            return f"{pointer}/{_steps(path)}"
        return pointer if path == derived.key else f"/{_step(own.name)}/-/{_steps(path)}"

    def origin(self, fact: Fact, index: int) -> tuple[Fact, int]:
        """The fact that stands in the facts, and of which thing: the key of a derived thing that nobody listed is
        the fact that it came from."""
        derived = self.book.derived.get(fact.thing or "")
        if derived is not None and fact.path == derived.key and not self.is_phantom(derived.thing, index):
            pointer = self.case.things[derived.thing].pointers[index]
            for listed in self.sources(derived.thing):
                found = re.fullmatch(rf"/{re.escape(_step(listed.name))}/(\d+)/{re.escape(_steps(fact.path))}", pointer)
                if found is not None:
                    return self.book.facts[listed.thing, fact.path], int(found[1])
        return fact, index

    def list_found(self, listed: ThingList) -> Found:
        """A whole list; an absent one that is taken to be empty is assumed."""
        pointer, raw = "/" + _step(listed.name), self.case.facts.get(listed.name, Truth.UNKNOWN)
        if raw is Truth.UNKNOWN:
            empty = listed.assumed_empty
            return Found(pointer, [] if empty else None, absent=True, assumed=empty)
        return Found(pointer, raw)

    def sources(self, thing: str) -> tuple[ThingList, ...]:
        """The lists that name a thing: its own, and for a derived thing those that it's derived from."""
        derived = self.book.derived.get(thing)
        names = (thing, *(() if derived is None else derived.among))
        return tuple(self.lists[name] for name in dict.fromkeys(names) if name in self.lists)


def _at(facts: Any, pointer: str) -> Any:
    """The value at a JSON Pointer that is known to lead somewhere."""
    for step in pointer.split("/")[1:]:
        facts = facts[int(step)] if isinstance(facts, list) else facts[step.replace("~1", "/").replace("~0", "~")]
    return facts


def _step(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _steps(path: str) -> str:
    """A dotted path as the end of a JSON Pointer."""
    return "/".join(map(_step, path.split(".")))
