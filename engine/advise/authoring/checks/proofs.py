"""Checks of examples: whether each rule has them, and whether they say something about their rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from advise.authoring.checks.check import Check
from advise.authoring.checks.subject import Subject
from advise.errors import Finding, Severity
from advise.rules import Example, Rule

_APPLIES = ("fires", "given", "first", "later", "notes", "not now", "refers")
_NOT = ("not fires", "not given", "not open", "open", "not refers")


def _names(expect: Any, words: tuple[str, ...]) -> set[str]:
    return {name for word in words for name in expect.get(word, ())}


def _drawn(rule: Rule, subject: Subject) -> dict[str, set[Any]]:
    """The conclusions that a rule draws, by their names, with the values."""
    found: dict[str, set[Any]] = {}
    for each in rule.conclude:
        found.setdefault(subject.book.conclusions[each.thing, each.path].name, set()).add(each.value)
    return found


def _asked(rule: Rule, subject: Subject) -> set[str]:
    """What a rule asks for, as examples call it."""
    if rule.ask is None:
        return set()
    thing, path = rule.ask.thing, rule.ask.path
    if thing is None:
        return {path}
    name = subject.book.lists[thing].name
    return {f"{name}.{path}" if path else name}


def _held(rule: Rule) -> set[str]:
    return set(rule.hold.advice) if rule.hold is not None else set()


def _shows_that_it_applies(rule: Rule, example: Example, subject: Subject) -> bool:
    """True when an example expects what comes of the rule."""
    if rule.id in _names(example.expect, _APPLIES):
        return True
    return example.rule == rule.id and _expects_its_effects(rule, example.expect, subject)


def _expects_its_effects(rule: Rule, expect: Mapping[str, Any], subject: Subject) -> bool:
    drawn = _drawn(rule, subject)
    return (
        any(name in drawn and value in drawn[name] for name, value in expect.get("conclusions", {}).items())
        or bool(_names(expect, ("asks",)) & _asked(rule, subject))
        or bool(_names(expect, ("not now",)) & _held(rule))
        or bool(_names(expect, ("not given", "not fires")) & set(rule.overrides))
        or bool(_names(expect, ("conflicts",)) & set(drawn))
    )


def _shows_that_it_does_not(rule: Rule, example: Example, subject: Subject) -> bool:
    """True when an example expects that nothing comes of the rule."""
    if rule.id in _names(example.expect, _NOT):
        return True
    return example.rule == rule.id and _expects_none_of_its_effects(rule, example.expect, subject)


def _expects_none_of_its_effects(rule: Rule, expect: Mapping[str, Any], subject: Subject) -> bool:
    drawn = _drawn(rule, subject)
    return (
        any(name in drawn and value not in drawn[name] for name, value in expect.get("conclusions", {}).items())
        or bool(_names(expect, ("not concluded",)) & set(drawn))
        or bool(_names(expect, ("not asks",)) & _asked(rule, subject))
        or bool(_names(expect, ("given", "first", "later", "notes")) & (_held(rule) | set(rule.overrides)))
    )


def _no_example(subject: Subject) -> Iterator[Finding]:
    for rule in subject.book.rules:
        if not any(_shows_that_it_applies(rule, each, subject) for each in subject.examples_of(rule.id)):
            sentence = f"No example shows that the rule `{rule.id}` does what it should."
            hint = "Add one under `examples`: a person to whom it applies, and what comes of it."
            yield Finding(rule.place, "example-missing", sentence, hint, severity=Severity.WARNING)


def _no_counterexample(subject: Subject) -> Iterator[Finding]:
    for rule in subject.book.rules:
        examples = subject.examples_of(rule.id)
        if rule.condition.parts and not any(_shows_that_it_does_not(rule, each, subject) for each in examples):
            sentence = f"No example shows that the rule `{rule.id}` leaves alone those to whom it doesn't apply."
            hint = f"Add one of somebody who only just misses it, with `not fires: [{rule.id}]`."
            yield Finding(rule.place, "counterexample-missing", sentence, hint, severity=Severity.NOTE)


def _off(subject: Subject) -> Iterator[Finding]:
    for example in subject.examples:
        if example.rule is None:
            continue
        rule = subject.rules[example.rule]
        if not (
            _shows_that_it_applies(rule, example, subject)
            or _shows_that_it_does_not(rule, example, subject)
            or rule.id in {name for value in example.expect.values() if isinstance(value, list) for name in value}
        ):
            sentence = f'The example "{example.name}" expects nothing of its rule `{rule.id}`.'
            hint = f"Add `fires: [{rule.id}]` or `not fires: [{rule.id}]`, say, or move it to the rule it's about."
            yield Finding(example.place, "example-off-rule", sentence, hint, severity=Severity.WARNING)


PROOFS = (
    Check("example-missing", Severity.WARNING, "no example shows a rule at work", _no_example),
    Check("counterexample-missing", Severity.NOTE, "no example shows to whom a rule doesn't apply", _no_counterexample),
    Check("example-off-rule", Severity.WARNING, "an example expects nothing of its rule", _off),
)
