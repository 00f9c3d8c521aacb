"""Rows of people and of the things bound with them: where conditions are evaluated, and how rows belong together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from advise.conditions import Scope
from advise.evaluate.columnar.arrays import Array, Bools, Ints, Segments, Values, owners, picked, starts_of
from advise.evaluate.columnar.vocabulary import Vocabulary
from advise.plan import Key

PERSON = ""
"""Stands among the names that a condition needs for whatever differs from person to person."""

Needs = frozenset[str]

LARGEST = 1 << 19
"""The most rows of bound things at once, where there are so many only because every thing meets every other."""

_PART = Scope("", "", is_table=True)
"""What parts of a frame bind: nothing."""


@dataclass(slots=True)
class Column:
    """A fact of many people or things: its values, and where it's absent and where null (None: nowhere)."""

    values: Values
    absent: Bools | None = None
    null: Bools | None = None


@dataclass(eq=False)
class Store:
    """All things of one kind, person after person, the phantom of an incomplete list last of its person's.

    `offsets` is the first row of each person. `phantom` is None when every list is complete.
    """

    offsets: Ints
    phantom: Bools | None

    @property
    def size(self) -> int:
        """The number of rows."""
        return int(self.offsets[-1])

    @cached_property
    def counts(self) -> Ints:
        """The number of rows of each person."""
        return np.diff(self.offsets)

    @cached_property
    def person(self) -> Ints:
        """The person of each row."""
        return owners(self.counts)


@dataclass(eq=False)
class Listed:
    """One list of all people: how many items each has, and where the list isn't given (None: nowhere)."""

    counts: Ints
    absent: Bools | None

    @cached_property
    def person(self) -> Ints:
        """Whose each item is."""
        return owners(self.counts)


@dataclass(slots=True)
class People:
    """The facts of many people as columns. `lists` are the lists that a table gives; one that isn't there is
    given by nobody."""

    count: int
    as_of: date
    stores: Mapping[str, Store]
    columns: Mapping[Key, Column]
    vocabulary: Vocabulary
    lists: Mapping[str, Listed] = field(default_factory=dict)


class Batch:
    """One evaluation of many people: their frames, and the conclusions drawn so far. `settled`: all are drawn."""

    def __init__(self, people: People, tables: Mapping[str, int]) -> None:
        self.people = people
        self.tables = tables
        self.unit = Frame(self, 1)
        self.root = Frame(self, people.count)
        self.drawn: dict[Key, dict[int, list[Bools]]] = {}
        self.settled = False

    def release(self) -> None:
        """Lets go of all frames; the batch can't be used any more. They refer to one another in circles."""
        for frame in (self.root, self.unit):
            frame.release()
        del self.root, self.unit

    def store_size(self, thing: str | None) -> int:
        """The number of rows that a thing has, or the person."""
        return self.people.count if thing is None else self.people.stores[thing].size


