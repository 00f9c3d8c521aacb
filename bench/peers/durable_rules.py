"""durable_rules on its own: a Rete network in C, one session for each person."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from workload import FIELD, LISTS, Holds, Join, Over, Person, Rule, Test

from peers.engine import Engine, Peer, packaged

_ORDERS = {"at least": "$gte", "at most": "$lte", "more than": "$gt", "less than": "$lt"}
_RULESET = "advice"


class _DurableRules(Engine):
    def __init__(self, content: Mapping[str, Any]) -> None:
        from durable.engine import Host, MessageNotHandledException

        self._unhandled = MessageNotHandledException
        self._host = Host()
        self._found: set[str] = set()
        rules = {id: {"all": each, "run": self._fire(id)} for id, each in content["rules"].items()}
        self._host.set_rulesets({_RULESET: rules})
        self._strata: list[int] = content["strata"]
        self._lists: list[str] = content["lists"]
        self._sessions = 0

    def _fire(self, id: str) -> Callable[[Any], None]:
        def run(session: Any) -> None:
            if id in self._found:
                return
            self._found.add(id)
            with suppress(self._unhandled):  # no rule asks for it
                session.assert_fact({"t": "holds", "rule": id})

        return run

    def advise(self, person: Person) -> Collection[str]:
        self._found.clear()
        self._sessions += 1
        session = str(self._sessions)
        for name in self._lists:
            for index, thing in enumerate(person[name]):
                self._put({**thing, "t": name, "sid": session, "id": f"{name}-{session}-{index}"})
        self._put({**_known(person), "t": "person", "sid": session, "id": f"person-{session}"})
        for stratum in self._strata:
            self._put({"t": "stratum", "n": stratum, "sid": session})
        self._host.delete_state(_RULESET, session)
        return set(self._found)

    def _put(self, fact: dict[str, Any]) -> None:
        with suppress(self._unhandled):  # it matches no pattern
            self._host.assert_fact(_RULESET, fact)


def _known(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


def _patterns(rule: Rule) -> list[Any]:
    before: list[Any] = []
    person: list[Any] = [{"t": "person"}]
    joined: list[Any] = []
    absent: list[Any] = []
    for condition in rule.when:
        match condition:
            case Test():
                person.append(_test(condition))
            case Holds():
                pattern = _all([{"t": "holds"}, {"rule": condition.rule}])
                if condition.negated:
                    absent.append({f"n{len(absent)}$not": pattern})
                else:
                    before.append({f"c{len(before)}": pattern})
            case Over(quantifier="no"):
                absent.append({f"n{len(absent)}$not": _all([{"t": condition.list}, *map(_test, condition.where)])})
            case Over():
                tests = [_test(test, "$i.") for test in condition.where]
                person.append({"$iany" if condition.quantifier == "some" else "$iall": {condition.list: _all(tests)}})
            case Join():
                joined.append({"goal": _all([{"t": "goals"}, *map(_test, condition.where)])})
                same = {FIELD.name: {"goal": FIELD.name}}
                right = _all([{"t": condition.right}, *map(_test, condition.right_where), same])
                (absent if condition.anti else joined).append({"right$not" if condition.anti else "right": right})
    before.append({"person": _all(person)})
    if absent:  # opened when all that could be there is there
        before.append({"stratum": _all([{"t": "stratum"}, {"n": rule.depth}])})
    return before + joined + absent


def _all(parts: list[Any]) -> Any:
    flat = [each for part in parts for each in (part["$and"] if list(part) == ["$and"] else [part])]
    return flat[0] if len(flat) == 1 else {"$and": flat}


def _test(test: Test, of: str = "") -> Any:
    fact, value = of + test.field.name, test.value
    match test.operator:
        case "known":
            return {"$ex": {fact: 1}}
        case "is":
            return {fact: value}
        case "is not":
            return {"$and": [{"$ex": {fact: 1}}, {"$neq": {fact: value}}]}
        case "one of":
            return {"$or": [{fact: each} for each in value]} if len(value) > 1 else {fact: value[0]}
        case "not one of":
            return {"$and": [{"$ex": {fact: 1}}, *({"$neq": {fact: each}} for each in value)]}
        case "between":
            return {"$and": [{"$gte": {fact: value[0]}}, {"$lte": {fact: value[1]}}]}
    return {_ORDERS[test.operator]: {fact: value}}


def _write(rules: Sequence[Rule], folder: Path) -> None:
    lists = set()
    for each in (condition for rule in rules for condition in rule.when):
        if isinstance(each, Join):
            lists |= {"goals", each.right}
        elif isinstance(each, Over) and each.quantifier == "no":
            lists.add(each.list)
    content = {
        "rules": {rule.id: _patterns(rule) for rule in rules},
        "strata": sorted({rule.depth for rule in rules}),
        "lists": [name for name in LISTS if name in lists],
    }
    (folder / "rules.durable.json").write_text(json.dumps(content), encoding="utf-8")


def _load(folder: Path) -> Engine:
    return _DurableRules(json.loads((folder / "rules.durable.json").read_text("utf-8")))


def _version() -> str:
    return packaged("durable-rules")


PEERS = (
    Peer(
        "durable_rules",
        "durable_rules (Rete in C)",
        "one ruleset; one session for each person, deleted afterwards",
        _version,
        _write,
        _load,
        instead=(
            "missing facts: a fact that is null is left out, and each `not` is guarded with `$ex`",
            "negation and `no`: no strata, so facts of our own say when a stratum may begin",
            "joins and `no`: the things of the lists are asserted once more as facts of their own",
        ),
    ),
)
