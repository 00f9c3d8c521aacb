"""docs/batch.md: its commands run on its files."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from advise_cli.commands import cli
from tests.docs.pages import DOCS

pytest.importorskip("pyarrow", reason="the extra `columnar` isn't installed")

PAGE = (DOCS / "batch.md").read_text("utf-8")


def test_its_commands_advise_everybody_but_the_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, content in re.findall(r"```csv file=(\S+)\n(.*?)```", PAGE, re.DOTALL):
        Path(name).write_text(content, "utf-8")
    commands = [line for block in re.findall(r"```sh run\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
    assert len(commands) == 3
    said = ""
    for command in commands:
        done = CliRunner().invoke(cli, shlex.split(command)[1:])
        assert done.exit_code == 0, done.output
        said += done.output
    assert "advice for 2 of 3 people" in said
    assert "A3" in Path("advice.rejects.csv").read_text("utf-8")
    assert "Person ID: keep" in Path("mapping.yaml").read_text("utf-8")
    assert Path("staff_advice.parquet").stat().st_size > 1000
