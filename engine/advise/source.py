"""YAML text as experts mean it, read into nodes that keep their place; what is wrong becomes a finding."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advise._reading import LINE_END, UnreadableError, decoded, line_and_column, read_bytes
from advise._yaml_complaints import DIRECTIVE, QUOTE, short
from advise._yaml_diagnosis import diagnosed
from advise.errors import Edit, Finding, Fix, Place

if TYPE_CHECKING:
    from yaml import MarkedYAMLError


# ------------------------------------------------------------------------------------------------ nodes


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value. `quoted`: it stood in quotes or in a block (`|`, `>`), so it's text whatever it looks like.

    A value that isn't quoted is a number, true, false or null where it reads as one, else text: `no`, `on`,
    `12:30`, `007` and `2024-03-05` are text, `1e3` is 1000.
    """

    value: str | int | float | bool | None
    place: Place
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class MappingNode:
    """Names and their values, in the order of the file; `keys` says where each name stands."""

    items: Mapping[str, Node]
    keys: Mapping[str, Place]
    place: Place


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """A list."""

    items: tuple[Node, ...]
    place: Place


Node = Scalar | MappingNode | SequenceNode


def plain(node: Node) -> Any:
    """The node as plain values: dict, list, str, int, float, bool, None."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, MappingNode):
        return {key: plain(value) for key, value in node.items.items()}
    return [plain(item) for item in node.items]


def at(node: Node, path: Iterable[str | int]) -> Node | None:
    """The node that a path of names and list indexes leads to; None where there is none."""
    found: Node | None = node
    for step in path:
        if isinstance(found, MappingNode):
            found = found.items.get(str(step))
        elif isinstance(found, SequenceNode) and _is_index(step, len(found.items)):
            found = found.items[int(step)]
        else:
            return None
    return found


def _is_index(step: str | int, length: int) -> bool:
    if isinstance(step, str):
        return step.isdecimal() and step.isascii() and len(step) < 10 and int(step) < length
    return 0 <= step < length


# --------------------------------------------------------------------------------------------- findings

_LONGEST_EXCERPT = 200


class Suggestion(str):
    """A hint that is sure enough to be offered as a mend: to put `option` in place of `word`."""

    def __new__(cls, hint: str, word: str, option: str) -> Suggestion:
        made = super().__new__(cls, hint)
        made.word, made.option = word, option
        return made

    word: str
    option: str


class Findings:
    """Collects findings; knows the text of each file, so that a finding shows the line it's about."""

    def __init__(self) -> None:
        self._found: dict[Finding, None] = {}
        self._texts: dict[str, str] = {}
        self._lines: dict[str, list[str]] = {}

    def know(self, file: str, text: str) -> None:
        """Keeps the text of `file` for excerpts. `read_yaml` does this; other readers (tables) may."""
        self._texts[file] = text
        self._lines.pop(file, None)

    def add(self, code: str, place: Place, sentence: str, hint: str = "") -> None:
        """Adds a finding with the line at `place` as its excerpt; with a mend, if the hint is a Suggestion."""
        fix = self._fix(place, hint) if isinstance(hint, Suggestion) else None
        self._found.setdefault(Finding(place, code, sentence, str(hint), self.excerpt(place), fix=fix))

    def drop(self, unwanted: Callable[[Finding], bool]) -> None:
        """Takes out the findings that are unwanted."""
        self._found = {each: None for each in self._found if not unwanted(each)}

    def text(self, file: str) -> str:
        """The text of a file; empty if it isn't known."""
        return self._texts.get(file, "")

    def knows(self, file: str) -> bool:
        """Whether the text of a file could be read."""
        return file in self._texts

    def find(self, words: str, place: Place, most: int) -> Place | None:
        """Where `words` first stand from a place on, within `most` characters; None if they don't."""
        lines = self._lines_of(place.file)
        column = place.column - 1
        pattern = re.compile(rf"(?<![\w.$-]){re.escape(words)}(?![\w-])" if words[:1] != "{" else re.escape(words))
        for number, line in enumerate(lines[place.line - 1 :], place.line):
            if most < 0:
                break
            match = pattern.search(line[column:])
            if match is not None:
                return Place(place.file, number, column + match.start() + 1)
            most -= len(line) - column
            column = 0
        return None

    def _fix(self, place: Place, hint: Suggestion) -> Fix | None:
        start = self.find(hint.word, place, 0)
        if start is None:
            return None
        end = replace(start, column=start.column + len(hint.word))
        return Fix(f"Write `{hint.option}`", (Edit(start, end, hint.option),))

    def _lines_of(self, file: str) -> list[str]:
        if file not in self._lines:
            self._lines[file] = LINE_END.split(self._texts.get(file, ""))
        return self._lines[file]

    def excerpt(self, place: Place) -> str:
        """The line at a place, as a finding shows it; empty where it isn't known or too long."""
        if place.file not in self._texts or place.column > _LONGEST_EXCERPT:
            return ""
        lines = self._lines_of(place.file)
        if not 1 <= place.line <= len(lines):
            return ""
        line = lines[place.line - 1][:_LONGEST_EXCERPT].rstrip()
        return line if line.isprintable() else "".join(c if c.isprintable() else " " for c in line)

    @property
    def all(self) -> tuple[Finding, ...]:
        """Every finding once, by place and code."""
        return tuple(sorted(self._found, key=lambda each: (each.place, each.code, each.sentence)))

    def __len__(self) -> int:
        return len(self._found)

    def __bool__(self) -> bool:
        return bool(self._found)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a text is read before it's refused."""

    bytes: int = 2_000_000
    nodes: int = 250_000
    depth: int = 64
    findings: int = 50


