"""Suggested examples: at the edges of tests, and passing as they stand."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from advise import KnowledgeBase
from advise.authoring.examples.suggesting import Suggestion, Suggestions
from advise.authoring.examples.testing import open_suite, run_all
from advise.loading import read
from tests.small_bases import plan

RULES = """\
parameters:
  settled_after: {value: 6, unit: months, means: How long it takes to settle in, because: A rule of thumb}
rules:
  - id: settled
    title: Settled
    when:
      - each job:
          current: true
          start: {at least: $settled_after ago}
          level: {at least: skilled}
          hours: {more than: 20}
      - savings: {at least: 3}
    advise: {say: "Stay.", priority: growth, effort: small}
    examples:
      - name: settled for long
        facts:
          savings: 5
          jobs: [{title: Cook, current: true, start: 2020-01-01, level: lead, hours: 40}]
        expect: {given: [settled]}
      - name: not enough put by
        facts:
          savings: 2
          jobs: [{title: Cook, current: true, start: 2020-01-01, level: lead, hours: 40}]
        expect: {not given: [settled]}
"""
CAREER_RULES = ("upward-move", "needs-intermediate", "settled", "renew-licence", "several-jobs")


def suggested(folder: Path, *names: str) -> list[Suggestion]:
    book, findings, examples = read(folder)
    assert book is not None, findings
    suggestions = Suggestions(KnowledgeBase(book, folder), examples)
    return [each for rule in book.rules if rule.id in names for each in suggestions.of(rule)]


def pasted(folder: Path, suggestions: Sequence[Suggestion]) -> None:
    """Puts each suggestion behind the last example of its rule."""
    for each in suggestions:
        path = folder / each.rule.place.file
        lines = path.read_text("utf-8").splitlines(keepends=True)
        start = next(i for i, line in enumerate(lines) if line.rstrip() == f"  - id: {each.rule.id}")
        end = next((i for i in range(start + 1, len(lines)) if lines[i].startswith("  - id:")), len(lines))
        while not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#"):
            end -= 1
        path.write_text("".join([*lines[:end], each.yaml(), *lines[end:]]), "utf-8")


def check_passing(folder: Path, count: int) -> None:
    suite = open_suite(folder)
    assert not suite.findings
    assert suite.base is not None
    verdicts = list(run_all(suite.base, suite.examples))
    assert len(verdicts) >= count
    assert [each.example.name for each in verdicts if each.differs] == []


@pytest.fixture
def small(tmp_path: Path) -> Path:
    plan(tmp_path, RULES)
    return tmp_path


def test_a_search_that_takes_too_long_ends_and_that_is_known(small: Path) -> None:
    book, _, examples = read(small)
    assert book is not None
    base, rule = KnowledgeBase(book, small), book.rules[0]
    full, short = Suggestions(base, examples), Suggestions(base, examples, most=40)
    every, some = list(full.of(rule)), list(short.of(rule))
    assert 0 < len(some) < len(every)
    assert every[: len(some)] == some
    assert (full.given_up, short.given_up) == (set(), {"settled"})


def test_suggestions_pass_where_they_are_pasted(small: Path) -> None:
    found = suggested(small, "settled")
    assert len(found) > 10
    pasted(small, found)
    check_passing(small, len(found) + 2)


def test_thresholds_are_shown_from_both_sides(small: Path) -> None:
    by_name = {each.name: each for each in suggested(small, "settled")}
    at = by_name["job start: 6 months ago, the last day that counts"]
    assert at.facts["jobs"][0]["start"] == "2025-07-15"
    assert at.expect == {"given": ["settled"]}
    beyond = by_name["job start: a day after 6 months ago"]
    assert beyond.facts["jobs"][0]["start"] == "2025-07-16"
    assert beyond.expect == {"not given": ["settled"], "not open": ["settled"]}
    assert by_name["job hours: 20, which isn't more yet"].facts["jobs"][0]["hours"] == 20
    assert by_name["job level: skilled worker"].facts["jobs"][0]["level"] == "skilled"
    assert by_name["job hours: not known"].expect == {"open": ["settled"]}


def test_what_the_examples_show_is_not_suggested(small: Path) -> None:
    names = {each.name for each in suggested(small, "settled")}
    assert "savings: one below 3" not in names
    assert "savings: 3, the least that is enough" in names


def test_what_was_pasted_is_not_suggested_again(small: Path) -> None:
    pasted(small, suggested(small, "settled"))
    assert suggested(small, "settled") == []


def test_suggestions_for_career_rules_pass_where_they_are_pasted(tmp_path: Path) -> None:
    base = KnowledgeBase.load()
    folder = tmp_path / "career"
    shutil.copytree(base.folder, folder)
    found = suggested(folder, *CAREER_RULES)
    assert {each.rule.id for each in found} >= {"upward-move", "needs-intermediate", "settled", "renew-licence"}
    pasted(folder, found)
    check_passing(folder, len(found))
