"""The comments in a YAML text: where each stands, and what it stands beside or before."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import deque
from dataclasses import dataclass

import yaml

from advise.authoring.writing.parsing import tokens

_HEADER = re.compile(r"[|>][-+0-9]*[ \t]*(#[^\n]*)?")
_COMMENT = re.compile(r"#[^\n]*")


@dataclass(frozen=True, slots=True)
class Remark:
    """One comment. `index` and `column` count from 0; `alone`: nothing but it stands in its line; `apart`: a blank
    line comes before it."""

    text: str
    index: int
    column: int
    alone: bool
    apart: bool


class Remarks:
    """The comments of a text that YAML's scanner can read. Those that have been taken aren't given again."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._dashes: list[int] = []
        self._marks: dict[int, int] = {}  # where a key begins after its ?: where that stands
        self._kept: list[tuple[int, int]] = []  # texts whose blank lines at the end count
        self._left = deque(self._scanned())
        self._indexes = [remark.index for remark in self._left]

    def _scanned(self) -> list[Remark]:
        found: list[Remark] = []
        end, mark = 0, None
        for token in tokens(self.text):
            start, stop = token.start_mark.index, token.end_mark.index
            if start == stop:
                continue
            found += [self._remark(match.start(), match[0]) for match in _COMMENT.finditer(self.text, end, start)]
            if isinstance(token, yaml.BlockEntryToken):
                self._dashes.append(start)
            if mark is not None:
                self._marks[start] = mark
            mark = start if isinstance(token, yaml.KeyToken) else None
            if isinstance(token, yaml.ScalarToken) and token.style in ("|", ">"):
                header = _HEADER.match(self.text, start)
                if header is not None and header[1]:
                    found.append(self._remark(header.start(1), header[1]))
                if header is not None and "+" in header[0].partition("#")[0]:
                    self._kept.append((start, stop))
            end = stop
        return [*found, *(self._remark(match.start(), match[0]) for match in _COMMENT.finditer(self.text, end))]

    def _remark(self, index: int, text: str) -> Remark:
        begin = self._line_start(index)
        alone = not self.text[begin:index].strip()
        return Remark(text.rstrip(), index, index - begin, alone, self.is_apart(index))

    def _line_start(self, index: int) -> int:
        return self.text.rfind("\n", 0, index) + 1

    # --------------------------------------------------------------------------------------- places

    def column(self, index: int) -> int:
        """The column of a place."""
        return index - self._line_start(index)

    def is_apart(self, index: int) -> bool:
        """Whether what begins in its line at a place has a blank line before it."""
        begin = self._line_start(index)
        if begin == 0 or self.text[begin:index].strip():
            return False
        above = self._line_start(begin - 1)
        is_blank = not self.text[above : begin - 1].strip()
        return is_blank and not any(start < above < stop for start, stop in self._kept)

    def dash_before(self, index: int) -> int:
        """Where the dash of a list's item stands that begins at a place."""
        return self._dashes[bisect_left(self._dashes, index) - 1]

    def entry_at(self, index: int) -> int:
        """Where the entry begins whose name stands at a place: there, or at the ? before it."""
        return self._marks.get(index, index)

    def is_between(self, start: int, stop: int) -> bool:
        """Whether a comment stands between two places, taken or not."""
        return bisect_left(self._indexes, start) < bisect_left(self._indexes, stop)

    # --------------------------------------------------------------------------------------- taking

    def before(self, index: int) -> list[Remark]:
        """Takes those before a place."""
        taken = []
        while self._left and self._left[0].index < index:
            taken.append(self._left.popleft())
        return taken

    def beside(self, limit: int) -> list[Remark]:
        """Takes those in the line of what came last, before a place."""
        taken = []
        while self._left and self._left[0].index < limit and not self._left[0].alone:
            taken.append(self._left.popleft())
        return taken

    def below(self, limit: int, column: int) -> list[Remark]:
        """Takes those before a place on lines of their own that begin in a column or right of it."""
        taken = []
        while self._left and self._left[0].index < limit and self._left[0].column >= column:
            taken.append(self._left.popleft())
        return taken

    @property
    def all(self) -> tuple[str, ...]:
        """The texts of those that haven't been taken."""
        return tuple(remark.text for remark in self._left)
