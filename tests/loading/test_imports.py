"""Faults in import files are found when the knowledge base is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from advise.loading import read
from tests.evaluate.base import folder

GOOD = """format: a trip log
recognise: [trips]
lists:
  - from: trips
    to: rides
    facts:
      to: {path: goal}
      day: {path: when, as: date}
      need: {path: how_often, match: {"(?i)every day": daily}}
"""


def findings(path: Path, text: str) -> list[tuple[str, int, int, str]]:
    made = folder(path, "  - {id: some-rule, title: T, when: [{note: true}], conclude: {other: true}}\n")
    (made / "imports").mkdir(exist_ok=True)
    (made / "imports" / "log.yaml").write_text(text, encoding="utf-8")
    _, found, _ = read(made)
    return [(each.code, each.place.line, each.place.column, each.hint) for each in found]


def test_a_right_import_has_no_findings(tmp_path: Path) -> None:
    assert findings(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("good", "bad", "code", "line", "column", "hint"),
    [
        ("to: rides", "to: ride", "unknown-fact", 5, 9, "did you mean `rides`?"),
        ("      day:", "      dya:", "unknown-fact", 8, 7, "did you mean `day`?"),
        ("daily}", "daly}", "unknown-value", 9, 56, "did you mean `daily`?"),
        ('"(?i)every day"', '"(every day"', "bad-pattern", 9, 39, "Check its brackets."),
        ("recognise: [trips]\n", "", "missing-key", 1, 1, ""),
        ("as: date", "as: day", "unknown-value", 8, 29, ""),
    ],
)
def test_a_fault_is_found_where_it_stands(
    tmp_path: Path, good: str, bad: str, code: str, line: int, column: int, hint: str
) -> None:
    ((found, *place, said),) = findings(tmp_path, GOOD.replace(good, bad))
    assert (found, *place) == (code, line, column)
    assert hint in said
