"""The laws of evaluation, over generated knowledge bases and people: docs/semantics.md says why they hold."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from advise.case import Case
from advise.evaluate import Evaluation, Firing
from advise.evaluate.compiled import Compiled
from advise.evaluate.generate import Generator
from advise.evaluate.reference import evaluate
from advise.outcome import outcome
from advise.plan import Plan
from tests.evaluate.base import indexed
from tests.generated import AS_OF, KnowledgeBases, plain_case

EXAMPLES = int(os.environ.get("ADVISE_LAW_EXAMPLES", "150"))
seeds = st.integers(0, 2**48)
Named = tuple[str, tuple[Any, ...]]


def world(seed: int, known: float = 0.8) -> tuple[Plan, dict[str, Any], KnowledgeBases]:
    """A generated plan and a person for it."""
    made = KnowledgeBases(Random(seed))
    plan = Plan(made.rulebook(made.random.choice([3, 6, 12])))
    return plan, made.facts(known), made


def named(plan: Plan, case: Case, firings: tuple[Firing, ...]) -> set[Named]:
    """Firings with things named by what they are, so that they can be compared between two cases."""
    found = set()
    for rule, binding in firings:
        things: list[Any] = []
        for scope, index in zip(plan.rulebook.rules[rule].each, binding, strict=True):
            is_derived = scope.thing == "line" and not (*case.things["line"].pointers, "/")[index]
            things.append(case.things["line"].items[index]["key"] if is_derived else index)
        found.add((plan.rulebook.rules[rule].id, tuple(things)))
    return found


def with_one_fact_less(facts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The person without each of the facts that have no default."""
    for key, value in facts.items():
        if key in ("assumed", "lines"):
            continue
        yield {k: v for k, v in facts.items() if k != key}
        if key == "deep":
            yield from ({**facts, key: {k: v for k, v in value.items() if k != gone}} for gone in value)
        if key in ("jobs", "goals"):
            for i, item in enumerate(value):
                for gone in item.keys() - {"assumed"}:
                    less = {k: v for k, v in item.items() if k != gone}
                    yield {**facts, key: [*value[:i], less, *value[i + 1 :]]}


@settings(max_examples=EXAMPLES, deadline=None)
@given(seeds, st.sampled_from([0.3, 0.6, 0.9, 1.0]), st.sampled_from(AS_OF))
def test_compiled_and_reference_agree_on_every_rule(seed: int, known: float, as_of: Any) -> None:
    plan, facts, made = world(seed, known)
    _agree(plan, [facts, made.facts(known), made.facts(known)], as_of)


@settings(max_examples=EXAMPLES, deadline=None)
@given(seeds, st.sampled_from([0.3, 0.6, 0.9, 1.0]), st.sampled_from([6, 12, 40]))
def test_they_agree_on_rules_that_are_looked_up_and_lists_that_are_joined(seed: int, known: float, rules: int) -> None:
    made = KnowledgeBases(Random(seed), gated=True)
    plan = Plan(made.rulebook(rules))
    _agree(plan, [made.facts(known) for _ in range(3)], AS_OF[0])


def _agree(plan: Plan, people: list[dict[str, Any]], as_of: Any) -> None:
    evaluators = (Compiled(plan), indexed(plan))
    for person in people:
        case = plain_case(person, as_of)
        expected = evaluate(plan, case)
        for compiled in evaluators:
            found = compiled.evaluate(case)
            assert found == expected
            assert len({*found.certain, *found.open}) == len(found.certain) + len(found.open)


