"""Where a cursor stands in a rule file that is being written: under which keys, and whether a name or a value comes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from advise.authoring.writing.parsing import tokens

_HEAD = (
    r"(?:(?:each|some|every|no|count|sum|highest|lowest|earliest|latest|this|at|more|less|one|same)\s+(?:other\s+)?)"
)
_WORD = re.compile(rf"(?:{_HEAD})?[$\w.-]*\Z")
_PLACEHOLDER = re.compile(r"(?<!\{)\{([$\w. ]*)\Z")


@dataclass(frozen=True, slots=True)
class Cursor:
    """What stands around a cursor.

    `path` are the keys that lead there from the top. `is_key`: a name comes here, and not a value; both may be so
    where an entry has just begun. `word` is what has been written of it, from the character `start` on.
    `in_text`: the cursor stands in braces in a text; `in_list`: at an item of a list.
    """

    path: tuple[str, ...]
    is_key: bool
    is_value: bool
    word: str
    start: int
    in_text: bool = False
    in_list: bool = False


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is open at the cursor."""

    is_mapping: bool
    is_flow: bool
    column: int
    key: str | None = None
    wants_value: bool = False
    wants_key: bool = field(default=True)


def cursor(text: str, offset: int) -> Cursor:
    """The cursor after so many characters of a text, which needn't be whole, nor right."""
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    match = _WORD.search(line)
    word = match[0] if match is not None else ""
    start = offset - len(word)
    frames = _frames(text[:start])
    column = len(line) - len(word)
    is_first = not line[:column].strip()
    if is_first:
        while frames and not frames[-1].is_flow and frames[-1].column > column:
            frames.pop()
        if frames and not frames[-1].is_flow and frames[-1].column == column:
            frames[-1].wants_value, frames[-1].wants_key = False, True
    inside = _PLACEHOLDER.search(line)
    path = tuple(
        frame.key for frame in frames if frame.key is not None and (frame.wants_value or frame is not frames[-1])
    )
    if inside is not None and _is_text(text[:start], line):
        return Cursor(path, False, False, inside[1], offset - len(inside[1]), in_text=True)
    top = frames[-1] if frames else _Frame(True, False, 0)
    is_value = top.wants_value if top.is_mapping else True
    is_key = (top.is_mapping and top.wants_key and not top.wants_value) or (
        is_value and _may_begin_mapping(top, is_first, line)
    )
    return Cursor(path, is_key, is_value, word, start, in_list=not top.is_mapping)


def _may_begin_mapping(top: _Frame, is_first: bool, line: str) -> bool:
    return not top.is_mapping or (is_first and not top.is_flow) or line.rstrip().endswith("-")


def _is_text(before: str, line: str) -> bool:
    """Whether braces in a line are a placeholder's: something other than a name's ':' or a list stands before them."""
    opening = line.rfind("{")
    return bool(re.search(r"[^\s:,\[{-]\s*\Z|[\w.,;]\s+\Z|[\"'][^\"']*\Z", line[:opening])) or _in_block_text(before)


def _in_block_text(before: str) -> bool:
    """Whether the text before ends in one after > or |."""
    last = None
    for token in _tokens(before):
        last = token if token.start_mark.index != token.end_mark.index else last
    return isinstance(last, yaml.ScalarToken) and last.style in ("|", ">")


def _tokens(text: str) -> Iterator[yaml.Token]:
    try:
        yield from tokens(text)
    except yaml.YAMLError:
        return


def _frames(before: str) -> list[_Frame]:
    """The mappings and lists that are open at the end of a text."""
    frames: list[_Frame] = []
    end = len(before.rstrip())
    for token in _tokens(before):
        at = token.start_mark
        match token:
            case yaml.BlockEndToken() if at.index >= end:
                break
            case yaml.BlockMappingStartToken() | yaml.BlockSequenceStartToken():
                frames.append(_Frame(isinstance(token, yaml.BlockMappingStartToken), False, at.column))
            case yaml.FlowMappingStartToken() | yaml.FlowSequenceStartToken():
                frames.append(_Frame(isinstance(token, yaml.FlowMappingStartToken), True, at.column))
            case yaml.BlockEndToken() | yaml.FlowMappingEndToken() | yaml.FlowSequenceEndToken():
                if frames:
                    frames.pop()
                _done(frames)
            case _:
                _take(frames, token)
    return frames


def _take(frames: list[_Frame], token: yaml.Token) -> None:
    if not frames:
        return
    top = frames[-1]
    match token:
        case yaml.KeyToken() | yaml.FlowEntryToken():
            top.wants_key, top.wants_value = True, False
        case yaml.ValueToken():
            top.wants_value, top.wants_key = True, False
        case yaml.ScalarToken() if top.is_mapping and top.wants_key and not top.wants_value:
            top.key = token.value
        case yaml.ScalarToken():
            _done(frames)
        case _:
            pass


def _done(frames: list[_Frame]) -> None:
    """A value is complete."""
    if frames and frames[-1].is_mapping:
        frames[-1].wants_value, frames[-1].wants_key = False, not frames[-1].is_flow
