"""Which rules can fire at all, through chains of conclusions."""

from __future__ import annotations

from dataclasses import dataclass

from advise.authoring.logic.reasoning import Logic, Names
from advise.conditions import Of
from advise.plan import Key, refs
from advise.rules import Rule, Rulebook
from advise.types import Literal


@dataclass(frozen=True, slots=True)
class Live:
    """The ids of the rules that may fire for certain, and the values that they may draw."""

    rules: frozenset[str]
    drawn: dict[Key, set[Literal]]


def live_rules(book: Rulebook) -> Live:
    """Every rule that isn't proved never to fire.

    A rule counts only once the conclusions that it needs can be drawn by rules that count, so rules that wait for
    each other without a start don't.
    """
    drawn: dict[Key, set[Literal]] = {}
    logic = Logic(book, drawn)
    readers = _readers(book)
    live: set[str] = set()
    ahead = list(reversed(book.rules))
    while ahead:
        rule = ahead.pop()
        if rule.id in live or logic.never((rule.condition, Names.of(rule))):
            continue
        live.add(rule.id)
        for conclude in rule.conclude:
            key = (conclude.thing, conclude.path)
            values = drawn.setdefault(key, set())
            if conclude.value not in values:
                values.add(conclude.value)
                ahead += [each for each in readers.get(key, ()) if each.id not in live]
    return Live(frozenset(live), drawn)


def _readers(book: Rulebook) -> dict[Key, list[Rule]]:
    found: dict[Key, list[Rule]] = {}
    for rule in book.rules:
        for key in dict.fromkeys(ref.key for ref in refs(rule.condition) if ref.of is Of.CONCLUSION):
            found.setdefault(key, []).append(rule)
    return found
