"""docs/diff.md: its edits are made in a repository with the workshop of docs/language.md, and give what it shows."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from itertools import takewhile
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from advise_cli.commands import cli
from tests.docs.pages import DOCS, blocks, workshop, write

PAGE = "diff.md"
FOUND = "It makes a difference for this person:\n"


def _git(*words: str) -> None:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *words], capture_output=True, check=True)


def said(folder: Path) -> list[tuple[str, str]]:
    """What each command of the page prints, with what the page says that it prints."""
    write(folder, workshop())
    _git("init", "-q")
    _git("add", ".")
    _git("commit", "-qm", "one")
    found, before, printed = [], "", ""
    for block in blocks(PAGE):
        if "before" in block.attributes:
            write(folder, workshop())
            before = block.text
        elif "after" in block.attributes:
            path = folder / block.attributes["after"]
            text = path.read_text("utf-8")
            assert text.count(before) == 1
            path.write_text(text.replace(before, block.text), "utf-8")
        elif "run" in block.attributes:
            done = CliRunner().invoke(cli, shlex.split(block.text)[1:])
            assert done.exit_code == 0, done.output
            printed = done.stdout
        elif "output" in block.attributes:
            found.append((printed, block.text))
    return found


@pytest.mark.skipif(shutil.which("git") is None, reason="git isn't installed")
def test_its_commands_print_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = said(tmp_path)
    assert len(found) == 2
    assert found[0][0] == found[0][1]
    # Whom the search finds is its own matter: whoever the page shows has to get other advice.
    (head, _, shown), (printed, _, _) = (text.partition(FOUND) for text in reversed(found[1]))
    assert (head, FOUND in found[1][0]) == (printed, True)
    facts = "".join(takewhile(lambda line: line.startswith("    "), shown.splitlines(keepends=True)))
    Path("shown.json").write_text(json.dumps(yaml.safe_load(facts)), "utf-8")
    done = CliRunner().invoke(cli, ["diff", "--people", "shown.json", "--quick", "--format", "json"])
    groups = json.loads(done.stdout)["people"]["groups"]
    assert any(person["name"] == "shown.json" for group in groups if not group["slight"] for person in group["people"])


def test_every_option_is_on_the_page() -> None:
    command = cli.get_command(None, "diff")  # type: ignore[arg-type]
    assert command is not None
    options = {name for each in command.params for name in each.opts if name.startswith("--")}
    text = (DOCS / PAGE).read_text("utf-8")
    missing = {each for each in options if not re.search(rf"{each}\b", text)}
    assert missing <= {"--force", "--no-color", "--output"}
