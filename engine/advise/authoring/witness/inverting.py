"""Backwards through values: the changes to facts that would give an operand another value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from math import inf
from typing import Protocol

from advise.authoring.witness.changes import ABSENT, Change, Spots
from advise.authoring.witness.seen import Seen
from advise.authoring.witness.values import Pool
from advise.conditions import (
    Aggregate,
    Arithmetic,
    Condition,
    Constant,
    Elapsed,
    Lookup,
    Of,
    Operand,
    Parameter,
    Rank,
    Ref,
    Shifted,
    Today,
)
from advise.evaluate.meaning import Truth
from advise.evaluate.reference import ARITHMETIC, Environment, extreme, typed
from advise.plan import operand_parts
from advise.rules import Rulebook
from advise.types import Fact, Kind, Type
from advise.values import EMPTY, NOTHING, UNKNOWN, Span, Value, elapsed, shifted, shifted_span

Fits = Callable[[Value], bool]
Points = Sequence[Value]
_FEW = 4
_ROWS = 6
_OPPOSITE = {"+": "-", "-": "+", "*": "/", "/": "*"}


class Conditions(Protocol):
    """What goes backwards through conditions, for those inside values."""

    def changes(self, world: Seen, condition: Condition, env: Environment, want: Truth, depth: int) -> list[Change]:
        """Changes that bring a condition nearer to a truth value."""

    def another(self, world: Seen, aggregate: Aggregate, env: Environment) -> Change | None:
        """The change that adds one more thing that an aggregate counts."""

    def drawn(self, world: Seen, ref: Ref, env: Environment, fits: Fits, depth: int) -> list[Change]:
        """Changes that bring a conclusion nearer to a value that fits."""


class Inverter:
    """Finds the changes that give an operand a value that fits; `points` are the values to try first."""

    def __init__(self, book: Rulebook, spots: Spots, pool: Pool, conditions: Conditions) -> None:
        self.book = book
        self.spots = spots
        self.pool = pool
        self.conditions = conditions

    def reach(
        self, world: Seen, operand: Operand, env: Environment, fits: Fits, points: Points, depth: int
    ) -> list[Change]:
        """Changes after which the value of `operand` fits, or may be nearer to it."""
        match operand:
            case Constant() | Parameter() | Today():
                return []
            case Ref():
                return self._ref(world, operand, env, fits, points, depth)
            case Shifted():
                return self._shifted(world, operand, env, fits, points, depth)
            case Arithmetic():
                return self._arithmetic(world, operand, env, fits, points, depth)
            case Elapsed():
                return self._elapsed(world, operand, env, fits, points, depth)
            case Rank():
                return self._rank(world, operand, env, fits, points, depth)
            case Aggregate():
                return self._aggregate(world, operand, env, fits, points, depth)
            case Lookup():
                return self._lookup(world, operand, env, fits, depth)

    # ------------------------------------------------------------------------------------------- facts

    def _ref(self, world: Seen, ref: Ref, env: Environment, fits: Fits, points: Points, depth: int) -> list[Change]:
        index = 0 if ref.scope is None else env[ref.scope]
        if ref.of is Of.COLUMN:
            return []
        if ref.of is Of.CONCLUSION:
            return self.conditions.drawn(world, ref, env, fits, depth)
        if ref.of is Of.COMPUTED:
            if ref.thing is not None and index == world.phantom(ref.thing):
                return []
            own = {} if ref.thing is None else {ref.thing: index}
            return self.reach(world, self.book.computed[ref.key].value, own, fits, points, depth)
        fact = self.book.facts[ref.key]
        found = (self.spots.put(world.case, ref.thing, index, ref.path, raw) for raw in self._raws(fact, fits, points))
        return list(islice((each for each in found if each is not None), _FEW))

    def _raws(self, fact: Fact, fits: Fits, points: Points) -> Iterator[object]:
        """Values for a fact that fit: at the points, then those of the pool."""
        tried: list[object] = []
        usual = self.pool.of((fact.thing, fact.path))
        if fact.type.kind is Kind.TEXTS:
            yield from _lists(fits, [*(p for p in points if isinstance(p, str)), *usual])
            return
        for raw in (*(raw for point in points for raw in raws_of(point, fact.type)), *usual):
            if raw not in tried and allowed(raw, fact.type) and fits(_value(raw, fact.type)):
                yield raw
            tried.append(raw)

    def forget(self, world: Seen, operand: Operand, env: Environment, depth: int) -> list[Change]:
        """Changes after which the value of `operand` is no longer known."""
        found: list[Change] = []
        if isinstance(operand, Ref):
            index = 0 if operand.scope is None else env[operand.scope]
            if operand.of is Of.FACT:
                values = (ABSENT, None) if self.book.facts[operand.key].default is None else (None,)
                partial = self._partial(world, operand, env)
                puts = (
                    self.spots.put(world.case, operand.thing, index, operand.path, each) for each in (*values, *partial)
                )
                return [each for each in puts if each is not None]
            if operand.of is Of.COMPUTED:
                own = {} if operand.thing is None else {operand.thing: index}
                return self.forget(world, self.book.computed[operand.key].value, own, depth)
            if operand.of is Of.CONCLUSION:
                return self.conditions.drawn(world, operand, env, lambda value: value is UNKNOWN, depth)
        if isinstance(operand, Aggregate):
            there = world.indexes(operand.scope, env)
            if operand.scope.is_table:
                there = world.few_rows(operand.scope, env, world.lookout.parts(operand.where))
            for index in there:
                inner = {**env, operand.scope.name: index}
                found += self.conditions.changes(world, operand.where, inner, Truth.UNKNOWN, depth)
                if operand.value is not None:
                    found += self.forget(world, operand.value, inner, depth)
        for part in operand_parts(operand) if not isinstance(operand, Aggregate) else ():
            found += self.forget(world, part, env, depth)
        return found

    def _partial(self, world: Seen, ref: Ref, env: Environment) -> Iterator[str]:
        """For a date that is known, its month and its year alone."""
        value = world.value(ref, env)
        if ref.type.kind is Kind.DATE and isinstance(value, Span) and value.known:
            day = date.fromordinal(int(value.low)).isoformat()
            yield from (day[:7], day[:4])

    # ----------------------------------------------------------------------------------------- operands

    def _shifted(
        self, world: Seen, operand: Shifted, env: Environment, fits: Fits, points: Points, depth: int
    ) -> list[Change]:
        count = world.span(operand.count, env)
        if not count.known:
            return []
        by = int(-count.low if operand.back else count.low)
        inner: list[Value] = [shifted_span(p, -by, operand.unit) for p in points if isinstance(p, Span) and p.known]

        def moved(value: Value) -> bool:
            return fits(shifted_span(value, by, operand.unit) if isinstance(value, Span) and value != EMPTY else value)

        return self.reach(world, operand.date, env, moved, inner, depth)

    def _arithmetic(
        self, world: Seen, operand: Arithmetic, env: Environment, fits: Fits, points: Points, depth: int
    ) -> list[Change]:
        left, right = world.span(operand.left, env), world.span(operand.right, env)
        meant, undo = ARITHMETIC[operand.sign], ARITHMETIC[_OPPOSITE[operand.sign]]
        known = [point for point in points if isinstance(point, Span) and point.known]
        found: list[Change] = []
        if right.known:
            values: list[Value] = [undo(point, right) for point in known]
            found += self.reach(world, operand.left, env, lambda v: fits(meant(_span(v), right)), values, depth)
        if left.known:
            other = ARITHMETIC["-" if operand.sign == "+" else "/" if operand.sign == "*" else operand.sign]
            values = [other(left, p) if operand.sign in "-/" else other(p, left) for p in known]
            found += self.reach(world, operand.right, env, lambda v: fits(meant(left, _span(v))), values, depth)
        if not left.known and not right.known:
            found += self.settle(world, operand.right, env, depth)
        return found

    def _elapsed(
        self, world: Seen, operand: Elapsed, env: Environment, fits: Fits, points: Points, depth: int
    ) -> list[Change]:
        start, end = world.span(operand.start, env), world.span(operand.end, env)
        counts = [int(point.low) for point in points if isinstance(point, Span) and point.known]
        found: list[Change] = []
        if end.known:
            values: list[Value] = [_day(end, -count, operand.unit) for count in counts]
            found += self.reach(
                world, operand.start, env, lambda v: fits(elapsed(_span(v), end, operand.unit)), values, depth
            )
        if start.known:
            values = [_day(start, count, operand.unit) for count in counts]
            found += self.reach(
                world, operand.end, env, lambda v: fits(elapsed(start, _span(v), operand.unit)), values, depth
            )
        if not start.known and not end.known:
            found += self.settle(world, operand.end, env, depth)
        return found

    def _rank(
        self, world: Seen, operand: Rank, env: Environment, fits: Fits, points: Points, depth: int
    ) -> list[Change]:
        choices = operand.choices
        ranks = [int(p.low) for p in points if isinstance(p, Span) and p.known and 0 <= p.low < len(choices)]

        def ranked(value: Value) -> bool:
            if isinstance(value, Span) or value is UNKNOWN:
                return fits(value)
            return fits(EMPTY if value is NOTHING else _exactly(choices.index(str(value))))

        near: list[Value] = [choices[rank] for rank in ranks]
        is_ranked = isinstance(operand.of, Ref) and operand.of.of is Of.COMPUTED
        return self.reach(world, operand.of, env, ranked, list(points) if is_ranked else near, depth)

    def _lookup(self, world: Seen, operand: Lookup, env: Environment, fits: Fits, depth: int) -> list[Change]:
        table = self.book.tables[operand.table]
        names = [column.name for column in table.columns]
        take, kind = names.index(operand.take), operand.type.kind
        keys = [names.index(name) for name in table.key]
        now = [world.value(key, env) for key in operand.keys]
        rows = [row for row in table.rows if fits(typed(row[take], kind))]
        cells = [[typed(row[at], table.columns[at].type.kind) for at in keys] for row in rows]
        # Rows that agree with most of what is known already come first: they need the fewest changes.
        cells.sort(key=lambda row: -sum(cell == value for cell, value in zip(row, now, strict=True)))
        found = [
            change
            for row in cells[:_ROWS]
            if (change := self._keys(world, operand.keys, env, row, now, depth)) is not None
        ]
        if fits(typed(None, kind)):
            taken = [{typed(row[at], table.columns[at].type.kind) for row in table.rows} for at in keys]
            for key, values in zip(operand.keys, taken, strict=True):
                found += self.reach(world, key, env, _not_in(values), [], depth)
            found += self._other_pair(world, operand, env, table.rows, keys, depth)
        return found

    def _other_pair(
        self,
        world: Seen,
        operand: Lookup,
        env: Environment,
        rows: Sequence[tuple[object, ...]],
        keys: list[int],
        depth: int,
    ) -> list[Change]:
        """For a table with several keys: each key by itself to a value that no row has beside the others."""
        if len(keys) < 2:
            return []
        table = self.book.tables[operand.table]
        found: list[Change] = []
        now = [world.value(key, env) for key in operand.keys]
        for place, key in enumerate(operand.keys):
            beside = [
                typed(row[keys[place]], table.columns[keys[place]].type.kind)  # type: ignore[arg-type]
                for row in rows
                if all(typed(row[at], table.columns[at].type.kind) == now[i] for i, at in enumerate(keys) if i != place)  # type: ignore[arg-type]
            ]
            found += self.reach(world, key, env, _not_in(set(beside)), [], depth)
        return found

    def _keys(
        self,
        world: Seen,
        keys: Sequence[Operand],
        env: Environment,
        row: Sequence[Value],
        now: Sequence[Value],
        depth: int,
    ) -> Change | None:
        """The change that makes the keys of a lookup those of a row."""
        whole: Change = ()
        for key, cell, value in zip(keys, row, now, strict=True):
            if value == cell:
                continue
            ways = self.reach(world, key, env, lambda v, cell=cell: v == cell, [cell], depth)  # type: ignore[misc]
            if not ways:
                return None
            whole += ways[0]
        return whole

    # --------------------------------------------------------------------------------------- aggregates

    def _aggregate(
        self, world: Seen, operand: Aggregate, env: Environment, fits: Fits, points: Points, depth: int
    ) -> list[Change]:
        counted: list[Environment] = []
        found: list[Change] = []
        scope = operand.scope
        if scope.is_table:
            indexes = world.few_rows(scope, env, world.lookout.parts(operand.where))
        else:
            indexes = world.indexes(scope, env)
        for index in indexes:
            inner = {**env, scope.name: index}
            counts = world.truth(operand.where, inner)
            if counts is Truth.TRUE and index != world.phantom(scope.thing):
                counted.append(inner)
            elif counts is not Truth.FALSE:
                found += self.conditions.changes(world, operand.where, inner, Truth.FALSE, depth)
                found += self.conditions.changes(world, operand.where, inner, Truth.TRUE, depth)
            elif scope.is_table and len(found) < _FEW:
                found += self.conditions.changes(world, operand.where, inner, Truth.TRUE, depth)[:1]
        if not operand.scope.is_table and not world.case.things[operand.scope.thing].complete:
            found += self.complete(world, operand.scope.thing)
        goals = [point.low for point in points if isinstance(point, Span) and point.known]
        if operand.function == "count":
            is_more = any(fits(_exactly(len(counted) + more)) for more in (1, 2, 3)) or any(
                goal > len(counted) for goal in goals
            )
            is_fewer = any(fits(_exactly(fewer)) for fewer in range(len(counted)))
        else:
            found += self._values(world, operand, counted, fits, points, depth)
            is_more, is_fewer = True, bool(counted)
        if is_more:
            another = self.conditions.another(world, operand, env)
            found += [another] if another else []
        if is_fewer:
            for each in counted:
                removed = (
                    self.spots.remove(world.case, operand.scope.thing, each[operand.scope.name])
                    if not operand.scope.is_table
                    else None
                )
                found += self.conditions.changes(world, operand.where, each, Truth.FALSE, depth)
                found += [removed] if removed else []
        return found

    def _values(
        self, world: Seen, operand: Aggregate, counted: list[Environment], fits: Fits, points: Points, depth: int
    ) -> list[Change]:
        """Changes of the values that are summed or compared, one at a time."""
        assert operand.value is not None
        spans = [world.span(operand.value, inner) for inner in counted]
        found: list[Change] = []
        for place, inner in enumerate(counted):
            others = [span for i, span in enumerate(spans) if i != place and span != EMPTY]
            if operand.function == "sum":
                if all(span.known for span in others):
                    rest = sum(span.low for span in others)
                    near: list[Value] = [_exactly(p.low - rest) for p in points if isinstance(p, Span) and p.known]
                    found += self.reach(world, operand.value, inner, _summed(fits, rest), near, depth)
            else:
                extremed = _extremed(fits, others, operand.function in ("highest", "latest"))
                found += self.reach(world, operand.value, inner, extremed, points, depth)
                found += self.reach(world, operand.value, inner, fits, points, depth)
        return found

    # -------------------------------------------------------------------------------------------- lists

    def complete(self, world: Seen, thing: str) -> list[Change]:
        """Changes that make the list of a thing complete, or nearer to it."""
        from advise.authoring.witness.changes import Give

        found: list[Change] = []
        derived = self.book.derived.get(thing)
        for source in self.spots.sources(thing):
            if world.case.facts.get(source.name) is None and not world.case.things[source.thing].complete:
                found.append((Give(source.name),))
            elif derived is not None and source.thing != thing:
                for index, item in enumerate(world.case.things[source.thing].items):
                    if _lacks(item, derived.key):
                        key = Ref(
                            Of.FACT, "_", source.thing, derived.key, self.book.facts[source.thing, derived.key].type
                        )
                        found += self._ref(world, key, {"_": index}, _is_known, [], 0)
        return found

    def settle(self, world: Seen, operand: Operand, env: Environment, depth: int) -> list[Change]:
        """Changes after which `operand` has some known value."""
        return self.reach(world, operand, env, _is_known, [], depth)


def raws_of(point: Value, type_: Type) -> Iterator[object]:
    """A value as facts of a type would state it."""
    if isinstance(point, Span):
        if not point.known or point.low in (inf, -inf):
            return
        if type_.kind is Kind.DATE:
            if 1 <= point.low <= date.max.toordinal():
                yield date.fromordinal(int(point.low)).isoformat()
        elif type_.kind is Kind.NUMBER:
            number = float(point.low)
            yield int(number) if number.is_integer() else number
        elif type_.kind is Kind.CHOICE and type_.ordered and 0 <= point.low < len(type_.choices):
            yield type_.choices[int(point.low)]
    elif isinstance(point, str | bool):
        yield point


def allowed(raw: object, type_: Type) -> bool:
    """Whether facts of a type may have a value."""
    match type_.kind:
        case Kind.BOOLEAN:
            return isinstance(raw, bool)
        case Kind.CHOICE:
            return raw in type_.choices
        case Kind.NUMBER:
            if isinstance(raw, bool) or not isinstance(raw, int | float):
                return False
            return (
                (not type_.integer or float(raw).is_integer())
                and (type_.low is None or raw >= type_.low)
                and (type_.high is None or raw <= type_.high)
            )
        case _:
            return isinstance(raw, str) and (type_.high is None or type_.kind is Kind.DATE or len(raw) <= type_.high)


def _value(raw: object, type_: Type) -> Value:
    from advise.types import folded

    if type_.ignore_case and isinstance(raw, str):
        return folded(raw)
    return typed(raw, type_.kind)  # type: ignore[arg-type]


def _lists(fits: Fits, texts: Iterable[object]) -> Iterator[list[object]]:
    for each in ((), *((text,) for text in texts)):
        if fits(tuple(map(str, each))):
            yield list(each)


def _lacks(item: object, path: str) -> bool:
    for part in path.split("."):
        item = item.get(part) if isinstance(item, dict) else None
    return item is None


def _is_known(value: Value) -> bool:
    return value.known if isinstance(value, Span) else value not in (UNKNOWN, NOTHING)


def _not_in(values: set[Value]) -> Fits:
    return lambda value: _is_known(value) and value not in values


def _summed(fits: Fits, rest: float) -> Fits:
    return lambda value: fits(_moved(value, rest))


def _extremed(fits: Fits, others: list[Span], highest: bool) -> Fits:
    return lambda value: fits(extreme([*others, _span(value)], [], highest))


def _exactly(number: float) -> Span:
    return Span(number, number)


def _span(value: Value) -> Span:
    return value if isinstance(value, Span) else EMPTY


def _moved(value: Value, by: float) -> Span:
    span = _span(value)
    return span if span == EMPTY else Span(span.low + by, span.high + by)


def _day(span: Span, count: int, unit: str) -> Span:
    day = shifted(date.fromordinal(int(span.low)), count, unit)  # type: ignore[arg-type]
    return _exactly(day.toordinal())
