"""The narrowed schemas take every file of the career knowledge base and refuse the mistakes that people make."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from advise import KnowledgeBase
from advise.authoring.editor.schema import KINDS, editor_schema
from advise.source import Findings, plain, read_yaml

BASE = KnowledgeBase.load()
FILES = {"rules": "*.yaml", "cases": "cases/*.yaml", "person": "people/*.yaml"}


@pytest.fixture(scope="module")
def validators() -> dict[str, Any]:
    made = {kind: editor_schema(BASE.rulebook, kind) for kind in KINDS}
    for schema in made.values():
        jsonschema.Draft7Validator.check_schema(schema)
    return {kind: jsonschema.Draft7Validator(schema) for kind, schema in made.items()}


@pytest.mark.parametrize("kind", FILES)
def test_every_file_of_the_knowledge_base_is_right(validators: dict[str, Any], kind: str) -> None:
    paths = [path for path in BASE.folder.glob(FILES[kind]) if path.name != "knowledge_base.yaml"]
    assert paths
    for path in paths:
        node = read_yaml(path.read_bytes(), path.name, Findings())
        assert node is not None
        found = [f"{path.name} {list(each.absolute_path)}" for each in validators[kind].iter_errors(plain(node))]
        assert found == []


def wrong(validators: dict[str, Any], rule: str) -> list[list[Any]]:
    text = f"topic: t\ntitle: T\nrules:\n  - {{id: a, title: A, {rule}}}\n"
    node = read_yaml(text.encode(), "t.yaml", Findings())
    assert node is not None
    return [list(each.absolute_path) for each in validators["rules"].iter_errors(plain(node))]


@pytest.mark.parametrize(
    "rule",
    [
        "when: [{each job: {current: true}}, {job.level: {at least: lead}}]",
        "when: [{each job: {level: {not: [entry, trainee]}, start: {at least: $settle_in_months ago}}}]",
        "when: [{no other job: {other job.level: entry}}]",
        "when: [{any: [{plan.written: true}, {not: {some goal: {kind: role}}}]}]",
        "when: [{count job: {where: {current: true}, at least: 2}}]",
        "when: [{some ladder: {field: {same as: job.field}}}]",
    ],
)
def test_what_is_right_is_taken(validators: dict[str, Any], rule: str) -> None:
    assert wrong(validators, rule) == []


@pytest.mark.parametrize(
    "rule",
    [
        "when: [{each jobs: {current: true}}]",
        "when: [{each job: {curent: true}}]",
        "when: [{each job: {level: leed}}]",
        "when: [{each job: {level: {atleast: lead}}}]",
        "when: [{each job: {current: {at least: 3}}}]",
        "when: [{some goal: {kind: {at least: role}}}]",
        "when: [{any: [{each job: {}}]}]",
        "when: [{count job: {where: {curent: true}, at least: 2}}]",
        "conclude: {job.redy: true}",
        "advise: {say: Do it., priority: urgent, effort: small}",
        "source: {artikle: Place}",
        "examples: [{name: one, facts: {jobs: [{titel: Cook}]}, expect: {}}]",
        "examples: [{name: one, facts: {}, expect: {concluded: [nothing]}}]",
    ],
)
def test_a_mistake_is_refused(validators: dict[str, Any], rule: str) -> None:
    assert wrong(validators, rule) != []


def test_names_carry_what_they_mean_and_values_their_words() -> None:
    definitions = editor_schema(BASE.rulebook)["definitions"]
    level = definitions["condition on job"]["properties"]["level"]
    assert level["description"].startswith("Level")
    assert BASE.rulebook.rules[0].title in str(definitions["rule id"])


def test_a_facts_file_may_say_that_something_is_not_known(validators: dict[str, Any]) -> None:
    assert validators["facts"].is_valid({"jobs": [{"title": None, "start": 2019, "level": None}], "goals": None})
    assert not validators["facts"].is_valid({"jobs": [{"start": "2019-13"}]})
