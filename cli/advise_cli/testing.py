"""`advise test`: which examples are run, and what is done with what came of them."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from advise_cli import exits, files
from advise_cli.checking import folder_of, refuse
from advise_cli.common import counts_aloud
from advise_cli.report import counted
from advise_cli.test_formats import NAME, WRITERS, Run
from advise_cli.test_report import Came, lines, summary

if TYPE_CHECKING:
    from advise.authoring.examples.selection import Selection
    from advise.authoring.examples.testing import Verdict
    from advise.knowledge_base import KnowledgeBase

_BLINK = 0.1
_HEAD = 200


class Request(NamedTuple):
    """What `advise test` was asked for."""

    folder: str | None = None
    rules: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    failed: bool = False
    exitfirst: bool = False
    verbose: bool = False
    form: str = "text"
    output: str | None = None
    force: bool = False
    colour: bool = False


def test(request: Request) -> int:
    """Runs examples and prints or writes what came of them; returns the exit code."""
    from advise.authoring.examples.selection import remember
    from advise.authoring.examples.testing import open_suite, run_all

    _check_output(request)
    begun = time.perf_counter()
    folder = folder_of(request.folder)
    suite = open_suite(folder)
    if suite.base is None:
        if request.form != "text":
            _write(Run(folder, (), suite.findings, time.perf_counter() - begun), request)
        refuse(suite.findings, folder)
        return exits.FINDINGS
    selected = selection(request, folder).of(suite)
    results = list(_counted_aloud(until_first(run_all(suite.base, selected), request.exitfirst)))
    remember(folder, results)
    run = Run(folder, explained(suite.base, results), (), time.perf_counter() - begun)
    if request.form == "text" or request.output:
        _say(run, request, len(selected))
    if request.form != "text":
        _write(run, request)
    return exits.FINDINGS if any(each.differs for each in results) else exits.DONE


def selection(request: Request, folder: Path) -> Selection:
    """Which examples are meant."""
    from advise.authoring.examples.selection import Selection, differed_last_time

    failed = differed_last_time(folder) if request.failed else None
    return Selection(request.rules, request.topics, request.files, request.words, request.kinds, failed)


def explained(base: KnowledgeBase, results: Iterable[Verdict]) -> list[Came]:
    """The results, with reasons for those that differ."""
    from advise.authoring.examples.reasons import reasons

    return [Came(each, reasons(base, each.example, each.differences) if each.differences else ()) for each in results]


def until_first(results: Iterable[Verdict], exitfirst: bool) -> Iterator[Verdict]:
    """The results, if asked for up to the first that differs."""
    for each in results:
        yield each
        if exitfirst and each.differs:
            return


def told(run: Run, request: Request, selected: int) -> str:
    """What came out, for people; `selected` is how many examples were to be run."""
    left = selected - len(run.results)
    said = [line for came in run.results for line in lines(came, run.folder, request.colour, request.verbose)]
    more = f"; {left} not run" if left else ""
    said.append(summary(run.folder, [each.verdict for each in run.results], run.seconds, more))
    return "".join(f"{line}\n" for line in said)


def _say(run: Run, request: Request, selected: int) -> None:
    text = told(run, request, selected)
    if request.output and request.form == "text":
        _save(text, request)
    else:
        files.show(text.encode(sys.stdout.encoding, "replace"))


# -------------------------------------------------------------------------------------------- reports


def _check_output(request: Request) -> None:
    """Raises UsageError when the report can't go where it should, before anything is run."""
    if request.output:
        files.check_target(request.output, request.force or _is_ours(request.output))


def _is_ours(path: str) -> bool:
    """Whether a file is a report of an earlier run, which may be replaced."""
    try:
        with Path(path).open(encoding="utf-8", errors="replace") as stream:
            beginning = stream.read(_HEAD)
    except OSError:
        return False
    return f'<testsuites name="{NAME}"' in beginning or f'"made_by": "{NAME}"' in beginning


def _write(run: Run, request: Request) -> None:
    text = WRITERS[request.form](run)
    if request.output:
        _save(text, request)
    else:
        files.show(text.encode())


def _save(text: str, request: Request) -> None:
    assert request.output is not None
    files.save(request.output, text.encode(), request.force or _is_ours(request.output))
    Path(request.output).chmod(0o644)  # unlike a report, it's about nobody


def _counted_aloud(items: Iterable[Verdict]) -> Iterator[Verdict]:
    """The items as they come, with their number on standard error while that is a terminal."""
    aloud, said = counts_aloud(), time.monotonic()
    for number, each in enumerate(items, 1):
        yield each
        if aloud and time.monotonic() - said > _BLINK:
            said = time.monotonic()
            click.echo(f"\r{counted(number, 'example')}", nl=False, err=True)
    if aloud:
        click.echo("\r\x1b[K", nl=False, err=True)
