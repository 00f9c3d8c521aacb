"""Lines of JSON as Arrow columns: a whole block at once, and line by line only where the block can't be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.json

from advise.batch.json_values import Plain, WrongValueError, as_cell, kept_value, parsed, unknown_name
from advise.batch.targets import Node
from advise.evaluate.columnar.arrays import Ints


@dataclass(frozen=True, slots=True)
class Field:
    """What stands under one name of a line: a part of the facts, or (`node` is None) something that is kept.

    `is_cell`: what is written there isn't the fact itself but stands for it, so any text or number will do.
    """

    name: str
    type: Any
    node: Node | None = None
    is_cell: bool = False


@dataclass(frozen=True, slots=True)
class Parsed:
    """The lines that could be read, which of the lines they are, and for each other one why not."""

    batch: Any
    rows: Ints
    wrong: Mapping[int, str]


class LineParser:
    """Parses blocks of lines with the same fields. `ignored` are names that may stand there and aren't read."""

    def __init__(self, fields: Sequence[Field], ignored: frozenset[str], plain: Plain) -> None:
        self._fields = {each.name: each for each in fields}
        self._ignored = ignored
        self._plain = plain
        self.schema = pa.schema([(each.name, each.type) for each in fields])

    def parse(self, data: bytes) -> Parsed:
        """The lines of a block; empty lines don't count."""
        fast = self._fast(data)
        if fast is not None:
            return fast
        return self._one_by_one([line for line in data.split(b"\n") if line.strip()])

    def _fast(self, data: bytes) -> Parsed | None:
        """The block at once; None where that isn't surely the same as line by line."""
        try:
            data.decode()
        except UnicodeDecodeError:
            return None
        lines = _lines_of_objects(data)
        if lines is None:
            return None
        batch = self._read(data)
        if batch is None or batch.num_rows != lines:
            return None
        return Parsed(batch, np.arange(batch.num_rows), {})

    def _read(self, data: bytes) -> Any:
        """The block as Arrow reads it; None if it doesn't, or finds more than the fields."""
        try:
            table = pyarrow.json.read_json(
                pa.BufferReader(data),
                pyarrow.json.ReadOptions(use_threads=False, block_size=len(data) + 1),
                pyarrow.json.ParseOptions(explicit_schema=self.schema, unexpected_field_behavior="infer"),
            )
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            return None
        for name in table.column_names[len(self.schema) :]:
            if name not in self._ignored and not self._plain.protects(name):
                return None
        table = table.select(self.schema.names)
        if table.schema != self.schema:
            return None
        return table.combine_chunks().to_batches()[0] if table.num_rows else None

    def _one_by_one(self, lines: list[bytes]) -> Parsed:
        good: list[dict[str, Any]] = []
        rows: list[int] = []
        wrong: dict[int, str] = {}
        for row, line in enumerate(lines):
            try:
                good.append(self._line(line))
                rows.append(row)
            except WrongValueError as error:
                wrong[row] = str(error)
        return Parsed(_batch(good, self.schema), np.array(rows, np.int64), wrong)

    def _line(self, line: bytes) -> dict[str, Any]:
        value = parsed(line)
        if not isinstance(value, dict):
            raise WrongValueError("A line must be one object: names with their values, in { }.")
        found = {}
        for name, below in value.items():
            each = self._fields.get(name)
            if each is None:
                if name not in self._ignored and not self._plain.protects(name):
                    raise WrongValueError(unknown_name(name, self._fields))
            elif each.is_cell:
                found[name] = as_cell(below)
            elif each.node is None:
                found[name] = kept_value(below, each.type, name)
            else:
                found[name] = self._plain.value(below, each.node)
        return found


def parse_cells(texts: Any, node: Node, type_: Any, plain: Plain) -> tuple[Any, dict[int, str]]:
    """The values of cells that hold JSON, as an array of `type_`, and for each cell that doesn't, why not."""
    import pyarrow.compute as pc

    texts = texts.cast(pa.string())
    texts = pc.if_else(pc.equal(pc.utf8_trim_whitespace(texts), ""), None, texts)
    parser = LineParser([Field("cell", type_, node)], frozenset(), plain)
    flat = pc.replace_substring_regex(texts, r"[\r\n]", " ")
    lines = pc.fill_null(pc.binary_join_element_wise('{"cell":', flat, "}", ""), "{}")
    whole = pc.binary_join_element_wise(lines, "\n", "")
    fast = parser._fast(joined(whole)) if len(texts) else None
    if fast is not None:
        return fast.batch.column(0), {}
    return _each_cell(texts.to_pylist(), node, type_, plain)


def _each_cell(texts: list[str | None], node: Node, type_: Any, plain: Plain) -> tuple[Any, dict[int, str]]:
    values: list[Any] = []
    wrong: dict[int, str] = {}
    for row, text in enumerate(texts):
        try:
            values.append(None if text is None else plain.value(parsed(text), node))
        except WrongValueError as error:
            values.append(None)
            wrong[row] = str(error)
    return pa.array(values, type_), wrong


def joined(texts: Any) -> bytes:
    """All texts of an array that has no nulls, one after the other."""
    if not len(texts):
        return b""
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int32 if pa.types.is_string(texts.type) else np.int64)
    first, last = ends[texts.offset], ends[texts.offset + len(texts)]
    return b"" if data is None else data.slice(int(first), int(last - first)).to_pybytes()


def _batch(rows: list[dict[str, Any]], schema: Any) -> Any:
    return pa.RecordBatch.from_pylist(rows, schema)


_NEWLINE, _OPEN, _CLOSE, _RETURN = b"\n{}\r"


def _lines_of_objects(data: bytes) -> int | None:
    """How many lines a block has when each begins with { and ends with }; None when one doesn't.

    Then every line is one object, or Arrow finds another number of them: an object can't run over such a line end.
    """
    found = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(found == _NEWLINE)
    if not len(ends) or ends[-1] != len(found) - 1:
        ends = np.append(ends, len(found))
    starts = np.concatenate([[0], ends[:-1] + 1])
    if (ends - starts < 2).any():
        return None
    last = found[ends - 1]
    last = np.where(last == _RETURN, found[ends - 2], last)
    if (found[starts] != _OPEN).any() or (last != _CLOSE).any():
        return None
    return len(ends)
