"""Edits that take an entry out of a YAML text and leave the rest as it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml

from advise.authoring.writing.parsing import composed
from advise.errors import Edit, Place
from advise.operators import OPERATORS

_BODIES = ("each ", "some ", "every ", "no ")
_LISTS = ("any", "all", "not", "where")


@dataclass(frozen=True, slots=True)
class Entry:
    """A name with its value in a mapping, and what is around: `above` leads from the nearest to the root."""

    mapping: yaml.MappingNode
    index: int
    above: tuple[yaml.Node, ...]

    @property
    def key(self) -> yaml.Node:
        """The name."""
        key: yaml.Node = self.mapping.value[self.index][0]
        return key


class Entries:
    """The entries of one YAML text by where their names stand."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        root = composed(text)
        self._entries: dict[tuple[int, int], Entry] = {}
        for node, above in () if root is None else _nodes(root, ()):
            if isinstance(node, yaml.MappingNode):
                for i, (key, _) in enumerate(node.value):
                    self._entries[key.start_mark.line + 1, key.start_mark.column + 1] = Entry(node, i, above)

    def entry(self, place: Place) -> Entry | None:
        """The entry whose name stands at a place."""
        return self._entries.get((place.line, place.column))

    def without(self, place: Place) -> tuple[Edit, ...] | None:
        """Takes the test out whose name or operator stands at a place; None where that can't be done safely."""
        entry = self.entry(place)
        while entry is not None and entry.key.value in OPERATORS and self._tests_alone(entry):
            entry = self._around(entry)
        if entry is None:
            return None
        if len(entry.mapping.value) > 1:
            return (self._cut(entry),)
        outer = self._around(entry)
        if entry.mapping.flow_style and outer is not None and outer.key.value.startswith(_BODIES):
            return (self.edit(entry.mapping, "{}"),)
        return self._item(entry)

    def _tests_alone(self, entry: Entry) -> bool:
        """Whether an operator is the only one for the name that it stands under; `not` may also stand by itself."""
        outer = self._around(entry)
        if outer is None or outer.key.value.startswith(_BODIES) or outer.key.value in _LISTS:
            return False
        return len([key for key, _ in entry.mapping.value if key.value != "where"]) == 1

    def _around(self, entry: Entry) -> Entry | None:
        """The entry whose value is the mapping that an entry stands in."""
        outer = entry.above[0] if entry.above else None
        if not isinstance(outer, yaml.MappingNode):
            return None
        index = next(i for i, (_, value) in enumerate(outer.value) if value is entry.mapping)
        return Entry(outer, index, entry.above[1:])

    def _item(self, entry: Entry) -> tuple[Edit, ...] | None:
        """Takes a whole item out of a list, when it isn't the only one; out of `any`, that would change its meaning."""
        outer, around = entry.above[:2] if len(entry.above) > 1 else (None, None)
        if not isinstance(outer, yaml.SequenceNode) or not isinstance(around, yaml.MappingNode) or len(outer.value) < 2:
            return None
        if any(value is outer and key.value == "any" for key, value in around.value):
            return None
        index = next(i for i, each in enumerate(outer.value) if each is entry.mapping)
        return (self.item(outer, index),)

    def item(self, sequence: yaml.SequenceNode, index: int) -> Edit:
        """Takes one item out of a list."""
        items = sequence.value
        if sequence.flow_style:
            return self._between(items, index, items)
        start = self._line(items[index].start_mark.index)
        end = self._line(items[index + 1].start_mark.index) if index + 1 < len(items) else self._end(items[index])
        return self.put(start, end, "")

    def _cut(self, entry: Entry) -> Edit:
        keys, values = zip(*entry.mapping.value, strict=True)
        if entry.mapping.flow_style:
            return self._between(keys, entry.index, values)
        start = entry.key.start_mark.index
        if entry.index + 1 < len(keys):
            return self.put(start, keys[entry.index + 1].start_mark.index, "")
        return self.put(self._line(start), self._end(values[entry.index]), "")

    def _between(self, starts: Sequence[yaml.Node], index: int, ends: Sequence[yaml.Node]) -> Edit:
        """Takes one of several out that stand between brackets."""
        if index + 1 < len(starts):
            return self.put(starts[index].start_mark.index, starts[index + 1].start_mark.index, "")
        return self.put(ends[index - 1].end_mark.index, ends[index].end_mark.index, "")

    def edit(self, node: yaml.Node, text: str) -> Edit:
        """Puts a text in the place of a node that stands between brackets or is one word."""
        return self.put(node.start_mark.index, node.end_mark.index, text)

    def is_braced(self, node: yaml.MappingNode) -> bool:
        """Whether a mapping stands in braces; within brackets a single entry may do without."""
        return bool(node.flow_style) and self.text[node.start_mark.index] == "{"

    def _line(self, index: int) -> int:
        return self.text.rfind("\n", 0, index) + 1

    def end(self, node: yaml.Node) -> int:
        """Where the last word of a node ends."""
        return _last(node)

    def _end(self, node: yaml.Node) -> int:
        """The start of the line after a node."""
        last = self.end(node)
        end = self.text.find("\n", last)
        return len(self.text) if end < 0 else end + 1

    def put(self, start: int, end: int, text: str) -> Edit:
        """Puts a text in the place of the characters from `start` up to `end`."""
        return Edit(self._place(start), self._place(end), text)

    def _place(self, index: int) -> Place:
        line = self.text.count("\n", 0, index)
        return Place(self.name, line + 1, index - self._line(index) + 1)


def _last(node: yaml.Node) -> int:
    """Where the last word of a node ends: a block ends only before the next one begins."""
    if isinstance(node, yaml.ScalarNode):
        return node.end_mark.index - (node.style in ("|", ">"))
    assert isinstance(node, yaml.CollectionNode)
    if node.flow_style:
        return node.end_mark.index
    last = node.value[-1]
    return _last(last[1] if isinstance(last, tuple) else last)


def _nodes(node: yaml.Node, above: tuple[yaml.Node, ...]) -> Iterator[tuple[yaml.Node, tuple[yaml.Node, ...]]]:
    yield node, above
    if isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _nodes(value, (node, *above))
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _nodes(value, (node, *above))
