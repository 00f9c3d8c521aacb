"""What rules do, as it can be compared between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from advise.authoring.logic import Logic, Names
from advise.authoring.logic.reasoning import Subjects
from advise.conditions import Parameter, Ref
from advise.plan import Plan
from advise.rules import Rule, Rulebook

Effect = tuple[object, ...]


def effects(rule: Rule) -> frozenset[Effect]:
    """All that a rule does; two rules that do the same have the same."""
    found: list[Effect] = [("conclude", each.thing, each.path, each.scope, each.value) for each in rule.conclude]
    done = {"advise": rule.advise, "hold": rule.hold, "ask": rule.ask, "refer": rule.refer}
    found += [(word, repr(each)) for word, each in done.items() if each is not None]
    return frozenset([*found, *(("override", each) for each in rule.overrides)])


def placeholders(rule: Rule) -> Iterator[Ref | Parameter]:
    """What the texts of a rule show."""
    for words in rule.texts.values():
        for parts in words.parts.values():
            yield from (part for part in parts if not isinstance(part, str))


@dataclass(frozen=True)
class Relations:
    """How the rules of a knowledge base stand to each other, by quick looks before anything is proved."""

    book: Rulebook
    plan: Plan
    logic: Logic

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """The rules by their ids."""
        return {rule.id: rule for rule in self.book.rules}

    @cached_property
    def overridden(self) -> frozenset[str]:
        """The rules that some rule overrides."""
        return frozenset(other for rule in self.book.rules for other in rule.overrides)

    @cached_property
    def held_by(self) -> Mapping[str, tuple[Rule, ...]]:
        """Advice -> the rules that hold it."""
        found: dict[str, list[Rule]] = {}
        for rule in self.book.rules:
            for advice in rule.hold.advice if rule.hold else ():
                found.setdefault(advice, []).append(rule)
        return {advice: tuple(rules) for advice, rules in found.items()}

    @cached_property
    def _subjects(self) -> Mapping[str, Subjects]:
        """What each branch of each rule speaks of."""
        return {rule.id: self.logic.subjects(rule.condition, Names.of(rule)) for rule in self.book.rules}

    def implies(self, one: Rule, other: Rule) -> bool:
        """True only when the other rule is never less true than this one, for the same things."""
        if not set(other.each) <= set(one.each):
            return False
        ours, theirs = self._subjects[one.id], self._subjects[other.id]
        if ours is None or theirs is None:
            return False
        if not all(any(wanted <= given for wanted in theirs) for given in ours):
            return self._is_true(other)
        return self.logic.follows(other.condition, Names.of(other), (one.condition, Names.of(one)))

    def _is_true(self, rule: Rule) -> bool:
        return self.logic.true(rule.condition, Names.of(rule))

    def apart(self, one: Rule, other: Rule) -> bool:
        """True only when two rules can't both hold for the same things."""
        return self.logic.never((one.condition, Names.of(one)), (other.condition, Names.of(other)))
