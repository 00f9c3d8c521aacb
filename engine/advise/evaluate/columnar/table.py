"""Arrow tables of people as columns, without a Python object for each person.

A column is a fact of the person, a struct an object of facts, a list of structs a list of things. Texts may be
dictionaries; dates are days or texts (`2024`, `2024-03`); null is absent. A row that breaks the facts schema is
rejected with the reason, and the others go on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from advise._case_schema import Tree, tree_of
from advise.errors import UsageError
from advise.evaluate.columnar.arrays import Array, Bools, Ints
from advise.evaluate.columnar.derive import Keyed, Made, derive
from advise.evaluate.columnar.filled import filled
from advise.evaluate.columnar.frames import Column, Listed, People
from advise.evaluate.columnar.raw import Raw, flattened, is_list, known_of, raw_of
from advise.evaluate.columnar.vocabulary import Vocabulary
from advise.facts_schema import protected_name
from advise.plan import Key
from advise.rules import Derived, Rulebook
from advise.types import Fact, Kind, ThingList

_INDEX = re.compile(r"__index_level_\d+__")
"""What pandas calls an index without a name."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a table says: the people whose facts are right, their rows, and for each other row why it's rejected."""

    people: People
    rows: Ints
    rejected: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class _Level:
    """Where facts are read: objects of the person, or (of `items`) of the things of a list.

    `size` is the number of objects; `present` where there is one, None: everywhere.
    """

    size: int
    items: Listed | None = None
    present: Bools | None = None

    def lacking(self, known: Bools | None) -> Bools:
        """Where the object is there, and something in it isn't known."""
        lacks = np.zeros(self.size, np.bool_) if known is None else ~known
        return lacks if self.present is None else lacks & self.present

    def of_struct(self, known: Bools | None) -> _Level:
        """The level of the structs that are there in these objects."""
        if known is None or self.present is None:
            return _Level(self.size, self.items, self.present if known is None else known)
        return _Level(self.size, self.items, self.present & known)


@dataclass(slots=True)
class _Reading:
    """The raw columns of a table, and what is wrong with which row."""

    size: int
    vocabulary: Vocabulary
    raws: dict[Key, Raw] = field(default_factory=dict)
    items: dict[str, Listed] = field(default_factory=dict)
    bad: list[tuple[Bools, str]] = field(default_factory=list)

    def complain(self, wrong: Bools, sentence: str, level: _Level) -> None:
        """Notes the rows in which something is wrong; `level` is where it's wrong."""
        rows = wrong
        if level.items is not None and wrong.any():
            rows = np.zeros(self.size, np.bool_)
            rows[level.items.person[wrong]] = True
        if rows.any():
            self.bad.append((rows, sentence))


