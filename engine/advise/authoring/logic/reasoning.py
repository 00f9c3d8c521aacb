"""What can't hold and what follows from what, for conditions with any parameter values that they'll ever have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from advise.authoring.logic.clashes import clashes
from advise.authoring.logic.domains import Domains, Drawn
from advise.authoring.logic.entailment import Entailment
from advise.authoring.logic.literals import NEVER, Branch, Branches, Effort, Env, Key, Literal, Taking, both
from advise.conditions import Condition, Not, Parameter, Scope
from advise.plan import operands_behind
from advise.rules import Rule, Rulebook

_DEEPEST = 3
"""Lists within lists that are looked into; beyond, nothing is claimed."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A thing that's there: the name of its own, and what it's one of."""

    name: str
    scope: Scope
    anchor: str | None


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a condition may use, and the things that they stand for."""

    env: Env = field(default_factory=dict)
    bound: tuple[Bound, ...] = ()

    @classmethod
    def of(cls, rule: Rule, apart: str = "", same: Mapping[str, str] | None = None) -> Names:
        """The names that a rule binds. With `apart`, they're other things than those of another rule, but for `same`:
        by the rule's name for a thing, the other's name for the same one."""
        names, shared = cls(), same or {}
        for scope in rule.each:
            other = shared.get(scope.name)
            names = names.inside(scope, f"${apart}{scope.name}" if other is None else f"${other}")
        return names

    def inside(self, scope: Scope, name: str) -> Names:
        """With one more thing, told from all others by `name`."""
        anchor = self.env.get(scope.thing) if scope.other else None
        return Names({**self.env, scope.name: name}, (*self.bound, Bound(name, scope, anchor)))


Claim = tuple[Condition, Names]
Subjects = tuple[frozenset[Key], ...] | None


class Logic:
    """Proves things about conditions. `drawn`: the values that conclusions can certainly have, if that's known."""

    def __init__(self, book: Rulebook, drawn: Drawn | None = None) -> None:
        self.book = book
        self.domains = Domains(book, drawn)
        self._changing: dict[int, tuple[Condition, tuple[date, ...]]] = {}
        self._takings: dict[date, Taking] = {}
        self._known: dict[tuple[int, frozenset[tuple[str, str]], date], tuple[Condition, Branches]] = {}

    # ------------------------------------------------------------------------------------------- claims

    def never(self, *claims: Claim) -> bool:
        """True only when the conditions can't all hold for certain, for anybody, on any day."""
        return all(self._never_on(claims, day) for day in self.eras(each for each, _ in claims))

    def always(self, condition: Condition, names: Names) -> bool:
        """True only when a condition can't be false, for anybody, on any day: it's true, or it isn't known."""
        return self.never((Not(condition), names))

    def true(self, condition: Condition, names: Names) -> bool:
        """True only when a condition holds for certain, whatever is known."""
        return self.follows(condition, names)

    def follows(self, condition: Condition, names: Names, *premises: Claim) -> bool:
        """True only when a condition is never less true than its premises together (false < unknown < true)."""
        for day in self.eras((condition, *(each for each, _ in premises))):
            given = both([self.branches(each, theirs.env, day) for each, theirs in premises])
            wanted = self.branches(condition, names.env, day)
            if given is None or wanted is None or not self._entailment(day).covers(given, wanted):
                return False
        return True

    def subjects(self, condition: Condition, names: Names) -> Subjects:
        """What each branch of a condition speaks of; None where there are too many branches to say.

        Days from today and quantifiers are told roughly: they may say something of each other even when they aren't
        the same. A condition follows only from others that speak of what it does, or is true of everybody.
        """
        branches = self.branches(condition, names.env, self.eras([condition])[0])
        return None if branches is None else tuple(frozenset(map(_rough, branch)) for branch in branches)

    # --------------------------------------------------------------------------------------- particulars

    def eras(self, conditions: Iterable[Condition]) -> tuple[date, ...]:
        """A day for each of the values that the parameters in the conditions have together, one after the other."""
        since = {day for each in conditions for day in self._changes(each)}
        return tuple(sorted(since)) or (self.book.as_of,)

    def _changes(self, condition: Condition) -> tuple[date, ...]:
        """The days on which a parameter in a condition changes, and one before the first, worked out once."""
        known = self._changing.get(id(condition))
        if known is None or known[0] is not condition:
            behind = operands_behind(condition, self.book)
            names = {operand.name for operand in behind if isinstance(operand, Parameter)}
            days = {day for name in names for day in self._starts(name)}
            known = self._changing[id(condition)] = condition, tuple(days)
        return known[1]

    def _starts(self, name: str) -> Iterator[date]:
        starts = [start for start, _ in self.book.settings[name].values]
        yield from starts
        if starts and starts[0] > date.min:
            yield starts[0] - timedelta(1)

    def branches(self, condition: Condition, env: Env, day: date) -> Branches:
        """The branches of a condition on a day, worked out once."""
        key = (id(condition), frozenset(env.items()), day)
        known = self._known.get(key)
        if known is None or known[0] is not condition:
            known = self._known[key] = condition, self._taking(day).branches(condition, env)
        return known[1]

    def _taking(self, day: date) -> Taking:
        if day not in self._takings:
            self._takings[day] = Taking(self.book, day)
        return self._takings[day]

    def _entailment(self, day: date) -> Entailment:
        return Entailment(self._taking(day), self.domains)

    def _never_on(self, claims: tuple[Claim, ...], day: date) -> bool:
        parts = sorted((self.branches(each, names.env, day) for each, names in claims), key=lambda p: len(p or ()))
        if NEVER in parts:
            return True
        whole = both(list(parts))
        if whole is None:
            return False
        bound = {each.name: each for _, names in claims for each in names.bound}
        effort = Effort()
        return all(self._clashes(branch, tuple(bound.values()), day, 0, effort) for branch in whole)

    def _clashes(self, branch: Branch, bound: tuple[Bound, ...], day: date, depth: int, effort: Effort) -> bool:
        """Whether the literals of a branch can't all be true."""
        if not effort.step():
            return False
        taking = self._taking(day)
        gathered = [each for each in map(taking.gathered, branch) if each is not None]
        if gathered:
            known = {each.key for each in branch if each.inner}
            branch = (*branch, *(each for each in dict.fromkeys(gathered) if each.key not in known))
        if clashes(branch, self.domains):
            return True
        if depth == _DEEPEST:
            return False
        some = [each for each in branch if each.inner and each.holds]
        none = [each for each in branch if each.inner and not each.holds]
        rest = tuple(each for each in branch if not (each.inner and each.holds))
        for i, literal in enumerate(some):
            assert literal.inner is not None
            names = Names(literal.inner.env).inside(literal.inner.scope, f"!{depth}.{i}")
            (thing,) = names.bound
            body = taking.branches(literal.inner.body, names.env)
            if self._cant_be(thing, none, rest, (*bound, thing), day, depth + 1, effort, body):
                return True
        return bool(none) and any(
            self._cant_be(each, none, rest, bound, day, depth + 1, effort, None) for each in bound
        )

    def _cant_be(
        self, thing: Bound, none: list[Literal], rest: Branch, bound: tuple[Bound, ...], day: date, depth: int,
        effort: Effort, body: Branches,
    ) -> bool:  # fmt: skip
        """Whether there can't be a thing with `body`, besides what is said of all things of its sort."""
        opposites = [self._not_for(each, thing, day) for each in none if _concerns(each, thing)]
        if body is None and not opposites:
            return False
        whole = both([(rest,), *([] if body is None else [body]), *opposites])
        return whole is not None and all(self._clashes(branch, bound, day, depth, effort) for branch in whole)

    def _not_for(self, literal: Literal, thing: Bound, day: date) -> Branches:
        """What `no` says of one thing."""
        assert literal.inner is not None
        env = {**literal.inner.env, literal.inner.scope.name: thing.name}
        return self._taking(day).branches(literal.inner.body, env, holds=False)


def _rough(literal: Literal) -> Key:
    key = literal.key
    if key[0] == "known":
        return ("value", *key[1:])
    return ("ago", key[1]) if key[0] in ("months", "days") else key[:4] if literal.inner else key


def _concerns(none: Literal, thing: Bound) -> bool:
    assert none.inner is not None
    scope = none.inner.scope
    if (scope.thing, scope.is_table) != (thing.scope.thing, thing.scope.is_table):
        return False
    return not scope.other or (thing.anchor is not None and none.inner.env.get(scope.thing) == thing.anchor)
