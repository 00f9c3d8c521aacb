"""Formats YAML as the career knowledge base is written, keeping comments: `advise fmt`."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import yaml as pyyaml

from advise.errors import AdviseError, KnowledgeBaseError, UsageError
from advise.source import Findings, plain, read_yaml

EXTRA = "pip install 'advise-engine[authoring]'"
WIDTH = 120
_ENDLESS = 1_000_000


def formatted(text: str, name: str) -> str:
    """The text of a YAML file, formatted: indented by two, lists by two more, lines of up to 120 characters.

    What stands in { } or [ ] goes on one line, or, where that would be too long, on a line for each entry.
    Comments, quotes and the order of keys stay. `name` is the file's, for messages. Raises KnowledgeBaseError
    when the text isn't YAML as `advise` reads it, AdviseError when formatting would change what it says,
    UsageError without the extra `authoring`.
    """
    before = _values(text, name)
    written = _written(text)
    if _values(written, name) != before or _comments(written) != _comments(text):
        raise AdviseError(f"{name} can't be formatted without changing what it says, so it's left as it is.")
    return written


def _written(text: str) -> str:
    try:
        from ruamel.yaml import YAML
    except ModuleNotFoundError:
        raise UsageError(f"To format files, ruamel.yaml is needed: {EXTRA}") from None
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.brace_single_entry_mapping_in_flow_sequence = True  # [{a: 1}] rather than [a: 1], which few people know
    data, wide = yaml.load(text), True
    while wide:
        endless = _dumped(yaml, data, _ENDLESS)
        data = yaml.load(endless)
        wide = _spread(data, endless.splitlines())
    return "".join(f"{line.rstrip()}\n" for line in _near(_dumped(yaml, data, WIDTH)).splitlines())


def _dumped(yaml: Any, data: Any, width: int) -> str:
    yaml.width = width
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def _near(text: str) -> str:
    """The text with remarks beside what they're about, which may have stood further to the right before."""
    parts, at = [], 0
    for start, end in _gaps(text):
        gap = text[start:end]
        if re.match(" {3,}#", gap):
            parts += [text[at:start], "  ", gap.lstrip(" ")]
            at = end
    return "".join([*parts, text[at:]])


def _spread(node: Any, lines: list[str]) -> bool:
    """Gives a line to each entry of the outermost braces and brackets that make a line too long; whether any did."""
    if not isinstance(node, dict | list):
        return False
    flow: Any = node.fa  # type: ignore[union-attr]
    if flow.flow_style():
        is_wide = len(node) > 0 and len(lines[node.lc.line]) > WIDTH  # type: ignore[union-attr]
        if is_wide:
            flow.set_block_style()
        return is_wide
    inner = node.values() if isinstance(node, dict) else node
    return sum([_spread(each, lines) for each in inner]) > 0


def _values(text: str, name: str) -> object:
    findings = Findings()
    node = read_yaml(text.encode(), name, findings)
    if node is None or findings.all:
        raise KnowledgeBaseError(findings.all)
    return plain(node)


def _comments(text: str) -> list[str]:
    """The comments: they stand between the tokens."""
    return [each.rstrip() for start, end in _gaps(text) for each in re.findall("#.*", text[start:end])]


def _gaps(text: str) -> Iterator[tuple[int, int]]:
    """Where there's no token: from where to where."""
    end = 0
    for token in pyyaml.scan(text):
        yield end, token.start_mark.index
        end = token.end_mark.index
    yield end, len(text)
