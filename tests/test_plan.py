"""Dependencies, strata and cycles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advise import KnowledgeBaseError
from advise.conditions import Condition, Of, Operand, Ref
from advise.loading import load
from advise.plan import Plan, inner_conditions, operands, operands_behind, strongly_connected
from tests.evaluate.base import folder
from tests.generated import KnowledgeBases


def plan(path: Path, *rules: str) -> Plan:
    return Plan(load(folder(path, "".join(f"  - {{{each}}}\n" for each in rules))))


def strata(made: Plan) -> dict[str, int]:
    return {rule.id: made.strata[i] for i, rule in enumerate(made.rulebook.rules) if "never" not in rule.id}


def test_a_plain_read_stays_in_the_stratum_and_a_strict_one_comes_after(tmp_path: Path) -> None:
    made = plan(
        tmp_path,
        "id: first, title: T, when: [{helmet: true}], conclude: {note: true}",
        "id: plain, title: T, when: [{note: true}], conclude: {other: true}",
        "id: strict, title: T, when: [{not: {other: true}}], conclude: {state: bad}",
        "id: of-several, title: T, when: [{state: bad}], ask: {fact: worn, say: What is worn?}",
    )
    assert strata(made) == {"first": 0, "plain": 0, "strict": 1, "of-several": 2}


@pytest.mark.parametrize(
    ("when", "level"),
    [
        ("{each ride: {reached: true}}", 0),
        ("{some ride: {reached: true}}", 0),
        ("{any: [{some ride: {reached: true}}, {helmet: false}]}", 0),
        ("{every ride: {reached: true}}", 1),
        ("{no ride: {reached: true}}", 1),
        ("{count ride: {where: {reached: true}, at least: 1}}", 1),
        ("{each ride: {reached: false}}", 1),
    ],
)
def test_only_reads_that_more_conclusions_can_only_make_true_are_plain(tmp_path: Path, when: str, level: int) -> None:
    made = plan(
        tmp_path,
        "id: draws, title: T, when: [{each ride: {}}], conclude: {ride.reached: true}",
        f"id: reads, title: T, when: [{when}], conclude: {{note: true}}",
    )
    assert strata(made)["reads"] == level


def test_an_overridden_rule_comes_after_the_one_that_overrides_it(tmp_path: Path) -> None:
    made = plan(
        tmp_path,
        "id: a-base, title: T, when: [{helmet: true}], conclude: {note: true}",
        "id: b-special, title: T, when: [{age_of_bike: 1}], conclude: {other: true}, overrides: [a-base]",
    )
    assert strata(made) == {"a-base": 1, "b-special": 0}


def test_a_negative_cycle_is_refused_and_shown(tmp_path: Path) -> None:
    rules = (
        "  - {id: yes-so, title: T, when: [{not: {other: true}}], conclude: {note: true}}\n"
        "  - {id: so-no, title: T, when: [{note: true}], conclude: {other: true}}\n"
    )
    with pytest.raises(KnowledgeBaseError) as caught:
        load(folder(tmp_path, rules))
    (finding,) = caught.value.findings
    assert "yes-so" in finding.sentence
    assert "so-no" in finding.sentence
    assert "->" in finding.sentence


def test_components_come_after_what_they_point_to() -> None:
    edges = ({1: False}, {2: False}, {0: False}, {0: True}, {}, {4: False, 3: False})
    components = [sorted(each) for each in strongly_connected(edges)]
    assert sorted(map(tuple, components)) == [(0, 1, 2), (3,), (4,), (5,)]
    place = {node: i for i, each in enumerate(components) for node in each}
    assert all(place[node] >= place[target] for node, targets in enumerate(edges) for target in targets)


def test_what_a_rule_reads_is_followed_through_rules_and_computed_facts(tmp_path: Path) -> None:
    made = plan(
        tmp_path,
        "id: draws, title: T, when: [{price_of_worn: {at most: 20}}], conclude: {note: true}",
        "id: reads, title: T, when: [{note: true, helmet: true}], conclude: {other: true}",
    )
    read = {rule.id: made.facts_read[i] for i, rule in enumerate(made.rulebook.rules)}
    assert {(None, "worn"), (None, "helmet")} <= read["reads"]
    assert (None, "helmet") not in read["draws"]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**48))
def test_a_walk_finds_what_a_walk_of_all_fields_finds(seed: int) -> None:
    book = KnowledgeBases(Random(seed)).rulebook(4)
    for rule in book.rules:
        within = list(everything_in(rule.condition))
        assert Counter(map(id, operands(rule.condition))) == Counter(
            id(each) for each in within if isinstance(each, Operand)
        )
        conditions = [rule.condition, *conditions_in(rule.condition)]
        assert Counter(map(id, conditions)) == Counter(id(each) for each in within if isinstance(each, Condition))
        read = [each for each in within if isinstance(each, Ref)]
        for each in read:  # which grows
            inside = everything_in(book.computed[each.key].value) if each.of is Of.COMPUTED else ()
            read += [one for one in inside if isinstance(one, Ref) and one not in read]
        assert {each for each in operands_behind(rule.condition, book) if isinstance(each, Ref)} == set(read)


def everything_in(value: Any) -> Iterator[Any]:
    """A value and all that its fields hold."""
    yield value
    held = [getattr(value, each.name) for each in fields(value)] if is_dataclass(value) else value
    for each in held if isinstance(held, list | tuple) else ():
        yield from everything_in(each)


def conditions_in(condition: Condition) -> Iterator[Condition]:
    for inner in inner_conditions(condition):
        yield inner
        yield from conditions_in(inner)