@settings(max_examples=EXAMPLES // 3, deadline=None)
@given(seeds, st.sampled_from([0.6, 0.9]), st.sampled_from(AS_OF))
def test_a_fact_less_never_adds_a_claim(seed: int, known: float, as_of: Any) -> None:
    plan, facts, _ = world(seed, known)
    compiled = Compiled(plan)
    case = plain_case(facts, as_of)
    before = named(plan, case, compiled.evaluate(case).certain)
    for less in with_one_fact_less(facts):
        poorer = plain_case(less, as_of)
        assert named(plan, poorer, compiled.evaluate(poorer).certain) <= before


@settings(max_examples=EXAMPLES // 3, deadline=None)
@given(seeds, st.sampled_from([0.6, 0.9]))
def test_a_fact_more_leaves_nothing_possible_that_was_not(seed: int, known: float) -> None:
    plan, facts, _ = world(seed, known)
    compiled = Compiled(plan)
    lists_given = {"jobs": [], "goals": [], **facts}
    case = plain_case(lists_given, AS_OF[0])
    found = compiled.evaluate(case)
    real = tuple(f for f in (*found.certain, *found.open) if _is_real(plan, case, f))
    for less in with_one_fact_less(lists_given):
        poorer = plain_case(less, AS_OF[0])
        if not all(poorer.things[thing].complete for thing in poorer.things):
            continue
        wider = compiled.evaluate(poorer)
        assert named(plan, case, real) <= named(plan, poorer, (*wider.certain, *wider.open))


def _is_real(plan: Plan, case: Case, firing: Firing) -> bool:
    scopes = plan.rulebook.rules[firing[0]].each
    return all(s.is_table or i < len(case.things[s.thing].items) for s, i in zip(scopes, firing[1], strict=True))


@settings(max_examples=EXAMPLES // 3, deadline=None)
@given(seeds, st.randoms())
def test_the_order_of_rules_and_things_changes_nothing(seed: int, random: Random) -> None:
    plan, facts, _ = world(seed)
    book = plan.rulebook
    rules = random.sample(book.rules, len(book.rules))
    fields = {name: getattr(book, name) for name in type(book).__dataclass_fields__}
    other = Plan(type(book)(**{**fields, "rules": tuple(rules)}))
    orders = {
        name: random.sample(range(len(facts.get(name) or ())), len(facts.get(name) or ())) for name in ("jobs", "goals")
    }
    mixed = dict(random.sample(list(facts.items()), len(facts)))
    for name, order in orders.items():
        if name in mixed:
            mixed[name] = [facts[name][i] for i in order]
    case, moved = plain_case(facts, AS_OF[0]), plain_case(mixed, AS_OF[0])
    first, second = Compiled(plan).evaluate(case), Compiled(other).evaluate(moved)
    back = {"job": orders["jobs"], "goal": orders["goals"]}
    for one, two in ((first.certain, second.certain), (first.open, second.open)):
        assert _by_thing(plan, one, {}) == _by_thing(other, two, back)


def _by_thing(plan: Plan, firings: tuple[Firing, ...], back: dict[str, list[int]]) -> set[Named]:
    """Firings with the indexes that their things had before the lists were shuffled."""
    found = set()
    for rule, binding in firings:
        scopes = plan.rulebook.rules[rule].each
        things = tuple(
            back[s.thing][i] if s.thing in back and i < len(back[s.thing]) else i
            for s, i in zip(scopes, binding, strict=True)
        )
        found.add((plan.rulebook.rules[rule].id, things))
    return found


@settings(max_examples=EXAMPLES // 3, deadline=None)
@given(seeds)
def test_an_evaluation_leaves_the_facts_alone_and_repeats_itself(seed: int) -> None:
    plan, facts, _ = world(seed)
    kept = copy.deepcopy(facts)
    compiled = Compiled(plan)
    case = plain_case(facts, AS_OF[0])
    first = compiled.evaluate(case)
    assert compiled.evaluate(case).certain == first.certain
    assert Generator(Plan(plan.rulebook)).source() == Generator(plan).source()
    assert facts == kept


@settings(max_examples=EXAMPLES // 2, deadline=None)
@given(seeds, st.sampled_from([0.4, 0.8, 1.0]), st.sampled_from(AS_OF))
def test_the_whole_outcome_is_the_same_from_both_evaluators(seed: int, known: float, as_of: Any) -> None:
    plan, facts, _ = world(seed, known)
    case = plain_case(facts, as_of)
    found = outcome(plan, case, Compiled(plan).evaluate(case)).to_json()
    assert found == outcome(plan, case, evaluate(plan, case)).to_json()
    assert found == outcome(plan, case, Compiled(plan).evaluate(case)).to_json()


@settings(max_examples=EXAMPLES // 3, deadline=None)
@given(seeds, st.sampled_from([0.6, 0.9]))
def test_a_fact_less_never_adds_advice_or_conclusions(seed: int, known: float) -> None:
    plan, facts, _ = world(seed, known)
    compiled = Compiled(plan)
    full = claims(plan, facts, compiled)
    for less in with_one_fact_less(facts):
        assert claims(plan, less, compiled) <= full


def claims(plan: Plan, facts: dict[str, Any], compiled: Compiled) -> set[tuple[str, ...]]:
    """What an outcome claims: advice given, a referral, and settled conclusions of the person and of jobs."""
    case = plain_case(facts, AS_OF[0])
    found = outcome(plan, case, compiled.evaluate(case))
    given = {("given", item["id"], json.dumps(about_things(item["about"]))) for item in found.given}
    refers = {("refers", item["id"]) for item in found.referral or ()}
    concluded = {
        ("concluded", item["name"], str(item["value"]), json.dumps(about_things(item["about"])))
        for item in found.conclusions
    }
    # A referral ends all advice, and learning of one takes advice back by design.
    return refers | concluded | (given if not refers else set())


def about_things(about: Any) -> Any:
    """Things by pointer; a line that isn't stated itself has the pointer of nothing in particular."""
    return sorted((name, thing["pointer"] or thing["label"]) for name, thing in (about or {}).items())


@settings(max_examples=EXAMPLES // 3, deadline=None)
@given(seeds)
def test_when_nothing_is_open_no_answer_changes_the_advice(seed: int) -> None:
    plan, facts, made = world(seed, 0.6)
    compiled = Compiled(plan)
    case = plain_case(facts, AS_OF[0])
    found = outcome(plan, case, compiled.evaluate(case))
    if not found.settled:
        return
    more = made.facts(1.0)
    answered = {**more, **facts, "deep": {**more.get("deep", {}), **(facts.get("deep") or {})}}
    # Lists that are given are complete, and defaults count as answers.
    for name in ("assumed", "lines"):
        if name not in facts:
            answered.pop(name, None)
    richer = plain_case(answered, AS_OF[0])
    then = outcome(plan, richer, compiled.evaluate(richer))
    assert (then.given_ids, then.not_now_ids, then.open_ids) == (found.given_ids, found.not_now_ids, found.open_ids)


def test_evaluations_are_equal_whatever_their_order() -> None:
    one, two = Evaluation(((1, ()), (0, ())), ()), Evaluation.of([(0, ()), (1, ())], [(1, ())])
    assert one == two
    assert hash(one) == hash(two)
    assert one != Evaluation((), ())
    assert one != "something else"
