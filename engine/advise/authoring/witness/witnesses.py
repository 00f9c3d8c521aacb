"""Finds people: facts for which rules hold, or a test comes out as wanted. What is found has been evaluated."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from random import Random
from typing import Protocol

from advise.authoring.witness.aims import Aims
from advise.authoring.witness.changes import Change, Facts, changed, copied
from advise.authoring.witness.reached import Along
from advise.authoring.witness.seen import Lookout, Seen
from advise.authoring.witness.shrinking import shrunk
from advise.authoring.witness.values import Pool
from advise.case import Case
from advise.conditions import Condition
from advise.errors import FactsError
from advise.evaluate import Evaluation
from advise.evaluate.meaning import Truth
from advise.knowledge_base import KnowledgeBase
from advise.plan import tests
from advise.rules import Example, Rule
from advise.standing import Standing

Accept = Callable[[Case, Evaluation], bool]
TRIES = 400
"""How many people a search looks at before it gives up, if nothing else is said."""
_ONE_CLIMB = 120
_LOOKED_AT = 6
_ASTRAY = 0.15
_FIRST = 0.5
_BACK = 0.4


class Aim(Protocol):
    """What a search heads for."""

    def distance(self, world: Seen) -> float:
        """How far away it is; 0 when it's reached."""

    def changes(self, world: Seen) -> list[Change]:
        """Changes that may bring it nearer."""


@dataclass(frozen=True)
class Person:
    """Facts with their evaluation."""

    facts: Facts
    case: Case
    evaluation: Evaluation
    base: KnowledgeBase
    lookout: Lookout
    random: Random

    @cached_property
    def world(self) -> Seen:
        """The facts and conclusions, to ask for."""
        return Seen(self.base.plan, self.case, self.evaluation, self.lookout, self.random)


_Takes = Callable[[Person], bool]


