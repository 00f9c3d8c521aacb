"""Blocks of whole lines of a file, in bounded memory, each with where it begins so that reading can start there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

BLOCK = 1 << 22
LONGEST_LINE = 1 << 24
"""In bytes: how much is read at once, and how long one person's line may be."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Some whole lines. `too_long`: it's one line of which only the beginning was kept."""

    offset: int
    data: bytes
    end: int
    too_long: bool = False


def line_blocks(file: BinaryIO, offset: int, block: int = BLOCK, longest: int = LONGEST_LINE) -> Iterator[Lines]:
    """The lines of a file from an offset on, a block at a time; the last may lack its line end."""
    file.seek(offset)
    rest = b""
    while True:
        read = file.read(block)
        data = rest + read
        cut = data.rfind(b"\n") + 1
        if not read:
            if data:
                yield Lines(offset, data, offset + len(data))
            return
        if cut:
            yield Lines(offset, data[:cut], offset + cut)
            offset, rest = offset + cut, data[cut:]
        elif len(data) > longest:
            end = _after_line(file, block)
            yield Lines(offset, data[:100], end, too_long=True)
            offset, rest = end, b""
        else:
            rest = data


def _after_line(file: BinaryIO, block: int) -> int:
    """Reads on to the end of the line that one is in; returns where the next begins."""
    while read := file.read(block):
        at = read.find(b"\n")
        if at >= 0:
            return file.seek(file.tell() - len(read) + at + 1)
    return file.tell()
