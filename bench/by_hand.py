"""The rules as a person would write them in Python: one `if` after the other, any() and all(), a set of conclusions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from workload import FIELD, LISTS, Condition, Field, Holds, Join, Over, Person, Rule, Test

_SYMBOLS = {"at least": ">=", "at most": "<=", "more than": ">", "less than": "<"}
ByHand = Callable[[Person], list[str]]


class Writer:
    """Writes conditions as Python. `complete`: every fact is there, so `p["x"]` does, with the guards that W1 has."""

    def __init__(self, complete: bool) -> None:
        self.complete = complete

    def conditions(self, when: tuple[Condition, ...]) -> str:
        """All conditions, those on lists last."""
        ordered = sorted(when, key=lambda condition: isinstance(condition, Over | Join))
        return " and ".join(self._condition(condition) for condition in ordered)

    def module(self, rules: Sequence[Rule]) -> str:
        """A module with one function, `advise`."""
        lines = ["def advise(p):", "    out = []", "    drawn = set()"]
        for rule in rules:
            lines += [f"    if {self.conditions(rule.when)}:", f'        drawn.add("{rule.id}")']
            lines += [f'        out.append("{rule.id}")']
        return "\n".join([*lines, "    return out", ""])

    def _condition(self, condition: Condition) -> str:
        match condition:
            case Test():
                return self._test("p", condition)
            case Holds():
                return f'"{condition.rule}" {"not in" if condition.negated else "in"} drawn'
            case Over():
                word = {"some": "any", "every": "all", "no": "not any"}[condition.quantifier]
                thing = LISTS[condition.list][0]
                return f"{word}({self._tests(thing, condition.where)} for {thing} in {self._list(condition.list)})"
            case Join():
                return self._join(condition)

    def _join(self, join: Join) -> str:
        thing = LISTS[join.right][0]
        same = f"{self._read(thing, FIELD)} == {self._read('goal', FIELD)}"
        where = f" and {self._tests(thing, join.right_where)}" if join.right_where else ""
        found = f"any({same}{where} for {thing} in {self._list(join.right)})"
        found = f"not {found}" if join.anti else found
        goal = f"{self._tests('goal', join.where)} and " if join.where else ""
        return f"any({goal}{found} for goal in {self._list('goals')})"

    def _tests(self, thing: str, tests: tuple[Test, ...]) -> str:
        return " and ".join(self._test(thing, test) for test in tests)

    def _test(self, of: str, test: Test) -> str:
        read, value = self._read(of, test.field), test.value
        match test.operator:
            case "known":
                return f"{read} is not None"
            case "is":
                return f"{read} {'is' if isinstance(value, bool) else '=='} {value!r}"
            case "one of":
                return f"{read} in {{{', '.join(map(repr, value))}}}"
        guard = f"{read} is not None and " if test.field.nullable or not self.complete else ""
        read = f'{of}["{test.field.name}"]'
        match test.operator:
            case "is not":
                return f"{guard}{read} != {value!r}"
            case "not one of":
                return f"{guard}{read} not in {{{', '.join(map(repr, value))}}}"
            case "between":
                return f"{guard}{value[0]!r} <= {read} <= {value[1]!r}"
        return f"{guard}{read} {_SYMBOLS[test.operator]} {value!r}"

    def _read(self, of: str, field: Field) -> str:
        return f'{of}["{field.name}"]' if self.complete else f'{of}.get("{field.name}")'

    def _list(self, name: str) -> str:
        return f'p["{name}"]' if self.complete else f'p.get("{name}", ())'


def by_hand(rules: Sequence[Rule], complete: bool) -> ByHand:
    """The function `advise(person) -> ids of the rules that hold`."""
    namespace: dict[str, Any] = {}
    exec(compile(Writer(complete).module(rules), "<by hand>", "exec"), namespace)
    found: ByHand = namespace["advise"]
    return found
