"""Reads a person's facts from JSON or YAML text; whatever is wrong is a FactsError with its place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from advise._json_text import DuplicateKeyError, NotANumberError, as_yaml, error_words, loads
from advise._reading import UnreadableError, decoded, line_and_column, read_bytes
from advise.errors import FactsError, Place, Problem
from advise.source import Findings, Limits, MappingNode, Node, at, plain, read_yaml

LIMITS = Limits(bytes=5_000_000, nodes=250_000, findings=10)


@dataclass(frozen=True, slots=True)
class ParsedFacts:
    """Facts that were read from a text. `facts` holds plain JSON values, not yet checked against a schema.

    `locate` gives the place of what a JSON Pointer names; the text is only read for it when it's first used.
    """

    facts: dict[str, Any]
    locate: Callable[[str], Place | None]

    def placed(self, error: FactsError) -> FactsError:
        """The same error, with the place of each problem."""
        return FactsError(tuple(replace(each, place=self.locate(each.pointer)) for each in error.problems))


def read_file(path: Path | str) -> bytes:
    """The bytes of a facts file, at most 5 MB; a pipe will do. Raises FactsError."""
    try:
        return read_bytes(Path(path), LIMITS.bytes, regular=False)
    except UnreadableError as error:
        raise _error(str(path), error.code, error.sentence, error.hint) from None


def read_facts(data: bytes, name: str) -> ParsedFacts:
    """Reads facts from JSON or YAML text that problems call `name`.

    It's JSON if it starts with { or [ or the name ends with .json, else YAML. Raises FactsError with one
    problem: too large, not UTF-8, not JSON or YAML, empty, a name that stands twice, a number that isn't one,
    nested too deeply, not an object.
    """
    if len(data) > LIMITS.bytes:
        sentence = f"These facts are larger than {LIMITS.bytes // 1_000_000} MB, so they aren't read."
        raise _error(name, "too-large", sentence, "Facts about one person are far smaller.")
    try:
        text = decoded(data)
    except UnreadableError as error:
        place = Place(name, error.line, error.column)
        raise _error(place, error.code, error.sentence, error.hint) from None
    if not text.strip():
        raise _error(name, "empty", "There is nothing in here.", "Give at least {}.")
    is_json = text.lstrip()[0] in "{[" or name.casefold().endswith(".json")
    facts = _json(text, name) if is_json else _yaml(text, name)
    if is_json and _is_deep(facts):
        raise _too_deep(text, name)
    if not isinstance(facts, dict):
        sentence = "Facts must be an object with names and values."
        raise _error(name, "not-an-object", sentence, 'Write {"name of a fact": value}.')
    return ParsedFacts(facts, _locator(as_yaml(text) if is_json else text, name))


# -------------------------------------------------------------------------------------------------- JSON


def _json(text: str, name: str) -> Any:
    try:
        return loads(text)
    except json.JSONDecodeError as error:
        return _flow_or_error(text, name, error)
    except DuplicateKeyError:
        raise _duplicate(text, name) from None
    except NotANumberError as error:
        sentence = f"{error} isn't a number that facts can have."
        raise _error(_not_a_number(text, name), "not-a-number", sentence, "If it isn't known, write null.") from None
    except RecursionError:
        raise _too_deep(text, name) from None
    except ValueError:
        raise _error(name, "out-of-range", "A number in here is too long.", "Check its digits.") from None


def _flow_or_error(text: str, name: str, error: json.JSONDecodeError) -> Any:
    """YAML may start with { as well, without quotes; else what is wrong is said about the JSON."""
    if not name.casefold().endswith(".json"):
        findings = Findings()
        node = read_yaml(text, name, findings, LIMITS)
        if isinstance(node, MappingNode) and not findings:
            return plain(node)
    place = Place(name, *line_and_column(text, error.pos))
    raise _error(place, "not-json", error_words(error), "Check the quotes, commas and brackets.") from None


def _duplicate(text: str, name: str) -> FactsError:
    return _found(text, name, "yaml-duplicate-key", "A name stands twice in one object.", "Keep one of them.")


def _too_deep(text: str, name: str) -> FactsError:
    sentence = f"This is nested more than {LIMITS.depth} levels deep."
    return _error(_first_too_deep(text, name), "too-deep", sentence, "Facts are never nested that deep.")


_TEXT_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')


def _first_too_deep(text: str, name: str) -> Place | str:
    """Where the first bracket opens that is nested too deeply."""
    depth = 0
    for match in _TEXT_OR_BRACKET.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match[0], 0)
        if depth > LIMITS.depth:
            return Place(name, *line_and_column(text, match.start()))
    return name


def _found(text: str, name: str, code: str, sentence: str, hint: str) -> FactsError:
    """The error for a finding with `code` that the YAML reader has about JSON text; it knows the place."""
    findings = Findings()
    read_yaml(as_yaml(text), name, findings, LIMITS)
    for each in findings.all:
        if each.code == code:
            return _error(each.place, _CODES[code], each.sentence, hint)
    return _error(name, _CODES[code], sentence, hint)


def _is_deep(value: Any) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(LIMITS.depth):
        nested = (each.values() if isinstance(each, dict) else each for each in level)
        level = [below for values in nested for below in values if isinstance(below, dict | list)]
        if not level:
            return False
    return True


_TEXT_OR_NAN = re.compile(r'"(?:[^"\\]|\\.)*"|(?P<nan>NaN|-?Infinity)')


def _not_a_number(text: str, name: str) -> Place | str:
    """Where the first NaN or Infinity outside quotes stands."""
    for match in _TEXT_OR_NAN.finditer(text):
        if match["nan"]:
            return Place(name, *line_and_column(text, match.start()))
    return name


# -------------------------------------------------------------------------------------------------- YAML


def _yaml(text: str, name: str) -> Any:
    findings = Findings()
    node = read_yaml(text, name, findings, LIMITS)
    if findings:
        first = findings.all[0]
        hint = "" if first.code == "yaml-too-large" else first.hint
        raise _error(first.place, _CODES.get(first.code, "not-yaml"), first.sentence, hint)
    return None if node is None else plain(node)


_CODES = {
    "yaml-duplicate-key": "duplicate-key",
    "yaml-too-deep": "too-deep",
    "yaml-too-large": "too-large",
    "yaml-empty": "empty",
}


# ------------------------------------------------------------------------------------------------ places


def _locator(text: str, name: str) -> Callable[[str], Place | None]:
    @cache
    def root() -> Node | None:
        return read_yaml(text, name, Findings(), LIMITS)

    def locate(pointer: str) -> Place | None:
        top = root()
        steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
        found = None if top is None else at(top, steps)
        return None if found is None else found.place

    return locate


def _error(place: Place | str, code: str, sentence: str, hint: str = "") -> FactsError:
    where = Place(place) if isinstance(place, str) else place
    return FactsError((Problem("", code, sentence, hint, where),))
