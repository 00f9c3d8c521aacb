"""A run from file to file: what is kept, rejected, refused and counted."""

from __future__ import annotations

import csv
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from advise import KnowledgeBase, UsageError
from tests.batch import riders
from tests.batch.files import read_advice
from tests.batch.needs import pa

import pyarrow.parquet as pq  # isort: skip
from advise.batch import Job, Progress, run  # isort: skip
from advise.batch.durable import BatchError  # isort: skip

DAY = date(2026, 1, 15)
WRONG = (
    "id,helmet,age_of_bike,use\n"
    "a,yes,3,daily\n"
    "b,perhaps,3,daily\n"
    "c\n"
    "d,yes,300,daily\n"
    "e,yes,x,never\n"
    "f,yes,3,never\n"
    "g,,,\n"
)


def rejects(path: str = "advice.rejects.csv") -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.usefixtures("work")
def test_rejected_rows_go_to_a_file_of_their_own(bikes: KnowledgeBase) -> None:
    Path("people.csv").write_text(WRONG, "utf-8")
    job = Job(Path("people.csv"), Path("advice.csv"), keep=["id"], as_of=DAY)
    summary = run(bikes, job)
    assert rejects() == [
        {"row": "1", "id": "b", "reason": "Column 'helmet': 'Helmet' takes true, false, yes or no."},
        {"row": "2", "id": "", "reason": "This line has 1 cells, not 4."},
        {"row": "3", "id": "d", "reason": "'Age of bike' must be from 0 to 99."},
        {"row": "4", "id": "e", "reason": "Column 'age_of_bike': 'Age of bike' takes a number."},
        {"row": "5", "id": "f", "reason": "'Use' can only be: rarely, weekly, daily."},
    ]
    assert {(row["row"], row["id"]) for row in read_advice(Path("advice.csv"))} == {(0, "a"), (6, "g")}
    assert (summary.people, summary.rejected, len(summary.reasons)) == (7, 5, 5)
    Path("people.csv").write_text("id,helmet\na,yes\n", "utf-8")
    with pytest.raises(UsageError, match=r"advice.csv is there already. --force replaces it."):
        run(bikes, job)
    Path("advice.csv").unlink()
    with pytest.raises(UsageError, match=r"advice.rejects.csv is there already. --force replaces it."):
        run(bikes, job)
    run(bikes, replace(job, force=True))
    assert not Path("advice.rejects.csv").exists()
    assert sorted(each.name for each in Path().iterdir()) == ["advice.csv", "people.csv"]


@pytest.mark.usefixtures("work")
def test_what_is_written_is_for_its_owner_only(bikes: KnowledgeBase) -> None:
    Path("people.csv").write_text(WRONG, "utf-8")
    run(bikes, Job(Path("people.csv"), Path("advice.parquet"), keep=["id"], rejects=Path("bad.csv")))
    for name in ("advice.parquet", "bad.csv"):
        assert Path(name).stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("work")
def test_parts_threads_and_batches_change_no_byte(bikes: KnowledgeBase) -> None:
    for ending in ("parquet", "csv", "ndjson"):
        people = riders.write(Path(f"people.{ending}"), 2500)
        found = set()
        for threads in (1, 2):
            job = Job(people, Path(f"advice.{ending}"), keep=["id"], as_of=DAY, part=512, threads=threads, force=True)
            run(bikes, job)
            found.add((Path(f"advice.{ending}").read_bytes(), Path("advice.rejects.csv").read_bytes()))
        assert len(found) == 1
        whole = Job(people, Path(f"whole.{ending}"), keep=["id"], as_of=DAY)
        run(bikes, whole)
        assert read_advice(Path(f"whole.{ending}")) == read_advice(Path(f"advice.{ending}"))
        assert Path("whole.rejects.csv").read_bytes() == Path("advice.rejects.csv").read_bytes()
        Path("whole.rejects.csv").unlink()


@pytest.mark.usefixtures("work")
@pytest.mark.parametrize("ending", ["parquet", "arrow", "arrows", "csv", "ndjson"])
def test_nobody_at_all_is_an_empty_file(bikes: KnowledgeBase, ending: str) -> None:
    pq.write_table(pa.Table.from_pylist([], riders.SCHEMA), "people.parquet")
    summary = run(bikes, Job(Path("people.parquet"), Path(f"advice.{ending}"), keep=["id"]))
    assert summary.people == 0
    assert read_advice(Path(f"advice.{ending}")) == []


