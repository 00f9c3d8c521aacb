"""Somebody for whom a change makes a difference, where nobody who is recorded meets it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

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
        for version, witnesses in self._sides:
            rules = list(self._rules(version, change))
            if rules:
                wanted = _Wanted(self.comparing, change, witnesses.as_of)
                facts = witnesses.search(rules, wanted.accepts) or wanted.slight
                if facts is not None:
                    person = Person(change.name, facts, witnesses.as_of)
                    return Found(change, person, wanted.shifts(facts))
        return None

    def _rules(self, version: Version, change: Change) -> Iterator[Rule]:
        """The rules in which a change acts, those that come near advice first."""
        if change.sort is Sort.RULE:
            if change.name in version.rules:
                yield version.rules[change.name]
            return
        touched = self.comparing.relations.touched
        names = [name for name in version.rules if change.key in touched[name]]
        yield from [version.rules[name] for name in names[:_MOST_RULES]]


class _Wanted:
    """Somebody to whom a change makes a difference. `slight` is somebody for whom it only changes the words about
    open advice, if one was seen."""

    def __init__(self, comparing: Comparing, change: Change, as_of: date) -> None:
        self.comparing = comparing
        self.change = change
        self.as_of = as_of
        self.slight: Mapping[str, Any] | None = None
        touched = comparing.relations.touched
        self._rules = frozenset(rule for rule, changes in touched.items() if change.key in changes)

    def accepts(self, case: Case, evaluation: Evaluation) -> bool:  # noqa: ARG002
        """Whether somebody is one."""
        facts = case.facts if case.shown is None else case.shown
        caused = [shift for shift, why in self.shifts(facts) if any(each.change == self.change.key for each in why)]
        if caused and self.slight is None:
            self.slight = facts
        return any(not shift.is_slight for shift in caused)

    def shifts(self, facts: Mapping[str, Any]) -> tuple[Explained, ...]:
        """What changes for somebody; nothing if only one version takes the facts, or no rule meets the change."""
        try:
            old, new = (side.meet(facts, self.as_of) for side in (self.comparing.old, self.comparing.new))
        except FactsError:
            return ()
        if self._rules.isdisjoint(old.fired) and self._rules.isdisjoint(new.fired):
            return ()
        return self.comparing.between(old, new)
