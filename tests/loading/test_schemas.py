"""The schemas of rule files, manifests and cases: valid, closed, and each enumeration with its meaning."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from typing import Any

import jsonschema_rs
import pytest

NAMES = ("rules.schema.json", "manifest.schema.json", "cases.schema.json", "imports.schema.json")


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(resources.files("advise_schemas").joinpath(name).read_text("utf-8"))
    return found


def objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from objects(each)


@pytest.mark.parametrize("name", NAMES)
def test_schema_is_valid(name: str) -> None:
    assert jsonschema_rs.meta.is_valid(schema(name))


@pytest.mark.parametrize("name", NAMES)
def test_enumerations_explain_their_values(name: str) -> None:
    for node in objects(schema(name)):
        assert "enum" not in node
        for option in node.get("oneOf", ()):
            assert set(option) == {"const", "description"}


@pytest.mark.parametrize("name", NAMES)
def test_every_named_property_is_described_and_nothing_else_is_allowed(name: str) -> None:
    for node in objects(schema(name)):
        if isinstance(node.get("properties"), dict) and "type" in node:
            assert node["additionalProperties"] is False
            for key, value in node["properties"].items():
                assert "description" in value or "$ref" in value, key
