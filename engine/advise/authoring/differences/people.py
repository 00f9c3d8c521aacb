"""The people that two versions are compared with: whoever is recorded in either, each once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from advise.rules import Example


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody's facts on a day. `private`: they're no example, so that their facts are never shown."""

    name: str
    facts: Mapping[str, Any]
    as_of: date
    private: bool = False


def recorded(old: Iterable[Example], new: Iterable[Example]) -> tuple[Person, ...]:
    """Every example, case and person of either version; those with the same facts on the same day count once."""
    found: dict[tuple[str, date], Person] = {}
    names: set[str] = set()
    for example, before in _both(old, new):
        key = json.dumps(example.facts, sort_keys=True, ensure_ascii=False, default=str), example.as_of
        if key not in found:
            name = _name(example)
            if before and name in names:
                name += " (as before)"
            names.add(name)
            found[key] = Person(name, example.facts, example.as_of)
    return tuple(found.values())


def _both(old: Iterable[Example], new: Iterable[Example]) -> Iterator[tuple[Example, bool]]:
    yield from ((each, False) for each in new)
    yield from ((each, True) for each in old)


def _name(example: Example) -> str:
    return f"{example.rule}: {example.name}" if example.rule else f"{example.name} ({example.kind})"
