"""What keeps an outcome open: the facts that are needed, and the questions that ask for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NotRequired, TypedDict

from advise.conditions import (
    Aggregate,
    All,
    AnyOf,
    Condition,
    Constant,
    Not,
    Of,
    Operand,
    Quantified,
    Ref,
    Scope,
    Test,
)
from advise.evaluate import Evaluation, Firing, same_things
from advise.evaluate.reference import Bound, World
from advise.explain import ConclusionKey, concluded
from advise.operators import Core
from advise.places import Found, Places, ThingOrder
from advise.plan import Plan, names_used, operand_parts
from advise.rules import Ask, Rule
from advise.types import Fact, Kind, ThingList, Type
from advise.values import UNKNOWN, Span
from advise.words import Environment, Wording


class Need(TypedDict):
    """A fact that keeps something open; `known_missing`: it was asked, and the person doesn't know."""

    fact: str
    name: str
    known_missing: bool


class ConflictNeed(TypedDict):
    """No fact, but a conflict between rules keeps something open."""

    conflict: str


class AllowedValue(TypedDict):
    """A value that may be answered, with its words."""

    value: str
    title: str


class Allowed(TypedDict):
    """What may be answered."""

    type: str
    values: list[AllowedValue]
    unit: str | None
    minimum: float | None
    maximum: float | None


class Question(TypedDict):
    """A question worth asking, and the advice that its answer helps to decide."""

    pointer: str
    fact: str
    about: str | None
    ask: str
    allowed: Allowed
    decides: list[str]
    asked_before: bool
    assumed: NotRequired[Any]


LackKey = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Lack:
    """A fact (or, with an empty path, a whole list) that isn't known well enough, of thing `index`."""

    pointer: str
    name: str
    thing: str | None
    path: str
    index: int
    found: Found

    @property
    def key(self) -> LackKey:
        """What tells it from any other: `-` in a pointer may stand for several things."""
        return self.pointer, self.name, self.index

    @property
    def declared(self) -> tuple[str | None, str]:
        """The key of the fact's declaration."""
        return self.thing, self.path

    def need(self) -> Need:
        """As an open item names it."""
        missing = not self.found.absent and not self.found.known
        return {"fact": self.pointer, "name": self.name, "known_missing": missing}


