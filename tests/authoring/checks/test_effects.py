"""What is claimed of two rules holds for every random person."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from advise.authoring.checks.effects import Relations, effects
from advise.authoring.logic import Logic, live_rules
from advise.conditions import All
from advise.evaluate.reference import World, evaluate
from advise.plan import Plan, names_used
from advise.rules import Conclude, Rule
from tests.authoring.logic.test_laws import EACH, Dense, truth
from tests.generated import AS_OF, KnowledgeBases, plain_case


def pair(made: KnowledgeBases) -> tuple[Plan, Rule, Rule]:
    """A random knowledge base with a rule and another that says some of the same things, or not quite."""
    random, dense = made.random, Dense(made.random, made)
    book = made.rulebook(6)
    scopes = random.choice(EACH)
    parts = tuple(dense.condition(scopes) for _ in range(random.randrange(1, 4)))
    one = Rule("one", "One", "t", {}, scopes, All(parts))
    kept = [part for part in parts if random.random() < 0.7]
    kept += [dense.condition(one.each)] if random.random() < 0.3 else []
    used = set().union(*map(names_used, kept)) if kept else set()
    needed = {scope.name for scope in one.each if scope.name in used or any(o.other for o in one.each)}
    each = tuple(scope for scope in one.each if scope.name in needed or random.random() < 0.5)
    other = replace(one, id="other", each=each, condition=All(tuple(kept)))
    return Plan(replace(book, rules=(*book.rules, one, other))), one, other


def claims_hold(seed: int, people: int) -> bool:
    """Whether one rule is said to imply the other; fails when that, or that they can't meet, isn't so."""
    made = KnowledgeBases(Random(seed))
    plan, one, other = pair(made)
    relations = Relations(plan.rulebook, plan, Logic(plan.rulebook, live_rules(plan.rulebook).drawn))
    implies, apart = relations.implies(one, other), relations.apart(one, other)
    for _ in range(people if implies or apart else 0):
        case = plain_case(made.facts(made.random.choice([0.5, 0.9])), made.random.choice(AS_OF))
        world = World(plan, case, evaluate(plan, case))
        for binding in world.bindings(one):
            env = world.environment(one, binding)
            first = truth(world, one.condition, env)
            second = truth(world, other.condition, {scope.name: env[scope.name] for scope in other.each})
            assert not implies or first <= second, (one, other, case)
            assert not apart or world.has_phantom(one, binding) or min(first, second) < 2, (one, other, case)
    return implies


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**48))
def test_a_rule_that_is_said_to_imply_another_never_holds_without_it(seed: int) -> None:
    claims_hold(seed, 6)


def test_many_rules_that_say_less_are_seen_to_follow() -> None:
    assert sum(claims_hold(seed, 1) for seed in range(100)) > 20


def test_rules_do_the_same_only_if_all_that_they_do_is_the_same() -> None:
    rule = Rule("a", "A", "t", {}, (), All(()), (Conclude(None, "c0", None, True),))
    assert effects(rule) == effects(replace(rule, id="b", title="B"))
    assert effects(rule) != effects(replace(rule, overrides=("x",)))
    assert effects(rule) < effects(replace(rule, conclude=(*rule.conclude, Conclude(None, "c1", None, True))))
