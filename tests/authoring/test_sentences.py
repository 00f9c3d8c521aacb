"""Rules in plain words: every construct has its sentence, and every rule of the career advice can be said."""

from __future__ import annotations

import pytest

from advise import KnowledgeBase
from advise.authoring.sentences import Sentences, as_text

BASE = KnowledgeBase.load()


def said(rule: str) -> str:
    found = next(each for each in BASE.rulebook.rules if each.id == rule)
    return as_text(Sentences(BASE.rulebook).rule(found))


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("career-in-progress", "For each career for which this holds"),
        ("career-in-progress", "at least one of these"),
        ("career-in-progress", "there is a goal for which this holds"),
        ("plan-is-thin", "there is no goal for which this holds"),
        ("job-end-known", "the job's kind of employment is “Fixed term”, “Seasonal” or “Casual”"),
        ("job-end-known", "the job's ended or ends has been answered"),
        ("add-a-goal-in-your-job", "not: the job's kind of employment is “Unpaid”"),
        ("not-settled-yet", "less than 6 months ($settle_in)"),
        ("not-settled-yet", "Instead: “Learn what good looks like”"),
        ("parallel-careers", "there is another career for which this holds"),
        ("which-country", "Ask for country of work"),
        ("which-country", "there is a row of the table licensing"),
    ],
)
def test_a_rule_is_said_in_plain_words(rule: str, line: str) -> None:
    assert line in said(rule)


def test_every_rule_can_be_said_without_marks_of_the_program() -> None:
    for rule in BASE.rulebook.rules:
        text = said(rule.id)
        assert "\nThen\n" in text
        for mark in ("Ref(", "==", " None,", "by rank of", "True"):
            assert mark not in text, rule.id
