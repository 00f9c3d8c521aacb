"""The commands that write files for those who write rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advise_cli import exits, files
from advise_cli.bases import opened
from advise_cli.report import counted

if TYPE_CHECKING:
    from advise._reading import UnreadableError
    from advise.errors import AdviseError

_WANTED = (".yaml",)


def write_schema(named: str | None, kind: str, output: str | None, force: bool) -> int:
    """Writes the JSON Schema of one kind of file; returns the exit code."""
    from advise.authoring.editor.schema import MARK, schema_text

    text = schema_text(opened(named).base.rulebook, kind)
    if output is None:
        files.show(text.encode())
        return exits.DONE
    ours = MARK in _head(output)
    files.save(output, text.encode(), force or ours)
    Path(output).chmod(0o644)  # unlike a report, it's about nobody
    click.echo(
        f"{output} is written. Begin a file with\n  # yaml-language-server: $schema={_seen_from(output)}\n"
        "and an editor with a YAML language server completes and underlines.",
        err=True,
    )
    return exits.DONE


def _head(path: str) -> str:
    try:
        with Path(path).open(encoding="utf-8", errors="replace") as stream:
            return stream.read(1000)
    except OSError:
        return ""


def _seen_from(path: str) -> str:
    """The schema's path as a rule file beside it names it."""
    return Path(path).name


def format_files(named: tuple[str, ...], check: bool, diff: bool) -> int:
    """Formats YAML files in place, or says what it would change; returns the exit code."""
    from advise._reading import UnreadableError
    from advise.errors import AdviseError

    code, changed, looked_at = exits.DONE, 0, 0
    for path in _yaml_files(named or (".",)):
        looked_at += 1
        try:
            before, after = _formatted(path)
        except (AdviseError, UnreadableError) as error:
            click.echo(_said(error, path), err=True)
            code = exits.FINDINGS
            continue
        if before == after:
            continue
        changed += 1
        if diff:
            files.show(files.difference(before, after, str(path)).encode())
        if not (check or diff):
            mode = path.stat().st_mode
            files.save(str(path), after.encode(), force=True)
            path.chmod(mode)
            click.echo(path)
    would = "would be" if check or diff else "was" if changed == 1 else "were"
    click.echo(f"{counted(looked_at, 'file')}, of which {changed} {would} formatted anew.", err=True)
    return exits.FINDINGS if changed and (check or diff) else code


def _formatted(path: Path) -> tuple[str, str]:
    """The text of a file as it is and as it would be. Raises UnreadableError or AdviseError."""
    from advise._reading import decoded, read_bytes
    from advise.authoring.writing.formatting import formatted
    from advise.source import RULE_FILE

    data = read_bytes(path, RULE_FILE.bytes)
    decoded(data)
    before = data.decode()  # with a mark at its start, which stays
    return before, formatted(before, str(path))


def _said(error: AdviseError | UnreadableError, path: Path) -> str:
    from advise._reading import UnreadableError

    if isinstance(error, UnreadableError):
        return f"{path}:{error.line}:{error.column}: {error.sentence} {error.hint}".rstrip()
    return str(error)


def _yaml_files(named: tuple[str, ...]) -> Iterator[Path]:
    """The files named, and the YAML files in the folders named. Raises click.UsageError."""
    for each in map(Path, named):
        if each.is_dir():
            inside = sorted(path for path in each.rglob("*") if path.suffix in _WANTED and path.is_file())
            hidden = [path for path in inside if any(part.startswith(".") for part in path.relative_to(each).parts)]
            yield from (path for path in inside if path not in hidden)
        elif each.is_file():
            yield each
        else:
            raise click.UsageError(f"There is no file or folder {each}.")


def serve_editor() -> int:
    """Runs the language server until the editor ends it. Raises UsageError without the extra `authoring`."""
    from importlib.metadata import version

    from advise.authoring import EXTRA
    from advise.errors import UsageError

    try:
        from advise.authoring.editor.server import language_server
    except ModuleNotFoundError as error:
        raise UsageError(f"For the language server, {error.name} is needed: {EXTRA}") from None
    language_server(version("advise-engine")).start_io()
    return exits.DONE
