"""`advise test --suggest` at the shell."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

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
