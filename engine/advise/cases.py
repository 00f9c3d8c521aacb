"""Runs the examples, cases and people of a knowledge base and says in sentences what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advise.errors import FactsError
from advise.outcome import Outcome
from advise.rules import Example

if TYPE_CHECKING:
    from advise.knowledge_base import KnowledgeBase


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an example: `differences` are sentences, none when everything is as expected."""

    example: Example
    differences: tuple[str, ...]


def run_examples(folder: Path | str | None = None) -> Iterator[Result]:
    """The result of every example, case and person of a knowledge base (None: the career one), one by one.

    Raises KnowledgeBaseError when it doesn't load.
    """
    from advise.knowledge_base import KnowledgeBase
    from advise.loading import read

    base = KnowledgeBase.load(folder)
    _, _, examples = read(base.folder)
    for example in examples:
        yield run(base, example)


def run(base: KnowledgeBase, example: Example) -> Result:
    """The result of one example."""
    try:
        outcome = base.advise(example.facts, as_of=example.as_of)
    except FactsError as error:
        return Result(example, tuple(f"The facts can't be used: {problem}" for problem in error.problems))
    return Result(example, tuple(differences(outcome, example)))


def differences(outcome: Outcome, example: Example) -> Iterator[str]:
    """What an outcome lacks, or has too much, against an example's expectations."""
    expect = dict(example.expect)
    if example.exact:
        for word in ("first", "later", "not now"):
            wanted, found = list(expect.pop(word, [])), _EXACT[word](outcome)
            if word == "not now":
                wanted, found = sorted(wanted), sorted(found)
            if wanted != found:
                yield f"{word}: expected {_listed(wanted)}, got {_listed(found)}"
    for word, wanted in expect.items():
        if word == "settled":
            if outcome.settled is not wanted:
                yield f"settled: expected {_value(wanted)}, got {_value(outcome.settled)}"
        elif word == "conclusions":
            yield from _conclusions(outcome, wanted)
        else:
            yield from _members(outcome, word, wanted)


def shown(outcome: Outcome, word: str) -> list[str]:
    """What an outcome has of an expectation that is a list of names: `given`, `first`, `asks`, `fires` and so on."""
    return _FOUND[word](outcome)


def _members(outcome: Outcome, word: str, wanted: Iterable[str]) -> Iterator[str]:
    """Differences of a list that must (or, with `not`, mustn't) have the wanted names."""
    banned = word.startswith("not ") and word != "not now"
    found = _FOUND[word.removeprefix("not ") if banned else word](outcome)
    for name in wanted:
        if banned and name in found:
            yield f"{word}: {name} is there"
        elif not banned and name not in found:
            yield f"{word}: {name} isn't there{_instead(outcome, name)}; there {_is(found)}"


def _instead(outcome: Outcome, name: str) -> str:
    """Where a missing advice stands instead."""
    for word in ("given", "not now", "open"):
        if name in _FOUND[word](outcome):
            return f" (it's in `{word}`{_needs(outcome, name) if word == 'open' else ''})"
    return ""


def _needs(outcome: Outcome, name: str) -> str:
    for item in outcome.open:
        if item["id"] == name:
            needed = [str(need.get("fact") or need.get("conflict")) for need in item["needs"]]
            return f", which needs {_listed(needed)}"
    return ""


def _conclusions(outcome: Outcome, wanted: Mapping[str, Any]) -> Iterator[str]:
    for name, value in wanted.items():
        values = [item["value"] for item in outcome.conclusions if item["name"] == name]
        # A conclusion of yes or no that nobody draws is false, and isn't listed.
        if value not in values and not (value is False and not values):
            yield f"conclusions: expected {name}: {_value(value)}, got {_listed(map(_value, values))}"


def _asked(outcome: Outcome) -> list[str]:
    """The facts asked for, as `jobs.field` or `plan.written`."""
    found = []
    for question in outcome.questions:
        if "assumed" not in question:
            parts = question["pointer"].split("/")[1:]
            found.append(".".join(part for part in parts if not part.isdigit() and part != "-"))
    return found


def _is(found: Iterable[str]) -> str:
    names = list(found)
    return "is " + _listed(names) if names else "is nothing"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(str, names)) or "nothing"


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _ids(items: Iterable[Mapping[str, Any]]) -> list[str]:
    return [item["id"] for item in items]


_FOUND: Mapping[str, Callable[[Outcome], list[str]]] = {
    "given": lambda outcome: _ids(outcome.given),
    "first": lambda outcome: _ids(item for item in outcome.given if item["first"]),
    "later": lambda outcome: _ids(item for item in outcome.given if not item["first"] and item["kind"] == "step"),
    "notes": lambda outcome: _ids(item for item in outcome.given if item["kind"] == "note"),
    "not now": lambda outcome: _ids(outcome.not_now),
    "open": lambda outcome: _ids(outcome.open),
    "asks": _asked,
    "conflicts": lambda outcome: [item["conclusion"] for item in outcome.conflicts],
    "refers": lambda outcome: _ids(outcome.referral or ()),
    "concluded": lambda outcome: [item["name"] for item in outcome.conclusions],
    "fires": lambda outcome: list(outcome.fired_ids),
}
_EXACT = {word: _FOUND[word] for word in ("first", "later", "not now")}
