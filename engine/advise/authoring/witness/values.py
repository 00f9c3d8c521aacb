"""Values worth trying for a fact: those that rules, tables and examples name, and the edges of what it may be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any

from advise.conditions import Aggregate, Condition, Constant, Lookup, Of, Operand, Parameter, Rank, Ref, Test
from advise.evaluate.meaning import Truth
from advise.evaluate.reference import dig
from advise.operators import Core
from advise.plan import Key, operand_parts, tests
from advise.rules import Example, Rulebook
from advise.types import Fact, Kind
from advise.values import shifted

_MANY = 40


class Pool:
    """For each fact of a knowledge base the values worth trying, the most usual ones first."""

    def __init__(self, book: Rulebook, examples: Iterable[Example], as_of: date) -> None:
        self.book = book
        self.as_of = as_of
        self._examples = tuple(examples)
        self._found: dict[Key, tuple[Any, ...]] = {}

    def of(self, key: Key) -> tuple[Any, ...]:
        """Plain JSON values for the fact `key`."""
        if key not in self._found:
            fact = self.book.facts[key]
            keys = [key]
            if fact.type.kind is Kind.TEXT:  # what is called the same is often compared
                keys += [
                    each for each, other in self.book.facts.items() if key[1] == each[1] and other.type == fact.type
                ]
            every = [value for found in (self._stated, self._named) for each in keys for value in found.get(each, ())]
            every += self._made(fact)
            plain = {(type(value), repr(value)): value for value in every}
            self._found[key] = tuple(list(plain.values())[:_MANY])
        return self._found[key]

    @cached_property
    def _stated(self) -> Mapping[Key, list[Any]]:
        """The values in the examples, the most frequent first."""
        counts: dict[Key, Counter[Any]] = {}
        for example in self._examples:
            for key in self.book.facts:
                for value in _given(self.book, example.facts, key):
                    counts.setdefault(key, Counter())[value] += 1
        # Ties are broken by the value, so that the order of files and examples changes nothing.
        return {
            key: [value for value, _ in sorted(found.items(), key=lambda each: (-each[1], str(each[0])))][: _MANY // 2]
            for key, found in counts.items()
        }

    @cached_property
    def _named(self) -> Mapping[Key, list[Any]]:
        """The values in rules, and in the keys of tables."""
        found: dict[Key, list[Any]] = {}
        conditions = [rule.condition for rule in self.book.rules]
        for key, value in _constants(self.book, conditions):
            values = found.setdefault(key, [])
            if value not in values:
                values.append(value)
        return found

    def _made(self, fact: Fact) -> Iterator[Any]:
        type_ = fact.type
        match type_.kind:
            case Kind.BOOLEAN:
                yield from (True, False)
            case Kind.CHOICE:
                yield from type_.choices
            case Kind.NUMBER:
                ends = (type_.low, type_.high)
                yield from (_number(each) for each in (*ends, 1, 10) if each is not None and _within(each, type_))
            case Kind.DATE:
                for months in (-6, 6, -60, 60, -1, 1, 0):
                    yield shifted(self.as_of, months, "months").isoformat()
            case Kind.TEXT:
                yield f"some {fact.title.lower()}"[: int(type_.high or 200)]
                yield f"another {fact.title.lower()}"[: int(type_.high or 200)]


def _within(value: float, type_: Any) -> bool:
    return (type_.low is None or value >= type_.low) and (type_.high is None or value <= type_.high)


def _number(value: float) -> int | float:
    return int(value) if float(value).is_integer() else value


def _given(book: Rulebook, facts: Mapping[str, Any], key: Key) -> Iterator[Any]:
    """What an example says of a fact, wherever it says it."""
    thing, path = key
    items = [facts] if thing is None else facts.get(book.lists[thing].name) or () if thing in book.lists else ()
    for item in items:
        value = dig(item, path)
        if isinstance(value, str | int | float) and not isinstance(value, Truth):
            yield value
        elif isinstance(value, list | tuple):
            yield from value


def _constants(book: Rulebook, conditions: Iterable[Condition]) -> Iterator[tuple[Key, Any]]:
    for condition in conditions:
        yield from _constants_of(book, condition)
    for computed in book.computed.values():
        yield from _of_operand(book, computed.value)


def _of_test(book: Rulebook, test: Test) -> Iterator[tuple[Key, Any]]:
    for one, two in ((test.left, test.right), (test.right, test.left)):
        yield from _of_operand(book, one)
        ref = one.of if isinstance(one, Rank) else one
        if not isinstance(ref, Ref) or ref.of is not Of.FACT or test.operator in (Core.KNOWN, Core.MATCHES):
            continue
        if isinstance(two, Parameter) and ref.type.kind is not Kind.DATE:
            yield from ((ref.key, value) for _, value in book.settings[two.name].values)
        if isinstance(two, Constant) and not isinstance(one, Rank):
            yield from ((ref.key, value) for value in (two.value if isinstance(two.value, tuple) else (two.value,)))


def _of_operand(book: Rulebook, operand: Operand) -> Iterator[tuple[Key, Any]]:
    if isinstance(operand, Aggregate):
        yield from _constants_of(book, operand.where)
    if isinstance(operand, Lookup):
        table = book.tables[operand.table]
        names = [column.name for column in table.columns]
        for column, key in zip(table.key, operand.keys, strict=True):
            if isinstance(key, Ref) and key.of is Of.FACT:
                at = names.index(column)
                yield from ((key.key, row[at]) for row in table.rows[:_MANY] if row[at] is not None)
    for part in operand_parts(operand):
        yield from _of_operand(book, part)


def _constants_of(book: Rulebook, condition: Condition) -> Iterator[tuple[Key, Any]]:
    for test in tests(condition):
        yield from _of_test(book, test)
