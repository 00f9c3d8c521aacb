"""One person's facts, checked and made ready for an evaluation. Immutable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import chain
from operator import is_
from typing import Any

import jsonschema_rs

from advise._case_schema import Tree, strict_schema, tree_of
from advise.rules import Derived, Rulebook
from advise.types import Fact, Kind, ThingList, folded


@dataclass(frozen=True, slots=True)
class Things:
    """The things of one list, as the facts give them (for a derived thing: the stated ones, then the others).

    `items[i]` is the raw mapping of thing i and `pointers[i]` the JSON Pointer of where it stands. For a
    derived thing that isn't stated itself, the item is `{key: value}` and the pointer is the pointer of the
    fact that it was derived from. `complete` is False when there may be more things than these: the list is
    absent or null, or a derived thing's sources are. Then evaluators add one phantom thing, with the index
    `len(items)`, of which nothing is known.
    """

    items: tuple[Mapping[str, Any], ...]
    pointers: tuple[str, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Case:
    """The facts of one person on one day.

    `facts` holds plain JSON values, checked against the schema, texts that ignore case folded. Absent and
    null facts are unknown unless the schema has a default. `things` has every thing of the schema and every
    derived thing, by name. `notices` are sentences about what was set aside (protected characteristics).
    `shown` are the facts before folding, as people are to read them; None when nothing was folded.
    """

    facts: Mapping[str, Any]
    as_of: date
    things: Mapping[str, Things]
    notices: tuple[str, ...] = ()
    shown: Mapping[str, Any] | None = None


class CaseMaker:
    """Checks a person's facts against what a knowledge base takes and makes cases of them.

    Made once for each knowledge base; doesn't change afterwards, so threads may share it. `schema` is the
    strict JSON Schema that it checks with.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self.schema = strict_schema(rulebook)
        self._rulebook = rulebook
        self._validator = jsonschema_rs.Draft202012Validator(self.schema)
        self._lists = tuple(rulebook.lists.values())
        self._pointers = {each.name: tuple(f"/{each.name}/{index}" for index in range(_READY)) for each in self._lists}
        self._derivers = tuple(_Deriver(each, rulebook) for each in rulebook.derived.values())
        self._folder = _Folder(rulebook)
        tree = tree_of(rulebook)
        self._nested = tuple(name for name, each in tree.items() if not _is_scalar(each))

    def make(self, facts: Mapping[str, Any], as_of: date) -> Case:
        """The case of `facts` on the day `as_of`.

        `facts` are plain JSON values; dates and tuples will do as well. They are never changed, and mustn't
        change while the case is in use. Protected characteristics are set aside, with a notice. Raises
        FactsError when the facts can't be used.
        """
        notices: tuple[str, ...] = ()
        if not self._is_fine(facts):
            # Imported here, because most facts are right.
            from advise._case_problems import checked

            facts, notices = checked(facts, self._rulebook, self._validator)
        folded_facts = self._folder.fold(facts)
        day = as_of.date() if isinstance(as_of, datetime) else as_of
        shown = None if folded_facts is facts else facts
        return Case(folded_facts, day, self._things(folded_facts), notices, shown)

    def _is_fine(self, facts: Any) -> bool:
        try:
            return type(facts) is dict and self._validator.is_valid(facts) and _is_plain(facts, self._nested)
        except (ValueError, TypeError, RecursionError):
            return False

    def _things(self, facts: Mapping[str, Any]) -> dict[str, Things]:
        things = {each.thing: self._listed(each, facts) for each in self._lists}
        for deriver in self._derivers:
            things[deriver.thing] = deriver.derive(things)
        return things

    def _listed(self, each: ThingList, facts: Mapping[str, Any]) -> Things:
        items = facts.get(each.name)
        if items is None:
            return _NO_THINGS if each.assumed_empty and each.name not in facts else _UNKNOWN_THINGS
        count = len(items)
        if count <= _READY:
            pointers = self._pointers[each.name][:count]
        else:
            pointers = tuple(f"/{each.name}/{index}" for index in range(count))
        return Things(tuple(items), pointers, True)


def _is_scalar(below: Fact | ThingList | Tree) -> bool:
    return isinstance(below, Fact) and below.type.kind is not Kind.TEXTS


# For lists this long, the pointers are made beforehand.
_READY = 64
_NO_THINGS = Things((), (), True)
_UNKNOWN_THINGS = Things((), (), False)

_SCALARS = frozenset({str, int, float, bool, type(None)})
_NESTED = frozenset({dict, list})
_PLAIN = _SCALARS | _NESTED
_DICT = frozenset({dict})


def _is_plain(facts: dict[str, Any], nested: Iterable[str]) -> bool:
    """Whether valid facts are made of JSON's own kinds: the validator also takes Decimals, tuples and enums.

    `nested` names the lists and objects among the person's facts. Looks at one level of nesting at a time.
    """
    if not _PLAIN.issuperset(map(type, facts.values())):
        return False
    level = [found for name in nested if (found := facts.get(name)) is not None]
    while level:
        lists = [value for value in level if type(value) is list]
        items = list(chain.from_iterable(lists))
        kinds = set(map(type, items))
        if kinds <= _DICT and len(lists) == len(level) and _SCALARS.issuperset(_value_kinds(items)):
            return True
        objects = [value for value in chain(level, items) if type(value) is dict]
        values = [value for each in objects for value in each.values()]
        if not (kinds <= _PLAIN and _PLAIN.issuperset(map(type, values))):
            return False
        level = [value for value in values if type(value) in _NESTED]
    return True


