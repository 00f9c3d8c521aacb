"""The sections in which advise is measured beside other engines, each measurement in a fresh process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from measure import w1
from peers import ROW_BY_ROW, NotThereError, Peer, find
from peers.tables import TABLES, TablePeer, find_table
from results import EngineSaid, Result
from timing import processes
from workload import make_people

_FOLDER = Path(__file__).parent
_MEASURE, _FIRST = _FOLDER / "measure.py", _FOLDER / "first.py"
# People row by row: hand-written code, ours, and the rule engines that are quickest at it.
_ROWS = ("hand", "given_ids", "datalogic", "zen-expression", "zen", "drools")
_TIMEOUT = 420
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Amount:
    """How much is measured beside other engines."""

    people: int
    rounds: int
    limit: float
    warm_up: float
    starts: int
    rules: tuple[int, ...]
    lists: tuple[int, ...]
    tables: tuple[int, ...]
    rows: tuple[int, int]
    sources: tuple[str, ...]
    evaluations: int


FULL = Amount(
    people=300,
    rounds=41,
    limit=5,
    warm_up=1,
    starts=11,
    rules=(60, 600, 6000),
    lists=(5, 50, 500),
    tables=(10_000, 100_000, 1_000_000),
    rows=(10_000, 100_000),
    sources=("file", "memory"),
    evaluations=100_000,
)
QUICK = Amount(
    people=100,
    rounds=9,
    limit=1,
    warm_up=0.5,
    starts=3,
    rules=(),
    lists=(),
    tables=(10_000,),
    rows=(2_000, 10_000),
    sources=("file",),
    evaluations=0,
)


def engines() -> list[EngineSaid]:
    """All engines, with the reason for those that aren't installed."""
    peers: list[Peer | TablePeer] = [*map(find, ROW_BY_ROW), *map(find_table, TABLES)]
    return [_said(peer) for peer in {peer.name: peer for peer in reversed(peers)}.values()][::-1]


def _said(peer: Peer | TablePeer) -> EngineSaid:
    try:
        version, reason = peer.version(), ""
    except NotThereError as error:
        version, reason = "", str(error)
    return EngineSaid(peer.name, peer.title, peer.way, peer.ours, version, peer.instead, reason)


