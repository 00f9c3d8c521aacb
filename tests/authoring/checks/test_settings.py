"""The section `checks` of the manifest."""

from __future__ import annotations

from pathlib import Path

import pytest

from advise.authoring.checks.checking import inspect
from advise.errors import Severity, UsageError
from tests.authoring.checks.base import MANIFEST, RULES, SCHEMA, TODAY, findings, found, lamps

SPACED = RULES.replace("Take a lamp along.", "Take a  lamp along.")


def with_checks(text: str) -> str:
    return MANIFEST + "checks:\n" + text


def test_a_check_that_is_off_finds_nothing(tmp_path: Path) -> None:
    assert found(lamps(tmp_path, SPACED)) == [("text-spaces", "lamps.yaml", 9)]
    assert found(lamps(tmp_path, SPACED, with_checks("  text-spaces: {off: We like them}\n"))) == []


def test_an_exception_for_a_check_that_is_off_is_left_in_peace(tmp_path: Path) -> None:
    rules = RULES.replace("  - id: lamp\n", "  # advise: allow text-spaces because of it\n  - id: lamp\n")
    assert found(lamps(tmp_path, rules, with_checks("  text-spaces: {off: We like them}\n"))) == []


def test_a_severity_may_be_changed(tmp_path: Path) -> None:
    (finding,) = findings(lamps(tmp_path, SPACED, with_checks("  text-spaces: {severity: note}\n")))
    assert finding.severity is Severity.NOTE


def test_a_number_may_be_set(tmp_path: Path) -> None:
    assert found(lamps(tmp_path, manifest=with_checks("  sentence-long: {options: {words: 4}}\n"))) == [
        ("sentence-long", "lamps.yaml", 21)
    ]


def test_words_are_added_to_those_there_are(tmp_path: Path) -> None:
    rules = RULES.replace("Take a lamp along.", "Utilise a lamp.")
    folder = lamps(tmp_path, rules, with_checks("  jargon: {options: {words: {bright: shining}}}\n"))
    assert [(finding.sentence.split("`")[1], finding.hint) for finding in findings(folder)] == [
        ("Utilise", "Write use."),
        ("bright", "Write shining."),
    ]


def test_a_name_may_be_allowed_where_there_are_no_comments(tmp_path: Path) -> None:
    folder = lamps(tmp_path)
    (folder / "lamps.schema.json").write_text(
        SCHEMA.replace('"night"', '"moon": {"type": "boolean"},\n  "night"'), "utf-8"
    )
    assert found(folder) == [("fact-unread", "lamps.schema.json", 3)]
    (folder / "knowledge_base.yaml").write_text(
        with_checks("  fact-unread: {allow: {moon: Kept for later}}\n"), "utf-8"
    )
    assert found(folder) == []


def test_a_name_that_needs_no_exception_is_said(tmp_path: Path) -> None:
    folder = lamps(tmp_path, manifest=with_checks("  fact-unread: {allow: {moon: Kept for later}}\n"))
    assert found(folder) == [("exception-unused", "knowledge_base.yaml", 14)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("text-spaced: {off: No}", "did you mean `text-spaces`?"),
        ("text-long: {options: {word: 4}}", "did you mean `words`?"),
        ("text-spaces: {options: {words: 4}}", "It has no options."),
        ("text-long: {options: {words: -4}}", "a whole number above 0"),
        ("text-long: {options: {words: {a: b}}}", "a whole number above 0"),
        ("jargon: {options: {words: 4}}", "a mapping of words"),
    ],
)
def test_what_cannot_be_set_is_a_finding_and_changes_nothing(tmp_path: Path, text: str, words: str) -> None:
    (finding,) = findings(lamps(tmp_path, manifest=with_checks(f"  {text}\n")))
    assert (finding.code, finding.place.line) == ("check-setting", 14)
    assert words in str(finding)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("text-spaces: {of: No}", "unknown-key"),
        ("text-spaces: {off: }", "wrong-type"),
        ("text-spaces: {severity: error}", "unknown-value"),
        ("text-spaces: {}", "empty-value"),
        ("text-spaces: off", "wrong-type"),
        ("Text Spaces: {off: No}", "bad-name"),
    ],
)
def test_the_loader_says_what_has_no_shape(tmp_path: Path, text: str, code: str) -> None:
    report = inspect(lamps(tmp_path, manifest=with_checks(f"  {text}\n")), TODAY)
    assert not report.loads
    assert [finding.code for finding in report.findings] == [code]
    assert report.findings[0].place.line == 14


def test_only_the_checks_that_are_named_are_run(tmp_path: Path) -> None:
    rules = SPACED.replace("title: A bright lamp", "title: A lamp")
    assert [code for code, _, _ in found(lamps(tmp_path, rules))] == ["text-spaces", "title-twice"]
    report = inspect(tmp_path, TODAY, only=["title-twice"])
    assert [finding.code for finding in report.findings] == ["title-twice"]
    with pytest.raises(UsageError, match="did you mean `title-twice`"):
        inspect(tmp_path, TODAY, only=["title-twic"])
