"""Mutants and what becomes of them: a small knowledge base with known numbers, and laws over generated ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from advise import KnowledgeBase
from advise.authoring.mutation.mutants import Mutant, mutants
from advise.authoring.mutation.telling import Telling
from advise.authoring.mutation.trials import Score, Trials, mutate
from advise.authoring.mutation.whereabouts import Whereabouts
from advise.case import Case
from advise.cases import differences
from advise.errors import Place
from advise.evaluate.reference import evaluate
from advise.loading import read
from advise.outcome import Outcome, outcome
from advise.plan import Plan, find_cycles
from advise.rules import Example
from tests.generated import AS_OF, KnowledgeBases
from tests.small_bases import plan

RULES = """
parameters:
  enough: {value: 3, unit: months, means: Enough, because: So}
conclusions:
  safe: {means: The savings last, type: boolean}
rules:
  - id: safe
    title: Safe
    when:
      - savings: {at least: $enough}
    conclude: {safe: true}
  - id: move
    title: Move
    when:
      - safe: true
      - each job: {level: {at least: skilled}}
    advise: {say: Move., priority: growth, effort: small}
    examples:
      - name: six months of savings
        facts: {savings: 6, jobs: [{level: lead}]}
        expect: {given: [move]}
      - name: a trainee with savings
        facts: {savings: 6, jobs: [{level: trainee}]}
        expect: {not fires: [move]}
  - id: wait
    title: Wait
    when:
      - harassed: true
    hold: {advice: [move], because: First things first.}
"""
MORE = """\
cases:
  - name: three months to the day
    facts: {savings: 3, jobs: [{level: skilled}]}
    expect: {given: [move]}
  - name: a month less
    facts: {savings: 2, jobs: [{level: lead}]}
    expect: {not fires: [move]}
  - name: harassed
    facts: {savings: 6, harassed: true, jobs: [{level: lead}]}
    expect: {not now: [move]}
