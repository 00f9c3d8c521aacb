"""Checks of what rules rest on: sources, parameters with their reasons, descriptions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from advise.authoring.checks.check import Check
from advise.authoring.checks.subject import Subject
from advise.errors import Finding, Place, Severity
from advise.loading.nodes import items_of, mapping_of, words_of
from advise.source import MappingNode


def _warn(code: str, place: Place, sentence: str, hint: str) -> Finding:
    return Finding(place, code, sentence, hint, severity=Severity.WARNING)


# -------------------------------------------------------------------------------------------- sources


def _cited(subject: Subject) -> set[str]:
    """The sources that are cited anywhere in the files."""
    return {
        key
        for root in subject.roots.values()
        if root is not subject.manifest
        for node in _mappings(root)
        for key in mapping_of(node, "source").items
    }


def _mappings(root: MappingNode) -> Iterator[MappingNode]:
    """A rule file, its rules and its declarations: what may have a source."""
    declared = (each for section in ("parameters", "tables") for each in mapping_of(root, section).items.values())
    for each in (root, *items_of(root, "rules"), *declared):
        if isinstance(each, MappingNode):
            yield each


def _unused_sources(subject: Subject) -> Iterator[Finding]:
    sources, cited = mapping_of(subject.manifest, "sources"), _cited(subject)
    for key, place in sources.keys.items():
        if key not in cited:
            sentence = f"Nothing cites the source `{key}`."
            yield _warn("source-unused", place, sentence, "Cite it where a rule rests on it, or delete it.")


def _bare_sources(subject: Subject) -> Iterator[Finding]:
    sources = mapping_of(subject.manifest, "sources")
    for key, entry in subject.book.sources.items():
        if not (entry.author or entry.published or entry.url or entry.note):
            sentence = f"The source `{key}` has only a title, so nobody can look it up."
            hint = "Add its author, year or address, or a note on what it is."
            yield _warn("source-bare", sources.keys[key], sentence, hint)


# ----------------------------------------------------------------------------------------- parameters


def _unexplained(subject: Subject) -> Iterator[Finding]:
    least = subject.number("parameter-unexplained", "words")
    for name, setting in subject.book.settings.items():
        place, node = subject.declared["parameters", name]
        if len(setting.because.split()) < least or _same(setting.because, setting.means):
            sentence = f"`because` doesn't say why the parameter `{name}` has this value."
            hint = "Say what it rests on, so that the next person can tell whether it still holds."
            yield _warn("parameter-unexplained", node.keys.get("because", place), sentence, hint)


def _future(subject: Subject) -> Iterator[Finding]:
    for name, setting in subject.book.settings.items():
        since = setting.values[0][0]
        if since > subject.today:
            place, node = subject.declared["parameters", name]
            sentence = f"The parameter `{name}` has no value before {since.isoformat()}: until then, tests of it fail."
            first = mapping_of(node, "from").keys.get(since.isoformat(), place)
            yield _warn("parameter-future", first, sentence, "Add the value that holds now.")


# --------------------------------------------------------------------------------------- descriptions


def _same(one: str, other: str) -> bool:
    return re.findall(r"\w+", one.casefold()) == re.findall(r"\w+", other.casefold())


def _repeated(subject: Subject) -> Iterator[Finding]:
    for (_, name), (place, node) in subject.declared.items():
        last = name.split(".")[-1].replace("_", " ")
        if any(_same(words_of(node, "means"), each) for each in (last, name.replace("_", " "), last.split()[-1])):
            sentence = f"`means` only repeats the name `{name}`."
            hint = "Say in a few words what it stands for, as to someone new."
            yield _warn("means-repeats", node.keys.get("means", place), sentence, hint)


GROUNDS = (
    Check("source-unused", Severity.WARNING, "nothing cites a source that the manifest names", _unused_sources),
    Check("source-bare", Severity.WARNING, "a source has only a title", _bare_sources),
    Check(
        "parameter-unexplained",
        Severity.WARNING,
        "a parameter doesn't say why it has its value",
        _unexplained,
        {"words": 3},
    ),
    Check("parameter-future", Severity.WARNING, "a parameter has no value yet", _future),
    Check("means-repeats", Severity.WARNING, "a description only repeats the name", _repeated),
)
