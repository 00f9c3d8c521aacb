"""Writes a plan as the source of one Python module: the compiled evaluator.

Truth values are 0 (false), 1 (unknown), 2 (true). A condition becomes a pair of Python expressions, whether it
may hold and whether it certainly holds, after statements where it needs a loop. A rule asks the first, which
for known facts is what hand-written code would ask, and only where it holds the second.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from advise.conditions import (
    All,
    AnyOf,
    Condition,
    Not,
    Of,
    Quantified,
    Ref,
    Scope,
    Test,
)
from advise.evaluate.comparisons import Comparisons
from advise.evaluate.forms import FALSE, TRUE, Bindings, Bound, Pair
from advise.operators import Core
from advise.plan import Plan, conclusions_read, flat, names_used, operand_refs
from advise.rules import Rule
from advise.types import Kind

MOST_NESTED = 4


def both(pairs: list[Pair]) -> Pair:
    """The conjunction."""
    return _joined(pairs, "and", TRUE)


def either(pairs: list[Pair]) -> Pair:
    """The disjunction."""
    return _joined(pairs, "or", FALSE)


def _joined(pairs: list[Pair], word: str, empty: Pair) -> Pair:
    if not pairs:
        return empty
    if len(pairs) == 1:
        return pairs[0]
    return Pair(*(f"({f' {word} '.join(side)})" for side in zip(*pairs, strict=True)))


class Generator(Comparisons):
    """Writes one module; `source()` is the only thing to call."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.read = {
            key for rule in plan.rulebook.rules for key, _ in conclusions_read(rule.condition, plan.values)
        } & set(plan.writers)

    # ------------------------------------------------------------------------------------------ module

    def source(self) -> str:
        """The whole module."""
        self.indent = 1
        for component in self.plan.components:
            self.component(component)
        body, self.lines = self.lines, []
        self.computed_facts()
        computed, self.lines = self.lines, []
        self.prelude()
        self.states()
        prelude, self.lines = self.lines, []
        head = [
            '"""Generated from a knowledge base by advise; see advise.evaluate.generate."""',
            "from advise.evaluate.runtime import *",
            "def bind(tables, settings):",
            *(f" global {name}" for name in [*self.globals, "settings_"]),
            " settings_ = settings",
            *(f" {name} = {code}" for name, code in self.globals.items()),
            " return constants, evaluate",
            "def constants(as_of):",
            *(f" {name} = {code}" for name, code in self.constants.items()),
            f" return ({''.join(name + ', ' for name in self.constants)})",
            "def evaluate(facts, things, constants):",
            " certain = []; possible = []; out = certain.append; may = possible.append",
        ]
        if self.constants:
            head.append(f" {', '.join(self.constants)}, = constants")
        return "\n".join([*head, *prelude, *computed, *body, " return certain, possible", ""])

    def states(self) -> None:
        """The variables that hold what has been concluded."""
        for key in sorted(self.read, key=str):
            name = self.state(key)
            size = "0" if key[0] is None else f"[0] * len({self.rows(key[0])})"
            if self.is_flag(key):
                self.line(f"{name} = {size}")
            else:
                self.line(f"{name}p = {size}")
                self.line(f"{name}c = {size}")
        for rule, others in self.plan.overriders.items():
            for other in others:
                self.line(f"o{other}_{rule} = {{}}")

    # ------------------------------------------------------------------------------------------- rules

    def component(self, component: tuple[int, ...]) -> None:
        if not self.plan.recursive(component):
            self.rule(component[0], fire=True)
            return
        self.line("news = True")
        with self.block("while news:"):
            self.line("news = False")
            for rule in component:
                self.rule(rule, fire=False)
        for rule in component:
            self.rule(rule, fire=True)

    def rule(self, index: int, fire: bool) -> None:
        """One rule: loops over what it binds, each part of its condition as far out as it can stand."""
        rule = self.plan.rulebook.rules[index]
        names = [scope.name for scope in rule.each]
        parts: list[list[Condition]] = [[] for _ in range(len(names) + 1)]
        for part in flat(rule.condition):
            used = names_used(part)
            parts[max((names.index(name) + 1 for name in used if name in names), default=0)].append(part)
        self._level(index, rule, fire, parts, 0, {}, [])

    def _level(
        self,
        index: int,
        rule: Rule,
        fire: bool,
        parts: list[list[Condition]],
        depth: int,
        bindings: Bindings,
        certain: list[str],
    ) -> None:
        def then(sides: list[str]) -> None:
            if depth == len(rule.each):
                self._fire(index, rule, fire, bindings, certain + sides)
                return
            with self.loop(rule.each[depth], bindings, parts[depth + 1]) as inner:
                self._level(index, rule, fire, parts, depth + 1, inner, certain + sides)

        self.conjunction(parts[depth], bindings, then)

    def _fire(self, index: int, rule: Rule, fire: bool, bindings: Bindings, certain: list[str]) -> None:
        """What happens where a rule may hold: certain or open firings, and the conclusions that it draws."""
        for bound in bindings.values():
            if bound.phantom:
                certain = [*certain, f"{bound.row} is not {bound.phantom}"]
        overriders = self.plan.overriders.get(index, ())
        indent = self.indent
        if overriders:
            states = [f"o{o}_{index}.get({self._shared(o, index, bindings)}, 0)" for o in overriders]
            self.line(f"over = {states[0] if len(states) == 1 else f'max({chr(44).join(states)})'}")
            self.line("if over != 2:")
            self.indent += 1
            certain = [*certain, "not over"]
        sides = list(dict.fromkeys(side for side in certain if side != "True"))
        if sides:
            self.line(f"if {' and '.join(sides)}:")
            self.indent += 1
        self._effects(index, rule, fire, bindings, True)
        if sides:
            self.indent -= 1
            self.line("else:")
            self.indent += 1
            self._effects(index, rule, fire, bindings, False)
        self.indent = indent

    def _effects(self, index: int, rule: Rule, fire: bool, bindings: Bindings, certain: bool) -> None:
        lines = len(self.lines)
        if fire:
            things = "".join(bindings[scope.name].at + ", " for scope in rule.each)
            self.line(f"{'out' if certain else 'may'}(({index}, ({things})))")
            for other in dict.fromkeys(rule.overrides):
                target = self.plan.index[other]
                shared = self._shared(index, target, bindings)
                state = f"o{index}_{target}"
                self.line(f"{state}[{shared}] = 2" if certain else f"{state}.setdefault({shared}, 1)")
        for each in rule.conclude:
            key = (each.thing, each.path)
            if key in self.read:
                at = "" if each.scope is None else f"[{bindings[each.scope].at}]"
                bit = 1 << self.plan.values[key].index(each.value)
                self._draw(key, at, bit, certain, news=not fire)
        if len(self.lines) == lines:
            self.line("pass")

    def _draw(self, key: tuple[str | None, str], at: str, bit: int, certain: bool, news: bool) -> None:
        name = self.state(key)
        if self.is_flag(key):
            changes = [(f"{name}{at}", f"{name}{at} != 2" if certain else f"not {name}{at}", "2" if certain else "1")]
        else:
            masks = ("p", "c") if certain else ("p",)
            changes = [(f"{name}{m}{at}", f"not {name}{m}{at} & {bit}", f"{name}{m}{at} | {bit}") for m in masks]
        for target, unless, value in changes:
            self.line(f"if {unless}: {target} = {value}" + ("; news = True" if news else ""))

    def _shared(self, overrider: int, rule: int, bindings: Bindings) -> str:
        """The key under which an overrider and a rule speak of the same things."""
        rules = self.plan.rulebook.rules
        names = {scope.name for scope in rules[overrider].each} & {scope.name for scope in rules[rule].each}
        return f"({''.join(bindings[name].at + ', ' for name in sorted(names))})"

    # -------------------------------------------------------------------------------------- conditions

    def conjunction(self, parts: list[Condition], bindings: Bindings, then: Callable[[list[str]], None]) -> None:
        """Tests the parts, cheap ones first, and continues where all may hold, with their certain sides."""
        compiled = sorted((self.captured(part, bindings) for part in parts), key=lambda done: len(done[0]))
        indent = self.indent
        cheap = [pair for lines, pair in compiled if not lines]
        costly = [(lines, pair) for lines, pair in compiled if lines]
        sides = [pair.certain for pair in cheap if pair.certain != pair.possible]
        self._if([pair.possible for pair in cheap])
        for place, (lines, pair) in enumerate(costly):
            self.lines += [" " * self.indent + line for line in lines]
            if pair.certain != pair.possible:
                sides.append(pair.certain)
            if place < MOST_NESTED:
                self._if([pair.possible])
        self._if([pair.possible for _, pair in costly[MOST_NESTED:]])
        then(sides)
        self.indent = indent

    def _if(self, conditions: list[str]) -> None:
        asked = [condition for condition in conditions if condition != "True"]
        if asked:
            self.line(f"if {' and '.join(asked)}:")
            self.indent += 1

    def captured(self, condition: Condition, bindings: Bindings) -> tuple[list[str], Pair]:
        """The statements (not indented) and the pair of a condition."""
        lines, indent = self.lines, self.indent
        self.lines, self.indent = [], 0
        pair = self.condition(condition, bindings)
        own, self.lines, self.indent = self.lines, lines, indent
        return own, pair

    def condition(self, condition: Condition, bindings: Bindings) -> Pair:
        """The pair of a condition, after the statements that it needs."""
        match condition:
            case Test():
                return self.test(condition, bindings)
            case All():
                return both([self.condition(part, bindings) for part in condition.parts])
            case AnyOf():
                return either([self.condition(part, bindings) for part in condition.parts])
            case Not():
                pair = self.condition(condition.part, bindings)
                return Pair(f"(not {pair.certain})", f"(not {pair.possible})")
            case Quantified():
                return self.quantified(condition, bindings)

    def quantified(self, condition: Quantified, bindings: Bindings) -> Pair:
        if condition.quantifier == "every":
            return self._every(condition, bindings)
        found = self._some(condition, bindings)
        if condition.quantifier == "some":
            return Pair(found, f"{found} == 2")
        return Pair(f"{found} != 2", f"not {found}")

    def _some(self, condition: Quantified, bindings: Bindings) -> str:
        """A variable with the truth of: some thing in the scope passes the body."""
        found = self.name("q")
        self.line(f"{found} = 0")
        with self.loop(condition.scope, bindings, flat(condition.body)) as inner:

            def passed(sides: list[str]) -> None:
                bound = inner[condition.scope.name]
                sure = [*sides, *([f"{bound.row} is not {bound.phantom}"] if bound.phantom else [])]
                if sure:
                    self.line(f"if {' and '.join(sure)}: {found} = 2; break")
                    self.line(f"{found} = 1")
                else:
                    self.line(f"{found} = 2; break")

            self.conjunction(flat(condition.body), inner, passed)
        return found

    def _every(self, condition: Quantified, bindings: Bindings) -> Pair:
        """True unless some thing fails; a phantom can only make it unknown."""
        found, one = self.name("q"), self.name("q")
        self.line(f"{found} = 2")
        with self.loop(condition.scope, bindings, []) as inner:
            self.line(f"{one} = 0")

            def passed(sides: list[str]) -> None:
                self.line(f"{one} = 2 if {' and '.join(sides)} else 1" if sides else f"{one} = 2")

            self.conjunction(flat(condition.body), inner, passed)
            bound = inner[condition.scope.name]
            real = f" and {bound.row} is not {bound.phantom}" if bound.phantom else ""
            self.line(f"if {one} == 0{real}: {found} = 0; break")
            self.line(f"if {one} != 2: {found} = 1")
        return Pair(found, f"{found} == 2")

    @contextmanager
    def loop(self, scope: Scope, bindings: Bindings, body: list[Condition]) -> Iterator[Bindings]:
        """A loop over the things in a scope; a table that is asked for one key gives only its rows."""
        bound = Bound(self.name("i"), self.name("r"), None if scope.is_table else self.phantom_row(scope.thing))
        inner = {**bindings, scope.name: bound}
        rows = self._indexed(scope, bindings, body) or f"enumerate({self.rows(scope.thing)})"
        start, indent = len(self.lines), self.indent
        self.line("")
        self.indent += 1
        if scope.other:
            phantom = f" and {bound.row} is not {bound.phantom}" if bound.phantom else ""
            self.line(f"if {bound.at} == {bindings[scope.thing].at}{phantom}: continue")
        yield inner
        if len(self.lines) == start + 1:
            self.line("pass")
        used = any(re.search(rf"\b{bound.at}\b", line) for line in self.lines[start + 1 :])
        if not used and rows.startswith("enumerate("):
            rows, target = rows[len("enumerate(") : -1], bound.row
        else:
            target = f"{bound.at}, {bound.row}"
        self.lines[start] = " " * indent + f"for {target} in {rows}:"
        self.indent = indent

    def _indexed(self, scope: Scope, bindings: Bindings, body: list[Condition]) -> str | None:
        """The rows of a table that can pass `body`, if it says what a text column must equal."""
        if not scope.is_table:
            return None
        for test in body:
            if not (isinstance(test, Test) and test.operator == Core.EQUAL and isinstance(test.left, Ref)):
                continue
            left, right = test.left, test.right
            if left.of is Of.COLUMN and left.scope == scope.name and left.type.kind in (Kind.TEXT, Kind.CHOICE):
                if any(ref.scope == scope.name for ref in operand_refs(right)):
                    continue
                key = self.operand(right, bindings)
                index = self.index_of(scope.thing, left.path)
                every = f"enumerate({self.rows(scope.thing)})"
                if not key.unknown:
                    return f"{index}.get({key.code}, ())"
                return f"({every} if {key.code} is None else {index}.get({key.code}, ()))"
        return None
