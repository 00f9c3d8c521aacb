"""What a report says, the same in every format: sections of grouped items, built from an outcome.

The parts are named tuples, here and elsewhere in the command: making a dataclass takes eight times as long,
half a millisecond each, and the start is what people wait for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

# Facts may come from strangers: terminal escapes, marks that turn the direction of text, half characters.
_CONTROLS = r"\x00-\x1f\x7f-\x9f"
_DIRECTIONS = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
_UNPRINTABLE = re.compile(rf"[{_CONTROLS}{_DIRECTIONS}\ud800-\udfff]+")
_SPACE = re.compile(r"\s+")
_LONGEST_VALUE = 80
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


class Code(str):
    """A piece of text that stands exactly so in a file: a pointer, a value, the id of a rule."""

    __slots__ = ()


Words = tuple[str, ...]
"""A text for people, in pieces; some may be Code."""


class Proof(NamedTuple):
    """One line of a proof and the lines that it rests on."""

    says: Words
    parts: tuple[Proof, ...] = ()


class Item(NamedTuple):
    """One thing that a report says.

    `number` is its place among all advice, or in its section. `aside` is a short remark (this quarter).
    `also` are further texts that share the details. `details` are labelled sentences. `proofs` are
    labelled too. `sources` are the numbers of its sources.
    """

    text: Words
    number: int | None = None
    aside: str = ""
    also: tuple[Words, ...] = ()
    steps: tuple[Words, ...] = ()
    details: tuple[tuple[str, Words], ...] = ()
    proofs: tuple[tuple[Words, tuple[Proof, ...]], ...] = ()
    sources: tuple[int, ...] = ()


class Group(NamedTuple):
    """Items about one thing. `title` is empty where a section isn't divided."""

    title: str
    items: tuple[Item, ...]


class Section(NamedTuple):
    """A part of a report under its own heading. `more` counts what was left out, in words."""

    key: str
    title: str
    groups: tuple[Group, ...]
    intro: str = ""
    more: str = ""


class Report(NamedTuple):
    """Everything that a report says about one person. `name` tells several people's apart."""

    title: str
    name: str
    as_of: str
    summary: str
    sections: tuple[Section, ...]


def clean(text: str) -> str:
    """`text` on one line and with nothing in it that could steer a terminal or turn the reading direction."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


def words(*pieces: str) -> Words:
    """Pieces as Words, each without unprintable characters."""
    printable = ((each, _UNPRINTABLE.sub(" ", each)) for each in pieces)
    return tuple(Code(text) if isinstance(each, Code) else _SPACE.sub(" ", text) for each, text in printable)


def phrase(text: str) -> Words:
    """One text of an outcome as Words."""
    return (clean(text),)


def code(value: Any) -> Code:
    """A value as it would stand in a facts file, shortened if it is long."""
    said = json.dumps(value, ensure_ascii=False)
    return Code(said if len(said) <= _LONGEST_VALUE else said[: _LONGEST_VALUE - 1] + "…")


def joined(pieces: Iterable[Words], between: str = ", ") -> Words:
    """Several Words as one, with `between` between them."""
    out: list[str] = []
    for each in pieces:
        out += [between, *each] if out else each
    return tuple(out)


def written(day: str) -> str:
    """An ISO date as people write it: 15 January 2026."""
    year, month, date = day.split("-")
    return f"{int(date)} {_MONTHS[int(month) - 1]} {year}"


def counted(count: int, one: str, many: str = "") -> str:
    """`1 question`, `2 questions`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


class Sources:
    """Numbers the sources that a report cites, in the order in which it first cites them."""

    def __init__(self) -> None:
        self._places: dict[str, tuple[int, Mapping[str, Any], set[str]]] = {}

    def numbers(self, cited: Iterable[Mapping[str, Any]]) -> tuple[int, ...]:
        """The numbers of the sources of one item."""
        found = []
        for each in cited:
            number, _, places = self._places.setdefault(each["key"], (len(self._places) + 1, each, set()))
            places.update((each.get("place") or "").split("; "))
            found.append(number)
        return tuple(found)

    def items(self) -> tuple[Item, ...]:
        """One item for each source, with the places in it that were cited."""
        return tuple(
            Item(
                phrase(_titled(source)),
                number,
                details=(("Cited", phrase("; ".join(sorted(places - {""})))),) if places - {""} else (),
            )
            for number, source, places in self._places.values()
        )


def _titled(source: Mapping[str, Any]) -> str:
    about = ", ".join(str(source[each]) for each in ("author", "published") if source.get(each))
    return f"{source['title']} ({about})" if about else str(source["title"])
