"""How rules hang together: which draw what others read, override others, or hold their advice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from advise.plan import Plan, conclusions_read


class How(StrEnum):
    """In which way one rule depends on another."""

    READS = "reads"
    STRICTLY = "reads strictly"
    OVERRIDDEN = "is overridden by"
    HELD = "is held by"


@dataclass(frozen=True, slots=True, order=True)
class Tie:
    """Rule `end` depends on rule `start`; `via` is the conclusion that the one draws and the other reads."""

    start: str
    end: str
    how: How
    via: str = ""


def ties(plan: Plan) -> tuple[Tie, ...]:
    """Every dependency between rules, sorted. What is read both plainly and strictly is read strictly."""
    return tuple(sorted(set(_ties(plan))))


def _ties(plan: Plan) -> Iterator[Tie]:
    book = plan.rulebook
    for index, rule in enumerate(book.rules):
        read: dict[tuple[str | None, str], bool] = {}
        for key, strict in conclusions_read(rule.condition, plan.values):
            read[key] = read.get(key, False) or strict
        for key, strict in read.items():
            how, name = How.STRICTLY if strict else How.READS, book.conclusions[key].name
            for writer in plan.writers.get(key, ()):
                yield Tie(book.rules[writer].id, rule.id, how, name)
        for other in plan.overriders.get(index, ()):
            yield Tie(book.rules[other].id, rule.id, How.OVERRIDDEN)
        if rule.hold is not None:
            for held in rule.hold.advice:
                yield Tie(rule.id, held, How.HELD)
