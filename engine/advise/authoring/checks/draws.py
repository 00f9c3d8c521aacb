"""Rules that draw one conclusion, side by side: which can't meet, which may, and a person who shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from advise.authoring.logic import Logic, Names
from advise.authoring.logic.literals import Branch, Key, Literal
from advise.authoring.logic.sets import Allowed, Numbers
from advise.conditions import Of, Ref
from advise.errors import Place
from advise.plan import Key as Conclusion
from advise.plan import refs
from advise.rules import Conclude, Rule, Rulebook

if TYPE_CHECKING:
    from advise.authoring.checks.subject import Subject
    from advise.case import Case
    from advise.evaluate import Evaluation

MOST_PAIRS = 3000
"""Pairs of rules that are compared for one conclusion."""
_SEARCHES, _OF_ONE, _TRIES = 40, 4, 200
"""How many people are looked for in all and for one conclusion, and how many are tried each time."""


@dataclass(frozen=True)
class Draw:
    """A rule that draws a value, with what its condition allows each number and so on to be."""

    rule: Rule
    conclude: Conclude
    branches: tuple[Branch, ...] | None

    @property
    def place(self) -> Place:
        """Where the rule stands."""
        return self.rule.place

    @property
    def literals(self) -> Branch | None:
        """Its literals, if they must all hold."""
        return self.branches[0] if self.branches is not None and len(self.branches) == 1 else None


@dataclass(frozen=True)
class Pair:
    """Two rules that may draw different values of one conclusion, the one that stands later last. `ranges` is what
    they have in common of the one number that alone tells them apart."""

    first: Draw
    last: Draw
    shared: Numbers | None
    about: Literal | None


def draws(subject: Subject) -> Mapping[Conclusion, tuple[Draw, ...]]:
    """The rules that draw each conclusion and can fire, in the order of their places."""
    live, logic = subject.reasoned.live.rules, subject.reasoned.chained
    found: dict[Conclusion, list[Draw]] = {}
    for rule in sorted(subject.book.rules, key=lambda each: each.place):
        if rule.id in live and rule.conclude:
            env, day = Names.of(rule).env, logic.eras([rule.condition])[0]
            branches = logic.branches(rule.condition, env, day)
            for each in rule.conclude:
                found.setdefault((each.thing, each.path), []).append(Draw(rule, each, branches))
    return {key: tuple(each) for key, each in found.items()}


def pairs(subject: Subject) -> Iterator[tuple[Conclusion, Pair]]:
    """The pairs of rules that aren't proved to be about different people or things."""
    logic = subject.reasoned.chained
    for key, drawn in draws(subject).items():
        if len({each.conclude.value for each in drawn}) < 2:
            continue
        quick = [_by_key(each, logic) for each in drawn]
        looked_at = 0
        for i, last in enumerate(drawn):
            for j, first in enumerate(drawn[:i]):
                if first.conclude.value == last.conclude.value or _override(first.rule, last.rule):
                    continue
                looked_at += 1
                if looked_at > MOST_PAIRS:
                    break
                if not _clash(quick[i], quick[j], first, last) and not _apart(logic, first, last):
                    yield key, Pair(first, last, *_told_apart(first, last, logic))


def _override(one: Rule, other: Rule) -> bool:
    return other.id in one.overrides or one.id in other.overrides


def _by_key(draw: Draw, logic: Logic) -> Mapping[Key, Allowed] | None:
    """What a rule allows the facts of the person and of the thing that it concludes about to be."""
    if draw.literals is None:
        return None
    found: dict[Key, Allowed] = {}
    for each in draw.literals:
        if isinstance(each.left, Ref) and each.right is None and each.left.scope in (None, draw.conclude.scope):
            known = found.get(each.key)
            found[each.key] = each.allowed.meet(logic.domains.of(each) if known is None else known)
    return found


def _clash(one: Mapping[Key, Allowed] | None, other: Mapping[Key, Allowed] | None, first: Draw, last: Draw) -> bool:
    """A quick look for a fact that both rules test, and not for the same values."""
    if one is None or other is None or first.conclude.scope != last.conclude.scope:
        return False
    if len(one) > len(other):
        one, other = other, one
    return any(key in other and allowed.meet(other[key]).is_empty for key, allowed in one.items())


