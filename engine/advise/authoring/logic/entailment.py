"""Whether one condition is never less true than others, in both bounds: what it takes to leave a test out."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from advise.authoring.logic.clashes import widened
from advise.authoring.logic.domains import Domains, is_fact
from advise.authoring.logic.literals import Branch, Branches, Effort, Literal, Taking
from advise.authoring.logic.sets import Allowed, Choices, Numbers, Range
from advise.conditions import Aggregate, Of, Ref
from advise.types import Kind


class Entailment:
    """Proves on one day that a literal follows from others."""

    def __init__(self, taking: Taking, domains: Domains, effort: Effort | None = None, depth: int = 0) -> None:
        self.taking = taking
        self.domains = domains
        self.effort = effort or Effort(10_000)
        self.depth = depth

    def covers(self, given: tuple[Branch, ...], wanted: tuple[Branch, ...]) -> bool:
        """Whether in each branch of what is given some branch of what is wanted holds."""
        return all(any(self.all_follow(one, other) for other in wanted) for one in given)

    def all_follow(self, given: Branch, wanted: Branch) -> bool:
        """Whether every wanted literal follows."""
        return self.effort.step() and all(self._follows(given, each) for each in wanted)

    def _follows(self, given: Branch, wanted: Literal) -> bool:
        if self._is_true(wanted):
            return True
        if wanted.inner is not None:
            return any(self._quantified(given, each, wanted) for each in given if each.inner is not None)
        if wanted.key[0] == "known" and not is_fact(wanted.left) and wanted.holds:
            # What is looked up is known where a test of it holds, and as little known as the test where it's open.
            value = ("value", *wanted.key[1:])
            if any(each.key == value and not each.allowed.nothing for each in given):
                return True
        alike = [each for each in _with_widened(given, wanted) if each.key == wanted.key]
        return any(self._at_most(each, wanted) for each in alike) or self._together(alike, wanted)

    def _quantified(self, given: Branch, one: Literal, wanted: Literal) -> bool:
        """Whether `some` (or `no`) of one body makes that of another."""
        if one.holds is not wanted.holds or one.key[1:4] != wanted.key[1:4]:
            return False
        if one.key == wanted.key:
            return True
        if self.depth > 2 or one.inner is None or wanted.inner is None:
            return False
        name = f"?{self.depth}"
        bodies: list[Branches] = [
            self.taking.branches(each.body, {**each.env, each.scope.name: name}) for each in (one.inner, wanted.inner)
        ]
        first, second = bodies if one.holds else bodies[::-1]
        if first is None or second is None:
            return False
        around = tuple(each for each in given if each.inner is None) if one.holds else ()
        within = Entailment(self.taking, self.domains, self.effort, self.depth + 1)
        return within.covers(tuple((*around, *branch) for branch in first), second)

    # --------------------------------------------------------------------------------------- literals

    def _at_most(self, one: Literal, other: Literal) -> bool:
        """Whether a literal is never truer than another about the same value."""
        if one.allowed == other.allowed:
            return True
        if _is_given_number(one):
            return self._meets_points([one], other) and self._missing(one) <= self._missing(other)
        return one.allowed.meet(self._states(one)).within(other.allowed)

    def _together(self, alike: list[Literal], wanted: Literal) -> bool:
        """Whether several literals about one value make another one that none of them makes alone."""
        if len(alike) < 2:
            return False
        if _is_given_number(wanted):
            return self._meets_points(alike, wanted) and min(map(self._missing, alike)) <= self._missing(wanted)
        met = self._states(wanted)
        for each in alike:
            met = met.meet(each.allowed)
        if is_fact(wanted.left) and wanted.key[0] == "value" and isinstance(met.values, Choices):
            return met.within(wanted.allowed)
        if isinstance(wanted.left, Ref) and wanted.left.of is Of.CONCLUSION:
            return False  # while several values are possible, each literal may be open for another one
        # Ranges that meet pairwise meet in one place, so a range of what may be that touches each touches all of them.
        convex = all(each.allowed.values.is_convex for each in alike)
        return convex and not met.values.is_empty and met.within(wanted.allowed)

    def _meets_points(self, given: Iterable[Literal], wanted: Literal) -> bool:
        """Whether every number that a fact may be and that is given is wanted too."""
        met = self.domains.of(wanted)
        for each in given:
            met = met.meet(each.allowed)
        outside = met.meet(wanted.allowed.complement()).values
        assert isinstance(outside, Numbers)
        return (outside.whole() if self.domains.is_whole(wanted.left) else outside).is_empty

    def _missing(self, literal: Literal) -> int:
        """0, 1 or 2 for false, unknown and true: a literal about a number that nobody gave."""
        span = Allowed(self.domains.of(literal).values)
        allowed = Allowed(literal.allowed.values)
        return 0 if span.meet(allowed).is_empty else 2 if span.within(allowed) else 1

    def _states(self, literal: Literal) -> Allowed:
        """What a value may be taken for while it isn't known: for a number that is worked out, anything."""
        if literal.key[0] in ("known", "test", "some", "order"):
            return self.domains.of(literal)
        left = literal.left
        if isinstance(left, Aggregate) and left.value is None:
            return Allowed(Numbers((Range(0, inf),)))
        if isinstance(literal.allowed.values, Numbers):
            return Allowed(Numbers((Range(),)), not is_fact(left))
        if isinstance(left, Ref) and left.of in (Of.FACT, Of.CONCLUSION) and left.type.kind in _FINITE:
            values = (True, False) if left.type.kind is Kind.BOOLEAN else left.type.choices
            has_none = left.of is Of.CONCLUSION and left.type.kind is not Kind.BOOLEAN
            return Allowed(Choices(frozenset(values)), has_none)
        return Allowed(Choices(frozenset(), True), not is_fact(left))

    def _is_true(self, literal: Literal) -> bool:
        """Whether a literal is true of everybody, whatever is known."""
        if _is_given_number(literal):
            return self._meets_points([], literal) and self._missing(literal) == 2
        left = literal.left
        is_count = literal.key[0] == "value" and isinstance(left, Aggregate) and left.value is None
        return is_count and self._states(literal).within(literal.allowed)


_FINITE = (Kind.BOOLEAN, Kind.CHOICE)


def _is_given_number(literal: Literal) -> bool:
    left = literal.left
    return literal.key[0] == "value" and is_fact(left) and left is not None and left.type.kind is Kind.NUMBER


def _with_widened(given: Branch, wanted: Literal) -> list[Literal]:
    if wanted.key[0] not in ("months", "days"):
        return list(given)
    return [*given, *(wider for each in given if (wider := widened(each)) is not None)]
