"""Laws of witnesses, over generated knowledge bases: whoever is found is judged by the reference evaluator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from advise import KnowledgeBase, plan
from advise.authoring.witness.witnesses import Witnesses
from advise.conditions import All, AnyOf, Condition, Not, Quantified
from advise.errors import FactsError
from advise.evaluate.meaning import Truth
from advise.evaluate.reference import Bound, Environment, World
from advise.rules import Rule
from tests.generated import AS_OF, KnowledgeBases

DAY = AS_OF[0]
SEEDS = range(40, 48)


def made(seed: int) -> tuple[KnowledgeBase, Witnesses, KnowledgeBases]:
    generator = KnowledgeBases(Random(seed))
    base = KnowledgeBase(generator.rulebook(4), Path("generated"))
    return base, Witnesses(base, (), DAY, tries=100), generator


def judged(base: KnowledgeBase, facts: dict[str, object]) -> World:
    case = base.case(facts, DAY)
    return World(base.plan, case, base.evaluate(case, "reference"))


def truths(world: World, condition: Condition, part: Condition, env: Environment) -> Iterator[Truth]:
    """The truth values of a part of a condition, for all things that the condition ranges over."""
    if condition is part:
        certain, possible = (world.holds(part, env, bound) for bound in (Bound.CERTAIN, Bound.POSSIBLE))
        yield Truth.TRUE if certain else Truth.UNKNOWN if possible else Truth.FALSE
    match condition:
        case All() | AnyOf():
            for each in condition.parts:
                yield from truths(world, each, part, env)
        case Not():
            yield from truths(world, condition.part, part, env)
        case Quantified():
            for index in world.indexes(condition.scope, env):
                yield from truths(world, condition.body, part, {**env, condition.scope.name: index})


def has(world: World, rule: Rule, part: Condition, truth: Truth) -> bool:
    return any(
        truth in truths(world, rule.condition, part, world.environment(rule, binding))
        for binding in world.bindings(rule)
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_witness_is_one_for_the_reference_evaluator(seed: int) -> None:
    base, witnesses, _ = made(seed)
    rules = base.rulebook.rules
    for index, rule in enumerate(rules[:3]):
        facts = witnesses.firing(rule)
        if facts is not None:
            assert index in {firing[0] for firing in judged(base, facts).certain}
    if len(rules) > 1:
        facts = witnesses.firing(rules[0], without=rules[1:2])
        if facts is not None:
            certain = {firing[0] for firing in judged(base, facts).certain}
            assert 0 in certain
            assert 1 not in certain


def test_a_test_that_is_reached_has_its_truth_value_for_the_reference_evaluator() -> None:
    found = 0
    for seed in SEEDS[:5]:
        base, witnesses, _ = made(seed)
        for rule in base.rulebook.rules[:2]:
            for part in list(plan.tests(rule.condition))[:3]:
                for truth in Truth:
                    facts = witnesses.reaching(rule, part, truth)
                    if facts is not None:
                        found += 1
                        assert has(judged(base, facts), rule, part, truth), (rule.id, part, truth, facts)
    assert found > 15


def test_nearly_every_rule_that_holds_for_a_random_person_gets_a_witness() -> None:
    shown = found = 0
    for seed in SEEDS:
        base, witnesses, generator = made(seed)
        fired = {rule for _ in range(40) for rule in fires_for(base, generator.facts(0.8))}
        shown += len(fired)
        found += sum(witnesses.firing(base.rulebook.rules[rule]) is not None for rule in fired)
    assert shown > 5
    assert found >= 0.95 * shown


def fires_for(base: KnowledgeBase, facts: dict[str, object]) -> set[int]:
    try:
        return {firing[0] for firing in base.evaluate(base.case(facts, DAY)).certain}
    except FactsError:
        return set()
