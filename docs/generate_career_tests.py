"""Writes docs/career-tests.md: `python docs/generate_career_tests.py` (about a minute). A test keeps the names true."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from advise import KnowledgeBase
from advise.authoring.examples.coverage import Coverage, coverage
from advise.authoring.mutation.mutants import Mutant
from advise.authoring.mutation.telling import Telling
from advise.authoring.mutation.trials import Score, mutate
from advise.evaluate.meaning import Truth
from advise.knowledge_base import career_folder
from advise.loading import read
from advise_cli.mutating import KINDS

PAGE = Path(__file__).parent / "career-tests.md"

_HEAD = """\
# How the career rules are tested

What the examples of the career knowledge base reach, and which small alterations of its rules they notice. What the
words mean stands in [coverage.md](coverage.md). This page is made by `docs/generate_career_tests.py` out of
`advise test --coverage` and `advise test --mutate`; it takes about a minute, so it's made when rules or examples have
changed, and not in every test run.

"""
_SURVIVORS = """\

## What survives

Each line is an alteration that no example notices, and why. *Implied*: another condition of the rule, or a rule that it
reads from, asks for the same, so nothing else can come out; the condition stands there because the rule reads better
with it.

| Rule | Alteration | Why |
| --- | --- | --- |
"""
_WANTED = "Implied: the career's status is only given to careers that are wanted."
_CURRENT = "Implied: the conclusion that it reads is only drawn about current jobs."
_ZERO = "Implied: nobody has less than nothing, so what is more than they have is more than nothing."
_ABOVE = "Implied: the rule also asks that no present, paid job is at that level."

REASONS: Mapping[tuple[str, str], str] = {
    **dict.fromkeys(
        (
            (rule, "without career.wanted: true")
            for rule in (
                "already-at-entry-point",
                "find-a-mentor",
                "find-entry-role",
                "informational-talk",
                "look-for-first-roles",
                "secure-the-next-job",
                "training-for-promotion",
            )
        ),
        _WANTED,
    ),
    **dict.fromkeys(
        (
            (rule, "without job.current: true")
            for rule in (
                "agree-two-improvements",
                "ask-for-more-responsibility",
                "ask-what-good-looks-like",
                "poor-review-first",
                "secure-the-next-job",
                "talk-over-disputed-review",
            )
        ),
        _CURRENT,
    ),
    ("no-money-or-time", "without training.cost: more than 0"): _ZERO,
    ("no-money-or-time", "training.cost: more than 0 → training.cost: at least 0"): _ZERO,
    ("no-money-or-time", "without training.hours: more than 0"): _ZERO,
    ("no-money-or-time", "training.hours: more than 0 → training.hours: at least 0"): _ZERO,
    ("skill-transfers", "without skill.held: true"): "Implied: only a skill that is held is shown.",
    ("earlier-line-of-work", "without job.current: false"): "Implied: the rule also asks that there's no current job "
    "in that line of work.",
    ("upward-move", "without job.level: less than goal.target_level"): _ABOVE,
    ("upward-move", "job.level: less than goal.target_level → job.level: at most goal.target_level"): _ABOVE,
    ("unpaid-experience", "without job.employment_type: unpaid"): "Implied: the rule also asks that no paid job was "
    "held in that line of work.",
    ("career-emerged", "without other job.level: more than job.level"): "Implied: the rule also asks that no later job "
    "is at the same level or below.",
    ("career-emerged", "other job.level: more than job.level → other job.level: at least job.level"): "Implied: the "
    "rule also asks that no later job is at the same level or below.",
    ("declining-field", "outlook.change_percent: less than 0 → outlook.change_percent: at most 0"): "The table has no "
    "occupation that neither grows nor shrinks.",
    ("declining-field", "outlook.change_percent: less than 0 → outlook.change_percent: less than 1"): "The table has "
    "no occupation that grows by less than one per cent.",
    ("ask-for-a-task", "without career.field: same as skill.needed_for"): "Implied: a skill is only to be learned on "
    "the job for a career that needs it.",
    ("ask-for-a-task", "without career.wanted: true"): "Implied: a skill is only to be learned on the job for a career "
    "that is wanted.",
}
"""Why alterations survive, where it's known: (rule, what is altered) -> reason."""

_NOT_FOUND = "No person was found for whom anything else comes out."
_OPEN_ONLY = "Only what is open differs, for somebody of whom little is known."
_NO_EXAMPLE = "No example yet: it takes several careers or jobs at once to show it."


def main() -> None:
    """Writes the page; says on standard error what it does."""
    folder = career_folder()
    book, findings, examples = read(folder)
    if book is None:
        sys.exit("\n".join(map(str, findings)))
    base = KnowledgeBase(book, folder)
    print("coverage ..", file=sys.stderr)
    reached = coverage(base, examples)
    print("mutation ..", file=sys.stderr)
    score = Score(tuple(mutate(base, examples)))
    print("survivors ..", file=sys.stderr)
    telling = Telling(base, examples)
    reasons = [REASONS.get((each.name, each.said)) or found(telling, each) for each in score.survivors]
    PAGE.write_text("".join(page(reached, score, reasons)), encoding="utf-8")


def found(telling: Telling, mutant: Mutant) -> str:
    """What a search for people finds out about a survivor."""
    facts = telling.facts(mutant)
    if facts is None:
        return _NOT_FOUND
    return _NO_EXAMPLE if telling.differs_surely(mutant, facts) else _OPEN_ONLY


def page(reached: Coverage, score: Score, reasons: Iterable[str]) -> Iterator[str]:
    """The text of the page."""
    yield _HEAD
    yield "| | |\n| --- | --- |\n"
    yield f"| examples, cases and people | {reached.examples} |\n"
    yield f"| rules that hold in some example | {reached.fired} |\n"
    yield f"| rules that don't hold in some example | {reached.not_fired} |\n"
    for word, truth in (("true", Truth.TRUE), ("false", Truth.FALSE), ("unknown", Truth.UNKNOWN)):
        yield f"| conditions that are {word} in some example | {reached.reached(truth)} |\n"
    yield f"| conditions shown to decide alone | {reached.alone} |\n"
    yield f"| alterations noticed | {score.killed} |\n"
    yield "\n| Alteration | made | noticed |\n| --- | --- | --- |\n"
    made = Counter(each.mutant.kind for each in score.tried)
    survived = Counter(each.kind for each in score.survivors)
    for kind, words in KINDS.items():
        yield f"| {words} | {made[kind]} | {made[kind] - survived[kind]} |\n"
    yield _SURVIVORS
    for mutant, reason in zip(score.survivors, reasons, strict=True):
        yield f"| `{mutant.name}` | {mutant.said.replace('|', chr(92) + '|')} | {reason} |\n"


if __name__ == "__main__":
    main()
