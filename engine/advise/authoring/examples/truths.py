"""What each condition of a rule comes to for one person, and whether it decides the rule alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from advise.conditions import Aggregate, All, AnyOf, Condition, Constant, Not, Quantified, Test
from advise.errors import Place
from advise.evaluate.meaning import OPPOSITE, Truth, compare
from advise.evaluate.reference import Environment, World, extreme, total
from advise.operators import Core
from advise.rules import Rule
from advise.values import EMPTY, Span
from advise.words import wording

FALSE, UNKNOWN, TRUE = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE

_Context = tuple[Truth, Truth, Truth]
"""What the rule comes to if a condition in it is false, unknown, true, and everything else stays as it is."""

_AS_IS: _Context = (FALSE, UNKNOWN, TRUE)


class Reading(NamedTuple):
    """A condition, by its number in its rule, as it's read for the things in `env`.

    `decides`: true or false, it alone decides whether the rule holds; unknown, its answer would.
    """

    number: int
    env: Environment
    truth: Truth
    decides: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A test, or a condition on a list's things, of a rule. `number` counts them in the order of the file.

    `inside` is the number of the `some`, `every`, `no`, `count` and the like in which it stands, if any.
    """

    number: int
    node: Test | Quantified
    inside: int | None

    @property
    def place(self) -> Place | None:
        """Where it stands, if the rule was read from its file."""
        return self.node.place

    @property
    def said(self) -> str:
        """As the rule file words it."""
        return wording(self.node)


class _Node:
    """A condition with its number, ready to be read many times. `wide`: it looks through things of a list."""

    __slots__ = ("condition", "number", "parts", "wide")

    def __init__(self, condition: Condition, number: int, parts: Sequence[_Node]) -> None:
        self.condition = condition
        self.number = number
        self.parts = tuple(parts)
        self.wide: bool = isinstance(condition, Quantified) or any(
            part.wide or isinstance(condition, Test) for part in parts
        )


