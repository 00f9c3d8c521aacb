"""One JSON value, made ready for the Arrow type that its place in the facts has, or a sentence why it can't be.

Only what a block of lines can't be read for at once comes here, line by line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

import pyarrow as pa

from advise._case_schema import LARGEST_NUMBER, tree_of
from advise._json_text import DuplicateKeyError, error_words, loads
from advise._quick_check import is_text
from advise._yaml_complaints import short
from advise.batch.targets import Node
from advise.facts_schema import protected_name
from advise.rules import Rulebook
from advise.types import Fact, Kind, ThingList


class WrongValueError(Exception):
    """A value can't be used; the sentence says why, without the value."""


def parsed(text: str | bytes) -> Any:
    """The value of a JSON text. Raises WrongValueError."""
    try:
        return loads(text.decode() if isinstance(text, bytes) else text)
    except json.JSONDecodeError as error:
        raise WrongValueError(f"This isn't JSON: {error_words(error)}") from None
    except DuplicateKeyError:
        raise WrongValueError("A name stands twice in one object.") from None
    except UnicodeDecodeError:
        raise WrongValueError("This isn't in UTF-8.") from None
    except (ValueError, RecursionError):
        raise WrongValueError("This JSON is nested too deeply, or has a number that there isn't.") from None


class Plain:
    """Makes values plain for one knowledge base."""

    def __init__(self, book: Rulebook) -> None:
        self._book = book
        self._protected = frozenset(map(protected_name, book.protected))

    def protects(self, name: str) -> bool:
        """Whether a name is that of a protected characteristic."""
        return protected_name(name) in self._protected

    def value(self, value: Any, node: Node) -> Any:
        """A value as the Arrow type of its place takes it; null is absent. Raises WrongValueError."""
        if value is None:
            return None
        if isinstance(node, Fact):
            made = _LEAVES[node.type.kind](value)
            if made is None:
                raise WrongValueError(f"'{node.title}' takes {_TAKES[node.type.kind]}.")
            return made
        if isinstance(node, ThingList):
            if not isinstance(value, list):
                raise WrongValueError(f"'{node.title}' takes a list.")
            tree = tree_of(self._book, node.thing)
            if None in value:
                raise WrongValueError(f"'{node.title}' has an entry that is empty.")
            return [self._object(each, tree, f"An entry of '{node.title}'") for each in value]
        return self._object(value, node, "This part of the facts")

    def _object(self, value: Any, tree: Mapping[str, Node], what: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise WrongValueError(f"{what} must be an object: names with their values, in {{ }}.")
        found = {}
        for name, below in value.items():
            if name in tree:
                found[name] = self.value(below, tree[name])
            elif not self.protects(name):
                raise WrongValueError(unknown_name(name, tree))
        return found


def unknown_name(name: str, known: Mapping[str, Any]) -> str:
    """What to say of a name that there isn't."""
    near = get_close_matches(name, known, n=1)
    return f"No fact is called '{short(name)}'." + (f" Did you mean '{near[0]}'?" if near else "")


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # What is too large is refused with its own sentence later.
    return float(value) if -LARGEST_NUMBER <= value <= LARGEST_NUMBER else 2 * LARGEST_NUMBER


def _text(value: Any) -> str | None:
    # U+FFFF is refused with its own sentence later.
    return value if isinstance(value, str) and (value == "\uffff" or is_text(value)) else None


def _texts(value: Any) -> list[str] | None:
    if not isinstance(value, list) or any(_text(each) is None for each in value):
        return None
    return value


_LEAVES: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.NUMBER: _number,
    Kind.BOOLEAN: lambda value: value if isinstance(value, bool) else None,
    Kind.CHOICE: _text,
    Kind.TEXT: _text,
    Kind.DATE: _text,
    Kind.TEXTS: _texts,
}
_TAKES: Mapping[Kind, str] = {
    Kind.NUMBER: "a number",
    Kind.BOOLEAN: "true or false",
    Kind.CHOICE: "one of its values, as a text",
    Kind.TEXT: "a text",
    Kind.DATE: "a date such as 2024-03-05, as a text",
    Kind.TEXTS: "a list of texts",
}


def as_cell(value: Any) -> str | None:
    """A value as a cell of a table has it."""
    if value is None or (isinstance(value, str) and is_text(value)):
        return value
    return json.dumps(value, ensure_ascii=True)


def kept_value(value: Any, type_: Any, name: str) -> Any:
    """A value of a column that is kept, of the Arrow type that the first lines had. Raises WrongValueError."""
    if pa.types.is_string(type_):
        return as_cell(value)
    fits = {
        "int64": isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63,
        "double": isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 1e300,
        "bool": isinstance(value, bool),
    }
    if value is None:
        return None
    if not fits[str(type_)]:
        raise WrongValueError(f"'{short(name)}' is kept, and has another kind of value here than in the first lines.")
    return float(value) if str(type_) == "double" else value


def kept_type(values: list[Any]) -> Any:
    """The Arrow type for a column that is kept, from the values of the first lines."""
    given = [each for each in values if each is not None]
    if given and all(isinstance(each, bool) for each in given):
        return pa.bool_()
    if given and all(isinstance(each, int) and not isinstance(each, bool) for each in given):
        return pa.int64()
    if given and all(isinstance(each, int | float) and not isinstance(each, bool) for each in given):
        return pa.float64()
    return pa.string()
