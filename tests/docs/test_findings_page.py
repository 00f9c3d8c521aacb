"""docs/findings.md names every code that the loader can give, and no other; the checks are in test_check_pages.py."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import advise
from advise.loading import read
from tests.docs.pages import DOCS, rule_file, workshop, write

ENGINE = Path(advise.__file__).parent
SOURCES = (
    *sorted((ENGINE / "loading").glob("*.py")),
    *(
        ENGINE / name
        for name in ("source.py", "_yaml_complaints.py", "_reading.py", "_json_text.py", "facts_schema.py")
    ),
)
CODE = re.compile(r"[a-z]+(-[a-z]+)+\Z")
PAGE = (DOCS / "findings.md").read_text("utf-8")
ERRORS = PAGE.split("\n# Errors\n")[1]


def _codes(path: Path) -> Iterator[str]:
    """The texts in a module that look like a code, and what `facts_schema` makes of its own short ones."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.match(node.value):
            yield node.value
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "_find"
            and node.args
        ):
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield f"facts-schema-{first.value}"


def _documented() -> list[str]:
    return re.findall(r"^\| `([a-z-]+)` \|", ERRORS, re.MULTILINE)


def test_every_code_in_the_source_is_on_the_page_and_no_other() -> None:
    in_source = {code for path in SOURCES for code in _codes(path)}
    assert len(in_source) > 100
    assert set(_documented()) == in_source


def test_each_code_is_there_once_with_its_meaning_and_its_mend() -> None:
    documented = _documented()
    assert sorted(documented) == sorted(set(documented))
    rows = [line for line in ERRORS.splitlines() if line.startswith("| `")]
    assert [row for row in rows if not re.fullmatch(r"\| `[a-z-]+` \| .+\. \| .+\. \|", row)] == []


def test_the_finding_that_the_page_shows_is_printed_so(tmp_path: Path) -> None:
    shown = re.search(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert shown is not None
    text = rule_file("- each bike: {last_servise: {at least: 12 months ago}}\n")
    (finding,) = read(write(tmp_path, {**workshop(), "extra.yaml": text}))[1]
    assert str(finding) == shown[1].rstrip("\n")
