"""JSON text with its positions: JSON decides what is right, the YAML reader says where each part stands."""

from __future__ import annotations

import json
import re
from typing import Any

from advise._reading import UnreadableError, decoded, line_and_column
from advise.errors import Place
from advise.source import RULE_FILE, Findings, Limits, Node, read_yaml


class DuplicateKeyError(ValueError):
    """An object has a key twice."""


class NotANumberError(ValueError):
    """NaN or Infinity stands where JSON has only numbers."""


def loads(text: str) -> Any:
    """Strict JSON. Raises JSONDecodeError, DuplicateKeyError and NotANumberError, ValueError for a number
    that is too long, RecursionError for what is nested too deeply."""
    return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise DuplicateKeyError
    return found


def _constant(name: str) -> Any:
    raise NotANumberError(name)


# What JSON allows and libyaml doesn't, or counts as a line end; each becomes something of the same length.
_HALF_OF_A_PAIR = re.compile(r"\\u[dD][89abcdefABCDEF][0-9a-fA-F]{2}")
_NOT_YAML = dict.fromkeys([0x09, *range(0x7F, 0xA0), 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF], " ")
_NEEDS_CARE = re.compile("[\t\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def as_yaml(text: str) -> str:
    """JSON text as YAML that reads the same, but for rare characters in texts; every position is kept."""
    if _NEEDS_CARE.search(text):
        text = text.translate(_NOT_YAML)
    return _HALF_OF_A_PAIR.sub(r"\\ufffd", text) if "\\u" in text else text


def error_words(error: json.JSONDecodeError) -> str:
    """What is wrong with a JSON text, in words."""
    for words, sentence in _WORDS:
        if error.msg.startswith(words):
            return sentence
    return "This isn't valid JSON here."


_WORDS = (
    ("Expecting ',' delimiter", "A ',' or a closing bracket is missing here."),
    ("Expecting ':' delimiter", "A ':' is missing here."),
    ("Expecting property name", "A name in double quotes is missing here."),
    ("Illegal trailing comma", "A ',' stands before a closing bracket."),
    ("Expecting value", "A value is missing here."),
    ("Unterminated string", "The quote that opens here is never closed."),
    ("Invalid control character", "A text in quotes can't run over several lines or hold a tab."),
    ("Invalid \\", "A backslash starts an escape, and this one doesn't exist."),
    ("Extra data", "There is more text after the end of the facts."),
)


def read_json(source: bytes | str, file: str, findings: Findings, limits: Limits = RULE_FILE) -> Node | None:
    """Reads a JSON file that findings call `file` into nodes; returns None, with a finding, if it's wrong."""
    if len(source) > limits.bytes:
        sentence = f"This file is larger than {limits.bytes // 1_000_000} MB, so it isn't read."
        findings.add("json-too-large", Place(file), sentence)
        return None
    try:
        text = decoded(source) if isinstance(source, bytes) else source.removeprefix("\ufeff")
    except UnreadableError as error:
        findings.add("json-encoding", Place(file, error.line, error.column), error.sentence, error.hint)
        return None
    findings.know(file, text)
    try:
        loads(text)
    except json.JSONDecodeError as error:
        findings.add("json-syntax", Place(file, *line_and_column(text, error.pos)), error_words(error))
        return None
    except DuplicateKeyError:
        before = len(findings)
        read_yaml(as_yaml(text), file, findings, limits)
        if len(findings) == before:
            findings.add("yaml-duplicate-key", Place(file), "A name stands twice in one object.")
        return None
    except NotANumberError as error:
        findings.add("json-syntax", Place(file), f"{error} isn't a number that JSON has.")
        return None
    except (ValueError, RecursionError):
        findings.add("json-syntax", Place(file), "This JSON is nested too deeply, or has a number that is too long.")
        return None
    return read_yaml(as_yaml(text), file, findings, limits)