RULE_FILE = Limits()


# ------------------------------------------------------------------------------------------ text to nodes


def read_yaml_file(path: Path, file: str, findings: Findings, limits: Limits = RULE_FILE) -> Node | None:
    """Reads a YAML file that findings call `file`; see `read_yaml`."""
    try:
        data = read_bytes(path, limits.bytes)
    except UnreadableError as error:
        code = "yaml-too-large" if error.code == "file-too-large" else error.code
        findings.add(code, Place(file), error.sentence, error.hint)
        return None
    return read_yaml(data, file, findings, limits)


def read_yaml(source: bytes | str, file: str, findings: Findings, limits: Limits = RULE_FILE) -> Node | None:
    """Reads one YAML document that findings call `file`. Never raises for what the text holds.

    Returns None, with at least one finding, when the text can't be read; returns what there is, with
    findings, when only parts of it are wrong (a duplicate key, an alias, a tag).
    """
    if len(source) > limits.bytes:
        sentence = f"This file is larger than {limits.bytes // 1_000_000} MB, so it isn't read."
        findings.add("yaml-too-large", Place(file), sentence, "Split it into several files.")
        return None
    try:
        text = decoded(source) if isinstance(source, bytes) else source.removeprefix("\ufeff")
    except UnreadableError as error:
        findings.add("yaml-encoding", Place(file, error.line, error.column), error.sentence, error.hint)
        return None
    findings.know(file, text)
    if _has_bad_character(text, file, findings) or _has_directive(text, file, findings):
        return None
    return _Reader(text, file, findings, limits).read()


# libyaml refuses most of these, without a line; it takes the last three as line ends, which no editor does.
_BAD_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff\u2028\u2029]")


def _has_bad_character(text: str, file: str, findings: Findings) -> bool:
    match = _BAD_CHARACTER.search(text)
    if match is None:
        return False
    place = Place(file, *line_and_column(text, match.start()))
    sentence = f"An invisible character (U+{ord(match[0]):04X}) stands here that a text file shouldn't have."
    findings.add("yaml-character", place, sentence, "Delete it, or type this part again.")
    return True


_FIRST_CONTENT = re.compile(r"(?:\A|[\r\n])[ \t]*(?P<sign>[^\s#])")
_REST_OF_LINE = re.compile(r"[ \t]*(?P<sign>[^\s#])?[^\r\n]*")


def _has_directive(text: str, file: str, findings: Findings) -> bool:
    match = _FIRST_CONTENT.search(text)
    if match is None or match["sign"] != "%":
        return False
    place = Place(file, *line_and_column(text, match.start("sign")))
    findings.add("yaml-directive", place, *DIRECTIVE)
    return True


