"""What every reader of a knowledge base shares: the findings, the declared names and the manifest."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from advise.errors import Place
from advise.rules import SourceEntry
from advise.source import Findings, Suggestion

if TYPE_CHECKING:
    from advise.loading.names import Names

T = TypeVar("T")
P = ParamSpec("P")


class WrongError(Exception):
    """Something can't be read: a stable code, where, what is wrong, and what to do about it.

    With an empty code nothing is said, because what it rests on has been reported.
    """

    def __init__(self, code: str, place: Place, sentence: str, hint: str = "") -> None:
        self.code, self.place, self.sentence, self.hint = code, place, sentence, hint
        super().__init__(sentence)


class SilentError(WrongError):
    """Something can't be read because of what has been reported elsewhere."""

    def __init__(self) -> None:
        super().__init__("", Place(""), "")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `knowledge_base.yaml` says. `first_steps` is a number or the name of a parameter, with its place."""

    name: str
    title: str
    version: str
    languages: tuple[str, ...]
    facts: str
    as_of: date
    first_steps: int | str
    priorities: Mapping[str, str]
    protected: frozenset[str]
    sources: Mapping[str, SourceEntry]
    places: Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class Context:
    """Where readers put their findings and look names up.

    `malformed` are the places at which the structure of a file is wrong, which has been reported.
    """

    findings: Findings
    names: Names
    manifest: Manifest
    malformed: set[Place] = field(default_factory=set)

    def attempt(self, read: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T | None:
        """What `read(*arguments)` gives; None, with a finding, when it can't be read."""
        try:
            return read(*arguments, **named)
        except WrongError as wrong:
            self.add(wrong)
            return None

    def add(self, wrong: WrongError) -> None:
        """Adds what is wrong to the findings."""
        if wrong.code:
            self.find(wrong.code, wrong.place, wrong.sentence, wrong.hint)

    def find(self, code: str, place: Place, sentence: str, hint: str = "") -> None:
        """Adds a finding, unless what stands there has been reported as malformed."""
        if place not in self.malformed:
            self.findings.add(code, place, sentence, hint)


def did_you_mean(word: str, options: Iterable[str]) -> str:
    """A hint that names the option nearest to `word`; empty when none is near."""
    known = {option.casefold(): option for option in options}
    near = difflib.get_close_matches(word.casefold(), known, n=1, cutoff=0.6)
    return suggestion(word, known[near[0]]) if near else ""


def suggestion(word: str, option: str) -> Suggestion:
    """A hint that `option` was most likely meant, and not `word`."""
    return Suggestion(f"did you mean `{option}`?", word, option)


def listed(words: Iterable[str], last: str = "or") -> str:
    """Words in a sentence: `a`, `a or b`, `a, b or c`."""
    items = list(words)
    return f" {last} ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def quoted(words: Iterable[str], last: str = "or") -> str:
    """Like `listed`, each in backquotes."""
    return listed((f"`{word}`" for word in words), last)
