"""docs/testing.md: its edits are made, its commands run, and they print what the page shows."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pexpect
import pytest
from click.testing import CliRunner

from advise_cli.commands import cli
from advise_cli.exits import DONE, FINDINGS
from advise_cli.test_command import test as run_examples
from tests.docs.pages import DOCS, Block, blocks, workshop, write

PAGE = list(blocks("testing.md"))
# What isn't the same each time, and where things stand in the files of another page.
VARIES = re.compile(r"in \d+\.\d\d s|:\d+:\d+:")


def commands(block: Block) -> list[list[str]]:
    """The commands of a block, as lists of arguments."""
    return [shlex.split(line, comments=True)[1:] for line in block.text.splitlines()]


def apply(block: Block, file: Path) -> None:
    """Makes the edit that a block of `-` and `+` lines shows."""
    lines = block.text.splitlines(keepends=True)
    before, after = ("".join(line[1:] for line in lines if line[0] == sign) for sign in "-+")
    text = file.read_text("utf-8")
    assert text.count(before) == 1
    file.write_text(text.replace(before, after), "utf-8")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ADVISE_CACHE_DIR", str(tmp_path / "cache"))
    return write(tmp_path / "my_rules", workshop())


def test_the_commands_print_what_the_page_shows(here: Path) -> None:
    printed, ran = "", 0
    for block in PAGE:
        if block.kind == "diff":
            apply(block, here / "workshop.yaml")
        elif block.kind == "text":
            shown = VARIES.sub("", block.text)
            assert shown in VARIES.sub("", printed)
        elif block.kind == "sh" and "--watch" not in block.text:
            for arguments in commands(block):
                result = CliRunner().invoke(cli, arguments)
                assert result.exit_code in (DONE, FINDINGS), (arguments, result.stderr)
                printed = result.stdout
                ran += 1
    assert ran >= 13
    assert (here / "workshop.yaml.orig").is_file()


def test_it_watches_as_the_page_says(here: Path) -> None:
    pytest.importorskip("watchfiles", reason="the extra `authoring` isn't installed")
    (block,) = [each for each in PAGE if each.kind == "sh" and "--watch" in each.text]
    (arguments,) = commands(block)
    child = pexpect.spawn(sys.executable, ["-m", "advise_cli.main", *arguments], encoding="utf-8", timeout=20)
    child.expect("13 examples, all as expected")
    child.expect_exact("Ctrl-C ends.")
    (edit,) = [each for each in PAGE if each.kind == "diff"]
    apply(edit, here / "workshop.yaml")
    child.expect("nothing said about a crash")
    child.expect_exact("Ctrl-C ends.")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_the_page_names_every_option() -> None:
    text = (DOCS / "testing.md").read_text("utf-8")
    others = {"--coverage", "--annotate", "--mutate", "--facts", "--jobs", "--suggest", "--force"}
    options = {option for each in run_examples.params for option in each.opts if option.startswith("--")} - others
    assert len(options) > 10
    assert [option for option in sorted(options) if option not in text] == []
