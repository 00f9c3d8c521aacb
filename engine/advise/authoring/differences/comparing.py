"""Who gets other advice by one version of a knowledge base than by another, and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from advise.authoring.differences.advice import Shift, shifts
from advise.authoring.differences.causes import Causes, Reason, Relations
from advise.authoring.differences.changes import Change, Changes, changes_between
from advise.authoring.differences.contents import SAME, Sort
from advise.authoring.differences.people import Person
from advise.authoring.differences.versions import Met, Version
from advise.errors import FactsError
from advise.knowledge_base import KnowledgeBase
from advise.rules import Rulebook

Explained = tuple[Shift, tuple[Reason, ...]]
"""What somebody is told otherwise, with the changes behind it."""


@dataclass(frozen=True, slots=True)
class Affected:
    """Somebody who gets other advice."""

    person: Person
    shifts: tuple[Explained, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """Somebody whose facts only one version takes, or neither; the sentences of those that don't."""

    person: Person
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Group:
    """People whose advice changes in the same way, for the same reasons. `shifts` are those of the first."""

    people: tuple[Person, ...]
    shifts: tuple[Explained, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of comparing two versions for `count` people. `unmet` are changes that made no difference to any,
    unless to the words about open advice."""

    count: int
    groups: tuple[Group, ...]
    refused: tuple[Refused, ...]
    unmet: tuple[Change, ...]

    @property
    def affected(self) -> int:
        """How many people get other advice."""
        return sum(len(group.people) for group in self.groups)


class Comparing:
    """Compares two versions, for one person after the other."""

    def __init__(self, old: KnowledgeBase, new: KnowledgeBase) -> None:
        self.changes: Changes = changes_between(old.rulebook, new.rulebook)
        self.old = Version(old, self.changes.names)
        self.new = Version(new, SAME)
        self.relations = Relations(self.old, self.new, self.changes)

    def person(self, person: Person) -> Affected | Refused | None:
        """What changes for somebody; None if nothing does."""
        old, new = self._met(self.old, person), self._met(self.new, person)
        if isinstance(old, str) or isinstance(new, str):
            return Refused(person, old if isinstance(old, str) else "", new if isinstance(new, str) else "")
        found = self.between(old, new)
        return Affected(person, found) if found else None

    def between(self, old: Met, new: Met) -> tuple[Explained, ...]:
        """What one person is told otherwise, with the changes behind it."""
        if not self.changes.deciding and not self._is_ordered_anew:
            return ()
        causes = Causes(self.relations, old, new)
        everything = self._is_general or self._is_respelt(new)
        if not everything and not self._is_ordered_anew and not causes.concerns:
            return ()
        left_out: frozenset[str] = frozenset() if everything else causes.left_out
        found = shifts(old.told(left_out), new.told(left_out), self.changes.names)
        for language in self._other_languages:
            known = {shift.about for shift in found}
            more = shifts(old.told(left_out, language), new.told(left_out, language), self.changes.names)
            found += tuple(shift for shift in more if shift.about not in known)
        return tuple((shift, causes.reasons(shift, found)) for shift in found)

    @staticmethod
    def _met(version: Version, person: Person) -> Met | str:
        try:
            return version.meet(person.facts, person.as_of)
        except FactsError as error:
            return "; ".join(_sentence(person, problem) for problem in error.problems)

    @cached_property
    def _other_languages(self) -> tuple[str, ...]:
        """The further languages in which something else is said."""
        old, new = self.old.book.languages, self.new.book.languages
        both = [each for each in new[1:] if each in old]
        return tuple(each for each in both if self.old.texts(each) != self.new.texts(each))

    @cached_property
    def _is_general(self) -> bool:
        """Whether something changed that concerns rules which don't name it: languages, or the words for the values
        of a choice."""
        languages = (Sort.SETTING, "languages") in self.changes.deciding
        return languages or _titles(self.old.book) != _titles(self.new.book)

    @cached_property
    def _is_ordered_anew(self) -> bool:
        """Whether advice may come in another order: ids decide it where nothing else does."""
        return any(sort is Sort.SETTING for sort, _ in self.changes.deciding) or bool(self.relations.renamed)

    def _is_respelt(self, met: Met) -> bool:
        """Whether the facts have a text in them that tables write in another way."""
        if not self._respelt:
            return False
        given = json.dumps(met.case.facts, ensure_ascii=False, default=str)
        return any(word in given for word in self._respelt)

    @cached_property
    def _respelt(self) -> frozenset[str]:
        """The texts that tables write in another way."""
        old, new = (dict(_spellings(version.book)) for version in (self.old, self.new))
        return frozenset(word for word in {**old, **new} if old.get(word) != new.get(word))


def _titles(book: Rulebook) -> dict[Any, Any]:
    return {key: fact.titles for key, fact in book.facts.items() if fact.titles}


def _spellings(book: Rulebook) -> Iterator[tuple[str, str]]:
    for name in sorted(book.tables, reverse=True):
        yield from book.tables[name].spellings.items()


def _sentence(person: Person, problem: Any) -> str:
    """What is wrong with somebody's facts; about a private person, only where."""
    return f"at {problem.pointer or 'the top'}: {problem.code}" if person.private else str(problem)


def collected(comparing: Comparing, results: Iterable[Affected | Refused | None]) -> Compared:
    """What came of all people together."""
    affected: list[Affected] = []
    refused: list[Refused] = []
    count = 0
    for each in results:
        count += 1
        if isinstance(each, Affected):
            affected.append(each)
        elif each is not None:
            refused.append(each)
    return Compared(count, tuple(_grouped(affected)), tuple(refused), tuple(_unmet(comparing, affected)))


def _grouped(affected: Iterable[Affected]) -> list[Group]:
    """The largest groups first; in each the people whose facts may be shown first."""
    alike: dict[Any, list[Affected]] = {}
    for each in sorted(affected, key=lambda found: found.person.private):
        counted = [found for found in each.shifts if not found[0].is_slight] or each.shifts
        key = frozenset((shift.likeness, frozenset(why.change for why in reasons)) for shift, reasons in counted)
        alike.setdefault(key, []).append(each)
    groups = sorted(alike.values(), key=lambda found: -len(found))
    return [Group(tuple(each.person for each in found), found[0].shifts) for found in groups]


def _unmet(comparing: Comparing, affected: Iterable[Affected]) -> Iterator[Change]:
    shifts = (explained for each in affected for explained in each.shifts)
    met = {why.change for shift, reasons in shifts for why in reasons if not shift.is_slight}
    return (change for key, change in comparing.changes.deciding.items() if key not in met)
