"""The order in which a generated evaluator tries rules, and which of them it finds by looking a value up.

Rules in one layer don't depend on one another, so that they may be tried in any order: in one loop over the
things that they all bind, or only if a fact has the value that they need.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from advise.conditions import Constant, Of, Quantified, Ref, Test
from advise.evaluate.needs import Need, Site, has_to_be_drawn, needs
from advise.plan import Plan, flat, loops
from advise.rules import Rule

FEWEST = 8
"""An index for fewer rules than this isn't worth its look-up."""
FEWEST_OF_SOME = 24
"""The same if a list has to be looked through for the values."""
FEWEST_GUARDED = 3
"""So many rules are worth asking once whether they can be skipped."""
MOST_VALUES = 30
"""A rule that needs one of more values than this isn't worth finding by them."""
MOST_LOOPS = 8
"""Rules that look through more lists within one another aren't put below an index: code can only be nested so deep."""


@dataclass(frozen=True, slots=True)
class Index:
    """Rules found by the value at a site: groups of values and the rules that need one of them."""

    site: Site
    groups: tuple[tuple[tuple[str, ...], tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Guarded:
    """Rules that are possible only if a conclusion has been drawn so that a test may hold, or a list has things."""

    guard: Test | str
    rules: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """What can be tried once the layers before are through, in any order."""

    components: tuple[tuple[int, ...], ...]
    guarded: tuple[Guarded, ...]
    indexes: tuple[Index, ...]


Choices = Mapping[tuple[str | None, str], int]
"""For each fact that rules need values of: how many different values it may be expected to have."""
Wanted = Mapping[int, Mapping[Site, frozenset[str]]]
"""For each rule the sites that it may be found at, and the values that it needs there."""


def schedule(plan: Plan, eager: bool = False) -> tuple[Layer, ...]:
    """The layers of a plan, without the rules that are never possible.

    `eager`: whatever can be found by an index is, also where that doesn't pay.
    """
    every = needs(plan)
    choices = _choices(plan, every)
    found = []
    for components in _layers(plan):
        live = [each for each in components if plan.recursive(each) or every[each[0]] is not None]
        alone = [each[0] for each in live if not plan.recursive(each)]
        indexes = _indexes({rule: _sites(plan.rulebook.rules[rule], every[rule]) for rule in alone}, choices, eager)
        indexed = {rule for index in indexes for _, rules in index.groups for rule in rules}
        guarded = _guarded(plan, [rule for rule in alone if rule not in indexed])
        elsewhere = indexed | {rule for group in guarded for rule in group.rules}
        found.append(Layer(tuple(each for each in live if each[0] not in elsewhere), guarded, indexes))
    return tuple(found)


def _guarded(plan: Plan, rules: Sequence[int]) -> tuple[Guarded, ...]:
    """The rules that share what they can't do without, if that is to be had for one look."""
    groups: dict[object, tuple[Test | str, list[int]]] = {}
    for rule in rules:
        guard = _guard(plan.rulebook.rules[rule])
        if guard is not None:
            key = guard if isinstance(guard, str) else (guard.left, guard.operator, guard.right)
            groups.setdefault(key, (guard, []))[1].append(rule)
    return tuple(Guarded(guard, tuple(found)) for guard, found in groups.values() if len(found) >= FEWEST_GUARDED)


def _guard(rule: Rule) -> Test | str | None:
    parts = flat(rule.condition)
    for part in parts:
        if isinstance(part, Test) and isinstance(part.left, Ref) and isinstance(part.right, Constant):
            is_persons = part.left.of is Of.CONCLUSION and part.left.scope is None
            if is_persons and has_to_be_drawn(part.left, part.operator, part.right):
                return part
    some = (part.scope for part in parts if isinstance(part, Quantified) and part.quantifier == "some")
    return next((scope.thing for scope in (*rule.each, *some) if not scope.is_table), None)


def _layers(plan: Plan) -> list[list[tuple[int, ...]]]:
    """The components, each in the layer after the last of those that it depends on."""
    place: dict[int, int] = {}
    found: list[list[tuple[int, ...]]] = []
    for component in plan.components:
        layer = max((place[need] + 1 for rule in component for need in plan.edges[rule] if need in place), default=0)
        place.update(dict.fromkeys(component, layer))
        if layer == len(found):
            found.append([])
        found[layer].append(component)
    return found


def _choices(plan: Plan, every: Sequence[Need]) -> Choices:
    asked: dict[tuple[str | None, str], set[str]] = {}
    for need in every:
        for site, values in (need or {}).items():
            asked.setdefault((site.thing, site.path), set()).update(values)
    facts = plan.rulebook.facts
    return {key: len(facts[key].type.choices) or len(values) + 1 for key, values in asked.items()}


def _sites(rule: Rule, need: Need) -> Mapping[Site, frozenset[str]]:
    """Where a rule may be found: what it binds first is called after its thing, what it binds later is some thing."""
    found: dict[Site, frozenset[str]] = {}
    if len(rule.each) + loops(rule.condition) > MOST_LOOPS:
        return found
    for site, values in (need or {}).items():
        if site.scope is not None:
            is_first = site.scope == rule.each[0].name
            site = site._replace(scope=site.thing if is_first else None)
        if len(values) <= MOST_VALUES and (site not in found or len(values) < len(found[site])):
            found[site] = values
    return found


def _indexes(wanted: Wanted, choices: Choices, eager: bool) -> tuple[Index, ...]:
    """The indexes that pay, each rule in at most one: the one where it's found the least often."""
    often = Counter(site for sites in wanted.values() for site in sites)
    chosen: dict[Site, dict[frozenset[str], list[int]]] = {}
    for rule, sites in wanted.items():
        usable = [site for site in sites if eager or often[site] >= FEWEST]
        if usable:
            best = min(usable, key=lambda site: (len(sites[site]) / choices[site.thing, site.path], _order(site)))
            chosen.setdefault(best, {}).setdefault(sites[best], []).append(rule)
    return tuple(
        Index(site, tuple((tuple(sorted(values)), tuple(rules)) for values, rules in groups.items()))
        for site, groups in sorted(chosen.items(), key=lambda each: _order(each[0]))
        if eager or _pays(site, groups, choices[site.thing, site.path])
    )


def _pays(site: Site, groups: Mapping[frozenset[str], list[int]], choices: int) -> bool:
    """Trying a rule in vain costs about a third of a look-up, or of finding a group."""
    rules, found = sum(map(len, groups.values())), sum(map(len, groups)) / choices
    looks_through_list = site.thing is not None and site.scope is None
    return rules >= (FEWEST_OF_SOME if looks_through_list else FEWEST) and rules > 3 + 3 * found


def _order(site: Site) -> tuple[str, str, str]:
    return site.thing or "", site.scope or "", site.path
