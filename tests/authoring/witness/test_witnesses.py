"""Witnesses: people for whom rules hold, or a test comes out as wanted."""

from __future__ import annotations

import pytest

from advise import KnowledgeBase, plan
from advise.authoring.witness.witnesses import Witnesses
from advise.loading import read
from advise.rules import Rule


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return KnowledgeBase.load()


@pytest.fixture(scope="module")
def witnesses(base: KnowledgeBase) -> Witnesses:
    _, _, examples = read(base.folder)
    return Witnesses(base, examples)


def rule(base: KnowledgeBase, name: str) -> Rule:
    return base.rulebook.rules[base.plan.index[name]]


def fires(base: KnowledgeBase, facts: dict[str, object], name: str) -> bool:
    return name in base.advise(facts, as_of=base.rulebook.as_of, evaluator="reference").fired_ids


def test_every_career_rule_has_a_person_for_whom_it_holds(base: KnowledgeBase, witnesses: Witnesses) -> None:
    for each in base.rulebook.rules:
        facts = witnesses.firing(each)
        assert facts is not None, each.id
        assert fires(base, facts, each.id), (each.id, facts)


def test_a_rule_can_hold_without_another(base: KnowledgeBase, witnesses: Witnesses) -> None:
    facts = witnesses.firing(rule(base, "upward-move"), without=[rule(base, "needs-intermediate")])
    assert facts is not None
    assert fires(base, facts, "upward-move")
    assert not fires(base, facts, "needs-intermediate")


def test_nothing_that_is_not_needed_is_left(base: KnowledgeBase, witnesses: Witnesses) -> None:
    assert witnesses.firing(rule(base, "still-on-probation")) == {"jobs": [{"on_probation": True, "current": True}]}


def test_the_same_call_gives_the_same_person(base: KnowledgeBase, witnesses: Witnesses) -> None:
    _, _, examples = read(base.folder)
    again = Witnesses(base, examples)
    for name in ("take-a-role-between", "career-in-progress"):
        assert witnesses.firing(rule(base, name)) == again.firing(rule(base, name))


def test_a_part_of_another_rule_is_refused(base: KnowledgeBase, witnesses: Witnesses) -> None:
    from advise.evaluate.meaning import Truth

    part = next(plan.tests(rule(base, "upward-move").condition))
    with pytest.raises(ValueError, match="isn't a part of"):
        witnesses.reaching(rule(base, "within-the-job"), part, Truth.TRUE)