"""


def loaded(folder: Path, more: str = "") -> tuple[KnowledgeBase, tuple[Example, ...]]:
    plan(folder, RULES, {"cases/more.yaml": more} if more else {})
    book, _, examples = read(folder)
    assert book is not None
    return KnowledgeBase(book, folder), examples


def said(found: tuple[Mutant, ...]) -> set[str]:
    return {f"{each.name}: {each.said}" for each in found}


def test_the_mutants_of_a_small_knowledge_base(tmp_path: Path) -> None:
    base, _ = loaded(tmp_path)
    assert said(tuple(mutants(base.rulebook))) == {
        "move: without safe: true",
        "move: without job.level: at least skilled",
        "move: safe: true → safe: false",
        "move: job.level: at least skilled → job.level: not at least skilled",
        "move: job.level: at least skilled → job.level: at least lead",
        "move: job.level: at least skilled → job.level: at least trainee",
        "move: all of (safe: true; job.level: at least skilled) → any of them",
        "safe: without savings: at least $enough",
        "safe: savings: at least $enough → savings: more than $enough",
        "safe: conclude safe: true → safe: false",
        "wait: without harassed: true",
        "wait: harassed: true → harassed: false",
        "wait: without the hold on move",
        "$enough: $enough: 3 → 4",
        "$enough: $enough: 3 → 2",
    }


def test_what_the_examples_do_not_notice_survives_until_they_do(tmp_path: Path) -> None:
    base, examples = loaded(tmp_path / "few")
    few = Score(tuple(mutate(base, examples)))
    assert said(few.survivors) == {
        "move: without safe: true",
        "move: job.level: at least skilled → job.level: at least lead",
        "safe: without savings: at least $enough",
        "safe: savings: at least $enough → savings: more than $enough",
        "wait: without the hold on move",
        "$enough: $enough: 3 → 4",
        "$enough: $enough: 3 → 2",
    }
    assert (few.killed.reached, few.killed.of) == (8, 15)
    base, examples = loaded(tmp_path / "more", MORE)
    more = Score(tuple(mutate(base, examples)))
    assert not more.survivors
    by = {each.mutant.said: each.killed_by.name for each in more.tried if each.killed_by}
    assert by["$enough: 3 → 4"] == "three months to the day"
    assert by["without the hold on move"] == "harassed"


def test_several_processes_find_the_same(tmp_path: Path) -> None:
    base, examples = loaded(tmp_path, MORE)
    assert tuple(mutate(base, examples, jobs=2)) == tuple(mutate(base, examples))


def test_an_example_that_differs_by_itself_notices_nothing(tmp_path: Path) -> None:
    base, examples = loaded(tmp_path)
    wrong = replace(examples[0], expect={"not fires": ["move"]})
    assert len(Score(tuple(mutate(base, [wrong]))).survivors) == 15


def test_a_mutant_stands_where_its_file_says_it(tmp_path: Path) -> None:
    base, _ = loaded(tmp_path)
    where = Whereabouts(tmp_path)
    lines = (tmp_path / "work.yaml").read_text("utf-8").splitlines()
    for mutant in mutants(base.rulebook):
        place = where.of(mutant)
        there = lines[place.line - 1][place.column - 1 :]
        word = mutant.before.removeprefix("all of (").removeprefix("the hold on ").removeprefix("$").partition(":")[0]
        starts = ("safe", "- id", word.removeprefix("job."), "at least", "move")
        assert there.startswith(starts), (mutant, there)


def test_facts_tell_a_survivor_from_the_original(tmp_path: Path) -> None:
    base, examples = loaded(tmp_path)
    telling = Telling(base, examples)
    for mutant in Score(tuple(mutate(base, examples))).survivors:
        facts = telling.facts(mutant)
        assert facts is not None, mutant
        case = base.case(facts, base.rulebook.as_of)
        assert stands(base.plan, case) != stands(Plan(mutant.book), case), mutant


def stands(of: Plan, case: Case) -> tuple[set[str], ...]:
    found = outcome(of, case, evaluate(of, case))
    return set(found.fired_ids), set(found.given_ids), set(found.not_now_ids), set(found.open_ids)


# ----------------------------------------------------------------------------------------------- laws


def generated(seed: int) -> tuple[KnowledgeBase, list[Example]]:
    """A generated knowledge base, and people of whom everything is expected that comes out."""
    made = KnowledgeBases(Random(seed))
    base = KnowledgeBase(replace(made.rulebook(5), first_steps=3), Path())
    people = [made.facts(known) for known in (0.5, 0.9)]
    examples = [
        Example(str(number), "example", facts, AS_OF[0], expected(base.advise(facts, as_of=AS_OF[0])), Place(""))
        for number, facts in enumerate(people)
    ]
    return base, examples


def expected(found: Outcome) -> dict[str, object]:
    every = {rule.id for rule in found._plan.rulebook.rules}
    fired, held = set(found.fired_ids), set(found.not_now_ids)
    expect = {"fires": sorted(fired), "not fires": sorted(every - fired), "not now": sorted(held)}
    return {**expect, "not given": sorted(every - set(found.given_ids)), "settled": found.settled}


def noticed(mutant: Mutant, base: KnowledgeBase, example: Example) -> bool:
    """Whether an example notices, by the reference evaluator and all rules."""
    case = base.case(example.facts, example.as_of)
    of = Plan(mutant.book)
    return any(differences(outcome(of, case, evaluate(of, case)), example))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**48))
@example(6435253364)  # a conclusion has two values now, and a rule that isn't altered would wait for itself
def test_a_mutant_is_noticed_where_the_reference_evaluator_says_so(seed: int) -> None:
    base, examples = generated(seed)
    trials = Trials(base, examples)
    for mutant in list(mutants(base.rulebook))[::3]:
        if trials.possible(mutant):
            assert not find_cycles(mutant.book)
            killer = trials.killer(mutant)
            found = [number for number, each in enumerate(examples) if noticed(mutant, base, each)]
            assert killer == (found[0] if found else None), str(mutant)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**48))
def test_no_mutant_is_its_original_or_another_one(seed: int) -> None:
    book = generated(seed)[0].rulebook
    for rule in book.rules:
        made = [each.book.rules[book.rules.index(rule)] for each in mutants(book) if each.name == rule.id]
        plain = [replace(each, conclude=each.conclude) for each in made]
        assert rule not in plain


@pytest.mark.parametrize("kind", ["hold", "override", "value", "threshold", "list", "quantifier", "parameter"])
def test_the_career_knowledge_base_has_mutants_of_every_kind(kind: str) -> None:
    assert kind in {each.kind for each in mutants(KnowledgeBase.load().rulebook)}
