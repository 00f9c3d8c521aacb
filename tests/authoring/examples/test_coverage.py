"""What the examples reach: counts on a small knowledge base, and laws over generated ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advise import KnowledgeBase
from advise.authoring.examples.coverage import Coverage, Share, coverage
from advise.authoring.examples.margins import margins
from advise.authoring.examples.reaching import Reaching
from advise.authoring.examples.truths import Conditions, marks
from advise.conditions import Test
from advise.errors import Place
from advise.evaluate.meaning import Truth
from advise.evaluate.reference import World
from advise.loading import read
from advise.rules import Example
from tests.generated import AS_OF, KnowledgeBases
from tests.small_bases import plan

RULES = """
rules:
  - id: write
    title: Write a plan
    when:
      - plan.written: false
      - savings: {at least: 3}
    advise: {say: Write it down., priority: growth, effort: small}
    examples:
      - name: nothing written, and money for half a year
        facts: {plan: {written: false}, savings: 6}
        expect: {given: [write]}
      - name: nothing written, and little money
        facts: {plan: {written: false}, savings: 1}
        expect: {not fires: [write]}
      - name: nobody has asked about the plan
        facts: {savings: 6}
        expect: {open: [write]}
  - id: leave
    title: Look elsewhere
    when:
      - each job: {current: true, on_probation: true}
    advise: {say: Look elsewhere., priority: extra, effort: small}
