"""Backwards through conditions: how far facts are from a truth value, and the changes that bring them nearer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, TypeVar

from advise.authoring.witness.another import Another, dig
from advise.authoring.witness.changes import Append, Change, Spots, Withhold
from advise.authoring.witness.inverting import Fits, Inverter
from advise.authoring.witness.seen import Lookout, Seen, is_open
from advise.authoring.witness.values import Pool
from advise.conditions import Aggregate, All, AnyOf, Condition, Constant, Not, Of, Quantified, Ref, Scope, Test
from advise.evaluate.meaning import OPPOSITE, Truth, compare
from advise.evaluate.reference import Environment, typed
from advise.knowledge_base import KnowledgeBase
from advise.operators import Core
from advise.plan import Key
from advise.rules import Conclude, Rule
from advise.types import Kind, Literal
from advise.values import NOTHING, UNKNOWN, Span, Value

NEVER = 1e6
"""How far away is what no change can reach."""
_DEEPEST = 4
_BEAM = 12
_GREED = 0.65
# Joins over longer lists take ever longer; few rules need so many things.
_MOST_THINGS = 10
_Each = TypeVar("_Each")
Part = tuple[Condition, Environment]


class Aims:
    """Distances and changes for one knowledge base. They only guide a search: neither has to be exact.

    A distance is 0 exactly where the truth value is there. Changes are a few of many, chosen by chance.
    """

    def __init__(self, base: KnowledgeBase, pool: Pool) -> None:
        self.base = base
        self.book = base.rulebook
        self.plan = base.plan
        self.pool = pool
        self.spots = Spots(base.rulebook)
        self.inverter = Inverter(base.rulebook, self.spots, pool, self)
        self.lookout = Lookout(base.rulebook)
        self._sizes: dict[tuple[int, int], float] = {}
        self._drawers: dict[Key, list[tuple[Rule, Conclude]]] = {}
        for rule in self.book.rules:
            for each in rule.conclude:
                self._drawers.setdefault((each.thing, each.path), []).append((rule, each))

    # ---------------------------------------------------------------------------------------- distances

    def distance(self, world: Seen, condition: Condition, env: Environment, want: Truth, depth: int = 0) -> float:
        """How far a condition is from a truth value: 0 only if it has it."""
        key = (want, *world.key(condition, env))
        if key not in world.known:
            world.known[key] = NEVER  # while it's worked out, so that circles of rules end
            is_there = world.truth(condition, env) is want
            world.known[key] = 0 if is_there else max(0.5, self._far(world, condition, env, want, depth))
        found: float = world.known[key]
        return found

    def _far(self, world: Seen, condition: Condition, env: Environment, want: Truth, depth: int) -> float:
        match condition:
            case Test():
                return self._test_distance(world, condition, env, want, depth)
            case All():
                return self._all([(each, env) for each in condition.parts], Truth.TRUE, world, want, depth)
            case AnyOf():
                parts = [(each, env) for each in condition.parts]
                return self._all(parts, Truth.FALSE, world, OPPOSITE[want], depth)
            case Not():
                return self.distance(world, condition.part, env, OPPOSITE[want], depth)
            case Quantified():
                return self._over_distance(condition, world, env, want, depth)

    def _all(self, parts: Sequence[Part], good: Truth, world: Seen, want: Truth, depth: int) -> float:
        """How far it is from `want` that all parts are `good`."""
        if want is Truth.TRUE:
            return sum(self.distance(world, part, env, good, depth) for part, env in parts)
        if want is Truth.FALSE:
            bad = OPPOSITE[good]
            return min((self.distance(world, part, env, bad, depth) for part, env in parts), default=NEVER)
        unknown = [self.distance(world, part, env, Truth.UNKNOWN, depth) for part, env in parts]
        either = [
            min(far, self.distance(world, part, env, good, depth))
            for far, (part, env) in zip(unknown, parts, strict=True)
        ]
        return sum(either) + min((far - near for far, near in zip(unknown, either, strict=True)), default=NEVER)

    def _over_distance(self, condition: Quantified, world: Seen, env: Environment, want: Truth, depth: int) -> float:
        scope = condition.scope
        good, want = as_all(condition, want)
        parts = [(condition.body, {**env, scope.name: index}) for index in self._among(world, condition, env)]
        far = self._all(parts, good, world, want, depth)
        if want is Truth.TRUE:
            return far + (not scope.is_table and not world.case.things[scope.thing].complete)
        return far if scope.is_table else min(far, 1 + self.size(condition.body))

    def _among(self, world: Seen, condition: Quantified, env: Environment) -> list[int]:
        """The things that a quantified condition is about; of a table, the rows that come near."""
        if condition.scope.is_table:
            return world.few_rows(condition.scope, env, self.lookout.parts(condition.body))
        return self.real(world, condition.scope, env)

    def real(self, world: Seen, scope: Scope, env: Environment) -> list[int]:
        """The things of a scope that are certainly there."""
        phantom = world.phantom(scope.thing)
        return [index for index in world.indexes(scope, env) if index != phantom]

    def _test_distance(self, world: Seen, test: Test, env: Environment, want: Truth, depth: int) -> float:
        left, right = test.left, test.right
        if isinstance(left, Ref) and left.of is Of.CONCLUSION and isinstance(right, Constant):
            return 1 if depth >= _DEEPEST else 1 + 0.9 * self._drawing_distance(world, test, env, want, depth)
        if want is Truth.UNKNOWN or test.operator == Core.KNOWN:
            return 1
        return 1 + 0.3 * sum(is_open(world.value(each, env)) for each in (left, right) if _has_value(each))

    def _drawing_distance(self, world: Seen, test: Test, env: Environment, want: Truth, depth: int) -> float:
        ref, index, fits, wanted = self._as_drawing(test, env, want)
        drawn = world.drawn(ref.thing, ref.path, index)
        if wanted is None:
            wrong = [(rule, each) for rule, each in self.drawers(ref) if each.value in drawn and fits(each.value)]
            return sum(
                self.rule_distance(world, rule, fixed(each, index), Truth.FALSE, depth + 1) for rule, each in wrong
            )
        others = sum(not fits(value) for value in drawn) if wanted is Truth.TRUE else 0
        ways = (
            self.rule_distance(world, rule, fixed(each, index), wanted, depth + 1)
            for rule, each in self.drawers(ref)
            if fits(each.value)
        )
        return min(ways, default=NEVER) + others

    def size(self, condition: Condition, depth: int = 0) -> float:
        """How far a condition is from being true where nothing is known, roughly."""
        key = (id(condition), depth)
        if key not in self._sizes:
            self._sizes[key] = self._size(condition, depth)
        return self._sizes[key]

    def _size(self, condition: Condition, depth: int) -> float:
        match condition:
            case Test():
                if isinstance(condition.left, Ref) and condition.left.of is Of.CONCLUSION and depth < _DEEPEST:
                    rules = (self.size(rule.condition, depth + 1) for rule, _ in self.drawers(condition.left))
                    is_false = isinstance(condition.right, Constant) and condition.right.value is False
                    return 0.5 if is_false else 1 + 0.9 * min(rules, default=0)
                return 1.3
            case All():
                return sum(self.size(each, depth) for each in condition.parts)
            case AnyOf():
                return min((self.size(each, depth) for each in condition.parts), default=0)
            case Not():
                return min(1, self.size(condition.part, depth))
            case Quantified():
                return 0.5 if condition.quantifier != "some" else 1 + self.size(condition.body, depth)

    # -------------------------------------------------------------------------------------------- rules

    def rule_distance(self, world: Seen, rule: Rule, env: Environment, want: Truth, depth: int = 0) -> float:
        """How far a rule is from holding (for some things), from holding for none, or from being open; where `env`
        settles some of the things that it binds."""
        key = ("rule", rule.id, want, *sorted(env.items()))
        if key not in world.known:
            world.known[key] = NEVER
            found = self.bindings(world, rule, env, want, depth)
            if want is Truth.FALSE:
                far = sum(self.distance(world, rule.condition, each, Truth.FALSE, depth) for each in found)
            elif found:
                far = self._bound_distance(world, rule, found[0], want, depth)
            else:
                free = [scope for scope in rule.each if scope.name not in env]
                far = (
                    0.5
                    + 1.5 * sum(not self.real(world, s, {**env, s.thing: -1}) for s in free)
                    + self.size(rule.condition)
                )
            world.known[key] = far
        known: float = world.known[key]
        return known

    def _bound_distance(self, world: Seen, rule: Rule, env: Environment, want: Truth, depth: int) -> float:
        far = self.distance(world, rule.condition, env, want, depth)
        for other, shared in self.overriders(rule, env):
            far += self.rule_distance(world, other, shared, Truth.FALSE, depth + 1) if depth < _DEEPEST else 0
        return far

    def overriders(self, rule: Rule, env: Environment) -> list[tuple[Rule, dict[str, int]]]:
        """The rules that override a rule, each with the things that both bind."""
        others = [self.book.rules[i] for i in self.plan.overriders.get(self.plan.index[rule.id], ())]
        return [(each, {s.name: env[s.name] for s in each.each if s.name in env}) for each in others]

    def bindings(self, world: Seen, rule: Rule, env: Environment, want: Truth, depth: int = 0) -> list[dict[str, int]]:
        """The things for which a rule possibly holds (for FALSE), else those for which it's nearest to `want`, the
        nearest first; where `env` settles some of them."""
        if want is Truth.FALSE and world.is_evaluated:
            found = world.possibly(rule)
            return [each for each in found if all(each.get(name, at) == at for name, at in env.items())]
        wants = (want,) if want is Truth.TRUE else (Truth.TRUE, Truth.UNKNOWN)
        wishes = [(part, wants) for part in rule.condition.parts]
        ranked = self.nearest(world, rule, env, wishes, want is not Truth.TRUE, depth)
        return sorted(ranked, key=lambda each: self._bound_distance(world, rule, each, want, depth))

    def nearest(
        self,
        world: Seen,
        rule: Rule,
        env: Environment,
        wishes: Sequence[tuple[Condition, tuple[Truth, ...]]],
        phantoms: bool,
        depth: int = 0,
    ) -> list[dict[str, int]]:
        """The things that a rule may bind, those first for which `wishes` (conditions with the truth values that are
        as welcome) are nearest; a few of them. Where `env` settles some; `phantoms`: they needn't be there for sure."""
        found: list[tuple[float, dict[str, int]]] = [(0, {})]
        ahead = list(wishes)
        for scope in rule.each:
            wider = []
            for far, each in found:
                if scope.is_table:
                    every = world.few_rows(scope, each, rule.condition.parts)
                else:
                    every = world.indexes(scope, each) if phantoms else self.real(world, scope, each)
                settled = env.get(scope.name)
                wider += [(far, {**each, scope.name: i}) for i in every if settled is None or i == settled]
            bound = set(wider[0][1]) if wider else set()
            ready = [wish for wish in ahead if bound.issuperset(self._free(wish[0], rule))]
            ahead = [wish for wish in ahead if wish not in ready]
            found = [(far + self._wished(world, ready, each, depth), each) for far, each in wider]
            found = sorted(found, key=lambda each: each[0])[:_BEAM]
        return [each for _, each in found]

    def _free(self, condition: Condition, rule: Rule) -> list[str]:
        bound = {scope.name for scope in rule.each}
        return [name for name in self.lookout.names(condition) if name in bound]

    def _wished(
        self, world: Seen, wishes: Iterable[tuple[Condition, tuple[Truth, ...]]], env: Environment, depth: int
    ) -> float:
        return sum(min(self.distance(world, each, env, want, depth) for want in wants) for each, wants in wishes)

    def rule_changes(self, world: Seen, rule: Rule, env: Environment, want: Truth, depth: int = 0) -> list[Change]:
        """Changes that bring a rule nearer to holding, to holding for none, or to being open."""
        if depth > _DEEPEST:
            return []
        found = self.bindings(world, rule, env, want, depth)
        free = [scope for scope in rule.each if scope.name not in env and not scope.is_table]
        if want is Truth.FALSE:
            if not found:
                return []
            each = world.random.choice(found)
            missing = [scope for scope in free if each[scope.name] == world.phantom(scope.thing)]
            if missing:
                return self.inverter.complete(world, world.random.choice(missing).thing)
            return self.changes(world, rule.condition, each, want, depth)
        if free and (not found or world.random.random() < 0.1):
            return self.new_things(world, world.random.choice(free).thing)
        if not found:
            return []
        each = self._pick(world, found)
        wrong = [
            way for way in self.overriders(rule, each) if self.rule_distance(world, *way, Truth.FALSE, depth + 1) > 0
        ]
        if wrong and (world.random.random() < 0.5 or world.truth(rule.condition, each) is want):
            return self.rule_changes(world, *world.random.choice(wrong), Truth.FALSE, depth + 1)
        return self.changes(world, rule.condition, each, want, depth)

    def _pick(self, world: Seen, ranked: Sequence[_Each]) -> _Each:
        """Mostly the first, at times another."""
        return ranked[0] if world.random.random() < _GREED else world.random.choice(ranked)

    # ----------------------------------------------------------------------------------------- changes

    def changes(self, world: Seen, condition: Condition, env: Environment, want: Truth, depth: int = 0) -> list[Change]:
        """Some changes that bring a condition nearer to a truth value; none if it has it."""
        if depth > _DEEPEST or world.truth(condition, env) is want:
            return []
        match condition:
            case Test():
                return self._test(world, condition, env, want, depth)
            case All():
                return self._parts([(each, env) for each in condition.parts], Truth.TRUE, world, want, depth)
            case AnyOf():
                parts = [(each, env) for each in condition.parts]
                return self._parts(parts, Truth.FALSE, world, OPPOSITE[want], depth)
            case Not():
                return self.changes(world, condition.part, env, OPPOSITE[want], depth)
            case Quantified():
                return self._over(condition, world, env, want, depth)

    def _parts(self, parts: Sequence[Part], good: Truth, world: Seen, want: Truth, depth: int) -> list[Change]:
        """Changes that bring it nearer to `want` that all parts are `good`."""
        bad = OPPOSITE[good]
        if want is Truth.TRUE:
            open_ = [(part, env) for part, env in parts if world.truth(part, env) is not good]
            part, env = world.random.choice(open_)
            return self.changes(world, part, env, good, depth)
        if want is Truth.UNKNOWN:
            wrong = [(part, env) for part, env in parts if world.truth(part, env) is bad]
            if wrong:
                part, env = world.random.choice(wrong)
                return self.changes(world, part, env, world.random.choice([good, Truth.UNKNOWN]), depth)
        if not parts:
            return []
        to = bad if want is Truth.FALSE else Truth.UNKNOWN
        ranked = sorted(parts, key=lambda each: self.distance(world, each[0], each[1], to, depth))
        part, env = self._pick(world, ranked)
        return self.changes(world, part, env, to, depth)

    def _over(self, condition: Quantified, world: Seen, env: Environment, want: Truth, depth: int) -> list[Change]:
        scope = condition.scope
        good, want = as_all(condition, want)
        parts = [(condition.body, {**env, scope.name: index}) for index in self._among(world, condition, env)]
        if scope.is_table:
            is_there = any(world.truth(part, each) is not good for part, each in parts)
            return self._parts(parts, good, world, want, depth) if is_there or want is not Truth.TRUE else []
        is_complete = world.case.things[scope.thing].complete
        if want is Truth.TRUE:
            open_ = [(part, env) for part, env in parts if world.truth(part, env) is not good]
            if not is_complete and (not open_ or world.random.random() < 0.5):
                return self.inverter.complete(world, scope.thing)
            if world.random.random() < 0.2 and not scope.other:
                removals = (self.spots.remove(world.case, scope.thing, env[scope.name]) for _, env in open_)
                return [each for each in removals if each is not None]
            return self._parts(parts, good, world, want, depth)
        if want is Truth.UNKNOWN and world.random.random() < 0.3:
            given = [
                each.name for each in self.spots.sources(scope.thing) if world.case.facts.get(each.name) is not None
            ]
            return [(Withhold(name),) for name in given]
        is_new_nearer = self._all(parts, good, world, want, depth) > 1 + self.size(condition.body)
        if is_new_nearer or world.random.random() < 0.15:
            return self.new_things(world, scope.thing)
        return self._parts(parts, good, world, want, depth)

    def new_things(self, world: Seen, thing: str) -> list[Change]:
        """Changes that add a thing of which no more is known than has to be."""
        found: list[Change] = []
        derived = self.book.derived.get(thing)
        for source in self.spots.sources(thing):
            if len(world.case.facts.get(source.name) or ()) >= min(source.most, _MOST_THINGS):
                continue
            must = [fact for fact in self.book.facts.values() if fact.thing == source.thing and fact.required]
            given: dict[str, Any] = {fact.path: self.pool.of((fact.thing, fact.path))[0] for fact in must}
            if derived is None:
                found.append((Append(source.name, tuple(given.items())),))
                continue
            taken = [dig(item, derived.key) for item in world.case.things[thing].items]
            keys = (key for key in self.pool.of((source.thing, derived.key)) if key not in taken)
            found += [(Append(source.name, tuple({**given, derived.key: key}.items())),) for key in islice(keys, 3)]
        return found

    # -------------------------------------------------------------------------------------------- tests

    def _test(self, world: Seen, test: Test, env: Environment, want: Truth, depth: int) -> list[Change]:
        left, right = test.left, test.right
        if test.operator == Core.KNOWN:
            return self._known(world, test, env, want, depth)
        if isinstance(left, Ref) and left.of is Of.CONCLUSION and isinstance(right, Constant):
            return self._drawing(world, *self._as_drawing(test, env, want), depth)
        if want is Truth.UNKNOWN:
            return self.inverter.forget(world, left, env, depth) + self.inverter.forget(world, right, env, depth)
        if test.operator == Core.ONE_OF:
            assert isinstance(right, Constant)
            assert isinstance(right.value, tuple)
            values = right.value
            points: list[Value] = [typed(each, left.type.kind) for each in values]
            return self.inverter.reach(
                world, left, env, lambda v: compare(test.operator, v, values) is want, points, depth
            )
        return self._compared(world, test, env, want, depth)

    def _compared(self, world: Seen, test: Test, env: Environment, want: Truth, depth: int) -> list[Change]:
        one, two = world.value(test.left, env), world.value(test.right, env)
        found: list[Change] = []
        if not is_open(two):
            found += self.inverter.reach(
                world, test.left, env, lambda v: compare(test.operator, v, two) is want, near(two), depth
            )
        if not is_open(one):
            found += self.inverter.reach(
                world, test.right, env, lambda v: compare(test.operator, one, v) is want, near(one), depth
            )
        if not found:
            found += self.inverter.settle(world, test.left, env, depth)
            found += self.inverter.settle(world, test.right, env, depth)
        return found

    def _known(self, world: Seen, test: Test, env: Environment, want: Truth, depth: int) -> list[Change]:
        ref, right = test.left, test.right
        assert isinstance(ref, Ref)
        assert isinstance(right, Constant)
        if want is Truth.UNKNOWN:
            return self.inverter.forget(world, ref, env, depth)
        if right.value is (want is Truth.TRUE):
            return self.inverter.settle(world, ref, env, depth)
        if ref.of is Of.FACT:
            change = self.spots.put(world.case, ref.thing, place_of(ref, env), ref.path, None)
            return [change] if change else []
        nothing = typed(None, ref.type.kind)
        return self.inverter.reach(world, ref, env, lambda v: v == nothing or v is NOTHING, [nothing], depth)

    # -------------------------------------------------------------------------------------- conclusions

    def drawers(self, ref: Ref) -> list[tuple[Rule, Conclude]]:
        """The rules that draw a conclusion, with what they draw."""
        return self._drawers.get(ref.key, [])

    def _as_drawing(self, test: Test, env: Environment, want: Truth) -> tuple[Ref, int, Any, Truth | None]:
        """A test of a conclusion as what is to be drawn: the conclusion, of which thing, which values are meant, and
        whether they're to be drawn (TRUE), to be open, or not to be drawn at all (None)."""
        ref, right = test.left, test.right
        assert isinstance(ref, Ref)
        assert isinstance(right, Constant)
        index = place_of(ref, env)
        kind = ref.type.kind
        constant: Any = right.value if test.operator == Core.ONE_OF else typed(right.value, right.type.kind)

        def fits(value: Literal) -> bool:
            return compare(test.operator, typed(value, kind), constant) is Truth.TRUE

        if want is Truth.UNKNOWN:
            return ref, index, _any, Truth.UNKNOWN
        if kind is Kind.BOOLEAN and fits(False) and not fits(True):
            # False is what nobody draws: true has to be drawn, or not to be.
            return ref, index, _is_true, None if want is Truth.TRUE else Truth.TRUE
        return ref, index, fits, Truth.TRUE if want is Truth.TRUE else None

    def drawn(self, world: Seen, ref: Ref, env: Environment, fits: Fits, depth: int) -> list[Change]:
        """Changes that bring a conclusion nearer to a value that fits."""
        index, kind = place_of(ref, env), ref.type.kind
        if fits(UNKNOWN):
            return self._drawing(world, ref, index, _any, Truth.UNKNOWN, depth)
        nothing: Value = False if kind is Kind.BOOLEAN else typed(None, kind)
        found = self._drawing(world, ref, index, lambda value: fits(typed(value, kind)), Truth.TRUE, depth)
        if fits(nothing):
            found += self._drawing(world, ref, index, lambda value: value is not False, None, depth)
        return found

    def _drawing(self, world: Seen, ref: Ref, index: int, fits: Any, wanted: Truth | None, depth: int) -> list[Change]:
        drawn = world.drawn(ref.thing, ref.path, index)
        if wanted is not Truth.UNKNOWN:
            is_wrong = wanted is None
            wrong = [(r, e) for r, e in self.drawers(ref) if e.value in drawn and fits(e.value) is is_wrong]
            if wrong and (wanted is None or world.random.random() < 0.5):
                rule, each = world.random.choice(wrong)
                return self.rule_changes(world, rule, fixed(each, index), Truth.FALSE, depth + 1)
        ways = [(rule, fixed(each, index)) for rule, each in self.drawers(ref) if fits(each.value)]
        if wanted is None or not ways:
            return []
        ways.sort(key=lambda way: self.rule_distance(world, way[0], way[1], wanted, depth + 1))
        return self.rule_changes(world, *self._pick(world, ways), wanted, depth + 1)

    def another(self, world: Seen, aggregate: Aggregate, env: Environment) -> Change | None:
        """The change that adds one more thing that an aggregate counts."""
        return Another(self).of(world, aggregate, env)


def as_all(condition: Quantified, want: Truth) -> tuple[Truth, Truth]:
    """A quantified condition as: all things are `good`, and there are no others; `good`, and what is wanted of that."""
    if condition.quantifier == "every":
        return Truth.TRUE, want
    return Truth.FALSE, OPPOSITE[want] if condition.quantifier == "some" else want


def near(value: Value) -> list[Value]:
    """A value, and for a number or day those beside it."""
    if isinstance(value, Span):
        return [Span(value.low + by, value.low + by) for by in (0, 1, -1, 0.5, 31, -31)] if value.known else []
    return [value]


def place_of(ref: Ref, env: Environment) -> int:
    """The index of the thing that a reference is about."""
    return 0 if ref.scope is None else env[ref.scope]


def fixed(each: Conclude, index: int) -> dict[str, int]:
    """The thing about which a conclusion is drawn, by its name in the rule that draws it."""
    return {} if each.scope is None else {each.scope: index}


def _any(_: object) -> bool:
    return True


def _is_true(value: object) -> bool:
    return value is True


def _has_value(operand: object) -> bool:
    return not (isinstance(operand, Constant) and isinstance(operand.value, tuple))
