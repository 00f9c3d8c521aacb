"""The values of many people at once: arrays of truth, of spans, of codes and of lists of codes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

UNKNOWN_CODE, NOTHING_CODE = -1, -2
"""The codes of a value that nobody knows, and of one that certainly isn't there."""

INF = np.inf


def taken(array: Array, index: Array | None) -> Array:
    """`array[index]`; an array of one stands for any number of equal ones, and None for what is there already."""
    return array if index is None or len(array) == 1 else array.take(index)


def picked(array: Array, index: Array | None) -> Array:
    """`array[index]`; None for what is there already."""
    return array if index is None else array.take(index)


def full(array: Array, size: int) -> Array:
    """`array` with `size` elements."""
    return array if len(array) == size else np.broadcast_to(array, (size,))


@dataclass(frozen=True, slots=True)
class Pair:
    """Where a condition certainly holds, and where it possibly does. The same array where nothing is unknown."""

    certain: Bools
    possible: Bools

    def taken(self, index: Array | None) -> Pair:
        """The pair at an index."""
        certain = taken(self.certain, index)
        return Pair(certain, certain if self.possible is self.certain else taken(self.possible, index))

    def opposite(self) -> Pair:
        """Kleene's not."""
        possible = ~self.certain
        return Pair(possible if self.possible is self.certain else ~self.possible, possible)

    def both(self, other: Pair) -> Pair:
        """Kleene's and."""
        certain = self.certain & other.certain
        if self.possible is self.certain and other.possible is other.certain:
            return Pair(certain, certain)
        return Pair(certain, self.possible & other.possible)

    def either(self, other: Pair) -> Pair:
        """Kleene's or."""
        certain = self.certain | other.certain
        if self.possible is self.certain and other.possible is other.certain:
            return Pair(certain, certain)
        return Pair(certain, self.possible | other.possible)


def two_valued(truth: Bools) -> Pair:
    """The pair of a condition of which nothing is unknown."""
    return Pair(truth, truth)


def joined_pairs(pairs: Sequence[Pair]) -> Pair:
    """The pairs of one group of rows after the other."""
    if len(pairs) == 1:
        return pairs[0]
    certain = np.concatenate([each.certain for each in pairs])
    if all(each.possible is each.certain for each in pairs):
        return Pair(certain, certain)
    return Pair(certain, np.concatenate([each.possible for each in pairs]))


NEVER, ALWAYS = two_valued(np.zeros(1, np.bool_)), two_valued(np.ones(1, np.bool_))


@dataclass(frozen=True, slots=True)
class Spans:
    """Numbers, days or ranks that lie from `low` to `high`; the same array when all are known.

    `empty` is where there's no value (there `low` is above `high`); None: nowhere.
    """

    low: Floats
    high: Floats
    empty: Bools | None = None

    def taken(self, index: Array | None) -> Spans:
        """The spans at an index."""
        low = taken(self.low, index)
        high = low if self.high is self.low else taken(self.high, index)
        return Spans(low, high, None if self.empty is None else taken(self.empty, index))

    def emptied(self, empty: Bools | None) -> Spans:
        """These spans, with no value at `empty` too."""
        if empty is None or not empty.any():
            return self
        low, high, empty = np.broadcast_arrays(self.low, self.high, empty)
        everywhere = empty if self.empty is None else empty | self.empty
        return Spans(np.where(empty, INF, low), np.where(empty, -INF, high), everywhere)


def spans(low: Floats, high: Floats) -> Spans:
    """Spans of which some may be empty."""
    empty = low > high
    return Spans(low, high, empty if empty.any() else None)


def joined_spans(groups: Sequence[Spans]) -> Spans:
    """The spans of one group of rows after the other."""
    if len(groups) == 1:
        return groups[0]
    low = np.concatenate([each.low for each in groups])
    exact = all(each.high is each.low for each in groups)
    return spans(low, low if exact else np.concatenate([each.high for each in groups]))


def one_span(low: float, high: float) -> Spans:
    """A span that is the same for everybody."""
    least = np.array([low], np.float64)
    return Spans(
        least, least if low == high else np.array([high], np.float64), np.ones(1, np.bool_) if low > high else None
    )


@dataclass(frozen=True, slots=True)
class Codes:
    """Texts, choices or truth values as codes. `unknown`, `nothing`: there may be such codes among them."""

    codes: Array
    unknown: bool = True
    nothing: bool = False

    def taken(self, index: Array | None) -> Codes:
        """The codes at an index."""
        return Codes(taken(self.codes, index), self.unknown, self.nothing)


@dataclass(frozen=True, slots=True)
class Texts:
    """Lists of texts: `flat[start:stop]`; start is -1 where the list is unknown."""

    start: Ints
    stop: Ints
    flat: Array

    def taken(self, index: Array | None) -> Texts:
        """The lists at an index."""
        return Texts(taken(self.start, index), taken(self.stop, index), self.flat)


Values = Spans | Codes | Texts
V = TypeVar("V", Spans, Codes, Texts)


def starts_of(counts: Ints) -> Ints:
    """Where each group starts, and where the last ends."""
    offsets = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    return offsets


