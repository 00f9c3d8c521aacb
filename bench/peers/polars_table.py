"""Polars: the rules as expressions, one stratum of rules after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import and_
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workload import FIELD, Condition, Holds, Over, Rule, Test

from peers.engine import packaged
from peers.tables import TableEngine, TablePeer

if TYPE_CHECKING:
    from peers.tables import Found


class _Polars(TableEngine):
    def __init__(self, rules: Sequence[Rule], folder: Path) -> None:  # noqa: ARG002
        self._ids = [rule.id for rule in rules]
        self._strata = [
            [
                _no_null(_all([_condition(each) for each in rule.when])).alias(rule.id)
                for rule in rules
                if rule.depth == d
            ]
            for d in sorted({rule.depth for rule in rules})
        ]

    def read(self, path: Path) -> Any:
        import polars as pl

        return pl.read_parquet(path)

    def advise(self, people: Any) -> Iterator[Found]:
        import numpy as np
        import polars as pl

        from_file = isinstance(people, Path)
        frame = pl.scan_parquet(people) if from_file else people.lazy()
        for stratum in self._strata:
            frame = frame.with_columns(stratum)
        found = frame.select(self._ids).collect(engine="streaming" if from_file else "auto")
        held = np.empty((found.height, len(self._ids)), bool)
        for index, id in enumerate(self._ids):
            held[:, index] = found[id].to_numpy()
        yield np.divmod(np.flatnonzero(held), len(self._ids))


def _condition(condition: Condition) -> Any:
    import polars as pl

    match condition:
        case Test():
            return _test(condition, pl.col(condition.field.name))
        case Holds():
            return ~pl.col(condition.rule) if condition.negated else pl.col(condition.rule)
        case Over():
            holds = pl.col(condition.list).list.eval(_tests(condition.where))
            if condition.quantifier == "every":
                return holds.list.all()
            return holds.list.any() if condition.quantifier == "some" else ~holds.list.any()
    left = _fields("goals", condition.where)
    right = _fields(condition.right, condition.right_where)
    found = left.list.set_difference(right) if condition.anti else left.list.set_intersection(right)
    return found.list.len() > 0


def _fields(name: str, tests: Sequence[Test]) -> Any:
    import polars as pl

    field = pl.element().struct.field(FIELD.name)
    return pl.col(name).list.eval(field.filter(_tests(tests)) if tests else field)


def _tests(tests: Sequence[Test]) -> Any:
    import polars as pl

    return _all([_no_null(_test(test, pl.element().struct.field(test.field.name))) for test in tests])


def _all(parts: Sequence[Any]) -> Any:
    return reduce(and_, parts)


def _no_null(expression: Any) -> Any:
    return expression.fill_null(False)


def _test(test: Test, fact: Any) -> Any:
    value = test.value
    match test.operator:
        case "known":
            return fact.is_not_null()
        case "is":
            return fact == value
        case "is not":
            return fact != value
        case "one of":
            return fact.is_in(value)
        case "not one of":
            return ~fact.is_in(value)
        case "at least":
            return fact >= value
        case "at most":
            return fact <= value
        case "more than":
            return fact > value
        case "less than":
            return fact < value
    return fact.is_between(*value)


def _version() -> str:
    packaged("numpy")
    return packaged("polars")


PEER = TablePeer(
    "polars",
    "Polars",
    "lazy expressions, `list.eval` for lists; streaming from a file",
    _version,
    _Polars,
    instead=(
        "missing facts: `fill_null(False)`; chaining: one `with_columns` for each stratum; joins: set operations",
    ),
)
