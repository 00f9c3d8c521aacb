"""Sets of values that a test allows: some values or all but some, ranges of numbers, and whether none at all is."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from math import ceil, floor, inf
from typing import Any


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers between two ends, each included unless it's open."""

    low: float = -inf
    high: float = inf
    low_open: bool = False
    high_open: bool = False

    @property
    def is_empty(self) -> bool:
        """True when no number is in it."""
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    @property
    def has_whole(self) -> bool:
        """True when a whole number is in it."""
        if self.low == -inf or self.high == inf:
            return not self.is_empty
        first = ceil(self.low)
        first += first == self.low and self.low_open
        last = floor(self.high)
        last -= last == self.high and self.high_open
        return first <= last

    def meet(self, other: Range) -> Range:
        """What is in both."""
        low = max((self.low, self.low_open), (other.low, other.low_open))
        high = min((self.high, not self.high_open), (other.high, not other.high_open))
        return Range(low[0], high[0], low[1], not high[1])


@dataclass(frozen=True, slots=True)
class Numbers:
    """A set of numbers: ranges that don't touch, from the lowest."""

    ranges: tuple[Range, ...]

    @property
    def is_empty(self) -> bool:
        """True when no number is in it."""
        return not self.ranges

    def meet(self, other: Numbers) -> Numbers:
        """What is in both."""
        found = (a.meet(b) for a in self.ranges for b in other.ranges)
        return Numbers(tuple(sorted((each for each in found if not each.is_empty), key=lambda r: (r.low, r.low_open))))

    def complement(self) -> Numbers:
        """All other numbers."""
        found, low, low_open = [], -inf, False
        for each in self.ranges:
            found.append(Range(low, each.low, low_open, not each.low_open))
            low, low_open = each.high, not each.high_open
        found.append(Range(low, inf, low_open, False))
        return Numbers(tuple(each for each in found if not each.is_empty))

    def within(self, other: Numbers) -> bool:
        """True when every number of this set is in the other."""
        return self.meet(other.complement()).is_empty

    def whole(self) -> Numbers:
        """The ranges in which there's a whole number."""
        return Numbers(tuple(each for each in self.ranges if each.has_whole))

    @property
    def is_convex(self) -> bool:
        """True when there's no gap in it."""
        return len(self.ranges) <= 1


@dataclass(frozen=True, slots=True)
class Choices:
    """Some values; with `but`, all other ones."""

    values: frozenset[Hashable]
    but: bool = False

    @property
    def is_empty(self) -> bool:
        """True when no value is in it."""
        return not self.values and not self.but

    def meet(self, other: Choices) -> Choices:
        """What is in both."""
        if self.but and other.but:
            return Choices(self.values | other.values, True)
        if self.but:
            return Choices(other.values - self.values)
        return Choices(self.values - other.values if other.but else self.values & other.values)

    def complement(self) -> Choices:
        """All other values."""
        return Choices(self.values, not self.but)

    def within(self, other: Choices) -> bool:
        """True when every value of this set is in the other."""
        return self.meet(other.complement()).is_empty

    @property
    def is_convex(self) -> bool:
        """Whether there's a gap in it: values have no order."""
        return False


Values = Numbers | Choices


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a value may be: one of `values`, or also none at all if `nothing`."""

    values: Values
    nothing: bool = False

    @property
    def is_empty(self) -> bool:
        """True when it can be nothing whatever."""
        return self.values.is_empty and not self.nothing

    def meet(self, other: Allowed) -> Allowed:
        """What both allow."""
        return Allowed(_meet(self.values, other.values), self.nothing and other.nothing)

    def complement(self) -> Allowed:
        """What this doesn't allow."""
        return Allowed(self.values.complement(), not self.nothing)

    def within(self, other: Allowed) -> bool:
        """True when the other allows whatever this does."""
        return self.meet(other.complement()).is_empty


def _meet(one: Any, other: Any) -> Values:
    met: Values = one.meet(other)
    return met


def some(*values: Hashable) -> Choices:
    """Just these values."""
    return Choices(frozenset(values))


def points(values: Iterable[float]) -> Numbers:
    """Just these numbers."""
    return Numbers(tuple(Range(each, each) for each in sorted(set(values))))


def compared(operator: str, number: float) -> Numbers:
    """The numbers that stand in a relation (== >= <= > <) to one."""
    ranges = {
        "==": Range(number, number),
        ">=": Range(number, inf),
        "<=": Range(-inf, number),
        ">": Range(number, inf, True, False),
        "<": Range(-inf, number, False, True),
    }
    return Numbers((ranges[operator],))


ALL_NUMBERS = Numbers((Range(),))
