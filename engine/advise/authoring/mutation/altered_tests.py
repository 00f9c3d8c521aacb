"""A single test altered a little: its threshold, its operator, its value; and what it says then."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import cast

from advise.conditions import (
    Aggregate,
    Arithmetic,
    Condition,
    Constant,
    Elapsed,
    Not,
    Operand,
    Rank,
    Ref,
    Shifted,
    Test,
    Today,
)
from advise.errors import Place
from advise.operators import Core
from advise.types import Kind, Literal, Type

_SWAPPED = {
    Core.AT_LEAST: Core.MORE,
    Core.MORE: Core.AT_LEAST,
    Core.AT_MOST: Core.LESS,
    Core.LESS: Core.AT_MOST,
}
_WORDS = {
    "at least": "more than",
    "more than": "at least",
    "at most": "less than",
    "less than": "at most",
    "before": "on or before",
    "after": "on or after",
}
_ORDER_WORD = re.compile(rf"({'|'.join(_WORDS)})\b")
_NEGATED = (Core.EQUAL, Core.ONE_OF, Core.CONTAINS, Core.MATCHES)


@dataclass(frozen=True, slots=True)
class Alteration:
    """A condition in place of another: its sort, where, what it was and what it is (nothing for what is left out)."""

    kind: str
    place: Place | None
    before: str
    after: str
    condition: Condition

    def inside(self, whole: Condition) -> Alteration:
        """The same alteration, as the condition that it's in comes out."""
        return replace(self, condition=whole)


def stepped(number: float, type_: Type) -> Iterator[float]:
    """One more and one less, as far as the type has them; a fraction moves by one in its last decimal."""
    decimals = 0 if isinstance(number, int) or number == int(number) else len(repr(number).partition(".")[2])
    for sign in (1, -1):
        value = number + sign if decimals == 0 else round(number + sign * 10**-decimals, decimals)
        if (type_.low is None or value >= type_.low) and (type_.high is None or value <= type_.high):
            yield value


def altered_test(test: Test) -> Iterator[Alteration]:
    """A test with its operator, its threshold or its value altered; not the condition of an aggregate in it."""
    yield from _operator(test)
    yield from _values(test)
    for right, before, after in _thresholds(test.right, test):
        yield _altered(test, "threshold", _told(test, before, after), right=right)


def _altered(test: Test, kind: str, said: str, **what: object) -> Alteration:
    changed = replace(test, said=said, **what)  # type: ignore[arg-type]
    return Alteration(kind, test.place, test.said, said, changed)


def _told(test: Test, before: str, after: str) -> str:
    """The test in words with one value in place of another."""
    subject, colon, words = test.said.rpartition(": ")
    pattern = rf"(?<![\w.$]){re.escape(before)}(?![\w.])"
    found = len(re.findall(pattern, words))
    if found != 1:  # both ends of a range may be the same number, and a rank isn't a number in the file
        return f"{test.said} ({after} in place of {before})"
    return f"{subject}{colon}{re.sub(pattern, after.replace(chr(92), chr(92) * 2), words)}"


# ------------------------------------------------------------------------------------------ operators


def _operator(test: Test) -> Iterator[Alteration]:
    operator = Core(test.operator)
    if operator in _SWAPPED and not _same_as_threshold(test):
        yield _altered(test, "operator", _swapped_words(test), operator=_SWAPPED[operator].value)
    if operator in _NEGATED and not _is_boolean(test):
        subject, colon, words = test.said.rpartition(": ")
        said = f"{subject}{colon}not {words}"
        yield Alteration("operator", test.place, test.said, said, Not(test, test.place))


def _is_boolean(test: Test) -> bool:
    return test.left.type.kind is Kind.BOOLEAN and isinstance(test.right, Constant)


def _same_as_threshold(test: Test) -> bool:
    """True for whole numbers: more than 3 is at least 4, which a threshold is altered to anyway."""
    whole = isinstance(test.left, Rank | Elapsed) or test.left.type.integer or _choices(test) != ()
    counts = isinstance(test.left, Aggregate) and test.left.function == "count"
    return (whole or counts) and isinstance(test.right, Constant)


def _swapped_words(test: Test) -> str:
    subject, colon, words = test.said.rpartition(": ")
    match = _ORDER_WORD.match(words)
    if match is None:  # an end of `between` or `within`
        return f"{test.said}, not {'from' if test.operator == Core.AT_LEAST else 'up to'} the very end"
    return f"{subject}{colon}{_WORDS[match[1]]}{words[match.end() :]}"


# --------------------------------------------------------------------------------------------- values


