"""JSON Schema of the conditions of one knowledge base: names with their meaning, operators and values by type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from advise.operators import OPERATORS
from advise.rules import Rulebook, Table
from advise.types import Fact, Kind, Type

Schema = dict[str, Any]
Key = tuple[str | None, str]

_PERSON = "person"
_ORDERED_BY = {
    Kind.NUMBER: ("sum", "highest", "lowest"),
    Kind.CHOICE: ("highest", "lowest"),
    Kind.DATE: ("earliest", "latest"),
}
_FUNCTIONS = {
    "sum": "The sum over those that count",
    "highest": "The highest of those that count",
    "lowest": "The lowest of those that count",
    "earliest": "The earliest of those that count",
    "latest": "The latest of those that count",
}
_EACH = "The rule holds once for each such {}, and what follows speaks of it as `{}.…`"
_QUANTIFIERS = {
    "some": "There is such a {}",
    "every": "All are such; true when there are none: {}",
    "no": "There is no such {}",
    "count": "How many such there are: {}",
}


class ConditionSchemas:
    """Writes the definitions that conditions need; `definitions` has them when all is written."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.definitions: dict[str, Schema] = {}
        self._labels: dict[tuple[Any, ...], str] = {}
        self.things = [each.thing for each in book.lists.values()]
        self.tables = [table for table in book.tables.values() if is_declared(table)]
        self._names = {key: _Named(type_, means, fact) for key, type_, means, fact in _declared(book)}

    def when(self) -> Schema:
        """An entry of a rule's `when`; only here does `each` bind things."""
        self._body(None)
        inner = self.definitions[f"condition on {_PERSON}"]
        bound = dict(self._each())
        self.definitions["entry of when"] = {**inner, "properties": {**inner["properties"], **bound}}
        return {"$ref": "#/definitions/entry of when"}

    def where(self, thing: str | None) -> Schema:
        """A condition about a thing, or a row of a table."""
        return self._body(thing)

    def name(self, key: Key) -> Schema:
        """What may stand after a name in a condition."""
        named = self._names[key]
        return {"title": named.words, "description": named.words, "allOf": [{"$ref": self._test(named)}]}

    def value(self, key: Key) -> Schema:
        """A plain value of a fact or conclusion."""
        return self._value(self._names[key])

    def _body(self, thing: str | None) -> Schema:
        label = f"condition on {thing or _PERSON}"
        if label not in self.definitions:
            body = self.definitions[label] = {"type": "object", "additionalProperties": False}
            body["description"] = f"All of these must hold of the {thing or _PERSON}."
            body["properties"] = dict(self._entries(thing))
            # Names of what is bound further out are rare here. Written out, they'd be most of the schema.
            outer = "|".join((*self.things, *(table.name for table in self.tables)))
            body["patternProperties"] = {rf"^(other )?({outer})\.": {}} if thing else {rf"^other ({outer})\.": {}}
        return {"$ref": f"#/definitions/{label}"}

    def _entries(self, thing: str | None) -> Iterator[tuple[str, Schema]]:
        for key in self._names:
            if key[0] == thing and thing is not None:
                yield key[1], self.name(key)
        for key in self._names:
            if key[0] is None:
                yield key[1], self.name(key)
            elif thing is None:
                yield f"{key[0]}.{key[1]}", self.name(key)
        own = self._body(thing)
        yield "all", {"description": "All of these hold", "type": "array", "minItems": 1, "items": own}
        yield "any", {"description": "At least one of these holds", "type": "array", "minItems": 1, "items": own}
        yield "not", {"description": "This doesn't hold", "allOf": [own]}
        for each in (*self.things, *(table.name for table in self.tables)):
            yield from self._quantified(each)

    def _each(self) -> Iterator[tuple[str, Schema]]:
        for thing in (*self.things, *(table.name for table in self.tables)):
            for named in (thing, f"other {thing}"):
                yield f"each {named}", {"description": _EACH.format(named, named), "allOf": [self._body(thing)]}

    def _quantified(self, thing: str) -> Iterator[tuple[str, Schema]]:
        for word, means in _QUANTIFIERS.items():
            for named in (thing, f"other {thing}"):
                body = self._counted(thing, _COUNT) if word == "count" else self._body(thing)
                yield f"{word} {named}", {"description": means.format(named), "allOf": [body]}
        for key, found in self._names.items():
            if key[0] == thing:
                for function in _ORDERED_BY.get(found.type.kind, ()):
                    body = self._counted(thing, found)
                    for named in (thing, f"other {thing}"):
                        yield f"{function} {named}.{key[1]}", {"description": _FUNCTIONS[function], "allOf": [body]}

    def _counted(self, thing: str, named: _Named) -> Schema:
        """A mapping with tests of what is counted or summed up, and `where`."""
        label = f"{self._label(named)} over {thing}"
        if label not in self.definitions:
            body = self.definitions[label] = self._operators(named)
            body["properties"]["where"] = {"description": "Which count", "allOf": [self._body(thing)]}
        return {"$ref": f"#/definitions/{label}"}

    # ---------------------------------------------------------------------------------------------- tests

    def _test(self, named: _Named) -> str:
        label = f"test of {self._label(named)}"
        if label not in self.definitions:
            self.definitions[label] = self._written(named)
        return f"#/definitions/{label}"

    def _label(self, named: _Named) -> str:
        """The same for all names that hold the same values."""
        key = (named.type, tuple((named.fact.titles or {}).items()) if named.fact else ())
        return self._labels.setdefault(key, f"{named.type.kind.value} {len(self._labels) + 1}")

    def _written(self, named: _Named) -> Schema:
        ways: list[Schema] = [self._operators(named)]
        if named.type.kind is not Kind.TEXTS:
            ways = [*self._plain(named), *ways]
        if named.type.kind not in (Kind.TEXTS, Kind.DATE):
            one_of = {"description": "One of these", "type": "array", "minItems": 1}
            ways.insert(-1, {**one_of, "items": {"anyOf": self._plain(named)}})
        return {"anyOf": ways}

    def _plain(self, named: _Named) -> list[Schema]:
        """A value, or what stands for one."""
        return [self._value(named), *self._parameters(named.type)]

    def _value(self, named: _Named) -> Schema:
        match named.type.kind:
            case Kind.BOOLEAN:
                return {"type": "boolean"}
            case Kind.CHOICE:
                return {"oneOf": list(self._choices(named))}
            case Kind.NUMBER:
                expression = {"description": "An expression: 2 * $price + 20", "type": "string", "pattern": r"[\d\w$]"}
                return {"anyOf": [{"type": "number"}, expression]}
            case Kind.DATE:
                return {"description": "A day, today, or another date plus a length of time", "type": "string"}
            case _:
                return {"type": "string"}

    def _choices(self, named: _Named) -> Iterator[Schema]:
        titles = (named.fact.titles if named.fact else None) or {}
        for choice in named.type.choices:
            yield {"const": choice, "description": titles.get(choice, choice)}

    def _parameters(self, type_: Type) -> Iterator[Schema]:
        fits = {Kind.CHOICE: (Kind.TEXT, Kind.TEXTS), Kind.TEXT: (Kind.TEXT, Kind.TEXTS), Kind.NUMBER: (Kind.NUMBER,)}
        for name, setting in self.book.settings.items():
            if setting.type.kind in fits.get(type_.kind, ()):
                yield {"const": f"${name}", "description": setting.means}

    def _operators(self, named: _Named) -> Schema:
        """A mapping of operators that fit."""
        found: dict[str, Schema] = {}
        for word, operator in OPERATORS.items():
            if named.type.kind not in operator.takes:
                continue
            if operator.needs_order and named.type.kind is Kind.CHOICE and not named.type.ordered:
                continue
            found[word] = {"description": operator.means, **self._taken(word, named)}
        return {"type": "object", "minProperties": 1, "additionalProperties": False, "properties": found}

    def _taken(self, word: str, named: _Named) -> Schema:
        """What stands after an operator."""
        plain = {"anyOf": self._plain(named)}
        by_name = {"anyOf": [*self._plain(named), {"description": "The name of another fact", "type": "string"}]}
        if named.type.kind is Kind.DATE and word not in ("is", "not", "same as", "between", "known"):
            return {"type": "string"}
        taken: Mapping[str, Schema] = {
            "is": plain,
            "one of": {"anyOf": [{"type": "array", "minItems": 1, "items": plain}, {"type": "string"}]},
            "same as": self._same_as(named.type),
            "not": {"allOf": [{"$ref": f"#/definitions/test of {self._label(named)}"}]},
            "between": {"type": "array", "minItems": 2, "maxItems": 2, "items": plain},
            "contains": {"type": "string"},
            "matches": {"type": "string", "format": "regex"},
            "known": {"type": "boolean"},
        }  # fmt: skip
        return taken.get(word, by_name)

    def _same_as(self, type_: Type) -> Schema:
        label = f"names of {type_.kind.value} values"
        if label not in self.definitions:
            self.definitions[label] = {"description": "Another fact", "enum": sorted(self._comparable(type_))}
        return {"$ref": f"#/definitions/{label}"}

    def _comparable(self, type_: Type) -> set[str]:
        found = set()
        for (thing, path), named in self._names.items():
            if named.type.kind is type_.kind:
                found |= {path, f"{thing}.{path}", f"other {thing}.{path}"} if thing else {path}
        return found


class _Named:
    """What a name stands for: its type, its meaning in words, and the fact if it is one."""

    def __init__(self, type_: Type, means: str, fact: Fact | None) -> None:
        self.type, self.fact = type_, fact
        unit = f" (in {type_.unit})" if type_.unit else ""
        self.words = f"{means}{unit}"


_COUNT = _Named(Type(Kind.NUMBER, integer=True), "", None)


def is_declared(table: Table) -> bool:
    """Whether an expert has declared a table; the loader makes others for itself, with spaces in their names."""
    return " " not in table.name


def _declared(book: Rulebook) -> Iterator[tuple[Key, Type, str, Fact | None]]:
    for key, fact in book.facts.items():
        yield key, fact.type, ". ".join(filter(None, (fact.title, fact.means))), fact
    for key, computed in book.computed.items():
        yield key, computed.type, f"Computed: {computed.means}", None
    for key, conclusion in book.conclusions.items():
        yield key, conclusion.type, f"Conclusion: {conclusion.means}", None
    for table in filter(is_declared, book.tables.values()):
        for column in table.columns:
            yield (table.name, column.name), column.type, f"Column of {table.name}: {column.means}".rstrip(": "), None
