"""Advice on a Spark cluster of two worker processes: the same as for one table, whatever process is lost meanwhile."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from advise import AdviseError, FactsError, KnowledgeBase, UsageError
from advise.spark import _Advisor, advise_dataframe
from tests.clusters import (
    CANARY,
    COPIES,
    DAY,
    PATIENCE,
    QUICK_JAVA,
    expected,
    first_file,
    in_order,
    people_table,
    processes,
    spark_home,
    write_parts,
)
from tests.extras import NEEDS_SPARK

pytestmark = NEEDS_SPARK
BASE = KnowledgeBase.load()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return spark_home(tmp_path_factory.mktemp("spark"))


@pytest.fixture(scope="module")
def spark(home: Path) -> Iterator[Any]:
    """A session on a cluster of two executors, each a process of its own."""
    from pyspark.sql import SparkSession

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_HOME", str(home))
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        builder = SparkSession.builder.master("local-cluster[2,1,1024]").config("spark.ui.enabled", "false")
        for side in ("driver", "executor"):
            builder = builder.config(f"spark.{side}.extraJavaOptions", QUICK_JAVA)
        session = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", "50").getOrCreate()
        yield session
        session.stop()


@pytest.fixture(scope="module")
def table() -> Any:
    return people_table(BASE)


@pytest.fixture(scope="module")
def people(spark: Any, table: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The table as a DataFrame of six partitions."""
    folder = write_parts(table, tmp_path_factory.mktemp("people"), 6)
    found = spark.read.parquet(str(folder)).repartition(6, "id")
    assert found.rdd.getNumPartitions() == 6
    return found


def collected(advice: Any) -> list[str]:
    return in_order(advice.toArrow().to_pylist())


def test_spark_gives_the_advice_of_one_table(people: Any, table: Any) -> None:
    found = advise_dataframe(people, BASE, as_of=DAY, keep=["id"])
    assert found.columns == ["id", "kind", "rule", "about", "fact", "decides", "reason"]
    rows = collected(found)
    assert rows == expected(BASE, table)
    assert sum("'rejected'" in row for row in rows) == COPIES
    assert CANARY not in "".join(rows)


def test_spark_is_asked_for_questions_as_one_table_is(people: Any, table: Any) -> None:
    found = advise_dataframe(people, BASE, as_of=DAY, keep=["id"], questions=True)
    rows = collected(found)
    assert rows == expected(BASE, table, questions=True)
    assert any("'question'" in row for row in rows)


@pytest.mark.parametrize("rows", [0, 7, 1_000_000])
def test_spark_gives_the_same_in_batches_of_any_size(spark: Any, people: Any, table: Any, rows: int) -> None:
    names = ("spark.sql.execution.arrow.maxRecordsPerBatch", "spark.sql.execution.arrow.useLargeVarTypes")
    before = {name: spark.conf.get(name) for name in names}
    spark.conf.set(names[0], rows)
    spark.conf.set(names[1], rows == 7)
    try:
        assert collected(advise_dataframe(people.coalesce(1), BASE, as_of=DAY, keep=["id"])) == expected(BASE, table)
    finally:
        for name, value in before.items():
            spark.conf.set(name, value)


def test_spark_runs_nothing_before_rows_are_asked_for(people: Any, tmp_path: Path) -> None:
    touched = str(tmp_path / "touched")

    def touch(batches: Any) -> Any:
        Path(touched).touch()
        yield from batches

    advice = advise_dataframe(people.mapInArrow(touch, people.schema), BASE, as_of=DAY, keep=["id"])
    assert not Path(touched).exists()
    assert advice.limit(1).count() == 1
    assert Path(touched).exists()
    assert advise_dataframe(people.limit(0), BASE, as_of=DAY, keep=["id"]).count() == 0


