"""DuckDB: the rules as one SQL query, a common table expression for each stratum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workload import FIELD, LISTS, Condition, Holds, Over, Rule, Test

from peers.engine import lists_last, name_of, packaged
from peers.tables import TableEngine, TablePeer

if TYPE_CHECKING:
    from peers.tables import Found

_SYMBOLS = {"at least": ">=", "at most": "<=", "more than": ">", "less than": "<", "is": "=", "is not": "<>"}
_BATCH = 1 << 16


class _DuckDb(TableEngine):
    def __init__(self, rules: Sequence[Rule], folder: Path) -> None:  # noqa: ARG002
        import duckdb

        self._connection = duckdb.connect()
        self._query = _query(rules)

    def read(self, path: Path) -> Any:
        self._connection.execute(f"CREATE OR REPLACE TABLE people AS SELECT * FROM '{path}'")
        return "people"

    def advise(self, people: Any) -> Iterator[Found]:
        import numpy as np

        source = f"'{people}'" if isinstance(people, Path) else people
        first = 0
        for batch in self._connection.sql(self._query.replace("{people}", source)).to_arrow_reader(_BATCH):
            advice = batch.column(0)
            counts = np.diff(advice.offsets.to_numpy())
            yield np.repeat(np.arange(first, first + len(counts)), counts), advice.flatten().to_numpy()
            first += len(counts)


def _query(rules: Sequence[Rule]) -> str:
    parts, source = [], "{people}"
    for depth in sorted({rule.depth for rule in rules}):
        held = ", ".join(f"{_rule(rule)} AS {name_of(rule.id)}" for rule in rules if rule.depth == depth)
        parts.append(f"stratum_{depth} AS (SELECT *, {held} FROM {source})")
        source = f"stratum_{depth}"
    each = ", ".join(f"CASE WHEN {name_of(rule.id)} THEN {index}::USMALLINT END" for index, rule in enumerate(rules))
    return f"WITH {', '.join(parts)} SELECT list_filter([{each}], lambda x: x IS NOT NULL) AS advice FROM {source}"


def _rule(rule: Rule) -> str:
    return f"coalesce({' AND '.join(_condition(each) for each in lists_last(rule.when))}, false)"


def _condition(condition: Condition) -> str:
    match condition:
        case Test():
            return _test(condition, condition.field.name)
        case Holds():
            return f"{'NOT ' if condition.negated else ''}{name_of(condition.rule)}"
        case Over():
            word = "and" if condition.quantifier == "every" else "or"
            thing = LISTS[condition.list][0]
            text = f"list_bool_{word}([{_tests(thing, condition.where)} FOR {thing} IN {condition.list}])"
            return f"NOT {text}" if condition.quantifier == "no" else text
    left = _fields("goals", condition.where)
    right = _fields(condition.right, condition.right_where)
    if condition.anti:
        return f"(len({left}) > 0 AND NOT list_has_all({right}, {left}))"
    return f"list_has_any({left}, {right})"


def _fields(name: str, tests: Sequence[Test]) -> str:
    thing = LISTS[name][0]
    return f"[{thing}.{FIELD.name} FOR {thing} IN {name}{f' IF {_tests(thing, tests)}' if tests else ''}]"


def _tests(thing: str, tests: Sequence[Test]) -> str:
    return " AND ".join(f"coalesce({_test(test, f'{thing}.{test.field.name}')}, false)" for test in tests)


def _test(test: Test, fact: str) -> str:
    value = test.value
    match test.operator:
        case "known":
            return f"{fact} IS NOT NULL"
        case "one of" | "not one of":
            word = "IN" if test.operator == "one of" else "NOT IN"
            return f"{fact} {word} ({', '.join(map(_literal, value))})"
        case "between":
            return f"{fact} BETWEEN {_literal(value[0])} AND {_literal(value[1])}"
    return f"{fact} {_SYMBOLS[test.operator]} {_literal(value)}"


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}'" if isinstance(value, str) else repr(value)


def _version() -> str:
    packaged("pyarrow")
    return packaged("duckdb")


PEER = TablePeer(
    "duckdb",
    "DuckDB",
    "one SQL query, list functions for lists",
    _version,
    _DuckDb,
    instead=(
        "missing facts: `coalesce(..., false)`; chaining: a table expression for each stratum; joins: list functions",
    ),
)
