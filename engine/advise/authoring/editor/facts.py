"""JSON Schema of a person's facts, for editors: every name with its meaning, every value with its words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from advise._case_schema import DATE_PATTERN, Tree, tree_of
from advise.rules import Rulebook
from advise.types import Fact, Kind, ThingList

Schema = dict[str, Any]


def facts_definition(book: Rulebook) -> Schema:
    """What a facts file, or the facts of an example, may hold; null is 'asked, and not known'."""
    return {"description": "What the person tells; leave out what nobody has asked.", **_object(book, tree_of(book))}


def _object(book: Rulebook, tree: Tree) -> Schema:
    return {"type": ["object", "null"], "additionalProperties": False, "properties": dict(_properties(book, tree))}


def _properties(book: Rulebook, tree: Tree) -> Iterator[tuple[str, Schema]]:
    for name, below in tree.items():
        if isinstance(below, Fact):
            yield name, {"description": _meaning(below.title, below.means), **_value(below)}
        elif isinstance(below, ThingList):
            items = _object(book, tree_of(book, below.thing)) | {"type": "object"}
            listed = {"type": ["array", "null"], "maxItems": below.most, "items": items}
            yield name, {"description": _meaning(below.title, below.means), **listed}
        else:
            yield name, _object(book, below)


def _meaning(title: str, means: str) -> str:
    return ". ".join(each.rstrip(".") for each in (title, means) if each)


def _value(fact: Fact) -> Schema:
    match fact.type.kind:
        case Kind.BOOLEAN:
            return {"type": ["boolean", "null"]}
        case Kind.NUMBER:
            bounds = {"minimum": fact.type.low, "maximum": fact.type.high}
            kind = "integer" if fact.type.integer else "number"
            return {"type": [kind, "null"], **{word: bound for word, bound in bounds.items() if bound is not None}}
        case Kind.CHOICE:
            titles = fact.titles or {}
            known = [{"const": each, "description": titles.get(each, each)} for each in fact.type.choices]
            return {"oneOf": [*known, {"type": "null", "description": "Asked, and not known"}]}
        case Kind.DATE:
            # A year alone is a number to YAML.
            return {"anyOf": [{"type": "string", "pattern": DATE_PATTERN}, {"type": ["integer", "null"]}]}
        case Kind.TEXTS:
            return {"type": ["array", "null"], "items": {"type": "string"}}
        case _:
            return {"type": ["string", "null"]}
