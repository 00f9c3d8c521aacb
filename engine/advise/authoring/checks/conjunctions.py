"""The places in a rule where several things must hold at once: its condition, branches, bodies of quantifiers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from advise.authoring.logic import Claim, Names
from advise.conditions import All, AnyOf, Condition, Not, Quantified, Scope, Test
from advise.errors import Place
from advise.plan import aggregates, flat
from advise.words import wording

_LONGEST = 90


@dataclass(frozen=True, slots=True)
class Part:
    """One entry of a condition, as it stands in the file; `between` and `within` are one, though they're two tests."""

    condition: Condition
    place: Place | None

    @property
    def said(self) -> str:
        """The entry in the words of the file, shortened if it's long."""
        text = wording(self.condition)
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"

    @property
    def tests(self) -> tuple[Test, ...]:
        """Its tests, if it's nothing but tests."""
        inner = [each.part if isinstance(each, Not) else each for each in flat(self.condition)]
        return tuple(each for each in inner if isinstance(each, Test)) if all(_is_test(e) for e in inner) else ()


def _is_test(condition: Condition) -> bool:
    return isinstance(condition, Test)


@dataclass(frozen=True, slots=True)
class Conjunction:
    """Parts that must all hold. `around` is what must hold besides, and `firm` that of it which is nothing but tests;
    `kind` says where it stands: `rule`, `branch`, `some`, `every`, `no`, `not` or `where`."""

    kind: str
    parts: tuple[Part, ...]
    names: Names
    around: tuple[Claim, ...] = ()
    firm: tuple[Claim, ...] = ()

    def claims(self, but: Part | None = None) -> tuple[Claim, ...]:
        """All that must hold, without one part."""
        return (*((each.condition, self.names) for each in self.parts if each is not but), *self.around)

    def inside(self) -> Iterator[Conjunction]:
        """The conjunctions directly inside its parts."""
        for part in self.parts:
            yield from self.inside_of(part)

    def inside_of(self, part: Part) -> Iterator[Conjunction]:
        """The conjunctions directly inside one of its parts."""
        firm = ((each.condition, self.names) for each in self.parts if each is not part and each.tests)
        around = Around(self.claims(part), (*firm, *self.firm))
        return _inside(part.condition, self.names, around)


@dataclass(frozen=True, slots=True)
class Around:
    """What holds around a conjunction: all of it, and the tests of it."""

    all: tuple[Claim, ...] = ()
    firm: tuple[Claim, ...] = ()


def conjunction(kind: str, condition: Condition, names: Names, around: Around | None = None) -> Conjunction:
    """A condition as the parts that must all hold."""
    around = around or Around()
    return Conjunction(kind, tuple(_parts(flat(condition))), names, around.all, around.firm)


def _parts(conditions: list[Condition]) -> Iterator[Part]:
    at = 0
    while at < len(conditions):
        first = conditions[at]
        end = at + 1
        while isinstance(first, Test) and first.place and end < len(conditions) and _is_more_of(first, conditions[end]):
            end += 1
        yield Part(first if end == at + 1 else All(tuple(conditions[at:end])), _place(first))
        at = end


def _is_more_of(first: Test, other: Condition) -> bool:
    return isinstance(other, Test) and (other.place, other.said) == (first.place, first.said)


def _place(condition: Condition) -> Place | None:
    return None if isinstance(condition, All) else condition.place


def _inside(condition: Condition, names: Names, around: Around) -> Iterator[Conjunction]:
    match condition:
        case Test():
            for aggregate in aggregates(condition):
                yield conjunction("where", aggregate.where, inner(names, aggregate.scope))
        case All():
            for part in condition.parts:
                yield from _inside(part, names, around)
        case AnyOf():
            for branch in condition.parts:
                yield conjunction("branch", branch, names, around)
        case Not():
            if isinstance(condition.part, Test):
                yield from _inside(condition.part, names, Around())
            else:
                yield conjunction("not", condition.part, names)
        case Quantified():
            # What holds around a body that is denied doesn't make its tests redundant.
            kept = around if condition.quantifier == "some" else Around()
            yield conjunction(condition.quantifier, condition.body, inner(names, condition.scope), kept)


def inner(names: Names, scope: Scope) -> Names:
    """The names inside a quantifier."""
    return names.inside(scope, f"~{len(names.env)}{scope.name}")
