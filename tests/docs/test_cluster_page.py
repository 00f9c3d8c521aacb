"""docs/cluster.md: its programs run, as they'd be started on a cluster, and give the advice of one table."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from advise import KnowledgeBase
from tests.clusters import DAY, PATIENCE, QUICK_JAVA, expected, in_order, people_table, spark_home, write_parts
from tests.docs.pages import DOCS, blocks, table_rows
from tests.extras import NEEDS_DASK, NEEDS_SPARK

BASE = KnowledgeBase.load()


def program(name: str, folder: Path) -> Path:
    """A program on the page, as a file."""
    (text,) = [block.text for block in blocks("cluster.md") if block.attributes.get("file") == name]
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def run(*words: str | Path, **environment: str) -> str:
    """Runs a program, and gives what it printed."""
    env = {**os.environ, **environment}
    done = subprocess.run(list(map(str, words)), env=env, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def rows_in(folder: Path) -> list[str]:
    import pyarrow.parquet as pq

    return in_order(pq.read_table(folder).to_pylist())


@NEEDS_SPARK
def test_the_spark_program_writes_the_advice_of_one_table_however_often_it_runs(tmp_path: Path) -> None:
    table = people_table(BASE)
    source, target = write_parts(table, tmp_path / "people", 6), tmp_path / "advice"
    (tmp_path / "home").mkdir()
    home = spark_home(tmp_path / "home")
    target.mkdir()
    (target / "left-by-a-run-before.parquet").write_bytes(b"")
    environment = {"SPARK_HOME": str(home), "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    submit = [home / "bin" / "spark-submit", "--master", "local[2]", "--driver-java-options", QUICK_JAVA]
    program_file = program("advise_people.py", tmp_path)
    printed = run(*submit, "--conf", "spark.ui.enabled=false", program_file, source, target, DAY, **environment)
    assert rows_in(target) == expected(BASE, table)
    assert f"{sum('rejected' in row for row in rows_in(target))} rows can't be used" in printed


@pytest.fixture
def scheduler() -> Any:
    from dask.distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        yield cluster.scheduler_address


@NEEDS_DASK
def test_the_dask_program_writes_the_advice_of_one_table_however_often_it_runs(tmp_path: Path, scheduler: str) -> None:
    table = people_table(BASE)
    source, target = write_parts(table, tmp_path / "people", 6), tmp_path / "advice"
    for _ in range(2):
        done = run(sys.executable, program("advise_files.py", tmp_path), scheduler, source, target, DAY)
        assert done == f"{len(table)} people\n"
        assert rows_in(target) == expected(BASE, table)
    assert len(list(target.iterdir())) == 6


@NEEDS_DASK
def test_the_dask_dataframe_gives_the_advice_of_one_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow as pa

    table = people_table(BASE)
    write_parts(table, tmp_path / "people", 6)
    monkeypatch.chdir(tmp_path)
    (text,) = [block.text for block in blocks("cluster.md") if block.attributes.get("name") == "dataframe"]
    space: dict[str, Any] = {"__name__": "page"}
    exec(compile(text, "cluster.md, dataframe", "exec"), space)
    found = space["advice"].compute(scheduler="sync")
    assert in_order(pa.Table.from_pandas(found, preserve_index=False).to_pylist()) == expected(BASE, table)


def test_the_columns_of_spark_on_the_page_are_those_of_a_table() -> None:
    pa = pytest.importorskip("pyarrow", reason="the extra `columnar` isn't installed")
    names = BASE.advise_table(pa.table({"id": [1]}), keep=["id"]).column_names
    page = (DOCS / "cluster.md").read_text("utf-8")
    assert [name for name in names if name not in ("row", "id") and f"`{name}`" not in page] == []
    assert {"timestamp", "map", "void"} <= {row[0].strip("`") for row in table_rows("cluster.md", "Spark")}
