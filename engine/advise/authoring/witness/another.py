"""One more thing in a list, of which as much is known as an aggregate needs to count it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from advise.authoring.witness.changes import Append, Change, Put, Remove, Withhold, changed
from advise.authoring.witness.seen import Seen, is_open
from advise.case import Case
from advise.conditions import Aggregate
from advise.errors import FactsError
from advise.evaluate.meaning import Truth
from advise.evaluate.reference import Bound, Environment

if TYPE_CHECKING:
    from advise.authoring.witness.aims import Aims

_STEPS = 12
_GREED = 0.65


class Another:
    """Adds a thing and then, step by step, what it has to be like."""

    def __init__(self, aims: Aims) -> None:
        self.aims = aims

    def of(self, world: Seen, aggregate: Aggregate, env: Environment) -> Change | None:
        """The change that adds one more thing that an aggregate counts."""
        if aggregate.scope.is_table:
            return None
        starts = self.aims.new_things(world, aggregate.scope.thing)
        return self._made(world, aggregate, env, world.random.choice(starts)) if starts else None

    def _made(self, world: Seen, aggregate: Aggregate, env: Environment, start: Change) -> Change | None:
        scope, whole = aggregate.scope, start
        append = start[-1]
        assert isinstance(append, Append)
        for _ in range(_STEPS):
            case = self._case(changed(world.case.facts, whole))
            names = None if case is None else self._followed(world.case, case, env)
            index = None if case is None else self._place(case, scope.thing, append)
            if case is None or names is None or index is None:
                return None
            inside = Seen(self.aims.plan, case, None, self.aims.lookout, world.random)
            inner = {**names, scope.name: index}
            if not inside.holds(aggregate.where, inner, Bound.CERTAIN):
                ways = self.aims.changes(inside, aggregate.where, inner, Truth.TRUE, 1)
            elif aggregate.value is not None and is_open(inside.value(aggregate.value, inner)):
                ways = self.aims.inverter.settle(inside, aggregate.value, inner, 1)
            else:
                return whole
            kept = [way for way in ways if not any(isinstance(each, Remove | Withhold) for each in way)]
            own = [way for way in kept if all(isinstance(s, Put) and s.name == append.name for s in way)] or kept
            if not own:
                return None
            whole += own[0] if world.random.random() < _GREED else world.random.choice(own)
        return None

    def _case(self, facts: Mapping[str, Any]) -> Case | None:
        """The case of facts; None when they're impossible."""
        try:
            return self.aims.base.case(facts, self.aims.pool.as_of)
        except FactsError:
            return None

    def _followed(self, before: Case, after: Case, env: Environment) -> dict[str, int] | None:
        """The bound names after a change: derived things are found again by their keys."""
        found = {}
        for name, index in env.items():
            thing = name.removeprefix("other ")
            derived = self.aims.book.derived.get(thing)
            if derived is None or index >= len(before.things[thing].items):
                found[name] = index
                continue
            place = _found(after, thing, derived.key, dig(before.things[thing].items[index], derived.key))
            if place is None:
                return None
            found[name] = place
        return found

    def _place(self, case: Case, thing: str, append: Append) -> int | None:
        """The index of a thing that was just added."""
        own = self.aims.book.lists.get(thing)
        if own is not None and own.name == append.name:
            return len(case.facts[own.name]) - 1
        key = self.aims.book.derived[thing].key
        return _found(case, thing, key, dict(append.paths).get(key))


def dig(item: Any, path: str) -> Any:
    """The value at a dotted path; None where there's none."""
    for part in path.split("."):
        item = item.get(part) if isinstance(item, Mapping) else None
    return item


def _found(case: Case, thing: str, key: str, value: Any) -> int | None:
    places: Iterator[int] = (i for i, each in enumerate(case.things[thing].items) if dig(each, key) == value)
    return next(places, None)
