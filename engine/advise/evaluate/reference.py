"""The reference evaluator: two ordinary two-valued evaluations, certain and possible, as docs/semantics.md says.

It is short and slow, made to be read; other evaluators are tested against it, and explanations ask it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from math import fsum, inf
from typing import Any

from advise.case import Case
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
from advise.evaluate import Evaluation, Firing, same_things
from advise.evaluate.meaning import Truth, compare
from advise.operators import Core
from advise.plan import Key, Plan
from advise.rules import Rule
from advise.types import Kind, Literal, Type
from advise.values import (
    ANYTHING,
    EMPTY,
    NOTHING,
    UNKNOWN,
    Span,
    Value,
    add,
    date_span,
    divide,
    elapsed,
    multiply,
    shifted_span,
    subtract,
)

Environment = Mapping[str, int]
"""Bound name -> index of the thing that it stands for."""


class Bound(Enum):
    """Which of the two evaluations: what holds whatever the unknown facts are, or what may hold."""

    CERTAIN = "certain"
    POSSIBLE = "possible"

    @property
    def other(self) -> Bound:
        """The bound that a negation asks for."""
        return Bound.POSSIBLE if self is Bound.CERTAIN else Bound.CERTAIN


ARITHMETIC = {"+": add, "-": subtract, "*": multiply, "/": divide}


def typed(literal: Literal | None, kind: Kind) -> Value:
    """A literal of a rule, table or fact as a value; None is NOTHING."""
    if kind in (Kind.NUMBER, Kind.DATE):
        if literal is None:
            return EMPTY
        if kind is Kind.DATE:
            return date_span(str(literal))
        assert isinstance(literal, int | float)
        return Span(literal, literal)
    return NOTHING if literal is None else literal  # type: ignore[return-value]


def missing(type_: Type) -> Value:
    """A fact of this type that nobody gave: a number lies within its bounds, a date is any day."""
    if type_.kind is Kind.NUMBER:
        return Span(-inf if type_.low is None else type_.low, inf if type_.high is None else type_.high)
    return ANYTHING if type_.kind is Kind.DATE else UNKNOWN


def dig(facts: Mapping[str, Any], path: str) -> Any:
    """The raw value at a dotted path; Truth.UNKNOWN where a part of the path is absent, None where it's null."""
    found: Any = facts
    for part in path.split("."):
        if found is None:
            return None
        found = found.get(part, Truth.UNKNOWN)
        if found is Truth.UNKNOWN:
            return found
    return found


