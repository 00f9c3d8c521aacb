"""What generated code is made of: values, conditions and bound things, as Python expressions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Pair(NamedTuple):
    """Python expressions for: the condition may hold; it certainly does. The second implies the first."""

    possible: str
    certain: str


class Bound(NamedTuple):
    """The variables that stand for a bound thing: its index, its row, and the row of the list's phantom."""

    at: str
    row: str
    phantom: str | None


Bindings = Mapping[str, Bound]
TRUE, FALSE = Pair("True", "True"), Pair("False", "False")


class Form(Enum):
    """How an expression holds its value.

    PLAIN: a text, choice, truth value or tuple; None when unknown, NOTHING when there's none.
    NUMBER: a number fact; None when unknown. CELL: a number in a table; nan when empty. SPAN: a Span.
    LITERAL: a value written in the code. FIXED: a number or day that is the same for the whole evaluation,
    as a float; nan when there's none.
    """

    PLAIN = "plain"
    NUMBER = "number"
    CELL = "cell"
    SPAN = "span"
    LITERAL = "literal"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class Expression:
    """Python code for a value; whether it may be unknown or nothing; a number's bounds when unknown."""

    code: str
    form: Form
    unknown: bool = False
    nothing: bool = False
    low: float = 0
    high: float = 0
    number: float | None = None

    @property
    def is_numeric(self) -> bool:
        """True for numbers, days and ranks."""
        return self.form in (Form.NUMBER, Form.CELL, Form.SPAN, Form.FIXED) or self.number is not None
