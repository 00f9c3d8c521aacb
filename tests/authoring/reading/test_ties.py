"""Ties between rules are what the plan orders them by, and the holds."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from advise.authoring.reading.pages import Pages
from advise.authoring.reading.ties import How, Tie, ties
from advise.authoring.reading.uses import Name, rule_uses
from advise.plan import Plan
from tests.generated import KnowledgeBases


def test_each_way_to_depend_is_told_from_the_others(shop: Pages) -> None:
    assert Tie("roadworthy", "plan-a-trip", How.READS, "bike.roadworthy") in shop.ties
    assert Tie("equipped", "plan-a-trip", How.STRICTLY, "riding.status") in shop.ties
    assert Tie("new-motor-pads", "new-pads", How.OVERRIDDEN) in shop.ties
    assert Tie("new-bike", "book-service", How.HELD) in shop.ties


@given(st.integers(0, 2**48))
@settings(max_examples=40, deadline=None)
def test_they_are_the_edges_of_the_plan_and_the_holds(seed: int) -> None:
    plan = Plan(KnowledgeBases(Random(seed)).rulebook(12))
    ids = [rule.id for rule in plan.rulebook.rules]
    found = {(tie.end, tie.start) for tie in ties(plan) if tie.how is not How.HELD}
    strict = {(tie.end, tie.start) for tie in ties(plan) if tie.how in (How.STRICTLY, How.OVERRIDDEN)}
    assert found == {(ids[i], ids[need]) for i, needs in enumerate(plan.edges) for need in needs}
    assert strict == {
        (ids[i], ids[need]) for i, needs in enumerate(plan.edges) for need, is_strict in needs.items() if is_strict
    }
    held = {(tie.start, tie.end) for tie in ties(plan) if tie.how is How.HELD}
    assert held == {(rule.id, each) for rule in plan.rulebook.rules if rule.hold for each in rule.hold.advice}


@given(st.integers(0, 2**48))
@settings(max_examples=40, deadline=None)
def test_the_facts_that_a_rule_uses_are_among_those_that_it_depends_on(seed: int) -> None:
    plan = Plan(KnowledgeBases(Random(seed)).rulebook(12))
    book = plan.rulebook
    for index, rule in enumerate(book.rules):
        used = {name.name for name in rule_uses(book, rule) if name.sort == "fact"}
        read = {book.facts[key].name for key in plan.facts_read[index]}
        # What a text shows is used and decides nothing; the generated texts show nothing.
        assert used <= read
        if not plan.edges[index] and not any(name.sort == "computed" for name in rule_uses(book, rule)):
            assert used == read


def test_texts_tables_and_parameters_count_as_used(shop: Pages) -> None:
    used = set(shop.uses[Name("rule", "new-pads")])
    assert {Name("fact", "bike.brakes.pads"), Name("fact", "bike.name"), Name("parameter", "pads_price")} <= used
    assert Name("source", "handbook") in used
    assert Name("rule", "new-pads") in shop.users[Name("parameter", "pads_price")]
