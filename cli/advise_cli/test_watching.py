"""`advise test --watch`: the examples again at every save."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advise_cli import exits, files
from advise_cli.bases import folder_of, mend_first, said
from advise_cli.test_formats import Run
from advise_cli.testing import Request, explained, selection, told, until_first

if TYPE_CHECKING:
    from advise.authoring.examples.selection import Selection
    from advise.authoring.examples.testing import Suite, Verdict

_CLEAR = "\x1b[2J\x1b[3J\x1b[H"


def watch(request: Request) -> int:
    """Runs examples now and at every save, until Ctrl-C; returns the exit code. Raises UsageError."""
    from advise.authoring.examples.watching import saves

    if request.output or request.form != "text":
        raise click.UsageError("--watch is for the screen: leave out --format and --output.")
    folder = folder_of(request.folder)
    watched = _Watched(request, folder, selection(request, folder))
    try:
        for _ in saves(folder):
            text = watched.once()
            clear = _CLEAR if sys.stdout.isatty() else ""
            files.show(f"{clear}{text}".encode(sys.stdout.encoding, "replace"))
    except KeyboardInterrupt:
        return exits.DONE
    return exits.DONE


class _Watched:
    """What is known from one save to the next."""

    def __init__(self, request: Request, folder: Path, wanted: Selection) -> None:
        self.request, self.folder, self.wanted = request, folder, wanted
        self.last: Suite | None = None
        self.done: tuple[Suite, list[Verdict]] | None = None

    def once(self) -> str:
        """Runs what a save may have changed, and says what came out."""
        from advise.authoring.examples.selection import remember
        from advise.authoring.examples.testing import open_suite, run_again, run_all
        from advise.errors import UsageError

        begun = time.perf_counter()
        suite = self.last = open_suite(self.folder, self.last)
        if suite.base is None:
            lines = [said(each, self.folder) for each in suite.findings]
            summary = f"{self.folder}: {mend_first(len(suite.findings))}"
            return self._ended("".join(f"{line}\n" for line in [*lines, summary]))
        try:
            selected = self.wanted.of(suite)
        except UsageError as error:
            return self._ended(f"{error}\n")
        verdict = run_all(suite.base, selected) if self.done is None else run_again(suite, selected, *self.done)
        results = list(until_first(verdict, self.request.exitfirst))
        self.done = suite, results
        remember(self.folder, results)
        run = Run(self.folder, explained(suite.base, results), (), time.perf_counter() - begun)
        return self._ended(told(run, self.request, len(selected)))

    def _ended(self, text: str) -> str:
        return f"{text}{time.strftime('%H:%M:%S')}, waiting for a save; Ctrl-C ends.\n"