@pytest.mark.usefixtures("work")
def test_kept_columns_keep_their_types(bikes: KnowledgeBase) -> None:
    table = pa.table(
        {
            "n": pa.array([1, None], pa.int16()),
            "d": pa.array(["x", "y"]).dictionary_encode(),
            "l": pa.array([[{"a": 1}], None]),
            "helmet": [True, False],
        }
    )
    pq.write_table(table, "people.parquet")
    run(bikes, Job(Path("people.parquet"), Path("advice.parquet"), keep=["n", "d", "l", "helmet"], per="person"))
    found = pq.read_table("advice.parquet")
    assert [str(found.schema.field(name).type) for name in ("n", "d", "helmet")] == ["int16", "string", "bool"]
    rows = found.select(["row", "n", "d", "l", "helmet"]).to_pylist()
    assert rows == [
        {"row": 0, "n": 1, "d": "x", "l": [{"a": 1}], "helmet": True},
        {"row": 1, "n": None, "d": "y", "l": None, "helmet": False},
    ]


@pytest.mark.usefixtures("work")
def test_lines_of_json_may_have_names_that_come_late(bikes: KnowledgeBase) -> None:
    lines = ['{"id": 1, "helmet": true}', '{"use": "daily", "id": 2}', '{"colour": "red"}', '{"age": 4}', "{}"]
    Path("people.ndjson").write_text("\n".join(lines), "utf-8")
    run(bikes, Job(Path("people.ndjson"), Path("advice.ndjson"), keep=["id"], per="person", as_of=DAY))
    rows = read_advice(Path("advice.ndjson"))
    assert [(row["row"], row["id"]) for row in rows] == [(0, 1), (1, 2), (3, None), (4, None)]
    assert [item["rule"] for item in rows[1]["given"]] == ["daily"]
    assert [row["reason"] for row in rejects()] == ["No fact is called 'colour'."]


@pytest.mark.usefixtures("work")
def test_the_summary_counts_people_rules_and_questions(bikes: KnowledgeBase) -> None:
    riders.write(Path("people.parquet"), 1000)
    said: list[str] = []
    summary = run(bikes, Job(Path("people.parquet"), Path("advice.ndjson"), keep=["id"], as_of=DAY), say=said.append)
    rows = read_advice(Path("advice.ndjson"))
    assert (summary.people, summary.as_of, said) == (1000, "2026-01-15", [])
    assert summary.reasons == (("'Age of bike' must be from 0 to 99.", summary.rejected),)
    for kind, people in summary.kinds.items():
        assert people == len({row["row"] for row in rows if row["kind"] == kind})
    assert summary.kinds["given"] > 0
    for each in summary.rules:
        for kind, people in each.people.items():
            assert people == len({row["row"] for row in rows if (row["rule"], row["kind"]) == (each.rule, kind)})
    far = next(each for each in summary.rules if each.rule == "far")
    assert far.title == "Far to go"
    asked = [row for row in rows if row["kind"] == "question"]
    assert {each.fact for each in summary.questions} == {row["fact"] for row in asked} != set()
    for question in summary.questions:
        its = [row for row in asked if row["fact"] == question.fact]
        assert question.people == len({row["row"] for row in its})
        assert question.decides == sum(len(row["decides"]) for row in its)
    assert json.loads(json.dumps(summary.to_dict()))["people"] == 1000


@pytest.mark.usefixtures("work")
def test_progress_comes_to_the_end(bikes: KnowledgeBase) -> None:
    for ending in ("parquet", "csv"):
        seen: list[Progress] = []
        people = riders.write(Path(f"people.{ending}"), 2000)
        run(bikes, Job(people, Path(f"out.{ending}"), keep=["id"], part=512, force=True), progress=seen.append)
        assert (seen[-1].people, seen[-1].done, seen[-1].joining) == (2000, seen[-1].total, True)
        assert [each.people for each in seen] == sorted(each.people for each in seen)
        assert seen[0].total == (2000 if ending == "parquet" else people.stat().st_size)


