"""Turns documents in foreign forms, such as a JSON Resume, into facts, as a knowledge base's `imports/` say.

An import file names the form (`format`), the keys that show it (`recognise`), and for each list of facts the
list to read (`from`) and for each fact the `path` in an item. A fact may take a text as it stands, as a `date`,
by patterns (`match`: regular expression -> value, the first that is found), or a value `if past`, where the text
is a date before the day of the advice; `always` is a value for every item. A list that `adds` to another is read
only if that one is there, since a list of facts that is given is complete. What a document doesn't say stays unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from advise.errors import FactsError, Problem
from advise.evaluate.meaning import matcher
from advise.rules import Rulebook
from advise.values import Span, date_span

_KINDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a number", float: "a number"}


def imported(rulebook: Rulebook, document: Any, as_of: date) -> tuple[Any, tuple[str, ...]]:
    """A document as facts, with notices that say what was done; one in no known form comes back as it is.

    Raises FactsError when the document is in a known form but wrong; the pointers are the document's.
    """
    for name in sorted(rulebook.imports):
        form = rulebook.imports[name]
        if isinstance(document, Mapping) and _is(form, document):
            return _Reader(form, as_of).facts(document, _own_names(rulebook)), (_notice(form, document),)
    return document, ()


def _own_names(rulebook: Rulebook) -> frozenset[str]:
    """The names that facts have at the top."""
    person = {path.split(".")[0] for thing, path in rulebook.facts if thing is None}
    return frozenset(person | {each.name for each in rulebook.lists.values()})


def _is(form: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    return any(key in document for key in form["recognise"])


def _notice(form: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    lists = [f"/{each['from']} as /{each['to']}" for each in form["lists"] if each["from"] in document]
    said = f": {', '.join(lists)}" if lists else ""
    return f"Read as {form['format']}{said}. What it doesn't say stays unknown."


class _Reader:
    """Reads one document, collecting every problem."""

    def __init__(self, form: Mapping[str, Any], as_of: date) -> None:
        self.form = form
        self.today = as_of.toordinal()
        self.problems: list[Problem] = []

    def facts(self, document: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
        """The facts; answers that were added to the document under the names of facts are kept."""
        found: dict[str, Any] = {}
        read = {each["from"] for each in self.form["lists"]}
        added = {name: value for name, value in document.items() if name in names and name not in read}
        for each in self.form["lists"]:
            items = document.get(each["from"])
            if items is None or items == [] or (each.get("adds") and each["to"] not in found):
                continue  # an empty list in a foreign form is more often left empty than meant as none
            pointer = f"/{each['from']}"
            if not isinstance(items, list):
                self._wrong(pointer, items, "a list")
                continue
            things = [self._thing(each, item, f"{pointer}/{i}") for i, item in enumerate(items)]
            found.setdefault(each["to"], []).extend(thing for thing in things if thing is not None)
        for name in added.keys() & found.keys():
            sentence = f"This is given here, and by another part of {self.form['format']} as well."
            self.problems.append(Problem(f"/{name}", "given-twice", sentence, "Keep one of them."))
        if self.problems:
            raise FactsError(tuple(self.problems))
        return {**found, **added}

    def _thing(self, each: Mapping[str, Any], item: Any, pointer: str) -> dict[str, Any] | None:
        if not isinstance(item, Mapping):
            self._wrong(pointer, item, "an object")
            return None
        thing: dict[str, Any] = {}
        for path, how in each["facts"].items():
            value = how["always"] if "always" in how else self._read(item, how, pointer)
            if value is not None:
                _put(thing, path, value)
        return thing

    def _read(self, item: Mapping[str, Any], how: Mapping[str, Any], pointer: str) -> Any:
        """The value of one fact; None when the item doesn't say."""
        raw, at = item.get(how["path"]), f"{pointer}/{how['path']}"
        if raw is None:
            return None
        if not isinstance(raw, str):
            self._wrong(at, raw, "a text")
            return None
        if how.get("as") == "date":
            return raw if self._days(raw, at) else None
        if "if past" in how:
            days = self._days(raw, at)
            return how["if past"] if days and days.high < self.today else None
        if "match" in how:
            return next((value for pattern, value in how["match"].items() if matcher(pattern)(raw)), None)
        return raw.strip() or None

    def _days(self, raw: str, pointer: str) -> Span | None:
        try:
            return date_span(raw)
        except ValueError:
            hint = "Write 2024, 2024-03 or 2024-03-05, or leave it out."
            problem = Problem(pointer, "impossible-date", "This isn't a date.", hint)
            if problem not in self.problems:
                self.problems.append(problem)
            return None

    def _wrong(self, pointer: str, found: Any, wanted: str) -> None:
        kind = _KINDS.get(type(found), "something else")
        sentence = f"Here {self.form['format']} has {wanted}, but this is {kind}."
        self.problems.append(Problem(pointer, "wrong-type", sentence))


def _put(thing: dict[str, Any], path: str, value: Any) -> None:
    *outer, last = path.split(".")
    for part in outer:
        thing = thing.setdefault(part, {})
    thing[last] = value
