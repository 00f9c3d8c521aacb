"""advise's columnar evaluator on whole tables: `advise_table`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
        self._advise = partial(base.advise_table, as_of=DAY)
        index = {rule.id: index for index, rule in enumerate(rules)}
        self._order = np.array([index[rule.id] for rule in base.rulebook.rules])

    def read(self, path: Path) -> Any:
        import pyarrow
        from people_table import groups

        return pyarrow.concat_tables(groups(path))

    def advise(self, people: Any) -> Iterator[Found]:
        from people_table import groups

        tables: Iterable[Any] = groups(people) if isinstance(people, Path) else [people]
        first = 0
        for table in tables:
            for batch in self._advise(table).to_batches():
                rows, rules = batch.column("row"), batch.column("rule")
                yield rows.to_numpy() + first, self._order[rules.indices.to_numpy()]
            first += table.num_rows


def _version() -> str:
    packaged("numpy")
    packaged("pyarrow")
    return packaged("advise-engine")


PEER = TablePeer(
    "columnar",
    "advise: `columnar`",
    "`advise_table`, one row group of the file after the other; every fact is checked",
    _version,
    _Columnar,
    ours=True,
)
