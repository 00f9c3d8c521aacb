"""What the tests on clusters share: many people, what they're advised, Spark in a folder of its own, processes."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from advise import KnowledgeBase
from advise.loading import read

DAY = "2026-01-15"
CANARY = "Keeper of zebras"
COPIES = 60
# Short runs are quicker when Java compiles less and keeps one collector.
QUICK_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
PATIENCE = 240  # seconds, for a machine that has other things to do


def people_table(base: KnowledgeBase) -> Any:
    """The people of the career knowledge base many times over, each time with one whose facts are wrong."""
    import pyarrow as pa

    people = [example.facts for example in read(base.folder)[2] if example.kind == "person"]
    people.append({"jobs": [{"title": CANARY, "field": "zoos", "current": True}]})
    people.append({"jobs": [{"title": CANARY, "level": CANARY}]})
    facts = pa.RecordBatch.from_struct_array(pa.array(people * COPIES))
    ids = pa.array([f"{number:05}" for number in range(facts.num_rows)])
    return pa.Table.from_batches([facts]).append_column("id", ids)


def write_parts(table: Any, folder: Path, parts: int) -> Path:
    """Writes a table to a folder as some Parquet files of one size."""
    import pyarrow.parquet as pq

    size = len(table) // parts
    assert size * parts == len(table)
    folder.mkdir(exist_ok=True)
    for part in range(parts):
        pq.write_table(table.slice(part * size, size), folder / f"{part}.parquet")
    return folder


def in_order(rows: list[dict[str, Any]]) -> list[str]:
    """Rows of advice, to be compared whatever their order."""
    return sorted(map(repr, rows))


def expected(base: KnowledgeBase, table: Any, **options: Any) -> list[str]:
    """The advice that one table gets."""
    found = base.advise_table(table, **{"as_of": DAY, "keep": ["id"], **options})
    return in_order(found.drop_columns("row").to_pylist())


def spark_home(folder: Path) -> Path:
    """Spark as installed, but with a folder of its own for what executors write."""
    spec = find_spec("pyspark")
    assert spec is not None and spec.origin is not None
    for name in ("bin", "jars", "python"):
        (folder / name).symlink_to(Path(spec.origin).parent / name)
    return folder


def processes() -> dict[int, int]:
    """Every process, and its parent."""
    lines = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    return {int(pid): int(parent) for pid, parent in (line.split() for line in lines.splitlines())}


def first_file(folder: Path, may_wait: Callable[[], bool]) -> Path:
    """The first file in a folder, as soon as there's one."""
    deadline = time.monotonic() + PATIENCE
    while not (found := list(folder.iterdir())):
        assert time.monotonic() < deadline and may_wait()
        time.sleep(0.05)
    return found[0]
