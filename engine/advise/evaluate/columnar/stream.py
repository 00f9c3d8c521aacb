"""A stream of record batches, worked on by several threads in pieces of a good size, and put together in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from advise.errors import UsageError

PIECE = 1 << 15
"""The most people that are worked on at once. With fewer, Python's own work weighs more; with more, memory does."""

_AHEAD = 2
Work = Callable[[Any, int], Any]


def workers(threads: int | None) -> int:
    """The number of threads to work with: as many as there are processors for None. Raises UsageError for none."""
    if threads is None:
        available = getattr(os, "sched_getaffinity", None)
        return len(available(0)) if available else os.cpu_count() or 1
    if threads < 1:
        raise UsageError("At least one thread is needed to advise a table.")
    return threads


def worked(batches: Iterable[Any], work: Work, threads: int, most: int = PIECE) -> Iterator[Any]:
    """What `work` makes of each record batch, in order.

    `work` takes people and the number of their first row, and gives a record batch with a column `row`, in order.
    Large batches are cut and small ones joined, so that no more than `most` people are worked on by a thread at once;
    what's made of them has the borders of the batches again. What is being worked on at once is bounded by the number
    of threads, but for one batch with all that's made of it.
    An error surfaces where its batch would have come. Closing the iterator waits for what was begun.
    """
    pieces = _pieces(batches, most)
    return _as_they_came(_in_turn(pieces, work) if threads == 1 else _in_threads(pieces, work, threads))


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some people: a part of a record batch, or some of the same schema. `ends`: the rows after those that end here."""

    parts: list[Any]
    first: int
    ends: list[int]


@dataclass(frozen=True, slots=True)
class _Made:
    """What was made of a piece."""

    batch: Any
    ends: list[int]


def _pieces(batches: Iterable[Any], most: int) -> Iterator[_Piece]:
    """Batches cut and joined."""
    first = end = 0
    waiting: list[Any] = []
    ends: list[int] = []
    for batch in batches:
        rows = batch.num_rows
        if waiting and (end - first + rows > most or not batch.schema.equals(waiting[0].schema)):
            yield _Piece(waiting, first, ends)
            waiting, ends, first = [], [], end
        if rows > most:
            yield from _cut(batch, end, most)
            first = end = end + rows
        else:
            end += rows
            waiting.append(batch)
            ends.append(end)
    if waiting:
        yield _Piece(waiting, first, ends)


def _cut(batch: Any, first: int, most: int) -> Iterator[_Piece]:
    rows = batch.num_rows
    count = -(-rows // most)
    borders = [rows * place // count for place in range(count + 1)]
    for start, stop in pairwise(borders):
        yield _Piece([batch.slice(start, stop - start)], first + start, [first + rows] if stop == rows else [])


def _do(work: Work, piece: _Piece) -> _Made:
    people = joined_batches(piece.parts)
    if people is not None:
        return _Made(work(people, piece.first), piece.ends)
    starts = [piece.first, *piece.ends[:-1]]
    return _Made(_whole([work(part, start) for part, start in zip(piece.parts, starts, strict=True)]), piece.ends)


def joined_batches(batches: list[Any]) -> Any:
    """Record batches of one schema as one; None where Arrow can't (dictionaries that are full, 2 GB of text)."""
    if len(batches) == 1:
        return batches[0]
    filled = [batch for batch in batches if batch.num_rows] or batches[:1]
    if len(filled) == 1:
        return filled[0]
    try:
        found = pa.Table.from_batches(filled).combine_chunks().to_batches()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    return found[0] if len(found) == 1 else None


def _in_turn(pieces: Iterator[_Piece], work: Work) -> Iterator[_Made]:
    for piece in pieces:
        yield _do(work, piece)


def _in_threads(pieces: Iterator[_Piece], work: Work, threads: int) -> Iterator[_Made]:
    pool = ThreadPoolExecutor(threads, "advise")
    begun: deque[Future[_Made]] = deque()
    try:
        while True:
            try:
                begun.extend(pool.submit(_do, work, each) for each in islice(pieces, threads + _AHEAD - len(begun)))
            except Exception:
                # What came before the error is given before it's raised.
                while begun:
                    yield begun.popleft().result()
                raise
            if not begun:
                return
            yield begun.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _as_they_came(made: Iterator[_Made]) -> Iterator[Any]:
    """What was made, one record batch for each that came."""
    parts: list[Any] = []
    for each in made:
        rest = each.batch
        for end in each.ends:
            here = rest if end == each.ends[-1] == each.ends[0] else _before(rest, end)
            rest = rest.slice(here.num_rows)
            yield _whole([*parts, here])
            parts = []
        if not each.ends:
            parts.append(rest)


def _before(made: Any, row: int) -> Any:
    rows = made.column("row").to_numpy()
    return made.slice(0, int(np.searchsorted(rows, row)))


def _whole(parts: list[Any]) -> Any:
    found = joined_batches(parts)
    if found is None:
        raise UsageError("A batch of people is too large for one batch of advice. Give them in smaller batches.")
    return found
