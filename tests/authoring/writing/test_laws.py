"""Laws over generated knowledge bases, as ugly as people write them: formatting changes nothing but how they look, and
mending changes no outcome."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from advise.authoring.checks.mending import mend
from advise.authoring.writing.formatting import WIDTH, formatted
from advise.authoring.writing.remarks import Remarks
from advise.evaluate.reference import evaluate
from advise.loading import load
from advise.plan import Plan
from advise.rules import Rule, Rulebook
from tests.generated import AS_OF, KnowledgeBases, plain_case
from tests.generated_yaml import RuleFiles

SEEDS = st.integers(0, 10**9)
LAW = settings(max_examples=30, deadline=None)


def said(book: Rulebook) -> dict[str, object]:
    """All that a rulebook says; where it stands in its files isn't part of it."""
    return {name: getattr(book, name) for name in Rulebook.__dataclass_fields__ if name != "content_hash"}


def outcomes(book: Rulebook, seed: int) -> list[object]:
    """What holds for some random people."""
    people, plan = KnowledgeBases(Random(seed)), Plan(book)
    return [evaluate(plan, plain_case(people.facts(), AS_OF[0])) for _ in range(3)]


def effects(rule: Rule) -> tuple[object, ...]:
    """What a rule does, to the letter."""
    return (rule.id, rule.conclude, rule.advise, rule.hold, rule.ask, rule.refer, rule.overrides)


@LAW
@given(SEEDS)
def test_formatting_changes_no_rule_and_no_outcome(seed: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = RuleFiles(Random(seed)).write(Path(name))
        before = load(folder)
        for path in folder.rglob("*.yaml"):
            path.write_bytes(formatted(path.read_bytes().decode(), path.name).encode())
        after = load(folder)
    assert said(after) == said(before)
    assert outcomes(after, seed) == outcomes(before, seed)


@LAW
@given(SEEDS)
def test_a_formatted_file_has_the_same_comments_and_stays_as_it_is(seed: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        for path in RuleFiles(Random(seed)).write(Path(name)).rglob("*.yaml"):
            text = path.read_bytes().decode()
            once = formatted(text, path.name)
            assert Counter(Remarks(once).all) == Counter(Remarks(text.replace("\r\n", "\n")).all)
            assert formatted(once, path.name) == once
            assert ("\r\n" in once) == ("\r\n" in text)
            assert "\n\n\n" not in once


@LAW
@given(SEEDS)
def test_a_formatted_file_is_indented_by_two_and_keeps_to_its_width(seed: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        for path in RuleFiles(Random(seed)).write(Path(name)).rglob("*.yaml"):
            once = formatted(path.read_bytes().decode(), path.name).replace("\r\n", "\n")
            for token in yaml.scan(once, Loader=yaml.SafeLoader):
                if isinstance(token, yaml.BlockMappingStartToken | yaml.BlockSequenceStartToken):
                    assert token.start_mark.column % 2 == 0
            in_braces = [line for line in once.splitlines() if len(line) > WIDTH and line.rstrip().endswith(("}", "]"))]
            assert in_braces == []


@settings(max_examples=8, deadline=None)
@example(1948)  # an entry between brackets without braces
@example(20546)  # a mend that another makes possible
@given(SEEDS)
def test_mending_changes_no_outcome_and_leaves_nothing_to_mend(seed: int) -> None:
    today = date(2026, 1, 15)
    with tempfile.TemporaryDirectory() as name:
        folder = RuleFiles(Random(seed)).write(Path(name))
        before = load(folder)
        mended = mend(folder, today)
        for file, content in mended.after.items():
            (folder / file).write_bytes(content)
        after = load(folder)
        again = mend(folder, today)
    assume(mended.done)
    assert outcomes(after, seed) == outcomes(before, seed)
    assert list(map(effects, after.rules)) == list(map(effects, before.rules))
    assert again.done == ()