class Reading:
    """Finds what is lacking, in the world that an evaluation left."""

    def __init__(self, plan: Plan, evaluation: Evaluation, world: World, places: Places) -> None:
        self.plan = plan
        self.book = plan.rulebook
        self.evaluation = evaluation
        self.world = world
        self.places = places
        self._walk = _Walk(self)
        self._steps: dict[Firing, _Lacking] = {}
        self._orders: dict[LackKey, tuple[str, ThingOrder, str]] = {}
        self._lists: dict[str, tuple[Lack, ...]] = {}

    @cached_property
    def open_writers(self) -> Mapping[ConclusionKey, list[Firing]]:
        """Conclusion -> the open firings that would draw it."""
        found: dict[ConclusionKey, list[Firing]] = {}
        for firing in self.evaluation.open:
            for key, _ in concluded(self.book.rules[firing[0]], firing):
                found.setdefault(key, []).append(firing)
        return found

    @cached_property
    def open_rules(self) -> Mapping[int, list[Firing]]:
        """Rule -> its open firings."""
        found: dict[int, list[Firing]] = {}
        for firing in self.evaluation.open:
            found.setdefault(firing[0], []).append(firing)
        return found

    def lacks(self, firings: Iterable[Firing]) -> tuple[tuple[Lack, ...], tuple[str, ...]]:
        """What keeps open firings open: the facts that are lacking, and the conclusions in conflict."""
        found: dict[LackKey, Lack] = {}
        conflicts: set[str] = set()
        seen: set[Firing] = set()
        ahead = list(firings)
        while ahead:
            firing = ahead.pop()
            if firing not in seen:
                seen.add(firing)
                step = self._step(firing)
                found.update(step.found)
                conflicts.update(step.conflicts)
                ahead += step.ahead
        return tuple(sorted(found.values(), key=self.order)), tuple(sorted(conflicts))

    def alone(self, firing: Firing) -> tuple[frozenset[LackKey], frozenset[Firing]]:
        """What keeps an open firing open by itself: facts that are lacking, and open firings that it depends on."""
        step = self._step(firing)
        return frozenset(step.found), frozenset(step.ahead)

    def _step(self, firing: Firing) -> _Lacking:
        """What keeps a firing open by itself; worked out once."""
        if firing not in self._steps:
            self._steps[firing] = self._walk.firing(firing)
        return self._steps[firing]

    def order(self, lack: Lack) -> tuple[str, ThingOrder, str]:
        """A sort key that shuffling a list doesn't change."""
        key = lack.key
        if key not in self._orders:
            whole = lack.thing is None or not lack.path
            order = (False, "", 0) if whole else self.places.order(lack.thing or "", lack.index)
            self._orders[key] = (lack.name, order, lack.pointer)
        return self._orders[key]

    def fact(self, fact: Fact, index: int) -> Iterator[Lack]:
        """A fact that isn't known well enough, as it stands in the case; one that is assumed may be no better."""
        fact, index = self.places.origin(fact, index)
        found = self.places.fact(fact, index)
        if found.pointer is not None:
            yield Lack(found.pointer, fact.name, fact.thing, fact.path, index, found)

    def assumed(self, fact: Fact, firing: Firing) -> Iterator[Lack]:
        """A fact that is assumed and may be asked for: of the things that a firing binds, else of all of them."""
        if fact.default is None or not fact.question:
            return
        indexes = [0]
        if fact.thing is not None:
            scopes = zip(self.book.rules[firing[0]].each, firing[1], strict=False)
            indexes = [i for s, i in scopes if s.thing == fact.thing] or self.places.indexes(fact.thing)
        for index in indexes:
            found = self.places.fact(fact, index)
            if found.assumed and found.pointer is not None:
                yield Lack(found.pointer, fact.name, fact.thing, fact.path, index, found)

    def lists(self, thing: str) -> tuple[Lack, ...]:
        """Why a list of things may not be complete: lists that aren't given, things that lack their key."""
        if thing not in self._lists:
            self._lists[thing] = tuple(self._lacking_lists(thing))
        return self._lists[thing]

    def _lacking_lists(self, thing: str) -> Iterator[Lack]:
        derived = self.book.derived.get(thing)
        for listed in self.places.sources(thing):
            found = self.places.list_found(listed)
            if not found.known:
                yield self.list_lack(listed, found)
            elif derived is not None and listed.thing != thing:
                fact = self.book.facts[listed.thing, derived.key]
                for index in range(len(self.places.case.things[listed.thing].items)):
                    lacking = self.places.fact(fact, index)
                    # Nothing is derived from a key that is only assumed.
                    if lacking.pointer is not None and (not lacking.known or lacking.assumed):
                        yield Lack(lacking.pointer, fact.name, fact.thing, fact.path, index, lacking)

    def list_lack(self, listed: ThingList, found: Found) -> Lack:
        """A whole list that is lacking."""
        return Lack(found.pointer or "", listed.name, listed.thing, "", 0, found)


@dataclass(frozen=True, slots=True)
class _Lacking:
    """What keeps something open: facts that are lacking, conclusions in conflict, and the open firings that it
    depends on (`ahead`)."""

    found: dict[LackKey, Lack] = field(default_factory=dict)
    conflicts: set[str] = field(default_factory=set)
    ahead: dict[Firing, None] = field(default_factory=dict)

    def add(self, other: _Lacking) -> None:
        self.found.update(other.found)
        self.conflicts.update(other.conflicts)
        self.ahead.update(other.ahead)

    def lack(self, lacks: Iterable[Lack]) -> None:
        for lack in lacks:
            self.found.setdefault(lack.key, lack)


_NOTHING = _Lacking()


