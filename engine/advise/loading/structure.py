"""Whether a file has the structure that its schema wants; if not, why, in words and at the exact place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from advise.errors import Place
from advise.loading.context import Context, did_you_mean, listed, quoted
from advise.source import MappingNode, Node, at

if TYPE_CHECKING:
    from jsonschema import ValidationError

RULES, MANIFEST, CASES = "rules.schema.json", "manifest.schema.json", "cases.schema.json"
IMPORTS = "imports.schema.json"
PERSON = "person"


@cache
def _schema(name: str) -> dict[str, Any]:
    file = CASES if name == PERSON else name
    schema: dict[str, Any] = json.loads(resources.files("advise_schemas").joinpath(file).read_text("utf-8"))
    if name == PERSON:
        return {"$schema": schema["$schema"], "$defs": schema["$defs"], "$ref": "#/$defs/person"}
    return schema


@cache
def _validator(name: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.Draft202012Validator(_schema(name))


@cache
def keys_of_a_rule() -> frozenset[str]:
    """What a rule may have."""
    return frozenset(_schema(RULES)["$defs"]["rule"]["properties"])


def check(context: Context, name: str, node: Node, data: Any) -> None:
    """Adds a finding for everything in `node`, whose plain values are `data`, that the schema `name` doesn't allow."""
    if not _validator(name).is_valid(data):
        _explain(context, name, node, data)


def _explain(context: Context, name: str, node: Node, data: Any) -> None:
    from jsonschema import Draft202012Validator

    for error in Draft202012Validator(_schema(name)).iter_errors(data):
        for leaf in _leaves(error):
            for code, place, sentence, hint in _described(node, leaf):
                context.findings.add(code, place, sentence, hint)
                if code not in ("missing-key", "unknown-key"):
                    context.malformed.add(place)


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """The errors of the alternative that was most likely meant."""
    if error.validator not in ("anyOf", "oneOf") or _constants(error):
        yield error
        return
    branches: dict[Any, list[ValidationError]] = {}
    for each in error.context or ():
        branches.setdefault(each.schema_path[0], []).append(each)
    for branch in branches.values():
        if not any(each.validator == "type" and not each.relative_path for each in branch):
            for each in branch:
                yield from _leaves(each)
            return
    yield error


def _constants(error: ValidationError) -> list[str]:
    """The values of an enumeration that is written as oneOf const."""
    options = error.validator_value
    return [str(each["const"]) for each in options if "const" in each] if isinstance(options, list) else []


Described = tuple[str, Place, str, str]


def _described(root: Node, error: ValidationError) -> Iterator[Described]:
    path = list(error.absolute_path)
    node = at(root, path) or root
    key = _called(path)
    wanted: Any = error.validator_value
    if "propertyNames" in error.absolute_schema_path:
        yield _bad_name(node, str(error.instance))
    elif error.validator == "additionalProperties":
        yield from _unknown_keys(node, error, key)
    elif error.validator == "required":
        given: Any = error.instance
        for missing in wanted:
            if missing not in given:
                yield "missing-key", node.place, f"{_of(path)} needs `{missing}:`.", ""
    elif error.validator in ("oneOf", "anyOf", "const"):
        yield _unknown_value(node, error, key)
    elif error.validator == "type":
        yield _wrong_type(node, error, key)
    elif error.validator == "pattern":
        yield _bad_pattern(node, error, key)
    elif error.validator in ("minItems", "maxItems", "maxProperties") and wanted != 1:
        yield "wrong-value", node.place, f"{key} needs {wanted} items.", ""
    elif error.validator in ("minItems", "minProperties"):
        yield "empty-value", node.place, f"{key} is empty.", "Fill it in, or delete it."
    elif error.validator == "uniqueItems":
        yield "duplicate-item", node.place, f"{key} names something twice.", "Keep one of them."
    else:
        yield "wrong-value", node.place, f"{key} can't have this value.", ""


