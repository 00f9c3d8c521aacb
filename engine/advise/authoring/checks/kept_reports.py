"""Reports of checks kept by content, so that a knowledge base that hasn't changed isn't looked at again.

They stand beside the compiled knowledge bases (see `advise.cache`), as plain JSON. A report is kept for one day: what
is overdue changes with it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from advise import cache
from advise.authoring.checks.reports import Report
from advise.errors import Edit, Finding, Fix, Place, Severity

MOST_KEPT = 16


def inspect(folder: Path, today: date) -> Report:
    """As `checking.inspect` for all checks, from what is kept if nothing has changed since."""
    place, key = _directory(), _key(folder, today)
    if place is None or key is None:
        return _looked_at(folder, today)
    kept = _read(place / f"{key}.json")
    if kept is not None:
        return kept
    report = _looked_at(folder, today)
    with suppress(OSError, TypeError, ValueError):  # a report that can't be kept is as good
        _write(place, key, report)
    return report


def _looked_at(folder: Path, today: date) -> Report:
    from advise.authoring.checks.checking import inspect as look  # only when nothing is kept: its imports take time

    return look(folder, today)


def _directory() -> Path | None:
    kept = cache.directory()
    return None if kept is None else kept / "reports"


def _key(folder: Path, today: date) -> str | None:
    """A hash of everything that decides what is found; None when it can't be read."""
    content = cache.key_of(folder)
    if content is None:
        return None
    digest = hashlib.sha256(f"{content}\0{today.isoformat()}\0{folder.name}".encode())
    for name in sorted(_names(folder)):  # the loader has something to say about the names of other files too
        digest.update(f"\0{name}".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _names(folder: Path) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = [each for each in folders if not each.startswith(("__", "."))]
        for name in (*folders, *files):
            path = Path(parent, name)
            yield f"{path} -> {path.resolve()}" if path.is_symlink() else str(path)


def _read(path: Path) -> Report | None:
    """A report; None when there's none, or none that can be used."""
    if not (cache.is_safe(path.parent.parent) and cache.is_safe(path.parent)):
        return None
    try:
        return _report(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _write(place: Path, key: str, report: Report) -> None:
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (cache.is_safe(place.parent) and cache.is_safe(place)):
        return
    cache.put(place / f"{key}.json", json.dumps(plain(report), ensure_ascii=False, separators=(",", ":")))
    entries = sorted(place.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in entries[MOST_KEPT:]:
        old.unlink(missing_ok=True)


# --------------------------------------------------------------------------------------- as plain values


def plain(report: Report) -> dict[str, Any]:
    """A report as plain values, for JSON."""
    return {
        "loads": report.loads,
        "rules": report.rules,
        "examples": report.examples,
        "findings": [_plain(finding) for finding in report.findings],
    }


def _plain(finding: Finding) -> dict[str, Any]:
    return {
        "file": finding.place.file,
        "line": finding.place.line,
        "column": finding.place.column,
        "code": finding.code,
        "severity": finding.severity.value,
        "sentence": finding.sentence,
        "hint": finding.hint,
        "excerpt": finding.excerpt,
        "fix": None if finding.fix is None else _plain_fix(finding.fix),
        "witness": None if finding.witness is None else dict(finding.witness),
    }


def _plain_fix(fix: Fix) -> dict[str, Any]:
    edits = [
        {
            "file": edit.start.file,
            "line": edit.start.line,
            "column": edit.start.column,
            "end_line": edit.end.line,
            "end_column": edit.end.column,
            "text": edit.text,
        }
        for edit in fix.edits
    ]
    return {"title": fix.title, "safe": fix.safe, "edits": edits}


def _report(values: Mapping[str, Any]) -> Report:
    findings = tuple(map(_finding, values["findings"]))
    return Report(findings, bool(values["loads"]), int(values["rules"]), int(values["examples"]))


def _finding(values: Mapping[str, Any]) -> Finding:
    fix = values["fix"]
    return Finding(
        Place(str(values["file"]), int(values["line"]), int(values["column"])),
        str(values["code"]),
        str(values["sentence"]),
        str(values["hint"]),
        str(values["excerpt"]),
        Severity(values["severity"]),
        None if fix is None else Fix(str(fix["title"]), tuple(map(_edit, fix["edits"])), bool(fix["safe"])),
        None if values["witness"] is None else dict(values["witness"]),
    )


def _edit(values: Mapping[str, Any]) -> Edit:
    start = Place(str(values["file"]), int(values["line"]), int(values["column"]))
    return Edit(start, Place(start.file, int(values["end_line"]), int(values["end_column"])), str(values["text"]))
