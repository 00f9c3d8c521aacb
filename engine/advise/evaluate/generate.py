"""Writes a plan as the source of one Python module: the compiled evaluator.

Truth values are 0 (false), 1 (unknown), 2 (true). A condition becomes a pair of Python expressions, whether it
may hold and whether it certainly holds, after statements where it needs a loop. A rule asks the first, which
for known facts is what hand-written code would ask, and only where it holds the second.
"""

from __future__ import annotations

from collections.abc import Callable

from advise.conditions import (
    All,
    AnyOf,
    Condition,
    Not,
    Quantified,
    Scope,
    Test,
)
from advise.evaluate.forms import FALSE, TRUE, Bindings, Bound, Pair
from advise.evaluate.loops import Loops, Use
from advise.evaluate.schedule import Guarded, Index, schedule
from advise.plan import Key, Plan, conclusions_read, flat, names_used
from advise.rules import Rule

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


class Generator(Loops):
    """Writes one module; `source()` is the only thing to call.

    `eager`: what can be indexed is, also where it doesn't pay, so that tests of small knowledge bases try it too.
    """

    def __init__(self, plan: Plan, eager: bool = False) -> None:
        super().__init__(plan, eager)
        self.layers = schedule(plan, eager)
        groups = [group for layer in self.layers for group in (*layer.components, *(g.rules for g in layer.guarded))]
        tried = {rule for group in groups for rule in group}
        self.rare = frozenset(key for key, writers in plan.writers.items() if tried.isdisjoint(writers))
        self.read = {
            key for rule in plan.rulebook.rules for key, _ in conclusions_read(rule.condition, plan.values)
        } & set(plan.writers)

    # ------------------------------------------------------------------------------------------ module

    def source(self) -> str:
        """The whole module."""
        self.indent = 1
        for layer in self.layers:
            for component in layer.components:
                self.component(component)
            for group in layer.guarded:
                self.guarded(group)
            for index in layer.indexes:
                self.found_by(index)
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
        """The variables that hold what has been concluded; what few people's facts lead to is put into one mapping."""
        if self.rare & self.read:
            self.line("rare = {}; has = rare.get")
        for thing, name in self.blank.items():
            self.line(f"{name} = (0,) * len({self.rows(thing)})")
        for key in sorted(self.read - self.rare, key=str):
            size = "0" if key[0] is None else f"[0] * len({self.rows(key[0])})"
            for part in self.parts(key):
                self.line(f"{self.state_name(key)}{part} = {size}")
        if self.plan.overriders:
            self.line("overrides = {}; override = overrides.setdefault")

    def parts(self, key: Key) -> tuple[str, ...]:
        """The parts in which it's kept what is concluded of `key`."""
        return ("",) if self.is_flag(key) else ("p", "c")

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

    def guarded(self, group: Guarded) -> None:
        """Rules that are passed over together when nothing touches them."""
        guard = group.guard
        asked = self.rows(guard) if isinstance(guard, str) else self.test(guard, {}).possible
        with self.block(f"if {asked}:"):
            for rule in group.rules:
                self.rule(rule, True)

    def found_by(self, index: Index) -> None:
        """Rules of one layer, of which only those are tried that need a value that is there, or may be."""
        site = index.site
        table = self.shared("x", repr(_group_numbers(index)))
        with self.forgetting():
            variables = self.name("n"), self.name("n")
            head = f"for {', '.join(variables)} in"
            if site.thing is None:
                with self.block(f"{head} {table}.get({self.fact(site.path)}, ()):"):
                    self._groups(index, variables)
                return
            place = self.column(site.thing, site.path)
            if site.scope is None:
                with self.block(f"{head} touched({table}, {self.rows(site.thing)}, {place}):"):
                    self._groups(index, variables)
                return
            with self.loop(Scope(site.thing, site.thing), {}, []) as bindings:
                bound = bindings[site.thing]
                with self.block(f"{head} {table}.get({bound.row}[{place}], ()):"):
                    self._groups(index, variables, bound)

    def _groups(self, index: Index, variables: tuple[str, str], bound: Bound | None = None) -> None:
        """The groups of an index in a binary tree, so that those from one number to another are soon found."""
        first, last = variables

        def write(low: int, high: int) -> None:
            if high - low == 1:
                for rule in index.groups[low][1]:
                    self.rule(rule, True, bound)
                return
            middle = (low + high) // 2
            with self.block(f"if {first} < {middle}:"):
                write(low, middle)
            with self.block(f"if {last} >= {middle}:"):
                write(middle, high)

        write(0, len(index.groups))

    def rule(self, index: int, fire: bool, bound: Bound | None = None) -> None:
        """One rule: loops over what it binds, each part of its condition as far out as it can stand.

        `bound` is what it binds first, if a loop over that is already written.
        """
        rule = self.plan.rulebook.rules[index]
        names = [scope.name for scope in rule.each]
        parts: list[list[Condition]] = [[] for _ in range(len(names) + 1)]
        for part in flat(rule.condition):
            used = names_used(part)
            parts[max((names.index(name) + 1 for name in used if name in names), default=0)].append(part)
        with self.forgetting():
            if bound is None:
                self._level(index, rule, fire, parts, 0, {}, [])
            else:
                parts[1] = parts[0] + parts[1]
                self._level(index, rule, fire, parts, 1, {names[0]: bound}, [])

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
            states = [f"overrides.get(({self._same(o, index, bindings)}), 0)" for o in overriders]
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
                shared = self._same(index, target, bindings)
                self.line(f"overrides[{shared}] = 2" if certain else f"override(({shared}), 1)")
        for each in rule.conclude:
            key = (each.thing, each.path)
            if key in self.read:
                at = None if each.scope is None else bindings[each.scope].at
                self._draw(key, at, 1 << self.plan.values[key].index(each.value), certain, news=not fire)
        if len(self.lines) == lines:
            self.line("pass")

    def _draw(self, key: Key, at: str | None, bit: int, certain: bool, news: bool) -> None:
        parts = self.parts(key)
        for part in parts if certain else parts[:1]:
            state = target = self.state(key, at, part)
            if key in self.rare:
                state, target = self._rare(key, at, part)
            if part:
                unless, value = f"not {state} & {bit}", f"{state} | {bit}"
            else:
                unless, value = (f"{state} != 2", "2") if certain else (f"not {state}", "1")
            self.line(f"if {unless}: {target} = {value}" + ("; news = True" if news else ""))

    def _rare(self, key: Key, at: str | None, part: str) -> tuple[str, str]:
        """How a state that isn't there yet is read and written."""
        name = repr(self.state_name(key) + part)
        if at is None:
            return self.state(key, None, part), f"rare[{name}]"
        row = self.temporary(f"has({name}) or rare.setdefault({name}, [0] * len({self.rows(str(key[0]))}))")
        return f"{row}[{at}]", f"{row}[{at}]"

    def _same(self, overrider: int, rule: int, bindings: Bindings) -> str:
        """The key under which an overrider and a rule speak of the same things."""
        rules = self.plan.rulebook.rules
        names = {scope.name for scope in rules[overrider].each} & {scope.name for scope in rules[rule].each}
        return ", ".join([str(overrider), str(rule), *(bindings[name].at for name in sorted(names))])

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
        found, body = self.name("q"), flat(condition.body)
        join = self.join(condition.scope, bindings, body) if self.is_decided(condition.scope, body) else None
        if join is not None:
            index, made = self.index(join, Use.PRESENT)
            self.line(made)
            self.line(f"{found} = {index} and {index}({join.value}, {index}u)")
            with self.block(f"if {found} is None:"):
                self._seek(found, condition.scope, bindings, body, [])
        else:
            self._seek(found, condition.scope, bindings, body, body)
        return found

    def _seek(self, found: str, scope: Scope, bindings: Bindings, body: list[Condition], hint: list[Condition]) -> None:
        """Looks for a thing that passes the body; `hint` is what may narrow down where to look."""
        self.line(f"{found} = 0")
        with self.loop(scope, bindings, hint) as inner:

            def passed(sides: list[str]) -> None:
                bound = inner[scope.name]
                sure = [*sides, *([f"{bound.row} is not {bound.phantom}"] if bound.phantom else [])]
                if sure:
                    self.line(f"if {' and '.join(sure)}: {found} = 2; break")
                    self.line(f"{found} = 1")
                else:
                    self.line(f"{found} = 2; break")

            self.conjunction(body, inner, passed)

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


def _group_numbers(index: Index) -> dict[str | None, tuple[tuple[int, int], ...]]:
    """For each value the first and last numbers of the groups to try; an unknown value may be what any needs."""
    found: dict[str | None, list[tuple[int, int]]] = {None: [(0, len(index.groups) - 1)]}
    for number, (values, _) in enumerate(index.groups):
        for value in values:
            found.setdefault(value, []).append((number, number))
    return {value: tuple(numbers) for value, numbers in found.items()}
