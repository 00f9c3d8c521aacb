"""Somebody for whom a change makes a difference, where nobody who is recorded meets it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from advise.authoring.differences.advice import Shift
from advise.authoring.differences.changes import Change
from advise.authoring.differences.comparing import Comparing, Explained
from advise.authoring.differences.contents import Sort, content
from advise.authoring.differences.people import Person
from advise.authoring.differences.versions import Version
from advise.conditions import Condition
from advise.errors import FactsError
from advise.evaluate.meaning import Truth
from advise.plan import flat
from advise.rules import Example, Rule

if TYPE_CHECKING:
    from advise.authoring.witness.witnesses import Witnesses
    from advise.case import Case
    from advise.evaluate import Evaluation

_MOST_RULES = 8
_MOST_PARTS = 4
_MOST_PAIRS = 4
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
        from advise.authoring.witness.witnesses import Witnesses

        self.comparing = comparing
        self._sides: tuple[tuple[Version, Witnesses], ...] = (
            (comparing.new, Witnesses(comparing.new.base, new)),
            (comparing.old, Witnesses(comparing.old.base, old)),
        )

    def person(self, change: Change) -> Found | None:
        """Somebody who gets other advice because of a change; None if none is found, which proves nothing."""
        seen = 0
        for look in (self._at_what_changed, self._nearby, self._further_on):
            for version, witnesses in self._sides:
                wanted = _Wanted(self.comparing, change, witnesses.as_of, _MUCH)
                facts = look(version, witnesses, wanted)
                if facts is not None:
                    return _found(wanted, facts)
                seen = max(seen, wanted.best)
        for version, witnesses in self._sides if seen else ():
            wanted = _Wanted(self.comparing, change, witnesses.as_of, seen)
            facts = self._nearby(version, witnesses, wanted)
            if facts is not None:
                return _found(wanted, facts)
        return None

    def _at_what_changed(self, version: Version, witnesses: Witnesses, wanted: _Wanted) -> Mapping[str, Any] | None:
        """Somebody for whom a condition that changed isn't met, and decides alone."""
        for rule, part in islice(self._changed_parts(version, wanted.change), _MOST_PARTS):
            facts = witnesses.reaching(rule, part, Truth.FALSE)
            if facts is not None and wanted.is_shown_by(facts):
                return facts
        return None

    def _nearby(self, version: Version, witnesses: Witnesses, wanted: _Wanted) -> Mapping[str, Any] | None:
        """Somebody like those for whom the rules hold in which a change acts."""
        rules = list(self._rules(version, wanted.change))
        return witnesses.search(rules, wanted.accepts, _TRIES) if rules else None

    def _further_on(self, version: Version, witnesses: Witnesses, wanted: _Wanted) -> Mapping[str, Any] | None:
        """Somebody for whom such a rule holds, and one in which that shows."""
        rules = self._rules(version, wanted.change)
        pairs = ((rule, other) for rule in rules for other in self._shown_by(version, rule))
        for rule, other in islice(pairs, _MOST_PAIRS):
            facts = witnesses.search([rule, other], wanted.accepts, _TRIES)
            if facts is not None:
                return facts
        return None

    def _shown_by(self, version: Version, rule: Rule) -> Iterator[Rule]:
        """The advice that a rule holds, the rules that it overrides, and those that test what it concludes."""
        named = (*(rule.hold.advice if rule.hold else ()), *rule.overrides)
        name = version.names.now(Sort.RULE, rule.id)
        after = [other for other, needs in version.needs.items() if name in needs]
        for other in dict.fromkeys((*(version.names.now(Sort.RULE, each) for each in named), *after)):
            if other != name:
                yield version.rules[other]

    def _changed_parts(self, version: Version, change: Change) -> Iterator[tuple[Rule, Condition]]:
        other = self.comparing.old if version is self.comparing.new else self.comparing.new
        for rule in self._rules(version, change):
            theirs = other.rules.get(version.names.now(Sort.RULE, rule.id))
            known = {content(part, other.names) for part in flat(theirs.condition)} if theirs else set()
            for part in flat(rule.condition) if theirs else ():
                is_new = change.sort is Sort.RULE and content(part, version.names) not in known
                if is_new or change.key in version.read_by(part):
                    yield rule, part

    def _rules(self, version: Version, change: Change) -> Iterator[Rule]:
        """The rules in which a change acts."""
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
        return self.is_shown_by(case.facts if case.shown is None else case.shown)

    def is_shown_by(self, facts: Mapping[str, Any]) -> bool:
        """Whether somebody with these facts is one."""
        most = max((_much(shift) for shift, _ in self.caused(facts)), default=0)
        self.best = max(self.best, most)
        return most >= self.enough

    def caused(self, facts: Mapping[str, Any]) -> Iterator[Explained]:
        """What the change is behind."""
        for shift, reasons in self._shifts(facts):
            if any(each.change == self.change.key for each in reasons):
                yield shift, reasons

    def _shifts(self, facts: Mapping[str, Any]) -> tuple[Explained, ...]:
        """What changes for somebody; nothing if only one version takes the facts, or no rule meets the change."""
        try:
            old, new = (side.meet(facts, self.as_of) for side in (self.comparing.old, self.comparing.new))
        except FactsError:
            return ()
        if self._rules.isdisjoint(old.fired) and self._rules.isdisjoint(new.fired):
            return ()
        return self.comparing.between(old, new)


def _found(wanted: _Wanted, facts: Mapping[str, Any]) -> Found:
    person = Person(wanted.change.name, facts, wanted.as_of)
    return Found(wanted.change, person, tuple(wanted.caused(facts)))


def _much(shift: Shift) -> int:
    if shift.is_slight:
        return 1
    return 2 if any(said is not None and said.place in _OPEN for said in (shift.old, shift.new)) else _MUCH