def _apart(logic: Logic, first: Draw, last: Draw) -> bool:
    scope = last.conclude.scope
    same = {} if scope is None or first.conclude.scope is None else {scope: first.conclude.scope}
    names = Names.of(last.rule, "2 ", same)
    return logic.never((first.rule.condition, Names.of(first.rule)), (last.rule.condition, names))


def _told_apart(first: Draw, last: Draw, logic: Logic) -> tuple[Numbers | None, Literal | None]:
    """The numbers that two rules have in common, where they differ in the range of one number only."""
    one, other = ranged(first, logic), ranged(last, logic)
    for key in one:
        if key in other and one[key][1] == other[key][1]:
            ours, theirs = one[key][0], other[key][0]
            met = ours.allowed.meet(theirs.allowed).values
            if ours.allowed != theirs.allowed and isinstance(met, Numbers):
                return met, ours
    return None, None


def ranged(draw: Draw, logic: Logic) -> Mapping[Key, tuple[Literal, frozenset[tuple[Key, Allowed]]]]:
    """The numbers and days that a rule tests, each with what it allows it to be and with all that it tests besides."""
    literals = draw.literals
    if literals is None:
        return {}
    found = {}
    for key in dict.fromkeys(each.key for each in literals if isinstance(each.allowed.values, Numbers)):
        own = [each for each in literals if each.key == key]
        met = logic.domains.of(own[0])
        for each in own:
            met = met.meet(each.allowed)
        rest = frozenset((each.key, each.allowed) for each in literals if each.key != key)
        found[key] = Literal(key, met, own[0].left), rest
    return found


# ------------------------------------------------------------------------------------------- witnesses


def shown(subject: Subject) -> Iterator[tuple[Pair, Mapping[str, Any]]]:
    """The pairs for which a person is found about whom both rules conclude, with that person's facts."""
    searches = 0
    of_one: dict[Conclusion, int] = {}
    for key, pair in pairs(subject):
        if searches == _SEARCHES or of_one.get(key, 0) == _OF_ONE:
            continue
        searches += 1
        of_one[key] = of_one.get(key, 0) + 1
        facts = _person(subject, pair)
        if facts is not None:
            yield pair, facts


def _person(subject: Subject, pair: Pair) -> Mapping[str, Any] | None:
    """A person for whom both rules certainly hold, about the same thing, and neither is overridden."""
    from advise.authoring.witness.witnesses import Witnesses
    from advise.knowledge_base import KnowledgeBase

    book = _needed(subject, pair.first.rule, pair.last.rule)
    base = KnowledgeBase(book, subject.folder)
    rules = {rule.id: rule for rule in book.rules}
    wanted = [(base.plan.index[each.rule.id], _position(each)) for each in (pair.first, pair.last)]

    def accept(_: Case, evaluation: Evaluation) -> bool:
        about = [
            {None if at is None else things[at] for rule, things in evaluation.certain if rule == index}
            for index, at in wanted
        ]
        return bool(about[0] & about[1])

    examples = [each for each in subject.examples if each.rule in rules]
    search = Witnesses(base, examples).search
    return search([rules[pair.first.rule.id], rules[pair.last.rule.id]], accept, _TRIES)


def _position(draw: Draw) -> int | None:
    """Which of the things that a rule binds it concludes about."""
    names = [scope.name for scope in draw.rule.each]
    return None if draw.conclude.scope is None else names.index(draw.conclude.scope)


def _needed(subject: Subject, *rules: Rule) -> Rulebook:
    """The knowledge base with the rules that have a bearing on these, and no others: people are looked for faster."""
    plan, every = subject.reasoned.relations.plan, subject.book.rules
    kept: set[int] = set()
    ahead = [plan.index[rule.id] for rule in rules]
    while ahead:
        index = ahead.pop()
        if index in kept:
            continue
        kept.add(index)
        ahead += plan.overriders.get(index, ())
        for key in {ref.key for ref in refs(every[index].condition) if ref.of is Of.CONCLUSION}:
            ahead += plan.writers.get(key, ())
    ids = {every[index].id for index in kept}
    found = [each for index, each in enumerate(every) if index in kept]
    alone = [replace(each, hold=None, overrides=tuple(o for o in each.overrides if o in ids)) for each in found]
    return replace(subject.book, rules=tuple(alone))
