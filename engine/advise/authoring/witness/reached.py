"""Backwards to one part of a rule's condition: the people for whom it has a truth value, and decides by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from advise.authoring.witness.aims import NEVER, Aims
from advise.authoring.witness.changes import Change
from advise.authoring.witness.seen import Seen
from advise.conditions import All, AnyOf, Condition, Not, Quantified, Scope, Test
from advise.evaluate.meaning import OPPOSITE, Truth
from advise.evaluate.reference import Environment
from advise.plan import aggregates, inner_conditions
from advise.rules import Rule

_BINDINGS = 40
Wish = tuple[Condition, Environment, Truth]


@dataclass(frozen=True)
class Along:
    """A part of a rule's condition that is to have a truth value, for some things that the rule ranges over.

    `alone`: everything beside it is to leave the decision to it. `phantoms`: the things may be ones that nobody has
    named yet. `also`: a condition on the same things that is to hold as well; it has to live as long as `aims` does.
    """

    aims: Aims
    rule: Rule
    part: Condition
    want: Truth
    alone: bool
    phantoms: bool
    also: Condition | None = None

    @cached_property
    def way(self) -> tuple[Condition, ...]:
        """The conditions from the rule's own to the part, both included. Raises ValueError when it isn't in there."""
        found = _way(self.rule.condition, self.part)
        if found is None:
            raise ValueError(f"This isn't a part of {self.rule.id}.")
        return found

    @property
    def verdict(self) -> Truth:
        """What becomes of the rule if the part alone decides it."""
        turns = sum(
            isinstance(each, Not) or (isinstance(each, Quantified) and each.quantifier == "no")
            for each in self.way[:-1]
        )
        return OPPOSITE[self.want] if turns % 2 else self.want

    def distance(self, world: Seen) -> float:
        """How far away it is; 0 when it's reached."""
        found = min((self._far(world, wishes) for wishes in self._ways(world)), default=None)
        return NEVER / 10 + sum(1 for _ in self._missing(world)) if found is None else found

    def changes(self, world: Seen) -> list[Change]:
        """Changes that may bring it nearer."""
        ranked = sorted(self._ways(world), key=lambda wishes: self._far(world, wishes))
        if not ranked or world.random.random() < 0.1:
            missing = list(self._missing(world, every=bool(ranked)))
            return self.aims.new_things(world, world.random.choice(missing).thing) if missing else []
        wishes = ranked[0] if world.random.random() < 0.7 else world.random.choice(ranked)
        unmet = [(c, env, want) for c, env, want in wishes if world.truth(c, env) is not want]
        return self.aims.changes(world, *world.random.choice(unmet)) if unmet else []

    def _far(self, world: Seen, wishes: list[Wish]) -> float:
        return sum(self.aims.distance(world, condition, env, want) for condition, env, want in wishes)

    def _missing(self, world: Seen, every: bool = False) -> Iterator[Scope]:
        """The lists that have no things."""
        scopes = [*self.rule.each, *(scope for each in self.way if (scope := _scope_in(each, self.way)) is not None)]
        for scope in scopes:
            if not scope.is_table and (every or not world.case.things[scope.thing].items):
                yield scope

    def _ways(self, world: Seen) -> list[list[Wish]]:
        found: list[list[Wish]] = []
        for env in self.aims.nearest(world, self.rule, {}, list(self._beside()), self.phantoms):
            found += self._along(world, 0, env)
        return found[:_BINDINGS]

    def _beside(self) -> Iterator[tuple[Condition, tuple[Truth, ...]]]:
        """What is wanted of the parts of the rule's condition."""
        if len(self.way) == 1:
            return
        for part in self.rule.condition.parts:
            if part is self.part:
                yield part, (self.want,)
            elif self.alone and part is not self.way[1]:
                yield part, (Truth.TRUE,)

    def _along(self, world: Seen, place: int, env: Environment) -> list[list[Wish]]:
        """For each choice of things on the way, what has to be so."""
        condition = self.way[place]
        if place == len(self.way) - 1:
            also: list[Wish] = [] if self.also is None else [(self.also, env, Truth.TRUE)]
            return [[(condition, env, self.want), *also]]
        inner = self.way[place + 1]
        match condition:
            case All() | AnyOf():
                other = Truth.TRUE if isinstance(condition, All) else Truth.FALSE
                beside: list[Wish] = [(each, env, other) for each in condition.parts if each is not inner]
                return [[*wishes, *(beside if self.alone else ())] for wishes in self._along(world, place + 1, env)]
            case Not():
                return self._along(world, place + 1, env)
            case Quantified():
                return self._over(world, place, env, condition.scope, condition)
            case Test():
                aggregate = next(each for each in aggregates(condition) if _way(each.where, self.part) is not None)
                return self._over(world, place, env, aggregate.scope, None)

    def _over(
        self, world: Seen, place: int, env: Environment, scope: Scope, condition: Quantified | None
    ) -> list[list[Wish]]:
        if scope.other and scope.thing not in env:
            return []
        if scope.is_table:
            body = self.way[place + 1]
            every = world.few_rows(scope, env, self.aims.lookout.parts(body))
        else:
            every = world.indexes(scope, env) if self.phantoms else self.aims.real(world, scope, env)
        found: list[list[Wish]] = []
        for index in every:
            beside: list[Wish] = []
            if condition is not None and self.alone:
                other = Truth.TRUE if condition.quantifier == "every" else Truth.FALSE
                beside = [(condition.body, {**env, scope.name: i}, other) for i in every if i != index]
            for wishes in self._along(world, place + 1, {**env, scope.name: index}):
                found.append([*wishes, *beside])
        return found


def _way(condition: Condition, part: Condition) -> tuple[Condition, ...] | None:
    if condition is part:
        return (condition,)
    for inner in inner_conditions(condition):
        found = _way(inner, part)
        if found is not None:
            return (condition, *found)
    return None


def _scope_in(condition: Condition, way: tuple[Condition, ...]) -> Scope | None:
    if isinstance(condition, Quantified):
        return condition.scope
    if isinstance(condition, Test) and condition is not way[-1]:
        return next((each.scope for each in aggregates(condition) if _way(each.where, way[-1]) is not None), None)
    return None
