"""Streams of people: several threads, batches of any size, in order, and nothing left running."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numpy", reason="the extra `columnar` isn't installed")
pa = pytest.importorskip("pyarrow", reason="the extra `columnar` isn't installed")

from advise import KnowledgeBase, UsageError  # noqa: E402
from advise.evaluate.columnar import stream  # noqa: E402

CAREER = KnowledgeBase.load()
DAY = "2026-01-15"
JOBS = pa.list_(pa.struct([("field", pa.string()), ("current", pa.bool_())]))


def people(count: int, first: int = 0) -> Any:
    fields = ["cooking", "sales", "nursing"]
    jobs = [[{"field": fields[i % 3], "current": i % 2 == 0}] for i in range(first, first + count)]
    return pa.record_batch([pa.array(range(first, first + count), pa.int64()), pa.array(jobs, JOBS)], ["id", "jobs"])


def in_batches(sizes: list[int]) -> list[Any]:
    return [people(size, sum(sizes[:place])) for place, size in enumerate(sizes)]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=8), st.integers(1, 4), st.sampled_from([2, 5, 1000]))
def test_each_batch_has_its_advice_whatever_the_threads_and_pieces(sizes: list[int], threads: int, piece: int) -> None:
    whole = CAREER.advise_table(pa.Table.from_batches(in_batches(sizes)), as_of=DAY, keep=["id"], threads=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "PIECE", piece)
        found = list(CAREER.advise_batches(in_batches(sizes), as_of=DAY, keep=["id"], threads=threads))
    assert len(found) == len(sizes)
    assert pa.Table.from_batches(found).to_pylist() == whole.to_pylist()
    for batch, size, end in zip(found, sizes, (sum(sizes[: i + 1]) for i in range(len(sizes))), strict=True):
        assert set(batch.column("row").to_pylist()) <= set(range(end - size, end))


def test_only_a_few_batches_are_read_ahead() -> None:
    taken = []

    def endless() -> Iterator[Any]:
        for number in range(10_000):
            taken.append(number)
            yield people(stream.PIECE, number)

    advice = CAREER.advise_batches(endless(), as_of=DAY, keep=["id"], threads=2)
    assert len(list(islice(advice, 2))) == 2
    assert len(taken) < 12
    advice.close()  # type: ignore[attr-defined]


def test_an_error_comes_where_its_batch_would_have_and_nothing_is_left_running() -> None:
    before = threading.active_count()
    wrong = pa.record_batch({"id": [1], "colour": ["red"]})
    advice = CAREER.advise_batches([people(3), wrong, people(3, 4)], as_of=DAY, keep=["id"], threads=2)
    assert next(advice).num_rows
    with pytest.raises(UsageError, match="'colour'"):
        list(advice)
    assert threading.active_count() == before


def test_at_least_one_thread_is_needed() -> None:
    with pytest.raises(UsageError, match="At least one thread"):
        CAREER.advise_table(people(1), as_of=DAY, keep=["id"], threads=0)


def test_a_table_without_people_has_no_advice() -> None:
    assert CAREER.advise_table(people(0), as_of=DAY, keep=["id"]).num_rows == 0
    assert CAREER.advise_table(pa.table({}), as_of=DAY).num_rows == 0
    assert list(CAREER.advise_batches([], as_of=DAY)) == []
