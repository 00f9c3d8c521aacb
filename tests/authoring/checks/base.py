"""A small knowledge base about lamps, and what the checks find in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from advise.authoring.checks.checking import inspect
from advise.errors import Finding

TODAY = date(2026, 3, 1)

MANIFEST = """\
name: lamps
title: Lamps
version: 1.0.0
language: 1
languages: [en]
facts: lamps.schema.json
as_of: 2026-03-01
first_steps: 2
priorities:
  - safety: Your safety
sources:
  handbook: {title: Handbook, author: The mechanics}
"""

SCHEMA = """\
{"type": "object", "properties": {
  "rain": {"type": "boolean", "title": "Rain", "question": "Do you ride in the rain?"},
  "night": {"type": "boolean", "title": "Night", "question": "Do you ride at night?"}
}}
"""

RULES = """\
topic: lamps
title: Lamps
source: {handbook: Lamps}
rules:
  - id: lamp
    title: A lamp
    when:
      - rain: true
    advise: {say: Take a lamp along., priority: safety, effort: small}
    examples:
      - name: rain
        facts: {rain: true}
        expect: {given: [lamp]}
      - name: no rain
        facts: {rain: false}
        expect: {not given: [lamp]}
  - id: bright-lamp
    title: A bright lamp
    when:
      - night: true
    advise: {say: Take a bright lamp along., priority: safety, effort: small}
    examples:
      - name: at night
        facts: {night: true}
        expect: {given: [bright-lamp]}
      - name: by day
        facts: {night: false}
        expect: {not given: [bright-lamp]}
"""


def lamps(folder: Path, rules: str = RULES, manifest: str = MANIFEST) -> Path:
    """The knowledge base, written to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "knowledge_base.yaml").write_bytes(manifest.encode())
    (folder / "lamps.schema.json").write_text(SCHEMA, "utf-8")
    (folder / "lamps.yaml").write_bytes(rules.encode())
    return folder


def found(folder: Path) -> list[tuple[str, str, int]]:
    """What is found: code, file and line."""
    return [(each.code, each.place.file, each.place.line) for each in findings(folder)]


def findings(folder: Path) -> tuple[Finding, ...]:
    """What is found."""
    report = inspect(folder, TODAY)
    assert report.loads, "\n".join(map(str, report.findings))
    return report.findings
