"""The narrowed schema in a real YAML language server: it completes, explains and underlines."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from advise import KnowledgeBase
from advise.authoring.editor.schema import editor_schema
from tests.authoring.editor.language_server import LanguageServer

SERVER = os.environ.get("YAML_LANGUAGE_SERVER") or shutil.which("yaml-language-server")
pytestmark = pytest.mark.skipif(
    SERVER is None, reason="yaml-language-server isn't installed: npm i yaml-language-server"
)

RULE = """\
# yaml-language-server: $schema=rules.schema.json
topic: test
title: Test
rules:
  - id: a-rule
    title: A rule
    when:
      - each job: {current: true, level: %s}
      - some goal:
          kind: role
          %s
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rules")
    schema = editor_schema(KnowledgeBase.load().rulebook)
    (path / "rules.schema.json").write_text(json.dumps(schema), "utf-8")
    return path


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[LanguageServer]:
    settings = {"yaml": {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}}
    with LanguageServer([str(SERVER), "--stdio"], folder, settings) as running:
        yield running


def labels(found: object) -> set[str]:
    items = found["items"] if isinstance(found, dict) else found
    assert isinstance(items, list)
    return {each["label"].strip('"') for each in items}


def test_the_name_of_a_fact_is_completed(server: LanguageServer, folder: Path) -> None:
    path = folder / "names.yaml"
    server.open(path, RULE % ("entry", "tar"))
    assert "target_level" in labels(server.at("completion", path, 10, 13))


def test_the_values_of_a_choice_are_completed_and_a_fact_is_explained(server: LanguageServer, folder: Path) -> None:
    path = folder / "values.yaml"
    text = RULE % ("entry", "kind: ")
    server.open(path, text.replace("          kind: role\n", ""))
    assert {"role", "better_terms"} <= labels(server.at("completion", path, 9, 16))
    hover = json.dumps(server.at("hover", path, 7, 35))
    assert "Level" in hover


@pytest.mark.parametrize(
    ("level", "extra", "line"),
    [("entri", "target_level: lead", 7), ("entry", "target_levle: lead", 10), ("entry", "target_level: 3", 10)],
    ids=["a value that there isn't", "a misspelt name", "a wrong type"],
)
def test_what_is_wrong_is_underlined_at_its_line(
    server: LanguageServer, folder: Path, level: str, extra: str, line: int
) -> None:
    path = folder / f"wrong_{level}_{line}_{len(extra)}.yaml"
    server.open(path, RULE % (level, extra))
    found = server.diagnostics(path)
    assert found
    assert {each["range"]["start"]["line"] for each in found} == {line}


def test_rules_of_the_knowledge_base_have_nothing_underlined(server: LanguageServer, folder: Path) -> None:
    for name in ("goals.yaml", "steps.yaml", "tables.yaml"):
        path = folder / name
        text = (KnowledgeBase.load().folder / name).read_text("utf-8")
        server.open(path, f"# yaml-language-server: $schema=rules.schema.json\n{text}")
        assert server.diagnostics(path) == []
