"""Seeded people as Arrow tables and Parquet files: the facts of workload.py, drawn with numpy. Every fact is known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from workload import LISTS, SCALARS, SEED, Field

GROUP = 1 << 16
TEXTS = [
    *(field.name for field in SCALARS if field.kind in ("choice", "text")),
    *(
        f"{name}.list.element.{f.name}"
        for name, (_, fields) in LISTS.items()
        for f in fields
        if f.kind in ("choice", "text")
    ),
]
"""The columns of texts, as Parquet names them."""


def write_people(path: Path, count: int) -> None:
    """Writes so many people to a Parquet file, in groups of 65,536."""
    random = np.random.default_rng(SEED)
    writer = None
    for first in range(0, count, GROUP):
        table = _people(random, min(GROUP, count - first))
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()


def groups(path: Path, columns: list[str] | None = None) -> Iterator[pa.Table]:
    """The row groups of such a file, one after the other, texts as dictionaries."""
    file = pq.ParquetFile(path, read_dictionary=TEXTS)
    for index in range(file.num_row_groups):
        yield file.read_row_group(index, columns=columns, use_threads=False)


def _people(random: np.random.Generator, count: int) -> pa.Table:
    columns = {field.name: _column(random, field, count) for field in SCALARS}
    for name, (_, fields) in LISTS.items():
        offsets = np.zeros(count + 1, np.int32)
        np.cumsum(random.integers(2, 7, count), out=offsets[1:])
        items = [_column(random, field, int(offsets[-1])) for field in fields]
        struct = pa.StructArray.from_arrays(items, names=[field.name for field in fields])
        columns[name] = pa.ListArray.from_arrays(pa.array(offsets), struct)
    return pa.table(columns)


def _column(random: np.random.Generator, field: Field, count: int) -> Any:
    match field.kind:
        case "integer":
            return pa.array(random.integers(field.spec[0], field.spec[1] + 1, count))
        case "number":
            return pa.array(np.round(random.uniform(field.spec[0], field.spec[1], count), 2))
        case "boolean":
            return pa.array(random.random(count) < field.spec)
    return pa.array(np.array(field.spec, object)[random.integers(0, len(field.spec), count)], pa.string())
