"""Proofs: why a rule certainly holds, worked out from the rules and the evaluation when somebody asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, NotRequired, TypedDict

from advise.conditions import Aggregate, All, AnyOf, Condition, Not, Of, Operand, Quantified, Ref, Scope, Test
from advise.evaluate import Evaluation, Firing
from advise.evaluate.reference import Bound, World
from advise.places import Found, Places
from advise.plan import Plan, operand_parts
from advise.rules import Rule
from advise.types import Literal
from advise.words import Environment, Wording

DEEPEST = 40
"""How many conclusions stand inside one another before a proof is cut."""

ConclusionKey = tuple[str | None, str, int]
"""(thing or None for the person, path, index of the thing)."""


class FactSeen(TypedDict):
    """A fact that a proof rests on; `pointer` is None for a table's cell, `assumed` marks a default."""

    pointer: str | None
    value: Any
    assumed: NotRequired[bool]


class AboutThing(TypedDict):
    """A thing that something is about; `pointer` is None for a table's row and for a thing not named yet."""

    pointer: str | None
    label: str | None


About = dict[str, AboutThing]


class ProofItem(TypedDict):
    """One condition that holds, and why: a fact, several facts, a conclusion with its own proof, or parts."""

    condition: str
    pointer: NotRequired[str | None]
    value: NotRequired[Any]
    assumed: NotRequired[bool]
    facts: NotRequired[list[FactSeen]]
    conclusion: NotRequired[str]
    about: NotRequired[About | None]
    rule: NotRequired[str | None]
    because: NotRequired[list[ProofItem]]
    shown: NotRequired[bool]
    cut: NotRequired[bool]
    thing: NotRequired[str | None]
    parts: NotRequired[list[ProofItem]]


class Looked:
    """Collects the facts and conclusions that conditions look at.

    A scope that the environment doesn't bind stands for all its things. With `through`, the rules that draw
    a conclusion are looked into, and the conclusion itself isn't collected.
    """

    def __init__(self, plan: Plan, places: Places, through: bool = False) -> None:
        self.plan = plan
        self.places = places
        self.through = through
        self.facts: dict[str, FactSeen] = {}
        self.conclusions: dict[ConclusionKey, Ref] = {}
        self._entered: set[ConclusionKey] = set()

    def condition(self, condition: Condition, env: Environment) -> None:
        """Looks at everything in `condition`."""
        match condition:
            case Test():
                self.operand(condition.left, env)
                self.operand(condition.right, env)
            case All() | AnyOf():
                for part in condition.parts:
                    self.condition(part, env)
            case Not():
                self.condition(condition.part, env)
            case Quantified():
                self.condition(condition.body, self._over(condition.scope, env))

    def _over(self, scope: Scope, env: Environment) -> Environment:
        """The environment inside a scope, whose things all count; lists without things count as looked at."""
        if not scope.is_table and not self.places.indexes(scope.thing):
            for listed in self.places.sources(scope.thing):
                found = self.places.list_found(listed)
                if found.known and not found.value:
                    self._see(listed.name, found)
        return {name: index for name, index in env.items() if name != scope.name}

    def operand(self, operand: Operand, env: Environment) -> None:
        """Looks at everything in `operand`."""
        if isinstance(operand, Ref):
            self._ref(operand, env)
        if isinstance(operand, Aggregate):
            env = self._over(operand.scope, env)
            self.condition(operand.where, env)
        for part in operand_parts(operand):
            self.operand(part, env)

    def _ref(self, ref: Ref, env: Environment) -> None:
        if ref.scope is None or ref.thing is None:
            indexes = [0]
        elif ref.scope in env:
            indexes = [env[ref.scope]]
        elif ref.of is Of.COLUMN:  # a whole table is no fact about the person
            return
        else:
            indexes = self.places.indexes(ref.thing)
        for index in indexes:
            self._at(ref, index)

    def _at(self, ref: Ref, index: int) -> None:
        if ref.of is Of.FACT:
            fact = self.plan.rulebook.facts[ref.key]
            self._see(f"{ref.name}#{index}", self.places.fact(fact, index))
        elif ref.of is Of.COLUMN:
            cell = self.places.cell(ref.thing or "", ref.path, index)
            self._see(f"{ref.name}#{index}", Found(None, cell))
        elif ref.of is Of.COMPUTED:
            own = {} if ref.thing is None else {ref.thing: index}
            self.operand(self.plan.rulebook.computed[ref.key].value, own)
        elif self.through:
            self.writers((ref.thing, ref.path, index))
        else:
            self.conclusions.setdefault((ref.thing, ref.path, index), ref)

    def writers(self, key: ConclusionKey) -> None:
        """Looks at the conditions of every rule that may draw a conclusion of one thing."""
        if key in self._entered:
            return
        self._entered.add(key)
        for index in self.plan.writers.get(key[:2], ()):
            rule = self.plan.rulebook.rules[index]
            for each in rule.conclude:
                if (each.thing, each.path) == key[:2]:
                    env = {} if each.scope is None else {each.scope: key[2]}
                    self.condition(rule.condition, env)
                    for other in self.plan.overriders.get(index, ()):
                        overrider = self.plan.rulebook.rules[other]
                        bound = {scope.name for scope in overrider.each}
                        self.condition(overrider.condition, {n: i for n, i in env.items() if n in bound})

    def _see(self, name: str, found: Found) -> None:
        if found.absent and not found.assumed:
            return
        seen: FactSeen = {"pointer": found.pointer, "value": found.value}
        if found.assumed:
            seen["assumed"] = True
        self.facts.setdefault(name if found.pointer is None else found.pointer, seen)


