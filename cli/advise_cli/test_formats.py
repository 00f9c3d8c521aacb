"""What came of examples, for programs: JSON, JUnit's XML, and the annotations of GitHub's workflows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree

from advise_cli import test_report
from advise_cli.bases import from_here
from advise_cli.report import clean
from advise_cli.test_report import Came

if TYPE_CHECKING:
    from advise.authoring.sentences import Line
    from advise.errors import Finding, Place

NAME = "advise test"
FORMATS = {".json": "json", ".xml": "junit"}


class Run(NamedTuple):
    """A whole run. With `findings`, the knowledge base couldn't be used, and nothing was run."""

    folder: Path
    results: Sequence[Came]
    findings: Sequence[Finding]
    seconds: float


def as_json(run: Run) -> str:
    """The run as one JSON object."""
    differ = sum(each.verdict.differs for each in run.results)
    found = {
        "made_by": NAME,
        "knowledge_base": str(run.folder),
        "examples": len(run.results),
        "differ": differ,
        "seconds": round(run.seconds, 6),
        "findings": [
            {**_place(each.place, run.folder), "code": each.code, "sentence": each.sentence, "hint": each.hint}
            for each in run.findings
        ],
        "results": [_result(each, run.folder) for each in run.results],
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _place(place: Place, folder: Path) -> dict[str, Any]:
    return {"file": from_here(place, folder).file, "line": place.line, "column": place.column}


def _result(came: Came, folder: Path) -> dict[str, Any]:
    verdict, example = came.verdict, came.verdict.example
    return {
        **_place(example.place, folder),
        "kind": example.kind,
        "name": example.name,
        "rule": example.rule,
        "differs": verdict.differs,
        "seconds": round(verdict.seconds, 6),
        "problems": list(verdict.problems),
        "differences": [
            {
                "expectation": each.word,
                "name": each.name or None,
                "wanted": each.wanted,
                "found": each.found,
                "sentence": each.sentence,
                "why": _nested(why),
            }
            for each, why in zip(verdict.differences, came.why, strict=True)
        ],
    }


def _nested(why: Iterable[Line]) -> list[Any]:
    return [{"text": line.text, "below": _nested(line.below)} if line.below else {"text": line.text} for line in why]


def as_junit(run: Run) -> str:
    """The run as JUnit's XML: a test suite for each file, a test case for each example."""
    root = ElementTree.Element("testsuites", _counts(run.results, NAME, run.seconds))
    for file, group in groupby(run.results, key=lambda came: came.verdict.example.place.file):
        cases = list(group)
        seconds = sum(each.verdict.seconds for each in cases)
        suite = ElementTree.SubElement(root, "testsuite", _counts(cases, str(run.folder / file), seconds))
        for each in cases:
            _case(suite, each, run.folder)
    if run.findings:
        root.set("tests", "1")
        root.set("errors", "1")
        counts = {"name": str(run.folder), "tests": "1", "failures": "0", "errors": "1"}
        suite = ElementTree.SubElement(root, "testsuite", counts)
        case = ElementTree.SubElement(suite, "testcase", {"classname": str(run.folder), "name": "it loads"})
        _told(case, "error", "findings", f"{len(run.findings)} findings", map(str, run.findings))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _counts(cases: Sequence[Came], name: str, seconds: float) -> dict[str, str]:
    errors = sum(bool(each.verdict.problems) for each in cases)
    failures = sum(each.verdict.differs for each in cases) - errors
    counts = {"tests": len(cases), "failures": failures, "errors": errors, "skipped": 0}
    return {"name": name, **{key: str(count) for key, count in counts.items()}, "time": f"{seconds:.6f}"}


def _case(suite: ElementTree.Element, came: Came, folder: Path) -> None:
    verdict, example = came.verdict, came.verdict.example
    place = from_here(example.place, folder)
    attributes = {
        "classname": example.rule or f"{example.kind}s" if example.kind != "person" else "people",
        "name": clean(example.name),
        "file": place.file,
        "line": str(place.line),
        "time": f"{verdict.seconds:.6f}",
    }
    case = ElementTree.SubElement(suite, "testcase", attributes)
    if verdict.problems:
        _told(case, "error", "facts", "The facts can't be used.", test_report.details(came))
    elif verdict.differs:
        said = "; ".join(each.sentence for each in verdict.differences)
        _told(case, "failure", "difference", said, test_report.details(came))


def _told(case: ElementTree.Element, tag: str, kind: str, message: str, said: Iterable[str]) -> None:
    element = ElementTree.SubElement(case, tag, {"type": kind, "message": clean(message)})
    element.text = "".join(f"\n{_xml(line)}" for text in said for line in text.split("\n")) + "\n"


def _xml(line: str) -> str:
    """A line without what XML can't hold."""
    return "".join(sign if sign.isprintable() else " " for sign in line)


def as_github(run: Run) -> str:
    """The differences and findings as annotations, which GitHub shows beside the lines."""
    said = [
        _annotation(each.place, run.folder, each.code, f"{each.sentence} {each.hint}".rstrip()) for each in run.findings
    ]
    for came in run.results:
        if came.verdict.differs:
            example = came.verdict.example
            of = f" of {example.rule}" if example.rule else ""
            title = f'{example.kind} "{example.name}"{of}'
            said.append(_annotation(example.place, run.folder, title, "\n".join(test_report.details(came))))
    return "".join(f"{line}\n" for line in said)


def _annotation(place: Place, folder: Path, title: str, message: str) -> str:
    file = _escaped(from_here(place, folder).file, True)
    where = f"file={file},line={place.line},col={place.column},title={_escaped(title, True)}"
    return f"::error {where}::{_escaped(message, False)}"


def _escaped(text: str, is_property: bool) -> str:
    """As GitHub's workflow commands want it."""
    pairs = [("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), *([(":", "%3A"), (",", "%2C")] if is_property else [])]
    for sign, code in pairs:
        text = text.replace(sign, code)
    return text


WRITERS = {"json": as_json, "junit": as_junit, "github": as_github}
