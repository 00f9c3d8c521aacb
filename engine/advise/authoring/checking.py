"""All that is wrong in a knowledge base: what keeps it from loading, or else what the checks find."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

from advise._reading import UnreadableError, decoded
from advise.authoring import checks_settings
from advise.authoring import exceptions as comments
from advise.authoring.checks.check import Check
from advise.authoring.checks.subject import Subject
from advise.authoring.checks.table import CHECKS
from advise.authoring.reports import Report
from advise.errors import Finding, Severity, UsageError
from advise.loading import read
from advise.loading.context import did_you_mean
from advise.loading.folder import MANIFEST, Folder
from advise.rules import Example, Rulebook
from advise.source import Findings, read_yaml


def inspect(
    folder: Path, today: date, overlay: Mapping[str, bytes] | None = None, only: Collection[str] = ()
) -> Report:
    """What is wrong in the knowledge base in `folder` on the day `today`.

    `overlay` are contents to take in place of files' own, by their path in the folder. `only` are the codes of
    the checks to run; without any, all that are on. Raises UsageError for a code that there isn't.
    """
    known(only)
    book, found, examples = read(folder, overlay)
    if book is None:
        return Report(found, loads=False)
    subject = subject_of(folder, book, examples, today, overlay)
    return Report(judged(subject, only), True, len(book.rules), len(examples))


def known(codes: Collection[str]) -> None:
    """Raises UsageError when there's no check for one of the codes."""
    for code in codes:
        if code not in CHECKS:
            hint = did_you_mean(code, CHECKS) or "`advise check --list` lists them."
            raise UsageError(f"There is no check `{code}`; {hint}")


def subject_of(
    folder: Path,
    book: Rulebook,
    examples: tuple[Example, ...],
    today: date,
    overlay: Mapping[str, bytes] | None = None,
) -> Subject:
    """A knowledge base that has been read, as checks see it."""
    files = dict(_texts(Folder(folder, Findings(), overlay)))
    manifest = read_yaml(files.get(MANIFEST, ""), MANIFEST, Findings())
    options = checks_settings.options(manifest, CHECKS)
    return Subject(folder, book, examples, files, today, options)


def _texts(folder: Folder) -> Iterator[tuple[str, str]]:
    for name in folder.names:
        if name.endswith((".yaml", ".json")):
            data = folder.read(name, part=False)
            with suppress(UnreadableError):  # a file that isn't a part of the knowledge base may hold anything
                if data is not None:
                    yield name, decoded(data)


def judged(subject: Subject, only: Collection[str] = (), costly: bool = True) -> tuple[Finding, ...]:
    """What the checks find, by place, after the manifest's settings and the exceptions in the files.

    Without `costly`, checks that take long are left out.
    """
    manifest = subject.nodes.get(MANIFEST)
    chosen = checks_settings.chosen(manifest)
    running = [each for each in CHECKS.values() if _wanted(each, chosen, only, costly)]
    ran = {check.code for check in running}
    found = [finding for check in running for finding in _found_by(check, subject, chosen)]
    kept = list(_without_exceptions(subject, found, chosen, ran))
    kept += [each for each in checks_settings.about(manifest, CHECKS) if each.code in ran]
    return _shown(subject, kept)


def _wanted(check: Check, chosen: Mapping[str, checks_settings.Chosen], only: Collection[str], costly: bool) -> bool:
    if only:
        return check.code in only
    if check.code in chosen and chosen[check.code].off:
        return False
    return costly or not check.costly


def _found_by(check: Check, subject: Subject, chosen: Mapping[str, checks_settings.Chosen]) -> Iterator[Finding]:
    severity = chosen[check.code].severity if check.code in chosen else None
    for finding in check.run(subject):
        yield finding if severity is None else replace(finding, severity=severity)


def _without_exceptions(
    subject: Subject, found: list[Finding], chosen: Mapping[str, checks_settings.Chosen], ran: set[str]
) -> Iterator[Finding]:
    """The findings that no exception allows, and what is wrong with the exceptions."""
    allowed = comments.exceptions(subject)
    used: set[comments.Allowed] = set()
    named: set[tuple[str, str]] = set()
    for finding in found:
        covering = [each for each in allowed if each.covers(finding)]
        names = list(chosen[finding.code].allows(finding)) if finding.code in chosen else []
        used.update(covering)
        named.update((finding.code, name) for name in names)
        if not covering and not names:
            yield finding
    ours = [*comments.about(allowed, used, ran, CHECKS), *_unused_names(chosen, named, ran)]
    yield from (each for each in ours if each.code in ran)


def _unused_names(
    chosen: Mapping[str, checks_settings.Chosen], named: set[tuple[str, str]], ran: set[str]
) -> Iterator[Finding]:
    for code, choice in chosen.items():
        for name, place in choice.allow.items():
            if code in ran and (code, name) not in named:
                sentence = f"Nothing needs this exception: no `{code}` is found for `{name}`."
                yield Finding(place, "exception-unused", sentence, "Delete it.", severity=Severity.WARNING)


def _shown(subject: Subject, found: list[Finding]) -> tuple[Finding, ...]:
    """The findings, each once and with its line, by place."""
    texts = Findings()
    for name, text in subject.files.items():
        texts.know(name, text)
    shown = {finding: replace(finding, excerpt=texts.excerpt(finding.place)) for finding in found}
    return tuple(sorted(shown.values(), key=lambda each: (each.place, each.code, each.sentence)))
