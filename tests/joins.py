"""Equality joins between lists, for generated knowledge bases, in which they are rare."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from advise.conditions import All, Condition, Of, Quantified, Ref, Scope, Test
from advise.operators import Core
from advise.rules import Rule, Rulebook
from tests.generated import BOOLEAN, TEXT


def joined(book: Rulebook, random: Random) -> Rulebook:
    """The rulebook with equality joins between the things of its rules."""
    return replace(book, rules=tuple(_joined(each, random) if each.each else each for each in book.rules))


def _joined(rule: Rule, random: Random) -> Rule:
    first = rule.each[0]
    second = rule.each[1] if len(rule.each) > 1 else Scope(*random.choice([("goal", "goal"), ("rung", "rung", True)]))
    if second.name == first.name:
        return rule
    paths = [path for path in ("key", "flag") if random.random() < 0.6] or ["key"]
    tests: list[Condition] = []
    for path in paths:
        type_ = TEXT if path == "key" else BOOLEAN
        sides = [Ref(Of.COLUMN if s.is_table else Of.FACT, s.name, s.thing, path, type_) for s in (first, second)]
        random.shuffle(sides)
        tests.append(Test(sides[0], Core.EQUAL, sides[1], "said"))
    kept = rule.condition.parts[: random.randrange(3)]
    if second in rule.each:
        return replace(rule, condition=All((*kept, *tests)))
    return replace(rule, condition=All((*kept, Quantified("some", second, All(tuple(tests))))))
