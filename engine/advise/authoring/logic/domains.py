"""What a value can be at all: by its type, the cells of its table, or what rules draw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf

from advise.authoring.logic.literals import Literal
from advise.authoring.logic.sets import ALL_NUMBERS, Allowed, Choices, Numbers, Range, points, some
from advise.conditions import Aggregate, Elapsed, Lookup, Of, Operand, Rank, Ref
from advise.plan import Key
from advise.rules import Column, Rulebook
from advise.types import Kind, Type
from advise.types import Literal as Value

_TRUTH = some(True, False)
_ORDER = some("<", "=", ">")
_ANY_TEXT = Choices(frozenset(), True)
_NO_NEGATIVE = Numbers((Range(0, inf),))

Drawn = Mapping[Key, Iterable[Value]]
"""Conclusion -> the values that rules draw for it."""


def is_fact(operand: Operand | None) -> bool:
    """True for a fact that a person gives."""
    return isinstance(operand, Ref) and operand.of is Of.FACT


def is_column(operand: Operand | None) -> bool:
    """True for a column of a table."""
    return isinstance(operand, Ref) and operand.of is Of.COLUMN


class Domains:
    """The values that there are for what literals speak of."""

    def __init__(self, book: Rulebook, drawn: Drawn | None = None) -> None:
        self.book = book
        self.drawn = drawn
        self._declared: dict[tuple[object, object], tuple[Allowed, bool]] = {}

    def of(self, literal: Literal) -> Allowed:
        """Every value that can be the true one; for a conclusion, the one that is certainly drawn."""
        match literal.key[0]:
            case "value" | "settled":
                return Allowed(ALL_NUMBERS, True) if literal.left is None else self.real(literal.left)
            case "months" | "days":
                return Allowed(ALL_NUMBERS, not is_fact(literal.left))
            case "order":
                return Allowed(_ORDER, not (is_fact(literal.left) and is_fact(literal.right)))
            case _:
                return Allowed(_TRUTH)

    def real(self, operand: Operand) -> Allowed:
        """Every value that an operand can really have."""
        if isinstance(operand, Ref) and operand.of is not Of.CONCLUSION:
            return self._ref(operand)[0]
        return self._real(operand)

    def _ref(self, ref: Ref) -> tuple[Allowed, bool]:
        """What a fact, a computed fact or a column can be, and whether it's always whole; worked out once."""
        key = ref.of, ref.key
        if key not in self._declared:
            self._declared[key] = self._real(ref), self._whole(ref)
        return self._declared[key]

    def _real(self, operand: Operand) -> Allowed:
        match operand:
            case Ref(of=Of.FACT):
                return Allowed(_typed(operand.type))
            case Ref(of=Of.COLUMN):
                return self._cells(operand.thing or "", operand.path)
            case Ref(of=Of.CONCLUSION):
                return self._concluded(operand)
            case Ref(of=Of.COMPUTED):
                return self.real(self.book.computed[operand.key].value)
            case Rank():
                return Allowed(Numbers((Range(0, len(operand.choices) - 1),)), not is_fact(operand.of))
            case Aggregate():
                return self._aggregated(operand)
            case Lookup():
                cells = self._cells(operand.table, operand.take)
                return Allowed(cells.values, True)
            case _:
                return Allowed(ALL_NUMBERS if operand.type.kind in (Kind.NUMBER, Kind.DATE) else _ANY_TEXT, True)

    def is_whole(self, operand: Operand | None) -> bool:
        """Whether the true value is always a whole number."""
        if isinstance(operand, Ref) and operand.of is not Of.CONCLUSION:
            return self._ref(operand)[1]
        return self._whole(operand)

    def _whole(self, operand: Operand | None) -> bool:
        match operand:
            case Ref(of=Of.FACT):
                return operand.type.integer
            case Ref(of=Of.COMPUTED):
                return self.is_whole(self.book.computed[operand.key].value)
            case Elapsed() | Rank():
                return True
            case Aggregate():
                return operand.value is None or self.is_whole(operand.value)
            case _:
                return False

    def _aggregated(self, operand: Aggregate) -> Allowed:
        if operand.value is None:
            return Allowed(_NO_NEGATIVE)
        of_each = self.real(operand.value)
        if operand.function != "sum":
            return Allowed(of_each.values, True)
        negative = Allowed(Numbers((Range(-inf, 0, False, True),)))
        return Allowed(_NO_NEGATIVE if Allowed(of_each.values).meet(negative).is_empty else ALL_NUMBERS)

    def _concluded(self, ref: Ref) -> Allowed:
        values = None if self.drawn is None else self.drawn.get(ref.key, ())
        if ref.type.kind is Kind.BOOLEAN:
            return Allowed(_TRUTH if values is None else some(False, *values))
        if values is None:
            return Allowed(_typed(Type(ref.type.kind, ref.type.choices)), True)
        return Allowed(_these(ref.type.kind, values), True)

    def _cells(self, table: str, name: str) -> Allowed:
        found = self.book.tables[table]
        index, column = next((i, c) for i, c in enumerate(found.columns) if c.name == name)
        if column.type.kind is Kind.DATE:
            return Allowed(ALL_NUMBERS, True)
        cells = [row[index] for row in found.rows]
        return Allowed(_cell_values(column, cells), None in cells)


def _cell_values(column: Column, cells: list[Value | None]) -> Numbers | Choices:
    return _these(column.type.kind, [each for each in cells if each is not None])


def _these(kind: Kind, values: Iterable[Value]) -> Numbers | Choices:
    if kind is Kind.NUMBER:
        return points(each for each in values if isinstance(each, int | float))
    return some(*values)


def _typed(type_: Type) -> Numbers | Choices:
    """Every value of a type."""
    match type_.kind:
        case Kind.NUMBER:
            low, high = type_.low, type_.high
            return Numbers((Range(-inf if low is None else low, inf if high is None else high),))
        case Kind.DATE:
            return ALL_NUMBERS
        case Kind.BOOLEAN:
            return _TRUTH
        case Kind.CHOICE:
            return some(*type_.choices)
        case _:
            return _ANY_TEXT
