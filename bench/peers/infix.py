"""Rules as infix expressions, for the engines whose rules are such: what CEL and Zen have in common."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Protocol

from workload import FIELD, LISTS, Condition, Holds, Join, Over, Test

from peers.engine import Tree

_SYMBOLS = {"at least": ">=", "at most": "<=", "more than": ">", "less than": "<", "is": "==", "is not": "!="}


class Dialect(Protocol):
    """How one language writes what the other writes in another way."""

    both: str

    def negated(self, text: str) -> str:
        """Not."""

    def not_in(self, fact: str, values: str) -> str:
        """None of the values."""

    def over(self, quantifier: str, list: str, thing: str, tests: str) -> str:
        """`some`, `every` or `no` thing of a list."""


def literal(value: Any) -> str:
    """A value."""
    return json.dumps(value)


def tree(dialect: Dialect, of: Tree) -> str:
    """Conditions, those on other rules inlined."""
    if not isinstance(of, tuple):
        return condition(dialect, of)
    text = dialect.both.join(
        f"({tree(dialect, each)})" if isinstance(each, tuple) else tree(dialect, each) for each in of[1]
    )
    return dialect.negated(f"({text})") if of[0] else text


def condition(dialect: Dialect, of: Condition) -> str:
    """One condition; one on another rule can't be in it."""
    match of:
        case Test():
            return _test(dialect, of.field.name, of)
        case Over():
            thing = LISTS[of.list][0]
            return dialect.over(of.quantifier, of.list, thing, _tests(dialect, thing, of.where))
        case Join():
            thing = LISTS[of.right][0]
            same = f"{thing}.{FIELD.name} == goal.{FIELD.name}"
            right = _all(dialect, [same, _tests(dialect, thing, of.right_where)])
            found = dialect.over("no" if of.anti else "some", of.right, thing, right)
            return dialect.over("some", "goals", "goal", _all(dialect, [_tests(dialect, "goal", of.where), found]))
        case Holds():
            raise TypeError("A condition on another rule is to be written by the engine.")


def _tests(dialect: Dialect, thing: str, tests: Sequence[Test]) -> str:
    return _all(dialect, [_test(dialect, f"{thing}.{test.field.name}", test) for test in tests])


def _all(dialect: Dialect, texts: Sequence[str]) -> str:
    return dialect.both.join(text for text in texts if text)


def _test(dialect: Dialect, fact: str, test: Test) -> str:
    known, value = f"{fact} != null", test.value
    match test.operator:
        case "known":
            return known
        case "is":
            return f"{fact} == {literal(value)}"
        case "one of":
            return f"{fact} in {literal(value)}"
        case "not one of":
            text = dialect.not_in(fact, literal(value))
        case "between":
            text = f"{fact} >= {literal(value[0])}{dialect.both}{fact} <= {literal(value[1])}"
        case _:
            text = f"{fact} {_SYMBOLS[test.operator]} {literal(value)}"
    return f"{known}{dialect.both}{text}" if test.field.nullable else text
