"""Rulebooks as plain JSON values and back: a flat list of nodes, each written once however often it's used.

A node is [tag, part...]; a part is a plain value, or [n] for the nth node. Equal parts share a node, which makes
what is read small and quick to build.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from advise import conditions, errors, operators, rules, types

_CLASSES: tuple[type[Any], ...] = (
    conditions.Aggregate,
    conditions.All,
    conditions.AnyOf,
    conditions.Arithmetic,
    conditions.Constant,
    conditions.Elapsed,
    conditions.Lookup,
    conditions.Not,
    conditions.Of,
    conditions.Parameter,
    conditions.Quantified,
    conditions.Rank,
    conditions.Ref,
    conditions.Scope,
    conditions.Shifted,
    conditions.Test,
    conditions.Today,
    errors.Place,
    operators.Core,
    rules.Advise,
    rules.Ask,
    rules.Column,
    rules.Computed,
    rules.Conclude,
    rules.Conclusion,
    rules.Derived,
    rules.Hold,
    rules.Refer,
    rules.Rule,
    rules.Rulebook,
    rules.Setting,
    rules.SourceEntry,
    rules.Table,
    rules.Words,
    types.Fact,
    types.Kind,
    types.ThingList,
    types.Type,
)


def _mapping(*parts: Any) -> dict[Any, Any]:
    return dict(zip(parts[::2], parts[1::2], strict=True))


_MAKERS: tuple[Callable[..., Any], ...] = (
    lambda *parts: parts,
    lambda *parts: list(parts),
    _mapping,
    lambda *parts: frozenset(parts),
    date.fromisoformat,
    *_CLASSES,
)
_TUPLE, _LIST, _MAPPING, _SET, _DATE = range(5)
_TAGS = {each: tag for tag, each in enumerate(_CLASSES, 5)}


def form() -> str:
    """What tells this way of writing from others: a hash of the classes and their fields, in order."""
    names = [(each.__name__, *(() if issubclass(each, Enum) else (f.name for f in fields(each)))) for each in _CLASSES]
    return hashlib.sha256(repr(names).encode()).hexdigest()


def encode(value: Any) -> list[list[Any]]:
    """The nodes of a value; the last one is the value itself. Raises TypeError for what a rulebook can't hold."""
    nodes: list[list[Any]] = []
    known: dict[Any, int] = {}

    def part(value: Any) -> Any:
        if value is None or (type(value) in (str, int, float, bool)):
            return value
        tag, parts = _taken_apart(value)
        node = [tag, *map(part, parts)]
        # The type belongs to the key, since True, 1 and 1.0 are equal.
        key = tuple((type(p), p[0] if isinstance(p, list) else p) for p in node)
        if key not in known:
            known[key] = len(nodes)
            nodes.append(node)
        return [known[key]]

    part(value)
    return nodes


def _taken_apart(value: Any) -> tuple[int, list[Any]]:
    if isinstance(value, Enum):
        return _TAGS[type(value)], [value.value]
    if is_dataclass(value):
        return _TAGS[type(value)], [getattr(value, f.name) for f in fields(value) if f.metadata.get("kept", True)]
    if isinstance(value, tuple):
        return _TUPLE, list(value)
    if isinstance(value, list):
        return _LIST, value
    if isinstance(value, Mapping):
        return _MAPPING, [part for item in value.items() for part in item]
    if isinstance(value, frozenset):
        return _SET, sorted(value)
    if isinstance(value, date):
        return _DATE, [value.isoformat()]
    raise TypeError(f"A rulebook can't hold a {type(value).__name__}.")


def decode(nodes: list[list[Any]]) -> Any:
    """The value of some nodes. Raises TypeError, ValueError or IndexError for what `encode` didn't make."""
    made: list[Any] = []
    for tag, *parts in nodes:
        made.append(_MAKERS[tag](*[made[p[0]] if type(p) is list else p for p in parts]))
    return made[-1]
