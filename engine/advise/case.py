"""One person's facts, checked and made ready for an evaluation. Immutable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property, partial
from operator import is_
from typing import TYPE_CHECKING, Any, NamedTuple

from advise._case_schema import Tree, strict_schema, tree_of
from advise._quick_check import quick_check
from advise.errors import FactsError, Problem
from advise.rules import Derived, Rulebook
from advise.types import Fact, Kind, folded

if TYPE_CHECKING:
    import jsonschema_rs


class Things(NamedTuple):
    """The things of one list, as the facts give them (for a derived thing: the stated ones, then the others).

    `items[i]` is the raw mapping of thing i and `pointers[i]` the JSON Pointer of where it stands. For a
    derived thing that isn't stated itself, the item is `{key: value}` and the pointer is the pointer of the
    fact that it was derived from. `complete` is False when there may be more things than these: the list is
    absent or null, or a derived thing's sources are. Then evaluators add one phantom thing, with the index
    `len(items)`, of which nothing is known.
    """

    items: Sequence[Mapping[str, Any]]
    pointers: tuple[str, ...]
    complete: bool


class Case(NamedTuple):
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
        self._rulebook = rulebook
        self._is_fine = quick_check(rulebook)
        self._lists = tuple(
            (each.thing, each.name, tuple(_pointers(each.name, count) for count in range(_READY)))
            for each in rulebook.lists.values()
        )
        self._derivers = tuple(_Deriver(each, rulebook) for each in rulebook.derived.values())
        self._folder = _Folder(rulebook)

    @cached_property
    def schema(self) -> dict[str, Any]:
        """The strict JSON Schema of the facts."""
        return strict_schema(self._rulebook)

    @cached_property
    def _validator(self) -> jsonschema_rs.Draft202012Validator:
        import jsonschema_rs

        return jsonschema_rs.Draft202012Validator(self.schema)

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

    def _things(self, facts: Mapping[str, Any]) -> dict[str, Things]:
        things: dict[str, Things] = {}
        new = tuple.__new__  # what `Things(...)` comes to, without a call in between; this runs for every person
        for thing, name, pointers in self._lists:
            items = facts.get(name)
            if items is None:
                assumed = name not in facts and self._rulebook.lists[thing].assumed_empty
                things[thing] = _NO_THINGS if assumed else _UNKNOWN_THINGS
            else:
                count = len(items)
                ready = pointers[count] if count < _READY else _pointers(name, count)
                things[thing] = new(Things, (items, ready, True))
        for deriver in self._derivers:
            things[deriver.thing] = deriver.derive(things)
        return things


# For lists shorter than this, the pointers are made beforehand.
_READY = 32
_NO_THINGS = Things((), (), True)
_UNKNOWN_THINGS = Things((), (), False)


def _pointers(name: str, count: int) -> tuple[str, ...]:
    return tuple(f"/{name}/{index}" for index in range(count))


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
        own = self._keys(stated.items)
        taken = set(own)
        if len(taken) != len(own):
            raise self._twice(stated, own)
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
        items = (*stated.items, *(self._item(key) for key in others))
        return Things(items, stated.pointers + tuple(found[key] for key in others), complete)

    def _twice(self, stated: Things, keys: Sequence[Any]) -> FactsError:
        """Two stated things with one key: there's no telling which of them counts."""
        again = next(i for i, key in enumerate(keys) if key in keys[:i])
        first = stated.pointers[keys.index(keys[again])]
        sentence = f"This {self.thing} is the same as the one at {first}."
        problem = Problem(stated.pointers[again] + self._suffix, "given-twice", sentence, "Make one of the two.")
        return FactsError((problem,))

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
