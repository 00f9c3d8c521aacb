"""Reads the facts schema, a plain subset of JSON Schema, into the facts and lists of things it declares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from advise._json_text import read_json
from advise._yaml_complaints import short
from advise.errors import Place
from advise.source import Findings, MappingNode, Node, Scalar, SequenceNode, plain
from advise.types import LONGEST_LIST, LONGEST_TEXT, Fact, Kind, Literal, Text, ThingList, Type, folded
from advise.values import date_span

Facts = dict[tuple[str | None, str], Fact]
Lists = dict[str, ThingList]

NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
RESERVED = frozenset({"all", "any", "not", "where", "today", "other"})
"""Words that conditions and expressions use themselves, so that no fact can have them as its name."""


_WORDS = frozenset({"title", "description", "$comment", "examples"})
_OWN = frozenset({"question", "default", "unnamed"})
_ROOT = _WORDS | {"$schema", "$id", "type", "properties", "required", "additionalProperties"}
_OBJECT = _WORDS | {"type", "properties", "required", "additionalProperties"}
_LIST = _WORDS | {"type", "items", "thing", "label", "question", "default", "maxItems"}
_NUMBER = _WORDS | _OWN | {"type", "unit", "minimum", "maximum"}
_TEXT = _WORDS | _OWN | {"type", "format", "ignore_case", "maxLength"}
_DATE = _WORDS | _OWN | {"type", "format"}
_BOOLEAN = _WORDS | _OWN | {"type"}
_CHOICE = _WORDS | _OWN | {"type", "oneOf", "ordered"}
_TEXTS = _WORDS | _OWN | {"type", "items", "ignore_case"}
_TEXT_ITEM = _WORDS | {"type", "maxLength"}
_THING = _WORDS | {"type", "properties", "required", "additionalProperties"}
_CONST = frozenset({"const", "title", "description", "$comment"})
_KINDS = "object, array, string, number, integer or boolean"


def protected_name(name: str) -> str:
    """`name` as protected names are compared: lower case, words joined by underscores."""
    return re.sub(r"[\s\-]+", "_", name.strip()).casefold()


def read_facts_schema(
    source: bytes | str,
    file: str,
    findings: Findings,
    protected: Iterable[str] = (),
    languages: tuple[str, ...] = ("en",),
) -> tuple[Facts, Lists]:
    """The facts, by (thing, path), and the lists, by thing, that a facts schema declares.

    `source` is the JSON text, which findings call `file`. `protected` are names that no fact may have.
    `languages` are those of the knowledge base; a text without a language is in the first. Whatever is wrong
    becomes a finding, and what is right is returned, both mappings sorted by key.
    """
    root = read_json(source, file, findings)
    if root is None:
        return {}, {}
    reader = _Reader(findings, frozenset(map(protected_name, protected)), languages)
    reader.read(root)
    facts = sorted(reader.facts.items(), key=lambda each: (each[0][0] or "", each[0][1]))
    return dict(facts), dict(sorted(reader.lists.items()))


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where in the facts a part of the schema belongs: the thing (None: the person) and the dotted path."""

    thing: str | None
    path: str

    def below(self, name: str) -> _Spot:
        return _Spot(self.thing, f"{self.path}.{name}" if self.path else name)