@dataclass(eq=False)
class Frame:
    """Rows in which names are bound. `parent` has a group of these rows for each of its own, by `groups`; None:
    the rows are those of the bound thing's store. A frame with a parent and no `scope` has some of its rows.

    `rows` are the rows of the bound thing in its store, or table; None when they're the same. `kept` is what
    nodes worked out in this frame.
    """

    batch: Batch
    size: int
    parent: Frame | None = None
    scope: Scope | None = None
    groups: Ints | None = None
    rows: Ints | None = None
    segments: Segments | None = None
    kept: dict[Any, Any] = field(default_factory=dict)
    _children: dict[Scope, Frame] = field(default_factory=dict)
    _at: dict[str, Ints | None] = field(default_factory=dict)

    @property
    def up(self) -> Ints:
        """The row above each row."""
        if self.groups is not None:
            return self.groups
        assert self.scope is not None
        return self.batch.people.stores[self.scope.thing].person

    @cached_property
    def person(self) -> Ints | None:
        """The person of each row; None when the rows are the people."""
        if self.parent is None:
            return None
        above = self.parent.person
        return self.up if above is None else above.take(self.up)

    @cached_property
    def everybody(self) -> Ints:
        """The person of each row, always as an array."""
        return np.arange(self.size) if self.person is None else self.person

    @cached_property
    def phantom(self) -> Bools | None:
        """Where one of the bound things is a phantom; None: nowhere."""
        if self.parent is None or self.scope is None:
            return None
        above = self.parent.phantom
        above = None if above is None else picked(above, self.up)
        own = None if self.scope.is_table else self.batch.people.stores[self.scope.thing].phantom
        own = None if own is None else picked(own, self.rows)
        if above is None or own is None:
            return own if above is None else above
        return above | own

    @property
    def own_phantom(self) -> Bools | None:
        """Where the thing bound last is a phantom; None: nowhere."""
        assert self.scope is not None
        if self.scope.is_table:
            return None
        phantom = self.batch.people.stores[self.scope.thing].phantom
        return None if phantom is None else picked(phantom, self.rows)

    def binder(self, name: str) -> Frame:
        """The frame, this or one above, that binds a name."""
        frame: Frame = self
        while frame.scope is None or frame.scope.name != name:
            assert frame.parent is not None, name
            frame = frame.parent
        return frame

    def at(self, name: str) -> Ints | None:
        """The store rows of what is bound as `name`; None when they're the rows of this frame."""
        if name not in self._at:
            if self.scope is not None and self.scope.name == name:
                self._at[name] = self.rows
            else:
                assert self.parent is not None, name
                above = self.parent.at(name)
                self._at[name] = self.up if above is None else above.take(self.up)
        return self._at[name]

    def home(self, needs: Needs) -> tuple[Frame, Ints | None]:
        """The smallest frame for something that needs these names, and the rows that this frame has in it."""
        names = needs - {PERSON}
        if not names:
            return (self.batch.root, self.person) if PERSON in needs else (self.batch.unit, None)
        if len(names) == 1:
            (name,) = names
            scope = self.binder(name).scope
            assert scope is not None
            if not (scope.is_table and PERSON in needs):
                above = self.batch.unit if scope.is_table else self.batch.root
                own = above.child(Scope(scope.name, scope.thing, scope.is_table))
                return own, None if own is self else self.at(name)
        frame: Frame = self
        index: Ints | None = None
        while frame.scope is not None and frame.scope.name not in names:
            assert frame.parent is not None
            index = frame.up if index is None else frame.up.take(index)
            frame = frame.parent
        return frame, index

    def parts(self, scope: Scope) -> Iterator[tuple[Frame, int]]:
        """This frame in parts in which not too many rows arise when `scope` is bound too, and where each starts.

        Only a part that is the whole frame is kept, with what is worked out in it; another is released after use.
        """
        below = self._below(scope) if self.size > 1 else None
        if below is None or below[-1] <= LARGEST:
            yield self, 0
            return
        start = 0
        while start < self.size:
            done = int(below[start - 1]) if start else 0
            stop = max(start + 1, int(np.searchsorted(below, done + LARGEST, "right")))
            part = Frame(self.batch, stop - start, self, _PART, np.arange(start, stop))
            yield part, start
            part.release()
            start = stop

    def release(self) -> None:
        """Forgets the frames below and what was worked out, so that memory is free at once."""
        for each in self._children.values():
            each.release()
        self._children.clear()
        self.kept.clear()

    def _below(self, scope: Scope) -> Ints | None:
        """The number of rows that arise from all rows up to each, when `scope` is bound; None: few."""
        if scope.is_table:
            return np.arange(1, self.size + 1) * self.batch.tables[scope.thing]
        if self is self.batch.root:
            return None
        found: Ints = np.cumsum(picked(self.batch.people.stores[scope.thing].counts, self.person))
        return found

    def child(self, scope: Scope) -> Frame:
        """The frame in which `scope` is bound too, a row for each thing that it ranges over."""
        found = self._children.get(scope)
        if found is None:
            found = self._children[scope] = self._made(scope)
        return found

    def _made(self, scope: Scope) -> Frame:
        if scope.is_table:
            return self._with_table(scope)
        store = self.batch.people.stores[scope.thing]
        if self is self.batch.root:
            return Frame(self.batch, store.size, self, scope, None, None, Segments(store.offsets))
        counts = picked(store.counts, self.person)
        first = picked(store.offsets[:-1], self.person)
        up = owners(counts)
        rows = np.arange(len(up)) + (first - starts_of(counts)[:-1]).take(up)
        if scope.other:
            bound = self.at(scope.thing)
            differs = rows != (up if bound is None else bound.take(up))
            kept = differs if store.phantom is None else differs | store.phantom.take(rows)
            up, rows = up[kept], rows[kept]
            counts = np.bincount(up, minlength=self.size)
        return Frame(self.batch, len(rows), self, scope, up, rows, Segments.of_counts(counts))

    def _with_table(self, scope: Scope) -> Frame:
        count = self.batch.tables[scope.thing]
        up, rows = np.repeat(np.arange(self.size), count), np.tile(np.arange(count), self.size)
        counts = np.full(self.size, count)
        if scope.other:
            bound = self.at(scope.thing)
            kept = rows != (up if bound is None else bound.take(up))
            up, rows = up[kept], rows[kept]
            counts = np.bincount(up, minlength=self.size)
        is_whole = self is self.batch.unit and not scope.other
        return Frame(self.batch, len(up), self, scope, up, None if is_whole else rows, Segments.of_counts(counts))

    def only(self, rows: Ints) -> Frame:
        """Some of its rows, as a frame of their own."""
        if self.scope is None and self.parent is not None and self.groups is not None:
            return Frame(self.batch, len(rows), self.parent, groups=self.groups.take(rows))
        return Frame(self.batch, len(rows), self, groups=rows)

    def gathered(self, truth: Array, name: str | None) -> Bools:
        """For each person, or each row of what is bound as `name`: whether a row is true."""
        index = self.person if name is None else self.at(name)
        whole = np.broadcast_to(truth, (self.size,))
        if index is None:
            return np.array(whole)
        scope = None if name is None else self.binder(name).scope
        if scope is not None and scope.is_table:
            found = np.zeros(self.batch.tables[scope.thing], np.bool_)
        else:
            found = np.zeros(self.batch.store_size(None if scope is None else scope.thing), np.bool_)
        found[index[whole]] = True
        return found
