"""Hand-written Python: what everything else is compared with."""

from __future__ import annotations

import platform
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from by_hand import ByHand, Writer
from workload import Person, Rule

from peers.engine import Engine, Peer

_FILE = "by_hand_rules.py"


class _Hand(Engine):
    def __init__(self, advise: ByHand) -> None:
        self._advise = advise

    def advise(self, person: Person) -> Collection[str]:
        return self._advise(person)


def _write(rules: Sequence[Rule], folder: Path) -> None:
    (folder / _FILE).write_text(Writer(complete=True).module(rules), encoding="utf-8")


def _load(folder: Path) -> Engine:
    namespace: dict[str, Any] = {}
    exec(compile((folder / _FILE).read_text("utf-8"), _FILE, "exec"), namespace)
    return _Hand(namespace["advise"])


PEERS = (Peer("hand", "hand-written Python", "one `if` after the other", platform.python_version, _write, _load),)
