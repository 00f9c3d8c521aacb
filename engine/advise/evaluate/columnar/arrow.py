"""Whatever gives Arrow data (tables, batches, readers, DataFrames, relations of a database) as tables and batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from advise.errors import UsageError
from advise.evaluate.columnar.stream import joined_batches


def table_of(people: Any) -> Any:
    """An Arrow table of what gives one. Raises UsageError when it doesn't."""
    if isinstance(people, pa.Table):
        return people
    if isinstance(people, pa.RecordBatch):
        return pa.Table.from_batches([people])
    try:
        return pa.table(people)
    except (TypeError, ValueError, pa.ArrowException) as error:
        raise _not_a_table(people, error) from None


def batches_of(people: Iterable[Any]) -> Iterator[Any]:
    """Record batches of what gives them: a stream that Arrow knows, or an iterable of batches, tables or DataFrames."""
    if hasattr(people, "__arrow_c_stream__"):
        people = pa.RecordBatchReader.from_stream(people)
    for each in people:
        yield each if isinstance(each, pa.RecordBatch) else _batch_of(each)


def _batch_of(people: Any) -> Any:
    table = table_of(people)
    batches = table.to_batches() or [pa.RecordBatch.from_pylist([], table.schema)]
    found = joined_batches(batches)
    if found is None:
        raise UsageError("A batch of people is too large to be one Arrow record batch. Give them in smaller batches.")
    return found


def _not_a_table(people: Any, error: Exception) -> UsageError:
    # What Arrow says first may hold a value, and what it says last where that was.
    places = [each for each in error.args if isinstance(each, str) and each.startswith("Conversion failed for column")]
    where = f" {places[-1]}." if places else ""
    return UsageError(f"A {type(people).__name__} that isn't a table, or has a column that Arrow can't hold.{where}")
