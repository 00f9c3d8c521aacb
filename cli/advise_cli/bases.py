"""Which knowledge base is meant, opened; or why it can't be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from advise_cli import exits
from advise_cli.report import counted

if TYPE_CHECKING:
    from advise.errors import Finding, Place
    from advise.knowledge_base import KnowledgeBase
    from advise.rules import Example

MANIFEST = "knowledge_base.yaml"


def folder_of(named: str | None) -> Path:
    """The knowledge base that is meant: the one named, the one that this folder is in, or the one of advise.

    Raises click.UsageError for a name that isn't a knowledge base's folder.
    """
    if named is None:
        return _around() or career()
    if not Path(named).is_dir():
        raise click.UsageError(f"{named} isn't a folder. Name the folder that holds {MANIFEST}.")
    if not Path(named, MANIFEST).is_file():
        raise click.UsageError(f"{named} has no {MANIFEST}, so it isn't a knowledge base.")
    return Path(named)


def _around() -> Path | None:
    """The knowledge base that the present folder is, or is part of (as `people` is), as seen from here."""
    here = Path.cwd()
    up = (Path(*[".."] * steps) for steps, each in enumerate((here, *here.parents)) if (each / MANIFEST).is_file())
    return next(up, None)


def career() -> Path:
    """The knowledge base that comes with advise."""
    from advise.knowledge_base import career_folder

    return career_folder()


class Opened(NamedTuple):
    """A knowledge base from its folder, with its examples."""

    folder: Path
    base: KnowledgeBase
    examples: tuple[Example, ...]


def opened(named: str | None) -> Opened:
    """The knowledge base that is meant. Ends the run, with its findings, when it doesn't load."""
    from advise.knowledge_base import KnowledgeBase
    from advise.loading import read

    folder = folder_of(named)
    book, findings, examples = read(folder)
    if book is None:
        refuse(findings, folder)
        raise click.exceptions.Exit(exits.FINDINGS)
    return Opened(folder, KnowledgeBase(book, folder), examples)


def refuse(findings: Sequence[Finding], folder: Path) -> None:
    """Says on standard error why a knowledge base can't be used."""
    lines = [said(each, folder) for each in findings]
    click.echo("\n".join([*lines, f"{folder}: {mend_first(len(findings))}"]), err=True)


def mend_first(count: int) -> str:
    """How many findings keep a knowledge base from being used."""
    return f"{counted(count, 'finding')}; mend {'it' if count == 1 else 'them'} first."


def said(finding: Finding, folder: Path) -> str:
    """A finding with a path that leads to the file from where one is."""
    return str(replace(finding, place=from_here(finding.place, folder)))


def from_here(place: Place, folder: Path) -> Place:
    """A place with a path that leads to its file from where one is."""
    return replace(place, file=str(folder / place.file))
