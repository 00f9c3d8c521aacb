"""What every reader gives: blocks of rows as Arrow columns, numbered, with the rows that can't be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from advise.evaluate.columnar.arrays import Ints
from advise.evaluate.columnar.stream import PIECE

BATCH = PIECE
"""How many rows are read at once at most, where the file leaves a choice: as many as are advised at once."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where reading can begin: the number of the first row there, and where it is as the reader counts."""

    row: int
    offset: int


START = Position(0, 0)


@dataclass(frozen=True, slots=True)
class Block:
    """Rows from the row `first` on, `count` of them: `batch` has those that could be read, and `rows` says which
    they are, counted from the first of the block; `wrong` are the others. `position` is where reading can begin
    to get them again, `done` how much of the input has been read after them, as `Reader.total` counts."""

    first: int
    count: int
    batch: Any
    rows: Ints
    wrong: Mapping[int, str]
    position: Position
    done: int

    @classmethod
    def whole(cls, first: int, batch: Any, position: Position, done: int) -> Block:
        """A block of which every row could be read."""
        return cls(first, batch.num_rows, batch, np.arange(batch.num_rows), {}, position, done)

    def part(self, start: int, stop: int) -> Block:
        """The rows from the number `start` up to the number `stop`, which needn't all be in it."""
        low, high = max(start - self.first, 0), min(stop - self.first, self.count)
        if (low, high) == (0, self.count):
            return self
        at, end = np.searchsorted(self.rows, [low, high]).tolist()
        wrong = {row - low: why for row, why in self.wrong.items() if low <= row < high}
        batch, rows = self.batch.slice(at, end - at), self.rows[at:end] - low
        return Block(self.first + low, max(high - low, 0), batch, rows, wrong, self.position, self.done)


class Reader(Protocol):
    """Reads one input. `names` are its columns, `total` its size, `counts_rows` whether that's rows or bytes."""

    names: Sequence[str]
    total: int
    counts_rows: bool

    def kept_type(self, name: str) -> Any:
        """The Arrow type of a column that is kept."""

    def blocks(self, start: Position, needed: Sequence[str]) -> Iterator[Block]:
        """The blocks from a position on, with the columns that are needed."""

    def sample(self, most: int) -> Mapping[str, list[Any]]:
        """The values of each column in the first rows, at most so many."""


def unchanged(path: Path) -> tuple[int, int]:
    """What shows that a file hasn't been changed: its size and the time of its last change."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns
