"""All that is wrong in a knowledge base: what keeps it from loading, or else what the checks find."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from advise._json_text import read_json
from advise._reading import decoded
from advise.authoring.checks import exceptions as comments
from advise.authoring.checks import settings as checks_settings
from advise.authoring.checks.check import Check
from advise.authoring.checks.reports import Report
from advise.authoring.checks.subject import Subject
from advise.authoring.checks.table import CHECKS
from advise.errors import Finding, Severity, UsageError
from advise.loading import read
from advise.loading.context import did_you_mean
from advise.loading.folder import MANIFEST, Folder, Kept
from advise.loading.nodes import words_of
from advise.source import Findings, MappingNode, Node


def inspect(
    folder: Path, today: date, overlay: Mapping[str, bytes] | None = None, only: Collection[str] = ()
) -> Report:
    """What is wrong in the knowledge base in `folder` on the day `today`.

    `overlay` are contents to take in place of files' own, by their path in the folder. `only` are the codes of
    the checks to run; without any, all that are on. Raises UsageError for a code that there isn't.
    """
    _refuse_unknown(only)
    found, subject = look(folder, today, overlay)
    if subject is None:
        return Report(found, loads=False)
    return Report(judged(subject, only), True, len(subject.book.rules), len(subject.examples))


def _refuse_unknown(codes: Collection[str]) -> None:
    for code in codes:
        if code not in CHECKS:
            hint = did_you_mean(code, CHECKS) or "`advise check --list` lists them."
            raise UsageError(f"There is no check `{code}`; {hint}")


def look(
    folder: Path, today: date, overlay: Mapping[str, bytes] | None = None, kept: Kept | None = None
) -> tuple[tuple[Finding, ...], Subject | None]:
    """What keeps a knowledge base from loading; or, when nothing does, the knowledge base as checks see it.

    `kept` is filled with what was parsed, so that the next call with it only parses the files that have changed.
    """
    kept = {} if kept is None else kept
    book, found, examples = read(folder, overlay, kept)
    if book is None:
        return found, None
    inside = Folder(folder, Findings(), overlay)
    files = {name: decoded(kept[name][0]) for name in inside.names if name in kept}
    nodes = {name: kept[name][1] for name in files}
    options = checks_settings.options(nodes.get(MANIFEST), CHECKS)
    for name, text, node in _schema(inside, nodes):
        files[name], nodes[name] = text, node
    return (), Subject(folder, book, examples, files, nodes, today, options)


def _schema(folder: Folder, nodes: Mapping[str, Node]) -> Iterator[tuple[str, str, Node]]:
    """The facts schema, if it's in the folder: its name, its text and what was read of it."""
    manifest = nodes.get(MANIFEST)
    name = words_of(manifest, "facts") if isinstance(manifest, MappingNode) else ""
    data = folder.read(name) if name in folder.names else None
    node = None if data is None else read_json(data, name, Findings())
    if data is not None and node is not None:
        yield name, decoded(data), node


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