class World:
    """The facts of a case and the conclusions drawn so far, in which conditions and values can be asked for."""

    def __init__(self, plan: Plan, case: Case, evaluation: Evaluation | None = None) -> None:
        self.plan = plan
        self.book = plan.rulebook
        self.case = case
        self.certain: set[Firing] = set()
        self.possible: set[Firing] = set()
        self._computed: dict[tuple[Key, int], Value] = {}
        self._drawn: dict[tuple[str | None, str, int], dict[Literal, bool]] = {}
        if evaluation is not None:
            for firing in evaluation.certain:
                self.fire(firing, True)
            for firing in evaluation.open:
                self.fire(firing, False)

    # ------------------------------------------------------------------------------------------ things

    def phantom(self, thing: str) -> int | None:
        """The index of the thing that stands for those that may still be named; None for a complete list."""
        if thing in self.book.tables or self.case.things[thing].complete:
            return None
        return len(self.case.things[thing].items)

    def indexes(self, scope: Scope, env: Environment) -> list[int]:
        """The things that a scope ranges over, the phantom last."""
        if scope.is_table:
            every = list(range(len(self.book.tables[scope.thing].rows)))
        else:
            every = list(range(len(self.case.things[scope.thing].items)))
        if scope.other:
            every = [i for i in every if i != env[scope.thing]]
        phantom = self.phantom(scope.thing)
        return every if phantom is None else [*every, phantom]

    def bindings(self, rule: Rule) -> Iterator[tuple[int, ...]]:
        """Every choice of things for a rule's `each`."""
        found: list[dict[str, int]] = [{}]
        for scope in rule.each:
            found = [{**env, scope.name: index} for env in found for index in self.indexes(scope, env)]
        for env in found:
            yield tuple(env.values())

    def environment(self, rule: Rule, binding: tuple[int, ...]) -> dict[str, int]:
        """The bound names of a rule with their things."""
        return {scope.name: index for scope, index in zip(rule.each, binding, strict=True)}

    def has_phantom(self, rule: Rule, binding: tuple[int, ...]) -> bool:
        """True when a binding takes a thing that may not exist."""
        return any(self.phantom(s.thing) == i for s, i in zip(rule.each, binding, strict=True))

    # -------------------------------------------------------------------------------------- conditions

    def holds(self, condition: Condition, env: Environment, bound: Bound) -> bool:
        """Whether a condition holds, certainly or possibly."""
        match condition:
            case Test():
                return self._test(condition, env) >= (Truth.TRUE if bound is Bound.CERTAIN else Truth.UNKNOWN)
            case All():
                return all(self.holds(part, env, bound) for part in condition.parts)
            case AnyOf():
                return any(self.holds(part, env, bound) for part in condition.parts)
            case Not():
                return not self.holds(condition.part, env, bound.other)
            case Quantified():
                return self._quantified(condition, env, bound)

    def truth(self, condition: Condition, env: Environment) -> Truth:
        """Kleene's truth value of a condition: what the two bounds come to."""
        if isinstance(condition, Test):
            return self._test(condition, env)
        if not self.holds(condition, env, Bound.POSSIBLE):
            return Truth.FALSE
        return Truth.TRUE if self.holds(condition, env, Bound.CERTAIN) else Truth.UNKNOWN

    def _quantified(self, condition: Quantified, env: Environment, bound: Bound) -> bool:
        if condition.quantifier == "every":
            return not self._some(condition.scope, Not(condition.body), env, bound.other)
        if condition.quantifier == "no":
            return not self._some(condition.scope, condition.body, env, bound.other)
        return self._some(condition.scope, condition.body, env, bound)

    def _some(self, scope: Scope, body: Condition, env: Environment, bound: Bound) -> bool:
        return any(self._counts(scope, body, env, index, bound) for index in self.indexes(scope, env))

    def _counts(self, scope: Scope, body: Condition, env: Environment, index: int, bound: Bound) -> bool:
        """Whether a thing is there and its body holds; a phantom is never certain to be there."""
        if bound is Bound.CERTAIN and index == self.phantom(scope.thing):
            return False
        return self.holds(body, {**env, scope.name: index}, bound)

    def _test(self, test: Test, env: Environment) -> Truth:
        if test.operator == Core.KNOWN:
            return self._known(test, env)
        left, right = test.left, test.right
        if isinstance(left, Ref) and left.of is Of.CONCLUSION and isinstance(right, Constant):
            return self._concluded(left, test.operator, right, env)
        if test.operator == Core.ONE_OF:
            assert isinstance(right, Constant)
            return compare(test.operator, self.value(left, env), right.value)
        return compare(test.operator, self.value(left, env), self.value(right, env))

    def _known(self, test: Test, env: Environment) -> Truth:
        assert isinstance(test.left, Ref)
        assert isinstance(test.right, Constant)
        if test.left.of is Of.FACT:
            raw = self._raw(test.left, env)
            is_unknown, has_value = raw is Truth.UNKNOWN, raw is not None
        else:
            value = self.value(test.left, env)
            is_unknown, has_value = value is UNKNOWN, value not in (NOTHING, EMPTY)
        if is_unknown:
            return Truth.UNKNOWN
        return Truth.TRUE if has_value is test.right.value else Truth.FALSE

    def _concluded(self, ref: Ref, operator: str, constant: Constant, env: Environment) -> Truth:
        """A test on a conclusion: on each value that it may have, and certain only if there's just one."""
        drawn = self.drawn(ref.thing, ref.path, self._index(ref, env))
        values = dict(drawn)
        if ref.type.kind is Kind.BOOLEAN and not any(drawn.values()):
            values[False] = not drawn or set(drawn) == {False}
        right: Any = constant.value if operator == Core.ONE_OF else typed(constant.value, constant.type.kind)
        results = {value: compare(operator, typed(value, ref.type.kind), right) for value in values}
        if not any(results.values()):
            return Truth.FALSE
        return Truth.TRUE if len(values) == 1 and all(values.values()) else Truth.UNKNOWN

    # ------------------------------------------------------------------------------------------ values

    def value(self, operand: Operand, env: Environment) -> Value:
        """What an operand is worth: a Span for numbers, dates and ranks."""
        match operand:
            case Ref():
                return self._ref(operand, env)
            case Constant():
                return typed(operand.value, operand.type.kind)
            case Parameter():
                return typed(self.book.settings[operand.name].on(self.case.as_of), operand.type.kind)
            case Today():
                return typed(self.case.as_of.isoformat(), Kind.DATE)
            case Shifted():
                return self._shifted(operand, env)
            case Arithmetic():
                return ARITHMETIC[operand.sign](self.span(operand.left, env), self.span(operand.right, env))
            case Elapsed():
                return elapsed(self.span(operand.start, env), self.span(operand.end, env), operand.unit)
            case Rank():
                return self._rank(operand, env)
            case Aggregate():
                return self._aggregate(operand, env)
            case Lookup():
                return self._lookup(operand, env)

    def span(self, operand: Operand, env: Environment) -> Span:
        """The value of a number, a date or a rank."""
        value = self.value(operand, env)
        assert isinstance(value, Span), operand
        return value

    def _index(self, ref: Ref, env: Environment) -> int:
        return 0 if ref.scope is None else env[ref.scope]

    def _raw(self, ref: Ref, env: Environment) -> Any:
        """A fact as given; Truth.UNKNOWN when absent."""
        if ref.thing is None:
            return dig(self.case.facts, ref.path)
        items = self.case.things[ref.thing].items
        index = self._index(ref, env)
        return dig(items[index], ref.path) if index < len(items) else Truth.UNKNOWN

    def _ref(self, ref: Ref, env: Environment) -> Value:
        index = self._index(ref, env)
        if ref.of is Of.CONCLUSION:
            return self.conclusion(ref, index)
        if ref.of is Of.COMPUTED:
            return self._computed_value(ref.key, index)
        if ref.of is Of.COLUMN:
            assert ref.thing is not None
            table = self.book.tables[ref.thing]
            column = [c.name for c in table.columns].index(ref.path)
            return typed(table.rows[index][column], ref.type.kind)
        raw = self._raw(ref, env)
        fact = self.book.facts[ref.key]
        if raw is Truth.UNKNOWN and fact.default is not None and index != self._phantom_of(ref):
            raw = fact.default
        if raw is None or raw is Truth.UNKNOWN:
            return missing(ref.type)
        return tuple(raw) if ref.type.kind is Kind.TEXTS else typed(raw, ref.type.kind)

    def _computed_value(self, key: Key, index: int) -> Value:
        """A computed fact, worked out once: it doesn't depend on conclusions."""
        if (key, index) not in self._computed:
            own = {} if key[0] is None else {key[0]: index}
            self._computed[key, index] = self.value(self.book.computed[key].value, own)
        return self._computed[key, index]

    def _phantom_of(self, ref: Ref) -> int | None:
        return None if ref.thing is None else self.phantom(ref.thing)

    def drawn(self, thing: str | None, path: str, index: int) -> Mapping[Literal, bool]:
        """The values that a conclusion may have, each with whether a rule certainly draws it."""
        return self._drawn.get((thing, path, index), {})

    def conclusion(self, ref: Ref, index: int) -> Value:
        """A conclusion's value: known only if it's the one certain and possible value."""
        drawn = self.drawn(ref.thing, ref.path, index)
        if ref.type.kind is Kind.BOOLEAN and set(drawn) <= {False}:
            return False
        if not drawn:
            return typed(None, ref.type.kind)
        if len(drawn) == 1 and all(drawn.values()):
            return typed(next(iter(drawn)), ref.type.kind)
        return ANYTHING if ref.type.kind is Kind.NUMBER else UNKNOWN

    def _shifted(self, operand: Shifted, env: Environment) -> Span:
        count = self.span(operand.count, env)
        day = self.span(operand.date, env)
        if EMPTY in (count, day):
            return EMPTY
        return shifted_span(day, int(-count.low if operand.back else count.low), operand.unit)

    def _rank(self, operand: Rank, env: Environment) -> Span:
        value = self.value(operand.of, env)
        if isinstance(value, Span):
            return value
        if value is NOTHING:
            return EMPTY
        if value is UNKNOWN:
            is_fact = isinstance(operand.of, Ref) and operand.of.of is Of.FACT
            return Span(0, len(operand.choices) - 1) if is_fact else ANYTHING
        rank = operand.choices.index(str(value))
        return Span(rank, rank)

    def _lookup(self, operand: Lookup, env: Environment) -> Value:
        table = self.book.tables[operand.table]
        names = [column.name for column in table.columns]
        keys = [self.value(key, env) for key in operand.keys]
        kinds = [table.columns[names.index(name)].type.kind for name in table.key]
        # A key that isn't known to the point may be any; without a row that has the others, there's nothing.
        keys = [UNKNOWN if isinstance(key, Span) and key.low < key.high else key for key in keys]
        for row in table.rows:
            cells = [typed(row[names.index(name)], kind) for name, kind in zip(table.key, kinds, strict=True)]
            fits = min(compare(Core.EQUAL, key, cell) for key, cell in zip(keys, cells, strict=True))
            if fits is Truth.TRUE:
                return typed(row[names.index(operand.take)], operand.type.kind)
            if fits is Truth.UNKNOWN:
                return ANYTHING if operand.type.kind in (Kind.NUMBER, Kind.DATE) else UNKNOWN
        return typed(None, operand.type.kind)

    def _aggregate(self, operand: Aggregate, env: Environment) -> Span:
        """Over the things that certainly count, those that possibly do, and a phantom that may be any number."""
        sure: list[Span] = []
        maybe: list[Span] = []
        phantom = self.phantom(operand.scope.thing)
        many = False
        for index in self.indexes(operand.scope, env):
            inner = {**env, operand.scope.name: index}
            if not self.holds(operand.where, inner, Bound.POSSIBLE):
                continue
            value = Span(1, 1) if operand.value is None else self.span(operand.value, inner)
            if value == EMPTY:
                continue
            certain = index != phantom and self.holds(operand.where, inner, Bound.CERTAIN)
            (sure if certain else maybe).append(value)
            many = many or index == phantom
        if operand.function in ("count", "sum"):
            return total(sure, maybe, many)
        return extreme(sure, maybe, operand.function in ("highest", "latest"))

    # ---------------------------------------------------------------------------------------- effects

    def fire(self, firing: Firing, certain: bool) -> bool:
        """Records a firing and what it concludes; True when that is news."""
        if firing in self.certain or (firing in self.possible and not certain):
            return False
        self.possible.add(firing)
        if certain:
            self.certain.add(firing)
        rule = self.book.rules[firing[0]]
        env = self.environment(rule, firing[1])
        for each in rule.conclude:
            index = 0 if each.scope is None else env[each.scope]
            drawn = self._drawn.setdefault((each.thing, each.path, index), {})
            drawn[each.value] = drawn.get(each.value, False) or certain
        return True

    def result(self, rule: int, binding: tuple[int, ...]) -> Truth:
        """What a rule comes to for some things: true where it certainly has its effect, unknown where it may."""
        condition = self.book.rules[rule].condition
        env = self.environment(self.book.rules[rule], binding)
        if not self.holds(condition, env, Bound.POSSIBLE) or self.overridden(rule, binding, Bound.CERTAIN):
            return Truth.FALSE
        certain = (
            self.holds(condition, env, Bound.CERTAIN)
            and not self.has_phantom(self.book.rules[rule], binding)
            and not self.overridden(rule, binding, Bound.POSSIBLE)
        )
        return Truth.TRUE if certain else Truth.UNKNOWN

    def overridden(self, rule: int, binding: tuple[int, ...], bound: Bound) -> bool:
        """Whether some overriding rule holds, certainly or possibly, for the same things."""
        overriders = self.plan.overriders.get(rule)
        if overriders is None:
            return False
        fired = self.certain if bound is Bound.CERTAIN else self.possible
        return any(
            other in overriders and same_things(self.book, (rule, binding), (other, theirs)) for other, theirs in fired
        )


