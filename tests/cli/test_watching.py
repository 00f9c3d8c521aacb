"""`advise test --watch` in a terminal of its own: it runs again at every save, and ends at Ctrl-C."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest
from click.testing import CliRunner

from advise_cli.commands import cli
from advise_cli.exits import BAD_INPUT

pytest.importorskip("watchfiles", reason="the extra `authoring` isn't installed")

WAITING = "waiting for a save; Ctrl-C ends."
PATIENCE = 20


class Terminal:
    """A terminal in which the examples of `rules` are watched."""

    def __init__(self, *options: str) -> None:
        command = " ".join([sys.executable, "-m", "advise_cli.main", "test", "rules", "--watch", *options])
        environment = {**os.environ, "TERM": "xterm-256color"}
        self.child = pexpect.spawn(command, dimensions=(50, 120), encoding="utf-8", env=environment, timeout=PATIENCE)

    def shows(self) -> str:
        """What is on the screen once it waits again, without colours."""
        self.child.expect_exact(WAITING)
        before = self.child.before
        assert isinstance(before, str)
        screen = before.replace("\r\n", "\n").rpartition("\x1b[H")[2]
        return re.sub("\x1b\\[[0-9;]*m", "", screen)

    def ends(self) -> int | None:
        """The exit code after Ctrl-C."""
        self.child.sendintr()
        self.child.expect(pexpect.EOF)
        rest = self.child.before
        assert isinstance(rest, str)
        assert rest.replace("^C", "").strip() == ""
        self.child.close()
        status = self.child.exitstatus
        return status if status is None else int(status)


def save(path: Path, before: str, after: str) -> None:
    """As an editor saves: the file is replaced."""
    text = path.read_text("utf-8")
    assert before in text
    draft = path.with_name(path.name + "~")
    draft.write_text(text.replace(before, after), "utf-8")
    draft.replace(path)


@pytest.fixture
def terminal(garden: Path) -> Iterator[Terminal]:
    assert garden.is_dir()
    terminal = Terminal()
    yield terminal
    terminal.child.close(force=True)


def test_it_runs_again_at_every_save_and_ends_quietly(garden: Path, terminal: Terminal) -> None:
    rules = garden / "rules" / "beds.yaml"
    assert re.search(r"^rules: 2 examples, all as expected, in ", terminal.shows())

    save(rules, "expect: {given: [feed]}", "expect: {not fires: [feed]}")
    screen = terminal.shows()
    assert re.match(r'rules/beds\.yaml:\d+:9: example "hungry beans" of feed\n', screen)
    assert "it holds for beans, because" in screen
    assert "rules: 2 examples (1 of them run again), 1 differs, in " in screen

    save(rules, "{hungry: true}\n", "{hungri: true}\n")
    screen = terminal.shows()
    assert screen.startswith("rules/beds.yaml:")
    assert "unknown-fact" in screen
    assert "rules: 1 finding; mend it first." in screen

    save(rules, "{hungri: true}\n", "{hungry: true}\n")
    assert "rules: 2 examples (1 of them run again), 1 differs, in " in terminal.shows()
    save(rules, "expect: {not fires: [feed]}", "expect: {given: [feed]}")
    assert "rules: 2 examples (1 of them run again), all as expected, in " in terminal.shows()
    assert terminal.ends() == 0


def test_new_files_and_files_written_in_place_are_noticed(garden: Path, terminal: Terminal) -> None:
    terminal.shows()
    (garden / "rules" / "people").mkdir()
    ann = garden / "rules" / "people" / "ann.yaml"
    ann.write_text("name: Ann\nabout: Grows beans\nfacts: {beds: [], crops: []}\nexpect: {first: []}\n", "utf-8")
    assert "rules: 3 examples (1 of them run again), all as expected" in terminal.shows()
    ann.write_text(ann.read_text("utf-8").replace("first: []", "first: [feed]"), "utf-8")
    assert "1 differs" in terminal.shows()
    ann.unlink()
    assert "rules: 2 examples" in terminal.shows()


def test_a_rule_that_is_gone_is_said_and_waited_for(garden: Path) -> None:
    terminal = Terminal("--rule", "feed")
    try:
        assert "rules: 1 example," in terminal.shows()
        save(garden / "rules" / "beds.yaml", "id: feed", "id: manure")
        assert "feed" in terminal.shows()
        save(garden / "rules" / "beds.yaml", "given: [feed]", "given: [manure]")
        assert terminal.shows().startswith("There's no rule `feed`")
        save(garden / "rules" / "beds.yaml", "id: manure", "id: feed")
        terminal.shows()
    finally:
        terminal.child.close(force=True)


def test_a_folder_that_is_gone_is_a_sentence(garden: Path, terminal: Terminal) -> None:
    terminal.shows()
    (garden / "rules").rename(garden / "elsewhere")
    terminal.child.expect_exact("rules is gone.")
    terminal.child.expect(pexpect.EOF)
    terminal.child.close()
    assert terminal.child.exitstatus == BAD_INPUT


@pytest.mark.usefixtures("garden")
def test_without_the_extra_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    result = CliRunner().invoke(cli, ["test", "rules", "--watch"])
    assert result.exit_code == BAD_INPUT
    assert result.stderr == "To watch files, watchfiles is needed: pip install 'advise-engine[authoring]'\n"


def test_what_is_shown_is_there_well_within_a_second_of_the_save(garden: Path, terminal: Terminal) -> None:
    terminal.shows()
    took = []
    for before, after in [("means: The", "means: This"), ("means: This", "means: The")] * 3:
        begun = time.perf_counter()
        save(garden / "rules" / "beds.yaml", before, after)
        terminal.shows()
        took.append(time.perf_counter() - begun)
    assert sorted(took)[len(took) // 2] < 0.9  # the machine may be busy once or twice
