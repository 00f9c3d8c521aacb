"""docs/coverage.md: its commands run, and they print what the page shows."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from advise_cli.commands import cli
from advise_cli.exits import DONE
from tests.docs.pages import blocks, workshop, write


def test_the_commands_print_what_the_page_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "my_rules", workshop())
    printed, shown = "", 0
    for block in blocks("coverage.md"):
        if block.kind == "sh":
            result = CliRunner().invoke(cli, shlex.split(block.text)[1:])
            assert result.exit_code == DONE, (block.text, result.output)
            printed = result.stdout
        else:
            assert block.text in printed, block.text
            shown += 1
    assert shown == 4
