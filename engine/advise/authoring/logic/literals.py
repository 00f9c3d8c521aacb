"""Conditions taken apart: branches, one of which must hold, of literals, all of which must hold.

A literal says of one value which values are allowed. It's true where all that the value may be is allowed, false where
nothing of it is, else unknown: the meaning of the test that it came from, to the point. So what holds of the sets holds
of the tests in both bounds. (The one exception: of a text, choice or yes-and-no that is missing every test is unknown.)
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import product
from math import inf

from advise.authoring.logic.days import Moment, moment
from advise.authoring.logic.sets import Allowed, Choices, Numbers, Range, compared, points, some
from advise.conditions import (
    Aggregate,
    All,
    AnyOf,
    Arithmetic,
    Condition,
    Constant,
    Elapsed,
    Lookup,
    Not,
    Of,
    Operand,
    Parameter,
    Quantified,
    Rank,
    Ref,
    Scope,
    Shifted,
    Test,
    Today,
)
from advise.evaluate.meaning import Truth, compare
from advise.evaluate.reference import ARITHMETIC, typed
from advise.operators import Core
from advise.rules import Rulebook
from advise.types import Kind
from advise.types import Literal as Value
from advise.values import EMPTY, Span

MOST_BRANCHES = 64
Key = tuple[Hashable, ...]
Env = Mapping[str, str]
"""Bound name -> a name of its own, so that no two things share one."""


@dataclass(frozen=True, slots=True)
class Inner:
    """What a quantifier says of the things in its scope: the condition and the names bound around it."""

    scope: Scope
    body: Condition
    env: Env


@dataclass(frozen=True, slots=True)
class Literal:
    """`allowed` are the values that the value told by `key` may have. `left` is that value, `inner` a quantifier's;
    `env` are the names with which a value is read that is gathered from a list."""

    key: Key
    allowed: Allowed
    left: Operand | None = field(default=None, compare=False)
    right: Operand | None = field(default=None, compare=False)
    inner: Inner | None = field(default=None, compare=False)
    env: Env | None = field(default=None, compare=False)

    def opposite(self) -> Literal:
        """The literal that is true where this is false."""
        return replace(self, allowed=self.allowed.complement())

    @property
    def holds(self) -> bool:
        """Of a quantifier, known or another whole test: whether it must hold, rather than must not."""
        return isinstance(self.allowed.values, Choices) and not self.allowed.values.but


Branch = tuple[Literal, ...]
Branches = tuple[Branch, ...] | None
"""None when there would be too many."""

YES = Allowed(some(True))
_RELATION = {"==": "=", ">=": "=>", "<=": "=<", ">": ">", "<": "<"}
_FLIPPED = str.maketrans("<>", "><")
ALWAYS: tuple[Branch, ...] = ((),)
NEVER: tuple[Branch, ...] = ()


@dataclass(slots=True)
class Effort:
    """How many steps a proof may still take. With too much in a condition it could take for ever; it claims nothing."""

    left: int = 1000

    def step(self) -> bool:
        """Takes a step; False when there are none left."""
        self.left -= 1
        return self.left >= 0


class Taking:
    """Takes the conditions of a knowledge base apart, with its parameters as they are on one day."""

    def __init__(self, book: Rulebook, day: date) -> None:
        self.book = book
        self.day = day

    def branches(self, condition: Condition, env: Env, holds: bool = True) -> Branches:
        """The branches of a condition, or of its opposite."""
        match condition:
            case Test():
                return self._test(condition, env, holds)
            case Not():
                return self.branches(condition.part, env, not holds)
            case All() | AnyOf():
                parts = [self.branches(part, env, holds) for part in condition.parts]
                return both(parts) if isinstance(condition, All) is holds else either(parts)
            case Quantified():
                return self._quantified(condition, env, holds)

    def _quantified(self, condition: Quantified, env: Env, holds: bool) -> Branches:
        body, scope = condition.body, condition.scope
        if condition.quantifier == "every":
            body, holds = Not(body), not holds
        elif condition.quantifier == "no":
            holds = not holds
        anchor = env.get(scope.thing) if scope.other else None
        inner = {**env, scope.name: _fresh(env)}
        key = ("some", scope.thing, scope.is_table, anchor, self.told_condition(body, inner))
        fact = Literal(key, YES, inner=Inner(scope, body, env))
        return ((fact if holds else fact.opposite(),),)

    def gathered(self, literal: Literal) -> Literal | None:
        """That there's a thing, or none, of those that a value is gathered from, if the literal says so."""
        if literal.env is None:
            return None
        value = literal.left
        while isinstance(value, Ref) and value.of is Of.COMPUTED:
            value = self.book.computed[value.key].value
        if not isinstance(value, Aggregate) or value.function == "sum":
            return None
        allowed = literal.allowed
        if value.function != "count":
            holds = True if not allowed.nothing else None
        elif literal.key[0] == "value":
            holds = _at_least_one(allowed)
        else:
            holds = None
        if holds is None:
            return None
        quantifier = "some" if holds else "no"
        branches = self._quantified(Quantified(quantifier, value.scope, value.where), literal.env, True)
        return branches[0][0] if branches else None

    # ------------------------------------------------------------------------------------------- tests

    def _test(self, test: Test, env: Env, holds: bool) -> Branches:
        fact = self._literal(test, env)
        if isinstance(fact, bool):
            return ALWAYS if fact is holds else NEVER
        if isinstance(fact.left, Aggregate):
            fact = replace(fact, env=env)
        elif isinstance(fact.left, Ref) and fact.left.of is Of.COMPUTED:
            scope, thing = fact.left.scope, fact.left.thing
            fact = replace(fact, env={} if thing is None or scope is None else {thing: env.get(scope, scope)})
        return ((fact if holds else fact.opposite(),),)

    def _literal(self, test: Test, env: Env) -> Literal | bool:
        """The literal that a test is; true or false when it's that for everybody."""
        left = test.left
        if test.operator == Core.KNOWN:
            assert isinstance(test.right, Constant)
            fact = Literal(("known", self.told(left, env)), YES, left)
            return fact if test.right.value is True else fact.opposite()
        if test.operator == Core.ONE_OF and isinstance(test.right, Constant):
            values = test.right.value
            assert isinstance(values, tuple)
            return self._one_of(left, values, env)
        right = self.settled(test.right)
        if right is None:
            return False
        if isinstance(right, Constant):
            plain = isinstance(test.right, Constant) or not _is_conclusion(left)
            return self._against(left, test.operator, right, env, "value" if plain else "settled")
        if test.operator in _RELATION:
            when = moment(right) if left.type.kind is Kind.DATE else None
            if when is not None:
                return self._dated(left, test.operator, when, env)
            return self._related(left, test.operator, right, env)
        return Literal(("test", test.operator, self.told(left, env), self.told(right, env)), YES, left, right)

    def _one_of(self, left: Operand, values: tuple[Value, ...], env: Env) -> Literal:
        key = ("value", self.told(left, env))
        numbers = [each for each in values if isinstance(each, int | float) and not isinstance(each, bool)]
        if _is_numeric(left):
            return Literal(key, Allowed(points(numbers)), left)
        return Literal(key, Allowed(some(*values)), left)

    def _against(self, left: Operand, operator: str, right: Constant, env: Env, way: str) -> Literal | bool:
        """A test of a value against a literal."""
        settled = self.settled(left)
        if settled is None:
            return False
        if isinstance(settled, Constant):
            truth = compare(operator, typed(settled.value, settled.type.kind), typed(right.value, right.type.kind))
            if truth is not Truth.UNKNOWN:
                return truth is Truth.TRUE
        if left.type.kind is Kind.DATE:
            when = moment(right)
            if when is not None and operator in _RELATION:
                return self._dated(left, operator, when, env, way)
        elif _is_numeric(left) and isinstance(right.value, int | float):
            return Literal((way, self.told(left, env)), Allowed(compared(operator, right.value)), left)
        elif operator == Core.EQUAL:
            return Literal((way, self.told(left, env)), Allowed(some(right.value)), left)
        return Literal(("test", operator, self.told(left, env), self.told(right, env)), YES, left, right)

    def _dated(self, left: Operand, operator: str, when: Moment, env: Env, way: str = "value") -> Literal:
        """A test of a day: against a day of the calendar, or one so many days or months from today."""
        numbers = compared(operator, when.count)
        if when.scale != "months":
            # Days are whole, so that `after` one is `from` the next; months have days between them.
            step = {">": (">=", 1), "<": ("<=", -1)}.get(operator)
            numbers = numbers if step is None else compared(step[0], when.count + step[1])
        return Literal((way if when.scale == "date" else when.scale, self.told(left, env)), Allowed(numbers), left)

    def _related(self, left: Operand, operator: str, right: Operand, env: Env) -> Literal:
        """A comparison of two values: which of smaller, equal and greater are allowed."""
        relation, ends = _RELATION[operator], ((self.told(left, env), left), (self.told(right, env), right))
        if repr(ends[0][0]) > repr(ends[1][0]):
            relation, ends = relation.translate(_FLIPPED), (ends[1], ends[0])
        return Literal(("order", ends[0][0], ends[1][0]), Allowed(some(*relation)), ends[0][1], ends[1][1])

    # -------------------------------------------------------------------------------------- told apart

    def settled(self, operand: Operand) -> Operand | None:
        """The operand with its parameters as they are on the day, worked out where it can be; None: it has no value."""
        match operand:
            case Parameter():
                value = self.book.settings[operand.name].on(self.day)
                return None if value is None else Constant(value, operand.type)
            case Shifted():
                day, count = self.settled(operand.date), self.settled(operand.count)
                if day is None or count is None:
                    return None
                assert isinstance(count, Constant)
                return Shifted(day, count, operand.unit, operand.back, operand.type)
            case Arithmetic():
                left, right = self.settled(operand.left), self.settled(operand.right)
                if left is None or right is None:
                    return None
                if isinstance(left, Constant) and isinstance(right, Constant):
                    return _worked_out(operand, left, right)
                return Arithmetic(operand.sign, left, right, operand.type)
            case _:
                return operand

    def told(self, operand: Operand, env: Env) -> Key:
        """What tells an operand from all others: two are told alike only if they're the same value."""
        match operand:
            case Ref():
                return (operand.of.value, operand.scope and env.get(operand.scope, operand.scope), operand.key)
            case Constant():
                return ("constant", type(operand.value).__name__, operand.value)
            case Parameter():
                return ("parameter", operand.name)
            case Today():
                return ("today",)
            case Shifted():
                parts = self.told(operand.date, env), self.told(operand.count, env)
                return ("shifted", *parts, operand.unit, operand.back)
            case Arithmetic():
                return (operand.sign, self.told(operand.left, env), self.told(operand.right, env))
            case Elapsed():
                return ("elapsed", self.told(operand.start, env), self.told(operand.end, env), operand.unit)
            case Rank():
                return ("rank", self.told(operand.of, env), operand.choices)
            case Lookup():
                return ("lookup", operand.table, operand.take, *(self.told(key, env) for key in operand.keys))
            case Aggregate():
                return self._told_aggregate(operand, env)

    def _told_aggregate(self, operand: Aggregate, env: Env) -> Key:
        scope = operand.scope
        inner = {**env, scope.name: _fresh(env)}
        value = None if operand.value is None else self.told(operand.value, inner)
        anchor = env.get(scope.thing) if scope.other else None
        where = self.told_condition(operand.where, inner)
        return (operand.function, scope.thing, scope.is_table, anchor, value, where)

    def told_condition(self, condition: Condition, env: Env) -> Key:
        """The same for a condition: it's told by its form, not by how it's worded."""
        match condition:
            case Test():
                return ("test", condition.operator, self.told(condition.left, env), self.told(condition.right, env))
            case All() | AnyOf():
                parts = {self.told_condition(part, env) for part in condition.parts}
                return (type(condition).__name__, frozenset(parts))
            case Not():
                return ("not", self.told_condition(condition.part, env))
            case Quantified():
                scope = condition.scope
                inner = {**env, scope.name: _fresh(env)}
                anchor = env.get(scope.thing) if scope.other else None
                body = self.told_condition(condition.body, inner)
                return (condition.quantifier, scope.thing, scope.is_table, anchor, body)