def test_the_day_on_spark_is_the_day_of_the_program_that_asked(
    people: Any, table: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("advise.spark.day_of", lambda as_of: as_of or date(2019, 5, 1))
    found = collected(advise_dataframe(people, BASE, keep=["id"]))
    assert found == expected(BASE, table, as_of="2019-05-01") != expected(BASE, table)


def test_columns_of_spark_types_are_facts(spark: Any) -> None:
    people = spark.sql("""
        SELECT 1 AS id, map('a', 1) AS extra, timestamp'2026-01-15 10:00:00' AS seen,
            array(named_struct('title', 'Cook', 'field', 'cooking', 'current', true, 'start', date'2024-03-01',
                               'pay', cast(30000 AS decimal(10, 2)), 'hours', cast(38.5 AS float))) AS jobs,
            array(named_struct('field', 'cooking', 'wanted', true)) AS careers,
            cast(array() AS array<struct<field: string>>) AS goals, cast(null AS void) AS skills
    """)
    keep = ["id", "extra", "seen"]
    found = advise_dataframe(people, BASE, as_of=DAY, keep=keep)
    assert found.schema["extra"].dataType == people.schema["extra"].dataType
    rows = found.toArrow()
    assert in_order(rows.to_pylist()) == expected(BASE, people.toArrow(), keep=keep)
    alone = BASE.advise(
        {
            "jobs": [
                {
                    "title": "Cook",
                    "field": "cooking",
                    "current": True,
                    "start": "2024-03-01",
                    "pay": 30000,
                    "hours": 38.5,
                }
            ],
            "careers": [{"field": "cooking", "wanted": True}],
            "goals": [],
        },
        as_of=DAY,
    )
    given = {row["rule"] for row in rows.to_pylist() if row["kind"] == "given"}
    assert given == set(alone.given_ids) != set()


@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        ("1 AS colour", "No fact is called 'colour'"),
        ("map('a', 1) AS jobs", "'jobs' takes a list of structs, not map"),
        ("array(named_struct('start', timestamp'2024-01-01 00:00:00')) AS jobs", r"takes a date.*, not timestamp"),
        ("array(named_struct('colour', 1)) AS jobs", "No fact is called 'colour'"),
        ("named_struct('written', 'yes') AS plan", "takes true or false, not string"),
        ("1 AS plan", "'plan' takes a struct of facts, not int32"),
        ("make_interval(1, 2) AS jobs", "can't give these columns to Python"),
        ("2 AS ID", "Two columns are called 'id'"),
        ("2 AS `plan.written`", "Rename it without"),
    ],
)
def test_spark_columns_that_cannot_be_facts_are_refused_before_anything_runs(
    spark: Any, column: str, sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        advise_dataframe(spark.sql(f"SELECT 1 AS id, {column}"), BASE, as_of=DAY, keep=["id"])


@pytest.mark.parametrize(
    ("keep", "sentence"),
    [
        ([], "nobody would know whose"),
        ("id", "as a list"),
        (["id", "nobody"], "'nobody', must be in the table"),
        (["Rule"], "'Rule', is called like a column of the advice"),
    ],
)
def test_columns_that_spark_cannot_keep_are_refused(spark: Any, keep: Any, sentence: str) -> None:
    people = spark.sql("SELECT 1 AS id, 2 AS Rule").select(*(keep if keep == ["Rule"] else ["id"]))
    with pytest.raises(UsageError, match=sentence):
        advise_dataframe(people, BASE, as_of=DAY, keep=keep)


def test_what_is_no_spark_dataframe_and_no_day_is_refused(table: Any, people: Any) -> None:
    with pytest.raises(UsageError, match="takes a Spark DataFrame, not a Table"):
        advise_dataframe(table, BASE, as_of=DAY, keep=["id"])
    with pytest.raises(FactsError, match="isn't a date"):
        advise_dataframe(people, BASE, as_of="tomorrow", keep=["id"])


def test_without_spark_a_sentence_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(UsageError, match=r"pyspark.* is needed: pip install 'advise-engine\[spark\]'"):
        advise_dataframe(None, BASE, keep=["id"])  # type: ignore[arg-type]


def test_an_error_on_spark_names_its_place_and_no_fact(people: Any, home: Path) -> None:
    class Broken:
        def advise_batches(self, batches: Any, **_: Any) -> Any:
            raise ValueError(f"what numpy says may quote {batches[0].column('id')}, or a {CANARY}")

    broken: Any = Broken()
    advice = people.mapInArrow(_Advisor(broken, date(2026, 1, 15), ("id",), False), "id string")
    with pytest.raises(Exception, match=r"people can't be advised: a ValueError in advise_batches, line \d+") as caught:
        advice.collect()
    assert AdviseError.__name__ in str(caught.value)
    logs = [path.read_text("utf-8") for path in (home / "work").rglob("std*")]
    assert any("people can't be advised" in log for log in logs)
    assert CANARY not in str(caught.value) + "".join(logs)


Kill = Callable[[int], None]


def paused(folder: Path) -> Callable[[Any], Any]:
    """Lets one batch of each partition through, says in a file who has it, and waits for the file `go`."""
    path = str(folder)

    def pause(batches: Any) -> Any:
        from pyspark import TaskContext

        task = TaskContext.get()
        assert task is not None
        for number, batch in enumerate(batches):
            if number == 1:
                Path(path, f"{task.partitionId()} {task.taskAttemptId()} {os.getppid()}").touch()
                while not Path(path, "go").exists():
                    time.sleep(0.05)
            yield batch

    return pause


def kill_the_executor(daemon: int) -> None:
    os.kill(processes()[daemon], signal.SIGKILL)


def kill_its_python_workers(daemon: int) -> None:
    workers = [pid for pid, parent in processes().items() if parent == daemon]
    assert workers
    for each in workers:
        os.kill(each, signal.SIGKILL)


@pytest.mark.parametrize("kill", [kill_its_python_workers, kill_the_executor])
def test_spark_gives_the_same_when_a_process_is_killed_in_mid_run(
    people: Any, table: Any, tmp_path: Path, kill: Kill
) -> None:
    advice = advise_dataframe(people.mapInArrow(paused(tmp_path), people.schema), BASE, as_of=DAY, keep=["id"])
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(collected, advice)
        try:
            started = first_file(tmp_path, lambda: not running.done())
            partition, attempt, daemon = map(int, started.name.split())
            kill(daemon)
        finally:
            (tmp_path / "go").touch()
        rows = running.result(timeout=PATIENCE)
    assert rows == expected(BASE, table)
    tries = [tuple(map(int, each.name.split())) for each in tmp_path.iterdir() if each.name != "go"]
    again = [each for each in tries if each[0] == partition and each[1] != attempt]
    assert again
    # Without its executor the partition goes to another; Python workers are started anew by the same one.
    if kill is kill_the_executor:
        assert daemon not in {each[2] for each in again}