def _called(path: list[str | int]) -> str:
    if not path:
        return "This file"
    return f"Each item of `{path[-2]}`" if isinstance(path[-1], int) and len(path) > 1 else f"`{path[-1]}`"


def _of(path: list[str | int]) -> str:
    if not path:
        return "This file"
    if isinstance(path[-1], int):
        singular = {"rules": "A rule", "examples": "An example", "cases": "A case"}
        return singular.get(str(path[-2]) if len(path) > 1 else "", f"Each of `{path[-2]}`")
    return f"`{path[-1]}`"


def _bad_name(node: Node, name: str) -> Described:
    place = node.keys.get(name, node.place) if isinstance(node, MappingNode) else node.place
    hint = "Use lower-case letters, digits and underscores; a dot stands between a thing and its name."
    return "bad-name", place, f"`{name}` can't be a name.", hint


def _unknown_keys(node: Node, error: ValidationError, key: str) -> Iterator[Described]:
    known = list(error.schema.get("properties", {})) if isinstance(error.schema, dict) else []
    where = f"in {key[0].lower()}{key[1:]}"
    given: Any = error.instance
    for name in given:
        if name not in known and isinstance(node, MappingNode):
            hint = did_you_mean(name, known) or f"What may stand here is {quoted(known)}."
            yield "unknown-key", node.keys.get(name, node.place), f"`{name}` has no meaning {where}.", hint


def _unknown_value(node: Node, error: ValidationError, key: str) -> Described:
    wanted: Any = error.validator_value
    constants = [str(wanted)] if error.validator == "const" else _constants(error)
    if not constants:
        types = [str(each.get("type", "")) for each in wanted if isinstance(each, dict)]
        wanted = listed(dict.fromkeys(_TYPES.get(type, "a text") for type in types))
        return "wrong-type", node.place, f"{key} should be {wanted}.", _type_hint(types, error.instance)
    given = error.instance
    hint = did_you_mean(str(given), constants) or f"It can be {quoted(constants)}."
    if isinstance(given, str | int | float):
        return "unknown-value", node.place, f"`{given}` is no value of {key}.", hint
    return "wrong-type", node.place, f"{key} should be one word.", hint


_TYPES = {
    "string": "a text",
    "object": "a mapping (`name: value`)",
    "array": "a list",
    "boolean": "true or false",
    "number": "a number",
    "integer": "a whole number",
    "null": "empty",
}


def _wrong_type(node: Node, error: ValidationError, key: str) -> Described:
    wanted: Any = error.validator_value
    types = [wanted] if isinstance(wanted, str) else list(wanted)
    sentence = f"{key} should be {listed(_TYPES[each] for each in types)}."
    return "wrong-type", node.place, sentence, _type_hint(types, error.instance)


def _type_hint(types: list[str], given: Any) -> str:
    if "boolean" in types and isinstance(given, str):
        return "write true or false"
    if given is None:
        return "Fill it in, or delete it."
    if "array" in types and isinstance(given, str | int | float):
        return f"Write it as a list: [{given}]."
    if "string" in types and isinstance(given, int | float):
        return "Put it in quotes."
    if "string" in types and isinstance(given, dict):
        return "A text that starts with { or has ': ' in it must stand in quotes."
    return ""


def _bad_pattern(node: Node, error: ValidationError, key: str) -> Described:
    given = str(error.instance)
    if error.validator_value == r"^\d{4}-\d\d-\d\d$":
        if len(given) in (4, 7) and given[:4].isdecimal():
            return (
                "partial-date",
                node.place,
                f"`{given}` is only part of a date.",
                "Write the day too, like 2024-03-05.",
            )
        return "bad-date", node.place, f"`{given}` isn't a date.", "Write it like 2024-03-05."
    if error.validator_value == r"\S":
        return "empty-text", node.place, f"{key} has no text.", "Say what people should read."
    hint = "Use lower-case letters and digits, with hyphens between words." if "-" in str(error.validator_value) else ""
    return "bad-name", node.place, f"`{given}` can't be {key}.", hint