@pytest.mark.usefixtures("work")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"input": Path("nobody.csv")}, "There is no file nobody.csv."),
        ({"input": Path()}, "isn't an ordinary file"),
        ({"output": Path("people.csv")}, "people.csv can't be both the people and the advice. Name another file."),
        ({"rejects": Path("advice.csv")}, "advice.csv can't be both the advice and the rejected rows."),
        ({"mapping": Path("./people.csv")}, "people.csv can't be both the people and the mapping."),
        ({"output": Path("none/advice.csv")}, "There is no folder none. Make it first."),
        ({"output": Path("advice.txt")}, "Say what it is with --to"),
        ({"keep": ["id", "x"]}, "There is no column 'x' to keep."),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is_written(
    bikes: KnowledgeBase, changes: dict[str, Any], sentence: str
) -> None:
    Path("people.csv").write_text(WRONG, "utf-8")
    with pytest.raises(UsageError) as found:
        run(bikes, replace(Job(Path("people.csv"), Path("advice.csv"), keep=["id"]), **changes))
    assert sentence in str(found.value)
    assert [each.name for each in Path().iterdir()] == ["people.csv"]


@pytest.mark.usefixtures("work")
def test_a_table_without_facts_is_refused(bikes: KnowledgeBase) -> None:
    Path("people.csv").write_text("id\na\n", "utf-8")
    with pytest.raises(UsageError, match="No column holds a fact"):
        run(bikes, Job(Path("people.csv"), Path("advice.csv"), keep=["id"]))


@pytest.mark.usefixtures("work")
def test_a_second_run_at_the_same_output_is_refused(bikes: KnowledgeBase) -> None:
    Path("people.csv").write_text(WRONG, "utf-8")
    Path("advice.csv.partial").mkdir()
    with Path("advice.csv.partial/lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(BatchError, match=r"Another run is writing advice.csv. Wait for its end, or stop it."):
            run(bikes, Job(Path("people.csv"), Path("advice.csv"), keep=["id"]))
    run(bikes, Job(Path("people.csv"), Path("advice.csv"), keep=["id"]))


@pytest.mark.usefixtures("work")
def test_an_input_that_changes_meanwhile_is_noticed(bikes: KnowledgeBase) -> None:
    people = riders.write(Path("people.csv"), 1000)

    def change(_: Progress) -> None:
        people.write_bytes(people.read_bytes() + b"\n")

    with pytest.raises(BatchError, match=r"people.csv was changed while it was read. Start the command again."):
        run(bikes, Job(people, Path("advice.csv"), keep=["id"]), progress=change)
    assert not Path("advice.csv").exists()


@pytest.mark.usefixtures("work")
def test_a_file_that_breaks_off_is_a_sentence(bikes: KnowledgeBase) -> None:
    people = riders.write(Path("people.parquet"), 3000)
    data = bytearray(people.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 200] = b"\0" * 200
    people.write_bytes(data)
    with pytest.raises(BatchError, match=r"people.parquet can't be read after row [0-9,]+: "):
        run(bikes, Job(people, Path("advice.csv"), keep=["id"]))
    assert not Path("advice.csv").exists()


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder that may be read and not written, by somebody who may not do all that root may."""
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        if user == 0:
            os.seteuid(65534)
        yield Path(folder)
        os.seteuid(user)
        Path(folder).chmod(0o755)


def test_a_folder_that_cannot_be_written_is_a_sentence(bikes: KnowledgeBase, closed: Path) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as people:
        people.write(WRONG)
        people.flush()
        job = Job(Path(people.name), closed / "advice.csv", keep=["id"])
        with pytest.raises(BatchError, match=r"advice.csv.partial can't be written: Permission denied."):
            run(bikes, job)


@pytest.mark.usefixtures("work")
def test_a_file_in_the_place_of_the_working_folder_is_a_sentence(bikes: KnowledgeBase) -> None:
    Path("people.csv").write_text(WRONG, "utf-8")
    Path("advice.csv.partial").write_text("mine", "utf-8")
    with pytest.raises(BatchError, match=r"advice.csv.partial can't be written: File exists."):
        run(bikes, Job(Path("people.csv"), Path("advice.csv"), keep=["id"]))


@pytest.mark.usefixtures("work")
def test_a_protected_column_is_set_aside_and_said(bikes: KnowledgeBase) -> None:
    Path("people.csv").write_text("age,helmet\n44,yes\n", "utf-8")
    said: list[str] = []
    run(bikes, Job(Path("people.csv"), Path("advice.csv")), say=said.append)
    assert said == ["'age' is set aside: it's a protected characteristic, and the advice doesn't depend on it."]
