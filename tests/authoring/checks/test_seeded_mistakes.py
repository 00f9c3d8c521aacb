"""Mistakes of the kind that experts make, in the files of the career advice: the right place, and a hint that helps.

Each has a text of a file, and what somebody makes of it; the mark ¦ is where the finding must point, and isn't written.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from advise.authoring.checks.checking import inspect
from advise.errors import Finding
from advise.knowledge_base import career_folder

MARK = "¦"
BAKER = "{title: Baker, current: true, start: 2025-07-15, on_probation: false}"
SETTLED = "title: Settled in the role\n    source: {hays: Whole article, saylor: First ninety days}"


@dataclass(frozen=True)
class Mistake:
    """`old` in a file becomes `new`; then there's a finding with a code, and `hint` in its hint. `most`: how many
    findings there may be in all, so that the first isn't buried."""

    name: str
    file: str
    old: str
    new: str
    code: str
    hint: str
    most: int = 1


MISTAKES = [
    Mistake(
        "a misspelt fact",
        "steps.yaml",
        "mentor.near_target: false}",
        "¦mentor.neer_target: false}",
        "unknown-fact",
        "did you mean `mentor.near_target`?",
    ),
    Mistake(
        "a misspelt value",
        "steps.yaml",
        "status: in_progress, mentor.has",
        "status: ¦in_progres, mentor.has",
        "unknown-value",
        "did you mean `in_progress`?",
    ),
    Mistake(
        "a space where the value has a line",
        "steps.yaml",
        "status: in_progress, mentor.has",
        "status: ¦in progress, mentor.has",
        "unknown-value",
        "did you mean `in_progress`?",
    ),
    Mistake(
        "a number in quotes",
        "parameters.yaml",
        "value: 6\n    unit: months\n    means: How long to settle",
        'value: ¦"6"\n    unit: months\n    means: How long to settle',
        "wrong-type",
        "without quotes",
        2,
    ),
    Mistake(
        "no for false",
        "steps.yaml",
        "mentor.has: false}\n    advise",
        "mentor.has: ¦no}\n    advise",
        "not-boolean",
        "write true or false",
    ),
    Mistake(
        "a test under the wrong key",
        "steps.yaml",
        "          last_review.date: {within: last $stale_review}\n",
        "    ¦last_review.date: {within: last $stale_review}\n",
        "yaml-syntax",
        "same column",
    ),
    Mistake(
        "a line too far to the left",
        "steps.yaml",
        "          readiness.knowledge: shown\n",
        "    ¦readiness.knowledge: shown\n",
        "yaml-syntax",
        "same column",
    ),
    Mistake("a tab", "steps.yaml", "    title: Find a mentor\n", "¦\ttitle: Find a mentor\n", "yaml-syntax", "spaces"),
    Mistake(
        "a quote that isn't closed",
        "steps.yaml",
        '- "Ask one of them: how did you get there?"\n',
        '- ¦"Ask one of them: how did you get there?\n',
        "yaml-syntax",
        "closing quote",
    ),
    Mistake(
        "a bracket that isn't closed",
        "steps.yaml",
        "last_review.rating: [meets, exceeds]\n",
        "last_review.rating: ¦[meets, exceeds\n",
        "yaml-syntax",
        "]",
    ),
    Mistake(
        "a brace that isn't closed",
        "steps.yaml",
        f"facts: {{jobs: [{BAKER}]}}",
        f"facts: ¦{{jobs: [{BAKER}]",
        "yaml-syntax",
        "}",
    ),
    Mistake(
        "a text with a colon and no quotes",
        "steps.yaml",
        '- "And then: what would you do first in my place?"\n',
        "- ¦And then: what would you do first in my place?\n",
        "unknown-language",
        "quotes",
    ),
    Mistake(
        "a text with two colons and no quotes",
        "steps.yaml",
        "      say: Write half a page on where you want",
        "      say: Write half a page¦: on where you want",
        "yaml-syntax",
        "quotes",
    ),
    Mistake(
        "a placeholder that isn't there",
        "steps.yaml",
        "Look for one person in {career.field} who",
        "Look for one person in ¦{career.feild} who",
        "unknown-placeholder",
        "did you mean `career.field`?",
    ),
    Mistake(
        "a placeholder of a thing that isn't bound",
        "steps.yaml",
        "Look for one person in {career.field} who",
        "Look for one person in ¦{job.field} who",
        "unknown-placeholder",
        "each job",
    ),
    Mistake(
        "an id used twice", "safety.yaml", "- id: see-an-adviser", "- id: ¦harassment", "duplicate-id", "Rename", 4
    ),
    Mistake(
        "a hold of advice that isn't there",
        "exceptions.yaml",
        "advice: [",
        "advice: [¦find-mentor, ",
        "unknown-rule",
        "did you mean `find-a-mentor`?",
    ),
    Mistake(
        "months where a number belongs",
        "steps.yaml",
        "months_in_role: {at least: $settle_in}",
        "months_in_role: {at least: ¦6 months}",
        "bad-expression",
        "`6`",
    ),
    Mistake(
        "a number where months belong",
        "steps.yaml",
        "{within: last $stale_review}",
        "{within: ¦last 14}",
        "bad-duration",
        "6 months",
    ),
    Mistake(
        "a threshold the wrong way round",
        "steps.yaml",
        "months_in_role: {at least: $settle_in}",
        "months_in_role: {between: ¦[12, 6]}",
        "never-true",
        "Swap",
    ),
    Mistake(
        "a missing dash",
        "steps.yaml",
        "      - plan.written: false\n      - some career: {wanted: true}\n",
        "      - plan.written: false\n      ¦some career: {wanted: true}\n",
        "yaml-syntax",
        "- ",
    ),
    Mistake(
        "curly quotes",
        "steps.yaml",
        '{article: "Find a mentor; Request more responsibility"}',
        "{article: ¦“Find a mentor, Request: more responsibility”}",
        "curly-quotes",
        "straight",
        2,
    ),
    Mistake(
        "curly quotes around a value",
        "steps.yaml",
        "employment_type: {not: self_employed}\n          last_review.rating: [",
        "employment_type: {not: ¦“self_employed”}\n          last_review.rating: [",
        "unknown-value",
        "did you mean `self_employed`?",
    ),
    Mistake(
        "and inside a condition",
        "steps.yaml",
        "      - plan.written: false\n      - some career: {wanted: true}\n",
        "      - plan.written: false and some career¦: {wanted: true}\n",
        "yaml-syntax",
        "line of its own",
    ),
    Mistake(
        "and between facts",
        "steps.yaml",
        "      - plan.written: false\n      - some career: {wanted: true}\n",
        "      - ¦plan.written and plan.dated: false\n      - some career: {wanted: true}\n",
        "unknown-operator",
        "line",
    ),
    Mistake(
        "the same fact twice",
        "steps.yaml",
        "{wanted: true, mentor.has: true, mentor.near_target: false}",
        "{wanted: true, mentor.has: true, mentor.near_target: false, ¦mentor.has: true}",
        "yaml-duplicate-key",
        "Keep one",
    ),
    Mistake(
        "a circle",
        "steps.yaml",
        f"  - id: settled\n    {SETTLED}\n    when:\n      - each job: {{",
        f"  - id: ¦settled\n    {SETTLED}\n    when:\n      - each job: {{settled: false, ",
        "negative-cycle",
        "In a circle",
    ),
    Mistake(
        "an example with an impossible fact",
        "steps.yaml",
        f"facts: {{jobs: [{BAKER}]}}",
        f"facts: {{jobs: [{BAKER.replace('current', '¦curent')}]}}",
        "example-facts",
        "current",
    ),
    Mistake(
        "an example with an impossible date",
        "steps.yaml",
        f"facts: {{jobs: [{BAKER}]}}",
        f"facts: {{jobs: [{BAKER.replace('2025-07-15', '¦2025-02-30')}]}}",
        "example-facts",
        "day",
    ),
    Mistake(
        "an operator in other words",
        "steps.yaml",
        "months_in_role: {at least: $settle_in}",
        "months_in_role: {¦≥: $settle_in}",
        "unknown-operator",
        "`at least`",
    ),
    Mistake(
        "a sign for at least",
        "steps.yaml",
        "months_in_role: {at least: $settle_in}",
        "months_in_role: ¦>= $settle_in",
        "yaml-syntax",
        "{at least: ",
    ),
    Mistake(
        "is for a comparison",
        "steps.yaml",
        "contacts.number: 0}",
        "contacts.number: ¦less than 1}",
        "wrong-type",
        "{less than: 1}",
    ),
    Mistake(
        "a capital letter",
        "steps.yaml",
        "status: in_progress, mentor.has",
        "status: ¦In_progress, mentor.has",
        "unknown-value",
        "did you mean `in_progress`?",
    ),
    Mistake(
        "a key of a rule misspelt",
        "steps.yaml",
        "    advise:\n      say: Look for one person",
        "    ¦advice:\n      say: Look for one person",
        "unknown-key",
        "did you mean `advise`?",
        6,
    ),
    Mistake(
        "no space after the colon",
        "steps.yaml",
        "    title: Find a mentor\n",
        "    ¦title:Find a mentor\n",
        "yaml-syntax",
        "`name: value`",
    ),
    Mistake(
        "a source that isn't in the manifest",
        "steps.yaml",
        "source: {judgement: Mentors}",
        "source: {¦judgment: Mentors}",
        "unknown-source",
        "did you mean `judgement`?",
    ),
    Mistake(
        "a unit that isn't a word for time",
        "steps.yaml",
        "{within: last $stale_review}",
        "{within: ¦last 14 moons}",
        "bad-duration",
        "months",
    ),
]


def seeded(folder: Path, mistake: Mistake) -> tuple[int, int]:
    """Writes the career advice with a mistake in it; where it is."""
    shutil.copytree(career_folder(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / mistake.file
    text = path.read_text("utf-8")
    assert mistake.old in text, "the rules have changed; find another place for this mistake"
    wrong = text.replace(mistake.old, mistake.new, 1)
    before = wrong.partition(MARK)[0].split("\n")
    path.write_text(wrong.replace(MARK, ""), encoding="utf-8")
    return len(before), len(before[-1]) + 1


def errors(folder: Path) -> tuple[Finding, ...]:
    """What keeps the rules from loading; if nothing does, impossible examples."""
    return inspect(folder, date(2026, 1, 15), only=["example-facts"]).findings


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_found_where_it_is_with_a_hint(tmp_path: Path, mistake: Mistake) -> None:
    line, column = seeded(tmp_path / "rules", mistake)
    findings = errors(tmp_path / "rules")
    said = "\n".join(map(str, findings))
    assert findings
    first = findings[0]
    assert (first.code, first.place.file, first.place.line, first.place.column) == (
        mistake.code,
        mistake.file,
        line,
        column,
    ), said
    assert mistake.hint in first.hint
    assert len(findings) <= mistake.most