def total(sure: Iterable[Span], maybe: Iterable[Span], many: bool) -> Span:
    """The sum of what certainly counts and of what may; `many`: the last of `maybe` may be there many times."""
    low = [span.low for span in sure]
    high = [span.high for span in sure]
    extra = list(maybe)
    low += [min(0, span.low) for span in extra]
    high += [max(0, span.high) for span in extra]
    if many:
        low.append(-inf if extra[-1].low < 0 else 0)
        high.append(inf if extra[-1].high > 0 else 0)
    return Span(fsum(low), fsum(high))


def extreme(sure: list[Span], maybe: list[Span], highest: bool) -> Span:
    """The highest or lowest; no value over nothing, and anything while it isn't certain that there's one."""
    if not sure:
        return ANYTHING if maybe else EMPTY
    every = sure + maybe
    if highest:
        return Span(max(s.low for s in sure), max(s.high for s in every))
    return Span(min(s.low for s in every), min(s.high for s in sure))


def evaluate(plan: Plan, case: Case) -> Evaluation:
    """Evaluates every rule, component by component, each to its fixpoint."""
    world = World(plan, case)
    for component in plan.components:
        changed = True
        while changed:
            changed = False
            for rule in component:
                for binding in world.bindings(plan.rulebook.rules[rule]):
                    changed |= _apply(world, rule, binding)
    return Evaluation.of(world.certain, world.possible)


def _apply(world: World, index: int, binding: tuple[int, ...]) -> bool:
    result = world.result(index, binding)
    return result is not Truth.FALSE and world.fire((index, binding), result is Truth.TRUE)