class TableReader:
    """Reads tables for one knowledge base. `facts` are those that its rules read."""

    def __init__(self, book: Rulebook, facts: Iterable[Key]) -> None:
        self._book = book
        self._facts = frozenset(facts)
        self._keys = {(each.thing, each.key): each for each in book.derived.values()}
        self._key_sources = {(thing, each.key) for each in book.derived.values() for thing in each.among}
        self._protected = frozenset(map(protected_name, book.protected))
        self._tree = tree_of(book)
        self._trees = {thing: tree_of(book, thing) for thing in book.lists}

    def reads(self, name: str) -> bool:
        """Whether a column of this name is a fact, or holds facts."""
        return name in self._tree

    def ignores(self, name: str) -> bool:
        """Whether a column of this name is left out: a protected characteristic, or the index of a DataFrame."""
        return protected_name(name) in self._protected or _INDEX.fullmatch(name) is not None

    def read(self, table: Any, as_of: date, vocabulary: Vocabulary) -> Read:
        """The people of an Arrow table, or record batch. Raises UsageError for a column that no fact has."""
        reading = self._reading(table, vocabulary)
        rows = np.arange(table.num_rows)
        rejected: dict[int, str] = {}
        if reading.bad:
            good = np.ones(table.num_rows, np.bool_)
            for wrong, sentence in reading.bad:
                for row in np.flatnonzero(wrong & good).tolist():
                    rejected[row] = sentence
                good &= ~wrong
            rows = np.flatnonzero(good)
            reading = self._reading(table.filter(pa.array(good)), vocabulary)
        return Read(self._people(reading, as_of, vocabulary), rows, rejected)

    # ----------------------------------------------------------------------------------------- reading

    def _reading(self, table: Any, vocabulary: Vocabulary) -> _Reading:
        reading = _Reading(table.num_rows, vocabulary)
        names = _distinct_names(table.column_names)
        columns = {name: _one_array(table.column(name)) for name in names}
        self._level(reading, columns, self._tree, _Level(reading.size))
        return reading

    def _level(self, reading: _Reading, columns: Mapping[str, Any], tree: Tree, level: _Level) -> None:
        for name, array in columns.items():
            below = tree.get(name)
            if isinstance(below, Fact):
                self._fact(reading, below, array, level)
            elif isinstance(below, ThingList):
                self._list(reading, below, array)
            elif below is None:
                self._refuse(name)
            else:
                self._struct(reading, name, array, below, level)
        nowhere = np.zeros(level.size, np.bool_)
        for name, below in tree.items():
            if name not in columns and self._is_needed(below):
                reading.complain(level.lacking(nowhere), _needed(name, below), level)

    def _refuse(self, name: str) -> None:
        if not self.ignores(name):
            raise UsageError(f"No fact is called '{name}', which is a column of the table. Rename or drop it.")

    def _struct(self, reading: _Reading, name: str, array: Any, below: Tree, level: _Level) -> None:
        known = known_of(array)
        if pa.types.is_struct(array.type):
            self._level(reading, _fields(array), below, level.of_struct(known))
        elif not pa.types.is_null(array.type):
            wrong = np.ones(level.size, np.bool_) if known is None else known
            reading.complain(wrong, f"'{name}' takes a struct of facts, not {array.type}.", level)
        if known is not None and self._is_needed(below):
            reading.complain(level.lacking(known), _needed(name, below), level)

    def _is_needed(self, below: Fact | ThingList | Tree) -> bool:
        """Whether a fact must be there where its object is, or an object, because of the key in it."""
        return self._holds_key(below) or (isinstance(below, Fact) and below.required)

    def _holds_key(self, below: Fact | ThingList | Tree) -> bool:
        if isinstance(below, Fact):
            return (below.thing, below.path) in self._keys
        return isinstance(below, dict) and any(map(self._holds_key, below.values()))

    def _fact(self, reading: _Reading, fact: Fact, array: Any, level: _Level) -> None:
        key = (fact.thing, fact.path)
        reads = key in self._facts or key in self._keys or key in self._key_sources
        raw = raw_of(array, fact, reading.vocabulary, reads)
        for wrong, sentence in raw.bad:
            reading.complain(wrong, sentence, level)
        if raw.known is not None and self._is_needed(fact):
            reading.complain(level.lacking(raw.known), _needed(fact.path, fact), level)
        if key in self._keys and level.items is not None:
            wrong = _again(level.items.person, raw)
            reading.complain(wrong, f"Two of the list have the same '{fact.title}'.", level)
        if reads:
            reading.raws[key] = raw

    def _list(self, reading: _Reading, each: ThingList, array: Any) -> None:
        known, whole = known_of(array), _Level(reading.size)
        if pa.types.is_null(array.type):
            return
        if not is_list(array.type) or not (
            pa.types.is_struct(array.type.value_type) or pa.types.is_null(array.type.value_type)
        ):
            wrong = np.ones(reading.size, np.bool_) if known is None else known
            reading.complain(wrong, f"'{each.title}' takes a list of structs, not {array.type}.", whole)
            return
        counts, items = flattened(array)
        listed = reading.items[each.thing] = Listed(counts, None if known is None else ~known)
        level = _Level(len(items), listed)
        reading.complain(counts > each.most, f"'{each.title}' takes at most {each.most:,} entries.", whole)
        if items.null_count:
            wrong = level.lacking(known_of(items))
            reading.complain(wrong, f"'{each.title}' has an entry that is empty.", level)
        columns = _fields(items) if pa.types.is_struct(items.type) else {}
        self._level(reading, columns, self._trees[each.thing], level)

    # ------------------------------------------------------------------------------------------ people

    def _people(self, reading: _Reading, as_of: date, vocabulary: Vocabulary) -> People:
        made = {thing: self._made(reading, thing) for thing in self._book.lists}
        derived = {each.thing: self._derived(reading, made, each, vocabulary) for each in self._book.derived.values()}
        stores = {thing: each.store for thing, each in (made | derived).items()}
        columns = dict(self._columns(reading, made | derived, vocabulary))
        return People(reading.size, as_of, stores, columns, vocabulary, reading.items)

    def _made(self, reading: _Reading, thing: str) -> Made:
        items = reading.items.get(thing)
        if items is None:
            items = Listed(np.zeros(reading.size, np.int64), np.ones(reading.size, np.bool_))
        absent = None if self._book.lists[thing].assumed_empty else items.absent
        return Made.of(items.counts, absent)

    def _derived(self, reading: _Reading, made: Mapping[str, Made], each: Derived, vocabulary: Vocabulary) -> Made:
        own = self._book.facts[each.thing, each.key].type.kind
        sources = [_keyed(reading, made[t], (t, each.key), own) for t in dict.fromkeys(each.among) if t != each.thing]
        stated = None
        if each.thing in made:
            stated = _keyed(reading, made[each.thing], (each.thing, each.key), own)
        return derive(reading.size, stated, sources, None if own is Kind.NUMBER or own is Kind.BOOLEAN else vocabulary)

    def _columns(
        self, reading: _Reading, made: Mapping[str, Made], vocabulary: Vocabulary
    ) -> Iterator[tuple[Key, Column]]:
        for key in self._facts:
            fact, raw = self._book.facts[key], reading.raws.get(key)
            if fact.thing is None:
                yield key, filled(fact, raw, None, None, vocabulary)
                continue
            of = made[fact.thing]
            if key in self._keys and of.extra is not None:
                raw = _with_keys(fact, raw, of, vocabulary)
                yield key, filled(fact, raw, None, of.there, vocabulary)
            else:
                yield key, filled(fact, raw, of.source, of.there, vocabulary)


