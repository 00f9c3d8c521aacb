"""Each check has a page in docs/findings/, and what the page shows is found, and not found, as it says."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

from advise.authoring.checks import CHECKS
from advise.authoring.checks.checking import inspect
from advise.errors import Finding
from tests.docs.pages import DOCS, Block, blocks, workshop, write

PAGES = sorted((DOCS / "findings").glob("*.md"))
TODAY = date(2026, 3, 1)
MARK = re.compile(r"[ \t]*# found$", re.MULTILINE)
Places = set[tuple[str, str, int]]
HEADINGS = ["Found", "Not found", "To mend it"]


def sections(path: Path) -> dict[str, tuple[int, int]]:
    """The headings of a page, each with the lines under it."""
    lines = path.read_text("utf-8").splitlines()
    starts = [(i, line[3:]) for i, line in enumerate(lines, 1) if line.startswith("## ")]
    ends = [start for start, _ in starts[1:]] + [len(lines) + 1]
    return {name: (start, end) for (start, name), end in zip(starts, ends, strict=True)}


def shown(path: Path, heading: str) -> list[Block]:
    """The blocks under a heading."""
    start, end = sections(path)[heading]
    return [block for block in blocks(f"findings/{path.name}") if start < block.line < end]


def files_of(shown: Iterable[Block]) -> dict[str, str]:
    """The files that a section shows, without the marks. They are added to the workshop, unless one of them says
    `whole`: then they are everything."""
    found: dict[str, str] = {}
    whole = False
    for block in shown:
        name = block.attributes.get("file", "extra.yaml")
        found[name] = MARK.sub("", block.text)
        whole = whole or "whole" in block.attributes
    return found if whole else {**workshop(), **found}


def marked(shown: Iterable[Block]) -> set[tuple[str, int]]:
    """The lines that end in `# found`."""
    return {
        (block.attributes.get("file", "extra.yaml"), number)
        for block in shown
        for number, line in enumerate(block.text.splitlines(), 1)
        if MARK.search(line)
    }


def findings(folder: Path, files: Mapping[str, str], code: str) -> Iterator[Finding]:
    """What a check finds in these files; raises AssertionError when they don't load."""
    report = inspect(write(folder, dict(files)), TODAY, only=_needed(code))
    assert report.loads, "\n".join(map(str, report.findings))
    return (finding for finding in report.findings if finding.code == code)


def _needed(code: str) -> list[str]:
    """What is run to see one check: that of an unused exception needs the other."""
    return [] if code == "exception-unused" else [code]


def _new(found: Iterable[Finding], before: Places) -> set[tuple[str, int]]:
    """The files and lines of findings that weren't there before."""
    places = {(finding.code, finding.place.file, finding.place.line) for finding in found}
    return {(file, line) for _, file, line in places - before}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Places:
    """What is found in the workshop as docs/language.md has it: code, file and line."""
    report = inspect(write(tmp_path_factory.mktemp("plain"), workshop()), TODAY)
    return {(finding.code, finding.place.file, finding.place.line) for finding in report.findings}


def test_the_table_of_checks_is_up_to_date() -> None:
    page = (DOCS / "findings.md").read_text("utf-8")
    made = runpy.run_path(str(DOCS / "generate.py"))["findings_page"](page)
    assert made == page, "run: python docs/generate.py"


def test_every_check_has_a_page_and_every_page_a_check() -> None:
    assert [path.stem for path in PAGES] == sorted(CHECKS)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_says_what_the_table_says(path: Path) -> None:
    check = CHECKS[path.stem]
    head = f"# {check.code}\n\n*{check.severity.value.capitalize()}: {check.title}.*\n"
    assert path.read_text("utf-8").startswith(head)
    assert list(sections(path)) == HEADINGS


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_what_a_page_shows_as_found_is_found_there_and_nowhere_else(
    path: Path, tmp_path: Path, before: set[tuple[str, str, int]]
) -> None:
    examples = shown(path, "Found")
    assert marked(examples), "no line ends in `# found`"
    found = list(findings(tmp_path, files_of(examples), path.stem))
    assert _new(found, before) == marked(examples), "\n".join(map(str, found))
    assert {finding.severity for finding in found} == {CHECKS[path.stem].severity}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_what_a_page_shows_as_mended_is_not_found(
    path: Path, tmp_path: Path, before: set[tuple[str, str, int]]
) -> None:
    examples = shown(path, "Not found")
    assert examples, "nothing is shown"
    found = list(findings(tmp_path, files_of(examples), path.stem))
    assert not _new(found, before), "\n".join(map(str, found))
