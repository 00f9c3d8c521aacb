"""Findings about a knowledge base, problems in a facts file, and the errors that carry them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands in a text: a file's name, a line and a column, both counted from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Severity(StrEnum):
    """How bad a finding is: an error keeps a knowledge base from loading, a warning is most likely a mistake,
    a note may well be meant."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Edit:
    """Puts `text` in place of what stands from `start` up to `end` (not included) in one file."""

    start: Place
    end: Place
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that mend a finding; `title` says what they do. `safe`: they never change an outcome."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong in a knowledge base.

    `code` never changes once released; `sentence` says what is wrong, `hint` what to do about it;
    `excerpt` is the offending line as it stands in the file. `fix` mends it. `witness` are a person's facts
    that show it, as they'd stand in a facts file.
    """

    place: Place
    code: str
    sentence: str
    hint: str = ""
    excerpt: str = field(default="", compare=False)
    severity: Severity = Severity.ERROR
    fix: Fix | None = field(default=None, compare=False)
    witness: Mapping[str, Any] | None = field(default=None, compare=False)

    def __str__(self) -> str:
        bad = "" if self.severity is Severity.ERROR else f"{self.severity}: "
        lines = [f"{self.place}: {bad}{self.code}: {self.sentence}"]
        if self.excerpt:
            lines += ["  " + self.excerpt, "  " + " " * (self.place.column - 1) + "^"]
        if self.hint:
            lines.append("  " + self.hint)
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a person's facts.

    `pointer` is a JSON Pointer into the facts; `place` is known when the facts came as text.
    The sentence may quote what was given, so it is shown to whoever gave the facts and never logged.
    """

    pointer: str
    code: str
    sentence: str
    hint: str = ""
    place: Place | None = None

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        at = f"at {self.pointer}: " if self.pointer else ""
        return f"{where}{at}{self.sentence}" + (f" {self.hint}" if self.hint else "")


class AdviseError(Exception):
    """The base of every error that this library raises on purpose."""


class KnowledgeBaseError(AdviseError):
    """A knowledge base can't be used; `findings` says why, each with its place."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__(findings)

    def __str__(self) -> str:
        return "\n".join(map(str, self.findings))


class FactsError(AdviseError):
    """A person's facts can't be used; `problems` says why, each with its JSON Pointer."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class UsageError(AdviseError):
    """The library was asked for something that it doesn't have (a language, an evaluator, a file)."""
