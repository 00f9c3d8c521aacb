"""Backwards through conditions: how far facts are from a truth value, and the changes that bring them nearer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from advise.authoring.changes import Append, Change, Put, Spots, Withhold, changed
from advise.authoring.inverting import Fits, Inverter
from advise.authoring.values import Pool
from advise.case import Case
from advise.conditions import (
    Aggregate,
    All,
    AnyOf,
    Condition,
    Constant,
    Not,
    Of,
    Quantified,
    Ref,
    Scope,
    Test,
)
from advise.errors import FactsError
from advise.evaluate import Evaluation
from advise.evaluate.meaning import Truth, compare
from advise.evaluate.reference import Bound, Environment, World, typed
from advise.knowledge_base import KnowledgeBase
from advise.operators import Core
from advise.plan import Key, Plan
from advise.rules import Conclude, Rule
from advise.types import Kind, Literal
from advise.values import NOTHING, UNKNOWN, Span, Value

NEVER = 1e6
"""How far away is what no change can reach."""
_DEEPEST = 4
_BINDINGS = 60
_STEPS = 12
_ENOUGH = 8
_DRAWERS = 3
OPPOSITE: Mapping[Truth, Truth] = {each: Truth(2 - each) for each in Truth}


def truth(world: World, condition: Condition, env: Environment) -> Truth:
    """A condition's truth value."""
    if world.holds(condition, env, Bound.CERTAIN):
        return Truth.TRUE
    return Truth.UNKNOWN if world.holds(condition, env, Bound.POSSIBLE) else Truth.FALSE


class Seen(World):
    """A world that remembers how far its rules are from what was asked of them."""

    def __init__(self, plan: Plan, case: Case, evaluation: Evaluation | None = None) -> None:
        super().__init__(plan, case, evaluation)
        self.distances: dict[tuple[Any, ...], float] = {}