class _Reader:
    """Walks the schema, adding facts, lists and findings."""

    def __init__(self, findings: Findings, protected: frozenset[str], languages: tuple[str, ...]) -> None:
        self.findings = findings
        self.protected = protected
        self.languages = languages
        self.facts: Facts = {}
        self.lists: Lists = {}

    def read(self, root: Node) -> None:
        """Reads the whole schema."""
        if not isinstance(root, MappingNode):
            self._find("type", root.place, "A facts schema must be an object.", 'Start it with {"type": "object"')
            return
        self._keywords(root, _ROOT, "the facts schema")
        self._object(root, _Spot(None, ""))
        first = {path.split(".")[0] for thing, path in self.facts if thing is None}
        first |= {each.name for each in self.lists.values()}
        node = root.items.get("properties")
        for thing, each in self.lists.items():
            if thing in first and isinstance(node, MappingNode):
                sentence = f"'{thing}' names both a thing and a fact or list of the person."
                self._find("thing", node.keys[each.name], sentence, "Give one of them another name.")

    # -------------------------------------------------------------------------------------- objects

    def _object(self, node: MappingNode, spot: _Spot) -> None:
        if _type(node) != "object":
            self._find("type", self._place(node, "type"), 'This must have "type": "object".')
        extra = node.items.get("additionalProperties")
        if extra is not None and plain(extra) is not False:
            hint = "Leave it out: unknown facts are always an error."
            self._find("keyword", extra.place, "'additionalProperties' can only be false.", hint)
        properties = node.items.get("properties")
        if not isinstance(properties, MappingNode) or not properties.items:
            place = self._place(node, "properties")
            self._find("properties", place, "An object needs 'properties', which name its facts.")
            return
        required = self._required(node, properties)
        for name, value in properties.items.items():
            if self._name(name, properties.keys[name]):
                self._property(value, spot.below(name), name in required)

    def _required(self, node: MappingNode, properties: MappingNode) -> frozenset[str]:
        listed = node.items.get("required")
        names = set()
        for item in self._items(listed, "required"):
            name = plain(item)
            if not isinstance(name, str) or name not in properties.items:
                hint = _did_you_mean(name, properties.items)
                self._find("required", item.place, "This names no property of the object.", hint)
            elif self._is_leaf(properties.items[name]):
                names.add(name)
            else:
                self._find("required", item.place, f"'{name}' isn't a single fact, so it can't be required.")
        return frozenset(names)

    def _is_leaf(self, node: Node) -> bool:
        return isinstance(node, MappingNode) and "properties" not in node.items and "thing" not in node.items

    def _name(self, name: str, place: Place) -> bool:
        if protected_name(name) in self.protected:
            sentence = f"'{name}' is a protected characteristic, so it can't be a fact."
            hint = "Advice never depends on it. Ask for what matters to the advice instead."
            self.findings.add("protected-characteristic", place, sentence, hint)
            return False
        if not NAME.match(name):
            hint = "Use lower-case letters, digits and underscores, starting with a letter."
            self._find("name", place, f"'{short(name)}' can't be a name.", hint)
            return False
        if name in RESERVED:
            self._find("name", place, f"'{name}' is a word of the rule language.", "Choose another name.")
            return False
        return True

    def _property(self, node: Node, spot: _Spot, required: bool) -> None:
        if not isinstance(node, MappingNode):
            self._find("type", node.place, f"'{spot.path}' must be an object that says what it may be.")
            return
        kind = self._kind(node, spot)
        if kind == "object":
            self._keywords(node, _OBJECT, "an object")
            self._object(node, spot)
        elif kind == "array" and not self._is_list_of_texts(node):
            self._list(node, spot)
        elif kind is not None:
            self._fact(node, spot, kind, required)

    def _kind(self, node: MappingNode, spot: _Spot) -> str | None:
        """The JSON Schema type, or 'choice'; None, with a finding, where there's no such type."""
        if "oneOf" in node.items:
            if "type" in node.items and _type(node) != "string":
                self._find("type", self._place(node, "type"), "A choice is a text.", 'Leave "type" out.')
            return "choice"
        kind = _type(node)
        if kind in ("object", "array", "string", "number", "integer", "boolean"):
            return kind
        if "enum" in node.items:
            hint = 'Write "oneOf": [{"const": "value", "title": "its meaning"}, ...].'
            self._find("keyword", node.keys["enum"], "A choice is written with 'oneOf', not 'enum'.", hint)
        elif isinstance(node.items.get("type"), SequenceNode):
            hint = "Name one; any fact may be null as well."
            self._find("type", self._place(node, "type"), f"'{spot.path}' has several types.", hint)
        else:
            sentence = f"'{spot.path}' needs a type: {_KINDS}."
            self._find("type", self._place(node, "type"), sentence)
        return None

    # ---------------------------------------------------------------------------------------- lists

    def _is_list_of_texts(self, node: MappingNode) -> bool:
        items = node.items.get("items")
        return isinstance(items, MappingNode) and "thing" not in node.items and plain(items).get("type") == "string"

    def _list(self, node: MappingNode, spot: _Spot) -> None:
        thing, items = self._string(node, "thing"), node.items.get("items")
        if not isinstance(items, MappingNode) or plain(items).get("type") != "object":
            hint = 'Write "items": {"type": "string"}, or {"type": "object", ...} with a "thing".'
            self._find("list", self._place(node, "items"), "A list holds texts or things.", hint)
            return
        if spot.thing is not None or "." in spot.path:
            hint = "Move it to the top level, or make it a list of texts."
            self._find("list", node.place, "A list of things can only stand at the top level.", hint)
            return
        self._keywords(node, _LIST, "a list of things")
        if thing is None:
            hint = 'Add "thing": "job", say: what rules call one of them.'
            self._find("thing", self._place(node, "thing"), "A list of things needs a 'thing'.", hint)
            return
        place = self._place(node, "thing")
        if not self._name(thing, place):
            return
        if thing in self.lists:
            self._find("thing", place, f"'{thing}' is already what '{self.lists[thing].name}' holds.")
            return
        self.lists[thing] = ThingList(
            thing=thing,
            name=spot.path,
            title=self._string(node, "title") or _words(spot.path),
            means=self._string(node, "description") or "",
            label=self._string(node, "label"),
            question=self._text(node, "question"),
            assumed_empty=self._assumed_empty(node),
            most=self._most(node),
        )
        self._keywords(items, _THING, "a thing")
        self._object(items, _Spot(thing, ""))
        self._label(node, thing)

    def _most(self, node: MappingNode) -> int:
        most = self._number(node, "maxItems")
        if most is None:
            return LONGEST_LIST
        if not (1 <= most <= LONGEST_LIST and float(most).is_integer()):
            self._find(
                "value", self._place(node, "maxItems"), f"'maxItems' must be a whole number from 1 to {LONGEST_LIST:,}."
            )
        return int(most)

    def _assumed_empty(self, node: MappingNode) -> bool:
        default = node.items.get("default")
        if default is not None and plain(default) != []:
            self._find("default", default.place, "A list of things can only have [] as its default.")
        return default is not None

    def _label(self, node: MappingNode, thing: str) -> None:
        label = self.lists[thing].label
        if label is None or (thing, label) in self.facts:
            return
        names = [path for each, path in self.facts if each == thing]
        hint = _did_you_mean(label, names)
        self._find("label", self._place(node, "label"), f"A {thing} has no fact '{short(label)}'.", hint)

    # ---------------------------------------------------------------------------------------- facts

    def _fact(self, node: MappingNode, spot: _Spot, kind: str, required: bool) -> None:
        titles: dict[str, str] | None = None
        if kind == "choice":
            self._keywords(node, _CHOICE, "a choice")
            titles = self._choices(node)
            type_ = Type(Kind.CHOICE, tuple(titles), ordered=self._flag(node, "ordered"))
        elif kind in ("number", "integer"):
            self._keywords(node, _NUMBER, "a number")
            type_ = self._number_type(node, kind == "integer")
        elif kind == "boolean":
            self._keywords(node, _BOOLEAN, "a boolean")
            type_ = Type(Kind.BOOLEAN)
        elif kind == "array":
            self._keywords(node, _TEXTS, "a list of texts")
            items = node.items["items"]
            assert isinstance(items, MappingNode)
            self._keywords(items, _TEXT_ITEM, "a text in a list")
            longest = self._longest(items)
            type_ = Type(Kind.TEXTS, high=longest, ignore_case=self._flag(node, "ignore_case"))
        else:
            type_ = self._text_type(node)
        self.facts[spot.thing, spot.path] = Fact(
            thing=spot.thing,
            path=spot.path,
            type=type_,
            title=self._string(node, "title") or _words(spot.path),
            means=self._string(node, "description") or "",
            question=self._text(node, "question"),
            default=self._default(node, type_),
            unnamed=self._text(node, "unnamed"),
            titles=titles,
            required=required,
        )

    def _text_type(self, node: MappingNode) -> Type:
        if "format" not in node.items:
            self._keywords(node, _TEXT, "a text")
            return Type(Kind.TEXT, high=self._longest(node), ignore_case=self._flag(node, "ignore_case"))
        if self._string(node, "format") != "date":
            self._find("keyword", self._place(node, "format"), "The only 'format' is \"date\".")
        self._keywords(node, _DATE, "a date")
        return Type(Kind.DATE)

    def _number_type(self, node: MappingNode, integer: bool) -> Type:
        low, high = self._number(node, "minimum"), self._number(node, "maximum")
        if low is not None and high is not None and low > high:
            self._find("value", self._place(node, "minimum"), "'minimum' is above 'maximum'.")
        return Type(Kind.NUMBER, integer=integer, low=low, high=high, unit=self._string(node, "unit"))

    def _longest(self, node: MappingNode) -> float | None:
        longest = self._number(node, "maxLength")
        if longest is not None and not (1 <= longest <= LONGEST_TEXT and float(longest).is_integer()):
            place = self._place(node, "maxLength")
            self._find("value", place, f"'maxLength' must be a whole number from 1 to {LONGEST_TEXT:,}.")
            return None
        return longest

    def _choices(self, node: MappingNode) -> dict[str, str]:
        titles: dict[str, str] = {}
        for item in self._items(node.items["oneOf"], "oneOf"):
            if not isinstance(item, MappingNode):
                self._find("choice", item.place, "Each choice is an object with a 'const' and a 'title'.")
                continue
            self._keywords(item, _CONST, "one of the choices")
            value = self._string(item, "const")
            if value is None and "const" not in item.items:
                self._find("choice", item.place, "This choice has no 'const', the value that facts give.")
            elif value is not None and value in titles:
                self._find("choice", self._place(item, "const"), f"'{short(value)}' is listed twice.")
            elif value is not None:
                titles[value] = self._string(item, "title") or _words(value)
        if not titles:
            self._find("choice", self._place(node, "oneOf"), "A choice needs at least one value.")
        return titles

    def _default(self, node: MappingNode, type_: Type) -> Literal | None:
        default = node.items.get("default")
        if default is None:
            return None
        value = plain(default)
        if not _fits(value, type_):
            sentence = f"This default isn't {_A_KIND[type_.kind]} that the fact may have."
            self._find("default", default.place, sentence)
            return None
        if type_.kind is Kind.TEXTS:
            return tuple(folded(each) if type_.ignore_case else each for each in value)
        literal: Literal = folded(value) if type_.ignore_case else value
        return literal

    # ------------------------------------------------------------------------------ parts of a node

    def _keywords(self, node: MappingNode, known: frozenset[str], what: str) -> None:
        for name, place in node.keys.items():
            if name not in known:
                hint = _did_you_mean(name, known) or f"It may have: {', '.join(sorted(known))}."
                self._find("keyword", place, f"'{short(name)}' can't stand in {what}.", hint)

    def _string(self, node: MappingNode, name: str) -> str | None:
        found = node.items.get(name)
        if found is None:
            return None
        if isinstance(found, Scalar) and isinstance(found.value, str) and found.value.strip():
            return found.value
        self._find("value", found.place, f"'{name}' must be a text.", "Put it in double quotes.")
        return None

    def _flag(self, node: MappingNode, name: str) -> bool:
        found = node.items.get(name)
        value = None if found is None else plain(found)
        if found is not None and not isinstance(value, bool):
            self._find("value", found.place, f"'{name}' must be true or false.")
        return value is True

    def _number(self, node: MappingNode, name: str) -> int | float | None:
        found = node.items.get(name)
        value = None if found is None else plain(found)
        if found is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            return value
        self._find("value", found.place, f"'{name}' must be a number.")
        return None

    def _items(self, node: Node | None, name: str) -> tuple[Node, ...]:
        if node is None or isinstance(node, SequenceNode):
            return () if node is None else node.items
        self._find("value", node.place, f"'{name}' must be a list.")
        return ()

    def _text(self, node: MappingNode, name: str) -> Text | None:
        """A text in the first language, or an object with a text for each language."""
        found = node.items.get(name)
        if not isinstance(found, MappingNode):
            text = self._string(node, name)
            return None if text is None else {self.languages[0]: text}
        for language, place in found.keys.items():
            if language not in self.languages:
                hint = f"It has: {', '.join(self.languages)}."
                self._find("language", place, f"The knowledge base isn't in '{short(language)}'.", hint)
        for language in self.languages:
            if language not in found.items:
                self._find("language", found.place, f"'{name}' has no text in '{language}'.")
        texts = {language: self._string(found, language) for language in self.languages}
        return {language: text for language, text in texts.items() if text is not None} or None

    def _place(self, node: MappingNode, name: str) -> Place:
        found = node.items.get(name)
        return node.place if found is None else found.place

    def _find(self, code: str, place: Place, sentence: str, hint: str = "") -> None:
        self.findings.add(f"facts-schema-{code}", place, sentence, hint)