_CONSTANTS: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_STARTS_NUMBER = frozenset("0123456789+-.")
# A leading zero makes a code (007), not a number.
_NUMBER = re.compile(
    r"[-+]?(?:(?P<whole>0|[1-9][0-9]{0,300})|(?:0|[1-9][0-9]*)?(?P<part>\.[0-9]+)?(?:(?<=[0-9])[eE][-+]?[0-9]{1,4})?)\Z"
)


def resolved(text: str) -> str | int | float | bool | None:
    """What a scalar without quotes means."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in _STARTS_NUMBER:
        return text
    match = _NUMBER.match(text)
    if match is None or text in "+-":
        return text
    if match["whole"]:
        return int(text)
    number = float(text)
    if number in (float("inf"), float("-inf")):
        return text
    if match["part"] is None and number.is_integer() and abs(number) <= 1e15:
        return int(number)
    return number


CURLY = frozenset("“”„‘’‚")  # noqa: RUF001 - these are the quotes that are looked for
_CURLY_ALONE = (
    "This quote is one of a word processor's, and doesn't hold a text together.",
    'Put the text in straight quotes: "...".',
)


class _StopError(Exception):
    """Reading can't, or shouldn't, go on; the finding has been added."""


class _Open:
    """A mapping or list that's being read. `key` is the name whose value comes next."""

    __slots__ = ("items", "key", "keys", "place", "values")

    def __init__(self, place: Place, is_mapping: bool) -> None:
        self.place = place
        self.items: list[Node] | None = None if is_mapping else []
        self.values: dict[str, Node] = {}
        self.keys: dict[str, Place] = {}
        self.key: str | None = None


# A key that can't be used, so that its value is read and dropped.
_DROPPED = "\0dropped"


