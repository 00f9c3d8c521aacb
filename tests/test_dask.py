"""Advice on a Dask cluster of two worker processes: the same as for one table, also when one of them is lost."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from advise import KnowledgeBase
from tests.clusters import DAY, expected, first_file, in_order, people_table
from tests.extras import NEEDS_DASK

pytestmark = NEEDS_DASK
BASE = KnowledgeBase.load()


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    from dask.distributed import Client, LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        yield client


def paused(folder: Path) -> Callable[[Any, KnowledgeBase, int], Any]:
    """Advises a part, after it has said in a file who does it and waited for the file `go`."""
    path, day = str(folder), DAY

    def advise(part: Any, base: KnowledgeBase, number: int) -> Any:
        Path(path, f"{number} {os.getpid()}").touch()
        while not Path(path, "go").exists():
            time.sleep(0.05)
        return base.advise_table(part, as_of=day, keep=["id"]).drop_columns("row")

    return advise


def test_dask_gives_the_advice_of_one_table_when_a_worker_is_killed_in_mid_run(client: Any, tmp_path: Path) -> None:
    import pyarrow as pa

    table = people_table(BASE)
    size = len(table) // 6
    base = client.scatter(BASE, broadcast=True)
    advise = paused(tmp_path)
    parts = [client.submit(advise, table.slice(each * size, size), base, each) for each in range(6)]
    try:
        number, pid = map(int, first_file(tmp_path, lambda: not any(part.done() for part in parts)).name.split())
        assert pid != os.getpid()
        os.kill(pid, signal.SIGKILL)
    finally:
        (tmp_path / "go").touch()
    rows = pa.concat_tables(client.gather(parts)).to_pylist()
    assert in_order(rows) == expected(BASE, table)
    tries = [tuple(map(int, each.name.split())) for each in tmp_path.iterdir() if each.name != "go"]
    assert any(each[0] == number and each[1] != pid for each in tries)
