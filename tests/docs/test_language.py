"""docs/language.md: every example is run, each wrong one is found wrong, and every word of the language is there."""

from __future__ import annotations

import json
import re
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from advise import KnowledgeBase
from advise.cases import run_examples
from advise.facts_text import read_facts
from advise.loading import read
from advise.operators import OPERATORS
from tests.docs.pages import DOCS, Block, blocks, rule_file, table_rows, workshop, write
from tests.extras import DURABLE

PAGE = (DOCS / "language.md").read_text("utf-8")
AS_OF = date(2026, 3, 1)
TESTS = table_rows("language.md", "Test")


def _marked(word: str) -> list[Any]:
    return [pytest.param(b, id=f"line {b.line}") for b in blocks("language.md") if word in b.attributes]


def _schema(name: str) -> Any:
    return json.loads((files("advise_schemas") / name).read_text("utf-8"))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    return KnowledgeBase.load(write(tmp_path_factory.mktemp("workshop"), workshop()))


def test_the_knowledge_base_on_the_page_has_no_findings(tmp_path: Path) -> None:
    rulebook, findings, examples = read(write(tmp_path, workshop()))
    assert not findings, "\n".join(map(str, findings))
    assert rulebook is not None
    assert len(rulebook.rules) > 10
    assert {example.kind for example in examples} == {"example", "case", "person"}


def test_its_examples_cases_and_people_come_out_as_expected(tmp_path: Path) -> None:
    results = list(run_examples(write(tmp_path, workshop())))
    assert len(results) > 10
    assert [(each.example.name, each.differences) for each in results if each.differences] == []


def test_an_example_that_expects_something_else_differs(tmp_path: Path) -> None:
    files = workshop()
    files["people/ana.yaml"] = files["people/ana.yaml"].replace("[new-pads, book-service]", "[book-service, new-pads]")
    assert [each.example.name for each in run_examples(write(tmp_path, files)) if each.differences] == ["Ana"]


@pytest.mark.parametrize("block", _marked("when"))
def test_conditions_on_the_page_load(block: Block, tmp_path: Path) -> None:
    findings = read(write(tmp_path, {**workshop(), "extra.yaml": rule_file(block.text)}))[1]
    assert not findings, "\n".join(map(str, findings))


@pytest.mark.parametrize("block", _marked("wrong"))
def test_what_is_marked_as_wrong_gives_exactly_that_finding(block: Block, tmp_path: Path) -> None:
    file = block.attributes.get("file")
    changed = {file: block.text} if file else {"extra.yaml": rule_file(block.text)}
    findings = read(write(tmp_path, {**workshop(), **changed}))[1]
    assert {finding.code for finding in findings} == {block.attributes["wrong"]}, "\n".join(map(str, findings))


@pytest.mark.parametrize("row", TESTS, ids=[row[0].strip("`") for row in TESTS])
@pytest.mark.parametrize("evaluator", ["compiled", "reference", DURABLE])
def test_each_cell_of_the_table_of_tests_is_so(row: list[str], evaluator: str, tmp_path: Path) -> None:
    files = {**workshop(), "extra.yaml": rule_file(f"- each bike: {{{row[0].strip('`')}}}\n")}
    base = KnowledgeBase.load(write(tmp_path, files))
    rule = [each.id for each in base.rulebook.rules].index("extra")
    for cell, wanted in zip(row[2:], (("certain",), (), ("open",)), strict=True):
        if cell:
            bike = cell.strip("`") if "name:" in cell else "name: Bike, " + cell.strip("`")
            facts = read_facts(f"bikes: [{{{bike}}}]".encode(), "cell.yaml").facts
            found = base.evaluate(base.case(facts, AS_OF), evaluator)
            assert tuple(name for name in ("certain", "open") if (rule, (0,)) in getattr(found, name)) == wanted, cell
    assert row[2]


def test_the_table_of_tests_has_every_operator() -> None:
    shown = " ".join(row[0] for row in TESTS)
    assert [word for word in OPERATORS if f"{{{word}:" not in shown and f", {word}:" not in shown] == []


def test_a_document_in_a_form_that_the_page_describes_becomes_facts(base: KnowledgeBase) -> None:
    route = {"destination": "the mill", "date": "2026-05", "surface": "Gravel road"}
    facts, notices = base.imported({"routes": [route]}, AS_OF)
    assert facts == {"trips": [{"to": "the mill", "on": "2026-05", "terrain": "gravel"}]}
    assert "route app" in notices[0]


def test_the_page_names_every_word_of_the_language() -> None:
    wanted = set(OPERATORS)
    for name in ("rules.schema.json", "manifest.schema.json", "cases.schema.json"):
        wanted |= set(_keys(_schema(name)))
    missing = sorted(word for word in wanted if not _is_named(word))
    assert missing == []


def _is_named(word: str) -> bool:
    """True when a word stands in code: in a block, or between backquotes."""
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", PAGE, re.DOTALL))
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", code) is not None


def _keys(schema: Any) -> Any:
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        if isinstance(schema.get("const"), str):
            yield schema["const"]
        for value in schema.values():
            yield from _keys(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _keys(value)


@pytest.mark.parametrize(
    ("heading", "file", "where"),
    [
        ("Key | Meaning", "manifest.schema.json", ()),
        ("Expectation", "cases.schema.json", ("$defs", "expect")),
    ],
)
def test_tables_of_keys_are_whole(heading: str, file: str, where: tuple[str, ...]) -> None:
    schema = _schema(file)
    for step in where:
        schema = schema[step]
    named = {
        word for row in table_rows("language.md", heading.split(" |")[0]) for word in re.findall("`([^`]+)`", row[0])
    }
    assert named == set(schema["properties"])


def test_every_word_for_facts_is_in_its_table() -> None:
    from advise import facts_schema

    rows = [*table_rows("language.md", "A fact is"), *table_rows("language.md", "Word")]
    shown = " ".join(cell for row in rows for cell in row)
    words = set().union(*(facts_schema._NUMBER, facts_schema._TEXT, facts_schema._CHOICE, facts_schema._LIST))
    plain = {"type", "title", "description", "$comment", "examples"}
    assert [word for word in sorted(words - plain) if word not in shown] == []


def test_the_page_links_to_the_pages_beside_it() -> None:
    for name in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (DOCS / name).is_file(), name