class Conditions:
    """The conditions of one rule, numbered. Doesn't change: made once for any number of people."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self._listed: list[Listed] = []
        self._root = self._numbered(rule.condition, None)

    @cached_property
    def all(self) -> tuple[Listed, ...]:
        """The conditions by their number."""
        return tuple(self._listed)

    def _numbered(self, condition: Condition, inside: int | None) -> _Node:
        match condition:
            case All() | AnyOf():
                return _Node(condition, -1, [self._numbered(part, inside) for part in condition.parts])
            case Not():
                return _Node(condition, -1, [self._numbered(condition.part, inside)])
            case Quantified():
                number = self._add(condition, inside)
                return _Node(condition, number, [self._numbered(condition.body, number)])
            case Test():
                number = self._add(condition, inside)
                where = condition.left.where if isinstance(condition.left, Aggregate) else None
                return _Node(condition, number, [] if where is None else [self._numbered(where, number)])

    def _add(self, node: Test | Quantified, inside: int | None) -> int:
        self._listed.append(Listed(len(self._listed), node, inside))
        return len(self._listed) - 1

    def readings(self, world: World) -> Iterator[Reading]:
        """Every condition in every environment in which it's read, in the world that an evaluation left.

        Inside a list, a condition is read for each thing, but only where the plain tests beside the list leave
        something to decide.
        """
        for binding in world.bindings(self.rule):
            env = world.environment(self.rule, binding)
            top = (FALSE, UNKNOWN, UNKNOWN) if world.has_phantom(self.rule, binding) else _AS_IS
            found: list[Reading] = []
            _settle(_look(self._root, env, world), top, found)
            yield from found


class _Seen(NamedTuple):
    """A condition's truth in one environment, with its parts' where they were looked at.

    `of` gives the truth of the whole from that of part `i`, the others as they are.
    """

    node: _Node
    env: Environment
    truth: Truth
    parts: Sequence[_Seen]
    of: Callable[[int, Truth], Truth] | None


# ------------------------------------------------------------------------------------------- upwards


def _look(node: _Node, env: Environment, world: World) -> _Seen:
    condition = node.condition
    match condition:
        case Test():
            if node.parts:
                return _look_through_aggregate(node, condition, env, world)
            return _Seen(node, env, world.truth(condition, env), (), None)
        case All():
            return _look_at_parts(node, env, world, FALSE)
        case AnyOf():
            return _look_at_parts(node, env, world, TRUE)
        case Not():
            part = _look(node.parts[0], env, world)
            return _Seen(node, env, OPPOSITE[part.truth], (part,), lambda _, truth: OPPOSITE[truth])
        case Quantified():
            return _look_through(node, condition, env, world)


class _Joined:
    """Truth values of which a single one that `settles` settles the whole: false in an `all`, true in an `any`."""

    __slots__ = ("order", "tally", "truths")

    def __init__(self, truths: Sequence[Truth], settles: Truth) -> None:
        self.truths = truths
        self.order = (settles, UNKNOWN, OPPOSITE[settles])
        self.tally = [truths.count(FALSE), truths.count(UNKNOWN), truths.count(TRUE)]

    def whole(self) -> Truth:
        """What they come to."""
        return next((each for each in self.order if self.tally[each]), self.order[-1])

    def changed(self, number: int, truth: Truth) -> Truth:
        """What they come to with another truth in place of one."""
        own = self.truths[number]
        for each in self.order:
            if each is truth or self.tally[each] > (own is each):
                return each
        return truth


def _look_at_parts(node: _Node, env: Environment, world: World, settles: Truth) -> _Seen:
    """The parts of `all` (one that's false settles it) or `any` (one that's true does).

    Lists are looked through only where no plain test settles it; where a single one does, their truth is still
    needed, to know whether it does so alone.
    """
    seen = [_look(part, env, world) for part in node.parts if not part.wide]
    settling = sum(each.truth is settles for each in seen)
    wide = [part for part in node.parts if part.wide]
    if not settling:
        seen += [_look(part, env, world) for part in wide]
    elif settling == 1:
        seen += [_Seen(part, env, world.truth(part.condition, env), (), None) for part in wide]
    joined = _Joined([each.truth for each in seen], settles)
    return _Seen(node, env, joined.whole(), seen, joined.changed)


def _look_through(node: _Node, condition: Quantified, env: Environment, world: World) -> _Seen:
    """The things of `some`, `every` or `no`; one that may not be there is never certain to count."""
    name, phantom = condition.scope.name, world.phantom(condition.scope.thing)
    indexes = world.indexes(condition.scope, env)
    seen = [_look(node.parts[0], {**env, name: index}, world) for index in indexes]
    every, no = condition.quantifier == "every", condition.quantifier == "no"

    def counts(number: int, truth: Truth) -> Truth:
        counted = OPPOSITE[truth] if every else truth
        return min(counted, UNKNOWN) if indexes[number] == phantom else counted

    counted = _Joined([counts(number, each.truth) for number, each in enumerate(seen)], TRUE)

    def whole(some: Truth) -> Truth:
        return OPPOSITE[some] if every or no else some

    def of(number: int, truth: Truth) -> Truth:
        return whole(counted.changed(number, counts(number, truth)))

    return _Seen(node, env, whole(counted.whole()), seen, of)


def _look_through_aggregate(node: _Node, test: Test, env: Environment, world: World) -> _Seen:
    """The things that `count`, `sum` and the like go over, as far as they have a value."""
    aggregate = test.left
    assert isinstance(aggregate, Aggregate)
    scope, phantom = aggregate.scope, world.phantom(aggregate.scope.thing)
    seen: list[_Seen] = []
    values: list[tuple[Span, bool]] = []
    for index in world.indexes(scope, env):
        inner = {**env, scope.name: index}
        value = Span(1, 1) if aggregate.value is None else world.span(aggregate.value, inner)
        if value != EMPTY:
            seen.append(_look(node.parts[0], inner, world))
            values.append((value, index == phantom))
    truths = [each.truth for each in seen]

    def of(number: int, truth: Truth) -> Truth:
        changed = [*truths[:number], truth, *truths[number + 1 :]]
        return compare(test.operator, _aggregated(aggregate.function, changed, values), right)

    one_of = test.right.value if isinstance(test.right, Constant) and test.operator == Core.ONE_OF else None
    right = world.value(test.right, env) if one_of is None else one_of
    return _Seen(node, env, world.truth(test, env), seen, of)


def _aggregated(function: str, truths: Sequence[Truth], values: Sequence[tuple[Span, bool]]) -> Span:
    """An aggregate over things that count, may count or don't."""
    sure: list[Span] = []
    maybe: list[Span] = []
    many = False
    for truth, (value, is_phantom) in zip(truths, values, strict=True):
        if truth is not FALSE:
            (sure if truth is TRUE and not is_phantom else maybe).append(value)
            many = many or is_phantom
    if function in ("count", "sum"):
        return total(sure, maybe, many)
    return extreme(sure, maybe, function in ("highest", "latest"))


# ----------------------------------------------------------------------------------------- downwards


def _settle(seen: _Seen, context: _Context, found: list[Reading]) -> None:
    """Adds the readings of a condition and of what's inside it, from what the rule comes to by its truth."""
    low, _, high = context
    if seen.node.number >= 0:
        found.append(Reading(seen.node.number, seen.env, seen.truth, abs(low - high) == TRUE))
    if low is high or seen.of is None:
        for part in seen.parts:
            _settle(part, (low, low, low), found)
        return
    for number, part in enumerate(seen.parts):
        of = [context[seen.of(number, truth)] for truth in _AS_IS]
        _settle(part, (of[FALSE], of[UNKNOWN], of[TRUE]), found)


def marks(conditions: Conditions, world: World) -> Mapping[int, tuple[int, int]]:
    """For each condition that's read: bits of the truth values that it has, and of those with which it decides."""
    found: dict[int, tuple[int, int]] = {}
    for number, _, truth, decides in conditions.readings(world):
        seen, deciding = found.get(number, (0, 0))
        bit = 1 << truth
        found[number] = seen | bit, deciding | (bit if decides else 0)
    return found
