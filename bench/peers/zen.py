"""GoRules Zen (Rust): a decision graph with one expression node, and its expression language on its own."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from workload import Holds, Person, Rule

from peers.engine import Engine, Peer, inlined, lists_last, name_of, packaged
from peers.infix import condition, tree


class _Dialect:
    both = " and "

    def negated(self, text: str) -> str:
        return f"not {text}"

    def not_in(self, fact: str, values: str) -> str:
        return f"{fact} not in {values}"

    def over(self, quantifier: str, list: str, thing: str, tests: str) -> str:
        word = {"some": "some", "every": "all", "no": "none"}[quantifier]
        return f"{word}({list} as {thing}, {tests})"


class _Graph(Engine):
    """One decision; its keys are the rules."""

    def __init__(self, graph: Any, ids: dict[str, str]) -> None:
        import zen

        self._evaluate = partial(
            zen.ZenEngine({"loader": {"type": "static", "content": {"rules": graph}}}).evaluate, "rules"
        )
        self._ids = ids

    def advise(self, person: Person) -> Collection[str]:
        ids = self._ids
        return [ids[key] for key, holds in self._evaluate(person)["result"].items() if holds]


class _Expression(Engine):
    """One compiled expression that gives a list of true and false."""

    def __init__(self, texts: dict[str, str]) -> None:
        import zen

        self._ids = list(texts)
        self._expression = zen.compile_expression(f"[{', '.join(texts.values())}]")

    def advise(self, person: Person) -> Collection[str]:
        return [id for id, holds in zip(self._ids, self._expression.evaluate(person), strict=True) if holds]


def _write_graph(rules: Sequence[Rule], folder: Path) -> None:
    expressions = [{"id": rule.id, "key": name_of(rule.id), "value": _text(rule)} for rule in rules]
    node = {"expressions": expressions, "passThrough": False, "inputField": None, "outputPath": None}
    nodes = [
        {"id": "in", "name": "request", "type": "inputNode", "content": {}},
        {"id": "rules", "name": "rules", "type": "expressionNode", "content": {**node, "executionMode": "single"}},
        {"id": "out", "name": "response", "type": "outputNode", "content": {}},
    ]
    edges = [
        {"id": f"{one}-{other}", "type": "edge", "sourceId": one, "targetId": other}
        for one, other in (("in", "rules"), ("rules", "out"))
    ]
    content = {"ids": {name_of(rule.id): rule.id for rule in rules}, "graph": {"nodes": nodes, "edges": edges}}
    (folder / "rules.jdm.json").write_text(json.dumps(content), encoding="utf-8")


def _text(rule: Rule) -> str:
    texts = []
    for each in lists_last(rule.when):
        if isinstance(each, Holds):
            texts.append(f"{'not ' if each.negated else ''}$.{name_of(each.rule)}")
        else:
            texts.append(condition(_Dialect(), each))
    return " and ".join(texts)


def _load_graph(folder: Path) -> Engine:
    content = json.loads((folder / "rules.jdm.json").read_text("utf-8"))
    return _Graph(content["graph"], content["ids"])


def _write_expression(rules: Sequence[Rule], folder: Path) -> None:
    texts = {id: tree(_Dialect(), each) for id, each in inlined(rules).items()}
    (folder / "rules.zen.json").write_text(json.dumps(texts), encoding="utf-8")


def _load_expression(folder: Path) -> Engine:
    return _Expression(json.loads((folder / "rules.zen.json").read_text("utf-8")))


def _version() -> str:
    return packaged("zen-engine")


_GUARDED = "missing facts: each test on a fact that may be null is guarded with `!= null`"
PEERS = (
    Peer(
        "zen",
        "Zen, a decision graph (Rust)",
        "one expression node, a key for each rule",
        _version,
        _write_graph,
        _load_graph,
        instead=(_GUARDED,),
    ),
    Peer(
        "zen-expression",
        "Zen, an expression (Rust)",
        "one compiled expression, without a graph",
        _version,
        _write_expression,
        _load_expression,
        instead=("no chaining: what other rules conclude is written out again in each rule", _GUARDED),
    ),
)