class Aims:
    """Distances and changes for one knowledge base. They only guide a search: neither has to be exact."""

    def __init__(self, base: KnowledgeBase, pool: Pool) -> None:
        self.base = base
        self.book = base.rulebook
        self.plan = base.plan
        self.pool = pool
        self.spots = Spots(base.rulebook)
        self.inverter = Inverter(base.rulebook, self.spots, pool, self)
        self._drawers: dict[Key, list[tuple[int, Conclude]]] = {}
        for index, rule in enumerate(self.book.rules):
            for each in rule.conclude:
                self._drawers.setdefault((each.thing, each.path), []).append((index, each))

    # ---------------------------------------------------------------------------------------- distances

    def distance(self, world: Seen, condition: Condition, env: Environment, want: Truth, depth: int = 0) -> float:
        """How far a condition is from a truth value: 0 only if it has it."""
        if truth(world, condition, env) is want:
            return 0
        match condition:
            case Test():
                return self._test_distance(world, condition, env, want, depth)
            case All():
                found = self._all([(each, env) for each in condition.parts], world, want, depth)
            case AnyOf():
                found = self._all([(Not(each), env) for each in condition.parts], world, OPPOSITE[want], depth)
            case Not():
                return self.distance(world, condition.part, env, OPPOSITE[want], depth)
            case Quantified():
                found = self._quantified(condition, world, env, want, depth)
        return max(found, 0.5)

    def _all(self, parts: Iterable[tuple[Condition, Environment]], world: Seen, want: Truth, depth: int) -> float:
        every = list(parts)
        if want is Truth.TRUE:
            return sum(self.distance(world, part, env, Truth.TRUE, depth) for part, env in every)
        if want is Truth.FALSE:
            return min((self.distance(world, part, env, Truth.FALSE, depth) for part, env in every), default=NEVER)
        open_ = [self.distance(world, part, env, Truth.UNKNOWN, depth) for part, env in every]
        kept = [
            min(far, self.distance(world, part, env, Truth.TRUE, depth))
            for far, (part, env) in zip(open_, every, strict=True)
        ]
        return sum(kept) + min((far - near for far, near in zip(open_, kept, strict=True)), default=NEVER)

    def _quantified(self, condition: Quantified, world: Seen, env: Environment, want: Truth, depth: int) -> float:
        body, want = self.as_none(condition, want)
        scope = condition.scope
        there = self.real(world, scope, env)
        parts = [(body, {**env, scope.name: index}) for index in there]
        if want is Truth.TRUE:
            unknown = 0 if scope.is_table or world.case.things[scope.thing].complete else 1
            return unknown + self._all(parts, world, want, depth)
        new = NEVER if scope.is_table else 1 + size(condition.body)
        return min(new, self._all(parts, world, want, depth))

    def as_none(self, condition: Quantified, want: Truth) -> tuple[Condition, Truth]:
        """A quantified condition as: all the things are so, and there are no others."""
        if condition.quantifier == "every":
            return condition.body, want
        return Not(condition.body), OPPOSITE[want] if condition.quantifier == "some" else want

    def real(self, world: Seen, scope: Scope, env: Environment) -> list[int]:
        """The things of a scope that are certainly there."""
        phantom = world.phantom(scope.thing)
        return [index for index in world.indexes(scope, env) if index != phantom]

    def _test_distance(self, world: Seen, test: Test, env: Environment, want: Truth, depth: int) -> float:
        left, right = test.left, test.right
        if isinstance(left, Ref) and left.of is Of.CONCLUSION and isinstance(right, Constant):
            if depth >= _DEEPEST:
                return 1
            return 1 + 0.9 * self._drawing_distance(world, left, test.operator, right, env, want, depth)
        if want is Truth.UNKNOWN or test.operator == Core.KNOWN:
            return 1
        unknown = sum(_is_open(world.value(each, env)) for each in (left, right) if test.operator != Core.ONE_OF)
        return 1 + 0.3 * unknown

    def _drawing_distance(
        self, world: Seen, ref: Ref, operator: str, right: Constant, env: Environment, want: Truth, depth: int
    ) -> float:
        index = 0 if ref.scope is None else env[ref.scope]
        fits, wanted = self._as_drawing(ref, operator, right, want)
        if wanted is None:
            wrong = [each for each in self.drawn_firings(world, ref, index) if fits(each[1].value)]
            return sum(
                self.rule_distance(world, rule, fixed, Truth.FALSE, depth + 1)
                for rule, _, fixed in ((self.book.rules[i], each, self._fixed(each, index)) for i, each in wrong)
            )
        found = (
            self.rule_distance(world, self.book.rules[rule], self._fixed(each, index), wanted, depth + 1)
            for rule, each in self.drawers(ref)
            if fits(each.value)
        )
        others = 0.0
        if wanted is Truth.TRUE:
            others = sum(not fits(value) for value in world.drawn(ref.thing, ref.path, index))
        return min(found, default=NEVER) + others

    def rule_distance(self, world: Seen, rule: Rule, fixed: Environment, want: Truth, depth: int = 0) -> float:
        """How far a rule is from holding (for some things), from holding for none, or from being open."""
        key = (rule.id, *sorted(fixed.items()), want, depth)
        if key not in world.distances:
            world.distances[key] = NEVER  # while it's worked out, so that circles end
            world.distances[key] = self._rule_distance(world, rule, fixed, want, depth)
        return world.distances[key]

    def _rule_distance(self, world: Seen, rule: Rule, fixed: Environment, want: Truth, depth: int) -> float:
        found = list(islice(self.bindings(world, rule, fixed, want is not Truth.TRUE), _BINDINGS))
        if want is Truth.FALSE:
            return sum(self.distance(world, rule.condition, env, Truth.FALSE, depth) for env in found)
        if not found:
            empty = [s for s in rule.each if s.name not in fixed and not self.real(world, s, {**fixed, s.thing: -1})]
            return 1.5 * len(empty) + 0.5 + size(rule.condition)
        return min(self._binding_distance(world, rule, env, want, depth) for env in found)

    def _binding_distance(self, world: Seen, rule: Rule, env: Environment, want: Truth, depth: int) -> float:
        far = self.distance(world, rule.condition, env, want, depth)
        for other in self.overriders(rule):
            shared = {scope.name: env[scope.name] for scope in other.each if scope.name in env}
            far += self.rule_distance(world, other, shared, Truth.FALSE, depth + 1) if depth < _DEEPEST else 0
        return far

    def nearest(self, world: Seen, rule: Rule, fixed: Environment) -> dict[str, int] | None:
        """The things for which a rule is nearest to holding; None when there are none."""
        found = islice(self.bindings(world, rule, fixed, False), _BINDINGS)
        return min(found, key=lambda env: self._binding_distance(world, rule, env, Truth.TRUE, 0), default=None)

    def overriders(self, rule: Rule) -> list[Rule]:
        """The rules that override a rule."""
        return [self.book.rules[i] for i in self.plan.overriders.get(self.plan.index[rule.id], ())]

    def bindings(self, world: Seen, rule: Rule, fixed: Environment, phantoms: bool) -> Iterator[dict[str, int]]:
        """The choices of things for a rule's `each`, where some names are settled."""

        def chosen(place: int, env: dict[str, int]) -> Iterator[dict[str, int]]:
            if place == len(rule.each):
                yield env
                return
            scope = rule.each[place]
            every = world.indexes(scope, env) if phantoms else self.real(world, scope, env)
            for index in every if scope.name not in fixed else [i for i in every if i == fixed[scope.name]]:
                yield from chosen(place + 1, {**env, scope.name: index})

        return chosen(0, {})

    # ----------------------------------------------------------------------------------------- changes

    def changes(self, world: Seen, condition: Condition, env: Environment, want: Truth, depth: int = 0) -> list[Change]:
        """Changes that bring a condition nearer to a truth value; none if it has it."""
        if depth > _DEEPEST or truth(world, condition, env) is want:
            return []
        match condition:
            case Test():
                return self._test(world, condition, env, want, depth)
            case All():
                return self._parts([(each, env) for each in condition.parts], world, want, depth)
            case AnyOf():
                return self._parts([(Not(each), env) for each in condition.parts], world, OPPOSITE[want], depth)
            case Not():
                return self.changes(world, condition.part, env, OPPOSITE[want], depth)
            case Quantified():
                return self._over(condition, world, env, want, depth)

    def _parts(
        self, parts: Iterable[tuple[Condition, Environment]], world: Seen, want: Truth, depth: int
    ) -> list[Change]:
        found: list[Change] = []
        for part, env in parts:
            found += self.changes(world, part, env, want, depth)
            if want is Truth.UNKNOWN and truth(world, part, env) is Truth.FALSE:
                found += self.changes(world, part, env, Truth.TRUE, depth)
            if depth and want is Truth.TRUE and len(found) >= _ENOUGH:
                break
        return found

    def _over(self, condition: Quantified, world: Seen, env: Environment, want: Truth, depth: int) -> list[Change]:
        scope = condition.scope
        body, wanted = self.as_none(condition, want)
        there = self.real(world, scope, env)
        found = self._parts([(body, {**env, scope.name: index}) for index in there], world, wanted, depth)
        if scope.is_table:
            return found
        if wanted is Truth.TRUE:
            found += self.inverter.complete(world, scope.thing)
            if not scope.other:
                removals = (self.spots.remove(world.case, scope.thing, index) for index in there)
                found += [each for each in removals if each is not None]
        else:
            found += self.new_things(world, scope.thing)
            if wanted is Truth.UNKNOWN:
                found += [
                    (Withhold(each.name),)
                    for each in self.spots.sources(scope.thing)
                    if world.case.facts.get(each.name) is not None
                ]
        return found

    def new_things(self, world: Seen, thing: str) -> list[Change]:
        """Changes that add a thing of which no more is known than has to be."""
        found: list[Change] = []
        derived = self.book.derived.get(thing)
        for source in self.spots.sources(thing):
            if len(world.case.facts.get(source.name) or ()) >= source.most:
                continue
            must = [fact for fact in self.book.facts.values() if fact.thing == source.thing and fact.required]
            paths = {fact.path: self.pool.of((fact.thing, fact.path))[0] for fact in must}
            keys: tuple[Any, ...] = (None,)
            if derived is not None:
                pool = self.pool.of((source.thing, derived.key))
                taken = [_dig(item, derived.key) for item in world.case.things[thing].items]
                keys = tuple(islice((key for key in pool if key not in taken), 3))
            for key in keys:
                given = {**paths, derived.key: key} if derived is not None else paths
                found.append((Append(source.name, tuple(given.items())),))
        return found

    def rule_changes(self, world: Seen, rule: Rule, fixed: Environment, want: Truth, depth: int = 0) -> list[Change]:
        """Changes that bring a rule nearer to holding, to holding for none, or to being open."""
        if depth > _DEEPEST:
            return []
        found: list[Change] = []
        bindings = list(islice(self.bindings(world, rule, fixed, want is not Truth.TRUE), _BINDINGS))
        if want is Truth.FALSE:
            for env in bindings:
                found += self.changes(world, rule.condition, env, want, depth)
                for scope in rule.each:
                    if scope.name not in fixed and not scope.is_table and env[scope.name] == world.phantom(scope.thing):
                        found += self.inverter.complete(world, scope.thing)
            return found
        ranked = sorted(bindings, key=lambda env: self._binding_distance(world, rule, env, want, depth))
        for env in ranked[:2]:
            found += self.changes(world, rule.condition, env, want, depth)
            for other in self.overriders(rule):
                shared = {scope.name: env[scope.name] for scope in other.each if scope.name in env}
                found += self.rule_changes(world, other, shared, Truth.FALSE, depth + 1)
        if len(bindings) < 2:
            for scope in rule.each:
                if scope.name not in fixed and not scope.is_table:
                    found += self.new_things(world, scope.thing)
        return found

    # -------------------------------------------------------------------------------------------- tests

    def _test(self, world: Seen, test: Test, env: Environment, want: Truth, depth: int) -> list[Change]:
        left, right = test.left, test.right
        if test.operator == Core.KNOWN:
            assert isinstance(left, Ref) and isinstance(right, Constant)
            return self._known(world, left, bool(right.value), env, want, depth)
        if isinstance(left, Ref) and left.of is Of.CONCLUSION and isinstance(right, Constant):
            return self._concluded(world, left, test.operator, right, env, want, depth)
        if want is Truth.UNKNOWN:
            return self.inverter.forget(world, left, env, depth) + self.inverter.forget(world, right, env, depth)
        if test.operator == Core.ONE_OF:
            assert isinstance(right, Constant) and isinstance(right.value, tuple)
            points: list[Value] = [typed(each, left.type.kind) for each in right.value]
            return self.inverter.reach(
                world, left, env, lambda v: compare(test.operator, v, right.value) is want, points, depth
            )
        return self._compared(world, test, env, want, depth)

    def _compared(self, world: Seen, test: Test, env: Environment, want: Truth, depth: int) -> list[Change]:
        one, two = world.value(test.left, env), world.value(test.right, env)
        found: list[Change] = []
        if not _is_open(two):
            found += self.inverter.reach(
                world, test.left, env, lambda v: compare(test.operator, v, two) is want, _near(two), depth
            )
        if not _is_open(one):
            found += self.inverter.reach(
                world, test.right, env, lambda v: compare(test.operator, one, v) is want, _near(one), depth
            )
        if (_is_open(one) and _is_open(two)) or not found:
            found += self.inverter.settle(world, test.left, env, depth)
            found += self.inverter.settle(world, test.right, env, depth)
        return found

    def _known(self, world: Seen, ref: Ref, value: bool, env: Environment, want: Truth, depth: int) -> list[Change]:
        if want is Truth.UNKNOWN:
            return self.inverter.forget(world, ref, env, depth)
        has_value = value is (want is Truth.TRUE)
        if has_value:
            return self.inverter.settle(world, ref, env, depth)
        if ref.of is Of.FACT:
            index = 0 if ref.scope is None else env[ref.scope]
            change = self.spots.put(world.case, ref.thing, index, ref.path, None)
            return [change] if change else []
        nothing = typed(None, ref.type.kind)
        return self.inverter.reach(world, ref, env, lambda v: v == nothing or v is NOTHING, [nothing], depth)

    # -------------------------------------------------------------------------------------- conclusions

    def drawers(self, ref: Ref) -> list[tuple[int, Conclude]]:
        """The rules that draw a conclusion, with what they draw."""
        return self._drawers.get(ref.key, [])

    def _fixed(self, each: Conclude, index: int) -> dict[str, int]:
        return {} if each.scope is None else {each.scope: index}

    def drawn_firings(self, world: Seen, ref: Ref, index: int) -> list[tuple[int, Conclude]]:
        """The rules that certainly or possibly draw a conclusion of one thing."""
        drawn = world.drawn(ref.thing, ref.path, index)
        return [(rule, each) for rule, each in self.drawers(ref) if each.value in drawn]

    def _as_drawing(self, ref: Ref, operator: str, right: Constant, want: Truth) -> tuple[Any, Truth | None]:
        """Which values are meant, and whether they're to be drawn (TRUE), open, or not drawn at all (None)."""
        constant: Any = right.value if operator == Core.ONE_OF else typed(right.value, right.type.kind)
        kind = ref.type.kind

        def fits(value: Literal) -> bool:
            return compare(operator, typed(value, kind), constant) is Truth.TRUE

        if want is Truth.UNKNOWN:
            return _any, Truth.UNKNOWN
        if kind is Kind.BOOLEAN and fits(False) and not fits(True):
            # False is what nobody draws: true has to be drawn, or not to be.
            return (lambda value: value is True), (None if want is Truth.TRUE else Truth.TRUE)
        return fits, (Truth.TRUE if want is Truth.TRUE else None)

    def _concluded(
        self, world: Seen, ref: Ref, operator: str, right: Constant, env: Environment, want: Truth, depth: int
    ) -> list[Change]:
        index = 0 if ref.scope is None else env[ref.scope]
        fits, wanted = self._as_drawing(ref, operator, right, want)
        return self._drawing(world, ref, index, fits, wanted, depth)

    def drawn(self, world: Seen, ref: Ref, env: Environment, fits: Fits, depth: int) -> list[Change]:
        """Changes that bring a conclusion nearer to a value that fits."""
        index = 0 if ref.scope is None else env[ref.scope]
        if fits(UNKNOWN):
            return self._drawing(world, ref, index, _any, Truth.UNKNOWN, depth)
        kind = ref.type.kind
        nothing: Value = False if kind is Kind.BOOLEAN else typed(None, kind)
        found = self._drawing(world, ref, index, lambda value: fits(typed(value, kind)), Truth.TRUE, depth)
        if fits(nothing):
            found += self._drawing(world, ref, index, lambda value: value is not False, None, depth)
        return found

    def _drawing(self, world: Seen, ref: Ref, index: int, fits: Any, wanted: Truth | None, depth: int) -> list[Change]:
        found: list[Change] = []
        if wanted is None or wanted is Truth.TRUE:
            for rule, each in self.drawn_firings(world, ref, index):
                if fits(each.value) is (wanted is None):
                    rule_ = self.book.rules[rule]
                    found += self.rule_changes(world, rule_, self._fixed(each, index), Truth.FALSE, depth + 1)
        if wanted is not None:
            ways = [(self.book.rules[i], self._fixed(each, index)) for i, each in self.drawers(ref) if fits(each.value)]
            ways.sort(key=lambda way: self.rule_distance(world, way[0], way[1], wanted, depth + 1))
            for way in ways[:_DRAWERS]:
                found += self.rule_changes(world, way[0], way[1], wanted, depth + 1)
        return found

    # --------------------------------------------------------------------------------------- aggregates

    def another(self, world: Seen, aggregate: Aggregate, env: Environment) -> Change | None:
        """The change that adds one more thing that an aggregate counts."""
        scope = aggregate.scope
        if scope.is_table:
            return None
        for start in self.new_things(world, scope.thing)[:3]:
            found = self._made(world, aggregate, env, start)
            if found is not None:
                return found
        return None

    def _made(self, world: Seen, aggregate: Aggregate, env: Environment, start: Change) -> Change | None:
        scope, whole = aggregate.scope, start
        append = start[-1]
        assert isinstance(append, Append)
        for _ in range(_STEPS):
            case = self.case(changed(world.case.facts, whole))
            if case is None:
                return None
            inside = Seen(self.plan, case)
            names = _followed(self, world.case, case, env)
            index = _place_of(self, case, scope.thing, append)
            if names is None or index is None:
                return None
            inner = {**names, scope.name: index}
            if inside.holds(aggregate.where, inner, Bound.CERTAIN):
                if aggregate.value is None or not _is_open(inside.value(aggregate.value, inner)):
                    return whole
                ways = self.inverter.settle(inside, aggregate.value, inner, 1)
            else:
                ways = self.changes(inside, aggregate.where, inner, Truth.TRUE, 1)
            ways = [way for way in ways if all(isinstance(s, Put) and s.name == append.name for s in way)] or ways
            if not ways:
                return None
            whole += ways[0]
        return None

    def case(self, facts: Mapping[str, Any]) -> Case | None:
        """The case of facts; None when they're impossible."""
        try:
            return self.base.case(facts, self.pool.as_of)
        except FactsError:
            return None


