"""Cases as columns: for a few people whose facts are Python objects. Tables come by `table` instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from advise.case import Case
from advise.evaluate.columnar.arrays import UNKNOWN_CODE, Codes, Spans, Texts, Values
from advise.evaluate.columnar.frames import Column, People, Store
from advise.evaluate.columnar.operands import code_of, missing_numbers
from advise.evaluate.columnar.vocabulary import Vocabulary
from advise.evaluate.meaning import Truth
from advise.evaluate.reference import dig
from advise.plan import Key
from advise.rules import Rulebook
from advise.types import Fact, Kind
from advise.values import Span, date_span


def people_of(book: Rulebook, facts: Iterable[Key], cases: Sequence[Case], vocabulary: Vocabulary) -> People:
    """Cases of one day as columns of the facts named."""
    stores = {thing: _store(thing, cases) for thing in (*book.lists, *book.derived)}
    columns = {key: _column(book.facts[key], cases, stores, vocabulary) for key in facts}
    return People(len(cases), cases[0].as_of, stores, columns, vocabulary)


def _store(thing: str, cases: Sequence[Case]) -> Store:
    items = [len(case.things[thing].items) for case in cases]
    lacking = [not case.things[thing].complete for case in cases]
    counts = np.array(items, np.int64) + np.array(lacking, np.int64)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    phantom = None
    if any(lacking):
        phantom = np.zeros(offsets[-1], np.bool_)
        phantom[offsets[1:][np.array(lacking)] - 1] = True
    return Store(offsets, phantom)


_PHANTOM: dict[str, Any] = {}


def _raw(fact: Fact, cases: Sequence[Case]) -> list[Any]:
    """The raw values, row after row; UNKNOWN where absent."""
    if fact.thing is None:
        return [dig(case.facts, fact.path) for case in cases]
    things = [case.things[fact.thing] for case in cases]
    rows = (item for each in things for item in (*each.items, *(() if each.complete else (_PHANTOM,))))
    return [dig(row, fact.path) for row in rows]


def _column(fact: Fact, cases: Sequence[Case], stores: dict[str, Store], vocabulary: Vocabulary) -> Column:
    raw = _raw(fact, cases)
    absent = np.array([each is Truth.UNKNOWN for each in raw], np.bool_)
    null = np.array([each is None for each in raw], np.bool_)
    assumed = absent
    if fact.thing is not None and (phantom := stores[fact.thing].phantom) is not None:
        assumed = absent & ~phantom
    if fact.default is not None:
        raw = [fact.default if is_assumed else each for each, is_assumed in zip(raw, assumed.tolist(), strict=True)]
    known = [None if each is Truth.UNKNOWN else each for each in raw]
    return Column(_values(fact, known, vocabulary), absent, null)


def _values(fact: Fact, raw: Sequence[Any], vocabulary: Vocabulary) -> Values:
    kind = fact.type.kind
    if kind in (Kind.NUMBER, Kind.DATE):
        low, high = missing_numbers(fact.type)
        unknown = Span(low, high)
        found = [unknown if v is None else date_span(v) if kind is Kind.DATE else Span(v, v) for v in raw]
        return Spans(np.array([s.low for s in found], np.float64), np.array([s.high for s in found], np.float64))
    if kind is Kind.TEXTS:
        lengths = np.array([len(each or ()) for each in raw], np.int64)
        stop = np.cumsum(lengths)
        unknown_list = np.array([each is None for each in raw], np.bool_)
        flat = vocabulary.coded(text for each in raw for text in each or ())
        return Texts(np.where(unknown_list, -1, stop - lengths), stop, flat)
    return Codes(np.array([UNKNOWN_CODE if v is None else code_of(v, vocabulary) for v in raw], np.int32))
