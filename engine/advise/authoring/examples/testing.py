"""Runs the examples of a knowledge base, and after an edit only those that the edit may have changed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from advise.cases import Difference, compared
from advise.conditions import Aggregate, Lookup, Of, Operand, Parameter, Ref
from advise.errors import FactsError, Finding
from advise.evaluate import Evaluation
from advise.evaluate.compiled import names_of
from advise.evaluate.generate import Generator
from advise.evaluate.reference import Bound, World
from advise.knowledge_base import KnowledgeBase
from advise.loading.folder import Kept
from advise.loading.reader import read
from advise.outcome import outcome
from advise.places import Places
from advise.plan import Plan, operands, operands_in, scopes
from advise.questions import Reading
from advise.rules import Example, Rule, Rulebook

_T = TypeVar("_T")

Fired = frozenset[tuple[str, tuple[int, ...], bool]]
"""The firings of an evaluation: rule, the things that it binds, whether it's certain."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of an example. `problems` say why its facts can't be used. `again`: it was run just now, not kept
    from before an edit that couldn't have changed it."""

    example: Example
    differences: tuple[Difference, ...] = ()
    problems: tuple[str, ...] = ()
    seconds: float = 0.0
    fired: Fired = frozenset()
    again: bool = True

    @property
    def differs(self) -> bool:
        """Whether anything came out otherwise."""
        return bool(self.differences or self.problems)


@dataclass(frozen=True)
class Suite:
    """A knowledge base as it stood when it was read. `base` is None while there are findings.

    `kept`, `source` and `names` save the work of reading and compiling again what hasn't changed.
    """

    folder: Path
    base: KnowledgeBase | None
    findings: tuple[Finding, ...]
    examples: tuple[Example, ...] = field(repr=False)
    kept: Kept = field(repr=False)
    source: str = field(default="", repr=False)
    names: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def ready(self) -> KnowledgeBase:
        """The knowledge base; only for a suite without findings."""
        assert self.base is not None
        return self.base


def open_suite(folder: Path, before: Suite | None = None, instead: Mapping[str, bytes] | None = None) -> Suite:
    """The examples of the knowledge base in `folder`, as its files stand.

    `before` is the same knowledge base at an earlier time, `instead` has contents to take in place of files' own.
    """
    kept: Kept = {} if before is None else before.kept
    book, findings, examples = read(folder, instead, kept)
    if book is None:
        same = Suite(folder, None, findings, examples, kept)
        return same if before is None else replace(same, source=before.source, names=before.names)
    source = Generator(Plan(book)).source()
    is_same = before is not None and before.source == source
    names = before.names if before is not None and is_same else names_of(source, book.name)
    return Suite(folder, KnowledgeBase(book, folder, names), (), examples, kept, source, names)


def run(base: KnowledgeBase, example: Example) -> Verdict:
    """What comes of one example."""
    begun = time.perf_counter()
    try:
        case = base.case(example.facts, example.as_of)
    except FactsError as error:
        return Verdict(example, (), tuple(map(str, error.problems)), time.perf_counter() - begun)
    evaluation = base.evaluate(case)
    found = tuple(compared(outcome(base.plan, case, evaluation), example))
    return Verdict(example, found, (), time.perf_counter() - begun, _fired(base.rulebook, evaluation))


def run_all(base: KnowledgeBase, examples: Iterable[Example]) -> Iterator[Verdict]:
    """What comes of each example, one by one."""
    return (run(base, example) for example in examples)


def _fired(book: Rulebook, evaluation: Evaluation) -> Fired:
    sure = ((firing, True) for firing in evaluation.certain)
    maybe = ((firing, False) for firing in evaluation.open)
    return frozenset((book.rules[rule].id, things, certain) for (rule, things), certain in (*sure, *maybe))


# ---------------------------------------------------------------------------------------- after an edit


def run_again(
    suite: Suite, examples: Iterable[Example], before: Suite, results: Iterable[Verdict]
) -> Iterator[Verdict]:
    """What comes of each example, given the `results` in the suite as it was `before`.

    What came out is a matter of the rules that fire and of their effects; of their conditions only where questions
    are expected. So an example for which the same rules fire, with the same effects, comes out as before.
    """
    known = {_key(each.example): each for each in results}
    edit = _Edit.between(before, suite)
    for example in examples:
        last = known.get(_key(example))
        if last is None or last.differs or last.example != example or edit.changes(suite.ready, last):
            yield run(suite.ready, example)
        else:
            yield replace(last, example=example, again=False)


def _key(example: Example) -> tuple[str, str, str | None, str]:
    return example.place.file, example.kind, example.rule, example.name


