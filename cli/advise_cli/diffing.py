"""Compares two versions of a knowledge base: from names on the command line to a text and an exit code."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import click

from advise.errors import FactsError
from advise_cli import checking, exits
from advise_cli.common import counts_aloud
from advise_cli.report import clean, counted

if TYPE_CHECKING:
    from advise.authoring.differences import Change, Comparing, Found, Person
    from advise.knowledge_base import KnowledgeBase
    from advise.rules import Example

_T = TypeVar("_T")
PIPED_WIDTH = 80
_LAST = "HEAD"
_BLINK = 0.1
_MANIFEST = "knowledge_base.yaml"
_FACTS = (".json", ".yaml", ".yml")


class Request(NamedTuple):
    """What the command line asked for."""

    old: str | None = None
    new: str | None = None
    folder: str | None = None
    people: tuple[str, ...] = ()
    as_of: date | None = None
    form: str = "text"
    quick: bool = False
    exit_code: bool = False
    width: int = PIPED_WIDTH
    colour: bool = False
    encoding: str = "utf-8"


class Side(NamedTuple):
    """A version that was read: how it was named, and what stands in it."""

    name: str
    base: KnowledgeBase
    examples: tuple[Example, ...]


def diff(request: Request) -> tuple[str, int]:
    """The whole text of what was asked for, and the exit code.

    A version that doesn't load is refused with its findings on standard error, facts files that can't be used are
    left out with a complaint. Raises the library's UsageError for what is neither a folder nor a revision.
    """
    from advise.authoring.differences import Comparing, collected, recorded

    with ExitStack() as stack:
        sides = [_read(name, folder, stack) for name, folder in _meant(request)]
    old, new = sides
    if old is None or new is None:
        return "", exits.FINDINGS
    named, code = _people(request, new.base)
    comparing = Comparing(old.base, new.base)
    people = (*recorded(old.examples, new.examples), *named)
    compared = collected(comparing, _counted_aloud(map(comparing.person, people), "person", "people"))
    found = None if request.quick else _searched(comparing, compared.unmet, old, new)
    from advise_cli.diff_report import Difference, render

    difference = Difference(old.name, new.name, new.base.title, comparing.changes.all, compared, found)
    differs = compared.affected or any(bool(each.old) != bool(each.new) for each in compared.refused)
    if request.exit_code and differs and code == exits.DONE:
        code = exits.FINDINGS
    return render(difference, request.form, request.width, request.colour, request.encoding), code


# --------------------------------------------------------------------------------------- the two versions


def _meant(request: Request) -> tuple[tuple[str, Path], tuple[str, Path]]:
    """The names of the two versions, each with the folder of the knowledge base in the working tree."""
    old, new = request.old, request.new
    here = next((Path(each) for each in (new, old) if each is not None and _is_folder(each)), None)
    if request.folder is not None:
        here = Path(request.folder)
    elif here is None:
        # `v1:rules` says itself which folder of the repository is meant.
        here = Path() if ":" in (old or "") and ":" in (new or "") else checking.folder_of(None)
    if old is not None and new is None and _is_folder(old) and request.folder is None:
        old, new = _LAST, old
    return (old or _LAST, here), (new if new is not None else str(here), here)


def _is_folder(name: str) -> bool:
    return Path(name, _MANIFEST).is_file()


def _read(name: str, folder: Path, stack: ExitStack) -> Side | None:
    """A version; None, with its findings on standard error, for one that can't be used."""
    from advise.authoring.differences.revisions import write_revision
    from advise.knowledge_base import KnowledgeBase
    from advise.loading import read

    is_folder = _is_folder(name) or Path(name) == folder
    path = checking.folder_of(name) if is_folder else Path(stack.enter_context(tempfile.TemporaryDirectory()))
    known_as = path if is_folder else Path(write_revision(name, folder, path))
    book, findings, examples = read(path)
    if book is None:
        checking.refuse(findings, known_as)
        return None
    return Side(name, KnowledgeBase(book, path), examples)


# ------------------------------------------------------------------------------------------------ people


def _people(request: Request, base: KnowledgeBase) -> tuple[list[Person], int]:
    """The people in facts files, and the exit code: some can't be used, with a complaint."""
    found, code = [], exits.DONE
    for path in _facts_files(request.people):
        person = _person(path, request.as_of or date.today(), base)
        if person is None:
            code = exits.BAD_INPUT
        else:
            found.append(person)
    return found, code


def _facts_files(named: Iterable[str]) -> Iterator[Path]:
    for each in map(Path, named):
        if not each.is_dir():
            yield each
            continue
        inside = sorted(path for path in each.rglob("*") if path.suffix.casefold() in _FACTS and path.is_file())
        yield from (path for path in inside if not any(p.startswith(".") for p in path.relative_to(each).parts))


def _person(path: Path, as_of: date, base: KnowledgeBase) -> Person | None:
    from advise.authoring.differences import Person
    from advise.facts_text import read_facts, read_file

    try:
        parsed = read_facts(read_file(path), str(path))
        facts, _ = base.imported(parsed.facts, as_of)
    except FactsError as error:
        for problem in error.problems:
            click.echo(clean(f"{'' if problem.place else f'{path}: '}{problem}"), err=True)
        return None
    return Person(str(path), facts, as_of, private=True)


# ------------------------------------------------------------------------------------------ who else is met


def _searched(
    comparing: Comparing, unmet: tuple[Change, ...], old: Side, new: Side
) -> tuple[tuple[Change, Found | None], ...]:
    """For each change that nobody meets, somebody who would."""
    from advise.authoring.differences import Search

    if not unmet:
        return ()
    search = Search(comparing, old.examples, new.examples)
    looked = ((change, search.person(change)) for change in unmet)
    return tuple(_counted_aloud(looked, "change looked into", "changes looked into"))


def _counted_aloud(items: Iterable[_T], one: str, many: str) -> Iterator[_T]:
    """The items as they come, with their number on standard error while that is a terminal."""
    aloud, said = counts_aloud(), time.monotonic()
    for number, each in enumerate(items, 1):
        yield each
        if aloud and time.monotonic() - said > _BLINK:
            said = time.monotonic()
            click.echo(f"\r\x1b[K{counted(number, one, many)}", nl=False, err=True)
    if aloud:
        click.echo("\r\x1b[K", nl=False, err=True)
