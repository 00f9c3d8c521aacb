"""The laws of comparing, over generated knowledge bases and people."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from advise.authoring.differences import Comparing, Shift, changes_between
from advise.authoring.differences.versions import Met, Version
from advise.conditions import All, AnyOf, Condition, Not, Quantified, Test
from advise.errors import Place
from advise.knowledge_base import KnowledgeBase
from advise.outcome import Outcome, outcome
from advise.plan import find_cycles
from advise.rules import Rule, Rulebook, Words
from tests.generated import AS_OF, KnowledgeBases, plain_case

seeds = st.integers(0, 2**48)
FEW = settings(max_examples=int(os.environ.get("ADVISE_LAW_EXAMPLES", "150")) // 3, deadline=None)


def _base(book: Rulebook) -> KnowledgeBase:
    return KnowledgeBase(book, Path())


def _shuffled(condition: Condition, random: Random) -> Condition:
    """The same condition with its parts in another order, worded otherwise and elsewhere."""
    match condition:
        case Test():
            return replace(condition, said="as it's written now", place=Place("other.yaml", 7, 7))
        case All() | AnyOf():
            parts = [_shuffled(part, random) for part in condition.parts]
            random.shuffle(parts)
            return replace(condition, parts=tuple(parts))
        case Not():
            return replace(condition, part=_shuffled(condition.part, random))
        case Quantified():
            return replace(condition, body=_shuffled(condition.body, random))


def _reordered(book: Rulebook, random: Random) -> Rulebook:
    rules = [replace(rule, condition=_shuffled(rule.condition, random)) for rule in book.rules]
    random.shuffle(rules)
    return replace(book, rules=tuple(rules), content_hash="other")


def _mutated(book: Rulebook, random: Random) -> Rulebook:
    """A version with something changed: one rule, a parameter, or both."""
    made = _with_a_rule_changed(book, random) if book.rules else book
    if random.random() < 0.3:
        fixed = replace(book.settings["fixed"], values=((date.min, 2),))
        made = replace(made, settings={**book.settings, "fixed": fixed})
    return book if find_cycles(made) else made


def _with_a_rule_changed(book: Rulebook, random: Random) -> Rulebook:
    rule = random.choice(book.rules)
    parts = rule.condition.parts
    changes: list[Rule | None] = [None, replace(rule, id="renamed")]
    if parts:
        changes.append(replace(rule, condition=All(parts[1:])))
        changes.append(replace(rule, condition=All((Not(parts[0]), *parts[1:]))))
    if rule.advise is not None:
        changes.append(replace(rule, advise=replace(rule.advise, say=Words({"en": ("other words",)}))))
        changes.append(replace(rule, advise=replace(rule.advise, priority="two", kind="note")))
    changed = random.choice(changes)
    rules = [each for each in book.rules if each.id != rule.id] + ([changed] if changed else [])
    return replace(book, rules=tuple(_naming(each, rule.id, changed and changed.id) for each in rules))


def _naming(rule: Rule, before: str, now: str | None) -> Rule:
    """A rule that calls another by the id that it has now, or no longer names it."""
    overrides, hold = _named_now(rule.overrides, before, now), rule.hold
    if hold is not None:
        advice = _named_now(hold.advice, before, now)
        hold = replace(hold, advice=advice) if advice else None
    return replace(rule, overrides=overrides, hold=hold)


def _named_now(names: tuple[str, ...], before: str, now: str | None) -> tuple[str, ...]:
    found = (now if name == before else name for name in names)
    return tuple(name for name in found if name is not None)


def _met(comparing: Comparing, facts: dict[str, Any], as_of: Any) -> tuple[Met, Met]:
    def meet(version: Version) -> Met:
        case = plain_case(facts, as_of)
        return Met(version, case, version.base.evaluate(case))

    return meet(comparing.old), meet(comparing.new)


def _report(met: Met) -> dict[str, Any]:
    """What a report says, worked out from the plain outcome, under the names of now."""
    base = met.version.base
    told: Outcome = outcome(base.plan, met.case, met.evaluation)
    whole: dict[str, Any] = dict(told.to_dict())
    left_out = {"because", "proof", "source", "rank", "priority", "effort", "decides", "allowed", "topic", "rule",
        "rules",
                "means", "asked_before", "known_missing", "knowledge_base", "as_of", "title"}  # fmt: skip
    for item in whole["not_now"]:
        item["held_by"] = _reasons(item["held_by"])
    kept: dict[str, Any] = _less(whole, left_out)
    return {**kept, "questions": sorted(kept["questions"], key=repr), "conclusions": _reported(kept)}


def _reasons(holds: list[Any]) -> list[Any]:
    """Why something has to wait: two holds that say the same are said once."""
    said = ((each["because"], each["until"], (each["instead"] or {"text": ""})["text"]) for each in holds)
    return list(dict.fromkeys(said))


def _less(value: Any, left_out: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _less(each, left_out) for key, each in value.items() if key not in left_out}
    return [_less(each, left_out) for each in value] if isinstance(value, list) else value


def _reported(report: dict[str, Any]) -> list[Any]:
    return [each["report"] for each in report["conclusions"] if each["report"]]


def _turned(shift: Shift) -> Shift:
    return Shift(shift.about, shift.new, shift.old)


@FEW
@given(seeds)
def test_a_knowledge_base_does_not_differ_from_itself_in_another_order(seed: int) -> None:
    random = Random(seed)
    book = KnowledgeBases(random).rulebook(12)
    assert changes_between(book, book).all == ()
    assert changes_between(book, _reordered(book, random)).all == ()


@FEW
@given(seeds, st.sampled_from([0.5, 0.9]), st.sampled_from(AS_OF))
def test_everybody_whose_report_differs_is_found_with_a_reason(seed: int, known: float, as_of: Any) -> None:
    made = KnowledgeBases(Random(seed))
    old = made.rulebook(8)
    new = _mutated(old, made.random)
    comparing = Comparing(_base(old), _base(new))
    for _ in range(4):
        before, now = _met(comparing, made.facts(known), as_of)
        found = comparing.between(before, now)
        same = _named(_report(before), comparing) == _report(now)
        assert bool(found) is not same
        assert all(reasons for _, reasons in found)


def _named(value: Any, comparing: Comparing) -> Any:
    """A report under the ids that rules have now."""
    names = {name: now for (_, name), now in comparing.changes.names.renamed.items()}
    if isinstance(value, dict):
        return {key: names.get(each, each) if key == "id" else _named(each, comparing) for key, each in value.items()}
    return [_named(each, comparing) for each in value] if isinstance(value, list) else value


@FEW
@given(seeds)
def test_swapping_the_versions_swaps_the_sides(seed: int) -> None:
    made = KnowledgeBases(Random(seed))
    old = made.rulebook(8)
    new = _mutated(old, made.random)
    there, back = Comparing(_base(old), _base(new)), Comparing(_base(new), _base(old))
    marks = {"-": "+", "+": "-"}
    forth = sorted((each.sort, marks.get(line.mark, line.mark), line.text if line.mark != "~" else "")
                   for each in there.changes.all for line in each.lines)  # fmt: skip
    assert forth == sorted((each.sort, line.mark, line.text if line.mark != "~" else "")
                           for each in back.changes.all for line in each.lines)  # fmt: skip
    for _ in range(3):
        facts = made.facts(0.8)
        one, two = there.between(*_met(there, facts, AS_OF[0])), back.between(*_met(back, facts, AS_OF[0]))
        assert _likenesses(_turned(shift) for shift, _ in one) == _likenesses(shift for shift, _ in two)


def _likenesses(shifts: Any) -> list[str]:
    return sorted(
        repr((each.about[0], each.about[2], each.how, [s and (s.place, s.text) for s in (each.old, each.new)]))
        for each in shifts
    )
