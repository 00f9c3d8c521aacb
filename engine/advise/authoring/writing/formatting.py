"""Formats YAML as the career knowledge base is written, keeping comments: `advise fmt`."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from advise.authoring.writing.parsing import composed
from advise.authoring.writing.remarks import Remark, Remarks
from advise.errors import AdviseError, KnowledgeBaseError
from advise.source import Findings, plain, read_yaml

WIDTH = 120
_STEP = 2
_FOLD = re.compile(r"[ \t]*\n[ \t]*")
_BREAKS = re.compile(r"(?<=[^\s\\]) (?=[^\s#])")
_HEADER = re.compile(r"[|>][-+0-9]*")


def formatted(text: str, name: str) -> str:
    """The text of a YAML file, formatted: indented by two, lists by two more, lines of up to 120 characters.

    What stands in { } or [ ] goes on one line, or, where that would be too long or has comments in it, on a line for
    each entry. Comments, quotes, line ends and the order of keys stay; of blank lines that follow each other, one.
    `name` is the file's, for messages. Raises KnowledgeBaseError when the text isn't YAML as `advise` reads it,
    AdviseError when formatting would change what it says.
    """
    mark = text[: text.startswith("\ufeff")]
    newline = "\r\n" if "\r\n" in text else "\n"
    whole = text.removeprefix(mark).replace("\r\n", "\n").replace("\r", "\n")
    before = _values(whole, name)
    written = _Writer(whole).text()
    if not _says(written, name, before) or sorted(Remarks(written).all) != sorted(Remarks(whole).all):
        raise AdviseError(f"{name} can't be formatted without changing what it says, so it's left as it is.")
    return mark + written.replace("\n", newline)


def _says(text: str, name: str, values: object) -> bool:
    try:
        return _values(text, name) == values
    except KnowledgeBaseError:
        return False


def _values(text: str, name: str) -> object:
    findings = Findings()
    node = read_yaml(text, name, findings)
    if node is None or findings.all:
        raise KnowledgeBaseError(findings.all)
    return plain(node)


class _Writer:
    """Writes the nodes of one text anew. Remarks are taken in the order in which they stand."""

    def __init__(self, text: str) -> None:
        self.source = text
        self.end = len(text) + 1
        self.remarks = Remarks(text)

    def text(self) -> str:
        root = composed(self.source)
        assert root is not None, "a text without values has been refused"
        if isinstance(root, yaml.CollectionNode) and root.value and self._is_open(root, 0):
            lead, lines = self._block(root, 0, self.end)
        else:
            lead = self.remarks.before(_start(root))
            more, lines = self._entry("", root, -_STEP, self.end, 0)
            lead += more
        lines = [*_said(lead, 0), *lines, *_said(self.remarks.before(self.end), 0)]
        return "\n".join([*(lines if lines[0] else lines[1:]), ""])

    # ------------------------------------------------------------------------------------- blocks

    def _block(self, node: yaml.CollectionNode, indent: int, limit: int) -> tuple[list[Remark], list[str]]:
        """The entries of a mapping or list, each on lines of its own, and the remarks before the first.

        `limit` is where what follows the node begins.
        """
        entries = list(self._entries(node))
        last = _stop(node) if node.flow_style else limit
        ends = [*(start for start, _, _ in entries[1:]), last]
        first: list[Remark] = []
        lines: list[str] = []
        for number, ((start, head, value), end) in enumerate(zip(entries, ends, strict=True)):
            lead = self.remarks.before(start)
            column = self.remarks.column(start)
            more, body = (
                self._item(value, indent, end, column)
                if head is None
                else self._entry(head, value, indent, end, column)
            )
            is_apart = self.remarks.is_apart(start)
            if number == 0:
                first = [*lead, *more]
                lines += ["", *body] if lead and is_apart else body
                continue
            lines += _said(lead, indent)
            lines += [""] if is_apart and not (more and more[0].apart) else []
            lines += [*_said(more, indent), *body]
        return first, [*lines, *_said(self._tail(node, entries[0][0], limit), indent)]

    def _entries(self, node: yaml.CollectionNode) -> Iterator[tuple[int, str | None, yaml.Node]]:
        """Where each entry begins, its name (None in a list) and its value."""
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                name = self._on_a_line(key) or self.source[_start(key) : _stop(key)]
                yield self.remarks.entry_at(_start(key)), f"{name}:", value
        else:
            for item in node.value:
                yield _start(item) if node.flow_style else self.remarks.dash_before(_start(item)), None, item

    def _tail(self, node: yaml.CollectionNode, first: int, limit: int) -> list[Remark]:
        """The remarks after the last entry that still belong to the node: those as far to the right as it is."""
        if node.flow_style:
            return self.remarks.before(_stop(node)) + self.remarks.beside(limit)
        return self.remarks.below(limit, self.remarks.column(first))

    def _item(self, value: yaml.Node, indent: int, limit: int, column: int) -> tuple[list[Remark], list[str]]:
        """An item of a list with its dash, and the remarks that come before it."""
        if not isinstance(value, yaml.CollectionNode) or not value.value:
            return self._entry("-", value, indent, limit, column)
        lead: list[Remark] = []
        if not self._is_open(value, indent + _STEP):
            remark, lead = self._remark(value, limit)
            line = _line(f"{' ' * indent}-", self._on_a_line(value) or "", remark)
            if len(line) <= WIDTH:
                return lead, [line]
            lead += [] if remark is None else [remark]
        more, inner = self._block(value, indent + _STEP, limit)
        inner = inner if inner[0] else inner[1:]
        return [*lead, *more], [f"{' ' * indent}- {inner[0].lstrip()}", *inner[1:]]

    def _entry(
        self, head: str, value: yaml.Node, indent: int, limit: int, column: int
    ) -> tuple[list[Remark], list[str]]:
        """A name or a dash with what stands after it, and the remarks that come before it."""
        head = " " * max(indent, 0) + head
        if isinstance(value, yaml.CollectionNode) and value.value:
            return self._collection(head, value, indent, limit)
        remark, lead = self._remark(value, limit)
        if isinstance(value, yaml.ScalarNode) and value.style in ("|", ">"):
            header, *body = self._text_block(value, indent, column)
            return lead, [_line(head, header, remark), *body]
        lines = self._wrapped(head, value, indent)
        return lead, [*lines[:-1], _line(lines[-1], "", remark)]

    def _collection(
        self, head: str, value: yaml.CollectionNode, indent: int, limit: int
    ) -> tuple[list[Remark], list[str]]:
        """A mapping or list after its name: on the same line, if it stood in braces or brackets and fits."""
        if self._has_remarks(value):
            remark, lead = _nearest(self.remarks.beside(self._first(value)))
        else:
            remark, lead = self._remark(value, limit)
            inline = self._on_a_line(value)
            if inline is not None and len(line := _line(head, inline, remark)) <= WIDTH:
                return lead, [line]
        before, inner = self._block(value, indent + _STEP, limit)
        inner = inner if inner[0] or before else inner[1:]
        said = _said(before, indent + _STEP)
        return lead, [_line(head, "", remark), *(said if not said or said[0] else said[1:]), *inner]

    def _first(self, node: yaml.CollectionNode) -> int:
        return next(self._entries(node))[0]

    def _is_open(self, node: yaml.CollectionNode, indent: int) -> bool:
        """Whether each entry of a mapping or list gets a line of its own."""
        inline = None if self._has_remarks(node) else self._on_a_line(node)
        return inline is None or indent + len(inline) > WIDTH

    def _has_remarks(self, node: yaml.CollectionNode) -> bool:
        """Whether remarks may stand between the entries of a mapping or list."""
        return not node.flow_style or self.remarks.is_between(_start(node), _stop(node))

    def _remark(self, value: yaml.Node, limit: int) -> tuple[Remark | None, list[Remark]]:
        """The remark beside a value, and those that have to come before its entry."""
        inside = self.remarks.before(_stop(value))
        return _nearest([*inside, *self.remarks.beside(limit)])

    # ------------------------------------------------------------------------------------- values

    def _on_a_line(self, node: yaml.Node) -> str | None:
        """A value on one line; None for one that has to have several."""
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if not isinstance(node, yaml.CollectionNode) or (node.value and not node.flow_style):
            return None
        parts: list[str] = []
        for each in node.value:
            pair = each if isinstance(each, tuple) else (each,)
            words = [self._on_a_line(word) for word in pair]
            if None in words:
                return None
            parts.append(": ".join(word or "null" for word in words if word is not None))
        return f"{{{', '.join(parts)}}}" if isinstance(node, yaml.MappingNode) else f"[{', '.join(parts)}]"

    def _scalar(self, node: yaml.ScalarNode) -> str | None:
        """A scalar as it's written, its lines joined; None where its line ends say something."""
        raw = self.source[_start(node) : _stop(node)]
        if node.style in ("|", ">") or re.search(r"\n[ \t]*\n|\\\n", raw):
            return None
        return _FOLD.sub(" ", raw)

    def _wrapped(self, head: str, value: yaml.Node, indent: int) -> list[str]:
        """A scalar (or {}, or []) after its head; over several lines if it has to be."""
        inline, pad = self._on_a_line(value), " " * (indent + _STEP)
        if inline is None:
            first, *rest = self.source[_start(value) : _stop(value)].split("\n")
            return [_line(head, first.strip(), None), *(f"{pad}{line.strip()}".rstrip() for line in rest)]
        line = _line(head, inline, None)
        if len(line) <= WIDTH:
            return [line]
        first, *words = _BREAKS.split(inline)
        lines = [_line(head, first, None)]
        for word in words:
            if len(lines[-1]) + 1 + len(word) <= WIDTH:
                lines[-1] += f" {word}"
            else:
                lines.append(f"{pad}{word}")
        return lines

    def _text_block(self, node: yaml.ScalarNode, indent: int, column: int) -> list[str]:
        """A text after | or >: its header, and its lines moved to where they belong."""
        raw = self.source[_start(node) : _stop(node)]
        found = _HEADER.match(raw)
        assert found is not None, "the node has this style"
        lines = raw.split("\n")[1:]
        filled = [line for line in lines if line.strip(" ")]
        digit = re.search(r"\d", found[0])
        at = column + int(digit[0]) if digit else len(filled[0]) - len(filled[0].lstrip(" ")) if filled else 0
        pad = " " * (indent + _STEP)
        moved = [f"{pad}{line[at:]}" if line[at:] else "" for line in lines]
        keeps = "+" in found[0]
        while moved and not moved[-1]:
            del moved[-1]
            if keeps:
                break
        return [re.sub(r"\d", str(_STEP), found[0]), *moved]


def _line(head: str, value: str, remark: Remark | None) -> str:
    line = f"{head} {value}" if head.strip() and value else f"{head}{value}"
    return line if remark is None else f"{line}  {remark.text}"


def _said(remarks: list[Remark], indent: int) -> list[str]:
    """Remarks on lines of their own; a blank line before one stays."""
    return [line for each in remarks for line in (*([""] if each.apart else []), f"{' ' * indent}{each.text}")]


def _nearest(remarks: list[Remark]) -> tuple[Remark | None, list[Remark]]:
    """The last, and those before it."""
    return (remarks[-1], remarks[:-1]) if remarks else (None, [])


def _start(node: yaml.Node) -> int:
    return int(node.start_mark.index)


def _stop(node: yaml.Node) -> int:
    return int(node.end_mark.index)
