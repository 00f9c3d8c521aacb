"""Loops in a generated evaluator: over a list of things or a table, or over the rows that can match what is bound."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import NamedTuple

from advise.conditions import Condition, Of, Operand, Ref, Scope, Test
from advise.evaluate.comparisons import Comparisons
from advise.evaluate.forms import Bindings, Bound, Form
from advise.operators import Core
from advise.plan import Plan, operand_refs
from advise.types import Kind

JOINED = (Kind.TEXT, Kind.CHOICE, Kind.NUMBER, Kind.DATE)
FEWEST_ROWS = 12
"""A list that isn't longer than this is looked through faster than an index of it is made."""


class Join(NamedTuple):
    """That a fact of a list's things must equal a value, which is None when it's unknown."""

    thing: str
    path: str
    value: str


class Use(StrEnum):
    """What an index of a list by a fact gives: rows, rows with their indexes, or only whether there is one."""

    ROWS = "r"
    NUMBERED = "n"
    PRESENT = "p"


class Loops(Comparisons):
    """Writes loops. With `eager`, short lists get an index too."""

    def __init__(self, plan: Plan, eager: bool = False) -> None:
        super().__init__(plan)
        self.fewest_rows = 0 if eager else FEWEST_ROWS
        self._indexes: dict[str, None] = {}

    @contextmanager
    def loop(self, scope: Scope, bindings: Bindings, body: list[Condition]) -> Iterator[Bindings]:
        """A loop over the things in a scope; only over those that can pass `body`, if it says what a fact must equal.

        Such things may still turn out not to pass: `body` has to be tested as well.
        """
        bound = Bound(self.name("i"), self.name("r"), None if scope.is_table else self.phantom_row(scope.thing))
        cells = self._cells(scope, bindings, body) if scope.is_table else None
        join = self.join(scope, bindings, body)
        if join is not None:
            self.line("")
        start, indent = len(self.lines), self.indent
        self.line("")
        self.indent += 1
        if scope.other:
            phantom = f" and {bound.row} is not {bound.phantom}" if bound.phantom else ""
            self.line(f"if {bound.at} == {bindings[scope.thing].at}{phantom}: continue")
        yield {**bindings, scope.name: bound}
        if len(self.lines) == start + 1:
            self.line("pass")
        is_numbered = cells is not None or any(re.search(rf"\b{bound.at}\b", line) for line in self.lines[start + 1 :])
        rows = cells or (f"enumerate({self.rows(scope.thing)})" if is_numbered else self.rows(scope.thing))
        if join is not None:
            index, made = self.index(join, Use.NUMBERED if is_numbered else Use.ROWS)
            self.lines[start - 1] = " " * indent + made
            rows = f"({rows} if {index} is None else {index}({join.value}, {index}u))"
        target = f"{bound.at}, {bound.row}" if is_numbered else bound.row
        self.lines[start] = " " * indent + f"for {target} in {rows}:"
        self.indent = indent

    def prelude(self) -> None:
        super().prelude()
        for line in self._indexes:
            self.line(line)

    def index(self, join: Join, use: Use) -> tuple[str, str]:
        """The variable with an index, and the line that makes it when it's first needed.

        It is True until that is made, and None if the list is too short to be worth it. Then it's a function that
        takes a value and what it is to give by default, which is in the variable of the same name with a `u`.
        """
        rows, place = self.rows(join.thing), self.column(join.thing, join.path)
        name = f"J{rows[1:]}{use}{place}"
        self._indexes[f"{name} = len({rows}) > {self.fewest_rows} or None"] = None
        made = f"present({rows}, {place})"
        if use is not Use.PRESENT:
            is_date = self.plan.rulebook.facts[join.thing, join.path].type.kind is Kind.DATE
            made = f"joined({rows}, {place}, {is_date}, {use is Use.NUMBERED})"
        return name, f"if {name} is True: {name}, {name}u = {made}"

    def join(self, scope: Scope, bindings: Bindings, body: list[Condition]) -> Join | None:
        """The first test in `body` that a fact of the thing equals one of what is bound further out."""
        for test in body if not scope.is_table else ():
            if isinstance(test, Test) and test.operator == Core.EQUAL:
                for own, other in ((test.left, test.right), (test.right, test.left)):
                    if self._is_own(own, scope) and self._is_bound_outside(other, scope, bindings):
                        assert isinstance(own, Ref)
                        value = self.operand(other, bindings)
                        code = f"point({value.code})" if value.form is Form.SPAN else value.code
                        return Join(scope.thing, own.path, code)
        return None

    def is_decided(self, scope: Scope, body: list[Condition]) -> bool:
        """True if a join says all of `body`, exactly: a text or choice, and nothing else."""
        if scope.other or len(body) != 1 or not isinstance(body[0], Test):
            return False
        return all(
            isinstance(side, Ref) and side.of is Of.FACT and side.type.kind in (Kind.TEXT, Kind.CHOICE)
            for side in (body[0].left, body[0].right)
        )

    def _is_own(self, operand: Operand, scope: Scope) -> bool:
        if not isinstance(operand, Ref) or operand.scope != scope.name:
            return False
        return operand.of is Of.FACT and operand.type.kind in JOINED

    def _is_bound_outside(self, operand: Operand, scope: Scope, bindings: Bindings) -> bool:
        """True for what changes with a loop further out: an index is only worth making for several values."""
        if not isinstance(operand, Ref) or operand.of is Of.CONCLUSION:
            return False
        return operand.scope is not None and operand.scope != scope.name and operand.scope in bindings

    def _cells(self, scope: Scope, bindings: Bindings, body: list[Condition]) -> str | None:
        """The rows of a table that can pass `body`, if it says what a text column must equal."""
        for test in body:
            if not (isinstance(test, Test) and test.operator == Core.EQUAL and isinstance(test.left, Ref)):
                continue
            left, right = test.left, test.right
            if left.of is Of.COLUMN and left.scope == scope.name and left.type.kind in (Kind.TEXT, Kind.CHOICE):
                if any(ref.scope == scope.name for ref in operand_refs(right)):
                    continue
                key = self.operand(right, bindings)
                index = self.index_of(scope.thing, left.path)
                every = f"enumerate({self.rows(scope.thing)})"
                if not key.unknown:
                    return f"{index}.get({key.code}, ())"
                return f"({every} if {key.code} is None else {index}.get({key.code}, ()))"
        return None