class _Reader:
    """Turns the parser's events into nodes with a stack of its own, so that depth is no danger."""

    def __init__(self, text: str, file: str, findings: Findings, limits: Limits) -> None:
        self.text = text
        self.file = file
        self.findings = findings
        self.limits = limits
        self.start = len(findings)
        self.stack: list[_Open] = []
        self.root: Node | None = None
        self.nodes = 0

    def read(self) -> Node | None:
        import yaml  # here, since facts in JSON do without it

        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        parser = loader(self.text)
        try:
            self._events(parser.get_event)
        except _StopError:
            return None
        except yaml.MarkedYAMLError as error:
            self._syntax(error)
            return None
        except (yaml.YAMLError, RecursionError, ValueError):
            self.findings.add("yaml-syntax", Place(self.file), "This file can't be read as YAML.")
            return None
        finally:
            parser.dispose()
        if self.root is None or (isinstance(self.root, Scalar) and self.root.value is None):
            self.findings.add("yaml-empty", Place(self.file), "There is nothing in this file.")
            return None
        return self.root

    def _events(self, next_event: Any) -> None:
        import yaml

        scalar, start_map, start_list = yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent
        file, most = self.file, self.limits.nodes
        while True:
            event = next_event()
            kind = type(event)
            mark = event.start_mark
            if kind is scalar:
                place = Place(file, mark.line + 1, mark.column + 1)
                if event.anchor is not None or event.tag is not None:
                    self._no_extras(event, place)
                text, quoted = event.value, event.style not in (None, "")
                if not quoted and text[:1] in CURLY and not (CURLY.intersection(text[1:])):
                    self._add("curly-quotes", place, *_CURLY_ALONE)
                self._put(Scalar(text if quoted else resolved(text), place, quoted), text)
            elif kind is start_map or kind is start_list:
                place = Place(file, mark.line + 1, mark.column + 1)
                if event.anchor is not None or event.tag is not None:
                    self._no_extras(event, place)
                self._open(_Open(place, kind is start_map))
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._close()
            elif kind is yaml.AliasEvent:
                self._alias(Place(file, mark.line + 1, mark.column + 1))
            elif kind is yaml.DocumentEndEvent:
                self._nothing_after(event.end_mark.index)
                return
            elif kind is yaml.StreamEndEvent:
                return
            self.nodes += 1
            if self.nodes > most:
                self._stop("yaml-too-large", mark, f"This file has more than {most:,} parts, so it isn't read.")

    def _open(self, opened: _Open) -> None:
        if len(self.stack) >= self.limits.depth:
            code, sentence, hint = self._too_deep()
            self.findings.add(code, opened.place, sentence, hint)
            raise _StopError
        self.stack.append(opened)

    def _too_deep(self) -> tuple[str, str, str]:
        return "yaml-too-deep", f"This is nested more than {self.limits.depth} levels deep.", "Write it flatter."

    def _close(self) -> None:
        done = self.stack.pop()
        if done.items is None:
            self._put(MappingNode(done.values, done.keys, done.place), None)
        else:
            self._put(SequenceNode(tuple(done.items), done.place), None)

    def _put(self, node: Node, text: str | None) -> None:
        """Puts a finished node where it belongs; `text` is how a scalar was written."""
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if top.items is not None:
            top.items.append(node)
        elif top.key is None:
            self._key(top, node, text)
        else:
            if top.key is not _DROPPED:
                top.values[top.key] = node
            top.key = None

    def _key(self, top: _Open, node: Node, text: str | None) -> None:
        if text is None or not isinstance(node, Scalar):
            top.key = _DROPPED
            hint = "A text that starts with { or [ must stand in quotes."
            self._add("yaml-key", node.place, "A name must be a text, not a list or a mapping.", hint)
        elif text == "<<" and not node.quoted:
            top.key = _DROPPED
            self._add("yaml-merge-key", node.place, "'<<' would merge another mapping in.", "Write its entries out.")
        elif text in top.keys:
            top.key = _DROPPED
            sentence = f"'{short(text)}' stands here twice; the first is in line {top.keys[text].line}."
            self._add("yaml-duplicate-key", node.place, sentence, "Keep one of them.")
        else:
            top.key = text
            top.keys[text] = node.place
            if not isinstance(node.value, str):
                self._odd_key(text, node.place)

    def _odd_key(self, text: str, place: Place) -> None:
        if text:
            sentence, hint = (
                f"The name '{short(text)}' isn't a text.",
                f"If you mean it, put it in quotes: '{short(text)}'.",
            )
        else:
            sentence, hint = "A name is missing before this ':'.", "Write the name, or delete the line."
        self._add("yaml-key", place, sentence, hint)

    def _no_extras(self, event: Any, place: Place) -> None:
        if event.anchor is not None:
            self._add(
                "yaml-alias",
                place,
                f"'&{short(event.anchor)}' is a YAML anchor, which isn't used here.",
                QUOTE,
            )
        if event.tag is not None:
            self._add(
                "yaml-tag",
                place,
                f"'{short(event.tag)}' is a YAML tag, which isn't used here.",
                QUOTE,
            )

    def _alias(self, place: Place) -> None:
        self._add("yaml-alias", place, "'*' makes this a YAML alias, which isn't used here.", QUOTE)
        top = self.stack[-1] if self.stack else None
        if top is not None and top.items is None and top.key is None:
            top.key = _DROPPED
        else:
            self._put(Scalar(None, place), "")

    def _nothing_after(self, index: int) -> None:
        match = _REST_OF_LINE.match(self.text, index)
        if match is not None and match["sign"] is None:
            match = _FIRST_CONTENT.search(self.text, match.end())
        if match is None:
            return
        first = match.start("sign")
        place = Place(self.file, *line_and_column(self.text, first))
        if self.text.startswith("---", first):
            hint = "Keep one, or put each in a file of its own."
            self._add("yaml-documents", place, "A second document starts here.", hint)
        else:
            hint = "Check the indentation and the brackets."
            self._add("yaml-syntax", place, "There is more here, after the end of what the file says.", hint)

    def _add(self, code: str, place: Place, sentence: str, hint: str = "") -> None:
        self.findings.add(code, place, sentence, hint)
        if len(self.findings) - self.start >= self.limits.findings:
            raise _StopError

    def _stop(self, code: str, mark: Any, sentence: str) -> None:
        hint = "Split it into several files."
        self.findings.add(code, Place(self.file, mark.line + 1, mark.column + 1), sentence, hint)
        raise _StopError

    def _syntax(self, error: MarkedYAMLError) -> None:
        found = diagnosed(self.text, error)
        code, sentence, hint = found.code, found.sentence, found.hint
        if "nesting depth" in (error.problem or ""):  # newer parsers look ahead, and give up before we count
            code, sentence, hint = self._too_deep()
        self.findings.add(code, Place(self.file, found.line, found.column), sentence, hint)