class Sections:
    """Measures section by section the engines that are there. `say` is told of each result."""

    def __init__(self, amount: Amount, there: Sequence[str], say: Say) -> None:
        self._amount = amount
        self._one_by_one = [name for name in ROW_BY_ROW if name in there]
        # Tables of one row are only there to be warned of.
        self._growers = [name for name in self._one_by_one if name != "columnar-row"]
        self._tables = [name for name in TABLES if name in there]
        self._say = say

    def people(self) -> Iterator[Result]:
        """One person, of whom every fact is known."""
        for name in self._one_by_one:
            yield self._measured("people", name, people=self._amount.people)

    def rules(self) -> Iterator[Result]:
        """More rules, of which 60 matter."""
        for name in self._growers:
            yield from self._growing("rules", name, self._amount.rules, people=100)

    def lists(self) -> Iterator[Result]:
        """One rule that joins two lists, of more things."""
        for name in self._growers:
            yield from self._growing("lists", name, self._amount.lists, people=40)

    def start(self) -> Iterator[Result]:
        """A fresh process, up to the first answer."""
        with TemporaryDirectory() as folder:
            commands = self._commands(Path(folder))
            environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
            for name in list(commands):
                try:
                    processes({name: commands[name]}, environment, 0)
                except RuntimeError as error:
                    yield self._told(Result("start", name, not_measured=str(error)))
                    del commands[name]
            times = processes(commands, environment, self._amount.starts)
        for name in commands:
            figures = {"to_hand": times.ratio(name, "hand"), "milliseconds": times.seconds(name) * 1e3}
            yield self._told(Result("start", name, figures=figures))

    def _commands(self, folder: Path) -> dict[str, list[str]]:
        person = folder / "person.json"
        person.write_text(json.dumps(make_people(1)[0]), encoding="utf-8")
        commands: dict[str, list[str]] = {"python": [sys.executable, "-c", "pass"]}
        for name in self._one_by_one:
            own = folder / name
            own.mkdir()
            find(name).write(w1(60), own)
            first = [sys.executable, str(_FIRST), name, str(own), str(person)]
            commands[name] = [*first, str(folder / "cache")]
            if name == "evaluate":
                commands["evaluate, no cache"] = [*first, "off"]
            if name == "json-rules-engine":
                from peers.node_rules import FILE, PROGRAM

                commands[name] = ["node", str(PROGRAM), str(own / FILE), str(person)]
        return commands

    def tables(self) -> Iterator[Result]:
        """Tables of people, from Parquet and from memory; the most memory from Parquet; and people row by row."""
        if "numpy" not in self._tables:
            return
        from people_table import write_people

        with TemporaryDirectory() as folder:
            for size in dict.fromkeys([*self._amount.tables, *self._amount.rows]):
                write_people(Path(folder) / f"{size}.parquet", size)
            for size in self._amount.tables:
                yield from self._of_size(Path(folder) / f"{size}.parquet", size)
            few, many = self._amount.rows
            files = {"file": str(Path(folder) / f"{few}.parquet"), "table": str(Path(folder) / f"{many}.parquet")}
            for name in (each for each in _ROWS if each in self._one_by_one):
                for source in self._amount.sources:
                    yield self._measured("rows", name, size=many, source=source, **files)

    def _of_size(self, path: Path, size: int) -> Iterator[Result]:
        for name in self._tables:
            check = size == min(self._amount.tables)
            for source in self._amount.sources:
                yield self._measured("tables", name, size=size, source=source, file=str(path), check=check)
            yield self._measured("peak", name, size=size, source="file", file=str(path))

    def memory(self) -> Iterator[Result]:
        """What memory grows by."""
        for name in self._one_by_one if self._amount.evaluations else ():
            amount = {"evaluations": self._amount.evaluations, "limit": 40}
            yield self._measured("memory", name, people=self._amount.people, **amount)

    # --------------------------------------------------------------------------------------------- processes

    def _growing(self, section: str, name: str, sizes: Sequence[int], people: int) -> Iterator[Result]:
        failed = ""
        for size in sizes:
            if failed:
                yield self._told(Result(section, name, size, not_measured=f"not tried, after it failed at {failed}"))
                continue
            result = self._measured(section, name, size=size, people=people)
            failed = f"{size:,}" if result.not_measured else ""
            yield result

    def _measured(self, section: str, engine: str, **more: Any) -> Result:
        amount = self._amount
        usual = {"rounds": amount.rounds, "limit": amount.limit, "warm_up": amount.warm_up}
        found = _process({"section": section, "engine": engine, **usual, **more})
        size, source = more.get("size", 0), more.get("source", "")
        if isinstance(found, str):
            return self._told(Result(section, engine, size, source, not_measured=found))
        return self._told(Result(section, engine, size, source, found))

    def _told(self, result: Result) -> Result:
        figures = ", ".join(f"{name} {value:,.2f}" for name, value in result.figures.items())
        words = [result.section, result.engine, f"{result.size or ''}", result.source, figures, result.not_measured]
        self._say(" ".join(word for word in words if word))
        return result


def _process(settings: dict[str, Any]) -> dict[str, float] | str:
    """What measure.py finds with these settings, or why it finds nothing."""
    command = [sys.executable, str(_MEASURE), json.dumps(settings)]
    for _ in range(2):  # what crashes once may not crash again
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT, check=False)
        except subprocess.TimeoutExpired:
            return f"it took longer than {_TIMEOUT} seconds"
        if done.returncode >= 0:
            break
    if done.returncode < 0:
        return f"its process crashed twice (signal {-done.returncode})"
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        return last.removeprefix("RuntimeError: ")[:160]
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found