class _Walk:
    """Looks through conditions for what keeps them open. Each is looked through once for the same things."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.world = reading.world
        self._seen: dict[tuple[Any, ...], _Lacking] = {}
        self._names: dict[int, tuple[str, ...]] = {}

    def firing(self, firing: Firing) -> _Lacking:
        """What keeps an open firing open by itself."""
        book, all_of_it = self.reading.book, _Lacking()
        rule = book.rules[firing[0]]
        for scope, index in zip(rule.each, firing[1], strict=True):
            if self.reading.places.is_phantom(scope.thing, index):
                all_of_it.lack(self.reading.lists(scope.thing))
        all_of_it.add(self.condition(rule.condition, self.world.environment(rule, firing[1])))
        for other in self.reading.plan.overriders.get(firing[0], ()):
            for overrider in self.reading.open_rules.get(other, ()):
                if same_things(book, firing, overrider):
                    all_of_it.ahead[overrider] = None
        return all_of_it

    def condition(self, condition: Condition, env: Environment) -> _Lacking:
        """What keeps a condition unknown; nothing for one that isn't."""
        names = self._names.get(id(condition))
        if names is None:
            names = self._names[id(condition)] = tuple(names_used(condition))
        key = (id(condition), *map(env.get, names))
        found = self._seen.get(key)
        if found is None:
            is_open = self._possible(condition, env) and not self._certain(condition, env)
            found = self._seen[key] = self._condition(condition, env) if is_open else _NOTHING
        return found

    def _condition(self, condition: Condition, env: Environment) -> _Lacking:
        lacking = _Lacking()
        match condition:
            case Test(left=Ref(of=Of.FACT) as ref) if condition.operator == Core.KNOWN:
                self._fact(lacking, ref, env)
            case Test():
                self._operand(lacking, condition.left, env)
                self._operand(lacking, condition.right, env)
            case All() | AnyOf():
                for part in condition.parts:
                    lacking.add(self.condition(part, env))
            case Not():
                lacking.add(self.condition(condition.part, env))
            case Quantified():
                self._quantified(lacking, condition, env)
        return lacking

    def _certain(self, condition: Condition, env: Environment) -> bool:
        return self.world.holds(condition, env, Bound.CERTAIN)

    def _possible(self, condition: Condition, env: Environment) -> bool:
        return self.world.holds(condition, env, Bound.POSSIBLE)

    def _quantified(self, lacking: _Lacking, condition: Quantified, env: Environment) -> None:
        scope, body = condition.scope, condition.body
        for index in self.world.indexes(scope, env):
            inner = {**env, scope.name: index}
            lacking.add(self.condition(body, inner))
            if self.reading.places.is_phantom(scope.thing, index):
                matters = (
                    not self._certain(body, inner) if condition.quantifier == "every" else self._possible(body, inner)
                )
                if matters:
                    lacking.lack(self.reading.lists(scope.thing))

    def _operand(self, lacking: _Lacking, operand: Operand, env: Environment) -> None:
        """What keeps a value unknown; nothing for one that is known."""
        if isinstance(operand, Constant):
            return
        value = self.world.value(operand, env)
        if value is not UNKNOWN and not (isinstance(value, Span) and value.low < value.high):
            return
        if isinstance(operand, Ref):
            self._ref(lacking, operand, env)
        elif isinstance(operand, Aggregate):
            self._aggregate(lacking, operand.scope, operand, env)
        else:
            for part in operand_parts(operand):
                self._operand(lacking, part, env)

    def _aggregate(self, lacking: _Lacking, scope: Scope, operand: Aggregate, env: Environment) -> None:
        for index in self.world.indexes(scope, env):
            inner = {**env, scope.name: index}
            if not self._possible(operand.where, inner):
                continue
            if self.reading.places.is_phantom(scope.thing, index):
                lacking.lack(self.reading.lists(scope.thing))
            lacking.add(self.condition(operand.where, inner))
            if operand.value is not None:
                self._operand(lacking, operand.value, inner)

    def _fact(self, lacking: _Lacking, ref: Ref, env: Environment) -> None:
        index = 0 if ref.scope is None else env[ref.scope]
        if ref.thing is not None and self.reading.places.is_phantom(ref.thing, index):
            lacking.lack(self.reading.lists(ref.thing))
        else:
            lacking.lack(self.reading.fact(self.reading.book.facts[ref.key], index))

    def _ref(self, lacking: _Lacking, ref: Ref, env: Environment) -> None:
        index = 0 if ref.scope is None else env[ref.scope]
        if ref.of is Of.FACT:
            self._fact(lacking, ref, env)
        elif ref.of is Of.COMPUTED:
            own = {} if ref.thing is None else {ref.thing: index}
            self._operand(lacking, self.reading.book.computed[ref.key].value, own)
        elif ref.of is Of.CONCLUSION:
            drawn = self.world.drawn(ref.thing, ref.path, index)
            if sum(drawn.values()) > 1:
                lacking.conflicts.add(self.reading.book.conclusions[ref.key].name)
            for firing in self.reading.open_writers.get((ref.thing, ref.path, index), ()):
                lacking.ahead[firing] = None


# --------------------------------------------------------------------------------------------- questions


@dataclass(frozen=True, slots=True)
class Asked:
    """A fact to ask for: what it decides, an expert's own words for it, and the value assumed meanwhile."""

    lack: Lack
    decides: frozenset[str] = frozenset()
    words: str | None = None
    assumed: Any = None


