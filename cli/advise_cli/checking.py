"""The commands for those who write rules: what is wrong in a knowledge base, and which examples differ."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from advise_cli import exits, files
from advise_cli.report import clean, counted

if TYPE_CHECKING:
    from advise.cases import Result
    from advise.errors import Finding, Place

_T = TypeVar("_T")
_BLINK = 0.1
_MANIFEST = "knowledge_base.yaml"


def folder_of(named: str | None) -> Path:
    """The knowledge base that is meant: the one named, the one here, or the one that comes with advise.

    Raises click.UsageError for a name that isn't a knowledge base's folder.
    """
    if named is None:
        return Path() if Path(_MANIFEST).is_file() else career()
    if not Path(named).is_dir():
        raise click.UsageError(f"{named} isn't a folder. Name the folder that holds {_MANIFEST}.")
    if not Path(named, _MANIFEST).is_file():
        raise click.UsageError(f"{named} has no {_MANIFEST}, so it isn't a knowledge base.")
    return Path(named)


def career() -> Path:
    """The knowledge base that comes with advise."""
    from advise.knowledge_base import career_folder

    return career_folder()


def refuse(findings: Sequence[Finding], folder: Path) -> None:
    """Says on standard error why a knowledge base can't be used."""
    lines = [said(each, folder) for each in findings]
    click.echo("\n".join([*lines, f"{folder}: {counted(len(findings), 'finding')}; mend them first."]), err=True)


def check(named: str | None, colour: bool) -> int:
    """Prints the findings of a knowledge base and a summary; returns the exit code."""
    from advise.authoring.checking import inspect

    folder = folder_of(named)
    report = inspect(folder, date.today())
    lines = [_coloured(said(each, folder), colour) for each in report.findings]
    if report.findings:
        lines.append(f"{folder}: {counted(len(report.findings), 'finding')}.")
    else:
        held = f"{counted(report.rules, 'rule')}, {counted(report.examples, 'example')}"
        lines.append(f"{folder}: {held}, nothing to mend.")
    _show(lines)
    return exits.DONE if report.clean else exits.FINDINGS


def test(named: str | None, colour: bool) -> int:
    """Runs the examples of a knowledge base, prints those that differ and a summary; returns the exit code."""
    from advise.cases import run_examples
    from advise.errors import KnowledgeBaseError

    folder = folder_of(named)
    try:
        results = list(_counted_aloud(run_examples(folder)))
    except KnowledgeBaseError as error:
        refuse(error.findings, folder)
        return exits.FINDINGS
    differ = [each for each in results if each.differences]
    lines = [line for each in differ for line in _difference(each, folder, colour)]
    if differ:
        lines.append(f"{folder}: {len(differ)} of {counted(len(results), 'example')} came out otherwise.")
    else:
        lines.append(f"{folder}: {counted(len(results), 'example')}, all as expected.")
    _show(lines)
    return exits.FINDINGS if differ else exits.DONE


def said(finding: Finding, folder: Path) -> str:
    """A finding with a path that leads to the file from where one is."""
    return str(replace(finding, place=_from_here(finding.place, folder)))


def _from_here(place: Place, folder: Path) -> Place:
    return replace(place, file=str(folder / place.file))


def _difference(result: Result, folder: Path, colour: bool) -> Iterator[str]:
    example = result.example
    place = _from_here(example.place, folder)
    of = f" of {example.rule}" if example.rule else ""
    yield _coloured(clean(f'{place}: {example.kind} "{example.name}"{of}'), colour)
    for sentence in result.differences:
        yield f"  {clean(sentence)}"


def _coloured(lines: str, colour: bool) -> str:
    """The first line in bold, so that one finding stands apart from the next."""
    first, *rest = lines.split("\n")
    return "\n".join([click.style(first, bold=True) if colour else first, *rest])


def _show(lines: Iterable[str]) -> None:
    text = "\n".join(lines) + "\n"
    files.show(text.encode(sys.stdout.encoding, "replace"))


def _counted_aloud(items: Iterable[_T]) -> Iterator[_T]:
    """The items as they come, with their number on standard error while that is a terminal."""
    aloud, said = sys.stderr.isatty(), time.monotonic()
    for number, each in enumerate(items, 1):
        yield each
        if aloud and time.monotonic() - said > _BLINK:
            said = time.monotonic()
            click.echo(f"\r{counted(number, 'example')}", nl=False, err=True)
    if aloud:
        click.echo("\r\x1b[K", nl=False, err=True)
