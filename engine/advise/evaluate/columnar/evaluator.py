"""Evaluates the rules for many people at once, component by component, as the reference does for one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from advise.case import Case
from advise.conditions import Of, Scope
from advise.evaluate import Evaluation, Firing
from advise.evaluate.columnar.arrays import Array, Bools, Ints, Pair, full, picked
from advise.evaluate.columnar.conditions import Conditions
from advise.evaluate.columnar.frames import Batch, Frame, People
from advise.evaluate.columnar.from_cases import people_of
from advise.evaluate.columnar.nodes import PairNode
from advise.evaluate.columnar.vocabulary import Vocabulary
from advise.plan import Key, Plan, operand_refs, refs
from advise.rules import Rule


@dataclass(frozen=True, slots=True, eq=False)
class Fired:
    """Where one rule fired: in the rows of a frame, certainly or possibly."""

    rule: Rule
    frame: Frame
    certain: Bools
    possible: Bools

    def rows(self, chosen: Bools) -> tuple[Ints, list[Ints]]:
        """The people of some rows, and for each name that the rule binds the indexes of the things."""
        rows = np.flatnonzero(chosen)
        people = rows if self.frame.person is None else self.frame.person.take(rows)
        return people, [local(self.frame, scope, rows, people) for scope in self.rule.each]


def local(frame: Frame, scope: Scope, rows: Ints, people: Ints) -> Ints:
    """The indexes in their own lists of what is bound in some rows of a frame."""
    at = frame.at(scope.name)
    things: Ints = rows if at is None else at.take(rows)
    return things if scope.is_table else things - frame.batch.people.stores[scope.thing].offsets.take(people)


@dataclass(frozen=True, slots=True, eq=False)
class Firings:
    """The firings of a batch of people, by the index of the rule. To be released when they aren't needed any more."""

    people: People
    rules: Sequence[Fired]
    batch: Batch

    def release(self) -> None:
        """Frees the memory at once; the firings can't be used any more."""
        self.batch.release()

    def evaluations(self) -> list[Evaluation]:
        """The firings of each person."""
        certain: list[list[Firing]] = [[] for _ in range(self.people.count)]
        unsure: list[list[Firing]] = [[] for _ in range(self.people.count)]
        for index, fired in enumerate(self.rules):
            for chosen, found in ((fired.certain, certain), (fired.possible & ~fired.certain, unsure)):
                people, things = fired.rows(chosen)
                bindings = zip(*(each.tolist() for each in things), strict=True) if things else iter(())
                for person in people.tolist():
                    found[person].append((index, next(bindings) if things else ()))
        return [Evaluation(tuple(one), tuple(two)) for one, two in zip(certain, unsure, strict=True)]


