"""Columns put together as facts: names become structs, numbered columns become lists of things."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from advise._yaml_complaints import short
from advise.batch.cells import Wrong, facts_of
from advise.batch.json_values import Plain
from advise.batch.mapping import Column, Columns
from advise.batch.targets import type_of
from advise.evaluate.columnar.arrays import Bools
from advise.rules import Rulebook
from advise.types import Fact, Kind


@dataclass(frozen=True, slots=True)
class Shaped:
    """The facts of some rows as columns that `KnowledgeBase.advise_batches` takes, and the rows they can't be."""

    facts: Any
    wrong: Wrong


_Branch = dict["str | int", "Column | _Branch"]


class Shaper:
    """Makes facts of the columns of one input."""

    def __init__(self, book: Rulebook, columns: Columns, plain: Plain) -> None:
        self._book = book
        self._plain = plain
        self._columns = columns.facts
        self._root: _Branch = {}
        for column in self._columns:
            assert column.target is not None
            *above, last = column.target.steps
            branch = self._root
            for step in above:
                below = branch.setdefault(step, {})
                assert isinstance(below, dict)
                branch = below
            branch[last] = column

    def shape(self, batch: Any) -> Shaped:
        """The facts of a batch; those of rows that are wrong are to be left out."""
        wrong: Wrong = {}
        arrays: dict[str, Any] = {}
        for column in self._columns:
            array, bad = facts_of(batch.column(column.name), column, self._plain)
            arrays[column.name] = self._in_list(array, column, bad)
            for row, sentence in bad.items():
                wrong.setdefault(row, sentence)
        names = [str(step) for step in self._root]
        made = [self._made(below, arrays) for below in self._root.values()]
        return Shaped(pa.RecordBatch.from_arrays(made, names), wrong)

    def _in_list(self, array: Any, column: Column, bad: Wrong) -> Any:
        """A column of a numbered thing, of the one type that all such columns have."""
        assert column.target is not None
        if not any(isinstance(step, int) for step in column.target.steps) or array.type == column.target.type:
            return array
        try:
            if _fits(array.type, column):
                return array.cast(column.target.type)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            pass
        sentence = f"Column '{short(column.name)}': '{column.target.title}' can't be made of {array.type}."
        for row in pc.indices_nonzero(pc.is_valid(array)).to_pylist():
            bad.setdefault(row, sentence)
        return pa.nulls(len(array), column.target.type)

    def _made(self, below: Column | _Branch, arrays: dict[str, Any]) -> Any:
        if isinstance(below, Column):
            return arrays[below.name]
        if any(isinstance(step, int) for step in below):
            return self._list(below, arrays)
        made = [self._made(each, arrays) for each in below.values()]
        return pa.StructArray.from_arrays(made, [str(step) for step in below])

    # ------------------------------------------------------------------------------------------- lists

    def _list(self, items: _Branch, arrays: dict[str, Any]) -> Any:
        """The things that have columns of their own, as lists: those of which at least one cell isn't empty."""
        ordered = [items[index] for index in sorted(step for step in items if isinstance(step, int))]
        merged = _merged(ordered)
        made = [self._item(merged, each, arrays) for each in ordered]
        size = len(made[0])
        there = np.stack([_there(self._leaves(each, arrays), size) for each in ordered], axis=1)
        row, item = np.nonzero(there)
        values = pa.concat_arrays(made).take(pa.array(item * size + row))
        counts = there.sum(axis=1)
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        return pa.ListArray.from_arrays(pa.array(offsets), values, mask=pa.array(counts == 0))

    def _leaves(self, below: Column | _Branch, arrays: dict[str, Any]) -> Iterator[Any]:
        if isinstance(below, Column):
            yield arrays[below.name]
        else:
            for each in below.values():
                yield from self._leaves(each, arrays)

    def _item(self, merged: Column | _Branch, own: Column | _Branch | None, arrays: dict[str, Any]) -> Any:
        """One thing with the fields that any of its list has, so that all have the same type."""
        if isinstance(merged, Column):
            assert merged.target is not None
            size = len(next(iter(arrays.values())))
            return arrays[own.name] if isinstance(own, Column) else pa.nulls(size, merged.target.type)
        of = own if isinstance(own, dict) else {}
        made = [self._item(each, of.get(step), arrays) for step, each in merged.items()]
        return pa.StructArray.from_arrays(made, [str(step) for step in merged])


def _merged(items: list[Column | _Branch]) -> Column | _Branch:
    """All the fields of some things of one list."""
    if isinstance(items[0], Column):
        return items[0]
    found: _Branch = {}
    for each in items:
        assert isinstance(each, dict)
        for step in each:
            if step not in found:
                found[step] = _merged([other[step] for other in items if isinstance(other, dict) and step in other])
    return found


def _there(leaves: Iterator[Any], size: int) -> Bools:
    found = np.zeros(size, np.bool_)
    for each in leaves:
        found |= each.is_valid().to_numpy(zero_copy_only=False)
    return found


def _fits(type_: Any, column: Column) -> bool:
    """Whether a column of this type may be cast to its fact's."""
    assert column.target is not None
    node = column.target.node
    if pa.types.is_null(type_):
        return True
    if not isinstance(node, Fact):
        return bool(pa.types.is_struct(type_))
    numeric = pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_decimal(type_)
    return {
        Kind.NUMBER: bool(numeric),
        Kind.DATE: bool(pa.types.is_date(type_) or pa.types.is_integer(type_)),
        Kind.TEXTS: bool(pa.types.is_nested(type_)),
    }.get(node.type.kind, False)


def expected_types(book: Rulebook, column: Column) -> Any:
    """The Arrow type under which a column is read where its file has no types of its own."""
    assert column.target is not None
    return pa.string() if column.values is not None else type_of(book, column.target.node)