def _value_kinds(items: Iterable[dict[str, Any]]) -> Iterable[type]:
    return map(type, chain.from_iterable(map(dict.values, items)))


# ----------------------------------------------------------------------------------------------- folding

_Fold = Callable[[Any], Any]


class _Folder:
    """Folds the texts that ignore case. What doesn't change isn't copied, and nothing given is changed."""

    def __init__(self, rulebook: Rulebook) -> None:
        lists = {each.name: _folds(tree_of(rulebook, each.thing)) for each in rulebook.lists.values()}
        person = _folds(tree_of(rulebook))
        self._lists = {name: folds for name, folds in lists.items() if folds}
        self._folds = person | {name: partial(_folded_items, folds) for name, folds in self._lists.items()}
        of_things = [fold for folds in self._lists.values() for fold in folds.values()]
        self._is_flat = all(fold is _folded_text for fold in (*person.values(), *of_things))
        self._texts = tuple(person)

    def fold(self, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """The facts with their texts folded."""
        if not self._folds or (self._is_flat and self._is_folded(facts)):
            return facts
        return _folded_mapping(self._folds, facts)

    def _is_folded(self, facts: Mapping[str, Any]) -> bool:
        # Texts are folded if they are when joined by a space, and that's one test instead of many.
        texts = [text for name in self._texts if (text := facts.get(name)) is not None]
        for name, folds in self._lists.items():
            if items := facts.get(name):
                for path in folds:
                    texts += [text for item in items if (text := item.get(path)) is not None]
        joined = " ".join(texts)
        return folded(joined) == joined


def _folds(tree: Tree) -> dict[str, _Fold]:
    folds: dict[str, _Fold] = {}
    for name, below in tree.items():
        if isinstance(below, dict):
            nested = _folds(below)
            if nested:
                folds[name] = partial(_folded_mapping, nested)
        elif isinstance(below, Fact) and below.type.ignore_case:
            folds[name] = _folded_texts if below.type.kind is Kind.TEXTS else _folded_text
    return folds


def _folded_text(text: str) -> str:
    new = folded(text)
    return text if new == text else new


def _folded_texts(texts: list[str]) -> list[str]:
    new = [folded(text) for text in texts]
    return texts if new == texts else new


def _folded_mapping(folds: Mapping[str, _Fold], found: Mapping[str, Any]) -> Mapping[str, Any]:
    changed: dict[str, Any] | None = None
    for name, fold in folds.items():
        value = found.get(name)
        if value is not None:
            new = fold(value)
            if new is not value:
                if changed is None:
                    changed = {**found}
                changed[name] = new
    return found if changed is None else changed


def _folded_items(folds: Mapping[str, _Fold], items: list[Any]) -> list[Any]:
    new = [_folded_mapping(folds, item) for item in items]
    return items if all(map(is_, new, items)) else new


# ------------------------------------------------------------------------------------------ derived things


class _Deriver:
    """Makes the things of which there is one for each distinct key."""

    def __init__(self, derived: Derived, rulebook: Rulebook) -> None:
        self.thing = derived.thing
        self._steps = tuple(derived.key.split("."))
        self._suffix = "/" + "/".join(self._steps)
        self._stated = derived.thing in rulebook.lists
        self._among = tuple(thing for thing in dict.fromkeys(derived.among) if thing != derived.thing)

    def derive(self, things: Mapping[str, Things]) -> Things:
        """The stated things, then one for each further key, in the order of the keys."""
        stated = things[self.thing] if self._stated else _NO_THINGS
        complete = stated.complete
        taken = set(self._keys(stated.items))
        found: dict[Any, str] = {}
        for thing in self._among:
            source = things[thing]
            keys = self._keys(source.items)
            complete = complete and source.complete and None not in keys
            if not taken.issuperset(keys):
                for key, pointer in zip(keys, source.pointers, strict=True):
                    if key not in taken:
                        found.setdefault(key, pointer + self._suffix)
                taken.update(found)
        found.pop(None, None)
        if not found:
            return stated if complete == stated.complete else Things(stated.items, stated.pointers, complete)
        others = sorted(found)
        items = stated.items + tuple(self._item(key) for key in others)
        return Things(items, stated.pointers + tuple(found[key] for key in others), complete)

    def _keys(self, items: Iterable[Mapping[str, Any]]) -> list[Any]:
        """The key of each item; None where it isn't known."""
        first, *rest = self._steps
        keys = [item.get(first) for item in items]
        for step in rest:
            keys = [None if found is None else found.get(step) for found in keys]
        return keys

    def _item(self, key: Any) -> Mapping[str, Any]:
        item = key
        for step in reversed(self._steps):
            item = {step: item}
        found: Mapping[str, Any] = item
        return found
