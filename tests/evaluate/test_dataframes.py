"""Tables from other libraries: pandas, Polars, DuckDB, and readers of Arrow streams."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("numpy", reason="the extra `columnar` isn't installed")
pa = pytest.importorskip("pyarrow", reason="the extra `columnar` isn't installed")

from advise import KnowledgeBase, UsageError  # noqa: E402

CAREER = KnowledgeBase.load()
DAY = "2026-01-15"
JOBS = [
    [{"field": "cooking", "level": "entry", "current": True}],
    [{"field": "sales", "level": None, "current": False}],
]
TABLE = pa.table({"id": ["a", "b"], "jobs": JOBS, "goals": [[], None], "plan": [{"written": True}, {"written": None}]})
WANTED = CAREER.advise_table(TABLE, as_of=DAY, keep=["id"]).to_pylist()


def advised(people: Any) -> list[Any]:
    found: list[Any] = CAREER.advise_table(people, as_of=DAY, keep=["id"]).to_pylist()
    return found


def test_a_pandas_dataframe_is_a_table() -> None:
    pandas = pytest.importorskip("pandas", reason="pandas isn't installed")
    assert advised(pandas.DataFrame(TABLE.to_pylist())) == WANTED


def test_a_polars_dataframe_is_a_table_and_may_have_chunks() -> None:
    polars = pytest.importorskip("polars", reason="Polars isn't installed")
    frame = polars.from_arrow(TABLE)
    assert advised(frame) == WANTED
    assert advised(polars.concat([frame[:1], frame[1:]], rechunk=False)) == WANTED


def test_a_duckdb_relation_is_a_table() -> None:
    duckdb = pytest.importorskip("duckdb", reason="DuckDB isn't installed")
    with duckdb.connect() as connection:
        connection.register("people", TABLE)
        assert advised(connection.sql("select * from people order by id")) == WANTED


def test_a_reader_and_a_record_batch_are_tables_and_a_reader_is_a_stream() -> None:
    assert advised(TABLE.to_reader(1)) == WANTED
    assert advised(TABLE.to_batches()[0]) == WANTED
    batches = CAREER.advise_batches(TABLE.to_reader(1), as_of=DAY, keep=["id"])
    assert pa.Table.from_batches(batches).to_pylist() == WANTED


@pytest.mark.parametrize("people", [3, "people.parquet", [1, 2]])
def test_what_is_no_table_is_said_so(people: Any) -> None:
    with pytest.raises(UsageError, match="isn't a table"):
        advised(people)
