"""The engines that take whole tables: from a Parquet file, or from memory, whose rule holds for whose row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workload import Rule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Found = tuple[NDArray[Any], NDArray[Any]]
    """Rows, and for each the index of a rule that holds."""

TABLES = {"numpy": "numpy_table", "columnar": "columnar_table", "polars": "polars_table", "duckdb": "duckdb_table"}


class TableEngine:
    """Rules, loaded, for tables."""

    def read(self, path: Path) -> Any:
        """The people of a Parquet file in memory, in the form that this engine likes best."""
        raise NotImplementedError

    def advise(self, people: Any) -> Iterator[Found]:
        """The advice for people: a Path to their file, or what `read` gave. In parts, the first rows first."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class TablePeer:
    """An engine for tables; see `Peer`."""

    name: str
    title: str
    way: str
    version: Callable[[], str]
    make: Callable[[Sequence[Rule], Path], TableEngine]
    instead: tuple[str, ...] = ()
    ours: bool = False


def find_table(name: str) -> TablePeer:
    """The engine of that name."""
    peer: TablePeer = import_module(f"peers.{TABLES[name]}").PEER
    return peer
