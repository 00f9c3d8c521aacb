"""Values as rule files are written: plain where that reads back as the same, else in quotes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from advise.source import resolved

# What YAML doesn't take as it is, or takes for the end of a line.
_UNREADABLE = "\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"
_ESCAPED = re.compile(f"[{_UNREADABLE}]")
# What may stand without quotes anywhere: no sign that means something to YAML, in braces or out of them.
_PLAIN = re.compile(rf"[^\W_][^\x00-\x1f:#,\[\]{{}}\\{_UNREADABLE}]*(?<![\s-])\Z")


def scalar(value: str | float | bool | None) -> str:
    """One value as it stands in a rule file, on one line."""
    if value is None or isinstance(value, bool | int | float):
        return json.dumps(value)
    if _PLAIN.match(value) and resolved(value) == value and not _is_odd(value):
        return value
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def _is_odd(text: str) -> bool:
    """True for `no`, `on` and the like: texts here, but other tools, and people, may take them for more."""
    return yaml.SafeLoader.yaml_implicit_resolvers.get(text[0]) is not None and any(
        pattern.match(text) and tag.endswith((":bool", ":null", ":int", ":float"))
        for tag, pattern in yaml.SafeLoader.yaml_implicit_resolvers[text[0]]
    )


def flow(value: Any) -> str:
    """A value in braces and brackets, on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, str) or not isinstance(value, Iterable):
        return scalar(value)
    return "[" + ", ".join(map(flow, value)) + "]"