def _values(test: Test) -> Iterator[Alteration]:
    right = test.right
    if not isinstance(right, Constant):
        return
    if isinstance(right.value, bool):
        if test.operator == Core.KNOWN:
            said = f"{test.said.rpartition(': ')[0]}: {'not known' if right.value else 'known'}"
        else:
            said = _told(test, str(right.value).lower(), str(not right.value).lower())
        yield _altered(test, "value", said, right=replace(right, value=not right.value))
    elif isinstance(right.value, tuple):
        yield from _members(test, right)
    elif test.operator == Core.EQUAL and (choices := _choices(test)):
        yield from _another_choice(test, right, choices)


def _another_choice(test: Test, right: Constant, choices: tuple[str, ...]) -> Iterator[Alteration]:
    """Equal to the next value of a choice, which may be held as its rank."""
    is_rank = right.value not in choices
    at = cast(int, right.value) if is_rank else choices.index(str(right.value))
    other = (at + 1) % len(choices)
    if at in range(len(choices)) and other != at:
        value = replace(right, value=other if is_rank else choices[other])
        yield _altered(test, "value", _told(test, choices[at], choices[other]), right=value)


def _choices(test: Test) -> tuple[str, ...]:
    """The values of the choice that is tested, also where it's held as a rank."""
    if isinstance(test.left, Rank):
        return test.left.choices
    return test.left.type.choices if isinstance(test.left, Ref | Aggregate) else ()


def _members(test: Test, right: Constant) -> Iterator[Alteration]:
    """A list of values without one of them; a range of an ordered choice a step longer or shorter."""
    values = cast(tuple[Literal, ...], right.value)
    choices = _choices(test)
    words = test.said.rpartition(": ")[2]
    if choices and re.match(r"(at least|more than|at most|less than)\b", words):
        yield from _ranges(test, right, choices)
        return
    for number, value in enumerate(values):
        rest = (*values[:number], *values[number + 1 :])
        if rest and value not in rest:
            name = choices[value] if value in range(len(choices)) else value  # type: ignore[index]
            said = f"{test.said}, without {name}"
            yield _altered(test, "list", said, right=replace(right, value=cast(Literal, rest)))


def _ranges(test: Test, right: Constant, choices: tuple[str, ...]) -> Iterator[Alteration]:
    values = cast(tuple[str, ...], right.value)
    upwards = values[-1] == choices[-1] and re.search(r": (at least|more than)\b[^:]*$", test.said)
    for size in (len(values) - 1, len(values) + 1):
        if 0 < size <= len(choices):
            kept = choices[-size:] if upwards else choices[:size]
            said = f"{test.said.rpartition(': ')[0]}: {f'at least {kept[0]}' if upwards else f'at most {kept[-1]}'}"
            yield _altered(test, "threshold", said, right=replace(right, value=kept))


# ----------------------------------------------------------------------------------------- thresholds


def _thresholds(operand: Operand, test: Test) -> Iterator[tuple[Operand, str, str]]:
    """A value with one number or day in it moved by one, with what it was and is."""
    match operand:
        case Constant() if not isinstance(operand.value, bool | tuple) and test.operator != Core.KNOWN:
            yield from _moved(operand, test)
        case Shifted():
            for count, before, after in _lengths(operand):
                yield replace(operand, count=count), before, after
            if not isinstance(operand.date, Today):
                for day, before, after in _thresholds(operand.date, test):
                    yield replace(operand, date=day), before, after
        case Arithmetic():
            for left, before, after in _thresholds(operand.left, test):
                yield replace(operand, left=left), before, after
            for right, before, after in _thresholds(operand.right, test):
                yield replace(operand, right=right), before, after


def _lengths(operand: Shifted) -> Iterator[tuple[Constant, str, str]]:
    count = operand.count
    if isinstance(count, Constant):
        for value in stepped(cast(float, count.value), count.type):
            if value >= 0:
                yield replace(count, value=value), f"{count.value} {operand.unit}", f"{value} {operand.unit}"


def _moved(constant: Constant, test: Test) -> Iterator[tuple[Constant, str, str]]:
    value, choices = constant.value, _choices(test)
    if constant.type.kind is Kind.DATE and len(str(value)) == 10:
        for days in (1, -1):
            moved = (date.fromisoformat(str(value)) + timedelta(days)).isoformat()
            yield replace(constant, value=moved), str(value), moved
    elif constant.type.kind is Kind.NUMBER and choices and constant is test.right:
        named = dict(enumerate(choices))
        for rank in (cast(int, value) + 1, cast(int, value) - 1):
            if test.operator != Core.EQUAL and rank in named and value in named:  # equal to another is another value
                yield replace(constant, value=rank), named[cast(int, value)], named[rank]
    elif constant.type.kind is Kind.NUMBER:
        bounds = test.left.type if constant is test.right else Type(Kind.NUMBER)
        for number in stepped(cast(float, value), bounds):
            yield replace(constant, value=number), f"{value:g}", f"{number:g}"