"""


@pytest.fixture
def base(tmp_path: Path) -> KnowledgeBase:
    plan(tmp_path, RULES)
    book, _, _ = read(tmp_path)
    assert book is not None
    return KnowledgeBase(book, tmp_path)


def examples(base: KnowledgeBase) -> tuple[Example, ...]:
    return read(base.folder)[2]


def test_every_rule_and_condition_is_counted(base: KnowledgeBase) -> None:
    found = coverage(base, examples(base))
    leave, write = found.rules
    assert (write.fired, write.open, write.not_fired) == (1, 1, 1)
    assert (leave.fired, leave.open, leave.not_fired) == (0, 3, 0)
    written, savings = write.conditions
    assert written.reached == (0, 1, 2)  # false, unknown, true
    assert written.decided == (0, 1, 1)
    assert (savings.reached, savings.decided) == ((1, 0, 2), (1, 0, 1))
    assert (written.alone, savings.alone) == (False, True)
    assert written.missing == (Truth.FALSE,)


def test_the_totals_are_shares(base: KnowledgeBase) -> None:
    found = coverage(base, examples(base))
    assert found.fired == Share(1, 2)
    assert found.not_fired == Share(1, 2)
    assert [found.reached(truth).reached for truth in Truth] == [1, 3, 2]
    assert str(found.alone) == "1 of 4 (25 %)"


def test_a_share_is_never_rounded_up_to_everything() -> None:
    assert str(Share(1999, 2000)) == "1999 of 2000 (99.9 %)"
    assert str(Share(0, 0)) == "0 of 0 (100 %)"


def test_an_example_whose_facts_cannot_be_used_reaches_nothing(base: KnowledgeBase) -> None:
    wrong = Example("wrong", "example", {"savings": "much"}, base.rulebook.as_of, {}, Place("work.yaml"))
    assert coverage(base, [wrong]).examples == 0


def test_a_part_of_the_rules_can_be_taken(base: KnowledgeBase) -> None:
    part = coverage(base, examples(base)).of(lambda rule: rule.id == "write")
    assert [each.rule.id for each in part.rules] == ["write"]
    assert len(part.conditions) == 2


def test_the_marks_stand_beside_the_lines(base: KnowledgeBase) -> None:
    lines = margins(coverage(base, examples(base)))["work.yaml"]
    text = (base.folder / "work.yaml").read_text("utf-8").splitlines()
    beside = {text[number - 1].strip(): margin for number, margin in lines.items()}
    assert beside["- id: write"].marks == "x1"
    assert beside["- id: leave"].notes == ((9, "leave: holds in no example"),)
    assert beside["- plan.written: false"].marks == "T.U."
    assert beside["- plan.written: false"].notes == ((9, "plan.written: false: never false"),)
    assert beside["- savings: {at least: 3}"].marks == "TF.A"
    both = beside["- each job: {current: true, on_probation: true}"]
    assert both.marks == "..U."
    assert [column for column, _ in both.notes] == [20, 35]


def test_facts_are_found_for_what_is_not_reached(base: KnowledgeBase) -> None:
    found = coverage(base, examples(base))
    reaching = Reaching(base, examples(base))
    again = [*examples(base)]
    for rule in found.rules:
        for condition in rule.conditions:
            for person in reaching.of(rule.rule, condition):
                assert _reaches(base, rule.rule.id, condition.condition.number, person.truth, person.facts)
                again.append(replace(examples(base)[0], facts=person.facts))
    assert found.alone == Share(1, 4)
    assert coverage(base, again).alone == Share(4, 4)


def _reaches(base: KnowledgeBase, rule: str, number: int, truth: Truth, facts: dict[str, Any]) -> bool:
    case = base.case(facts, base.rulebook.as_of)
    world = World(base.plan, case, base.evaluate(case, "reference"))
    conditions = Conditions(base.rulebook.rules[base.plan.index[rule]])
    return bool(marks(conditions, world)[number][0] >> truth & 1)


# ----------------------------------------------------------------------------------------------- laws


def generated(seed: int) -> tuple[KnowledgeBase, list[Example]]:
    made = KnowledgeBases(Random(seed))
    base = KnowledgeBase(replace(made.rulebook(5), first_steps=3), Path())
    people = [made.facts(known) for known in (0.4, 0.8, 1.0)]
    return base, [Example(str(i), "example", facts, AS_OF[0], {}, Place("")) for i, facts in enumerate(people)]


def counts(found: Coverage) -> list[int]:
    fired = [number for rule in found.rules for number in (rule.fired, rule.open, rule.not_fired)]
    return fired + [n for each in found.conditions for n in (*each.reached, *each.decided)]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**48))
def test_coverage_only_grows_with_examples(seed: int) -> None:
    base, people = generated(seed)
    fewer, more = coverage(base, people[:2]), coverage(base, people)
    assert all(few <= many for few, many in zip(counts(fewer), counts(more), strict=True))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**48))
def test_what_decides_is_reached_and_a_rule_is_somewhere_in_every_example(seed: int) -> None:
    base, people = generated(seed)
    found = coverage(base, people)
    assert all(rule.fired + rule.open + rule.not_fired == found.examples for rule in found.rules)
    assert all(d <= r for each in found.conditions for d, r in zip(each.decided, each.reached, strict=True))


def test_where_a_rule_of_plain_tests_holds_each_of_them_is_true() -> None:
    base = KnowledgeBase.load()
    found = coverage(base, [each for each in examples(base) if each.kind == "person"])
    plain = [each for each in found.rules if all(isinstance(part, Test) for part in each.rule.condition.parts)]
    held = [each for each in plain if each.fired]
    assert len(held) > 10
    for rule in held:
        for each in rule.conditions:
            if each.condition.inside is None:
                assert each.reached[Truth.TRUE] >= rule.fired, (rule.rule.id, each.condition.said)


def test_in_the_career_knowledge_base_every_rule_holds_in_some_example_and_not_in_another() -> None:
    base = KnowledgeBase.load()
    found = coverage(base, examples(base))
    assert (found.fired.percent, found.not_fired.percent) == (100, 100)
    assert found.reached(Truth.TRUE).percent >= 99
    assert found.alone.percent >= 70


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**48))
def test_an_example_counts_as_much_after_one_that_is_alike(seed: int) -> None:
    base, people = generated(seed)
    together = counts(coverage(base, people))
    apart = [counts(coverage(base, [each])) for each in people]
    assert together == [sum(numbers) for numbers in zip(*apart, strict=True)]
