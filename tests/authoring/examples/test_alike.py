"""A law: what people who are alike share is what each would get alone."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from advise import plan as plans
from advise.authoring.examples.alike import Alike
from advise.authoring.examples.truths import Conditions, marks
from advise.evaluate.reference import World, evaluate
from advise.plan import Plan, names_used
from tests.generated import AS_OF, KnowledgeBases, plain_case


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**48))
def test_rules_and_tests_come_to_the_same_for_people_who_are_alike(seed: int) -> None:
    made = KnowledgeBases(Random(seed))
    plan = Plan(made.rulebook(5))
    alike = Alike(plan)
    met: dict[tuple[int, Hashable], Mapping[int, tuple[int, int]]] = {}
    for _ in range(6):
        case = plain_case(made.facts(made.random.choice([0.1, 0.5, 0.9])), made.random.choice(AS_OF))
        evaluation = evaluate(plan, case)
        alone, shared = World(plan, case, evaluation), alike.world(case, evaluation)
        for number, rule in enumerate(plan.rulebook.rules):
            for env in (alone.environment(rule, binding) for binding in alone.bindings(rule)):
                for test in (each for each in plans.tests(rule.condition) if names_used(each) <= env.keys()):
                    assert shared.truth(test, env) == alone.truth(test, env), test
            found = marks(Conditions(rule), alone)
            assert met.setdefault((number, shared.all_of(alike.reads[number])), found) == found, rule.id
