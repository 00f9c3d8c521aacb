"""Columns of texts as the facts that they hold: cast whole, and a cell that can't be is a rejected row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from advise._yaml_complaints import short
from advise.batch.json_lines import parse_cells
from advise.batch.json_values import Plain
from advise.batch.mapping import Column, Values
from advise.types import Fact, Kind

_NUMBER = r"^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?$"
_TRUE, _FALSE = ("true", "yes"), ("false", "no")

Wrong = dict[int, str]
"""Row -> why it can't be used."""


def is_text(type_: Any) -> bool:
    """Whether an Arrow type is one of texts."""
    return bool(pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_string_view(type_))


def facts_of(array: Any, column: Column, plain: Plain) -> tuple[Any, Wrong]:
    """A column as its fact's values, and the rows in which it can't be.

    A column that isn't of texts has its type already and stays as it is, unless the mapping says what its values
    mean.
    """
    target = column.target
    assert target is not None
    if pa.types.is_dictionary(array.type) and is_text(array.type.value_type):
        array = array.dictionary_decode()
    if column.values is not None:
        array = meant(array, column.values)
    if not is_text(array.type):
        return array, {}
    if array.type != pa.string():
        array = array.cast(pa.string())
    node = target.node
    if not isinstance(node, Fact) or node.type.kind is Kind.TEXTS:
        found, wrong = parse_cells(array, node, target.type, plain)
        return found, {row: f"Column '{short(column.name)}': {why}" for row, why in wrong.items()}
    return _cast(array, node, column.name)


def meant(array: Any, values: Values) -> Any:
    """A column with its cells replaced by what they stand for; a cell that isn't listed stays."""
    if not is_text(array.type):
        if pa.types.is_nested(array.type) or pa.types.is_binary(array.type):
            return array
        array = array.cast(pa.string())
    texts = pc.utf8_trim_whitespace(array.cast(pa.string()))
    at = pc.index_in(texts, pa.array(list(values), pa.string()))
    replaced = pa.array(list(values.values()), pa.string()).take(at)
    return pc.if_else(pc.is_valid(at), replaced, array.cast(pa.string()))


def _cast(array: Any, fact: Fact, name: str) -> tuple[Any, Wrong]:
    trimmed = pc.utf8_trim_whitespace(array)
    trimmed = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)
    if fact.type.kind is Kind.NUMBER:
        return _numbers(trimmed, fact, name)
    if fact.type.kind is Kind.BOOLEAN:
        return _booleans(trimmed, fact, name)
    if fact.type.kind is Kind.TEXT:
        return pc.if_else(pc.is_valid(trimmed), array, pa.scalar(None, pa.string())), {}
    return trimmed, {}


def _numbers(texts: Any, fact: Fact, name: str) -> tuple[Any, Wrong]:
    fits = pc.match_substring_regex(texts, _NUMBER)
    found = pc.if_else(fits, texts, pa.scalar(None, pa.string())).cast(pa.float64())
    return found, _where(pc.invert(fits), f"Column '{short(name)}': '{fact.title}' takes a number.")


def _booleans(texts: Any, fact: Fact, name: str) -> tuple[Any, Wrong]:
    lower = pc.utf8_lower(texts)
    yes = pc.is_in(lower, pa.array(_TRUE))
    known = pc.is_in(lower, pa.array(_TRUE + _FALSE))
    found = pc.if_else(known, yes, pa.scalar(None, pa.bool_()))
    wrong = pc.and_(pc.invert(known), pc.is_valid(texts))
    return found, _where(wrong, f"Column '{short(name)}': '{fact.title}' takes true, false, yes or no.")


def _where(wrong: Any, sentence: str) -> Wrong:
    rows = pc.indices_nonzero(pc.fill_null(wrong, False))
    return dict.fromkeys(rows.to_pylist(), sentence)


def decoded(batch: Any) -> tuple[Any, Mapping[int, str]]:
    """A batch of bytes as texts; the rows with bytes that aren't UTF-8 are empty, and named."""
    wrong: dict[int, str] = {}
    columns = []
    for column in batch.columns:
        try:
            columns.append(column.cast(pa.string()))
        except pa.ArrowInvalid:
            columns.append(_decoded_one_by_one(column, wrong))
    return pa.RecordBatch.from_arrays(columns, batch.schema.names), wrong


def _decoded_one_by_one(column: Any, wrong: dict[int, str]) -> Any:
    texts: list[str | None] = []
    for row, each in enumerate(column.to_pylist()):
        try:
            texts.append(None if each is None else each.decode())
        except UnicodeDecodeError:
            texts.append(None)
            wrong[row] = "This row isn't in UTF-8."
    return pa.array(texts, pa.string())
