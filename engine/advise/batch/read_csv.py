"""Reads people from CSV, every cell as text; a line that can't be read is a row that is wrong, and the others go on."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from advise.batch.blocks import Block, Position
from advise.batch.cells import decoded
from advise.batch.csv_records import LONGEST_RECORD, Cutter, Records
from advise.batch.lines import BLOCK
from advise.batch.read_arrow import check_names
from advise.errors import UsageError

_DELIMITERS = ",;\t"
_QUOTE_WRONG = "A quote in this line opens and isn't closed, or closes too early."


class CsvReader:
    """A CSV file whose first line has the names. A position's offset is a number of bytes."""

    counts_rows = False

    def __init__(self, path: Path, block: int = BLOCK) -> None:
        self._path = path
        self._block = block
        self.total = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(LONGEST_RECORD)
        head, self._body = _header(start, path)
        self._delimiter = _delimiter(head)
        self._cutter = Cutter(self._delimiter.encode())
        cells = next(csv.reader(head.splitlines(keepends=True), delimiter=self._delimiter), [])
        self.names = check_names(cells, path)

    def kept_type(self, name: str) -> Any:  # noqa: ARG002
        """Every column that is kept is of texts."""
        return pa.string()

    def blocks(self, start: Position, needed: Sequence[str]) -> Iterator[Block]:
        """The blocks from a position on."""
        row = start.row
        with self._path.open("rb") as file:
            for records in self._cutter.blocks(file, max(start.offset, self._body), self._block):
                block = self._block_of(records, row, needed)
                row += block.count
                yield block

    def _block_of(self, records: Records, row: int, needed: Sequence[str]) -> Block:
        batch, misfits = self._parsed(records, needed)
        count = batch.num_rows + len(misfits) + len(records.wrong)
        numbers = np.delete(np.arange(count), list(records.wrong))
        wrong = dict.fromkeys(records.wrong, _QUOTE_WRONG)
        wrong |= {int(numbers[at]): sentence for at, sentence in misfits.items()}
        rows = np.delete(numbers, list(misfits))
        batch, broken = decoded(batch)
        if broken:
            wrong |= {int(rows[at]): sentence for at, sentence in broken.items()}
            batch = batch.take(pa.array(np.delete(np.arange(len(rows)), list(broken))))
            rows = np.delete(rows, list(broken))
        return Block(row, count, batch, rows, wrong, Position(row, records.offset), records.end)

    def _parsed(self, records: Records, needed: Sequence[str]) -> tuple[Any, dict[int, str]]:
        """The records as columns of bytes, and those with a wrong number of cells, by their number."""
        columns = list(needed)
        schema = pa.schema([(name, pa.binary()) for name in columns])
        misfits: dict[int, str] = {}

        def skip(row: Any) -> str:
            misfits[row.number - 1] = f"This line has {row.actual_columns} cells, not {row.expected_columns}."
            return "skip"

        if not records.data.strip(b"\r\n"):
            return pa.RecordBatch.from_pylist([], schema), misfits
        table = pyarrow.csv.read_csv(
            pa.BufferReader(records.data),
            # One block and one thread: only then are lines numbered.
            pyarrow.csv.ReadOptions(column_names=self.names, use_threads=False, block_size=len(records.data) + 1),
            pyarrow.csv.ParseOptions(
                delimiter=self._delimiter, newlines_in_values=not records.simple, invalid_row_handler=skip
            ),
            pyarrow.csv.ConvertOptions(
                column_types=schema,
                include_columns=columns,
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
        batches = table.combine_chunks().to_batches()
        return (batches[0] if batches else pa.RecordBatch.from_pylist([], schema)), misfits

    def sample(self, most: int) -> Mapping[str, list[Any]]:
        """The values of each column in the first rows, at most so many."""
        block = next(self.blocks(Position(0, 0), self.names), None)
        return {} if block is None else block.batch.slice(0, most).to_pydict()


def _header(start: bytes, path: Path) -> tuple[str, int]:
    """The line of names, and where the next line begins."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UsageError(f"{path} is in UTF-16. Save it as CSV in UTF-8.")
    at = 3 if start.startswith(b"\xef\xbb\xbf") else 0
    while start[at : at + 1] in (b"\n", b"\r"):
        at += 1
    quoted = False
    end = len(start)
    for i in range(at, len(start)):
        if start[i] == 0x22:
            quoted = not quoted
        elif start[i] in b"\r\n" and not quoted:
            end = i
            break
    try:
        head = start[at:end].decode()
    except UnicodeDecodeError:
        raise UsageError(f"The first line of {path} isn't in UTF-8. Save it as CSV in UTF-8.") from None
    if not head.strip():
        raise UsageError(f"{path} is empty. Its first line should have the names of the columns.")
    return head, end + (2 if start[end : end + 2] == b"\r\n" else 1 if end < len(start) else 0)


def _delimiter(head: str) -> str:
    """What stands between the names: a comma, or else the semicolon or tab that some programs write."""
    return next((sign for sign in _DELIMITERS if sign in head), ",")
