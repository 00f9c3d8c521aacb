"""The rules by hand in numpy, on the columns of one row group after the other: what tables are compared with.

It reads only the columns that the rules need, checks nothing, and takes it that every list has something in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workload import FIELD, Condition, Holds, Join, Over, Rule, Test

from peers.engine import packaged
from peers.tables import TableEngine, TablePeer

if TYPE_CHECKING:
    from peers.tables import Found


class _Column:
    """Values, where they're known (None: everywhere), and for texts the dictionary that the values are places in."""

    __slots__ = ("known", "texts", "values")

    def __init__(self, array: Any) -> None:
        import pyarrow as pa

        if isinstance(array, pa.ChunkedArray):
            array = array.combine_chunks() if array.num_chunks != 1 else array.chunk(0)
        self.known = array.is_valid().to_numpy(zero_copy_only=False) if array.null_count else None
        self.texts = None
        if pa.types.is_dictionary(array.type):
            self.texts = array.dictionary.to_pylist()
            array = array.indices
        if array.null_count:
            array = array.fill_null(False if pa.types.is_boolean(array.type) else 0)
        self.values = array.to_numpy(zero_copy_only=False)


class _Numpy(TableEngine):
    def __init__(self, rules: Sequence[Rule], folder: Path) -> None:  # noqa: ARG002
        self._rules = rules
        self._columns = sorted(set(_columns(rules)))

    def read(self, path: Path) -> Any:
        from people_table import groups

        return list(groups(path, self._columns))

    def advise(self, people: Any) -> Iterator[Found]:
        import numpy as np
        from people_table import groups

        first = 0
        for table in groups(people, self._columns) if isinstance(people, Path) else people:
            held = _People(table).held(self._rules)
            places = np.flatnonzero(np.ascontiguousarray(held.T))
            rows, rules = np.divmod(places, len(self._rules))
            yield rows + first, rules
            first += table.num_rows


def _columns(rules: Sequence[Rule]) -> Iterator[str]:
    for condition in (condition for rule in rules for condition in rule.when):
        match condition:
            case Test():
                yield condition.field.name
            case Over():
                yield from (f"{condition.list}.list.element.{test.field.name}" for test in condition.where)
            case Join():
                for name, tests in (("goals", condition.where), (condition.right, condition.right_where)):
                    yield f"{name}.list.element.{FIELD.name}"
                    yield from (f"{name}.list.element.{test.field.name}" for test in tests)


class _People:
    """The columns of one row group, made when they're first needed."""

    def __init__(self, table: Any) -> None:
        self._table = table
        self._made: dict[tuple[str | None, str], _Column] = {}
        self._items: dict[str, tuple[Any, Any]] = {}

    def held(self, rules: Sequence[Rule]) -> Any:
        """For each rule, for whom it holds."""
        import numpy as np

        held = np.empty((len(rules), self._table.num_rows), bool)
        done: dict[str, Any] = {}
        for index, rule in enumerate(rules):
            held[index] = reduce(np.logical_and, (self._condition(each, done) for each in rule.when))
            done[rule.id] = held[index]
        return held

    def _condition(self, condition: Condition, done: Mapping[str, Any]) -> Any:
        import numpy as np

        match condition:
            case Test():
                return self._test(None, condition)
            case Holds():
                return ~done[condition.rule] if condition.negated else done[condition.rule]
            case Over():
                offsets, _ = self._list(condition.list)
                holds = self._tests(condition.list, condition.where)
                if condition.quantifier == "every":
                    return np.logical_and.reduceat(holds, offsets[:-1])
                some = np.logical_or.reduceat(holds, offsets[:-1])
                return some if condition.quantifier == "some" else ~some
        left = self._fields("goals", condition.where)
        right = self._fields(condition.right, condition.right_where)
        return (left & (~right if condition.anti else right)) != 0

    def _fields(self, name: str, tests: Sequence[Test]) -> Any:
        """For each person a bit for each field of the things that pass the tests. There are fewer than 64 fields."""
        import numpy as np

        column = self._column(name, FIELD.name)
        assert column.texts is not None
        bit = np.array([1 << FIELD.spec.index(text) for text in column.texts], np.uint64)
        bits = bit[column.values]
        if tests:
            bits = np.where(self._tests(name, tests), bits, np.uint64(0))
        return np.bitwise_or.reduceat(bits, self._list(name)[0][:-1])

    def _tests(self, name: str, tests: Sequence[Test]) -> Any:
        import numpy as np

        return reduce(np.logical_and, (self._test(name, test) for test in tests))

    def _test(self, name: str | None, test: Test) -> Any:
        import numpy as np

        column, value = self._column(name, test.field.name), test.value
        if test.operator == "known":
            return np.ones(len(column.values), bool) if column.known is None else column.known
        if column.texts is not None:
            wanted = {value} if isinstance(value, str) else set(value)
            is_in = np.array([(text in wanted) != ("not" in test.operator) for text in column.texts], bool)
            holds = is_in[column.values]
        else:
            holds = _compared(test.operator, column.values, value)
        return holds if column.known is None else holds & column.known

    def _column(self, name: str | None, field: str) -> _Column:
        found = self._made.get((name, field))
        if found is None:
            array = self._table.column(field) if name is None else self._list(name)[1].field(field)
            found = self._made[name, field] = _Column(array)
        return found

    def _list(self, name: str) -> tuple[Any, Any]:
        if name not in self._items:
            array = self._table.column(name)
            array = array.combine_chunks() if array.num_chunks != 1 else array.chunk(0)
            offsets = array.offsets.to_numpy()
            self._items[name] = (offsets - offsets[0], array.values.slice(offsets[0], offsets[-1] - offsets[0]))
        return self._items[name]


def _compared(operator: str, values: Any, value: Any) -> Any:
    match operator:
        case "is":
            return values == value
        case "at least":
            return values >= value
        case "at most":
            return values <= value
        case "more than":
            return values > value
        case "less than":
            return values < value
        case "between":
            return (values >= value[0]) & (values <= value[1])
    raise TypeError(operator)


def _version() -> str:
    packaged("pyarrow")
    return packaged("numpy")


PEER = TablePeer(
    "numpy",
    "numpy, by hand",
    "one array operation for each condition; reads only the columns that are needed, and checks nothing",
    _version,
    _Numpy,
    instead=("missing facts: as no; lists: none may be empty; joins: fields as bits, so at most 64 of them",),
)
