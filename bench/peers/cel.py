"""CEL, the Common Expression Language, as the package common-expression-language runs it (Rust)."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from workload import Person, Rule

from peers.engine import Engine, Peer, inlined, packaged
from peers.infix import tree


class _Dialect:
    both = " && "

    def negated(self, text: str) -> str:
        return f"!{text}"

    def not_in(self, fact: str, values: str) -> str:
        return f"!({fact} in {values})"

    def over(self, quantifier: str, list: str, thing: str, tests: str) -> str:
        text = f"{list}.{'all' if quantifier == 'every' else 'exists'}({thing}, {tests})"
        return f"!{text}" if quantifier == "no" else text


class _Cel(Engine):
    def __init__(self, ids: Sequence[str], program: Any) -> None:
        self._ids = ids
        self._program = program

    def advise(self, person: Person) -> Collection[str]:
        return [id for id, holds in zip(self._ids, self._program.execute(person), strict=True) if holds]


def _write(rules: Sequence[Rule], folder: Path) -> None:
    texts = {id: tree(_Dialect(), each) for id, each in inlined(rules).items()}
    (folder / "rules.cel.json").write_text(json.dumps(texts), encoding="utf-8")


def _load(folder: Path) -> Engine:
    import cel

    texts = json.loads((folder / "rules.cel.json").read_text("utf-8"))
    return _Cel(list(texts), cel.compile(f"[{', '.join(texts.values())}]"))


def _version() -> str:
    return packaged("common-expression-language")


PEERS = (
    Peer(
        "cel",
        "CEL (Rust)",
        "one compiled expression that gives a list of true and false",
        _version,
        _write,
        _load,
        instead=(
            "no chaining: what other rules conclude is written out again in each rule",
            "missing facts: a test on null is an error, so each is guarded with `!= null`",
        ),
    ),
)
