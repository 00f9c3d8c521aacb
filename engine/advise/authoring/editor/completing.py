"""What may be written at the cursor: names, values, operators, parameters, rules; for editors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from advise.authoring.editor.cursor import Cursor, cursor
from advise.operators import OPERATORS
from advise.rules import Rulebook
from advise.types import Kind, Type
from advise.words import plain

Sort = Literal["fact", "computed", "conclusion", "column", "parameter", "rule", "value", "operator", "word"]

_HEAD = re.compile(r"(each|some|every|no|count|sum|highest|lowest|earliest|latest)\s+(other\s+)?([a-z]\w*)")
_INSIDE = ("when", "where", "all", "any", "not")
_BINDS = re.compile(r"\beach\s+((?:other\s+)?[a-z]\w*)\s*:")
_RULE = re.compile(r"^\s*- +id:", re.MULTILINE)
_RULES = frozenset(
    {"overrides", "advice", "except", "instead", "given", "not given", "first", "later", "notes", "not now", "open",
     "not open", "refers", "fires", "not fires"}
)  # fmt: skip
_CONCLUSIONS = frozenset({"not concluded", "conflicts"})
_QUANTIFIERS = ("some", "every", "no", "count")


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that may be written in place of the characters from `start` up to the cursor, and what it means."""

    text: str
    means: str
    sort: Sort
    start: int


def offers(book: Rulebook, text: str, offset: int) -> list[Offer]:
    """What may be written in a rule file after so many characters, in the order of its alphabet."""
    at = cursor(text, offset)
    found = dict[str, tuple[str, Sort]]()
    for name, means, sort in _Names(book, text, offset).here(at):
        found.setdefault(name, (means, sort))
    return [Offer(name, means, sort, at.start) for name, (means, sort) in found.items() if name != at.word]


Named = tuple[str, str, Sort]


