"""Whatever is claimed of conditions holds for every random person, by the reference evaluator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from advise.authoring.logic import Logic, Names, live_rules
from advise.conditions import (
    Aggregate,
    All,
    AnyOf,
    Condition,
    Constant,
    Not,
    Of,
    Parameter,
    Quantified,
    Ref,
    Scope,
    Shifted,
    Test,
    Today,
)
from advise.evaluate.reference import Bound, World, evaluate
from advise.operators import Core
from advise.plan import Plan
from advise.rules import Rule
from advise.types import Kind, Type
from tests.generated import AS_OF, BOOLEAN, CONCLUSIONS, DATE, DAYS, KEYS, NUMBER, THINGS, KnowledgeBases, plain_case

seeds = st.integers(0, 2**48)
JOB = Scope("job", "job")
EACH = ((), (JOB,), (JOB, Scope("other job", "job", other=True)))
ORDER = (Core.AT_LEAST, Core.AT_MOST, Core.MORE, Core.LESS, Core.EQUAL)


class Dense:
    """Conditions about few values, so that they often have to do with each other."""

    def __init__(self, random: Random, made: KnowledgeBases) -> None:
        self.random = random
        self.made = made
        self.paths = random.sample(["flag", "small", "key", "level", "day"], 2)

    def condition(self, scopes: tuple[Scope, ...], depth: int = 2) -> Condition:
        pick = self.random.random()
        if depth == 0 or pick < 0.5:
            return self.test(scopes)
        if pick < 0.75:
            parts = tuple(self.condition(scopes, depth - 1) for _ in range(self.random.randrange(1, 4)))
            return self.random.choice([All, AnyOf])(parts)
        if pick < 0.85:
            return Not(self.condition(scopes, depth - 1))
        scope = JOB if JOB not in scopes or self.random.random() < 0.2 else Scope("other job", "job", other=True)
        return Quantified(
            self.random.choice(["some", "every", "no"]), scope, self.condition((*scopes, scope), depth - 1)
        )

    def test(self, scopes: tuple[Scope, ...]) -> Condition:
        if self.random.random() < 0.1:
            return self.made._test(scopes)
        if self.random.random() < 0.12:
            return self._gathered(scopes)
        scope = self.random.choice([None, *scopes, *scopes])
        name, thing = (None, None) if scope is None else (scope.name, scope.thing)
        if self.random.random() < 0.2:
            key = self.random.choice([key for key in CONCLUSIONS if key[0] == thing])
            return self._against(Ref(Of.CONCLUSION, name, *key, CONCLUSIONS[key]))
        path = self.random.choice(self.paths)
        ref = Ref(Of.FACT, name, thing, path, THINGS[thing][path])
        if self.random.random() < 0.1:
            return Test(ref, Core.KNOWN, Constant(self.random.random() < 0.5, BOOLEAN), "said")
        if self.random.random() < 0.15:
            other = self.random.choice([None, *scopes])
            right = Ref(Of.FACT, other and other.name, other and other.thing, path, ref.type)
            operator = self.random.choice(ORDER) if ref.type.kind in (Kind.NUMBER, Kind.DATE) else Core.EQUAL
            return Test(ref, operator, right, "said")
        return self._against(ref)

    def _gathered(self, scopes: tuple[Scope, ...]) -> Condition:
        """A test of a count or of an extreme, of all things for which something dense holds."""
        scope = JOB if JOB not in scopes else Scope("other job", "job", other=True)
        where = self.condition((*scopes, scope), 1)
        function = self.random.choice(["count", "count", "count", "highest", "lowest"])
        value = None if function == "count" else Ref(Of.FACT, scope.name, "job", "small", THINGS["job"]["small"])
        left = Aggregate(function, scope, value, where, NUMBER)
        test = Test(left, self.random.choice(ORDER), Constant(self.random.choice([0, 1, 1, 2]), NUMBER), "said")
        return Not(test) if self.random.random() < 0.25 else test

    def _against(self, ref: Ref) -> Condition:
        test = self._plain(ref)
        return Not(test) if self.random.random() < 0.25 else test

    def _plain(self, ref: Ref) -> Test:
        kind = ref.type.kind
        if kind is Kind.BOOLEAN:
            return Test(ref, Core.EQUAL, Constant(self.random.random() < 0.5, BOOLEAN), "said")
        if kind is Kind.DATE:
            return Test(ref, self.random.choice(ORDER), self._day(), "said")
        if kind is Kind.NUMBER:
            if self.random.random() < 0.2:
                some = tuple(self.random.sample(range(6), 2))
                return Test(ref, Core.ONE_OF, Constant(some, NUMBER), "said")
            right: Any = Constant(self.random.choice([0, 1, 2, 2.5, 3, 6]), NUMBER)
            if self.random.random() < 0.2:
                right = Parameter(self.random.choice(["fixed", "dated"]), NUMBER)
            return Test(ref, self.random.choice(ORDER), right, "said")
        values = ref.type.choices or KEYS
        if self.random.random() < 0.5:
            some = tuple(self.random.sample(values, self.random.randrange(1, 4)))
            return Test(ref, Core.ONE_OF, Constant(some, ref.type), "said")
        if kind is Kind.TEXT and self.random.random() < 0.3:
            return Test(ref, Core.CONTAINS, Constant("re", Type(Kind.TEXT)), "said")
        return Test(ref, Core.EQUAL, Constant(self.random.choice(values), ref.type), "said")

    def _day(self) -> Any:
        pick = self.random.random()
        if pick < 0.3:
            return Constant(self.random.choice(DAYS), DATE)
        if pick < 0.4:
            return Today(DATE)
        unit = self.random.choice(["days", "weeks", "months", "years"])
        count: Any = Constant(self.random.choice([0, 1, 2, 5, 60, 61]), NUMBER)
        if self.random.random() < 0.2:
            count = Parameter("months", NUMBER)
        return Shifted(Today(DATE), count, unit, self.random.random() < 0.6, DATE)


class Trial:
    """A random knowledge base, two random conditions, and random people to try them on."""

    def __init__(self, seed: int, dense: bool) -> None:
        self.made = KnowledgeBases(Random(seed))
        self.random = self.made.random
        self.book = self.made.rulebook(6)
        self.plan = Plan(self.book)
        self.each = self.random.choice(EACH)
        parts = Dense(self.random, self.made) if dense else None
        self.conditions = [
            All(tuple(
                parts.condition(self.each) if parts else self.made._condition(self.each, 2)
                for _ in range(self.random.randrange(1, 4))
            ))
            for _ in range(2)
        ]  # fmt: skip
        if self.random.random() < 0.3:
            self.conditions[1] = All((*self.conditions[0].parts, *self.conditions[1].parts)[:-1])
        self.rule = replace(_rule(self.each), condition=self.conditions[0])
        self.names = Names.of(self.rule)

    def worlds(self, count: int) -> Iterator[tuple[World, dict[str, int]]]:
        """Random people, each with every choice of things."""
        for _ in range(count):
            case = plain_case(self.made.facts(self.random.choice([0.3, 0.8, 1.0])), self.random.choice(AS_OF))
            world = World(self.plan, case, evaluate(self.plan, case))
            for binding in world.bindings(self.rule):
                if not world.has_phantom(self.rule, binding):
                    yield world, world.environment(self.rule, binding)


def _rule(each: tuple[Scope, ...]) -> Rule:
    return Rule(id="r", title="", topic="t", source={}, each=each, condition=All(()))


def truth(world: World, condition: Condition, env: dict[str, int]) -> int:
    """0, 1 or 2 for false, unknown and true."""
    return world.holds(condition, env, Bound.CERTAIN) + world.holds(condition, env, Bound.POSSIBLE)


def check(seed: int, dense: bool, people: int) -> Counter[str]:
    """Makes every claim about two random conditions, and tries each that is made."""
    trial = Trial(seed, dense)
    one, other = trial.conditions
    logic, names = Logic(trial.book), trial.names
    claims = {
        "never": logic.never((one, names)),
        "apart": logic.never((one, names), (other, names)),
        "always": logic.always(one, names),
        "true": logic.true(one, names),
        "follows": logic.follows(one, names, (other, names)),
    }
    if not any(claims.values()):
        return Counter()
    for world, env in trial.worlds(people):
        first, second = truth(world, one, env), truth(world, other, env)
        assert not (claims["never"] and first == 2), (one, world.case)
        assert not (claims["apart"] and min(first, second) == 2), (one, other, world.case)
        assert not (claims["always"] and first == 0), (one, world.case)
        assert not (claims["true"] and first < 2), (one, world.case)
        assert not (claims["follows"] and second > first), (other, one, world.case)
    return Counter(name for name, made in claims.items() if made)


@settings(max_examples=300, deadline=None)
@given(seeds, st.booleans())
def test_no_random_person_contradicts_a_claim(seed: int, dense: bool) -> None:
    check(seed, dense, 12)


def test_claims_of_every_sort_are_made_and_tried() -> None:
    made: Counter[str] = Counter()
    for seed in range(400):
        made += check(seed, True, 3)
    assert min(made[name] for name in ("never", "apart", "always", "follows")) >= 3, made


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_a_rule_that_is_said_never_to_fire_never_does(seed: int) -> None:
    made = KnowledgeBases(Random(seed))
    plan = Plan(made.rulebook(12))
    live = live_rules(plan.rulebook)
    for _ in range(6):
        case = plain_case(made.facts(0.9), made.random.choice(AS_OF))
        fired = {plan.rulebook.rules[rule].id for rule, _ in evaluate(plan, case).certain}
        assert fired <= live.rules
