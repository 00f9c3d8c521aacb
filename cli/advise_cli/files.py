"""Reading standard input and writing reports: whole, or not at all."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from advise_cli import exits

STDIN = "-"


class UnwritableError(click.ClickException):
    """A report that can't be written; ends the run."""

    exit_code = exits.BAD_INPUT


def read_stdin(most: int) -> bytes:
    """Standard input up to its end, but no more than `most` bytes and one."""
    if sys.stdin.isatty():
        click.echo("Reading facts from the keyboard; end with Ctrl-D.", err=True)
    return sys.stdin.buffer.read(most + 1)


def meant(name: str) -> str:
    """A question about a mistyped name: whether a command or a file that is spelt much like it was meant."""
    from difflib import get_close_matches

    from advise_cli.commands import COMMANDS

    path = Path(name)
    try:
        beside = [str(path.with_name(each.name)) for each in path.parent.iterdir()]
    except (OSError, ValueError):
        beside = []
    close = get_close_matches(name, [*COMMANDS, *beside], n=1, cutoff=0.75)
    return f"Did you mean {close[0]}?" if close else ""


def check_target(path: str, force: bool) -> None:
    """Raises click.UsageError when a report can't go to `path`: it is there already, or isn't a file."""
    try:
        kind = Path(path).stat().st_mode
    except OSError:
        return
    if not stat.S_ISREG(kind):
        raise click.UsageError(f"{path} isn't an ordinary file. Name a file for --output.")
    if not force:
        raise click.UsageError(f"{path} is there already. --force replaces it.")


def check_apart(path: str, facts: Iterable[str]) -> None:
    """Raises click.UsageError when a report would replace the facts that it's made from."""
    for each in facts:
        if each != STDIN and Path(each).resolve() == Path(path).resolve():
            raise click.UsageError(f"{path} holds the facts. Name another file for --output.")


def save(path: str, content: bytes, force: bool) -> None:
    """Writes a report to `path` in one go; other programs see the old file or the whole new one.

    A report is personal, so only its owner can read the file. Raises UnwritableError.
    """
    import tempfile

    target = Path(path).resolve()
    check_target(str(target), force)
    try:
        handle, draft = tempfile.mkstemp(prefix=".advise-", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            Path(draft).replace(target)
        except BaseException:
            Path(draft).unlink()
            raise
    except OSError as error:
        raise UnwritableError(f"{path} can't be written: {error.strerror}.") from None


def show(content: bytes) -> None:
    """Writes a report to standard output in one go. Exits quietly when whatever reads it has gone."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _discard_output()
        raise click.exceptions.Exit(exits.NOBODY_READS) from None
    except OSError as error:
        _discard_output()
        raise UnwritableError(f"The report can't be written: {error.strerror}.") from None


def difference(before: str, after: str, path: str) -> str:
    """What differs between two versions of a file, as a unified difference."""
    from difflib import unified_diff

    lines = unified_diff(before.splitlines(True), after.splitlines(True), path, path)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _discard_output() -> None:
    """Lets Python's own flush at exit succeed, so that it doesn't complain a second time."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
