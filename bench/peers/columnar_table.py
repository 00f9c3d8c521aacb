"""advise's columnar evaluator on whole tables: `advise_batches` from a file, `advise_table` from memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from folder import write_folder
from workload import Rule

from peers.engine import packaged
from peers.ours import DAY
from peers.tables import TableEngine, TablePeer

if TYPE_CHECKING:
    from peers.tables import Found


class _Columnar(TableEngine):
    def __init__(self, rules: Sequence[Rule], folder: Path) -> None:
        import numpy as np

        from advise import KnowledgeBase

        write_folder(folder, rules)
        base = KnowledgeBase.load(folder)
        # One thread, as numpy by hand: what is compared is CPU time.
        self._table = partial(base.advise_table, as_of=DAY, threads=1)
        self._batches = partial(base.advise_batches, as_of=DAY, threads=1)
        index = {rule.id: index for index, rule in enumerate(rules)}
        self._order = np.array([index[rule.id] for rule in base.rulebook.rules])

    def read(self, path: Path) -> Any:
        import pyarrow
        from people_table import groups

        return pyarrow.concat_tables(groups(path))

    def advise(self, people: Any) -> Iterator[Found]:
        from people_table import groups

        batches = self._batches(groups(people)) if isinstance(people, Path) else self._table(people).to_batches()
        for batch in batches:
            yield batch.column("row").to_numpy(), self._order[batch.column("rule").indices.to_numpy()]


def _version() -> str:
    packaged("numpy")
    packaged("pyarrow")
    return packaged("advise-engine")


PEER = TablePeer(
    "columnar",
    "advise: `columnar`",
    "`advise_batches` from a file, `advise_table` from memory, on one thread; every fact is checked",
    _version,
    _Columnar,
    ours=True,
)
