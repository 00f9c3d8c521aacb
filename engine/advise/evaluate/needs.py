"""Which values of a fact each rule needs, so that an evaluator can look rules up instead of trying them all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from advise.conditions import All, AnyOf, Condition, Constant, Of, Quantified, Ref, Test
from advise.evaluate.meaning import compare
from advise.evaluate.reference import typed
from advise.operators import Core
from advise.plan import Key, Plan
from advise.rules import Conclude, Rule
from advise.types import Kind, Literal


class Site(NamedTuple):
    """A text or choice that a rule asks for.

    Of the person if `thing` is None; of the thing bound as `scope`; or, without a scope, of some `thing`.
    """

    scope: str | None
    thing: str | None
    path: str


Need = Mapping[Site, frozenset[str]] | None
"""For each site the values of which it must have one, or be unknown, for a rule to be possible.

None when the rule is never possible. Sites that are left out may have any value.
"""

ANY: Need = {}
_SELF = ""


def needs(plan: Plan) -> tuple[Need, ...]:
    """What each rule needs, through the conclusions that it reads as well."""
    return _Needs(plan).every_rule()


class _Needs:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.writers: dict[Key, dict[Literal, list[Need]]] = {}
        self.drawn: dict[tuple[Key, Literal], Need] = {}
        self.inside: frozenset[Key] = frozenset()

    def every_rule(self) -> tuple[Need, ...]:
        rules = self.plan.rulebook.rules
        found: dict[int, Need] = {}
        for component in self.plan.components:
            if self.plan.recursive(component):
                # What these draw may rest on one another: nothing is said about it until all are through.
                self.inside = frozenset((c.thing, c.path) for rule in component for c in rules[rule].conclude)
            for rule in component:
                found[rule] = self.need(rules[rule].condition)
            for rule in component:
                self._draw(rules[rule], found[rule])
            self.inside = frozenset()
        return tuple(found[rule] for rule in range(len(rules)))

    def _draw(self, rule: Rule, need: Need) -> None:
        for each in rule.conclude:
            values = self.writers.setdefault((each.thing, each.path), {})
            values.setdefault(each.value, []).append(_of_conclusion(need, each))

    def need(self, condition: Condition) -> Need:
        """What it takes for a condition to be possible."""
        match condition:
            case Test():
                return self._test(condition)
            case All():
                return _both(self.need(part) for part in condition.parts)
            case AnyOf():
                return _either(self.need(part) for part in condition.parts)
            case Quantified() if condition.quantifier == "some":
                return _of_some(self.need(condition.body), condition.scope.name)
            case _:
                return ANY

    def _test(self, test: Test) -> Need:
        left, right = test.left, test.right
        if not (isinstance(left, Ref) and isinstance(right, Constant)) or test.operator == Core.KNOWN:
            return ANY
        if left.of is Of.CONCLUSION:
            return self._concluded(left, test.operator, right)
        if left.of is not Of.FACT or left.type.kind not in (Kind.TEXT, Kind.CHOICE):
            return ANY
        if test.operator == Core.EQUAL:
            return {Site(left.scope, left.thing, left.path): frozenset((str(right.value),))}
        if test.operator == Core.ONE_OF:
            assert isinstance(right.value, tuple)
            return {Site(left.scope, left.thing, left.path): frozenset(map(str, right.value))}
        return ANY

    def _concluded(self, ref: Ref, operator: str, constant: Constant) -> Need:
        if ref.key in self.inside or not has_to_be_drawn(ref, operator, constant):
            return ANY
        kind = ref.type.kind
        right = constant.value if operator == Core.ONE_OF else typed(constant.value, constant.type.kind)
        passing = (value for value in self.plan.values.get(ref.key, ()) if compare(operator, typed(value, kind), right))
        need = _either(self._drawn(ref.key, value) for value in passing)
        if need is None or ref.scope is None:
            return need
        return {site._replace(scope=ref.scope) if site.scope == _SELF else site: of for site, of in need.items()}

    def _drawn(self, key: Key, value: Literal) -> Need:
        if (key, value) not in self.drawn:
            self.drawn[key, value] = _either(self.writers[key][value])
        return self.drawn[key, value]


def has_to_be_drawn(ref: Ref, operator: str, constant: Constant) -> bool:
    """Whether a test on a conclusion is false as long as no rule draws it."""
    right = constant.value if operator == Core.ONE_OF else typed(constant.value, constant.type.kind)
    return ref.type.kind is not Kind.BOOLEAN or not compare(operator, False, right)


def _both(parts: Iterable[Need]) -> Need:
    found: dict[Site, frozenset[str]] = {}
    for need in parts:
        if need is None:
            return None
        for site, values in need.items():
            known = found.get(site)
            if known is None:
                found[site] = values
            elif site.scope is None and site.thing is not None:
                # Two things may each give one of the two, so that only one can be kept.
                found[site] = min(known, values, key=len)
            else:
                found[site] = known & values
    return found


def _either(parts: Iterable[Need]) -> Need:
    found: dict[Site, frozenset[str]] | None = None
    for need in parts:
        if need is None:
            continue
        if found is None:
            found = dict(need)
        else:
            found = {site: values | need[site] for site, values in found.items() if site in need}
    return found


def _of_some(need: Need, scope: str) -> Need:
    """The need of a condition on some thing, when that thing is no longer in sight."""
    if need is None:
        return None
    return _both({_unbound(site) if site.scope == scope else site: values} for site, values in need.items())


def _of_conclusion(need: Need, conclude: Conclude) -> Need:
    """A rule's need as that of what it draws, whose own thing is bound as `_SELF`."""
    if need is None:
        return None
    return _both({_seen_from(site, conclude.scope): values} for site, values in need.items())


def _seen_from(site: Site, scope: str | None) -> Site:
    if site.scope is None:
        return site
    return site._replace(scope=_SELF) if site.scope == scope else _unbound(site)


def _unbound(site: Site) -> Site:
    return site._replace(scope=None)
