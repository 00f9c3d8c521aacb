"""Which change is behind what somebody is told otherwise: followed through the rules that came out differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from advise.authoring.differences.advice import STOPPING, Shift
from advise.authoring.differences.changes import Changes
from advise.authoring.differences.contents import Key, Sort, content
from advise.authoring.differences.versions import CERTAIN, Met, Things, Version
from advise.authoring.sentences import Line, Sentences
from advise.conditions import Condition
from advise.evaluate.reference import Bound
from advise.explain import Looked
from advise.plan import flat

_MOVED_BY_OTHERS = ("First steps", "Later", "Order")


@dataclass(frozen=True, slots=True)
class Decided:
    """A condition that made the difference, in words: it isn't met `now`, or wasn't before; `open`: it's only not
    known to be. With the facts that it looks at, each with its JSON Pointer."""

    now: bool
    sentence: str
    facts: tuple[tuple[str, Any], ...]
    open: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """A change that is behind something, through a rule where it acts (None: through no rule), and what decided."""

    change: Key
    rule: str | None = None
    decided: tuple[Decided, ...] = ()


@dataclass(frozen=True)
class Relations:
    """Two versions and what changed between them: which rules a change touches, which rules depend on which."""

    old: Version
    new: Version
    changes: Changes

    @cached_property
    def touched(self) -> Mapping[str, frozenset[Key]]:
        """Rule -> the changes of the rule itself and of what it names."""
        changed = frozenset(self.changes.deciding)
        return {
            rule: changed & (frozenset({(Sort.RULE, rule)}) | self._either(rule, "reads"))
            for rule in {**self.old.rules, **self.new.rules}
        }

    @property
    def renamed(self) -> tuple[Key, ...]:
        """The rules that were renamed."""
        return tuple((Sort.RULE, now) for (sort, _), now in self.changes.names.renamed.items() if sort is Sort.RULE)

    @cached_property
    def needs(self) -> Mapping[str, frozenset[str]]:
        """Rule -> the rules that it depends on in either version."""
        return {rule: self._either(rule, "needs") for rule in self.touched}

    def holders(self, rule: str) -> frozenset[str]:
        """The rules that hold a rule's advice in either version."""
        return self._either(rule, "holders")

    def _either(self, rule: str, what: str) -> frozenset[Any]:
        nothing: frozenset[Any] = frozenset()
        sides = (getattr(self.old, what), getattr(self.new, what))
        return nothing.union(*(side.get(rule, nothing) for side in sides))

    @cached_property
    def referring(self) -> frozenset[str]:
        """The rules that refer in either version."""
        return self.old.referring | self.new.referring

    @cached_property
    def draws_otherwise(self) -> frozenset[str]:
        """The rules that conclude something else, or override or hold others, even where they hold as before."""
        both = self.old.rules.keys() & self.new.rules.keys()
        return frozenset(each for each in both if self._effects(self.old, each) != self._effects(self.new, each))

    def _effects(self, version: Version, name: str) -> Any:
        rule, names = version.rules[name], version.names
        return content(rule.conclude, names), content(rule.hold, names), names.listed(rule.overrides)

    @cached_property
    def _closures(self) -> dict[str, frozenset[str]]:
        return {}

    def behind(self, rules: Iterable[str]) -> frozenset[str]:
        """Some rules with all that they depend on."""
        found: frozenset[str] = frozenset()
        return found.union(*map(self._closure, rules))

    def _closure(self, rule: str) -> frozenset[str]:
        if rule not in self._closures:
            found, ahead = set[str](), [rule]
            while ahead:
                each = ahead.pop()
                if each not in found:
                    found.add(each)
                    ahead += self.needs.get(each, ())
            self._closures[rule] = frozenset(found)
        return self._closures[rule]

    @cached_property
    def _rebuilt(self) -> frozenset[str]:
        """The rules that a change touches even where they don't hold: it isn't only another value."""
        return frozenset(
            rule for rule, keys in self.touched.items() if any(sort is not Sort.PARAMETER for sort, _ in keys)
        )

    def concerned(self, differing: frozenset[str], there: frozenset[str]) -> frozenset[str]:
        """Of the rules that are `there`, as they hold or may, and of those that refer: the ones that a change may
        concern when some came out differently. Through what they depend on, through what holds their advice, or all
        of them if it concerns a referral."""
        rules = there | self.referring
        suspect = differing | self._rebuilt | {rule for rule in there if self.touched[rule]}
        if self.behind(self.referring) & suspect:
            return rules
        return frozenset(rule for rule in rules if self.behind((rule, *self.holders(rule))) & suspect)


