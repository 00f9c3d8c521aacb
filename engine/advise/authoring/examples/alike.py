"""What rules and tests read of an example: most examples are alike in most of it, and needn't be looked at again."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from advise.case import Case
from advise.conditions import Condition, Of, Ref, Scope, Test
from advise.evaluate import Evaluation
from advise.evaluate.meaning import Truth
from advise.evaluate.reference import Environment, World, dig
from advise.plan import Key, Plan, operand_refs, operand_scopes, refs, scopes, tests


@dataclass(frozen=True, slots=True)
class Reads:
    """What a condition reads: facts, also through computed facts, conclusions, and lists of things."""

    facts: tuple[Key, ...]
    conclusions: tuple[Key, ...]
    things: tuple[str, ...]

    @classmethod
    def of(cls, plan: Plan, condition: Condition, each: tuple[Scope, ...]) -> Reads:
        """Of a condition on the things in `each`."""
        read = tuple(_through(plan, refs(condition)))
        facts, conclusions = (tuple({ref.key for ref in read if ref.of is of}) for of in (Of.FACT, Of.CONCLUSION))
        looked_through = {*each, *_scopes(plan, condition)}
        return cls(facts, conclusions, tuple({scope.thing for scope in looked_through if not scope.is_table}))


class _Cell(NamedTuple):
    """A fact, conclusion or column of the thing that `scope` stands for."""

    of: Of
    key: Key
    scope: str | None


class _Known(NamedTuple):
    """A test with all that it reads. Those that say the same have one `number`."""

    number: int
    cells: tuple[_Cell, ...]


class Alike:
    """Makes worlds that share what their tests come to. `reads` is what each rule reads.

    For the rulebook's own conditions only, as long as it's kept: they're told apart by their identity.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.reads = tuple(Reads.of(plan, rule.condition, rule.each) for rule in plan.rulebook.rules)
        self.tests = self._tests()
        self._truths: dict[date, dict[Hashable, Truth]] = {}

    def world(self, case: Case, evaluation: Evaluation) -> AlikeWorld:
        """The world that an evaluation left."""
        return AlikeWorld(self.plan, case, evaluation, self.tests, self._truths.setdefault(case.as_of, {}))

    def _tests(self) -> Mapping[int, _Known]:
        """The tests that don't look through lists, by their identity."""
        numbers: dict[Test, int] = {}
        every = [test for rule in self.plan.rulebook.rules for test in tests(rule.condition)]
        return {
            id(test): _Known(numbers.setdefault(test, len(numbers)), tuple(dict.fromkeys(_cells(self.plan, test))))
            for test in every
            if not any(_scopes(self.plan, test))
        }


class AlikeWorld(World):
    """A world after an evaluation, in which a test isn't worked out again where all that it reads has been met."""

    def __init__(
        self,
        plan: Plan,
        case: Case,
        evaluation: Evaluation,
        known: Mapping[int, _Known],
        truths: dict[Hashable, Truth],
    ) -> None:
        super().__init__(plan, case, evaluation)
        self._known_tests = known
        self._truths = truths
        self._cells: dict[tuple[Of, Key, int], Hashable] = {}
        self._things = {thing: (len(each.items), each.complete) for thing, each in case.things.items()}
        self._facts: dict[Key, Hashable] = {}
        self._conclusions: dict[Key, Hashable] = {}

    def _test(self, test: Test, env: Environment) -> Truth:
        known = self._known_tests.get(id(test))
        if known is None:
            return super()._test(test, env)
        key = (known.number, *[self._cell(of, key, 0 if name is None else env[name]) for of, key, name in known.cells])
        found = self._truths.get(key)
        if found is None:
            found = self._truths[key] = super()._test(test, env)
        return found

    def _cell(self, of: Of, key: Key, index: int) -> Hashable:
        place = (of, key, index)
        if place not in self._cells:
            self._cells[place] = self._read(of, key, index)
        return self._cells[place]

    def _read(self, of: Of, key: Key, index: int) -> Hashable:
        thing, path = key
        if of is Of.CONCLUSION:
            return frozenset(self.drawn(thing, path, index).items())
        if of is Of.COLUMN:
            return index
        if thing is None:
            return _plain(dig(self.case.facts, path))
        items = self.case.things[thing].items
        return _plain(dig(items[index], path)) if index < len(items) else None

    def all_of(self, read: Reads) -> Hashable:
        """All that a condition depends on which reads this: that, and the day."""
        return (
            self.case.as_of,
            *map(self._things.__getitem__, read.things),
            *map(self._fact, read.facts),
            *map(self._conclusion, read.conclusions),
        )

    def _fact(self, key: Key) -> Hashable:
        """A fact of all things."""
        if key not in self._facts:
            indexes = range(1 if key[0] is None else self._things[key[0]][0])
            self._facts[key] = tuple(self._read(Of.FACT, key, index) for index in indexes)
        return self._facts[key]

    def _conclusion(self, key: Key) -> Hashable:
        """A conclusion on all things, those that may not be there included."""
        if key not in self._conclusions:
            indexes = range(1 if key[0] is None else self._things[key[0]][0] + 1)
            self._conclusions[key] = tuple(self._read(Of.CONCLUSION, key, index) for index in indexes)
        return self._conclusions[key]


def _plain(value: Any) -> Hashable:
    # With its type: 1 equals True, and it equals the mark of what is absent.
    return type(value), tuple(value) if isinstance(value, list) else value


# ------------------------------------------------------------------------------------ through computed facts


def _through(plan: Plan, read: Iterable[Ref]) -> Iterator[Ref]:
    """What is referred to, and what the computed facts among it are worked out from."""
    ahead, seen = list(read), set[Key]()
    while ahead:
        ref = ahead.pop()
        yield ref
        if ref.of is Of.COMPUTED and ref.key not in seen:
            seen.add(ref.key)
            ahead += operand_refs(plan.rulebook.computed[ref.key].value)


def _scopes(plan: Plan, condition: Condition) -> Iterator[Scope]:
    """The lists that a condition looks through, also those of computed facts."""
    yield from scopes(condition)
    for key in {ref.key for ref in _through(plan, refs(condition)) if ref.of is Of.COMPUTED}:
        yield from operand_scopes(plan.rulebook.computed[key].value)


def _cells(plan: Plan, test: Test) -> Iterator[_Cell]:
    """What a test that looks through no list reads, of which things."""
    for ref in refs(test):
        for each in _through(plan, [ref]):
            if each.of is not Of.COMPUTED:
                # A computed fact speaks of the person, or of the one thing that it's a fact of.
                yield _Cell(each.of, each.key, None if each.thing is None else ref.scope)
