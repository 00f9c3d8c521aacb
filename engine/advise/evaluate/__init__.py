"""Evaluators: from a plan and a case to the rules that hold, certainly or possibly. All give the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from advise.rules import Rulebook

Firing = tuple[int, tuple[int, ...]]
"""A rule's index and the indexes of the things that it binds; a list's phantom has the index `len(items)`."""


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """The firings that are certain, and those that are open: possible but not certain.

    Overridden rules are accounted for; holds and referrals are not, they concern advice (see `advise.outcome`).
    The order within each means nothing.
    """

    certain: tuple[Firing, ...]
    open: tuple[Firing, ...]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Evaluation):
            return NotImplemented
        return set(self.certain) == set(other.certain) and set(self.open) == set(other.open)

    def __hash__(self) -> int:
        return hash((frozenset(self.certain), frozenset(self.open)))

    @classmethod
    def of(cls, certain: Iterable[Firing], possible: Iterable[Firing]) -> Evaluation:
        """From the certain and the possible firings, which include the certain ones."""
        sure = frozenset(certain)
        return cls(tuple(sorted(sure)), tuple(sorted(frozenset(possible) - sure)))


def same_things(book: Rulebook, one: Firing, two: Firing) -> bool:
    """True when every name that both rules bind stands for the same thing; also when they share none."""
    left, right = (
        {scope.name: index for scope, index in zip(book.rules[rule].each, binding, strict=True)}
        for rule, binding in (one, two)
    )
    return all(right.get(name, index) == index for name, index in left.items())
