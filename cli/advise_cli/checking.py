"""`advise check`: what is wrong in a knowledge base, and what of it is mended."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advise_cli import exits, files
from advise_cli.bases import career, folder_of, from_here, refuse, said
from advise_cli.report import counted

if TYPE_CHECKING:
    from advise.authoring.checks.reports import Report


@dataclass(frozen=True, slots=True)
class Request:
    """What `advise check` is asked for: the folder named, the form, the codes of checks to run (all if none), where
    the findings go, and whether texts are mended too."""

    named: str | None
    form: str = "text"
    only: tuple[str, ...] = ()
    output: str | None = None
    force: bool = False
    colour: bool = False
    texts: bool = False


def check(request: Request, fix: bool = False) -> int:
    """Writes the findings of a knowledge base, in text with a summary, after mending if `fix`; returns the exit code.

    Raises UsageError for a code that there isn't.
    """
    folder = folder_of(request.named)
    if fix:
        if request.named is None and folder == career():
            raise click.UsageError("Name the folder to mend: the career advice that comes with advise isn't changed.")
        _mend(folder, request)
    report = _report(folder, request.only)
    if request.form == "text":
        text = "\n".join(_lines(report, folder, request.colour)) + "\n"
    else:
        from advise_cli.finding_formats import FORMS

        text = FORMS[request.form](report, folder)
    if request.output is None:
        encoding = sys.stdout.encoding if request.form == "text" else "utf-8"
        files.show(text.encode(encoding, "replace"))
    else:
        files.save(request.output, text.encode(), request.force)
        Path(request.output).chmod(0o644)  # unlike a report, it's about nobody
    return exits.DONE if report.clean else exits.FINDINGS


def _report(folder: Path, only: tuple[str, ...]) -> Report:
    if only:
        from advise.authoring.checks.checking import inspect

        return inspect(folder, date.today(), only=only)
    from advise.authoring.checks.kept_reports import inspect as kept

    return kept(folder, date.today())


def _lines(report: Report, folder: Path, colour: bool) -> Iterator[str]:
    for each in report.findings:
        yield _coloured(said(each, folder), colour)
        if each.witness is not None:
            yield f"  Somebody of whom it's true: {json.dumps(each.witness, ensure_ascii=False)}"
    if report.findings:
        yield f"{folder}: {counted(len(report.findings), 'finding')}{_severities(report)}."
        fixes = [each.fix for each in report.findings if each.fix is not None]
        if report.loads and fixes:
            yield f"advise check {'--fix' if any(fix.safe for fix in fixes) else '--fix-texts'} mends some of them."
    else:
        yield f"{folder}: {counted(report.rules, 'rule')}, {counted(report.examples, 'example')}, nothing to mend."


def _severities(report: Report) -> str:
    """How many there are of each, unless all are errors."""
    if not report.loads:
        return ""
    found = [each.severity.value for each in report.findings]
    kinds = sorted(set(found), key=["error", "warning", "note"].index)
    return ": " + ", ".join(counted(found.count(kind), kind) for kind in kinds)


def _mend(folder: Path, request: Request) -> None:
    """Mends what is safe, and says on standard error what was done in each file."""
    from advise.authoring.checks.mending import mend

    mended = mend(folder, date.today(), request.only, request.texts)
    for name, content in mended.after.items():
        path = folder / name
        mode = path.stat().st_mode
        files.save(str(path), content, force=True)
        path.chmod(mode)
        titles = [each.fix.title for each in mended.done if each.fix and each.fix.edits[0].start.file == name]
        done = ", ".join(f"{title} ({titles.count(title)})" for title in dict.fromkeys(titles))
        click.echo(f"{path}: {done}", err=True)
    for each in mended.left:
        sentence = "left alone, since the knowledge base wouldn't load any more."
        click.echo(f"{from_here(each.place, folder)}: {each.code}: {sentence}", err=True)


def show_mends(request: Request) -> int:
    """Prints what `--fix` would change, as a difference; returns the exit code.

    A knowledge base that doesn't load can't be mended: its findings are said on standard error.
    """
    from advise.authoring.checks.mending import mend

    folder = folder_of(request.named)
    mended = mend(folder, date.today(), request.only, request.texts)
    if not mended.after and not (report := _report(folder, request.only)).loads:
        refuse(report.findings, folder)
        return exits.FINDINGS
    shown = [
        files.difference(mended.before[name].decode(), after.decode(), str(folder / name))
        for name, after in mended.after.items()
    ]
    files.show("".join(shown).encode())
    return exits.FINDINGS if shown else exits.DONE


def list_checks() -> int:
    """Prints the checks."""
    from advise.authoring.checks.table import CHECKS

    wide = max(map(len, CHECKS))
    _show(f"{check.code:{wide}}  {check.severity:7}  {check.title}" for check in CHECKS.values())
    return exits.DONE


def explain(code: str) -> int:
    """Prints the page of a check, or what an error means. Raises click.UsageError for an unknown code."""
    from advise.authoring.checks.pages import page
    from advise.authoring.checks.table import CHECKS
    from advise.loading.context import did_you_mean

    text = page(code)
    if text is None:
        hint = did_you_mean(code, CHECKS) or "advise check --list lists the checks."
        raise click.UsageError(f"There is no finding {code}; {hint}")
    _show([text.rstrip("\n")])
    return exits.DONE


def _coloured(lines: str, colour: bool) -> str:
    """The first line in bold, so that one finding stands apart from the next."""
    first, *rest = lines.split("\n")
    return "\n".join([click.style(first, bold=True) if colour else first, *rest])


def _show(lines: Iterable[str]) -> None:
    text = "\n".join(lines) + "\n"
    files.show(text.encode(sys.stdout.encoding, "replace"))
