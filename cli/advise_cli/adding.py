"""What `advise new` asks, and how it writes: nothing over what is there, and nothing by halves."""

from __future__ import annotations

import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advise_cli import bases, exits, files
from advise_cli.report import clean

if TYPE_CHECKING:
    from advise.authoring.writing.additions import Added, Additions
    from advise.authoring.writing.beginnings import Field

_MOST = 12


def asked(given: str | None, option: str, question: str, check: Callable[[str], str], usual: str | None = None) -> str:
    """What is given, else what is answered at the terminal, else what is usual. Raises click.UsageError."""

    def checked(text: str) -> str:
        from advise.errors import AdviseError

        try:
            return check(text)
        except AdviseError as error:
            raise click.UsageError(str(error)) from None

    if given is not None:
        return checked(given)
    if sys.stdin.isatty() and sys.stderr.isatty():
        return str(click.prompt(question, default=usual, value_proc=checked, err=True))
    if usual is None:
        raise click.UsageError(f"{option} is missing. {question}?")
    return checked(usual)


def a_text(given: str) -> str:
    """A text that fits on a line. Raises click.UsageError."""
    if not given.strip() or not given.isprintable():
        raise click.UsageError("Write a text on one line.")
    return given.strip()


def one_of(question: str, options: Iterable[str]) -> str:
    """A question with what can be answered."""
    names = list(options)
    return f"{question} ({', '.join(names[:_MOST])}{', …' if len(names) > _MOST else ''})"


def words(name: str) -> str:
    """A name as words."""
    return name.replace("-", " ").replace("_", " ").capitalize()


def additions_to(folder: str | None) -> Additions:
    """What can be added to the knowledge base that is meant. Raises click.UsageError; exits if it has findings."""
    from advise.authoring.writing.additions import Additions
    from advise.errors import KnowledgeBaseError

    if folder is None and not Path("knowledge_base.yaml").is_file():
        raise click.UsageError("You aren't in a knowledge base. Name one with --in, or begin with: advise new base DIR")
    where = bases.folder_of(folder)
    try:
        return Additions(where)
    except KnowledgeBaseError as error:
        bases.refuse(error.findings, where)
        raise click.exceptions.Exit(exits.FINDINGS) from None


def facts_in(name: str) -> Mapping[str, Any]:
    """The facts in a file. Raises FactsError."""
    from advise.facts_text import LIMITS, read_facts, read_file

    content = files.read_stdin(LIMITS.bytes) if name == files.STDIN else read_file(name)
    return read_facts(content, name).facts


def write(additions: Additions, added: Added) -> int:
    """Saves a file, renews the schemas for editors, and says which examples come out otherwise now."""
    from advise.authoring.editor.schema import editor_files
    from advise.loading import load

    path = additions.folder / added.file
    path.parent.mkdir(exist_ok=True)
    _save(path, added.text)
    for name, text in editor_files(load(additions.folder)).items():
        if (additions.folder / name).is_file():
            _save(additions.folder / name, text)
    click.echo(path)
    for example, differences in added.differing:
        click.echo(clean(f'{additions.folder / str(example.place)}: {example.kind} "{example.name}"'), err=True)
        for sentence in differences:
            click.echo(f"  {clean(sentence)}", err=True)
    if not added.differing:
        return exits.DONE
    if len(added.differing) == 1:
        said = "1 example comes out otherwise now. Is it right, or is the rule?"
    else:
        said = f"{len(added.differing)} examples come out otherwise now. Are they right, or is the rule?"
    click.echo(said, err=True)
    return exits.FINDINGS


def write_base(where: Path, field: Field) -> int:
    """Writes a knowledge base to a new or empty folder, whole or not at all."""
    from datetime import date

    from advise.authoring.editor.schema import editor_files
    from advise.authoring.writing.beginnings import base_files
    from advise.loading import load

    try:
        draft = Path(tempfile.mkdtemp(prefix=".advise-", dir=where.absolute().parent))
        try:
            _fill(draft, base_files(field, date.today()))
            _fill(draft, editor_files(load(draft)))
            draft.chmod(0o755)
            _move(draft, where)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    except OSError as error:
        raise files.UnwritableError(f"{where} can't be written: {error.strerror}.") from None
    for path in sorted(where.rglob("*")):
        if path.is_file() and path.parent.name != "editor":
            click.echo(path)
    named = shlex.quote(str(where))
    click.echo(f"Try it:\n  advise check {named}\n  advise test {named}\nThen open {where / 'start.yaml'}.", err=True)
    return exits.DONE


def _move(draft: Path, where: Path) -> None:
    """Puts a folder in its place; into an empty one that is there, for somebody may be in it."""
    if not where.exists():
        draft.replace(where)
        return
    for path in sorted(draft.iterdir()):
        path.replace(where / path.name)
    draft.rmdir()


def _fill(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")


def _save(path: Path, text: str) -> None:
    """A rule file is about nobody, so it's as readable as other files are."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    files.save(str(path), text.encode(), force=True)
    path.chmod(mode)