@dataclass(frozen=True, slots=True)
class _Edit:
    """What an edit has changed: `everything`, or the `effects`, the `order` and the `conditions` of some rules.

    Conditions change too with the parameters, tables and computed facts that they read.
    """

    before: KnowledgeBase | None = None
    everything: bool = False
    effects: frozenset[str] = frozenset()
    order: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()

    @classmethod
    def between(cls, before: Suite, after: Suite) -> _Edit:
        if before.base is None:
            return cls(everything=True)
        old, new = before.base.rulebook, after.ready.rulebook
        if _frame(old) != _frame(new):
            return cls(everything=True)
        was, now = ({rule.id: rule for rule in book.rules} for book in (old, new))
        both = was.keys() & now.keys()
        ranked = (old.first_steps, tuple(old.priorities)) != (new.first_steps, tuple(new.priorities))
        return cls(
            before.base,
            effects=frozenset(
                (was.keys() ^ now.keys()) | {id for id in both if _effects(was[id]) != _effects(now[id])}
            ),
            order=frozenset(id for id in both if ranked or _order(was[id]) != _order(now[id])),
            conditions=frozenset(id for id in both if was[id].condition != now[id].condition) | _reading(old, new),
        )

    def changes(self, base: KnowledgeBase, last: Verdict) -> bool:
        """Whether what came of an example may be something else now."""
        if self.everything:
            return True
        if not (self.effects or self.order or self.conditions):
            return False
        example = last.example
        fired = _fired(base.rulebook, base.evaluate(base.case(example.facts, example.as_of)))
        rules = frozenset(rule for rule, _, _ in fired)
        if fired != last.fired or rules & self.effects:
            return True
        if rules & self.order and (example.exact or not _ORDERED.isdisjoint(example.expect)):
            return True
        if _ASKED.isdisjoint(example.expect):
            return False
        return self._asks_otherwise(base, example, rules & self.conditions)

    def _asks_otherwise(self, base: KnowledgeBase, example: Example, rules: frozenset[str]) -> bool:
        """Whether rules that are open lack other facts than before."""
        return bool(rules) and (
            self.before is None or _lacks(self.before, example, rules) != _lacks(base, example, rules)
        )


_ASKED = frozenset({"asks", "not asks"})
_ORDERED = frozenset({"first", "later", "notes"})


def _lacks(base: KnowledgeBase, example: Example, rules: frozenset[str]) -> frozenset[Any]:
    """What the open firings of some rules lack, each by itself."""
    case = base.case(example.facts, example.as_of)
    evaluation = base.evaluate(case)
    world = World(base.plan, case, evaluation)
    reading = Reading(base.plan, evaluation, world, Places(base.rulebook, case))
    found = set()
    for index, things in evaluation.open:
        rule = base.rulebook.rules[index]
        if rule.id in rules:
            facts, ahead = reading.alone((index, things))
            # Where only an overrider keeps a rule open, it matters what may hold its advice.
            certain = world.holds(rule.condition, world.environment(rule, things), Bound.CERTAIN)
            found.add((rule.id, things, certain, facts, frozenset((base.rulebook.rules[r].id, t) for r, t in ahead)))
    return frozenset(found)


def _reading(old: Rulebook, new: Rulebook) -> frozenset[str]:
    """The rules whose conditions read parameters, tables or computed facts that aren't as they were."""
    settings = _changed(old.settings, new.settings)
    tables = _changed(old.tables, new.tables)
    computed = _changed(old.computed, new.computed)
    if not (settings or tables or computed):
        return frozenset()

    def changed(operand: Operand) -> bool:
        match operand:
            case Parameter():
                return operand.name in settings
            case Lookup():
                return operand.table in tables
            case Ref(of=Of.COLUMN):
                return operand.thing in tables
            case Ref(of=Of.COMPUTED):
                return operand.key in computed or any(map(changed, operands_in(new.computed[operand.key].value)))
            case Aggregate():
                return any(scope.thing in tables for scope in (operand.scope, *scopes(operand.where)))
        return False

    return frozenset(
        rule.id
        for rule in new.rules
        if any(scope.thing in tables for scope in (*rule.each, *scopes(rule.condition)))
        or any(map(changed, operands(rule.condition)))
    )


def _changed(was: Mapping[_T, object], now: Mapping[_T, object]) -> set[_T]:
    return {key for key in was.keys() | now.keys() if was.get(key) != now.get(key)}


def _frame(book: Rulebook) -> Any:
    """What every outcome depends on."""
    types = {key: conclusion.type for key, conclusion in book.conclusions.items()}
    return book.facts, book.lists, book.derived, types, book.protected


def _effects(rule: Rule) -> Any:
    """What of a rule's effects an example can see: not the texts."""
    hold = None if rule.hold is None else (rule.hold.advice, rule.hold.instead)
    asks = None if rule.ask is None else (rule.ask.thing, rule.ask.path)
    return rule.each, rule.conclude, rule.advise is None, hold, asks, rule.refer is None, rule.overrides


def _order(rule: Rule) -> Any:
    """Where a rule's advice stands among other advice."""
    return None if rule.advise is None else (rule.advise.priority, rule.advise.effort, rule.advise.kind)
