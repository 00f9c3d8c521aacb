"""Measures one thing in a fresh process: `python bench/measure.py '{"section": "people", "engine": "zen", ...}'`.

Prints what it found as JSON. Answers are compared before anything is timed; RuntimeError when they differ.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from by_hand import Writer, by_hand
from peers import Engine, Peer, find
from timing import Clock, Work, clock_of, in_turns, this_thread
from workload import Person, Rule, add_gated, make_people, make_rules, one_join, people_with

Settings = dict[str, Any]
Figures = dict[str, float]
_ENOUGH = 0.25
_FEWEST = 10


def main() -> None:
    """Measures and prints."""
    settings = json.loads(sys.argv[1])
    with TemporaryDirectory() as folder:
        print(json.dumps(_SECTIONS[settings["section"]](settings, Path(folder))), flush=True)
        sys.stderr.flush()
    # A JVM and others would still run, or complain about what they leave.
    os._exit(0)


# ------------------------------------------------------------------------------------------------ one person


def _people(settings: Settings, folder: Path) -> Figures:
    rules = w1(60)
    return _one_by_one(settings, folder, rules, rules, make_people(settings["people"]))


def _rules(settings: Settings, folder: Path) -> Figures:
    return _one_by_one(settings, folder, w1(settings["size"]), w1(60), make_people(settings["people"]))


def _lists(settings: Settings, folder: Path) -> Figures:
    people = people_with(settings["size"], settings["people"])
    return _one_by_one(settings, folder, one_join(), one_join(), people)


def w1(count: int) -> list[Rule]:
    """The workload: 60 rules, and gated ones up to so many."""
    rules = make_rules(Writer(complete=True).conditions)
    return add_gated(rules, count - len(rules)) if count > len(rules) else rules


def _one_by_one(
    settings: Settings, folder: Path, rules: Sequence[Rule], few: Sequence[Rule], people: list[Person]
) -> Figures:
    """An engine with `rules`, against hand-written code and `evaluate` with `few` rules, which say the same."""
    engine, hand = _made(settings["engine"], rules, folder / "engine"), by_hand(few, complete=True)
    check(engine, by_hand(rules, complete=True), people)
    people = _so_many(engine, people)
    ours = _made("evaluate", few, folder / "evaluate")
    works: dict[str, Work] = {
        "engine": engine.over(people),
        "hand": _all(hand, people),
        "evaluate": ours.over(people),
    }
    clock = clock_of(engine.processes())
    _warm(works["engine"], find(settings["engine"]), settings, clock)
    clocks = {"engine": clock, "hand": this_thread, "evaluate": this_thread}
    times = in_turns(works, settings["rounds"], clocks, settings["limit"])
    engine.close()
    return {
        "to_hand": times.ratio("engine", "hand"),
        "to_evaluate": times.ratio("engine", "evaluate"),
        "microseconds": times.seconds("engine") / len(people) * 1e6,
    }


def _made(name: str, rules: Sequence[Rule], folder: Path) -> Engine:
    folder.mkdir()
    return find(name).make(rules, folder)


def _all(hand: Callable[[Person], object], people: Sequence[Person]) -> Work:
    def work() -> None:
        for person in people:
            hand(person)

    return work


def check(engine: Engine, hand: Callable[[Person], Sequence[str]], people: Sequence[Person]) -> None:
    """Raises RuntimeError unless an engine says what hand-written code does: of as many as ten seconds allow."""
    end = monotonic() + 10
    for person in people:
        if set(engine.advise(person)) != set(hand(person)):
            raise RuntimeError("Its answers differ from those of hand-written code.")
        if monotonic() > end:
            break


def _so_many(engine: Engine, people: list[Person]) -> list[Person]:
    """As many people as take a slow engine a quarter of a second, but ten, so that what is compared takes turns."""
    start = monotonic()
    for count, person in enumerate(people, 1):
        engine.advise(person)
        if count >= _FEWEST and monotonic() - start > _ENOUGH:
            return people[:count]
    return people


def _warm(work: Work, peer: Peer, settings: Settings, clock: Clock) -> None:
    """Until an engine has had its CPU time, so that a busy machine doesn't leave it cold."""
    end = clock() + peer.warm_up * settings.get("warm_up", 1)
    while clock() < end:
        work()


# --------------------------------------------------------------------------------------------------- tables


def _tables(settings: Settings, folder: Path) -> Figures:
    """An engine for tables against numpy, both from a file or both from memory."""
    from peers.tables import find_table

    path, rules = Path(settings["file"]), w1(60)
    works: dict[str, Work] = {}
    for name in dict.fromkeys(("numpy", settings["engine"])):
        (folder / name).mkdir()
        engine = find_table(name).make(rules, folder / name)
        people = engine.read(path) if settings["source"] == "memory" else path
        if settings["check"]:
            check_table(engine, people, rules, path)
        works[name] = partial(_count, engine, people)
    if len({work() for work in works.values()}) > 1:
        raise RuntimeError("It gives another number of pieces of advice than numpy by hand.")
    times = in_turns(works, settings["rounds"], None, settings["limit"])
    return {
        "to_numpy": times.ratio(settings["engine"], "numpy"),
        "people_a_second": settings["size"] / times.seconds(settings["engine"]),
    }