class Witnesses:
    """Finds people for the rules of one knowledge base. `examples` are where it learns what people are like.

    The same calls give the same people. `as_of` is the day that they're for, the knowledge base's own if left out.
    `tries` is how many people a search looks at before it gives up, `looked_at` how many were looked at so far.
    """

    def __init__(
        self,
        base: KnowledgeBase,
        examples: Iterable[Example] = (),
        as_of: date | None = None,
        tries: int = TRIES,
    ) -> None:
        self.base = base
        self.as_of = as_of or base.rulebook.as_of
        self.examples = tuple(examples)
        self.tries = tries
        self.looked_at = 0
        self._aims = Aims(base, Pool(base.rulebook, self.examples, self.as_of))

    # ------------------------------------------------------------------------------------ what is found

    def firing(self, *rules: Rule, without: Sequence[Rule] = ()) -> Facts | None:
        """A person for whom all of `rules` certainly hold, for some things, and none of `without` does; None when
        none is found, though there may be one."""
        index = self.base.plan.index
        wanted, banned = {index[rule.id] for rule in rules}, {index[rule.id] for rule in without}

        def accept(_: Case, evaluation: Evaluation) -> bool:
            certain = {firing[0] for firing in evaluation.certain}
            return wanted <= certain and not banned & certain

        def plainly(case: Case, evaluation: Evaluation) -> bool:
            return accept(case, evaluation) and not banned & {firing[0] for firing in evaluation.open}

        random = self._random("firing", *rules, *without)
        aims: list[Aim] = [_Rules(self._aims, tuple(rules), tuple(without), together) for together in (True, False)]
        for fits in (plainly, accept) if banned else (accept,):
            found = self._found(aims, rules, _asked_of(fits), random, self.tries)
            if found is not None:
                return found
        return None

    def search(self, rules: Sequence[Rule], accept: Accept, tries: int | None = None) -> Facts | None:
        """A person near to `rules` that `accept` takes; None when none is found among `tries` people."""
        random = self._random("search", *rules)
        alone: list[Aim] = [_Rules(self._aims, (rule,), (), False) for rule in rules]
        aims: list[Aim] = [_Rules(self._aims, tuple(rules), (), True), *alone]
        return self._found(aims, rules, _asked_of(accept), random, tries or self.tries, wander=True)

    def reaching(self, rule: Rule, test: Condition, truth: Truth) -> Facts | None:
        """A person for whom `test`, a part of the rule's condition, has a truth value for some things that the rule
        ranges over: if it can be, one for whom this test alone decides the rule. None when none is found."""
        random = self._random("reaching", rule)
        for alone, phantoms in ((True, False), (False, False), (False, True)):
            aim = Along(self._aims, rule, test, truth, alone, phantoms)

            def reached(person: Person, aim: Along = aim) -> bool:
                return aim.distance(person.world) == 0

            found = self._found([aim], [rule], reached, random, self.tries // 2)
            if found is not None:
                return found
        return None

    def alone(self, rule: Rule, test: Condition, truth: Truth, also: Condition | None = None) -> Facts | None:
        """As `reaching`, but only a person for whom the test alone decides the rule, and what becomes of the rule
        shows it: it holds, holds for nothing or is open as the test does in its place. `also` is a condition on the
        same things that is to hold too; it has to live as long as this object."""
        aim = Along(self._aims, rule, test, truth, True, False, also)

        def fits(person: Person) -> bool:
            return aim.distance(person.world) == 0 and self.verdict(rule, person) is aim.verdict

        def plainly(person: Person) -> bool:
            return fits(person) and self._is_given(rule, person)

        # Advice that holds is best shown where nothing may hold it back.
        is_advice = rule.advise is not None and aim.verdict is Truth.TRUE
        for accept in (plainly, fits) if is_advice else (fits,):
            found = self._found([aim], [rule], accept, self._random("alone", rule), self.tries // 4)
            if found is not None:
                return found
        return None

    def _is_given(self, rule: Rule, person: Person) -> bool:
        index = self.base.plan.index[rule.id]
        given = Standing.of(self.base.rulebook, person.evaluation).given
        return any(each.firing[0] == index for each in given)

    def shows(self, rule: Rule, test: Condition, truth: Truth, also: Condition | None, person: Person) -> bool:
        """Whether a person is one that `alone` looks for."""
        aim = Along(self._aims, rule, test, truth, True, False, also)
        return aim.distance(person.world) == 0 and self.verdict(rule, person) is aim.verdict

    def verdict(self, rule: Rule, person: Person) -> Truth:
        """What becomes of a rule: it certainly holds for some things (TRUE), it may (UNKNOWN), or it can't."""
        index = self.base.plan.index[rule.id]
        if any(firing[0] == index for firing in person.evaluation.certain):
            return Truth.TRUE
        return Truth.UNKNOWN if any(firing[0] == index for firing in person.evaluation.open) else Truth.FALSE

    def person(self, facts: Facts) -> Person | None:
        """Facts with their evaluation; None when they're impossible."""
        return self._person(facts, self._random("person"))

    def _person(self, facts: Facts, random: Random) -> Person | None:
        """Facts with their evaluation; None when they're impossible."""
        self.looked_at += 1
        try:
            case = self.base.case(facts, self.as_of)
        except FactsError:
            return None
        return Person(facts, case, self.base.evaluate(case), self.base, self._aims.lookout, random)

    # ---------------------------------------------------------------------------------------- searching

    def _random(self, word: str, *rules: Rule) -> Random:
        return Random("|".join((word, *(rule.id for rule in rules))))

    def _found(
        self,
        aims: Sequence[Aim],
        rules: Sequence[Rule],
        accept: _Takes,
        random: Random,
        tries: int,
        wander: bool = False,
    ) -> Facts | None:
        starts = [person for each in self._starts(rules) if (person := self._person(each, random)) is not None]
        for start in starts:
            if accept(start):
                return self._small(start, accept)
        starts.sort(key=lambda person: aims[0].distance(person.world))
        left, attempt = tries, 0
        while left > 0 and attempt < max(8, len(starts) * len(aims)):
            start = starts[attempt // len(aims) % len(starts)]
            found, here, used = self._climb(aims[attempt % len(aims)], start, accept, random, min(left, _ONE_CLIMB))
            left -= max(used, 1)
            if found is None and wander:
                found, used = self._wander(here, rules, accept, random, min(left, _ONE_CLIMB))
                left -= used
            if found is not None:
                return self._small(found, accept)
            attempt += 1
        return None

    def _starts(self, rules: Sequence[Rule]) -> Iterator[Facts]:
        """Where a search begins: with empty lists, then with the examples of the rules."""
        nothing: Facts = {each.name: [] for each in self.base.rulebook.lists.values()}
        yield nothing
        names = {rule.id for rule in rules}
        for example in self.examples:
            if example.rule in names:
                facts = copied(example.facts)
                yield facts
                yield nothing | facts

    def _climb(
        self, aim: Aim, start: Person, accept: _Takes, random: Random, most: int
    ) -> tuple[Person | None, Person, int]:
        """Goes from a person to a neighbour that's nearer to the aim, again and again: the person that is accepted,
        the nearest one otherwise, and how many were looked at."""
        here = start
        seen, looked = {_key(start.facts)}, 1
        while looked < most:
            near: list[tuple[float, int, Person]] = []
            for _ in range(_LOOKED_AT):
                changes = aim.changes(here.world)
                if not changes:
                    continue
                facts = changed(here.facts, changes[0] if random.random() < _FIRST else random.choice(changes))
                key = _key(facts)
                if key in seen:
                    continue
                seen.add(key)
                looked += 1
                person = self._person(facts, random)
                if person is None:
                    continue
                if accept(person):
                    return person, person, looked
                near.append((aim.distance(person.world), len(near), person))
            if not near:
                break
            here = random.choice(near)[2] if random.random() < _ASTRAY else min(near)[2]
        return None, here, looked

    def _wander(
        self, start: Person, rules: Sequence[Rule], accept: _Takes, random: Random, most: int
    ) -> tuple[Person | None, int]:
        """Changes one test of the rules after another, from the same person again and again."""
        here = start
        for looked in range(most):
            rule = random.choice(rules)
            parts = list(tests(rule.condition))
            if not parts:
                return None, looked
            aim = Along(self._aims, rule, random.choice(parts), random.choice(list(Truth)), False, False)
            changes = aim.changes(here.world)
            person = self._person(changed(here.facts, random.choice(changes)), random) if changes else None
            if person is not None and accept(person):
                return person, looked + 1
            here = start if person is None or random.random() < _BACK else person
        return None, most

    def _small(self, person: Person, accept: _Takes) -> Facts:
        """The facts without what isn't needed."""

        def keeps(facts: Facts) -> bool:
            found = self._person(facts, person.random)
            return found is not None and accept(found)

        return shrunk(self.base.rulebook, person.facts, keeps)


@dataclass(frozen=True)
class _Rules:
    """Rules that are to hold, `together` for the same things, and others that aren't."""

    aims: Aims
    rules: tuple[Rule, ...]
    without: tuple[Rule, ...]
    together: bool

    def _wishes(self, world: Seen) -> Iterator[tuple[Rule, dict[str, int], Truth]]:
        fixed: dict[str, int] = {}
        for rule in self.rules:
            names = {scope.name for scope in rule.each}
            shared = {name: index for name, index in fixed.items() if name in names}
            yield rule, shared, Truth.TRUE
            if self.together:
                nearest = self.aims.bindings(world, rule, shared, Truth.TRUE)
                fixed = {**(nearest[0] if nearest else {}), **fixed}
        for rule in self.without:
            yield rule, {}, Truth.FALSE

    def distance(self, world: Seen) -> float:
        """How far the rules are from that."""
        return sum(self.aims.rule_distance(world, rule, fixed, want) for rule, fixed, want in self._wishes(world))

    def changes(self, world: Seen) -> list[Change]:
        """Changes that bring one of the rules nearer."""
        wishes = [each for each in self._wishes(world) if self.aims.rule_distance(world, *each) > 0]
        return self.aims.rule_changes(world, *world.random.choice(wishes)) if wishes else []


def _asked_of(accept: Accept) -> _Takes:
    return lambda person: accept(person.case, person.evaluation)


def _key(facts: Facts) -> str:
    return json.dumps(facts, sort_keys=True, default=str)
