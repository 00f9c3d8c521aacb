"""The page about the command says what the command says."""

from __future__ import annotations

from pathlib import Path

import pytest

from advise_cli import manual
from advise_cli.commands import cli
from advise_cli.exits import MEANINGS

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"


def test_the_page_has_the_help_as_it_is() -> None:
    page = PAGE.read_text("utf-8")
    assert manual.renewed(page) == page, "run: python -m advise_cli.manual docs/cli.md"
    for command in ("", *cli.lazy):
        assert manual.help_text(command) in page


def test_the_page_has_every_exit_code() -> None:
    page = PAGE.read_text("utf-8")
    for code, meaning in MEANINGS:
        assert f"| {code} | {meaning[0].upper()}{meaning[1:4]}" in page


def test_renewing_replaces_old_help_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    page.write_text("Before.\n<!-- help: advise check -->\n```text\nold\n```\nAfter.\n", "utf-8")
    monkeypatch.setattr("sys.argv", ["manual", str(page)])
    manual.main()
    assert page.read_text("utf-8") == (
        f"Before.\n<!-- help: advise check -->\n```text\n{manual.help_text('check')}\n```\nAfter.\n"
    )
