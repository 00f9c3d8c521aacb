"""docs/semantics.md: what its blocks say of rules and facts is so, with every evaluator."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from advise import KnowledgeBase
from advise.cases import differences
from advise.errors import Place
from advise.evaluate import Evaluation, Firing
from advise.operators import OPERATORS, Core
from advise.rules import Example
from advise.source import Findings, plain, read_yaml
from tests.docs.pages import DOCS, HEAD, Block, blocks, workshop, write
from tests.extras import DURABLE

PAGE = (DOCS / "semantics.md").read_text("utf-8")
AS_OF = date(2026, 3, 1)
CHECKS = [pytest.param(b, id=f"line {b.line}") for b in blocks("semantics.md") if "check" in b.attributes]
SECTIONS = ("conclusions", "computed", "derived", "parameters", "rules")


def _read(block: Block) -> dict[str, Any]:
    findings = Findings()
    node = read_yaml(block.text, f"semantics.md, line {block.line}", findings)
    assert node is not None
    assert not findings, "\n".join(map(str, findings.all))
    found = plain(node)
    assert set(found) <= {*SECTIONS, "conditions", "runs"}
    return dict(found)


def _base(folder: Path, check: dict[str, Any]) -> KnowledgeBase:
    advise = {"say": "Do it.", "priority": "fun", "effort": "small"}
    named = [
        {"id": name.replace("_", "-"), "title": name, "when": when, "advise": advise}
        for name, when in check.get("conditions", {}).items()
    ]
    sections = {name: check[name] for name in SECTIONS if name in check}
    sections["rules"] = [*sections.get("rules", []), *named]
    files = {name: text for name, text in workshop().items() if name in ("knowledge_base.yaml", "workshop.schema.json")}
    text = HEAD + "".join(f"{name}: {json.dumps(section)}\n" for name, section in sections.items())
    return KnowledgeBase.load(write(folder, {**files, "extra.yaml": text}))


def _named(base: KnowledgeBase, firings: tuple[Firing, ...], things: Any) -> list[str]:
    """Firings as the page writes them: `motor 1`, `motor *`."""
    found = []
    for index, binding in firings:
        rule = base.rulebook.rules[index]
        at = [
            "*" if i == len(things[scope.thing].items) else str(i) for scope, i in zip(rule.each, binding, strict=True)
        ]
        found.append(" ".join([rule.id, *at]))
    return sorted(found)


@pytest.mark.parametrize("block", CHECKS)
@pytest.mark.parametrize("evaluator", ["reference", "compiled", "columnar", DURABLE])
def test_each_run_on_the_page_comes_out_as_it_says(block: Block, evaluator: str, tmp_path: Path) -> None:
    if evaluator == "columnar":
        pytest.importorskip("numpy", reason="the extra `columnar` isn't installed")
    check = _read(block)
    base = _base(tmp_path, check)
    assert check["runs"]
    for run in check["runs"]:
        case = base.case(run["facts"], AS_OF)
        found: Evaluation = base.evaluate(case, evaluator)
        wanted = {bound: sorted(name.replace("_", "-") for name in run[bound]) for bound in ("certain", "open")}
        assert {bound: _named(base, getattr(found, bound), case.things) for bound in wanted} == wanted, run
        if "expect" in run:
            expected = Example("run", "case", run["facts"], AS_OF, run["expect"], Place("semantics.md"))
            assert list(differences(base.advise(run["facts"], as_of=AS_OF, evaluator=evaluator), expected)) == [], run


def test_every_section_about_meaning_has_a_check() -> None:
    sections = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    without = [section.splitlines()[0] for section in sections[1:] if "```yaml check" not in section]
    assert without == ["1. What goes in and what comes out", "12. Writing an evaluator"]


def test_every_operator_is_on_the_page() -> None:
    assert [word for word in OPERATORS if f"`{word}`" not in PAGE] == []
    assert [core.value for core in Core if f"`{core.value}`" not in PAGE] == []


def test_the_files_that_the_page_names_are_there() -> None:
    root = DOCS.parent
    names = re.findall(r"`((?:engine|tests)/[\w/]+\.py)`", PAGE)
    assert names
    assert [name for name in names if not (root / name).is_file()] == []
