"""What a knowledge base's parts use: which rule reads which fact, parameter, table, source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal as OneOf

from advise.conditions import Aggregate, Condition, Lookup, Of, Operand, Parameter, Ref, Scope
from advise.plan import operands, operands_in, scopes
from advise.rules import Rule, Rulebook, Words, written_table

Sort = OneOf["rule", "conclusion", "fact", "list", "computed", "parameter", "table", "topic", "source", "example"]

_OF: Mapping[Of, Sort] = {Of.FACT: "fact", Of.COMPUTED: "computed", Of.CONCLUSION: "conclusion", Of.COLUMN: "table"}


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """Something that has a name in a knowledge base: `job.title`, `settle_in`. A list has the name of its thing."""

    sort: Sort
    name: str


def rule_uses(book: Rulebook, rule: Rule) -> Iterator[Name]:
    """What a rule's conditions, effects and texts speak of; a name may come more than once."""
    yield Name("topic", rule.topic)
    for key in rule.source:
        yield Name("source", key)
    for scope in rule.each:
        yield _scope(scope)
    yield from _condition(rule.condition)
    for conclude in rule.conclude:
        yield Name("conclusion", book.conclusions[conclude.thing, conclude.path].name)
    if rule.ask is not None:
        fact = book.facts.get((rule.ask.thing, rule.ask.path))
        yield Name("list", rule.ask.thing or "") if fact is None else Name("fact", fact.name)
    for words in rule.texts.values():
        yield from _words(words)


def uses(book: Rulebook) -> Mapping[Name, frozenset[Name]]:
    """For everything that uses something else, what it uses itself: rules, computed facts, conclusions (in what they
    report), derived things, tables (their source) and parameters (theirs)."""
    found = {Name("rule", rule.id): frozenset(rule_uses(book, rule)) for rule in book.rules}
    for computed in book.computed.values():
        found[Name("computed", computed.name)] = frozenset(_read(operands_in(computed.value)))
    for conclusion in book.conclusions.values():
        texts = (*conclusion.values.values(), *((conclusion.report,) if conclusion.report else ()))
        found[Name("conclusion", conclusion.name)] = frozenset(use for words in texts for use in _words(words))
    for derived in book.derived.values():
        lists = {Name("list", thing) for thing in derived.among}
        keys = {Name("fact", f"{thing}.{derived.key}") for thing in derived.among}
        found[Name("list", derived.thing)] = frozenset(lists | keys) - {Name("list", derived.thing)}
    for table in book.tables.values():
        found[Name("table", written_table(table.name))] = frozenset(Name("source", key) for key in table.source)
    for setting in book.settings.values():
        found[Name("parameter", setting.name)] = frozenset(Name("source", key) for key in setting.source)
    return found


def users(used: Mapping[Name, Iterable[Name]]) -> Mapping[Name, tuple[Name, ...]]:
    """The other way round: for everything that is used, what uses it, sorted."""
    found: dict[Name, set[Name]] = {}
    for user, names in used.items():
        for name in names:
            found.setdefault(name, set()).add(user)
    return {name: tuple(sorted(by)) for name, by in found.items()}


def _condition(condition: Condition) -> Iterator[Name]:
    for scope in scopes(condition):
        yield _scope(scope)
    yield from _read(operands(condition))


def _read(read: Iterable[Operand]) -> Iterator[Name]:
    for operand in read:
        match operand:
            case Ref():
                yield _ref(operand)
            case Parameter():
                yield Name("parameter", operand.name)
            case Lookup():
                yield Name("table", written_table(operand.table))
            case Aggregate():
                yield _scope(operand.scope)
                yield from map(_scope, scopes(operand.where))


def _words(words: Words) -> Iterator[Name]:
    for parts in words.parts.values():
        for part in parts:
            if isinstance(part, Ref):
                yield _ref(part)
            elif isinstance(part, Parameter):
                yield Name("parameter", part.name)


def _ref(ref: Ref) -> Name:
    if ref.of is Of.COLUMN:
        return Name("table", written_table(ref.thing or ""))
    return Name(_OF[ref.of], f"{ref.thing}.{ref.path}" if ref.thing else ref.path)


def _scope(scope: Scope) -> Name:
    return Name("table", written_table(scope.thing)) if scope.is_table else Name("list", scope.thing)
