"""Reads people from lines of JSON; a line that can't be read is a row that is wrong, and the others go on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from advise.batch.blocks import Block, Position
from advise.batch.json_lines import Field, LineParser
from advise.batch.json_values import Plain, WrongValueError, kept_type, parsed
from advise.batch.lines import BLOCK, LONGEST_LINE, line_blocks
from advise.batch.mapping import Columns
from advise.batch.shape import expected_types
from advise.rules import Rulebook

_SAMPLE = 100
_BOM = b"\xef\xbb\xbf"


class NdjsonReader:
    """A file with one JSON object a line. A position's offset is a number of bytes.

    `names` are those of its first lines that are everywhere among them; other lines may have more.
    """

    counts_rows = False

    def __init__(self, path: Path, book: Rulebook, block: int = BLOCK) -> None:
        self._path = path
        self._book = book
        self._plain = Plain(book)
        self._block = block
        self.total = path.stat().st_size
        with path.open("rb") as file:
            self._body = len(_BOM) if file.read(3) == _BOM else 0
        self._first = self._first_objects(_SAMPLE)
        everywhere = [name for name in (self._first[0] if self._first else {}) if all(name in e for e in self._first)]
        self.names: Sequence[str] = everywhere
        self._parser: LineParser | None = None

    def _first_objects(self, most: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        with self._path.open("rb") as file:
            lines = next(line_blocks(file, self._body, self._block), None)
        for line in [] if lines is None else lines.data.split(b"\n")[: 2 * most]:
            try:
                value = parsed(line)
            except WrongValueError:
                continue
            if isinstance(value, dict) and len(found) < most:
                found.append(value)
        return found

    @property
    def sampled_names(self) -> list[str]:
        """Every name in the first lines."""
        return list(dict.fromkeys(name for each in self._first for name in each))

    def expect(self, columns: Columns) -> None:
        """Says what the lines should hold, so that they can be read. To be called before `blocks`."""
        fields = []
        for each in columns.all:
            if each.target is not None:
                is_cell = each.values is not None
                fields.append(Field(each.name, expected_types(self._book, each), each.target.node, is_cell))
            elif each.keep:
                fields.append(Field(each.name, self.kept_type(each.name)))
        self._parser = LineParser(fields, columns.ignored, self._plain)

    def kept_type(self, name: str) -> Any:
        """The Arrow type of a column that is kept, from the first lines."""
        return kept_type([each.get(name) for each in self._first])

    def blocks(self, start: Position, needed: Sequence[str]) -> Iterator[Block]:  # noqa: ARG002
        """The blocks from a position on."""
        assert self._parser is not None
        row = start.row
        with self._path.open("rb") as file:
            for lines in line_blocks(file, max(start.offset, self._body), self._block):
                position = Position(row, lines.offset)
                if lines.too_long:
                    why = f"This line is longer than {LONGEST_LINE >> 20} MB, so it isn't read."
                    nobody = pa.RecordBatch.from_pylist([], self._parser.schema)
                    block = Block(row, 1, nobody, np.zeros(0, np.int64), {0: why}, position, lines.end)
                else:
                    found = self._parser.parse(lines.data)
                    count = found.batch.num_rows + len(found.wrong)
                    block = Block(row, count, found.batch, found.rows, found.wrong, position, lines.end)
                row += block.count
                yield block

    def sample(self, most: int) -> Mapping[str, list[Any]]:
        """The values under each name in the first lines, at most so many."""
        objects = self._first_objects(most)
        names = list(dict.fromkeys(name for each in objects for name in each))
        return {name: [each.get(name) for each in objects] for name in names}
