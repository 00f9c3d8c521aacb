"""Writes people to files of every kind, and reads files of advice of every kind."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from advise import KnowledgeBase
from advise._case_schema import tree_of
from tests.batch.needs import pa

import pyarrow.ipc  # isort: skip
import pyarrow.parquet as pq  # isort: skip
from advise.batch.targets import type_of  # isort: skip

ENDINGS = ("parquet", "arrow", "arrows", "csv", "ndjson")


def write_people(base: KnowledgeBase, path: Path, people: list[dict[str, Any]], rows: int = 7) -> Path:
    """Writes people with an `id` each, `rows` to a row group or record batch."""
    tree = tree_of(base.rulebook)
    schema = pa.schema([("id", pa.string()), *((name, type_of(base.rulebook, node)) for name, node in tree.items())])
    table = pa.Table.from_pylist(people, schema)
    if path.suffix == ".parquet":
        pq.write_table(table, path, row_group_size=rows)
    elif path.suffix in (".arrow", ".arrows"):
        new = pyarrow.ipc.new_file if path.suffix == ".arrow" else pyarrow.ipc.new_stream
        with new(str(path), schema) as writer:
            writer.write_table(table, max_chunksize=rows)
    elif path.suffix == ".ndjson":
        path.write_text("".join(json.dumps(each) + "\n" for each in people), "utf-8")
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["id", *tree])
            writer.writerows([_cell(each.get(name)) for name in ["id", *tree]] for each in people)
    return path


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return json.dumps(value) if isinstance(value, dict | list) else value


def read_advice(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of advice, all kinds alike."""
    if path.suffix == ".parquet":
        rows = pq.read_table(path).to_pylist()
    elif path.suffix in (".arrow", ".arrows"):
        opened = pyarrow.ipc.open_file if path.suffix == ".arrow" else pyarrow.ipc.open_stream
        with path.open("rb") as file:
            rows = opened(file).read_all().to_pylist()
    elif path.suffix == ".ndjson":
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    else:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [{name: _value(name, cell) for name, cell in row.items()} for row in csv.DictReader(file)]
    return list(rows)


def _value(name: str, cell: str) -> Any:
    if name == "row" or cell[:1] in ("[", "{"):
        return json.loads(cell)
    return cell or None