class _Names:
    def __init__(self, book: Rulebook, text: str, offset: int) -> None:
        self.book = book
        self.bound = _bound(text, offset)

    def here(self, at: Cursor) -> Iterator[Named]:
        if at.in_text:
            yield from self._placeholders()
            return
        if at.word.startswith("$"):
            yield from self._parameters()
            return
        last = at.path[-1] if at.path else ""
        before = at.path[-2] if len(at.path) > 1 else ""
        if last in _RULES:
            yield from ((rule.id, rule.title, "rule") for rule in self.book.rules)
        elif last in _CONCLUSIONS or (last == "conclusions" and "expect" in at.path) or last == "conclude":
            yield from ((each.name, each.means, "conclusion") for each in self.book.conclusions.values())
        elif before == "conclude" or before == "conclusions":
            yield from self._drawn(last)
        elif last == "priority":
            yield from ((name, title, "value") for name, title in self.book.priorities.items())
        elif last == "source":
            yield from ((key, each.title, "value") for key, each in self.book.sources.items())
        elif last == "fact":
            yield from ((fact.name, fact.title, "fact") for fact in self.book.facts.values())
        elif "when" in at.path or "where" in at.path:
            yield from self._in_condition(at)

    # ------------------------------------------------------------------------------------ conditions

    def _in_condition(self, at: Cursor) -> Iterator[Named]:
        below = at.path[_last_index(at.path, ("when", "where")) :]
        inner, tested = self._around(at.path), self._tested(at.path)
        if tested is None:
            if at.is_key or below[-1] in _INSIDE:
                yield from self._condition(inner, at.path[-1] == "when")
            return
        operator = at.path[-1] if at.path[-1] in OPERATORS else None
        if at.is_key and not at.in_list and operator in (None, "not"):
            yield from _operators(tested)
        if at.is_value and operator != "known":
            yield from self._values(tested, operator, inner)
        elif operator == "known":
            yield from (("true", "answered", "value"), ("false", "asked, and not known", "value"))

    def _around(self, path: tuple[str, ...]) -> str | None:
        """The thing whose names stand alone here."""
        found = None
        for key in path:
            head = _HEAD.match(key)
            found = head[3] if head is not None else found
        return found

    def _tested(self, path: tuple[str, ...]) -> Type | None:
        """The type of the fact that is tested here; None where a condition begins."""
        name = next((key for key in reversed(path) if key not in OPERATORS), "")
        head = _HEAD.match(name)
        if head is not None:
            counts = head[1] not in ("each", "some", "every", "no")
            return Type(Kind.NUMBER, integer=True) if counts else None
        if name in _INSIDE and not (name == "not" and path[-1] == "not" and len(path) > 1 and path[-2] not in _INSIDE):
            return None
        thing = self._around(path)
        types = self._types()
        return types.get(f"{thing}.{name}") or types.get(name.removeprefix("other "))

    def _types(self) -> Mapping[str, Type]:
        book = self.book
        found = {fact.name: fact.type for fact in book.facts.values()}
        found |= {each.name: each.type for each in book.computed.values()}
        found |= {each.name: each.type for each in book.conclusions.values()}
        for table in book.tables.values():
            found |= {f"{table.name}.{column.name}": column.type for column in table.columns}
        return found

    def _condition(self, inner: str | None, is_outermost: bool) -> Iterator[Named]:
        """What a condition may begin with."""
        if inner is not None:
            yield from ((name.removeprefix(f"{inner}."), means, sort) for name, means, sort in self._of(inner))
        for bound in self.bound:
            if bound != inner:
                yield from self._bound_names(bound)
        yield from self._of(None)
        yield from (("all", "all of these", "word"), ("any", "at least one of these", "word"), ("not", "", "word"))
        things = [each.thing for each in self.book.lists.values()]
        tables = [name for name in self.book.tables if " " not in name]
        for thing in (*things, *tables):
            heads = ("each", *_QUANTIFIERS) if is_outermost else _QUANTIFIERS
            yield from ((f"{head} {thing}", "", "word") for head in heads)

    def _values(self, tested: Type, operator: str | None, inner: str | None) -> Iterator[Named]:
        if operator == "same as":
            for thing in (inner, *self.bound, None):
                yield from self._of(thing)
            return
        match tested.kind:
            case Kind.BOOLEAN:
                yield from (("true", "yes", "value"), ("false", "no", "value"))
            case Kind.CHOICE:
                titles = next((f.titles for f in self.book.facts.values() if f.type == tested and f.titles), None) or {}
                yield from ((value, titles.get(value, ""), "value") for value in tested.choices)
            case Kind.NUMBER | Kind.TEXT:
                fitting = (Kind.NUMBER,) if tested.kind is Kind.NUMBER else (Kind.TEXT, Kind.TEXTS)
                yield from (each for each in self._parameters() if self._kind_of(each[0]) in fitting)
            case _:
                pass
        if tested.kind in (Kind.NUMBER, Kind.DATE) or (tested.ordered and operator is not None):
            yield from self._alike(tested, inner)

    def _alike(self, tested: Type, inner: str | None) -> Iterator[Named]:
        """Names of what holds the same kind of value."""
        types = self._types()
        for thing in dict.fromkeys((inner, *self.bound, None)):
            for name, means, sort in self._of(thing) if thing is None else self._bound_names(thing):
                of = types.get(name.removeprefix("other "))
                if of is not None and of.kind is tested.kind:
                    yield name, means, sort

    def _kind_of(self, parameter: str) -> Kind:
        return self.book.settings[parameter.removeprefix("$")].type.kind

    def _drawn(self, name: str) -> Iterator[Named]:
        conclusion = next((each for each in self.book.conclusions.values() if each.name == name), None)
        if conclusion is not None and conclusion.type.kind is Kind.BOOLEAN:
            yield from (("true", conclusion.means, "value"), ("false", "", "value"))
        elif conclusion is not None:
            yield from ((value, "", "value") for value in conclusion.type.choices)

    # ----------------------------------------------------------------------------------------- names

    def _of(self, thing: str | None) -> Iterator[Named]:
        """The names of a thing, of a table's row, or of the person."""
        book = self.book
        yield from ((each.name, each.title, "fact") for key, each in book.facts.items() if key[0] == thing)
        yield from ((each.name, each.means, "computed") for key, each in book.computed.items() if key[0] == thing)
        yield from ((each.name, each.means, "conclusion") for key, each in book.conclusions.items() if key[0] == thing)
        if thing is not None and thing in book.tables:
            columns = book.tables[thing].columns
            yield from ((f"{thing}.{column.name}", column.means or plain(column.name), "column") for column in columns)

    def _bound_names(self, bound: str) -> Iterator[Named]:
        thing = bound.removeprefix("other ")
        other = bound.removesuffix(thing)
        yield from ((f"{other}{name}", means, sort) for name, means, sort in self._of(thing))

    def _parameters(self) -> Iterator[Named]:
        yield from ((f"${name}", each.means, "parameter") for name, each in self.book.settings.items())

    def _placeholders(self) -> Iterator[Named]:
        for bound in self.bound:
            yield from self._bound_names(bound)
        yield from self._of(None)
        yield from self._parameters()


def _operators(tested: Type) -> Iterator[Named]:
    for word, operator in OPERATORS.items():
        is_ordered = tested.kind is not Kind.CHOICE or tested.ordered or not operator.needs_order
        if tested.kind in operator.takes and is_ordered:
            yield word, operator.means, "operator"


def _last_index(path: tuple[str, ...], words: tuple[str, ...]) -> int:
    return max(index for index, key in enumerate(path) if key in words)


def _bound(text: str, offset: int) -> tuple[str, ...]:
    """The things that the rule around the cursor binds."""
    starts = [match.start() for match in _RULE.finditer(text)]
    start = max((each for each in starts if each <= offset), default=0)
    end = min((each for each in starts if each > offset), default=len(text))
    return tuple(dict.fromkeys(match[1] for match in _BINDS.finditer(text[start:end])))
