"""Stores of things, and derived things: one for each distinct key of a person's, for everybody at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advise.evaluate.columnar.arrays import Array, Bools, Ints, owners, starts_of
from advise.evaluate.columnar.frames import Store
from advise.evaluate.columnar.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Made:
    """A store and where its rows come from.

    `source` is the item that stands in each row, -1 for none; None when rows are items. `there` is where no
    phantom stands; None: everywhere. `absent` are the people whose list isn't complete. `extra` are the rows
    of derived things that aren't stated, with their keys.
    """

    store: Store
    source: Ints | None
    there: Bools | None
    absent: Bools | None
    extra: tuple[Ints, Array] | None = None

    @classmethod
    def of(cls, counts: Ints, absent: Bools | None) -> Made:
        """The store of a list as it's stated."""
        if absent is None or not absent.any():
            offsets = starts_of(counts)
            return cls(Store(offsets, None), None, None, None)
        return _laid_out(counts, np.zeros_like(counts), absent)


def _laid_out(stated: Ints, others: Ints, absent: Bools | None, keys: Array | None = None) -> Made:
    """For each person the stated things, the others, and the phantom."""
    counts = stated + others if absent is None else stated + others + absent
    offsets = starts_of(counts)
    source = np.full(offsets[-1], -1, np.int64)
    source[_runs(offsets[:-1], stated)] = np.arange(stated.sum())
    phantom = None
    if absent is not None and absent.any():
        phantom = np.zeros(offsets[-1], np.bool_)
        phantom[offsets[1:][absent] - 1] = True
    store = Store(offsets, phantom)
    extra = None if keys is None else (_runs(offsets[:-1] + stated, others), keys)
    return Made(store, source, None if phantom is None else ~phantom, absent, extra)


def _runs(starts: Ints, lengths: Ints) -> Ints:
    """The numbers from each start on, as many as its length says."""
    of = owners(lengths)
    found: Ints = (starts - starts_of(lengths)[:-1]).take(of) + np.arange(len(of))
    return found


@dataclass(frozen=True, slots=True)
class Keyed:
    """The items of a list: whose each is, its key, and where that is known (None: everywhere)."""

    made: Made
    person: Ints
    keys: Array
    known: Bools | None


def derive(people: int, stated: Keyed | None, sources: Sequence[Keyed], vocabulary: Vocabulary | None) -> Made:
    """The stated things, then one for each further key, in the order of the keys.

    `vocabulary` orders keys that are codes of texts; without one they're numbers.
    """
    own = () if stated is None else (stated,)
    incomplete = np.zeros(people, np.bool_)
    for each in (*own, *sources):
        if each.made.absent is not None:
            incomplete |= each.made.absent
    for each in sources:
        if each.known is not None:
            incomplete[each.person[~each.known]] = True
    persons, keys = _known(sources)
    own_persons, own_keys = _known(own)
    distinct = np.unique(np.concatenate([keys, own_keys]))
    order = np.arange(len(distinct)) if vocabulary is None else vocabulary.places(distinct)
    by_place = np.empty_like(distinct)
    by_place[order] = distinct
    count = max(len(distinct), 1)
    wanted = persons * count + order[np.searchsorted(distinct, keys)]
    had = own_persons * count + order[np.searchsorted(distinct, own_keys)]
    new = np.setdiff1d(wanted, had)
    others = np.bincount(new // count, minlength=people).astype(np.int64)
    counts = np.zeros(people, np.int64) if stated is None else np.bincount(stated.person, minlength=people)
    return _laid_out(counts, others, incomplete if incomplete.any() else None, by_place[new % count])


def _known(sources: Sequence[Keyed]) -> tuple[Ints, Array]:
    """The people and keys of the items whose key is known."""
    persons: list[Ints] = [np.zeros(0, np.int64)]
    keys: list[Array] = [np.zeros(0, np.int64)]
    for each in sources:
        known = each.keys if each.known is None else each.keys[each.known]
        if len(known):  # the keys of an empty list may be of another kind of array
            persons.append(each.person if each.known is None else each.person[each.known])
            keys.append(known)
    return np.concatenate(persons), np.concatenate(keys)
