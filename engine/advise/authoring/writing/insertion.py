"""Puts a rule into the text of a rule file; everything else in the text stays as it is, byte for byte."""

from __future__ import annotations

import re
from typing import Any

import yaml

from advise._reading import LINE_END
from advise.errors import AdviseError, KnowledgeBaseError
from advise.source import Findings, plain, read_yaml

_LINE = re.compile(r"[^\r\n]*(\r\n|\r|\n|\Z)")


def with_rule(text: str, rule: str, name: str) -> str:
    """The text of a rule file with a rule after its last one.

    `rule` is a list item that begins at the first column (`- id: ..`), `name` the file's, for messages. Raises
    KnowledgeBaseError when the text isn't YAML, AdviseError when there's no place for a rule in it.
    """
    before = _values(text, name)
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode) or not isinstance(before, dict):
        raise AdviseError(f"{name} isn't a rule file: it should be `name: value` on each line.")
    found = next(((key, value) for key, value in root.value if key.value == "rules"), None)
    newline = end[0] if (end := LINE_END.search(text)) else "\n"
    if found is None:
        written = _appended(text, rule, newline, root.flow_style)
    else:
        written = _inserted(text, rule, newline, *found)
    if written is None or _values(written, name) != _wanted(before, rule):
        hint = "Run `advise fmt` on it first, or add the rule by hand."
        raise AdviseError(f"The rules in {name} are written in a way that a rule can't be added to. {hint}")
    return written


def _values(text: str, name: str) -> Any:
    findings = Findings()
    node = read_yaml(text.encode(), name, findings)
    if node is None or findings:
        raise KnowledgeBaseError(findings.all)
    return plain(node)


def _wanted(before: dict[str, Any], rule: str) -> Any:
    return {**before, "rules": [*(before.get("rules") or []), *_values(rule, "the rule")]}


def _appended(text: str, rule: str, newline: str, is_flow: bool) -> str | None:
    """With a section `rules` at the end."""
    if is_flow:
        return None
    head = text if text.endswith(("\n", "\r")) or not text else text + newline
    return f"{head}{newline}rules:{newline}{_indented(rule, 2, newline)}"


def _inserted(text: str, rule: str, newline: str, key: yaml.Node, rules: yaml.Node) -> str | None:
    if isinstance(rules, yaml.SequenceNode) and rules.value and not rules.flow_style:
        dash = rules.start_mark.column
        at = _after(text, _end(rules.value[-1]), dash)
        head = text[:at] if text[:at].endswith(("\n", "\r")) else text[:at] + newline
        return f"{head}{newline}{_indented(rule, dash, newline)}{text[at:]}"
    if isinstance(rules, yaml.SequenceNode) and rules.value:
        return None
    # `rules:` with nothing after it, or with [].
    start, end = key.end_mark.index + 1, rules.end_mark.index if isinstance(rules, yaml.SequenceNode) else None
    line = _line_end(text, start)
    rest = text[start if end is None else end : line]
    if rest.strip() and not rest.lstrip().startswith("#"):
        return None
    head = f"{text[:start]}{rest.rstrip()}{newline}"
    return f"{head}{_indented(rule, key.start_mark.column + 2, newline)}{text[line:]}"


def _end(node: yaml.Node) -> yaml.Mark:
    """Where the last thing in a node ends; a block's own mark is past the remarks after it."""
    while isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        key, value = last if isinstance(last, tuple) else (last, last)
        is_empty = isinstance(value, yaml.ScalarNode) and value.start_mark.index == value.end_mark.index
        node = key if is_empty else value
    return node.end_mark


def _after(text: str, end: yaml.Mark, dash: int) -> int:
    """Where the next rule may begin: after the line of the end, and the remarks that still belong to it."""
    at: int = _before_blank_lines(text, end.index) if end.column == 0 else _line_end(text, end.index)
    ahead = at
    while ahead < len(text):
        line_end = _line_end(text, ahead)
        line = text[ahead:line_end]
        if line.strip() and not (line.lstrip().startswith("#") and len(line) - len(line.lstrip()) > dash):
            break
        ahead = line_end
        if line.strip():
            at = ahead
    return at


def _before_blank_lines(text: str, index: int) -> int:
    """Where a text in a block ends; its own end is past the blank lines after it."""
    found = re.search(r"(\r\n|\r|\n)\s*\Z", text[:index])
    return index if found is None else found.start() + len(found[1])


def _line_end(text: str, index: int) -> int:
    found = _LINE.match(text, index)
    return len(text) if found is None else found.end()


def _indented(rule: str, by: int, newline: str) -> str:
    lines = rule.splitlines()
    return "".join(f"{' ' * by if line else ''}{line}{newline}" for line in lines)
