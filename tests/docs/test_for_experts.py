"""docs/for-experts.md from first to last: its files are written, its commands run, its outputs compared."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from advise_cli.commands import cli
from tests.docs.pages import DOCS
from tests.extras import NEEDS_AUTHORING

PAGE = (DOCS / "for-experts.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)([^\n]*)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
ANYTHING = "…"


def ran(block: str) -> tuple[str, int]:
    """What the commands of a block print, and the exit code of the last."""
    said, code = "", 0
    for line in block.splitlines():
        program, *arguments = shlex.split(line)
        assert program == "advise"
        done = CliRunner().invoke(cli, arguments)
        said, code = said + done.output, done.exit_code
    return said, code


def same(shown: str, said: str) -> bool:
    """Whether an output is as the page has it; `…` stands for any lines, and a run takes as long as it takes."""
    pattern = "".join(r"(.*\n)*?" if line == ANYTHING else re.escape(line) + r"[ ]*\n" for line in shown.splitlines())
    return re.fullmatch(re.sub(r"in\\ \d+\\\.\d+\\ s", r"in \\d+\\.\\d+ s", pattern), said) is not None


def put(more: str, text: str) -> None:
    """Writes a block to its file: at the end, as a whole new file, or above the line that has a word."""
    path = Path(re.findall(r"file=(\S+)", more)[0])
    above = re.findall(r"above=(\S+)", more)
    before = path.read_text("utf-8") if path.exists() and not more.endswith(" new") else ""
    if above:
        head, line, rest = re.split(rf"^(.*{re.escape(above[0])}.*\n)", before, maxsplit=1, flags=re.MULTILINE)
        path.write_text(head + text + line + rest, "utf-8")
    else:
        path.write_text(f"{before}\n{text}" if before else text, "utf-8")


def change(more: str, text: str) -> None:
    """Makes the change that a block shows."""
    path = Path(re.findall(r"file=(\S+)", more)[0])
    old, new = ("".join(f"{line[1:]}\n" for line in text.splitlines() if line[0] == sign) for sign in "-+")
    before = path.read_text("utf-8")
    assert before.count(old) == 1, old
    path.write_text(before.replace(old, new), "utf-8")


def test_the_tutorial_comes_out_as_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said, compared = "", 0
    for kind, more, text in BLOCKS:
        if kind == "sh":
            said, code = ran(text)
            assert code == (1 if "exit=1" in more else 0), said
        elif kind == "text":
            assert same(text, said), said
            compared += 1
        elif kind == "diff":
            change(more, text)
        else:
            put(more, text)
    assert compared > 8
    assert ran("advise fmt --check plants") == ("3 files, of which 0 would be formatted anew.\n", 0)


def test_an_output_that_differs_is_noticed() -> None:
    assert same("a\n…\nd\n", "a\nb\nc\nd\n")
    assert same("2 differ, in 0.1 s.\n", "2 differ, in 12.34 s.\n")
    assert not same("a\n", "a\nb\n")
    assert not same("a\nb\n", "a\n")


def test_every_block_is_a_command_a_file_a_change_or_an_output() -> None:
    assert {kind for kind, _, _ in BLOCKS} <= {"sh", "text", "yaml", "json", "diff"}
    assert all("run" in more for kind, more, _ in BLOCKS if kind == "sh")


@pytest.mark.parametrize(
    "command",
    [
        "new topic winter --in plants",
        "new person ana --in plants",
        "fmt plants",
        pytest.param("docs plants -o pages", marks=NEEDS_AUTHORING),
    ],
)
def test_a_command_that_it_names_in_passing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.chdir(tmp_path)
    ran("advise new base plants --thing plant")
    assert f"advise {command}" in PAGE
    said, code = ran(f"advise {command}")
    assert code == 0, said


def test_the_pages_that_it_links_to_are_there() -> None:
    for name in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (DOCS / name).is_file(), name