def _one_array(column: Any) -> Any:
    if not isinstance(column, pa.ChunkedArray):
        return column
    if column.num_chunks == 1:
        return column.chunk(0)
    return column.unify_dictionaries().combine_chunks()


def _distinct_names(names: list[str]) -> list[str]:
    again = next((name for name in names if names.count(name) > 1), None)
    if again is not None:
        raise UsageError(f"Two columns of the table are called '{again}'. Rename or drop one.")
    return names


def _needed(name: str, below: Fact | ThingList | Tree) -> str:
    return f"'{below.title if isinstance(below, Fact) else name}' is always needed."


def _fields(array: Any) -> dict[str, Any]:
    """The fields of a struct array; null where the struct is."""
    names = _distinct_names([array.type.field(i).name for i in range(array.type.num_fields)])
    if array.null_count:
        return {name: pc.struct_field(array, i) for i, name in enumerate(names)}
    return {name: array.field(i) for i, name in enumerate(names)}


def _keyed(reading: _Reading, made: Made, key: Key, kind: Kind) -> Keyed:
    """The items of a list with their keys."""
    raw = reading.raws.get(key)
    items = reading.items.get(key[0] or "")
    person = np.zeros(0, np.int64) if items is None else items.person
    keys: Array | None = None
    if raw is not None:
        keys = raw.low if kind is Kind.NUMBER else raw.keys
    known = np.zeros(len(person), np.bool_) if keys is None else None if raw is None else raw.known
    return Keyed(made, person, np.zeros(len(person)) if keys is None else keys, known)


def _with_keys(fact: Fact, raw: Raw | None, made: Made, vocabulary: Vocabulary) -> Raw:
    """The raw column of a derived thing's key in the rows of its store, with the keys of those not stated."""
    assert made.extra is not None and made.source is not None
    places, keys = made.extra
    size = made.store.size
    known = made.source >= 0
    known[places] = True
    at = np.flatnonzero(made.source >= 0)
    picked = made.source[at]
    found = Raw(size, known)
    if fact.type.kind in (Kind.NUMBER, Kind.DATE):
        low, high = np.zeros(size), np.zeros(size)
        if raw is not None and raw.low is not None and raw.high is not None:
            low[at], high[at] = raw.low[picked], raw.high[picked]
        if fact.type.kind is Kind.NUMBER:
            low[places] = high[places] = keys
        else:
            from advise.values import date_span

            distinct, inverse = np.unique(keys, return_inverse=True)
            spans = [date_span(vocabulary.text(int(code))) for code in distinct]
            low[places] = np.array([span.low for span in spans])[inverse]
            high[places] = np.array([span.high for span in spans])[inverse]
        found.low, found.high = low, high
        return found
    codes = np.zeros(size, np.int32)
    if raw is not None and raw.codes is not None:
        codes[at] = raw.codes[picked]
    codes[places] = keys
    found.codes = codes
    return found


def _again(person: Ints, raw: Raw) -> Bools:
    """Where an item has the same key as another item of the same person."""
    again = np.zeros(len(person), np.bool_)
    values = next((each for each in (raw.keys, raw.codes, raw.low) if each is not None), None)
    if values is not None:
        order = np.lexsort((values, person))
        same = (np.diff(person[order]) == 0) & (np.diff(values[order]) == 0)
        again[order[1:][same]] = True
    return again
