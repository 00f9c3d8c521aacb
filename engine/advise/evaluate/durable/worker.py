"""The program in the worker process: matches facts with durable_rules, which may crash. Reads and writes lines of JSON.

The first line is the list of networks; every other one asks for the matches of facts in some of them. It is run
by its path and imports nothing of the library. Whatever goes wrong ends it: the library starts another.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from math import prod
from typing import Any

OK, NOT_HANDLED = 0, 1
Fact = dict[str, Any]
Match = tuple[str, list[int]]


class Matcher:
    """The C module without the timers, threads and swallowed errors of the host that comes with it."""

    def __init__(self, engine: Any, networks: list[dict[str, Any]]) -> None:
        self._engine = engine
        self._networks = networks
        self._handles = [engine.create_ruleset(f"n{i}", json.dumps(each)) for i, each in enumerate(networks)]
        self._session = 0

    def match(self, network: int, facts: list[Fact]) -> list[Match]:
        """Every match, once. Raises RuntimeError when the engine does what it mustn't."""
        self._session += 1
        handle, session = self._handles[network], str(self._session)
        most = _most(self._networks[network], facts)
        found: dict[tuple[str, tuple[int, ...]], None] = {}
        # A session in which no rule has fired can't be deleted: so one fires first.
        for number, fact in enumerate([{"kind": "init"}, *facts]):
            whole = {**fact, "one": 1, "id": str(number), "sid": session}
            for name, things in self._assert(handle, json.dumps(whole)):
                most -= 1
                if most < 0:
                    raise RuntimeError("more matches than there are choices of facts")
                found[name, tuple(things[place]["at"] for place in "ab" if place in things)] = None
        if next(iter(found), None) != ("init", ()):
            raise RuntimeError("the first rule didn't fire")
        self._engine.delete_state(handle, session)
        return [(name, list(at)) for name, at in found if name != "init"]

    def _assert(self, handle: int, fact: str) -> list[tuple[str, dict[str, Fact]]]:
        engine = self._engine
        code, state = engine.assert_fact(handle, fact)
        if code == NOT_HANDLED:
            return []
        if code != OK:
            raise RuntimeError(f"a fact was refused with {code}")
        started = engine.start_action_for_state(handle, state)
        found = []
        message = started and started[1]
        while message:
            found += json.loads(message).items()
            message = engine.complete_and_start_action(handle, state)
        return found


def _most(network: dict[str, Any], facts: list[Fact]) -> int:
    """How many matches there can be: the choices of a fact for each pattern."""
    count: dict[str, int] = {"init": 1}
    for fact in facts:
        count[fact["kind"]] = count.get(fact["kind"], 0) + 1
    kinds = [[tests["$and"][0]["kind"] for each in rule["all"] for tests in each.values()] for rule in network.values()]
    return sum(prod(count.get(kind, 0) for kind in each) for each in kinds)


def main() -> None:
    """Serves until its input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # what C code may print is no answer
    matcher = Matcher(import_module("durable_rules_engine"), json.loads(sys.stdin.readline()))
    for line in sys.stdin:
        found = [matcher.match(network, facts) for network, facts in json.loads(line)]
        answers.write(json.dumps(found) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
