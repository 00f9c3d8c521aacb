"""What an example would have to expect to come out as expected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from advise.cases import EXACT, Difference, values
from advise.outcome import Outcome
from advise.rules import Example

_STEPS = {"first": "first", "later": "later", "note": "notes"}
_OPPOSITE = {
    "asks": "not asks",
    "refers": "not fires",
    "fires": "not fires",
    "open": "not open",
    "not given": "given",
    "not open": "open",
    "not fires": "fires",
    "not asks": "asks",
}


def fulfilled(example: Example, outcome: Outcome, differences: Iterable[Difference]) -> dict[str, Any]:
    """The expectations of an example with what differs as it came out, and everything else as it was."""
    new: dict[str, Any] = {word: _copied(wanted) for word, wanted in example.expect.items()}
    for each in differences:
        word, name = each.word, each.name
        if word == "settled":
            new[word] = each.found
        elif not name:
            kept = [wanted for wanted in each.wanted if wanted in each.found] if word == "not now" else []
            new[word] = kept + [found for found in each.found if found not in kept]
        else:
            _drop(new, word, name)
            _add(new, _word_for(outcome, each), name, outcome)
    return {
        word: wanted for word, wanted in new.items() if (wanted != [] and wanted != {}) or _may_be_empty(example, word)
    }


def _copied(wanted: Any) -> Any:
    if isinstance(wanted, Mapping):
        return dict(wanted)
    return list(wanted) if isinstance(wanted, list | tuple) else wanted


def _may_be_empty(example: Example, word: str) -> bool:
    return example.exact and word in EXACT and word in example.expect


def _drop(new: dict[str, Any], word: str, name: str) -> None:
    if word == "conclusions":
        del new[word][name]
    else:
        new[word].remove(name)


def _word_for(outcome: Outcome, difference: Difference) -> str:
    """Under which word a name is to be expected instead."""
    word, found = difference.word, difference.found
    if word in ("conclusions", "not concluded", "conflicts"):
        return "conclusions" if values(outcome, difference.name) else "not concluded"
    if word in _OPPOSITE and (not difference.wanted or not found):
        return _OPPOSITE[word]
    if not found:
        return "not given"
    if found == "given" and word in ("first", "later"):
        found = _STEPS[dict(outcome.ranking)[difference.name]]
    return str(found)


def _add(new: dict[str, Any], word: str, name: str, outcome: Outcome) -> None:
    if word == "conclusions":
        new.setdefault(word, {})[name] = values(outcome, name)[0]
    elif name not in new.setdefault(word, []):
        new[word].append(name)
