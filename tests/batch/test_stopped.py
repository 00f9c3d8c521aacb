"""A run that is killed goes on without losing, doubling or changing a row."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest

from advise import KnowledgeBase
from tests.batch import riders
from tests.batch.conftest import RULES
from tests.batch.needs import pa  # noqa: F401
from tests.evaluate.base import folder

from advise.batch import Job, Progress, run  # isort: skip
from advise.batch.durable import BatchError, Lock, place, write_whole  # isort: skip

DAY = date(2026, 1, 15)
SCRIPT = Path(__file__).with_name("stopped_run.py")
HERE = Path(__file__).parents[2]
ROWS = 12_000


def command(base: KnowledgeBase, people: Path, advice: Path) -> list[str]:
    return [sys.executable, str(SCRIPT), str(base.folder), str(people), str(advice)]


def killed(command: list[str], after: int, wait: float) -> tuple[list[str], bool]:
    """Kills a run `wait` seconds after it has told `after` times how far it is (-1: after it began to join).

    Returns what it said, and whether it was killed; False when it had come to its end before.
    """
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", cwd=HERE) as child:
        assert child.stdout is not None
        said: list[str] = []
        for line in child.stdout:
            said.append(line.strip())
            if said[-1] == "joining" or sum(each.isdecimal() for each in said) == after:
                break
        time.sleep(wait)
        child.send_signal(signal.SIGKILL)
        said += [line.strip() for line in child.stdout]
    return said, child.returncode == -signal.SIGKILL


@pytest.mark.parametrize(("ending", "to"), [("csv", "parquet"), ("parquet", "csv"), ("ndjson", "ndjson")])
def test_ten_kills_change_no_byte(bikes: KnowledgeBase, tmp_path: Path, ending: str, to: str) -> None:
    people = riders.write(tmp_path / f"people.{ending}", ROWS)
    (tmp_path / "undisturbed").mkdir()
    undisturbed = tmp_path / "undisturbed" / f"advice.{to}"
    run(bikes, Job(people, undisturbed, keep=["id"], as_of=DAY, part=512))
    random = Random(f"{ending} {to}")
    advice, rejects = tmp_path / f"advice.{to}", tmp_path / "advice.rejects.csv"

    def is_whole() -> bool:
        """Whether the run has come to its end; it may have, and have been killed before it could say so."""
        if not advice.exists() or (tmp_path / f"{advice.name}.partial").exists():
            return False
        assert advice.read_bytes() == undisturbed.read_bytes()
        assert rejects.read_bytes() == (undisturbed.parent / rejects.name).read_bytes()
        return True

    kills, heard = 0, []
    for after in (0, 1, 1, 1, 2, 2, 2, -1, -1, -1):
        if is_whole():
            advice.unlink()
            rejects.unlink()
        said, was_killed = killed(command(bikes, people, advice), after, random.uniform(0, 0.015))
        heard += said
        kills += was_killed
    if not is_whole():
        heard += subprocess.check_output(command(bikes, people, advice), encoding="utf-8", cwd=HERE).splitlines()
    assert is_whole()
    assert kills >= 7, "it was killed in mid-run, not only after its end"
    assert any(each.startswith("Going on after row ") for each in heard)
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(
        [people.name, advice.name, rejects.name, "undisturbed"]
    )


class StopError(Exception):
    """Ends a run."""


def stopped(base: KnowledgeBase, job: Job, after: int = 1000) -> None:
    def stop(now: Progress) -> None:
        if now.people >= after:
            raise StopError

    with pytest.raises(StopError):
        run(base, job, progress=stop)


@pytest.fixture
def job(work: Path) -> Job:
    return Job(riders.write(work / "people.csv", 3000), work / "advice.csv", keep=["id"], as_of=DAY, part=512)


def gone_on(base: KnowledgeBase, job: Job) -> list[str]:
    said: list[str] = []
    run(base, job, say=said.append)
    return said


def test_the_same_job_goes_on_and_says_so(bikes: KnowledgeBase, job: Job) -> None:
    stopped(bikes, job)
    (said,) = gone_on(bikes, job)
    assert said in [f"Going on after row {rows:,}; --restart starts afresh." for rows in (512, 1024)]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"questions": False}, "the options are others"),
        ({"per": "person"}, "the options are others"),
        ({"keep": ["id", "use"]}, "what the columns hold has changed"),
        ({"as_of": date(2026, 1, 16)}, "the day is another one"),
        ({"restart": True}, "--restart was given"),
    ],
)
def test_another_job_starts_afresh_and_says_why(
    bikes: KnowledgeBase, job: Job, changes: dict[str, object], why: str
) -> None:
    stopped(bikes, job)
    (said,) = gone_on(bikes, replace(job, **changes))  # type: ignore[arg-type]
    assert said.startswith("Starting afresh, and not after row ")
    assert said.endswith(f": {why}.")


def test_a_changed_input_starts_afresh(bikes: KnowledgeBase, job: Job) -> None:
    stopped(bikes, job)
    job.input.write_bytes(job.input.read_bytes() + b"r3000,true,1,daily,,\n")
    (said,) = gone_on(bikes, job)
    assert said.endswith(": the input has changed.")


def test_another_knowledge_base_starts_afresh(bikes: KnowledgeBase, job: Job, tmp_path: Path) -> None:
    stopped(bikes, job)
    (tmp_path / "rules").mkdir()
    other = KnowledgeBase.load(folder(tmp_path / "rules", RULES.replace("at most: 5", "at most: 6")))
    (said,) = gone_on(other, job)
    assert said.endswith(": the knowledge base has changed.")


def test_a_run_that_goes_on_another_day_keeps_its_day(
    bikes: KnowledgeBase, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    import advise.batch.running as module

    class Then(date):
        @classmethod
        def today(cls) -> date:
            return date(2025, 12, 31)

    without = replace(job, as_of=None)
    monkeypatch.setattr(module, "date", Then)
    stopped(bikes, without)
    monkeypatch.undo()
    said: list[str] = []
    summary = run(bikes, without, say=said.append)
    assert ", as of 2025-12-31; --restart starts afresh." in said[0]
    assert summary.as_of == "2025-12-31"


def test_a_run_stopped_while_its_files_are_put_in_place_is_finished(
    bikes: KnowledgeBase, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    import advise.batch.work as module

    for moment in range(3):
        moves = 0

        def stop(draft: Path, target: Path, moment: int = moment) -> None:
            nonlocal moves
            if moves == moment:
                raise StopError
            moves += 1
            place(draft, target)

        def stop_removing(_: object, moment: int = moment) -> None:
            if moment == 2:
                raise StopError

        monkeypatch.setattr(module, "place", stop)
        monkeypatch.setattr(module.Work, "remove", stop_removing)
        with pytest.raises(StopError):
            run(bikes, job)
        monkeypatch.undo()
        summary = run(bikes, job)
        assert summary.people == 3000
        assert not job.output.with_name("advice.csv.partial").exists()
        assert job.output.exists() and job.rejects_file.exists()
        job.output.unlink()
        job.rejects_file.unlink()


def test_a_part_that_is_not_whole_does_not_count(bikes: KnowledgeBase, job: Job) -> None:
    stopped(bikes, job, after=2000)
    folder = job.output.with_name("advice.csv.partial")
    parts = sorted(folder.glob("*.json"))
    numbered = [each for each in parts if each.stem.isdecimal()]
    numbered[-1].write_text('{"rows": 5', "utf-8")
    (said,) = gone_on(bikes, job)
    assert said.startswith(f"Going on after row {(len(numbered) - 1) * 512:,}")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_a_sentence_and_the_run_goes_on_later(
    bikes: KnowledgeBase, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    import advise.batch.durable as module

    real = os.open

    def full(path: object, *more: object) -> int:
        return real("/dev/full" if str(path).endswith("000002.rows.tmp") else path, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(module.os, "open", full)
    with pytest.raises(BatchError, match=r"advice.csv.partial can't be written: No space left on device. Mend that"):
        run(bikes, job)
    monkeypatch.undo()
    assert gone_on(bikes, job) == ["Going on after row 1,024; --restart starts afresh."]


def test_a_lock_is_held_by_one_and_let_go_of(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")
    assert first.take()
    assert not second.take()
    (tmp_path / "lock").unlink()
    third = Lock(tmp_path / "lock")
    assert third.take()
    first.release()
    third.release()
    assert second.take()
    second.release()


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    def fail(file: object) -> None:
        file.write(b"half")  # type: ignore[attr-defined]
        raise StopError

    with pytest.raises(StopError):
        write_whole(tmp_path / "file", fail)
    assert not (tmp_path / "file").exists()


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="this system has no second disk to try")
def test_a_file_is_placed_on_another_disk(tmp_path: Path) -> None:
    import tempfile

    with tempfile.TemporaryDirectory(dir="/dev/shm") as other:
        (tmp_path / "draft").write_bytes(b"whole")
        target = Path(other) / "file"
        place(tmp_path / "draft", target)
        assert target.read_bytes() == b"whole"
        assert [each.name for each in Path(other).iterdir()] == ["file"]