class Causes:
    """The causes of one person's differences."""

    def __init__(self, relations: Relations, old: Met, new: Met) -> None:
        self.relations = relations
        self.old = old
        self.new = new

    @cached_property
    def differing(self) -> frozenset[str]:
        """The rules that hold for something else, or with another certainty."""
        before, now = self.old.fired, self.new.fired
        return frozenset(rule for rule in {**before, **now} if before.get(rule, {}) != now.get(rule, {}))

    @cached_property
    def left_out(self) -> frozenset[str]:
        """The rules in play that no change concerns."""
        return (self._there | self.relations.referring) - self.relations.concerned(self.differing, self._there)

    @property
    def concerns(self) -> bool:
        """Whether a change concerns a rule that holds, or may, or one that refers."""
        return self.left_out != self._there | self.relations.referring

    @cached_property
    def _there(self) -> frozenset[str]:
        """The rules that hold, or may, in either version."""
        return frozenset(self.old.fired.keys() | self.new.fired.keys())

    def reasons(self, shift: Shift, others: Iterable[Shift]) -> tuple[Reason, ...]:
        """What is behind a shift; `others` are all of the same person."""
        found = self._from_stops(shift) or self._from_rules(shift)
        if not found and {each.place for each in (shift.old, shift.new) if each} <= {*_MOVED_BY_OTHERS}:
            found = self._pushed(others)
        for rules in (self._stops(shift), self.relations.behind(shift.rules), self._there):
            if not found:
                touched = ((rule, key) for rule in sorted(rules) for key in sorted(self.relations.touched[rule]))
                found = {key: Reason(key, rule) for rule, key in touched}
        if not found:
            found = {key: Reason(key) for key in self.relations.renamed if key[1] in self._there}
        return tuple(found[key] for key in sorted(found))

    def _from_stops(self, shift: Shift) -> dict[Key, Reason]:
        """Why something else is said about what stops some advice, or may."""
        if shift.how != "said otherwise" or not set(shift.apart) <= STOPPING:
            return {}
        found: dict[Key, Reason] = {}
        for rule in sorted(self._stops(shift)):
            if rule in self.differing:
                found.update((each.change, each) for each in self._own(rule, shift))
            else:
                found.update((key, Reason(key, rule)) for key in sorted(self.relations.touched[rule]))
        return found

    def _stops(self, shift: Shift) -> frozenset[str]:
        """The rules that hold, or may hold, the advice of a shift, and those that may refer."""
        holders = (self.relations.holders(rule) for rule in shift.rules)
        return self.relations.referring.union(*holders) & self._there

    def _pushed(self, others: Iterable[Shift]) -> dict[Key, Reason]:
        """Why advice stands in another place although nothing about itself changed."""
        keys = [(Sort.SETTING, name) for name in ("priorities", "first steps")]
        found = {key: Reason(key) for key in keys if key in self.relations.changes.deciding}
        if found:
            return found
        for each in others:
            if each.about[0] == "advice" and each.how in ("came", "went", "moved"):
                found.update({key: Reason(key, why.rule) for key, why in self._from_rules(each).items()})
        return found

    def _from_rules(self, shift: Shift) -> dict[Key, Reason]:
        relations = self.relations
        start = list(shift.rules)
        for rule in shift.rules:
            start += relations.holders(rule) & self.differing
        start += relations.referring & self.differing
        found: dict[Key, Reason] = {}
        if shift.how == "said otherwise":
            own = ((key, rule) for rule in shift.rules for key in sorted(relations.touched.get(rule, ())))
            found = {key: Reason(key, rule) for key, rule in own}
        seen = set[str]()
        while start and not (found and shift.how == "said otherwise"):
            rule = start.pop()
            if rule not in seen:
                seen.add(rule)
                for reason in self._own(rule, shift):
                    if reason.change not in found or not found[reason.change].decided:
                        found[reason.change] = reason
                start += sorted(relations.needs[rule] & (self.differing | relations.draws_otherwise))
        return found

    def _own(self, rule: str, shift: Shift) -> Iterator[Reason]:
        """The changes that made one rule come out differently here."""
        touched = self.relations.touched.get(rule, frozenset())
        if not touched:
            return
        if rule not in self.differing or not {rule} <= self.old.version.rules.keys() & self.new.version.rules.keys():
            yield from (Reason(key, rule) for key in sorted(touched))
            return
        decided = self._deciding(rule, shift)
        for key in sorted(touched):
            own = tuple(said for part, keys, said in decided if key in keys)
            if own:
                yield Reason(key, rule, own)
        if not decided and (Sort.RULE, rule) in touched:
            yield Reason((Sort.RULE, rule), rule)

    # -------------------------------------------------------------------------------------- what decided

    def _deciding(self, rule: str, shift: Shift) -> list[tuple[Condition, frozenset[Key], Decided]]:
        """The conditions that fail on the side where a rule doesn't hold (or not for certain), with the changes that
        they stand for."""
        before, now = self.old.fired.get(rule, {}), self.new.fired.get(rule, {})
        differing = [each for each in {**before, **now} if before.get(each, 0) != now.get(each, 0)]
        differing.sort(key=lambda each: (-_shared(each, shift.about[2]), repr(each)))
        for things in differing[:1]:
            was, is_ = before.get(things, 0), now.get(things, 0)
            side, other = (self.new, self.old) if is_ < was else (self.old, self.new)
            return list(self._failing(rule, things, side, other, max(was, is_)))
        return []

    def _failing(
        self, name: str, things: Things, side: Met, other: Met, level: int
    ) -> Iterator[tuple[Condition, frozenset[Key], Decided]]:
        rule, theirs = side.version.rules[name], other.version.rules[name]
        env = side.bound(rule, things)
        if env is None:
            return
        bound = Bound.CERTAIN if level == CERTAIN else Bound.POSSIBLE
        common = {content(part, other.version.names) for part in flat(theirs.condition)}
        changed = frozenset(self.relations.changes.deciding)
        for part in flat(rule.condition):
            if not side.world.holds(part, env, bound):
                keys = changed & side.version.read_by(part)
                if content(part, side.version.names) not in common:
                    keys |= {(Sort.RULE, name)} & changed
                yield part, keys, self._said(part, env, side)

    def _said(self, part: Condition, env: Mapping[str, int], side: Met) -> Decided:
        looked = Looked(side.version.base.plan, side.places)
        looked.condition(part, env)
        facts = tuple((str(each["pointer"]), each["value"]) for each in looked.facts.values() if each["pointer"])
        sentence = one_line(Sentences(side.version.book).condition(part))
        return Decided(side is self.new, sentence, facts, side.world.holds(part, env, Bound.POSSIBLE))


def _shared(things: Things, about: str) -> int:
    """How many of the things that a rule binds are those that a shift is about."""
    return sum(str(pointer) in about.split() for _, pointer in things)


def one_line(line: Line) -> str:
    """A sentence with what is below it in brackets."""
    below = "; ".join(map(one_line, line.below))
    return f"{line.text} ({below})" if below else line.text
