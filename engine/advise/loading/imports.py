"""How foreign forms become facts: the files are checked as the rules are, so that an import can't go wrong later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from advise.loading import structure
from advise.loading.context import Context, did_you_mean
from advise.loading.nodes import items_of, mapping_of
from advise.source import MappingNode, Node, Scalar, plain
from advise.types import Fact, Kind


def read_import(context: Context, node: MappingNode) -> dict[str, Any] | None:
    """An import file as plain values; None, with findings, when it can't be used."""
    before = len(context.findings)
    found: dict[str, Any] = plain(node)
    structure.check(context, structure.IMPORTS, node, found)
    if len(context.findings) == before:
        for each in items_of(node, "lists"):
            if isinstance(each, MappingNode):
                _check_list(context, each)
    return found if len(context.findings) == before else None


def _check_list(context: Context, node: MappingNode) -> None:
    things = {each.name: each.thing for each in context.names.lists.values()}
    target = node.items["to"]
    assert isinstance(target, Scalar)
    if target.value not in things:
        hint = did_you_mean(str(target.value), things)
        context.find("unknown-fact", target.place, f"There is no list of facts called `{target.value}`.", hint)
        return
    thing = things[str(target.value)]
    facts = {path: fact for (of, path), fact in context.names.facts.items() if of == thing}
    listed = mapping_of(node, "facts")
    for path, how in listed.items.items():
        if path not in facts:
            hint = did_you_mean(path, facts)
            context.find("unknown-fact", listed.keys[path], f"A {thing} has no fact `{path}`.", hint)
        elif isinstance(how, MappingNode):
            _check_fact(context, facts[path], how)


def _check_fact(context: Context, fact: Fact, node: MappingNode) -> None:
    for value in _values(node):
        if isinstance(value, Scalar) and not _fits(fact, value.value):
            hint = did_you_mean(str(value.value), fact.type.choices)
            sentence = f"`{value.value}` isn't a value that `{fact.name}` can have."
            context.find("unknown-value", value.place, sentence, hint)
    patterns = mapping_of(node, "match")
    for pattern in patterns.items:
        try:
            jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions())
        except ValueError:
            sentence = f"`{pattern}` isn't a regular expression that can be used here."
            hint = "Check its brackets. Look-around and back-references aren't there, because they can take for ever."
            context.find("bad-pattern", patterns.keys[pattern], sentence, hint)


def _values(node: MappingNode) -> Iterator[Node]:
    for key in ("always", "if past"):
        if key in node.items:
            yield node.items[key]
    yield from mapping_of(node, "match").items.values()


def _fits(fact: Fact, value: object) -> bool:
    kind = fact.type.kind
    if kind is Kind.BOOLEAN:
        return isinstance(value, bool)
    if kind is Kind.NUMBER:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str) and (kind is not Kind.CHOICE or value in fact.type.choices)
