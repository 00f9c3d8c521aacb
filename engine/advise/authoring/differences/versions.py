"""A version of a knowledge base under the names that are used now: what its rules read, and how it meets a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import cached_property
from typing import Any

from advise.authoring.differences.advice import Told
from advise.authoring.differences.contents import Key, Names, Sort, content
from advise.case import Case
from advise.conditions import Lookup, Of, Parameter, Ref, Scope
from advise.errors import Place
from advise.evaluate import Evaluation, Firing
from advise.evaluate.reference import World
from advise.knowledge_base import KnowledgeBase
from advise.loading.names import dotted
from advise.places import Places
from advise.rules import Ask, Conclude, Rule, Words, written_table

OPEN, CERTAIN = 1, 2
Things = tuple[tuple[str, Any], ...]
"""What a firing binds: names with the pointers of things or the rows of tables, so that versions can be compared."""


class Version:
    """One version. `names` say how what it declares is called now."""

    def __init__(self, base: KnowledgeBase, names: Names) -> None:
        self.base = base
        self.book = base.rulebook
        self.names = names
        self.ids = tuple(names.now(Sort.RULE, rule.id) for rule in self.book.rules)
        self._computed: dict[tuple[str | None, str], frozenset[Key]] = {}

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """The rules by the ids that they have now."""
        return dict(zip(self.ids, self.book.rules, strict=True))

    @cached_property
    def reads(self) -> Mapping[str, frozenset[Key]]:
        """What each rule names, in its condition, its texts and its effects, through computed facts as well."""
        return {name: self.read_by(rule) for name, rule in self.rules.items()}

    @cached_property
    def needs(self) -> Mapping[str, frozenset[str]]:
        """The rules that each rule depends on: those that draw what it tests, and those that override it."""
        return {name: frozenset(self.ids[i] for i in edges) for name, edges in zip(self.ids, self._edges, strict=True)}

    @property
    def _edges(self) -> tuple[Mapping[int, bool], ...]:
        return self.base.plan.edges

    @cached_property
    def holders(self) -> Mapping[str, frozenset[str]]:
        """Advice -> the rules that hold it."""
        found: dict[str, set[str]] = {}
        for name, rule in self.rules.items():
            for advice in () if rule.hold is None else rule.hold.advice:
                found.setdefault(self.names.now(Sort.RULE, advice), set()).add(name)
        return {advice: frozenset(rules) for advice, rules in found.items()}

    @cached_property
    def referring(self) -> frozenset[str]:
        """The rules that refer."""
        return frozenset(name for name, rule in self.rules.items() if rule.refer is not None)

    def read_by(self, value: object) -> frozenset[Key]:
        """What a rule, or a part of one, names."""
        return frozenset(key for part in _parts(value) for key in self._keys(part))

    def _keys(self, part: object) -> Iterator[Key]:
        match part:
            case Ref(of=Of.FACT):
                yield Sort.FACT, dotted(part.key)
            case Ref(of=Of.COMPUTED):
                yield from self._of_computed(part.key)
            case Ref(of=Of.CONCLUSION):
                yield self._conclusion(*part.key)
            case Parameter():
                yield Sort.PARAMETER, self.names.now(Sort.PARAMETER, part.name)
            case Lookup():
                yield self._table(part.table)
            case Scope(is_table=True):
                yield self._table(part.thing)
            case Scope():
                derived = self.book.derived.get(part.thing)
                yield from ((Sort.LIST, thing) for thing in (part.thing, *(derived.among if derived else ())))
                yield Sort.DERIVED, part.thing
            case Conclude():
                yield self._conclusion(part.thing, part.path)
            case Ask():
                yield (Sort.FACT, dotted((part.thing, part.path))) if part.path else (Sort.LIST, part.thing or "")

    def _table(self, name: str) -> Key:
        return Sort.TABLE, self.names.now(Sort.TABLE, written_table(name))

    def _conclusion(self, thing: str | None, path: str) -> Key:
        return Sort.CONCLUSION, self.names.now(Sort.CONCLUSION, dotted((thing, path)))

    def _of_computed(self, key: tuple[str | None, str]) -> frozenset[Key]:
        if key not in self._computed:
            own = Sort.COMPUTED, self.names.now(Sort.COMPUTED, dotted(key))
            self._computed[key] = frozenset({own})  # for one that reads itself in a circle
            self._computed[key] = self.read_by(self.book.computed[key].value) | {own}
        return self._computed[key]

    def texts(self, language: str) -> Any:
        """All that is said in a language, to compare with another version."""
        book = self.book
        words = (part for part in _parts((book.rules, book.conclusions)) if isinstance(part, Words))
        said = [content(each.parts.get(language), self.names) for each in words]
        asked = ((each.question, each.unnamed) for each in book.facts.values())
        texts = [text for each in asked for text in each] + [each.question for each in book.lists.values()]
        return sorted(map(repr, said)), sorted(map(repr, ((text or {}).get(language) for text in texts)))

    def meet(self, facts: Mapping[str, Any], as_of: date) -> Met:
        """This version and one person. Raises FactsError when it can't take their facts."""
        case = self.base.case(facts, as_of)
        return Met(self, case, self.base.evaluate(case))


