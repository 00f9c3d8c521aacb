"""Examples in rules, cases and people: a person's facts and what is expected of the outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from advise.errors import Place
from advise.loading import structure
from advise.loading.comparisons import choice
from advise.loading.context import Context, SilentError, WrongError, did_you_mean
from advise.loading.effects import rule_id
from advise.loading.folder import Folder
from advise.loading.names import Names, dotted
from advise.loading.nodes import mapping_of, place_of, text_of, with_plain, words_of
from advise.loading.operands import day_of
from advise.rules import Example
from advise.source import MappingNode, Node, Scalar, SequenceNode
from advise.types import Kind, Type

_ADVICE = ("given", "not given", "first", "later", "notes", "not now", "open", "not open")
_FIRED = ("fires", "not fires", "refers")
_CONCLUDED = ("not concluded", "conflicts")
_ASKED = ("asks", "not asks")


def read_rule_examples(context: Context, node: MappingNode, data: Mapping[str, Any]) -> Iterator[Example]:
    """The examples of a rule, whose plain values are `data`."""
    rule = text_of(node, "id")
    for example, values in with_plain(node, data, "examples"):
        yield _example(context, example, values, "example", values.get("facts"), context.manifest.as_of, rule=rule)


def _example(
    context: Context,
    node: MappingNode,
    data: Mapping[str, Any],
    kind: str,
    facts: Any,
    as_of: date,
    rule: str | None = None,
    name: str | None = None,
) -> Example:
    own = context.attempt(day_of, text_of(node, "as_of"), place_of(node, "as_of")) if "as_of" in node.items else None
    expect = node.items.get("expect")
    if isinstance(expect, MappingNode):
        _check_expectations(context, expect)
    return Example(
        name=name or words_of(node, "name"),
        kind=kind,
        facts=facts if isinstance(facts, Mapping) else {},
        as_of=own or as_of,
        expect=data["expect"] if isinstance(expect, MappingNode) else {},
        place=node.place,
        rule=rule,
        about=words_of(node, "about"),
        exact=kind == "person",
    )


# ------------------------------------------------------------------------------------ cases and people


def read_people(context: Context, folder: Folder) -> dict[str, Example]:
    """The people of a knowledge base, by the stem of their file."""
    found: dict[str, Example] = {}
    for file in folder.apart("people"):
        read = _read(context, folder, file, structure.PERSON)
        if read is not None:
            node, data = read
            stem = PurePosixPath(file).stem
            name = words_of(node, "name") or stem
            found[stem] = _example(context, node, data, "person", data.get("facts"), context.manifest.as_of, name=name)
    return found


def read_cases(context: Context, folder: Folder, people: Mapping[str, Example]) -> Iterator[Example]:
    """The cases of a knowledge base."""
    for file in folder.apart("cases"):
        read = _read(context, folder, file, structure.CASES)
        if read is None:
            continue
        node, data = read
        for case, values in with_plain(node, data, "cases"):
            example = context.attempt(_case, context, case, values, people)
            if example is not None:
                yield example


def _case(context: Context, node: MappingNode, data: Mapping[str, Any], people: Mapping[str, Example]) -> Example:
    facts, as_of = data.get("facts"), context.manifest.as_of
    if ("person" in node.items) == ("facts" in node.items):
        raise WrongError("missing-key", node.place, "A case has either `facts` or a `person`.", "Write one of them.")
    if "person" in node.items:
        stem = words_of(node, "person")
        if stem not in people:
            sentence = f"There is no person `{stem}` in people/."
            raise WrongError("unknown-person", place_of(node, "person"), sentence, did_you_mean(stem, people))
        facts, as_of = people[stem].facts, people[stem].as_of
    return _example(context, node, data, "case", facts, as_of)


def _read(context: Context, folder: Folder, file: str, schema: str) -> tuple[MappingNode, Mapping[str, Any]] | None:
    found = folder.nodes(file, part=False)
    if found is None:
        return None
    root, values = found
    structure.check(context, schema, root, values)
    return (root, values) if isinstance(root, MappingNode) else None


# ---------------------------------------------------------------------------------------- expectations


def _check_expectations(context: Context, expect: MappingNode) -> None:
    for key, node in expect.items.items():
        if key == "conclusions":
            concluded = mapping_of(expect, key)
            for name, value in concluded.items.items():
                context.attempt(_check_conclusion, context, name, concluded.keys[name], value)
            continue
        for each in node.items if isinstance(node, SequenceNode) else ():
            context.attempt(_check_named, context, key, each)


def _check_named(context: Context, key: str, node: Node) -> None:
    name = node.value if isinstance(node, Scalar) else None
    if not isinstance(name, str):
        raise SilentError
    if key in _ADVICE and not context.names.rules[rule_id(context, node)]:
        raise WrongError(
            "not-advice", node.place, f"The rule `{name}` gives no advice.", "Use `fires` for rules without."
        )
    if key in _FIRED:
        rule_id(context, node)
    if key in _CONCLUDED:
        _conclusion_type(context.names, name, node.place)
    if key in _ASKED:
        _check_asked(context.names, name, node.place)


def _conclusion_type(names: Names, name: str, place: Place) -> Type:
    for key, conclusion in names.conclusions.items():
        if dotted(key) == name:
            return conclusion.type
    if any(dotted(key) == name for key in names.broken):
        raise SilentError
    hint = did_you_mean(name, map(dotted, names.conclusions))
    raise WrongError("undeclared-conclusion", place, f"The conclusion `{name}` isn't declared.", hint)


def _check_conclusion(context: Context, name: str, place: Place, node: Node) -> None:
    type = _conclusion_type(context.names, name, place)
    value = node.value if isinstance(node, Scalar) else None
    if type.kind is Kind.CHOICE and isinstance(value, str):
        choice(name, type, value, node.place)
        return
    fits = {Kind.BOOLEAN: isinstance(value, bool), Kind.CHOICE: False, Kind.TEXT: isinstance(value, str)}
    if not fits.get(type.kind, isinstance(value, int | float) and not isinstance(value, bool)):
        hint = "write true or false" if type.kind is Kind.BOOLEAN else ""
        raise WrongError("wrong-type", node.place, f"`{name}` can't have this value.", hint)


def _check_asked(names: Names, name: str, place: Place) -> None:
    first, _, path = name.partition(".")
    thing = names.list_thing(first)
    if (thing is not None and (not path or (thing, path) in names.facts)) or (None, name) in names.facts:
        return
    options = [key[1] for key in names.facts if key[0] is None]
    for each in names.lists.values():
        options += [each.name, *(f"{each.name}.{key[1]}" for key in names.facts if key[0] == each.thing)]
    sentence = f"There is no fact `{name}` to ask for."
    raise WrongError("unknown-fact", place, sentence, did_you_mean(name, options))
