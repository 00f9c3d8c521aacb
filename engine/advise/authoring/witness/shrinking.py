"""Makes a person's facts small: takes away what isn't needed for what they show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from advise.authoring.witness.changes import ABSENT, Facts, copied, put
from advise.rules import Rulebook

Keeps = Callable[[Facts], bool]


def shrunk(book: Rulebook, facts: Facts, keeps: Keeps) -> Facts:
    """The facts without everything that can go by itself while `keeps` stays true. Lists that stay are complete."""
    now = facts
    is_smaller = True
    while is_smaller:
        is_smaller = False
        for path in list(_parts(book, now)):
            fewer = _without(now, path)
            if fewer is not None and keeps(fewer):
                now, is_smaller = fewer, True
    return now


def _parts(book: Rulebook, facts: Facts) -> Iterator[tuple[Any, ...]]:
    """Where something can go: whole lists and objects before what is in them, the last things first."""
    for name in sorted(facts):
        yield (name,)
    for each in book.lists.values():
        items = facts.get(each.name) or ()
        for index in reversed(range(len(items))):
            yield each.name, index
            for path in _leaves(items[index]):
                yield each.name, index, path
    for name in sorted(facts):
        if isinstance(facts[name], dict):
            for path in _leaves(facts[name]):
                yield None, None, f"{name}.{path}"


def _leaves(item: Any, above: str = "") -> Iterator[str]:
    for name, value in sorted(item.items()):
        yield above + name
        if isinstance(value, dict):
            yield from _leaves(value, f"{above}{name}.")


def _without(facts: Facts, path: tuple[Any, ...]) -> Facts | None:
    """The facts without one part; None when it's gone already."""
    new: Facts = copied(facts)
    try:
        if len(path) == 1:
            del new[path[0]]
        elif path[0] is None:
            put(new, path[2], ABSENT)
        elif len(path) == 2:
            del new[path[0]][path[1]]
        else:
            put(new[path[0]][path[1]], path[2], ABSENT)
    except (KeyError, IndexError):
        return None
    return None if new == facts else new
