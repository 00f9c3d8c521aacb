"""The rules as a knowledge base: a folder with a manifest, a facts schema and rules, as an expert would write them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from workload import LISTS, SCALARS, Condition, Field, Holds, Join, Over, Rule, Test

MANIFEST = """\
name: workload
title: The benchmark's workload
version: 1.0.0
language: 1
languages: [en]
facts: facts.schema.json
as_of: 2026-01-15
first_steps: 3
priorities:
  - growth: Growing
protected: [age]
sources:
  bench: {title: Made up for the benchmark}
"""


def write_folder(folder: Path, rules: Sequence[Rule]) -> None:
    """Writes the knowledge base to `folder`."""
    (folder / "knowledge_base.yaml").write_text(MANIFEST, encoding="utf-8")
    (folder / "facts.schema.json").write_text(json.dumps(_schema()), encoding="utf-8")
    read = {c.rule for rule in rules for c in rule.when if isinstance(c, Holds)}
    content = {
        "topic": "workload",
        "title": "The workload",
        "source": {"bench": "seeded"},
        "conclusions": {_name(id): {"means": f"Rule {id} holds", "type": "boolean"} for id in sorted(read)},
        "rules": [_rule(rule, rule.id in read) for rule in rules],
    }
    text = yaml.dump(content, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120)
    (folder / "workload.yaml").write_text(text, encoding="utf-8")


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _name(rule: str) -> str:
    return "holds_" + rule.replace("-", "_")


def _rule(rule: Rule, is_read: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"id": rule.id, "title": f"Rule {rule.id}"}
    found["when"] = [_condition(condition) for condition in rule.when]
    if is_read:
        found["conclude"] = {_name(rule.id): True}
    found["advise"] = {"say": f"Do what rule {rule.id} says.", "priority": "growth", "effort": "small"}
    return found


def _condition(condition: Condition) -> dict[str, Any]:
    match condition:
        case Test():
            return _tests([condition])
        case Holds():
            return {_name(condition.rule): not condition.negated}
        case Over():
            return {f"{condition.quantifier} {LISTS[condition.list][0]}": _tests(condition.where)}
        case Join():
            thing = LISTS[condition.right][0]
            same = {"field": {"same as": "goal.field"}}
            word = "no" if condition.anti else "some"
            inner = {f"{word} {thing}": {**same, **_tests(condition.right_where)}}
            return {"some goal": {**_tests(condition.where), **inner}}


def _tests(tests: Sequence[Test]) -> dict[str, Any]:
    return {test.field.name: _value(test) for test in tests}


def _value(test: Test) -> Any:
    match test.operator:
        case "is" | "one of":
            return test.value
        case "is not" | "not one of":
            return {"not": test.value}
    return {test.operator: test.value}


def _schema() -> dict[str, Any]:
    properties = {field.name: _leaf(field) for field in SCALARS}
    for name, (thing, fields) in LISTS.items():
        items = {"type": "object", "properties": {field.name: _leaf(field) for field in fields}}
        properties[name] = {"type": "array", "title": name.title(), "thing": thing, "items": items}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Facts",
        "type": "object",
        "properties": properties,
    }


def _leaf(field: Field) -> dict[str, Any]:
    title = field.name.replace("_", " ").capitalize()
    match field.kind:
        case "integer" | "number":
            return {"type": field.kind, "title": title, "minimum": field.spec[0], "maximum": field.spec[1]}
        case "boolean":
            return {"type": "boolean", "title": title}
        case "choice":
            return {"title": title, "oneOf": [{"const": value, "title": value.capitalize()} for value in field.spec]}
    return {"type": "string", "title": title}
