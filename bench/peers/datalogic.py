"""datalogic-py: JsonLogic in Rust."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from workload import FIELD, Join, Over, Person, Rule, Test

from peers.engine import Engine, Peer, Tree, inlined, packaged

_QUANTIFIERS = {"some": "some", "every": "all", "no": "none"}
_SYMBOLS = {"at least": ">=", "at most": "<=", "more than": ">", "less than": "<", "is": "===", "is not": "!=="}
_OUTSIDE = 2
"""How many levels out of a list's thing the person is, or out of a list in a list the outer thing."""


class _DataLogic(Engine):
    def __init__(self, ids: Sequence[str], rules: Any) -> None:
        from datalogic_py import Engine as Logic

        self._ids = ids
        self._rules = Logic().compile(rules)

    def advise(self, person: Person) -> Collection[str]:
        return [id for id, holds in zip(self._ids, self._rules.evaluate(person), strict=True) if holds]


def _tree(of: Tree) -> list[Any]:
    """Conditions that must all hold."""
    match of:
        case Test():
            return _test(of)
        case Over():
            return [{_QUANTIFIERS[of.quantifier]: [{"var": of.list}, _all(_tests(of.where))]}]
        case Join():
            same = {"===": [{"var": FIELD.name}, {"val": [[_OUTSIDE], FIELD.name]}]}
            right = [{"val": [[_OUTSIDE], of.right]}, _all([same, *_tests(of.right_where)])]
            found = {"none" if of.anti else "some": right}
            return [{"some": [{"var": "goals"}, _all([*_tests(of.where), found])]}]
    negated, each = of
    whole = [part for one in each for part in _tree(one)]
    return [{"!": [_all(whole)]}] if negated else whole


def _all(parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else {"and": parts}


def _tests(tests: Sequence[Test]) -> list[Any]:
    return [part for test in tests for part in _test(test)]


def _test(test: Test) -> list[Any]:
    fact, value = {"var": test.field.name}, test.value
    known = {"!==": [fact, None]}
    match test.operator:
        case "known":
            return [known]
        case "is":
            return [{"===": [fact, value]}]
        case "one of":
            return [{"in": [fact, value]}]
        case "not one of":
            part: Any = {"!": [{"in": [fact, value]}]}
        case "between":
            part = {"<=": [value[0], fact, value[1]]}
        case _:
            part = {_SYMBOLS[test.operator]: [fact, value]}
    return [known, part] if test.field.nullable else [part]


def _write(rules: Sequence[Rule], folder: Path) -> None:
    content = {id: {"!!": [_all(_tree(each))]} for id, each in inlined(rules).items()}
    (folder / "rules.jsonlogic.json").write_text(json.dumps(content), encoding="utf-8")


def _load(folder: Path) -> Engine:
    content = json.loads((folder / "rules.jsonlogic.json").read_text("utf-8"))
    return _DataLogic(list(content), list(content.values()))


def _version() -> str:
    return packaged("datalogic-py")


PEERS = (
    Peer(
        "datalogic",
        "datalogic-py (JsonLogic in Rust)",
        "one compiled array of all rules",
        _version,
        _write,
        _load,
        instead=(
            "no chaining: what other rules conclude is written out again in each rule",
            "missing facts: comparisons take null for 0, so each is guarded with `!== null`",
            "joins: JsonLogic itself has none; this engine's own `val` reaches the outer thing",
        ),
    ),
)