def _count(engine: Any, people: Any) -> int:
    return sum(len(rows) for rows, _ in engine.advise(people))


def check_table(engine: Any, people: Any, rules: Sequence[Rule], path: Path) -> None:
    """Raises RuntimeError unless an engine for tables says what hand-written code does of everybody in a file."""
    hand = by_hand(rules, complete=True)
    found: dict[int, set[str]] = {}
    for rows, indexes in engine.advise(people):
        for row, index in zip(rows.tolist(), indexes.tolist(), strict=True):
            found.setdefault(row, set()).add(rules[index].id)
    for row, person in enumerate(_persons(path)):
        if found.get(row, set()) != set(hand(person)):
            raise RuntimeError("Its answers differ from those of hand-written code.")


def _rows(settings: Settings, folder: Path) -> Figures:
    """An engine that takes one person at a time, with people of a file, against numpy and advise on tables."""
    from peers.tables import find_table

    rules, path, from_memory = w1(60), Path(settings["file"]), settings["source"] == "memory"
    peer, engine = find(settings["engine"]), _made(settings["engine"], rules, folder / "engine")
    people = list(_persons(path))
    check(engine, by_hand(rules, complete=True), people[:300])
    over = engine.over(people) if from_memory else partial(_from_file, engine, path)
    works: dict[str, Work] = {"engine": over}
    table = Path(settings["table"])
    for name in ("numpy", "columnar"):
        (folder / name).mkdir()
        other = find_table(name).make(rules, folder / name)
        works[name] = partial(_count, other, other.read(table) if from_memory else table)
    clock = clock_of(engine.processes())
    _warm(partial(_each, engine, people[:300]), peer, settings, clock)
    # numpy's and ours are of one thread here; a JVM's other threads aren't to count for them.
    clocks: dict[str, Clock] = {"engine": clock, "numpy": this_thread, "columnar": this_thread}
    times = in_turns(works, settings["rounds"], clocks, settings["limit"])
    engine.close()
    share = settings["size"] / len(people)
    return {
        "to_numpy": times.ratio("engine", "numpy") * share,
        "to_columnar": times.ratio("engine", "columnar") * share,
        "people_a_second": len(people) / times.seconds("engine"),
    }


def _persons(path: Path) -> Any:
    """The people of a file as dicts, a thousand at a time."""
    import pyarrow.parquet as pq

    for batch in pq.ParquetFile(path).iter_batches(1000, use_threads=False):
        yield from batch.to_pylist()


def _each(engine: Engine, people: Sequence[Person]) -> None:
    for person in people:
        engine.advise(person)


def _from_file(engine: Engine, path: Path) -> None:
    for person in _persons(path):
        engine.advise(person)


def _peak(settings: Settings, folder: Path) -> Figures:
    """The most memory that a process has which advises a file of people and counts the advice."""
    from peers.tables import find_table

    count = _count(find_table(settings["engine"]).make(w1(60), folder), Path(settings["file"]))
    # Not getrusage's, which begins with what the process had that started this one.
    most = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    if most is None:
        raise RuntimeError("This system doesn't tell a process's largest size.")
    return {"peak_mb": int(most[1]) * 1024 / 1e6, "advice": count}


# --------------------------------------------------------------------------------------------------- memory


def _memory(settings: Settings, folder: Path) -> Figures:
    """What the memory of an engine's processes grows by, from a tenth of the evaluations to the last."""
    engine = _made(settings["engine"], w1(60), folder / "engine")
    people = make_people(settings["people"])
    work = engine.over(people)
    engine.advise(people[0])
    processes = [os.getpid(), *engine.processes()]
    marks = [_resident(processes)]
    done, wanted, end = 0, settings["evaluations"], monotonic() + settings["limit"]
    at = [0]
    while done < wanted and monotonic() < end:
        work()
        done += len(people)
        marks.append(_resident(processes))
        at.append(done)
    engine.close()
    early = next(mark for mark, count in zip(marks, at, strict=True) if count >= done / 10)
    return {"evaluations": done, "growth_mb": (marks[-1] - early) / 1e6, "resident_mb": marks[-1] / 1e6}


def _resident(processes: Sequence[int]) -> int:
    """The memory of processes, where Linux tells it."""
    page = os.sysconf("SC_PAGESIZE")
    return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in processes) * page


_SECTIONS: dict[str, Callable[[Settings, Path], Figures]] = {
    "people": _people,
    "rules": _rules,
    "lists": _lists,
    "tables": _tables,
    "rows": _rows,
    "peak": _peak,
    "memory": _memory,
}

if __name__ == "__main__":
    main()