class Columnar:
    """A plan made ready for whole tables of people. Thread-safe: an evaluation keeps its own state."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        vocabulary = Vocabulary()
        conditions = Conditions(plan, vocabulary)
        self.conditions = conditions
        self._nodes = tuple(conditions.condition(rule.condition) for rule in plan.rulebook.rules)
        self._texts: Mapping[str, int] = dict(vocabulary.codes)
        self._tables = {name: len(table.rows) for name, table in plan.rulebook.tables.items()}
        self.facts_read = frozenset(_facts_read(plan))

    def vocabulary(self) -> Vocabulary:
        """The codes that a batch starts from."""
        return Vocabulary(self._texts)

    def evaluate(self, cases: Sequence[Case]) -> list[Evaluation]:
        """The rules that hold for each case, as the reference evaluator has them."""
        found: dict[int, Evaluation] = {}
        for day in dict.fromkeys(case.as_of for case in cases):
            chosen = [i for i, case in enumerate(cases) if case.as_of == day]
            people = people_of(self.plan.rulebook, self.facts_read, [cases[i] for i in chosen], self.vocabulary())
            firings = self.fire(people)
            found |= zip(chosen, firings.evaluations(), strict=True)
            firings.release()
        return [found[i] for i in range(len(cases))]

    def fire(self, people: People) -> Firings:
        """The firings of a batch of people."""
        batch = Batch(people, self._tables)
        fired: dict[int, Fired] = {}
        with np.errstate(all="ignore"):
            for component in self.plan.components:
                recursive = self.plan.recursive(component)
                while self._apply(batch, component, fired) and recursive:
                    pass
        batch.settled = True
        return Firings(people, [fired[i] for i in range(len(fired))], batch)

    def _apply(self, batch: Batch, component: tuple[int, ...], fired: dict[int, Fired]) -> bool:
        """Fires the rules of a component once; whether that drew something new."""
        news = False
        for index in component:
            found = fired[index] = self._fired(batch, index, self._nodes[index], fired)
            news |= self._conclude(found)
        return news

    def _fired(self, batch: Batch, index: int, node: PairNode, fired: Mapping[int, Fired]) -> Fired:
        rule = self.plan.rulebook.rules[index]
        frame, certain, possible = _held_in(batch.root, rule.each, node)
        if frame.phantom is not None:
            certain = certain & ~frame.phantom
        for other in self.plan.overriders.get(index, ()):
            over = fired[other]
            shared = shared_names(rule, over.rule)
            certain = certain & ~matched(frame, over.frame, over.possible, shared)
            possible = possible & ~matched(frame, over.frame, over.certain, shared)
        return Fired(rule, frame, certain, possible)

    def _conclude(self, fired: Fired) -> bool:
        """Draws what a rule concludes; whether that is news."""
        news = False
        for each in fired.rule.conclude:
            key = (each.thing, each.path)
            certain = fired.frame.gathered(fired.certain, each.scope)
            two_valued = fired.certain is fired.possible
            possible = certain if two_valued else fired.frame.gathered(fired.possible, each.scope)
            drawn = fired.frame.batch.drawn.setdefault(key, {})
            value = self.plan.values[key].index(each.value)
            before = drawn.get(value)
            if before is None:
                drawn[value] = [certain, possible]
                news |= bool(possible.any())
            else:
                now = [before[0] | certain, before[1] | possible]
                news |= any(bool((new != old).any()) for new, old in zip(now, before, strict=True))
                drawn[value] = now
        return news


def _held_in(frame: Frame, each: tuple[Scope, ...], node: PairNode) -> tuple[Frame, Bools, Bools]:
    """Where a rule's condition holds: in all rows of what it binds, or, if they're many, in those it may be true of."""
    for scope in each[:-1]:
        frame = frame.child(scope)
    ups, rows, certain = [], [], []
    for part, start in frame.parts(each[-1]) if each else ((frame, 0),):
        child = part.child(each[-1]) if each else frame
        pair: Pair = node.at(child)
        if part is frame:
            return child, full(pair.certain, child.size), full(pair.possible, child.size)
        kept = np.flatnonzero(full(pair.possible, child.size))
        assert child.rows is not None
        ups.append(child.up.take(kept) + start)
        rows.append(child.rows.take(kept))
        certain.append(full(pair.certain, child.size).take(kept))
    found = Frame(frame.batch, sum(map(len, ups)), frame, each[-1], np.concatenate(ups), np.concatenate(rows))
    return found, np.concatenate(certain), np.ones(found.size, np.bool_)


def shared_names(one: Rule, two: Rule) -> tuple[str, ...]:
    """The names that both rules bind."""
    other = {scope.name for scope in two.each}
    return tuple(scope.name for scope in one.each if scope.name in other)


def matched(frame: Frame, other: Frame, truth: Bools, shared: tuple[str, ...]) -> Bools:
    """For each row of `frame`, whether a row of `other` is true that is about the same things."""
    if not shared:
        return picked(other.gathered(truth, None), frame.person)
    scope = frame.binder(shared[0]).scope
    assert scope is not None
    if len(shared) == 1 and not scope.is_table:
        return picked(other.gathered(truth, shared[0]), frame.at(shared[0]))
    wanted = thing_keys(frame, shared, np.arange(frame.size))
    return np.isin(wanted, thing_keys(other, shared, np.flatnonzero(truth)))


def thing_keys(frame: Frame, names: tuple[str, ...], rows: Ints) -> Array:
    """A number for the person and the bound things of each row."""
    batch = frame.batch
    people = frame.everybody.take(rows)
    key = people
    for name in names:
        scope = frame.binder(name).scope
        assert scope is not None
        if scope.is_table:
            longest = batch.tables[scope.thing]
        else:
            longest = int(batch.people.stores[scope.thing].counts.max(initial=0))
        key = key * (longest + 1) + local(frame, scope, rows, people)
    return key


def _facts_read(plan: Plan) -> Iterator[Key]:
    """The facts that rules and computed facts read, that rules ask for, and the keys of derived things."""
    for rule in plan.rulebook.rules:
        yield from (ref.key for ref in refs(rule.condition) if ref.of is Of.FACT)
        if rule.ask is not None and rule.ask.path:
            yield rule.ask.thing, rule.ask.path
    for derived in plan.rulebook.derived.values():
        yield from ((thing, derived.key) for thing in (derived.thing, *derived.among))
    for computed in plan.rulebook.computed.values():
        yield from (ref.key for ref in operand_refs(computed.value) if ref.of is Of.FACT)
