"""Somebody for whom a change makes a difference, where nobody who is recorded meets it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from advise.authoring.differences.advice import Shift
from advise.authoring.differences.changes import Change
from advise.authoring.differences.comparing import Comparing, Explained
from advise.authoring.differences.contents import Sort
from advise.authoring.differences.people import Person
from advise.authoring.differences.versions import Version
from advise.errors import FactsError
from advise.rules import Example, Rule

if TYPE_CHECKING:
    from advise.authoring.witnesses import Witnesses
    from advise.case import Case
    from advise.evaluate import Evaluation

_MOST_RULES = 8
_TRIES = 150
_MUCH = 3
_OPEN = ("It depends", "Question", "Taken for granted", "Settled")


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody for whom a change makes a difference."""

    change: Change
    person: Person
    shifts: tuple[Explained, ...]


class Search:
    """Looks for people whom changes concern. `old` and `new` are the examples of the two versions, to begin with."""

    def __init__(self, comparing: Comparing, old: Sequence[Example], new: Sequence[Example]) -> None:
        from advise.authoring.witnesses import Witnesses

        self.comparing = comparing
        self._sides: tuple[tuple[Version, Witnesses], ...] = (
            (comparing.new, Witnesses(comparing.new.base, new)),
            (comparing.old, Witnesses(comparing.old.base, old)),
        )

    def person(self, change: Change) -> Found | None:
        """Somebody who gets other advice because of a change; None if none is found, which proves nothing."""
        sides = [(witnesses, list(self._rules(version, change))) for version, witnesses in self._sides]
        most = self._searched(change, sides, _MUCH)
        if isinstance(most, int):
            most = self._searched(change, sides, most) if most else None
        return most if isinstance(most, Found) else None

    def _searched(self, change: Change, sides: Sequence[tuple[Witnesses, list[Rule]]], enough: int) -> Found | int:
        """Somebody to whom it makes enough of a difference, else the most of one that was seen."""
        most = 0
        for witnesses, rules in sides:
            wanted = _Wanted(self.comparing, change, witnesses.as_of, enough)
            facts = witnesses.search(rules, wanted.accepts, _TRIES) if rules else None
            if facts is not None:
                return Found(change, Person(change.name, facts, witnesses.as_of), wanted.shifts(facts))
            most = max(most, wanted.best)
        return most

    def _rules(self, version: Version, change: Change) -> Iterator[Rule]:
        """The rules in which a change acts, those that come near advice first."""
        if change.sort is Sort.RULE:
            if change.name in version.rules:
                yield version.rules[change.name]
            return
        touched = self.comparing.relations.touched
        names = [name for name in version.rules if change.key in touched[name]]
        yield from [version.rules[name] for name in names[:_MOST_RULES]]


@dataclass
class _Wanted:
    """Somebody to whom a change makes enough of a difference; `best` is the most of one that was seen.

    That advice comes, goes or moves is more than that it comes to depend on something, and that is more than other
    words about what it depends on.
    """

    comparing: Comparing
    change: Change
    as_of: date
    enough: int
    best: int = 0

    @cached_property
    def _rules(self) -> frozenset[str]:
        touched = self.comparing.relations.touched
        return frozenset(rule for rule, changes in touched.items() if self.change.key in changes)

    def accepts(self, case: Case, evaluation: Evaluation) -> bool:  # noqa: ARG002
        """Whether somebody is one."""
        found = self.shifts(case.facts if case.shown is None else case.shown)
        much = (_much(shift) for shift, why in found if any(each.change == self.change.key for each in why))
        most = max(much, default=0)
        self.best = max(self.best, most)
        return most >= self.enough

    def shifts(self, facts: Mapping[str, Any]) -> tuple[Explained, ...]:
        """What changes for somebody; nothing if only one version takes the facts, or no rule meets the change."""
        try:
            old, new = (side.meet(facts, self.as_of) for side in (self.comparing.old, self.comparing.new))
        except FactsError:
            return ()
        if self._rules.isdisjoint(old.fired) and self._rules.isdisjoint(new.fired):
            return ()
        return self.comparing.between(old, new)


def _much(shift: Shift) -> int:
    if shift.is_slight:
        return 1
    return 2 if any(said is not None and said.place in _OPEN for said in (shift.old, shift.new)) else _MUCH
