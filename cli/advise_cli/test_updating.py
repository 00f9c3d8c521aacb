"""`advise test --update`: writes what came out as what is expected, after asking."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advise_cli import exits, files
from advise_cli.bases import folder_of, refuse
from advise_cli.report import counted
from advise_cli.test_report import lines
from advise_cli.testing import Request, explained, selection

if TYPE_CHECKING:
    from advise.authoring.examples.testing import Suite
    from advise.authoring.examples.updating import Update

_ANSWERS = {"y": "yes", "n": "no", "a": "all", "q": "quit"}


def update(request: Request, yes: bool) -> int:
    """Runs examples, and for each that differs offers to expect what came out; returns the exit code."""
    from advise.authoring.examples.testing import open_suite

    if request.output or request.form != "text":
        raise click.UsageError("--update asks on the screen: leave out --format and --output.")
    folder = folder_of(request.folder)
    suite = open_suite(folder)
    if suite.base is None:
        refuse(suite.findings, folder)
        return exits.FINDINGS
    selected = selection(request, folder).of(suite)
    session = _Session(request, folder, suite, yes)
    places = {each.place for each in selected}
    session.go([number for number, each in enumerate(suite.examples) if each.place in places])
    return session.ended(len(selected))


class _Session:
    """Goes through the examples, asks, and writes."""

    def __init__(self, request: Request, folder: Path, suite: Suite, yes: bool) -> None:
        self.request, self.folder, self.suite, self.yes = request, folder, suite, yes
        self.kept: dict[Path, None] = {}
        self.written = self.left = 0

    def go(self, numbers: Iterable[int]) -> None:
        """Examples are known by their number: an update moves those below it in the file."""
        from advise.authoring.examples.testing import run

        quits = False
        for number in numbers:
            verdict = run(self.suite.ready, self.suite.examples[number])
            if not verdict.differs:
                continue
            self.left += 1
            if not quits:
                for came in explained(self.suite.ready, [verdict]):
                    _show(*lines(came, self.folder, self.request.colour, False))
                quits = not self._offered(number)

    def _offered(self, number: int) -> bool:
        """Offers an update and writes it; False when nothing more is to be offered."""
        from advise.authoring.examples.testing import run
        from advise.authoring.examples.updating import propose
        from advise.errors import AdviseError

        try:
            found = propose(self.suite, run(self.suite.ready, self.suite.examples[number]))
        except AdviseError as error:
            _show(f"  {error}", "")
            return True
        _show(*(f"  {line}" for line in _changed_lines(found, self.request.colour)))
        answer = "y" if self.yes else _asked()
        self.yes = self.yes or answer == "a"
        if answer in ("y", "a"):
            self._write(found)
        _show("")
        return answer != "q"

    def _write(self, found: Update) -> None:
        from advise.authoring.examples.updating import write
        from advise.errors import AdviseError

        try:
            write(found, keep=found.path not in self.kept)
        except AdviseError as error:
            _show(f"  {error}")
            return
        self.kept[found.path] = None
        self.suite = found.suite
        self.written += 1
        self.left -= 1

    def ended(self, count: int) -> int:
        """Says what was done; returns the exit code."""
        from advise.authoring.examples.updating import ENDING

        for path in self.kept:
            name = self.folder / path.relative_to(self.folder.resolve())
            _show(f"{name} is changed; {name.name}{ENDING} beside it is the file as it was.")
        still = f", {self.left} still {'differs' if self.left == 1 else 'differ'}" if self.left else ""
        _show(f"{self.folder}: {counted(count, 'example')}, {self.written} with new expectations{still}.")
        return exits.FINDINGS if self.left else exits.DONE


def _show(*texts: str) -> None:
    files.show("".join(f"{text}\n" for text in texts).encode(sys.stdout.encoding, "replace"))


def _asked() -> str:
    """The answer to whether to write it; the end of the input means to quit."""
    options = ", ".join(f"{key} {word}" for key, word in _ANSWERS.items())
    try:
        said = click.prompt(
            f"  Expect this from now on? ({options})", type=click.Choice(list(_ANSWERS)), show_choices=False
        )
    except click.Abort:
        _show("")
        return "q"
    return str(said)


def _changed_lines(found: Update, colour: bool) -> Iterator[str]:
    before, after = (text.decode().splitlines() for text in (found.before, found.after))
    for line in difflib.unified_diff(before, after, n=0, lineterm=""):
        if not line.startswith(("---", "+++", "@@")):
            hue = "red" if line.startswith("-") else "green"
            yield click.style(line, fg=hue) if colour else line
