"""What becomes of advice for a whole table: given, not now or open, as `advise.standing` has it for one person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from advise.evaluate.columnar.arrays import Array, Bools, Ints, picked
from advise.evaluate.columnar.evaluator import Columnar, Fired, Firings, matched, shared_names
from advise.evaluate.columnar.table import TableReader

BATCH = 1 << 16
KINDS = ("given", "not now", "open", "refer", "rejected")
_GIVEN, _NOT_NOW, _OPEN, _REFER, _REJECTED = range(len(KINDS))


@dataclass(frozen=True, slots=True)
class _Items:
    """Advice of one kind from one rule: whose, and the indexes of what it's about, -1 for a phantom."""

    kind: int
    rule: int
    people: Ints
    about: list[Ints]


class TableAdvice:
    """Advises whole tables. Made once for each plan; threads may share it."""

    def __init__(self, columnar: Columnar) -> None:
        self._columnar = columnar
        self._rules = columnar.plan.rulebook.rules
        self._ids = pa.array([rule.id for rule in self._rules], pa.string())
        self._reader = TableReader(columnar.plan.rulebook, columnar.facts_read)
        self._holders = _holders(columnar)

    def advise(self, table: Any, as_of: date) -> Any:
        """The advice for each row of an Arrow table, as an Arrow table; see `KnowledgeBase.advise_table`."""
        parts = [self._batch(table.slice(at, BATCH), at, as_of) for at in range(0, table.num_rows, BATCH)]
        return pa.Table.from_batches(parts, SCHEMA)

    def _batch(self, table: Any, first: int, as_of: date) -> Any:
        read = self._reader.read(table, as_of, self._columnar.vocabulary())
        items: list[_Items] = []
        if read.people.count:
            items = list(self._items(self._columnar.fire(read.people)))
        people = [picked(read.rows, each.people) for each in items]
        rejected = np.array(sorted(read.rejected), np.int64)
        rows = np.concatenate([*people, rejected]).astype(np.int64)
        # Rows below 65,536 as 16 bits, which numpy sorts in linear time.
        order = np.argsort(rows.astype(np.uint16), kind="stable")
        counts = [len(each) for each in people]
        kinds = np.repeat([*(each.kind for each in items), _REJECTED], [*counts, len(rejected)]).astype(np.int8)
        rules = np.repeat([*(each.rule for each in items), -1], [*counts, len(rejected)]).astype(np.int32)
        ordered_rules = rules.take(order)
        missing = ordered_rules < 0 if len(rejected) else None
        return pa.record_batch(
            [
                pa.array(rows.take(order) + first),
                pa.DictionaryArray.from_arrays(pa.array(kinds.take(order)), pa.array(KINDS)),
                pa.DictionaryArray.from_arrays(pa.array(ordered_rules, mask=missing), self._ids),
                _about(items, len(rejected)).take(pa.array(order)) if any(e.about for e in items) else _nothing(rows),
                _reasons(read.rejected, len(rows), order),
            ],
            schema=SCHEMA,
        )

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
        return _Items(kind, index, people, about)


SCHEMA = pa.schema(
    [
        ("row", pa.int64()),
        ("kind", pa.dictionary(pa.int8(), pa.string())),
        ("rule", pa.dictionary(pa.int32(), pa.string())),
        ("about", pa.list_(pa.int32())),
        ("reason", pa.string()),
    ]
)


def _holders(columnar: Columnar) -> Mapping[int, tuple[int, ...]]:
    """Advice -> the rules that hold it, by index."""
    found: dict[int, list[int]] = {}
    for holder, rule in enumerate(columnar.plan.rulebook.rules):
        for advice in () if rule.hold is None else dict.fromkeys(rule.hold.advice):
            found.setdefault(columnar.plan.index[advice], []).append(holder)
    return {advice: tuple(holders) for advice, holders in found.items()}


def _about(items: list[_Items], rejected: int) -> Any:
    """The indexes of what each item is about, as lists; null stands for a phantom."""
    lengths = [*(len(each.about) for each in items), 0]
    counts = [*(len(each.people) for each in items), rejected]
    offsets = np.concatenate([[0], np.cumsum(np.repeat(lengths, counts))]).astype(np.int32)
    flat: Array = np.concatenate(
        [np.zeros(0, np.int64), *(np.stack(each.about, axis=1).reshape(-1) for each in items if each.about)]
    )
    values = pa.array(flat.astype(np.int32), mask=flat < 0)
    return pa.ListArray.from_arrays(pa.array(offsets), values)


def _nothing(rows: Array) -> Any:
    offsets = pa.array(np.zeros(len(rows) + 1, np.int32))
    return pa.ListArray.from_arrays(offsets, pa.array([], pa.int32()))


def _reasons(rejected: Mapping[int, str], size: int, order: Ints) -> Any:
    if not rejected:
        return pa.nulls(size, pa.string())
    reasons = pa.array([rejected[row] for row in sorted(rejected)], pa.string())
    every = pa.concat_arrays([pa.nulls(size - len(reasons), pa.string()), reasons])
    return every.take(pa.array(order))
