"""A world that remembers what was asked of it: the truth values of conditions, and which rows of a table come near."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from advise.case import Case
from advise.conditions import Aggregate, All, AnyOf, Condition, Constant, Not, Of, Operand, Quantified, Ref, Scope, Test
from advise.evaluate import Evaluation
from advise.evaluate.meaning import OPPOSITE, Truth
from advise.evaluate.reference import Environment, World, extreme, total, typed
from advise.operators import Core
from advise.plan import Plan, flat, names_used, operand_refs
from advise.rules import Rule, Rulebook
from advise.values import EMPTY, NOTHING, UNKNOWN, Span, Value

_MANY = 8


class Lookout:
    """What is worked out once for all worlds of a knowledge base: names in conditions, cells of tables.

    A condition lives as long as its rulebook does, so that its identity stays its own.
    """

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self._names: dict[int, tuple[str, ...]] = {}
        self._flat: dict[int, Sequence[Condition]] = {}
        self._cells: dict[tuple[str, str], tuple[Value, ...]] = {}

    def names(self, condition: Condition) -> tuple[str, ...]:
        """The bound names that a condition speaks of."""
        found = self._names.get(id(condition))
        if found is None:
            found = self._names[id(condition)] = tuple(sorted(names_used(condition)))
        return found

    def parts(self, condition: Condition) -> Sequence[Condition]:
        """The parts of nested conjunctions."""
        found = self._flat.get(id(condition))
        if found is None:
            found = self._flat[id(condition)] = flat(condition)
        return found

    def cells(self, table: str, column: str) -> tuple[Value, ...]:
        """What stands in a column."""
        found = self._cells.get((table, column))
        if found is None:
            columns = self.book.tables[table].columns
            at = next(i for i, each in enumerate(columns) if each.name == column)
            cells = tuple(typed(row[at], columns[at].type.kind) for row in self.book.tables[table].rows)
            found = self._cells[table, column] = cells
        return found


class Seen(World):
    """A world that remembers, and has the chance with which ways are chosen in it."""

    def __init__(self, plan: Plan, case: Case, evaluation: Evaluation | None, lookout: Lookout, random: Random) -> None:
        super().__init__(plan, case, evaluation)
        self.lookout = lookout
        self.random = random
        self.is_evaluated = evaluation is not None
        self.known: dict[Any, Any] = {}

    def possibly(self, rule: Rule) -> list[dict[str, int]]:
        """The things for which a rule certainly or possibly holds."""
        if "possible" not in self.known:
            grouped: dict[int, list[tuple[int, ...]]] = {}
            for index, binding in sorted(self.possible):
                grouped.setdefault(index, []).append(binding)
            self.known["possible"] = grouped
        bindings = self.known["possible"].get(self.plan.index[rule.id], [])
        return [self.environment(rule, each) for each in bindings]

    def key(self, condition: Condition, env: Environment) -> tuple[Any, ...]:
        """What tells a condition of some things: names that it doesn't speak of don't matter."""
        return id(condition), *map(env.get, self.lookout.names(condition))

    def truth(self, condition: Condition, env: Environment) -> Truth:
        """A condition's truth value."""
        key = self.key(condition, env)
        found: Truth | None = self.known.get(key)
        if found is None:
            found = self.known[key] = self._truth(condition, env)
        return found

    def _truth(self, condition: Condition, env: Environment) -> Truth:
        match condition:
            case Test():
                return self._test(condition, env)
            case All():
                return min((self.truth(each, env) for each in condition.parts), default=Truth.TRUE)
            case AnyOf():
                return max((self.truth(each, env) for each in condition.parts), default=Truth.FALSE)
            case Not():
                return OPPOSITE[self.truth(condition.part, env)]
            case Quantified():
                return self._over(condition, env)

    def _over(self, condition: Quantified, env: Environment) -> Truth:
        scope = condition.scope
        is_every = condition.quantifier == "every"
        phantom = self.phantom(scope.thing)
        found = Truth.FALSE
        # A row that differs where it must not makes the body false, so only the others have to be looked at.
        rows = self.near_rows(scope, env, self.lookout.parts(condition.body)) if scope.is_table else None
        if is_every and rows is not None and len(rows) and any(wrong for wrong, _ in rows):
            return Truth.FALSE
        indexes = self.indexes(scope, env) if rows is None else [row for wrong, row in rows if not wrong]
        for index in indexes:
            each = self.truth(condition.body, {**env, scope.name: index})
            each = OPPOSITE[each] if is_every else each
            found = max(found, min(each, Truth.UNKNOWN) if index == phantom else each)
        return found if condition.quantifier == "some" else OPPOSITE[found]

    def _aggregate(self, operand: Aggregate, env: Environment) -> Span:
        scope = operand.scope
        if not scope.is_table:
            return super()._aggregate(operand, env)
        sure: list[Span] = []
        maybe: list[Span] = []
        # As in the reference evaluator, which looks at every row: those that differ don't count.
        for wrong, row in self.near_rows(scope, env, self.lookout.parts(operand.where)):
            if wrong:
                break
            inner = {**env, scope.name: row}
            counts = self.truth(operand.where, inner)
            value = Span(1, 1) if operand.value is None else self.span(operand.value, inner)
            if counts is not Truth.FALSE and value != EMPTY:
                (sure if counts is Truth.TRUE else maybe).append(value)
        if operand.function in ("count", "sum"):
            return total(sure, maybe, False)
        return extreme(sure, maybe, operand.function in ("highest", "latest"))

    def near_rows(self, scope: Scope, env: Environment, parts: Sequence[Condition]) -> list[tuple[int, int]]:
        """The rows of a table, those first that agree with most of what `parts` say of their cells, each with in how
        many they certainly differ."""
        asked = [each for part in parts if (each := self._asked(scope, env, part)) is not None]
        key = ("rows", scope.thing, *((column, *values) for column, values in asked))
        if key not in self.known:
            columns = [(self.lookout.cells(scope.thing, column), values) for column, values in asked]
            count = len(self.book.tables[scope.thing].rows)
            wrong = [sum(cells[row] not in values for cells, values in columns) for row in range(count)]
            self.known[key] = sorted((each, row) for row, each in enumerate(wrong))
        found: list[tuple[int, int]] = self.known[key]
        return found

    def few_rows(self, scope: Scope, env: Environment, parts: Sequence[Condition]) -> list[int]:
        """The rows that are worth a closer look."""
        return [row for _, row in self.near_rows(scope, env, parts)[:_MANY]]

    def _asked(self, scope: Scope, env: Environment, part: Condition) -> tuple[str, tuple[Value, ...]] | None:
        """The column that a test asks for, and the values of which it must be one; None for other conditions."""
        if not isinstance(part, Test) or part.operator not in (Core.EQUAL, Core.ONE_OF):
            return None
        for column, other in ((part.left, part.right), (part.right, part.left)):
            if isinstance(column, Ref) and column.of is Of.COLUMN and column.scope == scope.name:
                values = self._values(other, scope, env)
                return None if values is None else (column.path, values)
        return None

    def _values(self, operand: Operand, scope: Scope, env: Environment) -> tuple[Value, ...] | None:
        if isinstance(operand, Constant) and isinstance(operand.value, tuple):
            return tuple(typed(each, operand.type.kind) for each in operand.value)
        names = {ref.scope for ref in operand_refs(operand) if ref.scope is not None}
        if scope.name in names or not names <= set(env):
            return None
        value = self.value(operand, env)
        if is_open(value):
            return None
        return () if value in (NOTHING, EMPTY) else (value,)


def is_open(value: Value) -> bool:
    """Whether a value isn't known to the point."""
    return value is UNKNOWN or (isinstance(value, Span) and value.low < value.high)