def _parts(value: object) -> Iterator[object]:
    """A value and everything in it."""
    if isinstance(value, tuple):
        for each in value:
            yield from _parts(each)
    elif isinstance(value, Mapping):
        yield from _parts(tuple(value.values()))
    elif is_dataclass(value) and not isinstance(value, Place):
        yield value
        for field in fields(value):
            yield from _parts(getattr(value, field.name))


@dataclass(frozen=True)
class Met:
    """A version and one person: their case and which rules hold."""

    version: Version
    case: Case
    evaluation: Evaluation

    def told(self, left_out: frozenset[str] = frozenset(), language: str | None = None) -> Told:
        """The outcome, without proofs, in a language (None: the first). `left_out` are rules whose advice, while
        it's open, is known to be the same in the other version."""
        without = frozenset(index for index, name in enumerate(self.version.ids) if name in left_out)
        spoken = language or self.version.book.languages[0]
        return Told(self.version.base.plan, self.case, self.evaluation, spoken, without)

    @cached_property
    def world(self) -> World:
        """What conditions see."""
        return World(self.version.base.plan, self.case, self.evaluation)

    @cached_property
    def places(self) -> Places:
        """Where facts stand."""
        return Places(self.version.book, self.case)

    @cached_property
    def fired(self) -> Mapping[str, Mapping[Things, int]]:
        """Rule -> what it holds for, and whether that's certain or open."""
        found: dict[str, dict[Things, int]] = {}
        for firings, level in ((self.evaluation.open, OPEN), (self.evaluation.certain, CERTAIN)):
            for firing in firings:
                found.setdefault(self.version.ids[firing[0]], {})[self._things(firing)] = level
        return found

    def _things(self, firing: Firing) -> Things:
        rule = self.version.book.rules[firing[0]]
        bound = zip(rule.each, firing[1], strict=True)
        return tuple(sorted(((scope.name, self._thing(scope, index)) for scope, index in bound), key=repr))

    def _thing(self, scope: Scope, index: int) -> Any:
        if scope.is_table:
            return self.version.book.tables[scope.thing].rows[index]
        pointers = self.case.things[scope.thing].pointers
        return pointers[index] if index < len(pointers) else None

    def bound(self, rule: Rule, things: Things) -> dict[str, int] | None:
        """What a rule's names stand for, if this version has those things."""
        named, env = dict(things), {}
        if set(named) != {scope.name for scope in rule.each}:
            return None
        for scope in rule.each:
            there: tuple[Any, ...] = (
                self.version.book.tables[scope.thing].rows
                if scope.is_table
                else (*self.case.things[scope.thing].pointers, None)
            )
            if named[scope.name] not in there:
                return None
            env[scope.name] = there.index(named[scope.name])
        return env