class Explainer:
    """Proofs for one evaluation of one case."""

    def __init__(self, plan: Plan, evaluation: Evaluation, words: Wording) -> None:
        self.plan = plan
        self.book = plan.rulebook
        self.evaluation = evaluation
        self.words = words
        self.places = words.places

    def because(self, firing: Firing) -> list[ProofItem]:
        """Why a certain firing holds: one item for each condition of its rule."""
        return _Proof(self).firing(firing)

    def why_not(self, condition: Condition, env: Environment) -> list[ProofItem]:
        """Why a condition that can't hold doesn't: what in it certainly fails."""
        return _Proof(self).failing(condition, env)

    def about(self, rule: Rule, binding: Iterable[int]) -> About | None:
        """The things that a rule binds; None when it binds none."""
        found = {s.name: self.about_thing(s.thing, i) for s, i in zip(rule.each, binding, strict=True)}
        return found or None

    def about_thing(self, thing: str, index: int) -> AboutThing:
        """Where a thing stands and what it's called."""
        return {"pointer": self.places.thing_pointer(thing, index), "label": self.words.label(thing, index)}

    def about_conclusion(self, key: ConclusionKey) -> About | None:
        """The thing that a conclusion is about; None for the person."""
        return None if key[0] is None else {key[0]: self.about_thing(key[0], key[2])}

    @cached_property
    def drawers(self) -> Mapping[tuple[ConclusionKey, Literal], list[Firing]]:
        """Conclusion and value -> the certain firings that draw it, simplest first."""
        found: dict[tuple[ConclusionKey, Literal], list[Firing]] = {}
        for firing in sorted(self.steps, key=self._drawer_order):
            for key, value in concluded(self.book.rules[firing[0]], firing):
                found.setdefault((key, value), []).append(firing)
        return found

    def _drawer_order(self, firing: Firing) -> tuple[Any, ...]:
        rule = self.book.rules[firing[0]]
        return self.steps[firing], rule.id, self.places.binding_order(rule, firing[1])

    @cached_property
    def steps(self) -> Mapping[Firing, int]:
        """Certain firings that conclude something -> the step in which they first could."""
        return self._replayed[0]

    def world(self, step: int | None) -> World:
        """What was concluded before a step; everything for None.

        A proof that only looks into the world before its own step can never rest on itself.
        """
        return self.words.world if step is None else self._replayed[1][step]

    @cached_property
    def _replayed(self) -> tuple[dict[Firing, int], list[World]]:
        """The certain conclusions drawn once more, step by step; what isn't drawn yet is possible."""
        pending = [f for f in self.evaluation.certain if self.book.rules[f[0]].conclude]
        maybe = tuple(f for f in self.evaluation.open if self.book.rules[f[0]].conclude)
        steps: dict[Firing, int] = {}
        worlds: list[World] = []
        while pending:
            world = World(self.plan, self.places.case, Evaluation(tuple(steps), (*pending, *maybe)))
            ready = {f for f in pending if self._holds(world, f)} or set(pending)
            steps.update(dict.fromkeys(ready, len(worlds)))
            worlds.append(world)
            pending = [f for f in pending if f not in ready]
        return steps, worlds

    def _holds(self, world: World, firing: Firing) -> bool:
        rule = self.book.rules[firing[0]]
        return world.holds(rule.condition, world.environment(rule, firing[1]), Bound.CERTAIN)