def owners(counts: Ints) -> Ints:
    """For each row the group that it belongs to, when group `i` has `counts[i]` rows: `repeat`, but quicker."""
    filled = np.flatnonzero(counts)
    if not len(filled):
        return np.zeros(0, np.int64)
    marks = np.zeros(int(counts.sum()), np.int64)
    marks[(np.cumsum(counts) - counts).take(filled)] = np.diff(filled, prepend=0)
    return np.cumsum(marks, out=marks)


def replaced(array: Array, where: Bools, value: Any) -> Array:
    """`array` with another value at `where`; `np.where` takes longer where that is hard to foresee."""
    found: Array = np.array(np.broadcast_to(array, where.shape))
    found[np.flatnonzero(where)] = value
    return found


@dataclass(frozen=True, slots=True)
class Segments:
    """Rows that stand together by what they belong to: group `i` has the rows from `offsets[i]` to `offsets[i + 1]`."""

    offsets: Ints

    @classmethod
    def of_counts(cls, counts: Ints) -> Segments:
        """From the number of rows in each group."""
        return cls(starts_of(counts))

    @property
    def size(self) -> int:
        """The number of groups."""
        return len(self.offsets) - 1

    @property
    def filled(self) -> Ints | None:
        """The groups with rows; None when all have some."""
        has = self.offsets[1:] > self.offsets[:-1]
        return None if has.all() else np.flatnonzero(has)

    @property
    def starts(self) -> Ints:
        """Where each group with rows starts."""
        filled = self.filled
        return self.offsets[:-1] if filled is None else self.offsets.take(filled)

    def reduced(self, function: np.ufunc, rows: Array, nothing: Any) -> Array:
        """The rows of each group reduced by `function`; `nothing` for a group without rows."""
        starts, filled = self.starts, self.filled
        if not len(starts):
            return np.full(self.size, nothing, rows.dtype)
        found: Array = function.reduceat(rows, starts)
        if filled is None:
            return found
        every = np.full(self.size, nothing, found.dtype)
        every[filled] = found
        return every

    def any(self, rows: Bools) -> Bools:
        """Whether there's a true row in each group."""
        # Running counts take a sixth of the time of `reduceat`.
        counts = np.zeros(len(rows) + 1, np.int32)
        np.cumsum(rows, out=counts[1:])
        ends = counts.take(self.offsets)
        found: Bools = ends[1:] != ends[:-1]
        return found

    def total(self, rows: Floats) -> Floats:
        """The sum of each group, rounded once, as `math.fsum` does."""
        finite = np.isfinite(rows)
        everywhere = bool(finite.all())
        whole = rows if everywhere else rows[finite]
        if not len(whole) or (np.abs(whole).sum() < 2**53 and (whole == np.floor(whole)).all()):
            return self._exact(rows) if everywhere else self.reduced(np.add, rows, 0.0)
        return self._compensated(rows)

    def _exact(self, rows: Floats) -> Floats:
        """The sums of numbers of which every sum is exact."""
        sums = np.zeros(len(rows) + 1)
        np.cumsum(rows, out=sums[1:])
        ends = sums.take(self.offsets)
        found: Floats = ends[1:] - ends[:-1]
        return found

    def _compensated(self, rows: Floats) -> Floats:
        """Adds the first rows of all groups, then the second ones, and so on, keeping what rounding loses."""
        starts = self.starts
        group = np.zeros(len(rows), np.int64)
        group[starts[1:]] = 1
        group = np.cumsum(group)
        place = np.arange(len(rows)) - starts[group]
        order = np.argsort(place, kind="stable")
        bounds = np.searchsorted(place[order], np.arange(place.max() + 2))
        parts = [np.zeros(len(starts))]
        endless = np.zeros(len(starts))
        for begin, end in pairwise(bounds):
            chosen = order[begin:end]
            to, carried = group[chosen], rows[chosen]
            limits = ~np.isfinite(carried)
            endless[to[limits]] += carried[limits]
            carried = np.where(limits, 0.0, carried)
            for part in parts:
                part[to], carried = _two_sum(part[to], carried)
            if carried.any():
                parts.append(np.zeros(len(starts)))
                parts[-1][to] = carried
        found = np.where(endless != 0, endless, _rounded(parts))
        every = np.zeros(self.size)
        filled = self.filled
        every[slice(None) if filled is None else filled] = found
        return every


def _two_sum(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """The rounded sum and what the rounding lost, exactly."""
    total = a + b
    back = total - a
    return total, (a - (total - back)) + (b - back)


def _rounded(parts: list[Floats]) -> Floats:
    """The exact sum of some parts, rounded once."""
    for _ in parts:
        for i in range(len(parts) - 1, 0, -1):
            parts[i - 1], parts[i] = _two_sum(parts[i - 1], parts[i])
    high = parts[0]
    if len(parts) < 3:
        return high
    # Half a unit in the last place was rounded to even; what is left over says whether that was right.
    low, rest = parts[1], joined(parts[2:][::-1], lambda small, large: np.where(large != 0, large, small), None)
    twice = low * 2
    moved = high + twice
    return np.where((np.sign(low) * np.sign(rest) > 0) & (moved - high == twice), moved, high)


def joined(parts: list[Any], combine: Callable[[Any, Any], Any], start: Any) -> Any:
    """The parts combined one after the other; `start` for none."""
    if not parts:
        return start
    found = parts[0]
    for part in parts[1:]:
        found = combine(found, part)
    return found
