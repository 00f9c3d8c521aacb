"""What becomes of advice for a whole table: given, not now or open, as `advise.standing` has it for one person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from advise.errors import UsageError
from advise.evaluate.columnar.arrays import Array, Bools, Ints, owners, picked
from advise.evaluate.columnar.arrow import batches_of, table_of
from advise.evaluate.columnar.evaluator import Columnar, Fired, Firings, matched, shared_names
from advise.evaluate.columnar.questions import Questions, TableQuestions
from advise.evaluate.columnar.stream import PIECE, worked, workers
from advise.evaluate.columnar.table import TableReader

KINDS = ("given", "not now", "open", "refer", "question", "rejected")
_GIVEN, _NOT_NOW, _OPEN, _REFER, _QUESTION, _REJECTED = range(len(KINDS))


@dataclass(frozen=True, slots=True)
class _Items:
    """Advice of one kind from one rule: whose, and the indexes of what it's about, -1 for a phantom.

    `bare` is where it's about nothing all the same; None: nowhere. `once` says for each person whether it's theirs;
    None where one may have several.
    """

    kind: int
    rule: int
    people: Ints
    about: list[Ints]
    bare: Bools | None = None
    once: Bools | None = None


class TableAdvice:
    """Advises whole tables. Made once for each plan; threads may share it."""

    def __init__(self, columnar: Columnar) -> None:
        self._columnar = columnar
        self._rules = columnar.plan.rulebook.rules
        self._ids = pa.array([rule.id for rule in self._rules], pa.string())
        self._reader = TableReader(columnar.plan.rulebook, columnar.facts_read)
        self._holders = _holders(columnar)

    def advise(
        self,
        table: Any,
        as_of: date,
        keep: Sequence[str] = (),
        questions: bool = False,
        threads: int | None = None,
    ) -> Any:
        """The advice for each row of an Arrow table, as an Arrow table; see `KnowledgeBase.advise_table`."""
        people = table_of(table)
        parts = self.batches(people.to_batches(PIECE), as_of, keep, questions, threads)
        return pa.Table.from_batches(parts, self.schema(people.schema, keep))

    def batches(
        self,
        batches: Iterable[Any],
        as_of: date,
        keep: Sequence[str] = (),
        questions: bool = False,
        threads: int | None = None,
    ) -> Iterator[Any]:
        """A record batch of advice for each record batch of people; see `KnowledgeBase.advise_batches`."""

        if questions:
            _ = self._questions  # made here, and not by several threads at once

        def work(people: Any, first: int) -> Any:
            return self._batch(people, first, as_of, keep, questions)

        # Questions take twice the memory for a person, and as much time for a person in a smaller piece.
        return worked(batches_of(batches), work, workers(threads), PIECE // 2 if questions else PIECE)

    def schema(self, people: Any, keep: Sequence[str] = ()) -> Any:
        """The Arrow schema of the advice for people in an Arrow schema. Raises UsageError for a column to keep."""
        row, *advice = SCHEMA
        kept = [_field_to_keep(people, name) for name in keep]
        return pa.schema([row, *kept, *advice])

    def _batch(self, people: Any, first: int, as_of: date, keep: Sequence[str], questions: bool) -> Any:
        schema = self.schema(people.schema, keep)
        read = self._reader.read(self._facts_of(people, keep), as_of, self._columnar.vocabulary())
        items: list[_Items] = []
        asked: Questions | None = None
        if read.people.count:
            firings = self._columnar.fire(read.people)
            items = [each for each in self._items(firings) if len(each.people)]
            if questions:
                asked = self._questions.of(firings)
            if asked is not None and len(asked.people):
                items.append(_Items(_QUESTION, -1, asked.people, [asked.index], asked.index < 0))
            firings.release()
        if read.rejected:
            rows = np.array(sorted(read.rejected), np.int64)
            items = [replace(each, people=read.rows.take(each.people), once=None) for each in items]
            items.append(_Items(_REJECTED, -1, rows, []))
        places, counts = _in_row_order(items, people.num_rows)
        size = int(counts.sum())
        kinds, rules = np.empty(size, np.int8), np.empty(size, np.int32)
        for each, place in zip(items, places, strict=True):
            kinds[place] = each.kind
            rules[place] = each.rule
        row = owners(counts)
        return pa.record_batch(
            [
                pa.array(row + first),
                *(people.column(name).cast(schema.field(name).type).take(pa.array(row)) for name in keep),
                pa.DictionaryArray.from_arrays(pa.array(kinds), pa.array(KINDS)),
                pa.DictionaryArray.from_arrays(pa.array(rules, mask=rules < 0), self._ids),
                _about(items, places, size),
                *self._asked(asked, items, places, size),
                _reasons(read.rejected, places, size),
            ],
            schema=schema,
        )

    @cached_property
    def _questions(self) -> TableQuestions:
        return TableQuestions(self._columnar, self._holders)

    def _asked(self, asked: Questions | None, items: list[_Items], places: list[Ints], size: int) -> list[Any]:
        """The columns `fact` and `decides`; null but for questions."""
        if asked is None or not len(asked.people):
            return [pa.nulls(size, SCHEMA.field(name).type) for name in ("fact", "decides")]
        place = next(at for each, at in zip(items, places, strict=True) if each.kind == _QUESTION)
        facts, counts = np.full(size, -1, np.int32), np.zeros(size + 1, np.int32)
        facts[place] = asked.fact
        counts[place + 1] = asked.counts
        offsets = pa.array(np.cumsum(counts, dtype=np.int32), mask=np.append(facts < 0, False))
        decides = pa.DictionaryArray.from_arrays(pa.array(asked.decides, pa.int32()), self._ids)
        names = pa.array(self._questions.names, pa.string())
        return [
            pa.DictionaryArray.from_arrays(pa.array(facts, mask=facts < 0), names),
            pa.ListArray.from_arrays(offsets, decides),
        ]

    def _facts_of(self, people: Any, keep: Sequence[str]) -> Any:
        """The columns that are facts, or should be."""
        return people.select([name for name in people.schema.names if name not in keep or self._reader.reads(name)])

    def _items(self, firings: Firings) -> Iterator[_Items]:
        """The advice and referrals of a batch of people."""
        count = firings.people.count
        refer, maybe_refer = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
        for index, fired in enumerate(firings.rules):
            if fired.rule.refer is not None:
                refer |= fired.frame.gathered(fired.certain, None)
                maybe_refer |= fired.frame.gathered(fired.possible, None)
                yield self._item(_REFER, index, fired, fired.certain)
        # Nobody is told to wait for what a referral may end.
        maybe_refer &= ~refer
        for index, fired in enumerate(firings.rules):
            if fired.rule.advise is not None:
                yield from self._standing(index, fired, firings, (refer, maybe_refer))

    def _standing(self, index: int, fired: Fired, firings: Firings, referral: tuple[Bools, Bools]) -> Iterator[_Items]:
        refer, maybe_refer = (picked(each, fired.frame.person) if each.any() else None for each in referral)
        certain, possible = fired.certain, fired.possible
        if refer is not None:
            certain, possible = certain & ~refer, possible & ~refer
        held, maybe_held = self._held(index, fired, firings)
        closed = certain if maybe_refer is None else certain & ~maybe_refer
        not_now = None if held is None else closed & held
        if maybe_held is not None:
            undecided = maybe_held if held is None else maybe_held & ~held
            closed = closed & ~undecided
        given = closed if held is None else closed & ~held
        yield self._item(_GIVEN, index, fired, given)
        settled = given
        if not_now is not None:
            yield self._item(_NOT_NOW, index, fired, not_now)
            settled = given | not_now
        if settled is not possible:
            yield self._item(_OPEN, index, fired, possible & ~settled)

    def _held(self, index: int, fired: Fired, firings: Firings) -> tuple[Bools | None, Bools | None]:
        """Where advice is certainly held, and where a hold is open; None: nowhere."""
        held: Bools | None = None
        maybe: Bools | None = None
        for holder in self._holders.get(index, ()):
            by = firings.rules[holder]
            shared = shared_names(fired.rule, by.rule)
            now = matched(fired.frame, by.frame, by.certain, shared)
            held = now if held is None else held | now
            if by.possible is not by.certain:
                may = matched(fired.frame, by.frame, by.possible & ~by.certain, shared)
                maybe = may if maybe is None else maybe | may
        return held, maybe

    @staticmethod
    def _item(kind: int, index: int, fired: Fired, chosen: Bools) -> _Items:
        people, things = fired.rows(chosen)
        about = []
        for scope, each in zip(fired.rule.each, things, strict=True):
            store = None if scope.is_table else fired.frame.batch.people.stores[scope.thing]
            if store is not None and store.phantom is not None and len(each):
                phantom = store.phantom.take(store.offsets.take(people) + each)
                each = np.where(phantom, -1, each)
            about.append(each)
        return _Items(kind, index, people, about, once=None if fired.rule.each else chosen)


SCHEMA = pa.schema(
    [
        ("row", pa.int64()),
        ("kind", pa.dictionary(pa.int8(), pa.string())),
        ("rule", pa.dictionary(pa.int32(), pa.string())),
        ("about", pa.list_(pa.int32())),
        ("fact", pa.dictionary(pa.int32(), pa.string())),
        ("decides", pa.list_(pa.dictionary(pa.int32(), pa.string()))),
        ("reason", pa.string()),
    ]
)


def _field_to_keep(people: Any, name: str) -> Any:
    if people.names.count(name) != 1:
        raise UsageError(f"The column to keep, '{name}', must be in the table, and once.")
    if name in SCHEMA.names:
        raise UsageError(f"The column to keep, '{name}', is called like a column of the advice. Rename it.")
    field = people.field(name)
    # Arrow can't pick rows of views.
    if pa.types.is_string_view(field.type):
        return field.with_type(pa.large_string())
    return field.with_type(pa.large_binary()) if pa.types.is_binary_view(field.type) else field


def _holders(columnar: Columnar) -> Mapping[int, tuple[int, ...]]:
    """Advice -> the rules that hold it, by index."""
    found: dict[int, list[int]] = {}
    for holder, rule in enumerate(columnar.plan.rulebook.rules):
        for advice in () if rule.hold is None else dict.fromkeys(rule.hold.advice):
            found.setdefault(columnar.plan.index[advice], []).append(holder)
    return {advice: tuple(holders) for advice, holders in found.items()}


def _in_row_order(items: list[_Items], size: int) -> tuple[list[Ints], Ints]:
    """The places of each kind of item when all stand row after row, and the number of items of each row.

    The items of one kind are in the order of rows already.
    """
    shares: list[Array] = [
        np.bincount(each.people, minlength=size) if each.once is None else each.once for each in items
    ]
    counts = np.zeros(size, np.int64)
    for share in shares:
        counts += share
    following = np.cumsum(counts) - counts
    places = []
    for each, share in zip(items, shares, strict=True):
        if each.once is not None:
            places.append(following.take(each.people))
        else:
            before = np.cumsum(share) - share
            places.append((following - before).take(each.people) + np.arange(len(each.people)))
        following += share
    return places, counts


def _about(items: list[_Items], places: list[Ints], size: int) -> Any:
    """The indexes of what each item is about, as lists; null stands for a phantom."""
    lengths = np.zeros(size + 1, np.int32)
    for each, place in zip(items, places, strict=True):
        if each.about:
            lengths[place + 1] = len(each.about) if each.bare is None else ~each.bare
    offsets = np.cumsum(lengths, dtype=np.int32)
    flat = np.zeros(offsets[-1], np.int32)
    for each, place in zip(items, places, strict=True):
        for i, indexes in enumerate(each.about):
            at = offsets.take(place) + i
            if each.bare is not None:
                at, indexes = at[~each.bare], indexes[~each.bare]
            flat[at] = indexes
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(flat, mask=flat < 0))


def _reasons(rejected: Mapping[int, str], places: list[Ints], size: int) -> Any:
    if not rejected:
        return pa.nulls(size, pa.string())
    reasons = pa.array([rejected[row] for row in sorted(rejected)], pa.string())
    at = np.full(size, -1, np.int64)
    at[places[-1]] = np.arange(len(reasons))
    return reasons.take(pa.array(at, mask=at < 0))
