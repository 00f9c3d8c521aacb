"""The command for whole tables: a file of people in, a file of advice out, a bar meanwhile and a summary after."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from advise import KnowledgeBase
from advise.errors import KnowledgeBaseError
from advise_cli import bases, exits, files
from advise_cli.report import clean, counted

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from advise.batch import Job, Progress, Summary

_MOST_SHOWN = 10


class Request(NamedTuple):
    """What the command line asked for."""

    people: str
    output: str | None
    read_as: str | None = None
    write_as: str | None = None
    mapping: str | None = None
    wants_map: bool = False
    keep: tuple[str, ...] = ()
    per: str = "item"
    questions: bool = True
    rejects: str | None = None
    summary: str | None = None
    as_of: date | None = None
    rules: str | None = None
    threads: int | None = None
    force: bool = False
    restart: bool = False
    quiet: bool = False


def batch(request: Request) -> int:
    """Does what was asked for; returns the exit code.

    Raises click's UsageError for options that don't go together, and the library's AdviseErrors.
    """
    if request.output is None and not request.wants_map:
        raise click.UsageError("Name a file for the advice: -o advice.parquet, or ask for a draft with --map.")
    folder = bases.folder_of(request.rules) if request.rules else bases.career()
    try:
        base = KnowledgeBase.load(folder)
    except KnowledgeBaseError as error:
        bases.refuse(error.findings, folder)
        return exits.FINDINGS
    return _draft(base, request) if request.wants_map else _advise(base, request)


def _draft(base: KnowledgeBase, request: Request) -> int:
    from advise.batch import draft

    text = draft(Path(request.people), base.rulebook, request.read_as).encode()
    files.save(request.output, text, request.force) if request.output else files.show(text)
    return exits.DONE


def _advise(base: KnowledgeBase, request: Request) -> int:
    from advise.batch import run

    job = _job(request)
    if request.summary:
        files.check_target(request.summary, request.force)
        files.check_apart(request.summary, (request.people, str(job.output), str(job.rejects_file)))
    with _watching(request.quiet) as watch:
        try:
            summary = run(base, job, progress=watch.progress, say=watch.say)
        except KeyboardInterrupt:
            watch.end()
            done = f" {watch.people:,} rows are done." if watch.people else ""
            click.echo(f"Stopped.{done} The same command goes on from there.", err=True)
            return exits.INTERRUPTED
    if request.summary:
        content = json.dumps(summary.to_dict(), ensure_ascii=False, indent=2) + "\n"
        files.save(request.summary, content.encode(), request.force)
    if not request.quiet:
        files.show(("\n".join(summary_lines(summary, job)) + "\n").encode(sys.stdout.encoding, "replace"))
    return exits.BAD_INPUT if summary.people and summary.rejected == summary.people else exits.DONE


def _job(request: Request) -> Job:
    from advise.batch import Job, Per

    assert request.output is not None
    return Job(
        Path(request.people),
        Path(request.output),
        rejects=Path(request.rejects) if request.rejects else None,
        read_as=request.read_as,
        write_as=request.write_as,
        mapping=Path(request.mapping) if request.mapping else None,
        keep=request.keep,
        per=Per(request.per),
        questions=request.questions,
        as_of=request.as_of,
        threads=request.threads,
        force=request.force,
        restart=request.restart,
    )


# ---------------------------------------------------------------------------------------------- meanwhile


@dataclass
class _Watch:
    """Shows how far a run is on standard error: a bar when that is a terminal, nothing when it isn't."""

    has_bar: bool
    people: int = 0
    _bar: ProgressBar[int] | None = None
    _began: float = field(default_factory=time.monotonic)
    _shown: str = ""

    def say(self, sentence: str) -> None:
        click.echo(clean(sentence), err=True)

    def progress(self, now: Progress) -> None:
        self.people = now.people
        if not self.has_bar:
            return
        if self._bar is None:
            self._bar = click.progressbar(
                length=max(now.total, 1),
                file=sys.stderr,
                show_eta=False,
                item_show_func=lambda _: self._shown,
                width=24,
            )
        self._shown = self._said(now)
        self._bar.update(now.done - self._bar.pos, 0)
        self._bar.render_progress()

    def _said(self, now: Progress) -> str:
        if now.joining:
            return f"{now.people:,} rows, putting them together"
        passed = max(time.monotonic() - self._began, 1e-3)
        rate = (now.people - now.began) / passed
        # Of the input, what was read since this run began decides what's left; a run before this one had its own pace.
        share = now.done / max(now.total, 1)
        before = share * now.began / max(now.people, 1)
        left = (1 - share) * passed / max(share - before, 1e-9)
        return f"{now.people:,} rows, {rate:,.0f} a second, {_duration(left)} left"

    def end(self) -> None:
        if self._bar is not None:
            self._bar.render_finish()
            self._bar = None


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@contextmanager
def _watching(quiet: bool) -> Iterator[_Watch]:
    watch = _Watch(has_bar=sys.stderr.isatty() and not quiet)
    try:
        yield watch
    finally:
        watch.end()


# -------------------------------------------------------------------------------------------------- after


def summary_lines(summary: Summary, job: Job) -> Iterator[str]:
    """The summary as lines of text."""
    advised = summary.people - summary.rejected
    people = f"{summary.people:,} {'person' if summary.people == 1 else 'people'}"
    yield f"{job.output}: advice for {advised:,} of {people}, as of {summary.as_of}."
    if summary.rejected:
        yield from ("", f"{summary.rejected:,} rejected, in {job.rejects_file}:")
        yield from _table([(f"{count:,}", reason) for reason, count in summary.reasons[:_MOST_SHOWN]])
        yield from _more(len(summary.reasons), "reason")
    if summary.kinds:
        yield from ("", "People with at least one item that is:")
        yield from _table([(f"{count:,}", kind) for kind, count in summary.kinds.items()])
    if summary.rules:
        kinds = [kind for kind in ("given", "not now", "open", "refer") if any(kind in r.people for r in summary.rules)]
        head = (*kinds, "people with this advice")
        rows = [
            (*(f"{each.people.get(kind, 0):,}" for kind in kinds), f"{each.title} ({each.rule})")
            for each in summary.rules
        ]
        yield from ("", *_table([head, *rows]))
    yield from _questions(summary)


def _questions(summary: Summary) -> Iterator[str]:
    asked = [each for each in summary.questions if not each.assumed]
    if not asked:
        return
    yield from ("", "Questions most worth asking:")
    rows = [
        (f"{each.people:,}", f"{each.decides:,}", f"{each.ask or each.title} ({each.fact})")
        for each in asked[:_MOST_SHOWN]
    ]
    yield from _table([("people", "items decided", "question"), *rows])
    yield from _more(len(asked), "question")


def _more(count: int, what: str) -> Iterator[str]:
    if count > _MOST_SHOWN:
        yield f"  … and {counted(count - _MOST_SHOWN, f'more {what}')}; --summary FILE.json has all."


def _table(rows: list[tuple[Any, ...]]) -> Iterator[str]:
    """Rows with their numbers in columns, and the words after them."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    for *numbers, said in rows:
        yield "  " + "  ".join([*(n.rjust(w) for n, w in zip(numbers, widths, strict=True)), clean(said)])
