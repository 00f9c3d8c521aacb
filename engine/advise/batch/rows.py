"""The advice for some people as rows of the output: one for each person and item, or one for each person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from advise.evaluate.columnar.advice import KINDS, SCHEMA
from advise.evaluate.columnar.arrays import Bools, Ints

REJECTED, QUESTION = KINDS.index("rejected"), KINDS.index("question")
_DECIDES = SCHEMA.field("decides").type
_FACT = SCHEMA.field("fact").type
_ITEM = pa.struct([SCHEMA.field(name) for name in ("rule", "about")])
_ASKED = pa.struct([SCHEMA.field(name) for name in ("fact", "about", "decides")])
_LISTS = ("given", "not now", "open", "refer")


class Per(StrEnum):
    """What a row of the output is for."""

    ITEM = "item"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Advised:
    """What `KnowledgeBase.advise_batches` says of some people: `advice`, and the number of the row of each.

    `row` is the number, for each row of the advice, of its person among `rows`.
    """

    advice: Any
    row: Ints
    rows: Ints
    kept: Any

    @property
    def kinds(self) -> Ints:
        """The kind of each row of the advice, as an index of KINDS."""
        kinds: Ints = self.advice.column("kind").indices.to_numpy(zero_copy_only=False)
        return kinds


class Rows:
    """Makes the rows of one output. `kept` are the columns that are carried to it."""

    def __init__(self, per: Per, kept: Sequence[Any], facts: Sequence[str]) -> None:
        self._per = per
        self._facts = pa.array(facts, pa.string())
        own = [SCHEMA.field(name) for name in ("kind", "rule", "about", "fact", "decides")]
        if per is Per.PERSON:
            own = [pa.field(_column(kind), pa.list_(_ITEM)) for kind in _LISTS]
            own.append(pa.field("questions", pa.list_(_ASKED)))
        self.schema = pa.schema([pa.field("row", pa.int64()), *kept, *own])
        self.rejects_schema = pa.schema([pa.field("row", pa.int64()), *kept, pa.field("reason", pa.string())])

    def made(self, of: Advised) -> Any:
        """The rows of the output for some people, without those that are rejected."""
        advice = self._same_facts(of.advice)
        kinds = of.kinds
        if self._per is Per.ITEM:
            chosen = kinds != REJECTED
            row = of.row[chosen]
            advice = advice.filter(pa.array(chosen))
            own = [advice.column(name) for name in ("kind", "rule", "about", "fact", "decides")]
        else:
            accepted = np.ones(len(of.rows), np.bool_)
            accepted[of.row[kinds == REJECTED]] = False
            row = np.flatnonzero(accepted)
            own = [_listed(advice, of.row, kinds == KINDS.index(kind), accepted, _ITEM) for kind in _LISTS]
            own.append(_listed(advice, of.row, kinds == QUESTION, accepted, _ASKED))
        kept = of.kept.take(pa.array(row)).columns
        return pa.RecordBatch.from_arrays([pa.array(of.rows[row]), *kept, *own], schema=self.schema)

    def rejected(self, of: Advised) -> Any:
        """The rejected rows, with the reasons."""
        chosen = of.kinds == REJECTED
        row = of.row[chosen]
        kept = of.kept.take(pa.array(row)).columns
        reasons = of.advice.column("reason").filter(pa.array(chosen))
        return pa.RecordBatch.from_arrays([pa.array(of.rows[row]), *kept, reasons], schema=self.rejects_schema)

    def unreadable(self, rows: Sequence[int], kept: Any, reasons: Sequence[str]) -> Any:
        """Rows that never came to be advised, with the reasons; `kept` may lack them (None)."""
        columns = [pa.nulls(len(rows), f.type) for f in list(self.schema)[1 : 1 + self._kept_count]]
        if kept is not None:
            columns = kept.columns
        arrays = [pa.array(rows, pa.int64()), *columns, pa.array(reasons, pa.string())]
        return pa.RecordBatch.from_arrays(arrays, schema=self.rejects_schema)

    @property
    def _kept_count(self) -> int:
        return len(self.rejects_schema) - 2

    def _same_facts(self, advice: Any) -> Any:
        """The advice with the facts in one dictionary for all batches, as an Arrow file needs it."""
        facts = advice.column("fact")
        if facts.dictionary.equals(self._facts):
            return advice
        codes = pc.index_in(facts.dictionary, self._facts)
        indices = codes.take(facts.indices) if len(codes) else pa.nulls(len(facts), pa.int32())
        at = advice.schema.get_field_index("fact")
        again = pa.DictionaryArray.from_arrays(indices, self._facts)
        return advice.set_column(at, "fact", again)


def _column(kind: str) -> str:
    return kind.replace(" ", "_")


def _listed(advice: Any, row: Ints, chosen: Bools, accepted: Bools, item: Any) -> Any:
    """For each accepted person the list of the chosen rows of the advice, as structs."""
    found = advice.filter(pa.array(chosen))
    counts = np.bincount(row[chosen], minlength=len(accepted))[accepted]
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    fields = [item.field(i) for i in range(item.num_fields)]
    values = pa.StructArray.from_arrays([found.column(each.name) for each in fields], fields=fields)
    return pa.ListArray.from_arrays(pa.array(offsets), values, type=pa.list_(item))
