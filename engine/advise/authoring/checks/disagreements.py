"""Checks of rules that draw different values of one conclusion: where they meet, and where there's none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import ceil, floor, inf

from advise.authoring.checks.check import Check
from advise.authoring.checks.draws import Draw, Pair, draws, ranged, shown
from advise.authoring.checks.reasoned import Found, Reasoned
from advise.authoring.checks.subject import Subject
from advise.authoring.logic.literals import Key, Literal
from advise.authoring.logic.sets import Numbers, Range
from advise.conditions import Aggregate, Rank, Ref
from advise.errors import Finding, Severity
from advise.types import Kind


def _met(subject: Subject) -> Callable[[Reasoned], Found]:
    def found(_: Reasoned) -> Found:
        conflicts, overlaps = [], []
        for pair, facts in shown(subject):
            if pair.shared is None:
                conflicts.append(_conflict(pair, facts))
            else:
                overlaps.append(_overlap(subject, pair, facts))
        return {"conflicting-rules": conflicts, "ranges-overlap": overlaps}

    return found


def _conflict(pair: Pair, facts: object) -> Finding:
    sentence = f"{_both(pair)}, `{_value(pair.first)}` and `{_value(pair.last)}`."
    hint = "Let one override the other, or narrow their conditions. The witness is a person who shows it."
    return _finding("conflicting-rules", pair, sentence, hint, facts)


def _overlap(subject: Subject, pair: Pair, facts: object) -> Finding:
    assert pair.about is not None
    assert pair.shared is not None
    where = _in_words(subject, pair.about, pair.shared)
    sentence = f"{_both(pair)}, `{_value(pair.first)}` and `{_value(pair.last)}`: their ranges overlap{where}."
    hint = "Let one range end where the next begins: `less than` up to it, `at least` from it on."
    return _finding("ranges-overlap", pair, sentence, hint, facts)


def _finding(code: str, pair: Pair, sentence: str, hint: str, facts: object) -> Finding:
    witness = facts if isinstance(facts, dict) else None
    return Finding(pair.last.place, code, sentence, hint, severity=Severity.WARNING, witness=witness)


def _both(pair: Pair) -> str:
    first, last = pair.first, pair.last
    where = f"line {first.place.line}" if first.place.file == last.place.file else str(first.place)
    about = f"{last.conclude.thing}.{last.conclude.path}" if last.conclude.thing else last.conclude.path
    return f"The rules `{last.rule.id}` and `{first.rule.id}` ({where}) can both draw `{about}`"


def _value(draw: Draw) -> str:
    value = draw.conclude.value
    return str(value).lower() if isinstance(value, bool) else str(value)


# ----------------------------------------------------------------------------------------------- gaps


def _gaps(subject: Subject) -> Iterator[Finding]:
    logic = subject.reasoned.logic
    for drawn in draws(subject).values():
        groups: dict[tuple[Key, object, object], list[tuple[Draw, Literal]]] = {}
        tested = [ranged(each, logic) for each in drawn]
        for draw, numbers in zip(drawn, tested, strict=True):
            for key, (literal, rest) in numbers.items():
                groups.setdefault((key, rest, draw.rule.each), []).append((draw, literal))
        for (key, _, _), members in groups.items():
            values = {draw.conclude.value for draw, _ in members}
            if len(members) > 1 and len(values) > 1 and all(key in numbers for numbers in tested):
                yield from _between(subject, members)


def _between(subject: Subject, members: list[tuple[Draw, Literal]]) -> Iterator[Finding]:
    """The gaps between the ranges of rules that differ in nothing else."""
    literal = members[0][1]
    spans = sorted(
        ((each, draw) for draw, one in members if isinstance(one.allowed.values, Numbers)
         for each in one.allowed.values.ranges),
        key=lambda pair: (pair[0].low, pair[0].low_open),
    )  # fmt: skip
    reached, open_, before = spans[0][0].high, spans[0][0].high_open, spans[0][1]
    for each, draw in spans[1:]:
        gap = Range(reached, each.low, not open_, not each.low_open)
        whole = subject.reasoned.logic.domains.is_whole(literal.left) or literal.key[0] == "days"
        if not gap.is_empty and (gap.has_whole or not whole) and draw.conclude.value != before.conclude.value:
            where = _in_words(subject, literal, Numbers((gap,))) or " between their ranges of days"
            sentence = (
                f"Nothing is concluded{where}: `{before.rule.id}` ends before, and `{draw.rule.id}` begins later."
            )
            hint = "Let one range end where the next begins, if that isn't meant."
            yield Finding(draw.place, "ranges-gap", sentence, hint, severity=Severity.NOTE)
        if (each.high, not each.high_open) > (reached, not open_):
            reached, open_, before = each.high, each.high_open, draw


def _in_words(subject: Subject, literal: Literal, numbers: Numbers) -> str:
    """Where numbers lie, in words; empty for days, which depend on today."""
    left = literal.left
    if literal.key[0] != "value" or left is None or left.type.kind is not Kind.NUMBER or isinstance(left, Rank):
        return ""
    if subject.reasoned.logic.domains.is_whole(left):
        numbers = numbers.whole()
    if not numbers.ranges:
        return ""
    name = left.name if isinstance(left, Ref) else "the number" if isinstance(left, Aggregate) else "it"
    return f" where `{name}` is {_range(numbers.ranges[0], subject.reasoned.logic.domains.is_whole(left))}"


def _range(found: Range, whole: bool) -> str:
    low, high = found.low, found.high
    if whole:
        low = low if low == -inf else floor(low) + 1 if found.low_open else ceil(low)
        high = high if high == inf else ceil(high) - 1 if found.high_open else floor(high)
        found = Range(low, high)
    if low == high:
        return f"{low:g}"
    if low == -inf:
        return f"{'below' if found.high_open else 'at most'} {high:g}"
    if high == inf:
        return f"{'above' if found.low_open else 'at least'} {low:g}"
    if whole:
        return f"{low:g} to {high:g}"
    return f"{'above' if found.low_open else 'from'} {low:g} {'and below' if found.high_open else 'to'} {high:g}"


def _check(code: str, title: str) -> Check:
    def run(subject: Subject) -> Iterable[Finding]:
        return subject.reasoned.once("disagreements", _met(subject)).get(code, ())

    return Check(code, Severity.WARNING, title, run, costly=True)


DISAGREEMENTS = (
    _check("conflicting-rules", "two rules that draw different values for the same people"),
    _check("ranges-overlap", "two rules that draw different values from ranges that overlap"),
    Check("ranges-gap", Severity.NOTE, "a gap between the ranges from which rules draw their values", _gaps),
)
