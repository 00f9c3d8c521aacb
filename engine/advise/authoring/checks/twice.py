"""Checks of what is written twice: thresholds, titles, texts, examples."""

from __future__ import annotations

import json
from collections.abc import Iterator

from advise.authoring.checks.check import Check
from advise.authoring.checks.subject import Subject
from advise.authoring.checks.written import Written
from advise.conditions import Constant, Ref, Shifted, Test, Today
from advise.errors import Finding, Place, Severity
from advise.operators import Core
from advise.plan import tests
from advise.rules import Example, Rule
from advise.types import Kind


def _warn(code: str, place: Place, sentence: str, hint: str) -> Finding:
    return Finding(place, code, sentence, hint, severity=Severity.WARNING)


def _where(place: Place) -> str:
    return f"{place.file}, line {place.line}"


# ----------------------------------------------------------------------------------------- thresholds

_ORDER = frozenset({Core.AT_LEAST, Core.AT_MOST, Core.MORE, Core.LESS})
_PLAIN = (0, 1)
"""Numbers that mean none and one, rather than a threshold."""


def _thresholds(subject: Subject) -> Iterator[Finding]:
    first: dict[tuple[object, str], tuple[Rule, Place]] = {}
    for rule, test in sorted(_tests(subject), key=lambda each: each[1].place or each[0].place):
        place = test.place or rule.place
        written = _threshold(test)
        if written is None or not isinstance(test.left, Ref):
            continue
        other, before = first.setdefault((test.left.key, written), (rule, place))
        if other is not rule:
            sentence = (
                f"`{test.left.name}` is compared with {written} here and in the rule `{other.id}` ({_where(before)})."
            )
            hint = "Make it a parameter, with its reason, so that it's changed in one place."
            yield _warn("threshold-twice", place, sentence, hint)


def _tests(subject: Subject) -> Iterator[tuple[Rule, Test]]:
    return ((rule, test) for rule in subject.book.rules for test in tests(rule.condition))


def _threshold(test: Test) -> str | None:
    """The number, date or length of time that a test compares with, where it stands in the rule itself."""
    if test.operator not in _ORDER or not isinstance(test.left, Ref):
        return None
    right = test.right
    if isinstance(right, Constant) and right.type.kind is Kind.NUMBER:
        return None if right.value in _PLAIN or test.left.type.kind is Kind.CHOICE else f"{right.value}"
    if isinstance(right, Constant) and right.type.kind is Kind.DATE:
        return str(right.value)
    if isinstance(right, Shifted) and isinstance(right.date, Today) and isinstance(right.count, Constant):
        return None if right.count.value == 0 else f"{right.count.value} {right.unit}"
    return None


# ----------------------------------------------------------------------------------- titles and texts


def _titles(subject: Subject) -> Iterator[Finding]:
    first: dict[str, Rule] = {}
    for rule in sorted(subject.book.rules, key=lambda rule: rule.place):
        other = first.setdefault(_folded(rule.title), rule)
        if other is not rule:
            sentence = f"The rules `{rule.id}` and `{other.id}` ({_where(other.place)}) have the same title."
            node = subject.rule_nodes[rule.id]
            yield _warn("title-twice", node.keys.get("title", rule.place), sentence, "Say in the title what differs.")


def _texts(subject: Subject) -> Iterator[Finding]:
    first: dict[tuple[str, str], Written] = {}
    for text in subject.written:
        if text.kind != "say":
            continue
        other = first.setdefault((text.language, _folded(text.text)), text)
        if other.rule != text.rule:
            sentence = f"The rule `{other.rule}` ({_where(other.place)}) says the same words."
            hint = "Make one rule of both, or say what differs; a person may get both."
            yield _warn("text-twice", text.place, sentence, hint)


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


# ------------------------------------------------------------------------------------------- examples


def _examples(subject: Subject) -> Iterator[Finding]:
    first: dict[tuple[object, ...], Example] = {}
    for example in sorted(subject.examples, key=lambda example: example.place):
        if example.kind == "person":
            continue
        facts = json.dumps(example.facts, sort_keys=True, default=str)
        expected = "" if example.rule else json.dumps(example.expect, sort_keys=True, default=str)
        other = first.setdefault((example.rule, example.as_of, facts, expected), example)
        if other is not example:
            sentence = f'The facts are those of "{other.name}" ({_where(other.place)}) again.'
            hint = "Change what matters, add what is expected to the other, or delete this one."
            yield _warn("example-twice", example.place, sentence, hint)


def _example_names(subject: Subject) -> Iterator[Finding]:
    first: dict[tuple[str | None, str], Example] = {}
    for example in sorted(subject.examples, key=lambda example: example.place):
        if example.kind == "person":
            continue
        other = first.setdefault((example.rule, _folded(example.name)), example)
        if other is not example:
            sentence = f'Another example is called "{other.name}" too ({_where(other.place)}).'
            yield _warn("example-name-twice", example.place, sentence, "Say in its name what differs.")


_W = Severity.WARNING

TWICE = (
    Check("threshold-twice", _W, "several rules compare a fact with the same number, each for itself", _thresholds),
    Check("title-twice", _W, "two rules have the same title", _titles),
    Check("text-twice", _W, "two rules say the same words", _texts),
    Check("example-twice", _W, "an example repeats the facts of another", _examples),
    Check("example-name-twice", _W, "two examples of a rule have the same name", _example_names),
)
