"""CSV text cut into blocks of whole records, whatever quotes do: a record with a quote gone wrong is set apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from advise.batch.lines import BLOCK

LONGEST_RECORD = 1 << 20
"""In bytes: a quote that is still open after so many isn't one that was meant to run over lines."""

_QUOTE, _NEWLINE, _RETURN = b'"\n\r'


@dataclass(frozen=True, slots=True)
class Records:
    """Some whole records: their text and, by their number among all, those that have no right form.

    `simple`: no cell has a line end in it.
    """

    offset: int
    end: int
    data: bytes
    wrong: tuple[int, ...] = ()
    simple: bool = False


class Cutter:
    """Cuts CSV with one delimiter into blocks of records."""

    def __init__(self, delimiter: bytes) -> None:
        self._delimiter = delimiter
        sign = re.escape(delimiter)
        cell = rb'(?:"(?:[^"]|"")*+"|(?:[^"\r\n' + sign + rb"][^\r\n" + sign + rb"]*+)?)"
        self._record = re.compile(cell + rb"(?:" + sign + cell + rb")*+(?P<end>\r\n|\n|\r|\Z)")
        self._line = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|\Z)")

    def blocks(self, file: BinaryIO, offset: int, block: int = BLOCK) -> Iterator[Records]:
        """The records of a file from an offset on, which must be where a record begins."""
        file.seek(offset)
        rest = b""
        while True:
            read = file.read(block)
            data = rest + read
            if not data:
                return
            records = self._cut(data, offset, last=not read)
            if records.end > offset:
                yield records
            rest = data[records.end - offset :]
            offset = records.end
            if not read:
                return

    def _cut(self, data: bytes, offset: int, last: bool) -> Records:
        """The whole records at the beginning of `data`."""
        if b'"' not in data:
            cut = len(data) if last else data.rfind(b"\n") + 1
            if cut or len(data) < LONGEST_RECORD:
                return Records(offset, offset + cut, data[:cut], simple=True)
        else:
            cut = self._well_quoted(data, last)
            if cut >= 0 and (last or len(data) - cut < LONGEST_RECORD):
                return Records(offset, offset + cut, data[:cut])
        return self._one_by_one(data, offset, last)

    def _well_quoted(self, data: bytes, last: bool) -> int:
        """Where the last whole record ends when all quotes are where they belong; -1 when one isn't."""
        found = np.frombuffer(data, np.uint8)
        quotes = np.flatnonzero(found == _QUOTE)
        opening, closing = quotes[::2], quotes[1::2]
        borders = np.array([*self._delimiter, _NEWLINE, _RETURN, _QUOTE], np.uint8)
        before = found[opening[opening > 0] - 1]
        after = found[closing[closing + 1 < len(found)] + 1]
        if not (np.isin(before, borders).all() and np.isin(after, borders).all()):
            return -1
        if last:
            return len(data) if len(quotes) % 2 == 0 else -1
        ends = np.flatnonzero(found == _NEWLINE)
        outside = ends[np.searchsorted(quotes, ends) % 2 == 0]
        return int(outside[-1]) + 1 if len(outside) else 0

    def _one_by_one(self, data: bytes, offset: int, last: bool) -> Records:
        """The records one after the other; a line in which a quote goes wrong is a record that is wrong."""
        good: list[bytes] = []
        wrong: list[int] = []
        at = number = 0
        while at < len(data):
            match = self._record.match(data, at)
            if match is None or match.end() - at > LONGEST_RECORD:
                if not last and len(data) - at < LONGEST_RECORD:
                    break
                line = self._line.match(data, at)
                assert line is not None
                wrong.append(number)
                number, at = number + 1, line.end()
                continue
            if match.end() == len(data) and not last and not match["end"].endswith(b"\n"):
                break
            if match[0].strip(b"\r\n"):
                good.append(match[0] if match["end"] else match[0] + b"\n")
                number += 1
            at = match.end()
        return Records(offset, offset + at, b"".join(good), tuple(wrong))
