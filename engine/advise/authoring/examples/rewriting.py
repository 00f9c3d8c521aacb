"""Writes other expectations into a rule, case or person file: only they change, to the byte."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import yaml

from advise.authoring.writing.parsing import composed
from advise.authoring.writing.remarks import Remarks
from advise.authoring.writing.scalars import flow, scalar
from advise.errors import AdviseError, Place
from advise.source import Findings, plain, read_yaml, resolved


def rewritten(text: str, place: Place, expect: Mapping[str, Any]) -> str:
    """The text of a file in which the example at `place` expects something else; nothing else is changed.

    It's written as it was before, in braces or line by line. Raises AdviseError where that can't be done without
    losing a remark, or where it isn't written plainly enough.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    body = text.removeprefix(mark)
    missing = "" if body.endswith(("\n", "\r")) else _line_end_of(body)
    body += missing
    node, path = _example_at(body, place)
    old = next(value for key, value in node.value if key.value == "expect")
    edits = sorted(_Edits(body).of(old, expect))
    new = body
    for edit in reversed(edits):
        new = new[: edit.start] + edit.text + new[edit.end :]
    if not _is_only_that(body, new, path, expect):
        raise AdviseError(f"{place}: these expectations can't be written and nothing else changed, so they stay.")
    if sorted(Remarks(body).all) != sorted(Remarks(new).all):
        raise AdviseError(f"{place}: a remark would be lost with what it's about, so the expectations stay. Edit them.")
    return mark + new.removesuffix(missing)


def _is_only_that(before: str, after: str, path: Sequence[str | int], expect: Mapping[str, Any]) -> bool:
    """Whether a file says the same but for the expectations at `path`."""
    was, now = _values(before), _values(after)
    target = was
    for step in path:
        target = target[step]
    target["expect"] = expect
    return bool(was == now)


def _values(text: str) -> Any:
    findings = Findings()
    node = read_yaml(text, "", findings)
    return None if node is None or findings else plain(node)


