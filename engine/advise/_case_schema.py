"""The strict JSON Schema of the facts that one knowledge base takes, and the tree of names behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from advise.rules import Rulebook
from advise.types import LONGEST_LIST, LONGEST_TEXT, Fact, Kind, ThingList, Type

LARGEST_NUMBER = 1e15

Tree = dict[str, "Fact | ThingList | Tree"]
"""The names at one level of the facts: a fact, a list of things, or the names of a nested object."""


def _date_pattern() -> str:
    """A date or partial date that exists, leap years and all, so that no date is looked at twice."""
    year = "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
    leap = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
    any_month, long_month = "(?:0[1-9]|1[0-2])", "(?:0[13578]|1[02])"
    days = f"{any_month}(?:-(?:0[1-9]|1[0-9]|2[0-8]))?|(?:0[13-9]|1[0-2])-(?:29|30)|{long_month}-31"
    return f"^(?:{year}(?:-(?:{days}))?|{leap}-02-29)$"


DATE_PATTERN = _date_pattern()


def tree_of(rulebook: Rulebook, thing: str | None = None) -> Tree:
    """The names that the facts of the person, or of a thing, may have."""
    tree: Tree = {}
    for (of, path), fact in rulebook.facts.items():
        if of == thing:
            *above, last = path.split(".")
            level = tree
            for name in above:
                below = level.setdefault(name, {})
                assert isinstance(below, dict)
                level = below
            level[last] = fact
    if thing is None:
        tree |= {each.name: each for each in rulebook.lists.values()}
    return tree


def strict_schema(rulebook: Rulebook) -> dict[str, Any]:
    """A JSON Schema (2020-12) that takes exactly the facts that the knowledge base can use.

    Every fact may be null, but for the key of a derived thing that is stated: without it there's no telling
    which one it is.
    """
    keys = {(each.thing, each.key) for each in rulebook.derived.values()}
    schema = _object(tree_of(rulebook), rulebook, keys)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


_Keys = set[tuple[str, str]]


def _object(tree: Tree, rulebook: Rulebook, keys: _Keys) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    required = []
    for name, below in tree.items():
        if isinstance(below, Fact):
            is_key = (below.thing, below.path) in keys
            properties[name] = _leaf(below.type, null=not is_key)
            if is_key or below.required:
                required.append(name)
        elif isinstance(below, ThingList):
            items = _object(tree_of(rulebook, below.thing), rulebook, keys)
            properties[name] = {"type": ["array", "null"], "maxItems": below.most, "items": items}
        else:
            properties[name] = _object(below, rulebook, keys)
            if any(_holds_key(each, keys) for each in below.values()):
                required.append(name)
            else:
                properties[name]["type"] = ["object", "null"]
    schema = {"type": "object", "additionalProperties": False, "properties": properties}
    return schema | ({"required": required} if required else {})


def _holds_key(below: Fact | ThingList | Tree, keys: _Keys) -> bool:
    if isinstance(below, Fact):
        return (below.thing, below.path) in keys
    return isinstance(below, dict) and any(_holds_key(each, keys) for each in below.values())


def _leaf(type_: Type, null: bool) -> dict[str, Any]:
    if type_.kind is Kind.CHOICE:
        return {"enum": [*type_.choices, None] if null else list(type_.choices)}
    if type_.kind is Kind.NUMBER:
        return _number(type_, null)
    schema = dict(_SCHEMAS[type_.kind](type_))
    if null:
        schema["type"] = [schema["type"], "null"]
    return schema


def _number(type_: Type, null: bool) -> dict[str, Any]:
    low = -LARGEST_NUMBER if type_.low is None else max(type_.low, -LARGEST_NUMBER)
    high = LARGEST_NUMBER if type_.high is None else min(type_.high, LARGEST_NUMBER)
    # The validator bounds a number of thousands of digits only where its one type is "number".
    bounded = [{"type": "number", "minimum": low, "maximum": high}, *([{"type": "null"}] if null else [])]
    if not type_.integer:
        return {"anyOf": bounded}
    return {"type": ["integer", "null"] if null else "integer", "anyOf": bounded}


def _text(type_: Type) -> Mapping[str, Any]:
    longest = LONGEST_TEXT if type_.high is None else int(type_.high)
    # The comparison makes the validator read the text, so that half a surrogate pair is noticed.
    # U+FFFF is no character, so nothing is lost.
    return {"type": "string", "maxLength": longest, "not": {"const": "\uffff"}}


def _texts(type_: Type) -> Mapping[str, Any]:
    return {"type": "array", "maxItems": LONGEST_LIST, "items": _text(type_)}


_SCHEMAS: Mapping[Kind, Callable[[Type], Mapping[str, Any]]] = {
    Kind.BOOLEAN: lambda _: {"type": "boolean"},
    Kind.TEXT: _text,
    Kind.TEXTS: _texts,
    Kind.DATE: lambda _: {"type": "string", "pattern": DATE_PATTERN},
}
