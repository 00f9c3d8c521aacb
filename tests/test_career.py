"""The career knowledge base: its examples, and the conduct that every answer owes to the person."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from advise import KnowledgeBase
from advise.cases import Result, run
from advise.loading import read
from advise.rules import Example

BASE = KnowledgeBase.load()
_, FINDINGS, EXAMPLES = read(BASE.folder)
PEOPLE = [example for example in EXAMPLES if example.kind == "person"]
CASES = [example for example in EXAMPLES if example.kind == "case"]
person = pytest.mark.parametrize("who", PEOPLE, ids=[each.name for each in PEOPLE])


def test_it_loads_without_findings() -> None:
    assert FINDINGS == ()


def test_there_is_as_much_knowledge_as_promised() -> None:
    rules = BASE.rulebook.rules
    assert len(rules) >= 80
    assert len(PEOPLE) >= 14
    assert len({row[0] for row in BASE.rulebook.tables["ladder"].rows}) >= 15
    own = [example.rule for example in EXAMPLES if example.rule]
    assert [rule.id for rule in rules if own.count(rule.id) < 2] == []
    assert [rule.id for rule in rules if not rule.source] == []


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"{each.place}" for each in EXAMPLES])
def test_an_example_comes_out_as_expected(example: Example) -> None:
    result: Result = run(BASE, example)
    assert result.differences == ()


def test_every_rule_fires_in_some_example() -> None:
    fired = {name for each in EXAMPLES for name in BASE.advise(each.facts, as_of=each.as_of).fired_ids}
    assert [rule.id for rule in BASE.rulebook.rules if rule.id not in fired] == []


@person
def test_both_evaluators_advise_a_person_alike(who: Example) -> None:
    assert advice(who, who.facts) == BASE.advise(who.facts, as_of=who.as_of, evaluator="reference").to_json()


@person
def test_protected_characteristics_never_change_a_byte(who: Example) -> None:
    extra = {"age": 61, "gender": "x", "religion": "y", "health": {"disabled": True}}
    facts = {**who.facts, **extra, "jobs": [{**job, "age": 30} for job in who.facts.get("jobs", [])] or None}
    if facts["jobs"] is None:
        facts["jobs"] = who.facts.get("jobs")
    if "jobs" not in who.facts:
        del facts["jobs"]
    outcome = BASE.advise(facts, as_of=who.as_of)
    assert outcome.to_json() == advice(who, who.facts)
    assert any("age" in notice for notice in outcome.notices)
    assert not any("61" in notice for notice in outcome.notices)


@person
def test_forgetting_a_fact_never_adds_a_claim(who: Example) -> None:
    full = claims(who, who.facts)
    for less in forgotten(who.facts):
        assert claims(who, less) <= full


@person
def test_shuffling_lists_changes_nothing_but_pointers(who: Example) -> None:
    expected = without_pointers(advice(who, who.facts))
    for seed in range(3):
        assert without_pointers(advice(who, shuffled(who.facts, Random(seed)))) == expected


@person
def test_at_most_three_steps_come_first_and_notes_never_do(who: Example) -> None:
    first = [item for item in BASE.advise(who.facts, as_of=who.as_of).given if item["first"]]
    assert len(first) <= 3
    assert all(item["kind"] == "step" for item in first)


@person
def test_every_piece_of_advice_has_a_source_and_a_proof(who: Example) -> None:
    outcome = BASE.advise(who.facts, as_of=who.as_of)
    for item in outcome.given:
        assert item["source"]
        assert item["because"]


@person
def test_no_text_measures_or_ranks_people(who: Example) -> None:
    texts = " ".join(words(json.loads(advice(who, who.facts))["given"]))
    assert not re.search(
        r"\d\s*(%|per ?cent)[^.]*\b(fit|match)\b|\b(better|worse) than (you|others|other people)\b", texts
    )
    assert "{" not in texts


def test_harassment_leads_to_a_person_and_to_nothing_else() -> None:
    (who,) = [each for each in PEOPLE if each.expect.get("refers")]
    outcome = BASE.advise(who.facts, as_of=who.as_of)
    assert outcome.referral
    assert (outcome.given, outcome.not_now, outcome.open, outcome.questions) == ([], [], [], [])


def test_a_bare_job_title_gives_questions_and_no_steps() -> None:
    outcome = BASE.advise({"jobs": [{"title": "Sales representative"}]}, as_of="2026-01-15")
    assert outcome.given == []
    assert outcome.questions


def test_a_rule_may_not_name_a_protected_characteristic() -> None:
    assert {"age", "sex", "gender", "religion", "disability", "nationality"} <= BASE.rulebook.protected


# ------------------------------------------------------------------------------------------------ helpers


def advice(who: Example, facts: Any) -> str:
    return BASE.advise(facts, as_of=who.as_of).to_json()


def claims(who: Example, facts: Any) -> set[tuple[str, ...]]:
    """What an outcome claims: advice given and conclusions, by what they're about."""
    outcome = BASE.advise(facts, as_of=who.as_of)
    if outcome.referral:
        return {("refers", item["id"]) for item in outcome.referral}
    given = {("given", item["id"], labels(item["about"])) for item in outcome.given}
    concluded = {("is", item["name"], str(item["value"]), labels(item["about"])) for item in outcome.conclusions}
    return given | concluded


def labels(about: Any) -> str:
    """Things by where they stand, but careers by their field: a career that is listed was derived before."""
    return str(sorted((k, v["label"] if k == "career" else v["pointer"]) for k, v in (about or {}).items()))


def forgotten(facts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The facts without each one of them that has no default."""
    defaults = {f.name for f in BASE.rulebook.facts.values() if f.default is not None}
    lists = {each.name: each for each in BASE.rulebook.lists.values()}
    for path in leaves(facts):
        top = str(path[0])
        thing = f"{lists[top].thing}." if top in lists else ""
        name = thing + ".".join(str(step) for step in (path[2:] if thing else path))
        is_key = top == "careers" and path[-1] == "field"
        if name in defaults or is_key or (len(path) == 1 and top in lists and lists[top].assumed_empty):
            continue
        less = copy.deepcopy(facts)
        inner: Any = less
        for step in path[:-1]:
            inner = inner[step]
        del inner[path[-1]]
        yield less


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every fact, and of every list as a whole."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from leaves(each, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        yield path
        for index, each in enumerate(value):
            yield from leaves(each, (*path, index))
    else:
        yield path


def shuffled(facts: dict[str, Any], random: Random) -> dict[str, Any]:
    mixed = dict(random.sample(list(facts.items()), len(facts)))
    for name, value in mixed.items():
        if isinstance(value, list):
            mixed[name] = random.sample(value, len(value))
    return mixed


def without_pointers(text: str) -> str:
    return re.sub(r'"/[a-z_]+/\d+', '"/…', text)


def words(value: Any) -> Iterator[str]:
    """Every text that a person reads in some items."""
    for item in value:
        yield item["text"]
        yield from item["steps"]
