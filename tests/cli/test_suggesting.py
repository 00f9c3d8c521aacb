"""`advise test --suggest` at the shell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from advise.authoring.examples.suggesting import Suggestions
from advise_cli.commands import cli
from advise_cli.exits import BAD_INPUT, DONE, FINDINGS
from tests.authoring.examples.test_suggesting import RULES
from tests.small_bases import plan


@pytest.fixture
def small(tmp_path: Path) -> Path:
    plan(tmp_path / "small", RULES)
    return tmp_path / "small"


def test_what_is_printed_is_yaml(small: Path) -> None:
    result = CliRunner().invoke(cli, ["test", str(small), "--suggest", "--rule", "settled"])
    assert result.exit_code == DONE
    examples = yaml.safe_load(result.stdout)
    assert {"name", "facts", "expect"} == set(examples[0])
    assert f"{len(examples)} examples for 1 rule" in result.stderr


def test_it_says_where_the_search_ended_early(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Suggestions.__init__, "__defaults__", (1,))
    result = CliRunner().invoke(cli, ["test", str(small), "--suggest", "--rule", "settled"])
    assert result.exit_code == DONE
    assert "settled: there may be more; the search ended, as it would take too long." in result.stderr


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="there's no terminal to try it on")
def test_on_a_terminal_it_says_how_far_it_is(small: Path) -> None:
    read_end, write_end = os.openpty()
    command = [sys.executable, "-m", "advise_cli.main", "test", str(small), "--suggest"]
    subprocess.run(command, stdout=subprocess.PIPE, stderr=write_end, check=True)
    os.close(write_end)
    assert b"rule 1 of 1: settled" in os.read(read_end, 10_000)


def test_it_goes_with_what_selects_rules_only(small: Path) -> None:
    for more in (["--coverage"], ["--watch"], ["--format", "json"], ["-k", "word"]):
        result = CliRunner().invoke(cli, ["test", str(small), "--suggest", *more])
        assert result.exit_code == BAD_INPUT, more
        assert "With --suggest go --rule, --topic and --file." in result.stderr


def test_a_knowledge_base_with_findings_is_refused(small: Path) -> None:
    (small / "work.yaml").write_text("topic: work\ntitle: Work\nrules: [{id: x}]\n", "utf-8")
    result = CliRunner().invoke(cli, ["test", str(small), "--suggest"])
    assert result.exit_code == FINDINGS
    assert "mend them first" in result.stderr