def size(condition: Condition) -> float:
    """How many tests a condition has."""
    match condition:
        case Test():
            return 1
        case All():
            return sum(map(size, condition.parts))
        case AnyOf():
            return min(map(size, condition.parts), default=0)
        case Not():
            return size(condition.part)
        case Quantified():
            return 1 + (size(condition.body) if condition.quantifier == "some" else 0)


def _any(_: object) -> bool:
    return True


def _is_open(value: Value) -> bool:
    return value is UNKNOWN or (isinstance(value, Span) and value.low < value.high)


def _near(value: Value) -> list[Value]:
    """A value, and for a number or day those beside it."""
    if isinstance(value, Span):
        return [Span(value.low + by, value.low + by) for by in (0, 1, -1, 0.5, 31, -31)] if value.known else []
    return [value]


def _dig(item: Any, path: str) -> Any:
    for part in path.split("."):
        item = item.get(part) if isinstance(item, Mapping) else None
    return item


def _followed(aims: Aims, before: Case, after: Case, env: Environment) -> dict[str, int] | None:
    """The bound names after a change: derived things are found again by their keys."""
    found = {}
    for name, index in env.items():
        derived = aims.book.derived.get(name)
        if derived is None or index >= len(before.things[name].items):
            found[name] = index
            continue
        key = _dig(before.things[name].items[index], derived.key)
        places = [i for i, each in enumerate(after.things[name].items) if _dig(each, derived.key) == key]
        if not places:
            return None
        found[name] = places[0]
    return found


def _place_of(aims: Aims, case: Case, thing: str, append: Append) -> int | None:
    """The index of a thing that was just added."""
    own = aims.book.lists.get(thing)
    if own is not None and own.name == append.name:
        return len(case.facts[own.name]) - 1
    derived = aims.book.derived[thing]
    key = dict(append.paths).get(derived.key)
    return next((i for i, each in enumerate(case.things[thing].items) if _dig(each, derived.key) == key), None)
