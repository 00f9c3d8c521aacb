"""Checks of what is written and has no bearing: things that are bound, answers that are there, dated values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from advise.authoring.checks.check import Check
from advise.authoring.checks.effects import placeholders
from advise.authoring.checks.relations import held_by_name
from advise.authoring.checks.subject import Subject
from advise.authoring.logic import Names
from advise.authoring.logic.literals import Taking
from advise.conditions import AnyOf, Constant, Of, Parameter, Ref, Scope, Test
from advise.errors import Finding, Place, Severity
from advise.loading.nodes import items_of
from advise.operators import Core
from advise.plan import names_used, tests
from advise.rules import Rule
from advise.source import MappingNode
from advise.types import Kind, Type

_TRUTH = Type(Kind.BOOLEAN)


def _is_known(ref: Ref, known: bool) -> Test:
    return Test(ref, Core.KNOWN, Constant(known, _TRUTH), "")


# ---------------------------------------------------------------------------------------------- things


def _each_unused(subject: Subject) -> Iterator[Finding]:
    for rule in subject.book.rules:
        used = _used(rule) | _shared(subject, rule)
        for scope in rule.each:
            if scope.name in used or scope.is_table:
                continue
            place = _place_of_each(subject, rule, scope)
            sentence = f"Nothing is said of this {scope.name}, so the rule repeats itself for each {scope.thing} alike."
            hint = f"Write `some {scope.name}: {{..}}`, or name the {scope.name} in a condition or a text."
            yield Finding(place, "each-unused", sentence, hint, severity=Severity.WARNING)


def _used(rule: Rule) -> set[str]:
    """The bound names that a rule's condition, texts and effects speak of."""
    used = names_used(rule.condition) | {each.scope for each in rule.conclude if each.scope}
    used |= {ref.scope for ref in placeholders(rule) if isinstance(ref, Ref) and ref.scope}
    used |= {scope.thing for scope in rule.each if scope.other}
    if rule.ask is not None:
        used |= {scope.name for scope in rule.each if scope.thing == rule.ask.thing}
    return used


def _shared(subject: Subject, rule: Rule) -> set[str]:
    """The names that a rule has in common with one that it holds or overrides, or that does so to it."""
    relations = subject.reasoned.relations
    others = [*(rule.hold.advice if rule.hold else ()), *rule.overrides]
    others += [each.id for each in relations.held_by.get(rule.id, ()) if rule.id in held_by_name(subject, each)]
    others += (
        [each.id for each in subject.book.rules if rule.id in each.overrides] if rule.id in relations.overridden else []
    )
    return {scope.name for other in others for scope in relations.rules[other].each}


def _place_of_each(subject: Subject, rule: Rule, scope: Scope) -> Place:
    for item in items_of(subject.rule_nodes[rule.id], "when"):
        if isinstance(item, MappingNode):
            for key, place in item.keys.items():
                if " ".join(key.split()) == f"each {scope.name}":
                    return place
    return rule.place


# --------------------------------------------------------------------------------------------- answers


def _ask_never_asked(subject: Subject) -> Iterator[Finding]:
    for rule in subject.book.rules:
        if rule.ask is None or not rule.ask.path or rule.id not in subject.reasoned.live.rules:
            continue
        fact = subject.book.facts[rule.ask.thing, rule.ask.path]
        scope = next((each.name for each in rule.each if each.thing == rule.ask.thing), None)
        if fact.default is not None or (scope is None and rule.ask.thing is not None):
            continue
        ref = Ref(Of.FACT, scope, fact.thing, fact.path, fact.type)
        names, logic = Names.of(rule), subject.reasoned.logic
        answered = AnyOf((_is_known(ref, True), _is_known(ref, False)))
        needs = logic.never((rule.condition, names), (_is_known(ref, False), names))
        if needs or logic.follows(answered, names, (rule.condition, names)):
            sentence = f"This never asks for `{ref.name}`: the rule holds only for those who have answered already."
            hint = "Take the test of that fact out of the condition, or delete the question."
            yield Finding(rule.place, "ask-never-asked", sentence, hint, severity=Severity.WARNING)


# ------------------------------------------------------------------------------------------ parameters


def _parameter_beyond_fact(subject: Subject) -> Iterator[Finding]:
    for rule in subject.book.rules:
        for test in tests(rule.condition):
            if isinstance(test.right, Parameter) and len(subject.book.settings[test.right.name].values) > 1:
                yield from _beyond(subject, rule, test, test.right.name)


def _beyond(subject: Subject, rule: Rule, test: Test, name: str) -> Iterator[Finding]:
    setting = subject.book.settings[name]
    said = [_always_or_never(subject, test, day) for day, _ in setting.values]
    if None not in said:
        return
    for (day, value), word in zip(setting.values, said, strict=True):
        if word is not None:
            when = "Before the next value" if day == date.min else f"From {day.isoformat()} on"
            sentence = f"{when}, `${name}` is {value}, and then `{test.said}` {word}."
            hint = "Mend the value of the parameter, or the bounds of the fact."
            place = test.place or rule.place
            yield Finding(place, "parameter-beyond-fact", sentence, hint, severity=Severity.WARNING)
            return


def _always_or_never(subject: Subject, test: Test, day: date) -> str | None:
    """Whether a test is decided whatever the answer, with the parameters of a day."""
    env = {ref.scope: ref.scope for ref in (test.left,) if isinstance(ref, Ref) and ref.scope}
    branches = Taking(subject.book, day).branches(test, env)
    if branches is None or len(branches) != 1 or len(branches[0]) != 1:
        return None
    (literal,) = branches[0]
    domain = subject.reasoned.logic.domains.of(literal)
    if literal.key[0] != "value" or domain.meet(literal.allowed).is_empty:
        return "can't be true" if literal.key[0] == "value" else None
    return "is always true" if domain.within(literal.allowed) else None


# -------------------------------------------------------------------------------------- for everybody


def _for_everybody(subject: Subject) -> Iterator[Finding]:
    relations = subject.reasoned.relations
    for rule in subject.book.rules:
        if not rule.conclude or rule.id in relations.overridden or any(scope.is_table for scope in rule.each):
            continue
        if subject.reasoned.logic.true(rule.condition, Names.of(rule)):
            names = ", ".join(
                f"`{each.scope}.{each.path}`" if each.scope else f"`{each.path}`" for each in rule.conclude
            )
            whom = "everybody" if not rule.each else "every " + " and ".join(scope.name for scope in rule.each)
            sentence = f"This draws {names} for {whom}, so nothing is gained by testing it."
            hint = "Add what must hold for it, or let the rules for the other cases override this one."
            yield Finding(rule.place, "conclusion-for-everybody", sentence, hint, severity=Severity.NOTE)


def _check(code: str, severity: Severity, title: str, run: Callable[[Subject], Iterable[Finding]]) -> Check:
    return Check(code, severity, title, run)


IDLE = (
    _check(
        "each-unused",
        Severity.WARNING,
        "an `each` of which nothing is said, so that the rule repeats itself",
        _each_unused,
    ),
    _check(
        "ask-never-asked",
        Severity.WARNING,
        "a question that is asked only of those who have answered",
        _ask_never_asked,
    ),
    _check(
        "parameter-beyond-fact",
        Severity.WARNING,
        "a parameter that at some time decides a test whatever the answer",
        _parameter_beyond_fact,
    ),
    _check("conclusion-for-everybody", Severity.NOTE, "a conclusion that is drawn for everybody", _for_everybody),
)
