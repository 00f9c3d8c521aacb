"""Columns as lines of CSV and JSON: what readers of both get back."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.batch.needs import pa

from advise.batch.text_rows import csv_lines, csv_names, json_lines  # isort: skip


def as_json(array: Any) -> list[Any]:
    text = b"".join(json_lines(pa.RecordBatch.from_arrays([array], ["a\n"])))
    return [json.loads(line)["a\n"] for line in text.splitlines()]


def as_csv(array: Any) -> list[str]:
    batch = pa.RecordBatch.from_arrays([array, pa.nulls(len(array))], ["a", "b"])
    text = b"".join(csv_lines(batch)).decode()
    return [row[0] for row in csv.reader(io.StringIO(text, newline=""))]


ITEM = pa.struct([("rule", pa.dictionary(pa.int8(), pa.string())), ("about", pa.list_(pa.int32()))])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.none()
        | st.lists(
            st.fixed_dictionaries(
                {
                    "rule": st.none() | st.text(max_size=4),
                    "about": st.none() | st.lists(st.none() | st.integers(-9, 9), max_size=3),
                }
            ),
            max_size=3,
        ),
        max_size=6,
    ),
    st.integers(0, 3),
)
def test_nested_columns_come_back_from_json(rows: list[Any], skipped: int) -> None:
    plain = pa.struct([("rule", pa.string()), ("about", pa.list_(pa.int32()))])
    array = pa.array(rows, pa.list_(plain)).slice(skipped)
    assert as_json(array) == rows[skipped:]
    cells = ["" if row is None else json.dumps(row, ensure_ascii=False) for row in rows[skipped:]]
    assert [cell and json.loads(cell) for cell in as_csv(array)] == [cell and json.loads(cell) for cell in cells]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.none() | st.text(st.characters(codec="utf-8"), max_size=5), max_size=6))
def test_texts_come_back(texts: list[str | None]) -> None:
    for type_ in (pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())):
        array = pa.array(texts, pa.string()).cast(type_)
        assert as_json(array) == texts
        assert as_csv(array) == [each or "" for each in texts]


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (pa.array([1, None, -(2**63)]), [1, None, -(2**63)]),
        (pa.array([1.5, None, float("nan"), 1e300]), [1.5, None, None, 1e300]),
        (pa.array([True, None, False]), [True, None, False]),
        (pa.array([date(2025, 1, 2), None]), ["2025-01-02", None]),
        (pa.array([datetime(2025, 1, 2, 3)]), ["2025-01-02 03:00:00.000000"]),
        (pa.array([Decimal("1.10")]), ["1.10"]),
        (pa.nulls(2), [None, None]),
        (pa.array([{}, None], pa.struct([])), [{}, None]),
        (pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int8())), [[["a", 1]]]),
    ],
)
def test_values_of_other_kinds_are_written_too(array: Any, expected: list[Any]) -> None:
    assert as_json(array) == expected
    assert len(as_csv(array)) == len(expected)


def test_names_are_quoted_where_they_must_be() -> None:
    assert csv_names(["row", "a,b", 'a"b']) == b'row,"a,b","a""b"\n'
