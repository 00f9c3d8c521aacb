"""A file's text with its places: from a place to the characters there and back, and where a YAML scalar ends."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cached_property

import yaml

from advise._reading import LINE_END
from advise.authoring.writing.parsing import tokens
from advise.errors import Edit, Place


class SourceText:
    """The text of one file. Nothing is worked out before it's asked for."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text

    @cached_property
    def starts(self) -> list[int]:
        """Where each line begins."""
        return [0, *(match.end() for match in LINE_END.finditer(self.text))]

    @cached_property
    def scalars(self) -> Mapping[int, tuple[int, bool]]:
        """Where each YAML scalar begins: where it ends, and whether it stands in quotes."""
        return {start: (end, quoted) for start, end, quoted in self._scanned()}

    def _scanned(self) -> Iterator[tuple[int, int, bool]]:
        for token in tokens(self.text):
            if isinstance(token, yaml.ScalarToken):
                start, end = token.start_mark, token.end_mark
                quoted = token.style in ("'", '"')
                yield self._at(start.line, start.column), self._at(end.line, end.column), quoted

    def _at(self, line: int, column: int) -> int:
        return self.starts[line] + column if line < len(self.starts) else len(self.text)

    def offset(self, place: Place) -> int:
        """How many characters stand before a place."""
        return self._at(place.line - 1, place.column - 1)

    def place(self, offset: int) -> Place:
        """The place after so many characters."""
        line = bisect_right(self.starts, offset) - 1
        return Place(self.name, line + 1, offset - self.starts[line] + 1)

    def extent(self, place: Place) -> tuple[int, int]:
        """From where to where the words of the scalar at a place stand, without quotes and white space at its end."""
        start = self.offset(place)
        end, quoted = self.scalars.get(start, (start, False))
        if quoted:
            return start + 1, end - 1
        return start, start + len(self.text[start:end].rstrip())

    def edit(self, start: int, end: int, text: str) -> Edit:
        """Puts `text` in place of the characters from `start` up to `end`."""
        return Edit(self.place(start), self.place(end), text)
