"""How generated code is written: line by line, with names that don't clash."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Writing:
    """Lines of code at the present indentation, the names in them, and what is worked out beforehand."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.indent = 0
        self.globals: dict[str, str] = {}
        self._known: dict[str, str] = {}
        self._names = self._lasting = 0

    def line(self, text: str) -> None:
        """Writes one line at the present indentation."""
        self.lines.append(" " * self.indent + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Writes `head` and indents what is written inside."""
        self.line(head)
        self.indent += 1
        yield
        self.indent -= 1

    def name(self, letter: str) -> str:
        """A variable that nothing else uses while the statements at hand are written (see `forgetting`)."""
        self._names += 1
        return f"{letter}{self._names}"

    @contextmanager
    def forgetting(self) -> Iterator[None]:
        """What is named inside may be named again afterwards: a function of fewer variables starts faster."""
        names = self._names
        yield
        self._names = names

    def lasting(self, letter: str) -> str:
        """A variable that nothing else uses at all."""
        self._lasting += 1
        return f"{letter}{self._lasting}"

    def temporary(self, code: str) -> str:
        """A new variable with the value of `code`."""
        name = self.name("t")
        self.line(f"{name} = {code}")
        return name

    def variable(self, code: str) -> str:
        """`code` itself if it costs nothing to repeat, else a new variable for it."""
        return code if code.isidentifier() else self.temporary(code)

    def shared(self, letter: str, code: str) -> str:
        """A name for a value that is worked out when the module is bound, once for equal code."""
        if code not in self._known:
            self._known[code] = self.lasting(letter)
            self.globals[self._known[code]] = code
        return self._known[code]