class _Proof:
    """One proof. Each conclusion in it is proved once, where it's met first."""

    def __init__(self, explainer: Explainer) -> None:
        self.explainer = explainer
        self.places = explainer.places
        self.words = explainer.words
        self.shown: set[ConclusionKey] = set()
        self.depth = 0

    def firing(self, firing: Firing) -> list[ProofItem]:
        rule = self.explainer.book.rules[firing[0]]
        world = self.explainer.world(self.explainer.steps.get(firing))
        env = world.environment(rule, firing[1])
        return self._true(rule.condition, env, world) or self._nothing_asked(rule, firing)

    def failing(self, condition: Condition, env: Environment) -> list[ProofItem]:
        return self._false(condition, env, self.words.world)

    def _nothing_asked(self, rule: Rule, firing: Firing) -> list[ProofItem]:
        """For a rule without a test: the things that it binds are there, or it holds always."""
        things = zip(rule.each, firing[1], strict=True)
        items: list[ProofItem] = [
            {"condition": f"each {scope.name}", "thing": self.places.thing_pointer(scope.thing, index)}
            for scope, index in things
        ]
        return items or [{"condition": "always"}]

    # ------------------------------------------------------------------------------ why a condition holds

    def _true(self, condition: Condition, env: Environment, world: World) -> list[ProofItem]:
        match condition:
            case Test():
                return [self._leaf(condition, self.words.condition(condition), env)]
            case All():
                items: list[ProofItem] = []
                for part in condition.parts:  # a range is two tests in the same words: said once
                    items += [item for item in self._true(part, env, world) if item not in items]
                return items
            case AnyOf():
                right = next((p for p in condition.parts if world.holds(p, env, Bound.CERTAIN)), None)
                found = [] if right is None else self._true(right, env, world)
                return [{"condition": self.words.condition(condition), "parts": found}]
            case Not():
                return self._false(condition.part, env, world)
            case Quantified():
                if condition.quantifier == "some":
                    return [self._witness(condition, self.words.condition(condition), env, world, True)]
                return [self._leaf(condition, self.words.condition(condition), env)]

    # ----------------------------------------------------------------------- why a condition can't hold

    def _false(self, condition: Condition, env: Environment, world: World) -> list[ProofItem]:
        words = f"not: {self.words.condition(condition)}"
        match condition:
            case Test():
                return [self._leaf(condition, words, env)]
            case All():
                wrong = next((p for p in condition.parts if not world.holds(p, env, Bound.POSSIBLE)), None)
                found = [] if wrong is None else self._false(wrong, env, world)
                return [{"condition": words, "parts": found}]
            case AnyOf():
                parts = [item for part in condition.parts for item in self._false(part, env, world)]
                return [{"condition": words, "parts": parts}]
            case Not():
                return self._true(condition.part, env, world)
            case Quantified():
                if condition.quantifier == "some":
                    return [self._leaf(condition, words, env)]
                return [self._witness(condition, words, env, world, condition.quantifier == "no")]

    # ------------------------------------------------------------------------------------------- items

    def _witness(self, condition: Quantified, words: str, env: Environment, world: World, holds: bool) -> ProofItem:
        """The first thing, in canonical order, for which the body certainly holds, or certainly doesn't."""
        scope, body = condition.scope, condition.body
        for index in self.places.sorted_things(scope.thing, world.indexes(scope, env)):
            inner = {**env, scope.name: index}
            fits = world.holds(body, inner, Bound.CERTAIN if holds else Bound.POSSIBLE) is holds
            if fits and not self.places.is_phantom(scope.thing, index):
                parts = self._true(body, inner, world) if holds else self._false(body, inner, world)
                thing = self.places.thing_pointer(scope.thing, index)
                return {"condition": words, "thing": thing, "parts": parts}
        return self._leaf(condition, words, env)

    def _leaf(self, condition: Condition, words: str, env: Environment) -> ProofItem:
        """A condition with the facts that it looks at, and its conclusions with their proofs."""
        looked = Looked(self.explainer.plan, self.places)
        looked.condition(condition, env)
        facts = list(looked.facts.values())
        item: ProofItem = {"condition": words}
        if len(facts) == 1 and not looked.conclusions and isinstance(condition, Test):
            item.update(facts[0])  # type: ignore[typeddict-item]
        elif len(looked.conclusions) == 1 and not facts:
            (key,) = looked.conclusions
            self._conclude(item, key)
        else:
            if facts or not looked.conclusions:
                item["facts"] = facts
            if looked.conclusions:
                item["parts"] = [self._conclude(self._named(key), key) for key in looked.conclusions]
        return item

    def _named(self, key: ConclusionKey) -> ProofItem:
        return {"condition": self.explainer.book.conclusions[key[:2]].name}

    def _conclude(self, item: ProofItem, key: ConclusionKey) -> ProofItem:
        """Adds to `item` what was concluded and why, or what was looked at where nothing could be."""
        drawn = self.explainer.words.world.drawn(*key)
        value = next(iter(drawn)) if len(drawn) == 1 and all(drawn.values()) else None
        firing = None if value is None else next(iter(self.explainer.drawers.get((key, value), ())), None)
        item["conclusion"] = self.explainer.book.conclusions[key[:2]].name
        item["value"] = False if set(drawn) <= {False} and self._is_boolean(key) else value
        item["about"] = self.explainer.about_conclusion(key)
        item["rule"] = None if firing is None else self.explainer.book.rules[firing[0]].id
        if key in self.shown:
            item["shown"] = True
        elif self.depth >= DEEPEST:
            item["cut"] = True
        else:
            self.shown.add(key)
            self.depth += 1
            item["because"] = self._not_drawn(key) if firing is None else self.firing(firing)
            self.depth -= 1
        return item

    def _is_boolean(self, key: ConclusionKey) -> bool:
        return self.explainer.book.conclusions[key[:2]].type.kind == "boolean"

    def _not_drawn(self, key: ConclusionKey) -> list[ProofItem]:
        """The facts that the rules that might draw a conclusion look at."""
        looked = Looked(self.explainer.plan, self.places, through=True)
        looked.writers(key)
        name = self.explainer.book.conclusions[key[:2]].name
        return [{"condition": f"not: {name}", "facts": list(looked.facts.values())}]


def concluded(rule: Rule, firing: Firing) -> Iterable[tuple[ConclusionKey, Literal]]:
    """The conclusions that a firing draws, with their values."""
    env = {scope.name: index for scope, index in zip(rule.each, firing[1], strict=True)}
    for each in rule.conclude:
        yield (each.thing, each.path, 0 if each.scope is None else env[each.scope]), each.value
