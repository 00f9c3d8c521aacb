"""Marks to stand beside the lines of rule files: what the examples reach of the conditions on each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from advise.authoring.examples.coverage import ConditionCoverage, Coverage, RuleCoverage
from advise.errors import Place
from advise.evaluate.meaning import Truth

LETTERS = {Truth.TRUE: "T", Truth.FALSE: "F", Truth.UNKNOWN: "U"}
NONE = "."
WORDS = {Truth.TRUE: "true", Truth.FALSE: "false", Truth.UNKNOWN: "unknown"}


@dataclass(frozen=True, slots=True)
class Margin:
    """What stands beside a line: a letter for each truth value that every condition on the line reaches in some
    example (`TFU`), `A` if each is shown to decide alone, and a dot for what isn't; for a rule, in how many examples
    it holds. `notes` are what's missing, each with its column."""

    marks: str
    notes: tuple[tuple[int, str], ...] = ()


@dataclass
class _Line:
    rule: RuleCoverage | None = None
    conditions: list[ConditionCoverage] = field(default_factory=list)


def margins(coverage: Coverage) -> Mapping[str, Mapping[int, Margin]]:
    """Per file and line what stands beside it. Empty for a rulebook that wasn't read from its files."""
    lines: dict[str, dict[int, _Line]] = {}

    def line(place: Place) -> _Line:
        return lines.setdefault(place.file, {}).setdefault(place.line, _Line())

    for rule in coverage.rules:
        if rule.rule.place.file:
            line(rule.rule.place).rule = rule
        for each in rule.conditions:
            if each.condition.place is not None:
                line(each.condition.place).conditions.append(each)
    return {name: {number: _margin(each) for number, each in sorted(of.items())} for name, of in lines.items()}


def _margin(line: _Line) -> Margin:
    if not line.conditions:
        assert line.rule is not None
        return Margin(f"x{line.rule.fired}", _unfired(line.rule))
    marks = [
        letter if all(each.reached[truth] for each in line.conditions) else NONE for truth, letter in LETTERS.items()
    ]
    marks.append("A" if all(each.alone for each in line.conditions) else NONE)
    return Margin("".join(marks), tuple(_notes(line)))


def _unfired(rule: RuleCoverage) -> tuple[tuple[int, str], ...]:
    column = rule.rule.place.column
    if not rule.fired:
        return ((column, f"{rule.rule.id}: holds in no example"),)
    return () if rule.not_fired else ((column, f"{rule.rule.id}: holds in every example"),)


def _notes(line: _Line) -> Iterator[tuple[int, str]]:
    for each in line.conditions:
        missing = lacking(each)
        if missing and each.condition.place is not None:
            yield each.condition.place.column, f"{each.condition.said}: {missing}"


def lacking(each: ConditionCoverage) -> str:
    """What the examples don't show of a condition, in words; empty if they show everything."""
    never = [f"never {WORDS[truth]}" for truth in each.missing]
    sides = [truth for truth in (Truth.TRUE, Truth.FALSE) if each.reached[truth] and not each.decided[truth]]
    if sides:
        never.append(f"never decides alone when {' or '.join(WORDS[truth] for truth in sides)}")
    return ", ".join(never)
