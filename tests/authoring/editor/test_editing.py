"""A knowledge base that is being edited: what is found while somebody types, and when they save."""

from __future__ import annotations

from pathlib import Path

import pytest

from advise.authoring.editor import editing
from advise.authoring.editor.editing import Editing
from tests.authoring.checks.base import RULES, lamps

UNTIDY = RULES.replace("Take a lamp along.", "Take  a lamp along.")
BROKEN = RULES.replace("rain: true\n", "rian: true\n")


def codes(state: Editing) -> tuple[list[str], list[str]]:
    """What is found while typing, and when saved."""
    return [each.code for each in state.findings], [each.code for each in state.all_findings]


def test_what_stands_in_the_editor_counts(tmp_path: Path) -> None:
    folder = lamps(tmp_path)
    first = Editing(folder, {})
    assert codes(first) == ([], [])
    second = Editing(folder, {"lamps.yaml": UNTIDY}, first)
    assert codes(second) == (["text-spaces"], ["text-spaces"])
    third = Editing(folder, {"lamps.yaml": BROKEN}, second)
    assert codes(third) == (["unknown-fact"], ["unknown-fact"])
    assert third.book is second.book, "the last that had no errors"
    assert codes(Editing(folder, {"lamps.yaml": RULES}, third)) == ([], [])
    assert codes(Editing(folder, {}, second)) == ([], []), "closed without being saved"


def test_in_a_large_knowledge_base_the_checks_wait_until_it_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editing, "MOST_WHILE_TYPING", 1)
    assert codes(Editing(lamps(tmp_path, UNTIDY), {})) == ([], ["text-spaces"])
    assert codes(Editing(lamps(tmp_path, BROKEN), {})) == (["unknown-fact"], ["unknown-fact"])


def test_a_mark_at_the_start_of_a_file_moves_no_name(tmp_path: Path) -> None:
    folder = lamps(tmp_path)
    plain = Editing(folder, {})
    names, lines = plain.occurrences.all, plain.lines("lamps.yaml")
    (folder / "lamps.yaml").write_text(RULES, "utf-8-sig")
    marked = Editing(folder, {})
    assert marked.occurrences.all == names
    assert marked.lines("lamps.yaml") == lines
