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


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that came out otherwise than an example expects. `sentence` says it.

    `word` is the expectation (`given`, `not asks`) and `name` what in it differs: a rule, conclusion or fact, which
    is expected to be there (`wanted`) or not, and was found under the word `found` (empty: nowhere). For
    `conclusions`, `wanted` is the value and `found` a tuple of those that are certain. For a whole list (of an exact
    example) and for `settled`, `name` is empty, and `wanted` and `found` are the two lists or values.
    """

    word: str
    name: str
    wanted: Any
    found: Any
    sentence: str


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
    """What an outcome lacks, or has too much, against an example's expectations, in sentences."""
    return (each.sentence for each in compared(outcome, example))


def compared(outcome: Outcome, example: Example) -> Iterator[Difference]:
    """What an outcome lacks, or has too much, against an example's expectations."""
    expect = dict(example.expect)
    if example.exact:
        for word in EXACT:
            wanted, there = list(expect.pop(word, [])), found(outcome, word)
            if sorted(wanted) != sorted(there) if word == "not now" else wanted != there:
                said = f"{word}: expected {_listed(wanted)}, got {_listed(there)}"
                yield Difference(word, "", tuple(wanted), tuple(there), said)
    for word, wanted in expect.items():
        if word == "settled":
            if outcome.settled is not wanted:
                said = f"settled: expected {_value(wanted)}, got {_value(outcome.settled)}"
                yield Difference(word, "", wanted, outcome.settled, said)
        elif word == "conclusions":
            yield from _conclusions(outcome, wanted)
        else:
            yield from _members(outcome, word, wanted)


def found(outcome: Outcome, word: str) -> list[str]:
    """What stands under a word of the expectations (`given`, `asks`): names, in their order if they have one."""
    return _FOUND[word](outcome)


def standing(outcome: Outcome, rule: str) -> str:
    """Where a rule's advice stands: `given`, `not now` or `open`; empty for nowhere."""
    return next((word for word in ("given", "not now", "open") if rule in _FOUND[word](outcome)), "")


def values(outcome: Outcome, conclusion: str) -> tuple[Any, ...]:
    """The values of a conclusion that are certain for something."""
    return tuple(item["value"] for item in outcome.conclusions if item["name"] == conclusion)


def _members(outcome: Outcome, word: str, wanted: Iterable[str]) -> Iterator[Difference]:
    """Differences of a list that must (or, with `not`, mustn't) have the wanted names."""
    banned = word.startswith("not ") and word != "not now"
    plain = word.removeprefix("not ") if banned else word
    there = _FOUND[plain](outcome)
    for name in wanted:
        if banned and name in there:
            yield Difference(word, name, False, plain, f"{word}: {name} is there")
        elif not banned and name not in there:
            instead = standing(outcome, name)
            said = f"{word}: {name} isn't there{_instead(outcome, name, instead)}; there {_is(there)}"
            yield Difference(word, name, True, instead, said)


def _instead(outcome: Outcome, name: str, word: str) -> str:
    """Where a missing advice stands instead."""
    return f" (it's in `{word}`{_needs(outcome, name) if word == 'open' else ''})" if word else ""


def _needs(outcome: Outcome, name: str) -> str:
    for item in outcome.open:
        if item["id"] == name:
            needed = [str(need.get("fact") or need.get("conflict")) for need in item["needs"]]
            return f", which needs {_listed(needed)}"
    return ""


def _conclusions(outcome: Outcome, wanted: Mapping[str, Any]) -> Iterator[Difference]:
    for name, value in wanted.items():
        there = values(outcome, name)
        # A conclusion of yes or no that nobody draws is false, and isn't listed.
        if value not in there and not (value is False and not there):
            said = f"conclusions: expected {name}: {_value(value)}, got {_listed(map(_value, there))}"
            yield Difference("conclusions", name, value, there, said)


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


def _ranked(*places: str) -> Callable[[Outcome], list[str]]:
    return lambda outcome: [rule for rule, place in outcome.ranking if place in places]


_FOUND: Mapping[str, Callable[[Outcome], list[str]]] = {
    "given": _ranked("first", "later", "note"),
    "first": _ranked("first"),
    "later": _ranked("later"),
    "notes": _ranked("note"),
    "not now": lambda outcome: list(outcome.not_now_ids),
    "open": lambda outcome: list(outcome.open_ids),
    "asks": _asked,
    "conflicts": lambda outcome: [item["conclusion"] for item in outcome.conflicts],
    "refers": lambda outcome: _ids(outcome.referral or ()),
    "concluded": lambda outcome: [item["name"] for item in outcome.conclusions],
    "fires": lambda outcome: list(outcome.fired_ids),
}
EXACT = ("first", "later", "not now")
"""The words that are everything there is, in an exact example."""