def both(parts: list[Branches]) -> Branches:
    """The branches of a conjunction."""
    found: Branches = ALWAYS
    for part in parts:
        if part is None or found is None or len(part) * len(found) > MOST_BRANCHES:
            return None
        found = tuple((*one, *other) for one, other in product(found, part))
    return found


def either(parts: list[Branches]) -> Branches:
    """The branches of a disjunction."""
    found: list[Branch] = []
    for part in parts:
        if part is None or len(found) + len(part) > MOST_BRANCHES:
            return None
        found += part
    return tuple(found)


def _at_least_one(count: Allowed) -> bool | None:
    """Whether a number of things says that there's one (True), or none (False)."""
    if not isinstance(count.values, Numbers):
        return None
    one_or_more, none = Numbers((Range(1),)), Numbers((Range(-inf, 1, False, True),))
    met = count.values.meet(Numbers((Range(0),))).whole()
    if met.is_empty:
        return None
    return False if met.within(none) else True if met.meet(none).is_empty and met.within(one_or_more) else None


def _is_conclusion(operand: Operand) -> bool:
    return isinstance(operand, Ref) and operand.of is Of.CONCLUSION


def _is_numeric(operand: Operand) -> bool:
    """True when its values are numbers: also ranks, as which ordered choices that are worked out are kept."""
    if operand.type.kind is Kind.NUMBER or isinstance(operand, Rank):
        return True
    ranked = isinstance(operand, Ref) and operand.of is Of.COMPUTED and operand.type.ordered
    return operand.type.kind is Kind.CHOICE and (ranked or isinstance(operand, Aggregate))


def _worked_out(operand: Arithmetic, left: Constant, right: Constant) -> Operand | None:
    one, other = typed(left.value, Kind.NUMBER), typed(right.value, Kind.NUMBER)
    assert isinstance(one, Span)
    assert isinstance(other, Span)
    found = ARITHMETIC[operand.sign](one, other)
    if found == EMPTY:
        return None
    return Constant(found.low, operand.type) if found.known else operand


def _fresh(env: Env) -> str:
    """A name that no other thing in sight has."""
    taken = (int(name[1:]) for name in env.values() if name.startswith("@"))
    return f"@{max(taken, default=-1) + 1}"
