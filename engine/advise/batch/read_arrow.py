"""Reads people from Parquet and Arrow files, only the columns that are needed and a part at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from advise.batch.blocks import BATCH, Block, Position
from advise.errors import UsageError

_PAGES = 1 << 20


class ParquetReader:
    """A Parquet file, by row groups. A position's offset is the number of a row group."""

    counts_rows = True

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with self._open() as file:
                self._schema = file.schema_arrow
                groups = file.metadata.num_row_groups
                sizes = [file.metadata.row_group(i).num_rows for i in range(groups)]
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise UsageError(f"{path} can't be read as Parquet: {first_line(error)}") from None
        self._starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        self.names = check_names(self._schema.names, path)
        self.total = int(self._starts[-1])

    def _open(self) -> Any:
        # Pages are read as they are needed, so that a large row group needs no more memory than a small one.
        return pq.ParquetFile(self._path, buffer_size=_PAGES, pre_buffer=False)

    def kept_type(self, name: str) -> Any:
        """The Arrow type of a column that is kept."""
        return plain_type(self._schema.field(name).type)

    def blocks(self, start: Position, needed: Sequence[str]) -> Iterator[Block]:
        """The blocks from a row group on."""
        groups = list(range(start.offset, len(self._starts) - 1))
        row = int(self._starts[start.offset])
        with self._open() as file:
            batches = file.iter_batches(batch_size=BATCH, row_groups=groups, columns=list(needed)) if groups else ()
            for batch in batches:
                group = int(np.searchsorted(self._starts, row, "right")) - 1
                position = Position(int(self._starts[group]), group)
                first, row = row, row + batch.num_rows
                yield Block.whole(first, batch, position, row)

    def sample(self, most: int) -> Mapping[str, list[Any]]:
        """The values of each column in the first rows, at most so many."""
        with self._open() as file:
            batch = next(file.iter_batches(batch_size=most), None)
        return {} if batch is None else batch.to_pydict()


class ArrowReader:
    """An Arrow file or stream, by record batches. A position's offset is the number of a record batch."""

    counts_rows = False

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            self._is_file = file.read(6) == b"ARROW1"
        try:
            with self._source() as source, self._open(source, None) as reader:
                self._schema = reader.schema
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
            raise UsageError(f"{path} can't be read as Arrow: {first_line(error)}") from None
        self.names = check_names(self._schema.names, path)
        self.total = path.stat().st_size

    def _source(self) -> Any:
        return pa.OSFile(str(self._path), "rb")

    def _open(self, source: Any, needed: Sequence[str] | None) -> Any:
        options = None
        if needed is not None:
            fields = [self._schema.get_field_index(name) for name in needed]
            options = pyarrow.ipc.IpcReadOptions(included_fields=fields)
        if self._is_file:
            return pyarrow.ipc.open_file(source, options=options)
        return pyarrow.ipc.open_stream(source, options=options)

    def kept_type(self, name: str) -> Any:
        """The Arrow type of a column that is kept."""
        return plain_type(self._schema.field(name).type)

    def blocks(self, start: Position, needed: Sequence[str]) -> Iterator[Block]:
        """The blocks from a record batch on."""
        row = start.row
        for number, batch, done in self._numbered(start.offset, needed):
            yield Block.whole(row, batch, Position(row, number), done)
            row += batch.num_rows

    def _numbered(self, first: int, needed: Sequence[str]) -> Iterator[tuple[int, Any, int]]:
        with self._source() as source, self._open(source, needed) as reader:
            if self._is_file:
                for number in range(first, reader.num_record_batches):
                    batch = reader.get_batch(number)
                    yield number, batch, source.tell()
                return
            for number, batch in enumerate(reader):
                if number >= first:
                    yield number, batch, source.tell()

    def sample(self, most: int) -> Mapping[str, list[Any]]:
        """The values of each column in the first rows, at most so many."""
        batch = next((each for _, each, _ in self._numbered(0, self.names)), None)
        return {} if batch is None else batch.slice(0, most).to_pydict()


def plain_type(type_: Any) -> Any:
    """A type without dictionaries, which differ from batch to batch."""
    return type_.value_type if pa.types.is_dictionary(type_) else type_


def check_names(names: Sequence[str], path: Path) -> Sequence[str]:
    """The names. Raises UsageError when one is there twice."""
    again = next((name for i, name in enumerate(names) if name in names[:i]), None)
    if again is not None:
        raise UsageError(f"{path} has two columns called '{again}'. Rename one of them.")
    return list(names)


def first_line(error: Exception) -> str:
    """What Arrow says of a file, as one sentence."""
    return (str(error) or type(error).__name__).splitlines()[0].rstrip(".") + "."
