"""Arrow columns as lines of CSV or JSON, written whole columns at a time."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from advise.batch.cells import is_text
from advise.batch.json_lines import joined

_SLICE = 1 << 12
_NEEDS_QUOTES = r'[",\r\n]|^\s|\s$'
_NEEDS_ESCAPE = r'[\x00-\x1f"\\]'


def csv_lines(batch: Any) -> Iterator[bytes]:
    """The rows as CSV, some at a time, without a line of names. Null is an empty cell, a list or struct is JSON."""
    return _lines(batch, _csv_cells)


def csv_names(names: list[str]) -> bytes:
    """The line of names."""
    return b"".join(_lines(pa.RecordBatch.from_arrays([pa.array([name]) for name in names], names), _csv_cells))


def json_lines(batch: Any) -> Iterator[bytes]:
    """The rows as one JSON object a line, some at a time."""
    names = [json.dumps(name, ensure_ascii=False) + ": " for name in batch.schema.names]
    return _lines(batch, _json_cells, "{", "}", names)


def _lines(
    batch: Any, cells: Callable[[Any], Any], before: str = "", after: str = "", names: list[str] | None = None
) -> Iterator[bytes]:
    for start in range(0, batch.num_rows, _SLICE):
        columns = [cells(column) for column in batch.slice(start, _SLICE).columns]
        named = columns if names is None else [_glued(n, each) for n, each in zip(names, columns, strict=True)]
        line = pc.binary_join_element_wise(*named, ", " if names else ",")
        yield joined(_glued(before, line, after + "\n"))


def _glued(*parts: Any) -> Any:
    return pc.binary_join_element_wise(*parts, "")


def _csv_cells(array: Any) -> Any:
    if pa.types.is_nested(array.type):
        cells = pc.if_else(array.is_valid(), _json_cells(array), "")
    elif pa.types.is_dictionary(array.type):
        return _of_dictionary(array, _csv_cells, "")
    elif is_text(array.type):
        cells = array.cast(pa.string())
    else:
        cells = _as_text(array)
    cells = pc.fill_null(cells, "")
    wanting = pc.match_substring_regex(cells, _NEEDS_QUOTES)
    if not pc.any(wanting).as_py():
        return cells
    return pc.if_else(wanting, _glued('"', pc.replace_substring(cells, '"', '""'), '"'), cells)


def _as_text(array: Any) -> Any:
    """Values that are neither texts nor nested as texts."""
    try:
        return array.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.array([None if each is None else str(each) for each in array.to_pylist()], pa.string())


def _json_cells(array: Any) -> Any:
    """The values as JSON; null is `null`."""
    type_ = array.type
    if pa.types.is_dictionary(type_):
        return _of_dictionary(array, _json_cells, "null")
    if pa.types.is_list(type_) or pa.types.is_large_list(type_):
        return _json_lists(array)
    if pa.types.is_struct(type_):
        return _json_structs(array)
    if pa.types.is_nested(type_):
        texts = [json.dumps(each, ensure_ascii=False, default=str) for each in array.to_pylist()]
        return pa.array(texts, pa.string())
    if pa.types.is_integer(type_) or pa.types.is_boolean(type_):
        return pc.fill_null(array.cast(pa.string()), "null")
    if pa.types.is_floating(type_):
        return pa.array([_json_float(each) for each in array.to_pylist()], pa.string())
    return _json_texts(array.cast(pa.string()) if is_text(type_) else _as_text(array))


def _json_float(value: float | None) -> str:
    return "null" if value is None or not math.isfinite(value) else json.dumps(value)


def _json_texts(texts: Any) -> Any:
    wanting = pc.match_substring_regex(texts, _NEEDS_ESCAPE)
    quoted = _glued('"', texts, '"')
    if pc.any(wanting).as_py():
        escaped = [json.dumps(each, ensure_ascii=False) for each in texts.filter(wanting).to_pylist()]
        quoted = pc.replace_with_mask(quoted, pc.fill_null(wanting, False), pa.array(escaped, pa.string()))
    return pc.fill_null(quoted, "null")


def _of_dictionary(array: Any, cells: Callable[[Any], Any], null: str) -> Any:
    return pc.fill_null(cells(array.dictionary).take(array.indices), null)


def _json_lists(array: Any) -> Any:
    values = _json_cells(array.flatten())
    counts = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    texts = pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), values), ", ")
    return pc.if_else(array.is_valid(), _glued("[", texts, "]"), "null")


def _json_structs(array: Any) -> Any:
    names = [array.type.field(i).name for i in range(array.type.num_fields)]
    if not names:
        return pc.if_else(array.is_valid(), "{}", "null")
    fields = [
        _glued(json.dumps(name, ensure_ascii=False) + ": ", _json_cells(pc.struct_field(array, i)))
        for i, name in enumerate(names)
    ]
    return pc.if_else(array.is_valid(), _glued("{", pc.binary_join_element_wise(*fields, ", "), "}"), "null")
