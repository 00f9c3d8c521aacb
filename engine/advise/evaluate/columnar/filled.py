"""Raw columns as columns: put in the rows of their store, with defaults, and bounds for what isn't known."""

from __future__ import annotations

import numpy as np

from advise.evaluate.columnar.arrays import (
    UNKNOWN_CODE,
    Array,
    Bools,
    Codes,
    Ints,
    Spans,
    Texts,
    Values,
    one_span,
    replaced,
)
from advise.evaluate.columnar.frames import Column
from advise.evaluate.columnar.operands import code_of, missing_numbers
from advise.evaluate.columnar.raw import Raw
from advise.evaluate.columnar.vocabulary import Vocabulary
from advise.types import Fact, Kind
from advise.values import date_span


def filled(fact: Fact, raw: Raw | None, source: Ints | None, there: Bools | None, vocabulary: Vocabulary) -> Column:
    """The column of a fact. `source` says which raw row stands in which store row, -1 for none; None: the same.

    `there` is where a default may be assumed (not for phantoms); None: everywhere. Without a raw column
    nobody gave the fact.
    """
    if raw is None or _is_blank(raw, fact):
        if there is None or fact.default is None:
            return Column(_nobody(fact, vocabulary, fact.default is not None), np.ones(1, np.bool_))
        raw = _blank(fact, len(there))
        source = None
    if source is not None:
        raw = _placed(raw, source)
    absent = None if raw.known is None else ~raw.known
    if absent is None or not absent.any():
        return Column(_values(fact, raw, None))
    if fact.default is not None:
        _assume(fact, raw, absent if there is None else absent & there, vocabulary)
        lacking = None if there is None else absent & ~there
    else:
        lacking = absent
    return Column(_values(fact, raw, lacking), absent)


def _is_blank(raw: Raw, fact: Fact) -> bool:
    return raw.low is None if fact.type.kind in (Kind.NUMBER, Kind.DATE) else raw.codes is None


def _nobody(fact: Fact, vocabulary: Vocabulary, assumed: bool) -> Values:
    """The value of a fact that nobody gave, the same for all."""
    kind, default = fact.type.kind, fact.default if assumed else None
    if kind in (Kind.NUMBER, Kind.DATE):
        return one_span(*_ends(fact) if default is not None else missing_numbers(fact.type))
    if kind is Kind.TEXTS:
        codes = vocabulary.coded(default) if isinstance(default, tuple) else np.zeros(0, np.int32)
        start = np.array([0 if isinstance(default, tuple) else -1])
        return Texts(start, np.array([len(codes)]), codes)
    if default is None:
        return Codes(np.array([UNKNOWN_CODE], np.int32))
    assert isinstance(default, str | bool)
    return Codes(np.array([code_of(default, vocabulary)], np.int32), unknown=False)


def _ends(fact: Fact) -> tuple[float, float]:
    if fact.type.kind is Kind.DATE:
        span = date_span(str(fact.default))
        return span.low, span.high
    assert isinstance(fact.default, int | float)
    return fact.default, fact.default


def _blank(fact: Fact, size: int) -> Raw:
    raw = Raw(size, np.zeros(size, np.bool_))
    if fact.type.kind in (Kind.NUMBER, Kind.DATE):
        raw.low = raw.high = np.zeros(size)
    elif fact.type.kind is Kind.TEXTS:
        raw.codes = np.zeros(0, np.int32)
        raw.start = raw.stop = np.zeros(size, np.int64)
    else:
        raw.codes = np.zeros(size, np.int32)
    return raw


def _placed(raw: Raw, source: Ints) -> Raw:
    """The raw column in the rows of its store."""
    has = source >= 0
    at = np.where(has, source, 0)
    known = has if raw.known is None else has & (raw.known.take(at) if raw.size else has)

    def moved(array: Array | None) -> Array | None:
        if array is None:
            return None
        return array.take(at) if len(array) else np.zeros(len(at), array.dtype)

    low = moved(raw.low)
    high = low if raw.high is raw.low else moved(raw.high)
    codes = raw.codes if raw.start is not None else moved(raw.codes)
    return Raw(len(source), known, low, high, codes, moved(raw.start), moved(raw.stop))


def _assume(fact: Fact, raw: Raw, where: Bools, vocabulary: Vocabulary) -> None:
    if raw.low is not None and raw.high is not None:
        low, high = _ends(fact)
        exact = raw.high is raw.low and low == high
        least = replaced(raw.low, where, low)
        raw.high = least if exact else replaced(raw.high, where, high)
        raw.low = least
    elif raw.start is not None and raw.stop is not None and raw.codes is not None:
        assert isinstance(fact.default, tuple)
        codes = vocabulary.coded(fact.default)
        raw.start = np.where(where, len(raw.codes), raw.start)
        raw.stop = np.where(where, len(raw.codes) + len(codes), raw.stop)
        raw.codes = np.concatenate([raw.codes, codes])
    elif raw.codes is not None:
        assert isinstance(fact.default, str | bool)
        raw.codes = replaced(raw.codes.astype(np.int32), where, code_of(fact.default, vocabulary))


def _values(fact: Fact, raw: Raw, lacking: Bools | None) -> Values:
    if lacking is not None and not lacking.any():
        lacking = None
    if raw.low is not None and raw.high is not None:
        if lacking is None:
            return Spans(raw.low, raw.high)
        low, high = missing_numbers(fact.type)
        return Spans(replaced(raw.low, lacking, low), replaced(raw.high, lacking, high))
    assert raw.codes is not None
    if raw.start is not None and raw.stop is not None:
        start = raw.start if lacking is None else np.where(lacking, -1, raw.start)
        return Texts(start, raw.stop, raw.codes)
    if lacking is None:
        return Codes(raw.codes, unknown=False)
    return Codes(replaced(raw.codes, lacking, UNKNOWN_CODE))
