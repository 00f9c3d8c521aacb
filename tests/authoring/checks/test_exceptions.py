"""Exceptions in comments: where they hold, and what is wrong with some."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.authoring.checks.base import RULES, findings, found, lamps

SPACED = RULES.replace("Take a lamp along.", "Take a  lamp along.").replace("Take a bright lamp", "Take a  bright lamp")
ALLOW = "# advise: allow text-spaces because it's a drawing"


def line_of(text: str, words: str) -> int:
    return next(i for i, line in enumerate(text.split("\n"), 1) if words in line)


def test_the_knowledge_base_is_clean(tmp_path: Path) -> None:
    assert found(lamps(tmp_path)) == []
    assert [code for code, _, _ in found(lamps(tmp_path, SPACED))] == ["text-spaces", "text-spaces"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "effort: small}\n    examples:\n      - name: rain",
            f"effort: small}}  {ALLOW}\n    examples:\n      - name: rain",
        ),
        ("    advise: {say: Take a  lamp", f"    {ALLOW}\n    advise: {{say: Take a  lamp"),
        ("    advise: {say: Take a  lamp", f"{ALLOW}\n\n    # another remark\n    advise: {{say: Take a  lamp"),
        ("  - id: lamp\n", f"  {ALLOW}\n  - id: lamp\n"),
    ],
    ids=["at the end of the line", "above the line", "above the line, with others between", "above the rule"],
)
def test_an_exception_holds_for_its_line_or_for_what_begins_below(tmp_path: Path, before: str, after: str) -> None:
    assert before in SPACED
    rules = SPACED.replace(before, after, 1)
    assert found(lamps(tmp_path, rules)) == [("text-spaces", "lamps.yaml", line_of(rules, "Take a  bright"))]


@pytest.mark.parametrize("above", ["topic: lamps", "rules:", "  - id: bright-lamp", "    title: A lamp"])
def test_an_exception_elsewhere_allows_nothing_and_is_said_to_be_unused(tmp_path: Path, above: str) -> None:
    rules = SPACED.replace("Take a  bright", "Take a bright").replace(above, f"{ALLOW}\n{above}", 1)
    codes = [code for code, _, _ in found(lamps(tmp_path, rules))]
    assert sorted(codes) == ["exception-unused", "text-spaces"]


def test_what_looks_like_an_exception_in_a_text_is_none(tmp_path: Path) -> None:
    text = f'say: "Take a  lamp along. {ALLOW}"'
    rules = SPACED.replace("say: Take a  lamp along.", text)
    assert ("text-spaces", "lamps.yaml", line_of(rules, "Take a  lamp")) in found(lamps(tmp_path, rules))
    block = "say: >-\n        Take a  lamp along.\n        " + ALLOW + ".\n      "
    rules = RULES.replace(
        "advise: {say: Take a lamp along., priority: safety, effort: small}",
        "advise:\n      " + block + "priority: safety\n      effort: small",
    )
    assert [code for code, _, _ in found(lamps(tmp_path, rules))] == ["text-spaces"]


def test_several_exceptions_may_stand_above_each_other(tmp_path: Path) -> None:
    both = SPACED.replace("Take a  lamp along.", "Do NOT take a  lamp along.")
    assert {code for code, _, _ in found(lamps(tmp_path, both))} == {"text-spaces", "text-capitals"}
    comments = f"  {ALLOW}\n  # advise: allow text-capitals because the law words it so\n  - id: lamp\n"
    rules = both.replace("  - id: lamp\n", comments).replace("Take a  bright", "Take a bright")
    assert found(lamps(tmp_path, rules)) == []


@pytest.mark.parametrize("comment", ["allow text-spaces", "allow text-spaces because", "allow text-spaces because  "])
def test_without_a_reason_the_exception_is_what_is_found(tmp_path: Path, comment: str) -> None:
    rules = SPACED.replace("Take a  bright", "Take a bright").replace(
        "  - id: lamp\n", f"  # advise: {comment}\n  - id: lamp\n"
    )
    assert found(lamps(tmp_path, rules)) == [("exception-reason", "lamps.yaml", 5)]


def test_an_unknown_code_gets_a_guess_and_an_error_cannot_be_allowed(tmp_path: Path) -> None:
    rules = RULES.replace("  - id: lamp\n", "  # advise: allow text-space because of it\n  - id: lamp\n")
    (finding,) = findings(lamps(tmp_path, rules))
    assert (finding.code, finding.hint) == ("exception-unknown", "did you mean `text-spaces`?")
    rules = RULES.replace("  - id: lamp\n", "  # advise: allow yaml-duplicate-key because of it\n  - id: lamp\n")
    (finding,) = findings(lamps(tmp_path, rules))
    assert finding.code == "exception-unknown"
    assert "can't be allowed" in finding.hint


def test_an_exception_without_a_code_is_told_how_to_write_one(tmp_path: Path) -> None:
    (finding,) = findings(lamps(tmp_path, RULES.replace("  - id: lamp\n", "  # advise: allow\n  - id: lamp\n")))
    assert (finding.code, finding.sentence) == ("exception-unknown", "This exception names no check.")
    assert finding.hint == "Write `allow CODE because ..`, with the code of the finding."


def test_an_exception_is_for_one_check(tmp_path: Path) -> None:
    comment = "  # advise: allow jargon, full-stop because it's a quotation\n  - id: lamp\n"
    (finding,) = findings(lamps(tmp_path, RULES.replace("  - id: lamp\n", comment)))
    assert (finding.code, finding.sentence) == ("exception-unknown", "This exception names several checks.")
    assert finding.hint == "Write each on a line of its own, with its reason."


def test_other_comments_are_left_in_peace(tmp_path: Path) -> None:
    rules = RULES.replace(
        "  - id: lamp\n", "  # advise: {say: Take two., allow: me}\n  # allow text-spaces\n  - id: lamp\n"
    )
    assert found(lamps(tmp_path, rules)) == []