def _type(node: MappingNode) -> str | None:
    found = node.items.get("type")
    return found.value if isinstance(found, Scalar) and isinstance(found.value, str) else None


_A_KIND: Mapping[Kind, str] = {
    Kind.TEXT: "a text",
    Kind.NUMBER: "a number",
    Kind.BOOLEAN: "true or false",
    Kind.DATE: "a date",
    Kind.CHOICE: "one of the values",
    Kind.TEXTS: "a list of texts",
}


def _fits(value: Any, type_: Type) -> bool:
    if type_.kind is Kind.BOOLEAN:
        return isinstance(value, bool)
    if type_.kind is Kind.NUMBER:
        return _fits_number(value, type_)
    if type_.kind is Kind.CHOICE:
        return value in type_.choices
    if type_.kind is Kind.TEXTS:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if type_.kind is Kind.DATE:
        return isinstance(value, str) and _is_date(value)
    return isinstance(value, str) and len(value) <= (type_.high or LONGEST_TEXT)


def _fits_number(value: Any, type_: Type) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if type_.integer and not float(value).is_integer():
        return False
    return (type_.low is None or value >= type_.low) and (type_.high is None or value <= type_.high)


def _is_date(text: str) -> bool:
    try:
        date_span(text)
    except ValueError:
        return False
    return True


def _did_you_mean(name: Any, known: Iterable[str]) -> str:
    close = get_close_matches(name, sorted(known), n=1) if isinstance(name, str) else []
    return f"Did you mean '{close[0]}'?" if close else ""


def _words(name: str) -> str:
    """A name as words, where there's no title."""
    return name.split(".")[-1].replace("_", " ").capitalize()
