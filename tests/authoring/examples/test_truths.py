"""What conditions come to, and which decide alone: compared with the reference evaluator, their truth forced."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path
from random import Random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from advise import KnowledgeBase
from advise.authoring.examples.truths import Conditions, Reading, marks
from advise.conditions import Aggregate, All, AnyOf, Condition, Not, Quantified, Test
from advise.evaluate.meaning import Truth
from advise.evaluate.reference import Bound, Environment, World
from advise.plan import Plan
from tests.generated import AS_OF, KnowledgeBases
from tests.small_bases import AS_OF as DAY
from tests.small_bases import plan

seeds = st.integers(0, 2**48)


class Forced(World):
    """A world in which one condition has a given truth in one environment, whatever the facts."""

    def force(self, node: Condition, env: Environment, truth: Truth) -> None:
        self.node, self.env, self.to = node, env, truth

    def _test(self, test: Test, env: Environment) -> Truth:
        return self.to if test is self.node and env == self.env else super()._test(test, env)

    def _quantified(self, condition: Quantified, env: Environment, bound: Bound) -> bool:
        if condition is self.node and env == self.env:
            return self.to >= (Truth.TRUE if bound is Bound.CERTAIN else Truth.UNKNOWN)
        return super()._quantified(condition, env, bound)


def nodes(condition: Condition) -> Iterator[Condition]:
    """Every test and quantified condition, aggregates' included."""
    match condition:
        case Test():
            yield condition
            if isinstance(condition.left, Aggregate):
                yield from nodes(condition.left.where)
        case All() | AnyOf():
            for part in condition.parts:
                yield from nodes(part)
        case Not():
            yield from nodes(condition.part)
        case Quantified():
            yield condition
            yield from nodes(condition.body)


def rebinds(condition: Condition, bound: AbstractSet[str]) -> bool:
    """Whether a name is bound again within what it's bound for."""
    match condition:
        case Test(left=Aggregate(scope=scope, where=body)) | Quantified(scope=scope, body=body):
            return scope.name in bound or rebinds(body, {*bound, scope.name})
        case Test():
            return False
        case All() | AnyOf():
            return any(rebinds(part, bound) for part in condition.parts)
        case Not():
            return rebinds(condition.part, bound)


def generated(seed: int) -> tuple[KnowledgeBase, World, Forced]:
    """A generated knowledge base, and the world of a person in it, twice."""
    made = KnowledgeBases(Random(seed))
    base = KnowledgeBase(replace(made.rulebook(4), first_steps=3), Path())
    case = base.case(made.facts(made.random.choice([0.5, 0.9])), made.random.choice(AS_OF))
    evaluation = base.evaluate(case, "reference")
    return base, World(base.plan, case, evaluation), Forced(base.plan, case, evaluation)


def rule_truth(world: World, conditions: Conditions, env: Environment) -> Truth:
    """What the rule's condition comes to for the things that it binds."""
    binding = tuple(env[scope.name] for scope in conditions.rule.each)
    truth = world.truth(conditions.rule.condition, world.environment(conditions.rule, binding))
    return min(truth, Truth.UNKNOWN) if world.has_phantom(conditions.rule, binding) else truth


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_a_reading_has_the_truth_that_the_reference_evaluator_gives(seed: int) -> None:
    base, world, _ = generated(seed)
    for rule in base.rulebook.rules:
        conditions = Conditions(rule)
        for reading in conditions.readings(world):
            assert reading.truth is world.truth(conditions.all[reading.number].node, reading.env)


