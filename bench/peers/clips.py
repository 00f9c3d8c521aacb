"""CLIPS through clipspy: templates for the person and the things of each list, rules in strata by salience."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from workload import FIELD, LISTS, SCALARS, Field, Holds, Join, Over, Person, Rule, Test

from peers.engine import Engine, Peer, name_of, packaged

_SYMBOLS = {"at least": ">=", "at most": "<=", "more than": ">", "less than": "<"}


class _Clips(Engine):
    def __init__(self, file: Path) -> None:
        import clips

        _repair()
        self._environment = clips.Environment()
        self._environment.load(str(file))
        self._person = self._environment.find_template("person")
        self._lists = [(name, self._environment.find_template(thing)) for name, (thing, _) in LISTS.items()]
        self._advice = self._environment.find_global("advice")

    def advise(self, person: Person) -> Collection[str]:
        self._environment.reset()
        facts = dict(person)
        for name, template in self._lists:
            put = template.assert_fact
            for thing in facts.pop(name):
                put(**thing)
        self._person.assert_fact(**facts)
        self._environment.run()
        found: Collection[str] = self._advice.value
        return found


def _repair() -> None:
    """clipspy 1.0.6 gives ReleaseFact one argument too many when a fact is deleted, so CLIPS keeps every fact."""
    import clips.facts

    def release(self: Any, release: Any = clips.facts.lib.ReleaseFact) -> None:
        release(self._fact)

    clips.facts.Fact.__del__ = release


def _template(name: str, fields: Sequence[Field]) -> str:
    return f"(deftemplate {name} {' '.join(f'(slot {field.name} (default nil))' for field in fields)})"


def _rule(rule: Rule) -> str:
    names = (f"?v{number}" for number in count())
    tests = [each for each in rule.when if isinstance(each, Test)]
    positive = [f"(holds {name_of(each.rule)})" for each in rule.when if isinstance(each, Holds) and not each.negated]
    if tests:
        positive.append(_pattern("person", tests, names))
    others = [_pattern_of(each, names) for each in rule.when if not isinstance(each, Test)]
    patterns = positive + [each for each in others if each]
    if patterns and patterns[0].startswith("(not "):
        patterns.insert(0, "(person)")
    conclude = f'(assert (holds {name_of(rule.id)})) (bind ?*advice* ?*advice* "{rule.id}")'
    return f"(defrule {name_of(rule.id)} (declare (salience {-rule.depth})) {' '.join(patterns)} => {conclude})"


def _pattern_of(condition: Any, names: Iterator[str]) -> str:
    match condition:
        case Holds():
            return f"(not (holds {name_of(condition.rule)}))" if condition.negated else ""
        case Over():
            thing = LISTS[condition.list][0]
            if condition.quantifier == "every":
                return f"(not {_failing(thing, condition.where, names)})"
            word = "exists" if condition.quantifier == "some" else "not"
            return f"({word} {_pattern(thing, condition.where, names)})"
        case Join():
            key = f"({FIELD.name} {next(names)})"
            left = _pattern("goal", condition.where, names, key)
            right = _pattern(LISTS[condition.right][0], condition.right_where, names, key)
            return f"(exists {left} {f'(not {right})' if condition.anti else right})"
    raise TypeError(condition)


def _pattern(template: str, tests: Sequence[Test], names: Iterator[str], key: str = "") -> str:
    slots = [f"({test.field.name} {_constraint(test, next(names))})" for test in tests]
    return f"({' '.join([template, *([key] if key else []), *slots])})"


def _failing(template: str, tests: Sequence[Test], names: Iterator[str]) -> str:
    """A thing for which some test fails."""
    variables = [next(names) for _ in tests]
    fails = " ".join(f"(not {_expression(test, name)})" for test, name in zip(tests, variables, strict=True))
    slots = [f"({test.field.name} {name})" for test, name in zip(tests, variables, strict=True)]
    slots[-1] = f"({tests[-1].field.name} {variables[-1]}&:{f'(or {fails})' if len(tests) > 1 else fails})"
    return f"({template} {' '.join(slots)})"


def _constraint(test: Test, name: str) -> str:
    value = test.value
    match test.operator:
        case "known":
            return "~nil"
        case "is":
            return _literal(value)
        case "is not":
            return f"~nil&~{_literal(value)}"
        case "one of":
            return "|".join(map(_literal, value))
        case "not one of":
            return "~nil&" + "&".join(f"~{_literal(each)}" for each in value)
    return f"{name}&~nil&:{_compared(test, name)}"


def _expression(test: Test, name: str) -> str:
    value = test.value
    match test.operator:
        case "known":
            return f"(neq {name} nil)"
        case "is":
            return f"(eq {name} {_literal(value)})"
        case "one of":
            return f"(or FALSE {' '.join(f'(eq {name} {_literal(each)})' for each in value)})"
        case "is not" | "not one of":
            others = " ".join(map(_literal, [value] if test.operator == "is not" else value))
            return f"(neq {name} nil {others})"
    return f"(and (neq {name} nil) {_compared(test, name)})"


def _compared(test: Test, name: str) -> str:
    if test.operator == "between":
        return f"(<= {test.value[0]} {name} {test.value[1]})"
    return f"({_SYMBOLS[test.operator]} {name} {test.value})"


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _write(rules: Sequence[Rule], folder: Path) -> None:
    lines = ["(defglobal ?*advice* = (create$))", _template("person", SCALARS)]
    lines += [_template(thing, fields) for thing, fields in LISTS.values()]
    lines += [_rule(rule) for rule in rules]
    (folder / "rules.clp").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _load(folder: Path) -> Engine:
    return _Clips(folder / "rules.clp")


def _version() -> str:
    return packaged("clipspy")


PEERS = (
    Peer(
        "clips",
        "CLIPS (clipspy)",
        "one `defrule` for each rule, the salience by stratum; the environment is reset for each person",
        _version,
        _write,
        _load,
        instead=(
            "missing facts: the slot is `nil`, and each comparison is guarded with `~nil`",
            "`every`: written as `not` with the test turned round",
            "clipspy 1.0.6 never lets go of a fact; `__del__` of its facts is replaced, which makes it faster",
        ),
    ),
)