class Questions:
    """Gathers what to ask, each fact once, and puts it into order."""

    def __init__(self, reading: Reading, words: Wording) -> None:
        self.reading = reading
        self.places = reading.places
        self.words = words
        self._asked: dict[tuple[str, str | None], Asked] = {}

    def add(self, asked: Asked) -> None:
        """Adds a fact, or what else it decides. What isn't assumed stays so."""
        key = (asked.lack.pointer, self._about(asked.lack))
        before = self._asked.get(key)
        if before is not None:
            decides = before.decides | asked.decides
            asked = replace(before, decides=decides, words=before.words or asked.words)
        self._asked[key] = asked

    def add_lacks(self, undecided: Iterable[tuple[str, Iterable[Lack]]]) -> None:
        """Adds what each rule lacks: ids with facts."""
        deciding: dict[LackKey, tuple[Lack, set[str]]] = {}
        for rule, lacks in undecided:
            for lack in lacks:
                deciding.setdefault(lack.key, (lack, set()))[1].add(rule)
        for lack, rules in deciding.values():
            self.add(Asked(lack, frozenset(rules)))

    def add_rule(self, rule: Rule, ask: Ask, env: Environment) -> None:
        """Adds what an `ask` rule asks for, where nobody has asked yet."""
        words = None if ask.say is None else self.words.text(ask.say, env)
        for lack in self._lacks_of(rule, ask, env):
            if lack.found.absent:
                assumed = lack.found.value if lack.found.assumed else None
                own = words if lack.declared == (ask.thing, ask.path) else None
                self.add(Asked(lack, words=own, assumed=assumed))

    def _lacks_of(self, rule: Rule, ask: Ask, env: Environment) -> Iterator[Lack]:
        listed = self.places.lists.get(ask.thing or "")
        if not ask.path:
            if listed is not None:
                yield self.reading.list_lack(listed, self.places.list_found(listed))
            return
        fact = self.reading.book.facts[ask.thing, ask.path]
        for index in self._indexes_of(rule, ask, env):
            found = self.places.fact(fact, index)
            if found.pointer is None:
                yield from self.reading.lists(ask.thing or "")
            else:
                yield Lack(found.pointer, fact.name, fact.thing, fact.path, index, found)

    def _indexes_of(self, rule: Rule, ask: Ask, env: Environment) -> Sequence[int]:
        """The thing that the rule binds; all of them if it binds none of the kind."""
        if ask.thing is None:
            return [0]
        bound = [env[scope.name] for scope in rule.each if scope.thing == ask.thing]
        if bound:
            return bound[:1]
        return self.reading.world.indexes(Scope(ask.thing, ask.thing), {})

    def in_order(self) -> list[Question]:
        """The questions: the most advice decided first; facts that are assumed meanwhile last."""
        return [self._question(asked) for asked in sorted(self._asked.values(), key=self._order)]

    def _order(self, asked: Asked) -> tuple[Any, ...]:
        return asked.assumed is not None, -len(asked.decides), self.reading.order(asked.lack)

    def _about(self, lack: Lack) -> str | None:
        return None if lack.thing is None or not lack.path else self.words.label(lack.thing, lack.index)

    def _question(self, asked: Asked) -> Question:
        lack = asked.lack
        question: Question = {
            "pointer": lack.pointer,
            "fact": lack.name,
            "about": self._about(lack),
            "ask": self._ask(asked),
            "allowed": self._allowed(lack),
            "decides": sorted(asked.decides),
            "asked_before": lack.need()["known_missing"],
        }
        if asked.assumed is not None:
            question["assumed"] = asked.assumed
        return question

    def _ask(self, asked: Asked) -> str:
        lack, phrases = asked.lack, self.words.phrases
        if not lack.path:
            listed = self.places.lists[lack.thing or ""]
            own = self.words.pick(listed.question)
            return asked.words or own or phrases.ask_list.format(title=listed.title or listed.name)
        fact = self.reading.book.facts[lack.declared]
        if lack.found.partial:
            value = self.words.fact_value(fact, lack.found)
            return phrases.precise.format(title=fact.title or fact.path, value=value)
        return asked.words or self.words.question(fact)

    def _allowed(self, lack: Lack) -> Allowed:
        if not lack.path:
            return {"type": "list", "values": [], "unit": None, "minimum": None, "maximum": None}
        fact = self.reading.book.facts[lack.declared]
        titles = fact.titles or {}
        return {
            "type": _kind(fact.type),
            "values": [{"value": each, "title": titles.get(each, each)} for each in fact.type.choices],
            "unit": fact.type.unit,
            "minimum": fact.type.low,
            "maximum": fact.type.high,
        }


def _kind(type_: Type) -> str:
    return "integer" if type_.kind is Kind.NUMBER and type_.integer else type_.kind.value