def _example_at(text: str, place: Place) -> tuple[yaml.MappingNode, list[str | int]]:
    """The node of the example at a place, and its path. Raises AdviseError when there's none."""
    try:
        root = composed(text)
    except yaml.YAMLError:
        raise AdviseError(f"{place.file} has changed and can't be read any more.") from None
    ahead: list[tuple[yaml.Node | None, list[str | int]]] = [(root, [])]
    while ahead:
        node, path = ahead.pop()
        if isinstance(node, yaml.MappingNode):
            start = node.start_mark
            names = [key.value for key, _ in node.value]
            if (start.line + 1, start.column + 1) == (place.line, place.column) and "expect" in names:
                return node, path
            ahead += [(value, [*path, key.value]) for key, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            ahead += [(item, [*path, index]) for index, item in enumerate(node.value)]
    raise AdviseError(f"{place}: there's no example here any more.")


@dataclass(frozen=True, slots=True, order=True)
class _Edit:
    start: int
    end: int
    text: str


_Part = tuple[int | None, str]
"""An entry of a collection: its number before, None for a new one, and its text."""


class _Edits:
    """Finds the edits that make a node say something else."""

    def __init__(self, text: str) -> None:
        self.text = text

    def of(self, node: yaml.Node, new: Any) -> Iterator[_Edit]:
        """The edits for one value."""
        if isinstance(node, yaml.MappingNode) and isinstance(new, Mapping):
            yield from self._mapping(node, new)
        elif isinstance(node, yaml.SequenceNode) and isinstance(new, list):
            yield from self._list(node, new)
        else:
            yield _Edit(node.start_mark.index, self._end(node), flow(new))

    # -------------------------------------------------------------------------------------- mappings

    def _mapping(self, node: yaml.MappingNode, new: Mapping[str, Any]) -> Iterator[_Edit]:
        if node.flow_style:
            names = [key.value for key, _ in node.value]
            parts: list[_Part] = [
                (index, self._pair(key, value, new[key.value]))
                for index, (key, value) in enumerate(node.value)
                if key.value in new
            ]
            parts += [(None, f"{scalar(name)}: {flow(wanted)}") for name, wanted in new.items() if name not in names]
            spans = [(key.start_mark.index, self._end(value)) for key, value in node.value]
            yield self._flow(node, spans, parts)
            return
        is_block = any(not value.flow_style for _, value in node.value if isinstance(value, yaml.CollectionNode))
        before, end = "", node.start_mark.index
        for key, value in node.value:
            before, begin = self._line_before(key), self._line_start(key.start_mark.index)
            end = self._line_end(self._end(value))
            if key.value not in new:
                yield _Edit(begin, end, "")
            elif new[key.value] == [] and not getattr(value, "flow_style", True):
                yield _Edit(self.text.index(":", key.end_mark.index) + 1, self._end(value), " []")
            elif new[key.value] != _plain(value):
                yield from self.of(value, new[key.value])
        names = [key.value for key, _ in node.value]
        lines = [_block(before, name, wanted, is_block) for name, wanted in new.items() if name not in names]
        if lines:
            yield _Edit(end, end, self._as_lines("".join(lines)))

    def _pair(self, key: yaml.Node, value: yaml.Node, new: Any) -> str:
        start, end = key.start_mark.index, self._end(value)
        if _plain(value) == new:
            return self.text[start:end]
        piece = self.text[:end]
        for edit in sorted(self.of(value, new), reverse=True):
            piece = piece[: edit.start] + edit.text + piece[edit.end :]
        return piece[start:]

    # ----------------------------------------------------------------------------------------- lists

    def _list(self, node: yaml.SequenceNode, new: Sequence[Any]) -> Iterator[_Edit]:
        old = [_plain(item) for item in node.value]
        spans = [(item.start_mark.index, self._end(item)) for item in node.value]
        if node.flow_style:
            parts: list[_Part] = [
                (old.index(each), self.text[slice(*spans[old.index(each)])]) if each in old else (None, flow(each))
                for each in new
            ]
            yield self._flow(node, spans, parts)
            return
        prefix = self._line_before(node.value[0], r"[ \t]*-[ \t]+")
        ends = [self._line_end(end) for _, end in spans]
        begins = [self._line_start(spans[0][0]), *ends[:-1]]
        for item in node.value:
            self._line_before(item, r"[ \t]*-[ \t]+")
        chunks = [self.text[begin:end] for begin, end in zip(begins, ends, strict=True)]
        lines = [chunks[old.index(each)] if each in old else f"{prefix}{flow(each)}\n" for each in new]
        yield _Edit(begins[0], ends[-1], self._as_lines("".join(lines)))

    def _flow(self, node: yaml.Node, spans: list[tuple[int, int]], parts: list[_Part]) -> _Edit:
        """Braces or brackets with other entries; what stands between two entries that stay together stays."""
        start, end = node.start_mark.index, node.end_mark.index
        opening, closing = self.text[start], self.text[end - 1]
        if not parts or not spans:
            inner = ", ".join(piece for _, piece in parts)
            return _Edit(start, end, f"{opening}{inner}{closing}")
        gaps = [self.text[one[1] : two[0]] for one, two in pairwise(spans)]
        usual = next((gap for gap in gaps if "#" not in gap), ", ")
        out = self.text[start : spans[0][0]]
        for number, (index, piece) in enumerate(parts):
            if number:
                last = parts[number - 1][0]
                out += gaps[last] if last is not None and index == last + 1 else usual
            out += piece
        return _Edit(start, end, out + self.text[spans[-1][1] : end])

    # ---------------------------------------------------------------------------------------- places

    def _end(self, node: yaml.Node) -> int:
        """Where a node's own text ends; the parser's end of a block is where the next thing starts."""
        if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
            raise self._odd(node)
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self._end(last[1] if isinstance(last, tuple) else last)
        return int(node.end_mark.index)

    def _line_start(self, index: int) -> int:
        return max(self.text.rfind("\n", 0, index), self.text.rfind("\r", 0, index)) + 1

    def _line_end(self, index: int) -> int:
        found = re.compile(r"\r\n|\n|\r").search(self.text, index)
        return len(self.text) if found is None else found.end()

    def _line_before(self, node: yaml.Node, allowed: str = r"[ \t]*") -> str:
        """What stands on a node's line before it. Raises AdviseError for anything out of the ordinary."""
        index = node.start_mark.index
        before = self.text[self._line_start(index) : index]
        if not re.fullmatch(allowed, before):
            raise self._odd(node)
        return before

    def _as_lines(self, text: str) -> str:
        """New lines with the file's own line ends."""
        return re.sub(r"\r\n|\n|\r", _line_end_of(self.text), text)

    def _odd(self, node: yaml.Node) -> AdviseError:
        line = node.start_mark.line + 1
        return AdviseError(f"The expectations in line {line} are written in a way that can't be changed; edit them.")


def _line_end_of(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _plain(node: yaml.Node) -> Any:
    """A node's value as the loader reads it."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    assert isinstance(node, yaml.ScalarNode)
    return node.value if node.style else resolved(node.value)


def _block(indent: str, name: str, value: Any, is_block: bool) -> str:
    """A new entry of a block mapping, with a line end."""
    if is_block and value and isinstance(value, list | Mapping):
        if isinstance(value, Mapping):
            lines = [f"{indent}  {scalar(each)}: {flow(wanted)}\n" for each, wanted in value.items()]
        else:
            lines = [f"{indent}  - {flow(each)}\n" for each in value]
        return f"{indent}{scalar(name)}:\n{''.join(lines)}"
    return f"{indent}{scalar(name)}: {flow(value)}\n"
