"""Findings in the forms that other programs read: JSON, SARIF, JUnit and the commands of GitHub workflows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from advise.authoring.checks.reports import Report
    from advise.errors import Edit, Finding


def json_text(report: Report, folder: Path) -> str:
    """Plain JSON: what was looked at, and each finding with its place, words, fix and witness."""
    from advise.authoring.checks.kept_reports import plain

    return json.dumps({"folder": folder.as_posix(), **plain(report)}, ensure_ascii=False, indent=2) + "\n"


# ----------------------------------------------------------------------------------------------- SARIF

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(report: Report, folder: Path) -> str:
    """SARIF 2.1.0, for code hosts and editors."""
    codes = _codes(report)
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "advise", "version": _version(), "rules": list(map(_sarif_rule, codes))}},
                "columnKind": "unicodeCodePoints",
                "results": [_sarif_result(finding, folder, codes) for finding in report.findings],
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _version() -> str:
    from importlib.metadata import version

    return version("advise-engine")


def _codes(report: Report) -> list[str]:
    """The codes of all checks, and those of the errors that were found."""
    from advise.authoring.checks.table import CHECKS

    return sorted({*CHECKS, *(finding.code for finding in report.findings)})


def _sarif_rule(code: str) -> dict[str, Any]:
    from advise.authoring.checks.pages import page
    from advise.authoring.checks.table import CHECKS

    check, markdown = CHECKS.get(code), page(code)
    title = check.title if check is not None else "a knowledge base can't be loaded"
    rule: dict[str, Any] = {
        "id": code,
        "shortDescription": {"text": f"{title[:1].upper()}{title[1:]}."},
        "defaultConfiguration": {"level": check.severity.value if check is not None else "error"},
    }
    if markdown is not None:
        rule["help"] = {"text": markdown, "markdown": markdown}
    return rule


def _sarif_result(finding: Finding, folder: Path, codes: list[str]) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": finding.place.line, "startColumn": finding.place.column}
    if finding.excerpt:
        region["endColumn"] = finding.place.column + extent(finding)
        region["snippet"] = {"text": finding.excerpt}
    location = {"artifactLocation": {"uri": _uri(folder, finding.place.file)}, "region": region}
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": finding.severity.value,
        "message": {"text": said(finding)},
        "locations": [{"physicalLocation": location}],
    }
    if finding.fix is not None:
        result["fixes"] = [_sarif_fix(finding.fix.title, finding.fix.edits, folder)]
    if finding.witness is not None:
        result["properties"] = {"witness": dict(finding.witness)}
    return result


def _sarif_fix(title: str, edits: tuple[Edit, ...], folder: Path) -> dict[str, Any]:
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in edits:
        region = {
            "startLine": edit.start.line,
            "startColumn": edit.start.column,
            "endLine": edit.end.line,
            "endColumn": edit.end.column,
        }
        changes.setdefault(edit.start.file, []).append(
            {"deletedRegion": region, "insertedContent": {"text": edit.text}}
        )
    return {
        "description": {"text": title},
        "artifactChanges": [
            {"artifactLocation": {"uri": _uri(folder, name)}, "replacements": replacements}
            for name, replacements in changes.items()
        ],
    }


def _uri(folder: Path, name: str) -> str:
    path = folder / name
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def extent(finding: Finding) -> int:
    """How many characters a finding is about: the word at its place."""
    rest = finding.excerpt[finding.place.column - 1 :]
    return max(len(re.split(r"[:,}\]]", rest)[0].rstrip()), 1)


def said(finding: Finding) -> str:
    """The sentence and the hint of a finding."""
    return f"{finding.sentence} {finding.hint}".rstrip()


# ----------------------------------------------------------------------------------------------- JUnit

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report, folder: Path) -> str:
    """JUnit's XML as continuous integration reads it: a suite for each file, a failure for each error and warning.

    A note is a case that passes and says so; a knowledge base without findings is one case that passes.
    """
    from xml.etree import ElementTree

    root = ElementTree.Element("testsuites", name="advise check")
    by_file: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_file.setdefault(finding.place.file, []).append(finding)
    failures = 0
    for name, findings in by_file.items():
        failures += _junit_suite(root, (folder / name).as_posix(), findings)
    if not by_file:
        suite = ElementTree.SubElement(root, "testsuite", _counts(folder.as_posix(), 1, 0))
        ElementTree.SubElement(suite, "testcase", classname=folder.as_posix(), name="nothing to mend", time="0")
    total = _counts("advise check", max(len(report.findings), 1), failures)
    root.attrib.update(total)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _junit_suite(root: Any, name: str, findings: list[Finding]) -> int:
    from xml.etree.ElementTree import SubElement

    from advise.errors import Severity

    failures = sum(finding.severity is not Severity.NOTE for finding in findings)
    suite = SubElement(root, "testsuite", _counts(name, len(findings), failures))
    for finding in findings:
        place = f"{name}:{finding.place.line}:{finding.place.column}"
        case = SubElement(suite, "testcase", classname=name, name=f"{finding.code} at {place}", time="0")
        words = _NOT_XML.sub(" ", f"{place}: {said(finding)}")
        if finding.severity is Severity.NOTE:
            SubElement(case, "system-out").text = words
        else:
            message = _NOT_XML.sub(" ", finding.sentence)
            SubElement(case, "failure", type=finding.severity.value, message=message).text = words
    return failures


def _counts(name: str, tests: int, failures: int) -> dict[str, str]:
    return {"name": name, "tests": str(tests), "failures": str(failures), "errors": "0", "time": "0"}


# ---------------------------------------------------------------------------------------------- GitHub

_LEVELS: Final[Mapping[str, str]] = {"error": "error", "warning": "warning", "note": "notice"}


def github(report: Report, folder: Path) -> str:
    """Commands of a GitHub workflow, which it shows beside the lines."""
    return "".join(f"{line}\n" for line in _commands(report, folder))


def _commands(report: Report, folder: Path) -> Iterator[str]:
    for finding in report.findings:
        properties = {
            "file": (folder / finding.place.file).as_posix(),
            "line": str(finding.place.line),
            "col": str(finding.place.column),
            "title": finding.code,
        }
        given = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
        yield f"::{_LEVELS[finding.severity]} {given}::{_data(said(finding))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


FORMS: Final[Mapping[str, Callable[[Report, Path], str]]] = {
    "json": json_text,
    "sarif": sarif,
    "junit": junit,
    "github": github,
}