@settings(max_examples=40, deadline=None)
@example(359)
@given(seeds)
def test_a_condition_decides_where_turning_it_over_turns_the_rule_over(seed: int) -> None:
    base, world, forced = generated(seed)
    for rule in base.rulebook.rules:
        if rebinds(rule.condition, {scope.name for scope in rule.each}):
            continue  # the loader refuses a name that's bound twice; forcing would turn over several readings at once
        conditions = Conditions(rule)
        for reading in list(conditions.readings(world))[:60]:
            found = set()
            for truth in (Truth.FALSE, Truth.TRUE):
                forced.force(conditions.all[reading.number].node, reading.env, truth)
                found.add(rule_truth(forced, conditions, reading.env))
            assert reading.decides == (found == {Truth.FALSE, Truth.TRUE}), (rule.id, reading)


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_the_conditions_are_numbered_in_the_order_of_the_file(seed: int) -> None:
    base, _, _ = generated(seed)
    for rule in base.rulebook.rules:
        listed = Conditions(rule).all
        assert [each.node for each in listed] == list(nodes(rule.condition))
        assert [each.number for each in listed] == list(range(len(listed)))
        assert all(each.inside is None or each.inside < each.number for each in listed)


RULES = """
rules:
  - id: move-up
    title: Move up
    when:
      - each job: {current: true}
      - some career: {field: {same as: job.field}, wanted: true}
      - any: [{plan.written: true}, {savings: {at least: 3}}]
      - count other job: {where: {current: true}, at most: 2}
    advise: {say: Move up., priority: growth, effort: small}
"""
JOB = {"field": "sales", "current": True}
CAREER = {"field": "sales", "wanted": True}


def decided(folder: Path, facts: dict[str, object]) -> dict[str, str]:
    """Each condition's truth values for a person, in capitals where it decides."""
    made = plan(folder, RULES)
    base = KnowledgeBase(made.rulebook, folder)
    case = base.case(facts, DAY)
    conditions = Conditions(made.rulebook.rules[0])
    found = marks(conditions, World(Plan(made.rulebook), case, base.evaluate(case)))
    letters = "fut"
    return {
        conditions.all[number].said: "".join(
            letters[t].upper() if alone >> t & 1 else letters[t] for t in range(3) if seen >> t & 1
        )
        for number, (seen, alone) in found.items()
    }


def test_everything_decides_that_nothing_beside_it_makes_up_for(tmp_path: Path) -> None:
    found = decided(
        tmp_path, {"jobs": [JOB], "careers": [CAREER], "plan": {"written": True}, "savings": 0, "goals": []}
    )
    assert found == {
        "job.current: true": "T",
        "some career: career.field: same as job.field; career.wanted: true": "T",
        "career.field: same as job.field": "T",
        "career.wanted: true": "T",
        "plan.written: true": "T",
        "savings: at least 3": "f",
        "count other job (other job.current: true): at most 2": "T",
    }


def test_of_two_reasons_neither_decides_alone(tmp_path: Path) -> None:
    found = decided(
        tmp_path, {"jobs": [JOB], "careers": [CAREER], "plan": {"written": True}, "savings": 9, "goals": []}
    )
    assert (found["plan.written: true"], found["savings: at least 3"]) == ("t", "t")


def test_an_unknown_condition_decides_where_its_answer_would(tmp_path: Path) -> None:
    found = decided(tmp_path, {"jobs": [JOB], "careers": [CAREER], "savings": 0, "goals": []})
    assert found["plan.written: true"] == "U"


def test_the_things_of_a_list_are_not_looked_at_where_two_tests_beside_it_settle_it(tmp_path: Path) -> None:
    rules = "rules:\n  - id: r\n    title: R\n    when:\n      - plan.written: true\n      - harassed: true\n"
    rules += "      - some job: {current: true}\n    advise: {say: Go., priority: growth, effort: small}\n"
    made = plan(tmp_path, rules)
    base = KnowledgeBase(made.rulebook, tmp_path)
    conditions = Conditions(made.rulebook.rules[0])

    def read(facts: dict[str, object]) -> list[Reading]:
        case = base.case(facts, DAY)
        return list(conditions.readings(World(base.plan, case, base.evaluate(case))))

    both = read({"plan": {"written": False}, "harassed": False, "jobs": [JOB]})
    assert {each.number for each in both} == {0, 1}
    one = read({"plan": {"written": False}, "harassed": True, "jobs": [JOB]})
    assert [each.decides for each in one if each.number == 0] == [True]
