"""Counts, sums and extremes over the things of each row, phantoms included."""

from __future__ import annotations

import numpy as np

from advise.evaluate.columnar.arrays import INF, Bools, Floats, Pair, Segments, Spans, full, spans
from advise.evaluate.columnar.frames import Frame


def aggregated(function: str, frame: Frame, where: Pair, values: Spans | None) -> Spans:
    """A count, sum or extreme for each row of the frame above `frame`, over the rows that `where` picks."""
    size, segments, phantom = frame.size, frame.segments, frame.own_phantom
    assert segments is not None
    counted, sure = full(where.possible, size), full(where.certain, size)
    if values is not None and values.empty is not None:
        counted = counted & ~values.empty
        sure = sure & counted
    if phantom is not None:
        sure = sure & ~phantom
    if function in ("count", "sum"):
        return _total(segments, counted, sure, phantom, values)
    assert values is not None
    low, high = full(values.low, size), full(values.high, size)
    return _extreme(segments, counted, sure, (low, high), function in ("highest", "latest"))


def _total(segments: Segments, counted: Bools, sure: Bools, phantom: Bools | None, values: Spans | None) -> Spans:
    size = len(counted)
    one = np.ones(1)
    each_low = full(one if values is None else values.low, size)
    each_high = full(one if values is None else values.high, size)
    low = np.where(sure, each_low, np.where(counted, np.minimum(each_low, 0), 0.0))
    high = np.where(sure, each_high, np.where(counted, np.maximum(each_high, 0), 0.0))
    if phantom is not None:
        many = counted & phantom
        low[many & (each_low < 0)] = -INF
        high[many & (each_high > 0)] = INF
    least = segments.total(low)
    exact = values is None or values.low is values.high
    return Spans(least, least if exact and counted is sure else segments.total(high))


def _extreme(segments: Segments, counted: Bools, sure: Bools, ends: tuple[Floats, Floats], up: bool) -> Spans:
    low, high = ends
    if up:
        least = segments.reduced(np.maximum, np.where(sure, low, -INF), -INF)
        most = segments.reduced(np.maximum, np.where(counted, high, -INF), -INF)
    else:
        least = segments.reduced(np.minimum, np.where(counted, low, INF), INF)
        most = segments.reduced(np.minimum, np.where(sure, high, INF), INF)
    any_sure, any_counted = segments.any(sure), segments.any(counted)
    least = np.where(any_sure, least, np.where(any_counted, -INF, INF))
    most = np.where(any_sure, most, np.where(any_counted, INF, -INF))
    return spans(least, most)
