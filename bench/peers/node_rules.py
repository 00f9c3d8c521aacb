"""json-rules-engine in a process of Node; `node/engine.mjs` is its side."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from timing import Work
from workload import Holds, Join, Over, Person, Rule, Test

from peers.engine import Engine, NotThereError, Peer, lists_last

_FOLDER = Path(__file__).with_name("node")
PROGRAM = _FOLDER / "engine.mjs"
FILE = "rules.json"
_OPERATORS = {
    "at least": "greaterThanInclusive",
    "at most": "lessThanInclusive",
    "more than": "greaterThan",
    "less than": "lessThan",
    "is": "equal",
    "is not": "notEqual",
    "one of": "in",
    "not one of": "notIn",
}


class _NodeRules(Engine):
    """Asks the process line by line in JSON. The people that are timed are objects of JavaScript before."""

    def __init__(self, rules: Path) -> None:
        self._process = subprocess.Popen(
            ["node", str(PROGRAM), str(rules)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def advise(self, person: Person) -> Collection[str]:
        found: list[str] = self._ask({"advise": person})
        return found

    def over(self, people: Sequence[Person]) -> Work:
        self._ask({"keep": list(people)})
        return lambda: self._ask({"run": True})

    def processes(self) -> Sequence[int]:
        return (self._process.pid,)

    def close(self) -> None:
        self._process.communicate()

    def _ask(self, question: Any) -> Any:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(question) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            raise RuntimeError(f"node ended with exit code {process.wait()}.")
        return json.loads(answer)


def _rule(rule: Rule, operators: dict[str, Any]) -> dict[str, Any]:
    conditions: list[Any] = []
    for each in lists_last(rule.when):
        match each:
            case Test():
                conditions += _test(each)
            case Holds():
                operator = "notEqual" if each.negated else "equal"
                conditions.append({"fact": f"holds {each.rule}", "operator": operator, "value": True})
            case Over():
                name = f"{rule.id} {len(operators)}"
                operators[name] = {"quantifier": each.quantifier, "tests": _plain(each.where)}
                conditions.append({"fact": each.list, "operator": name, "value": True})
            case Join():
                name = f"{rule.id} {len(operators)}"
                tests, right = _plain(each.where), _plain(each.right_where)
                operators[name] = {"anti": each.anti, "tests": tests, "rightTests": right}
                conditions.append({"fact": "goals", "operator": name, "value": {"fact": each.right}})
    return {"id": rule.id, "priority": 10 - rule.depth, "conditions": conditions}


def _test(test: Test) -> list[Any]:
    fact, value = test.field.name, test.value
    known = {"fact": fact, "operator": "notEqual", "value": None}
    match test.operator:
        case "known":
            return [known]
        case "between":
            return [
                {"fact": fact, "operator": "greaterThanInclusive", "value": value[0]},
                {"fact": fact, "operator": "lessThanInclusive", "value": value[1]},
            ]
    part = {"fact": fact, "operator": _OPERATORS[test.operator], "value": value}
    return [known, part] if test.field.nullable and test.operator in ("is not", "not one of") else [part]


def _plain(tests: Sequence[Test]) -> list[Any]:
    return [{"fact": test.field.name, "operator": test.operator, "value": test.value} for test in tests]


def _write(rules: Sequence[Rule], folder: Path) -> None:
    operators: dict[str, Any] = {}
    written = [_rule(rule, operators) for rule in rules]
    (folder / FILE).write_text(json.dumps({"rules": written, "operators": operators}), encoding="utf-8")


def _load(folder: Path) -> Engine:
    return _NodeRules(folder / FILE)


def _version() -> str:
    package = _FOLDER / "node_modules" / "json-rules-engine" / "package.json"
    if shutil.which("node") is None:
        raise NotThereError("node isn't installed.")
    if not package.exists():
        raise NotThereError("json-rules-engine isn't installed; run `npm ci` in bench/peers/node.")
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return f"{json.loads(package.read_text('utf-8'))['version']}, Node {node.removeprefix('v')}"


PEERS = (
    Peer(
        "json-rules-engine",
        "json-rules-engine (Node)",
        "JSON rules; the people are objects of JavaScript before, and the time is that of Node's process",
        _version,
        _write,
        _load,
        instead=(
            "lists and joins: an operator of our own in JavaScript for each such condition",
            "missing facts: `notEqual` and `notIn` are guarded against null",
            "chaining: a rule's success adds a fact, and priorities say which rules come first",
        ),
        warm_up=3,
    ),
)
