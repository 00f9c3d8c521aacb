"""The evaluators of advise, each through its public door."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workload import Person, Rule

from peers.engine import Engine, NotThereError, Peer, packaged

if TYPE_CHECKING:
    from timing import Work

    from advise import KnowledgeBase

DAY = date(2026, 1, 15)


class _Evaluate(Engine):
    """`KnowledgeBase.evaluate`: the facts are checked before, and not timed."""

    def __init__(self, base: KnowledgeBase, evaluator: str) -> None:
        self._base = base
        self._evaluator = evaluator
        self._ids = [rule.id for rule in base.rulebook.rules]

    def advise(self, person: Person) -> Collection[str]:
        found = self._base.evaluate(self._base.case(person, DAY), self._evaluator)
        if found.open:
            raise RuntimeError("Something is open, although every fact is known.")
        return [self._ids[index] for index, _ in found.certain]

    def over(self, people: Sequence[Person]) -> Work:
        cases = [self._base.case(person, DAY) for person in people]
        evaluate, evaluator = self._base.evaluate, self._evaluator

        def work() -> None:
            for case in cases:
                evaluate(case, evaluator)

        return work


class _Durable(_Evaluate):
    def processes(self) -> Sequence[int]:
        return _children()


class _GivenIds(Engine):
    """`advise(...).given_ids`: from the facts, checked each time, to the ids of the advice."""

    def __init__(self, base: KnowledgeBase) -> None:
        self._base = base

    def advise(self, person: Person) -> Collection[str]:
        return self._base.advise(person, as_of=DAY).given_ids


class _Columnar(Engine):
    """`advise_table`, each person a table of one row."""

    def __init__(self, base: KnowledgeBase) -> None:
        self._base = base

    def advise(self, person: Person) -> Collection[str]:
        return self._advise(_table(person))

    def over(self, people: Sequence[Person]) -> Work:
        tables = [_table(person) for person in people]

        def work() -> None:
            for table in tables:
                self._advise(table)

        return work

    def _advise(self, table: Any) -> Collection[str]:
        found: list[str] = self._base.advise_table(table, as_of=DAY).column("rule").to_pylist()
        return found


def _table(person: Person) -> Any:
    import pyarrow

    return pyarrow.Table.from_pylist([person])


def _children() -> list[int]:
    """The processes that this one started, where Linux tells them."""
    return [int(pid) for each in Path("/proc/self/task").glob("*/children") for pid in each.read_text().split()]


def _write(rules: Sequence[Rule], folder: Path) -> None:
    from folder import write_folder

    write_folder(folder, rules)


def _load(make: Any, folder: Path) -> Engine:
    from advise import KnowledgeBase

    made: Engine = make(KnowledgeBase.load(folder))
    return made


def _version(*needs: str) -> str:
    found = packaged("advise-engine")
    for name in needs:
        try:
            packaged(name)
        except NotThereError as error:
            raise NotThereError(f"{error} It comes with an extra of advise-engine.") from None
    return found


def _peer(name: str, title: str, way: str, make: Any, *needs: str) -> Peer:
    return Peer(name, title, way, partial(_version, *needs), _write, partial(_load, make), ours=True)


_CHECKED = "YAML; `KnowledgeBase.evaluate` with `{}`, the facts checked before"
PEERS = (
    _peer("evaluate", "advise: `evaluate`", _CHECKED.format("compiled"), partial(_Evaluate, evaluator="compiled")),
    _peer("given_ids", "advise: `advise(...).given_ids`", "YAML; `compiled`, the facts checked each time", _GivenIds),
    _peer("reference", "advise: `reference`", _CHECKED.format("reference"), partial(_Evaluate, evaluator="reference")),
    _peer(
        "durable",
        "advise: `durable`",
        _CHECKED.format("durable"),
        partial(_Durable, evaluator="durable"),
        "durable-rules",
    ),
    _peer(
        "columnar-row",
        "advise: `columnar`, a table of one",
        "YAML; `advise_table` on a table of one row, made before",
        _Columnar,
        "pyarrow",
        "numpy",
    ),
)
