"""How the advice is written: in parts while it's made, which are joined at the end by streaming."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from advise.batch.kinds import FileKind
from advise.batch.text_rows import csv_lines, csv_names, json_lines

_ROW_GROUP = 1 << 20
_COPIED = 1 << 20


class Output(Protocol):
    """Writes one kind of file. The same rows in the same parts give the same bytes."""

    def part(self, file: BinaryIO, batches: Sequence[Any]) -> None:
        """Writes some rows as a part."""

    def join(self, file: BinaryIO, parts: Iterable[Path]) -> None:
        """Writes the whole file from all its parts, one after the other."""


class TextOutput:
    """CSV or lines of JSON: a part is a piece of the file."""

    def __init__(self, schema: Any, kind: FileKind) -> None:
        self._names = csv_names(schema.names) if kind is FileKind.CSV else b""
        self._lines = csv_lines if kind is FileKind.CSV else json_lines

    def part(self, file: BinaryIO, batches: Sequence[Any]) -> None:
        """Writes some rows as a part."""
        for batch in batches:
            file.writelines(self._lines(batch))

    def join(self, file: BinaryIO, parts: Iterable[Path]) -> None:
        """Writes the whole file from all its parts, one after the other."""
        file.write(self._names)
        for path in parts:
            with path.open("rb") as part:
                shutil.copyfileobj(part, file, _COPIED)


class ArrowOutput:
    """Parquet, or an Arrow file or stream: a part is an Arrow stream."""

    def __init__(self, schema: Any, kind: FileKind) -> None:
        self._schema = schema
        self._kind = kind

    def part(self, file: BinaryIO, batches: Sequence[Any]) -> None:
        """Writes some rows as a part, in one batch: where it was stopped mustn't show."""
        table = pa.Table.from_batches(batches, self._schema).combine_chunks()
        with pyarrow.ipc.new_stream(file, self._schema) as writer:
            writer.write_table(table)

    def join(self, file: BinaryIO, parts: Iterable[Path]) -> None:
        """Writes the whole file from all its parts, one after the other."""
        with self._writer(file) as writer:
            for path in parts:
                with pa.OSFile(str(path), "rb") as part, pyarrow.ipc.open_stream(part) as reader:
                    table = reader.read_all()
                if table.num_rows and self._kind is FileKind.PARQUET:
                    writer.write_table(table, row_group_size=_ROW_GROUP)
                elif table.num_rows:
                    writer.write_table(table)

    def _writer(self, file: BinaryIO) -> Any:
        if self._kind is FileKind.PARQUET:
            return pq.ParquetWriter(file, self._schema, compression="zstd")
        if self._kind is FileKind.ARROW:
            return pyarrow.ipc.new_file(file, self._schema)
        return pyarrow.ipc.new_stream(file, self._schema)


def output_of(schema: Any, kind: FileKind) -> Output:
    """What writes rows of a schema as a kind of file."""
    if kind in (FileKind.CSV, FileKind.NDJSON):
        return TextOutput(schema, kind)
    return ArrowOutput(schema, kind)
