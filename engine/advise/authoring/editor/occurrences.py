"""Where names stand in the files of a knowledge base: declared and used; for editors.

Reads the text as it is, faults and all: what can't be read has no names in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import yaml

from advise.authoring.writing.parsing import composed
from advise.errors import Place

Sort = Literal["rule", "conclusion", "computed", "parameter", "table", "fact"]

_HEAD = re.compile(r"(each|some|every|no|count|sum|highest|lowest|earliest|latest)\s+(other\s+)?([a-z]\w*)(\.\S+)?\Z")
_PARAMETER = re.compile(r"\$([a-z][a-z0-9_]*)")
_NAME = re.compile(r"(?<![\w.$-])(?:other )?[a-z]\w*(?:\.[a-z]\w*)*(?![\w(-])")
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
_RULES = frozenset(
    {"overrides", "advice", "except", "instead", "given", "not given", "first", "later", "notes", "not now", "open",
     "not open", "refers", "fires", "not fires"}
)  # fmt: skip
_CONCLUSIONS = frozenset({"concluded", "not concluded", "conflicts"})
_DECLARED: Mapping[str, Sort] = {
    "conclusions": "conclusion",
    "computed": "computed",
    "parameters": "parameter",
    "tables": "table",
}
_TEXTS = frozenset({"say", "steps", "because", "until", "to", "report", "values"})


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """A name in a file: where it begins and how many characters it has there.

    `name` is the whole name (`job.ready_for_more`), `text` what stands in the file (`ready_for_more`).
    """

    place: Place
    sort: Sort
    name: str
    text: str
    declares: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether the file has the whole name here."""
        return self.text.removeprefix("other ") == self.name


@dataclass(frozen=True, slots=True)
class Declared:
    """The names that there are, facts among them."""

    names: Mapping[str, Sort]
    rules: frozenset[str]

    def find(self, token: str, thing: str | None) -> str | None:
        """The whole name that a token means inside a thing; None when it means none."""
        bare = token.removeprefix("other ")
        inner = f"{thing}.{bare}"
        return inner if thing is not None and inner in self.names else bare if bare in self.names else None


class Occurrences:
    """The occurrences in some files: path -> text. `facts` are the names of facts, as rules write them."""

    def __init__(self, files: Mapping[str, str], facts: Iterable[str]) -> None:
        roots = {name: root for name, text in files.items() if (root := _composed(text)) is not None}
        names: dict[str, Sort] = dict.fromkeys(facts, "fact")
        rules: set[str] = set()
        for root in roots.values():
            for sort, node in _declarations(root):
                if sort == "rule":
                    rules.add(node.value)
                else:
                    names[node.value] = sort
        declared = Declared(names, frozenset(rules))
        self.all: tuple[Occurrence, ...] = tuple(
            sorted({each for name, root in roots.items() for each in _File(name, files[name], declared).walk(root)})
        )

    def at(self, place: Place) -> Occurrence | None:
        """The occurrence that covers a place."""
        for each in self.all:
            start = each.place
            is_line = (start.file, start.line) == (place.file, place.line)
            if is_line and start.column <= place.column <= start.column + len(each.text):
                return each
        return None

    def of(self, sort: Sort, name: str) -> tuple[Occurrence, ...]:
        """Every occurrence of a name, in the order of files."""
        return tuple(each for each in self.all if (each.sort, each.name) == (sort, name))

    def declaration(self, sort: Sort, name: str) -> Occurrence | None:
        """Where a name is declared; None for a fact, which stands in the facts schema."""
        return next((each for each in self.of(sort, name) if each.declares), None)

    def renamed(self, sort: Sort, name: str, new: str) -> Iterator[tuple[Occurrence, str]]:
        """What to write at each occurrence so that a name is another: `new` is the whole new name.

        Raises ValueError when a thing's name would leave its thing, or the new name can't be one.
        """
        thing, _, _ = name.rpartition(".")
        pattern = r"[a-z0-9]+(-[a-z0-9]+)*" if sort == "rule" else r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*"
        if not re.fullmatch(pattern, new):
            raise ValueError(f"`{new}` can't be the name of a {sort}.")
        if sort in ("conclusion", "computed") and thing.partition(".")[0] != new.rpartition(".")[0].partition(".")[0]:
            raise ValueError(f"`{new}` must stay a name of the {thing or 'person'}.")
        first = name.partition(".")[0] + "."
        for each in self.of(sort, name):
            other = "other " if each.text.startswith("other ") else ""
            short = new.removeprefix(first)
            yield each, f"{other}{new}" if each.is_whole else short


def _composed(text: str) -> yaml.MappingNode | None:
    try:
        root = composed(text)
    except yaml.YAMLError:
        return None
    return root if isinstance(root, yaml.MappingNode) else None


def _declarations(root: yaml.MappingNode) -> Iterator[tuple[Sort, yaml.ScalarNode]]:
    for key, value in _entries(root):
        sort = _DECLARED.get(key.value)
        if sort is not None:
            yield from ((sort, name) for name, _ in _entries(value))
        elif key.value == "rules" and isinstance(value, yaml.SequenceNode):
            for rule in value.value:
                for name, each in _entries(rule):
                    if name.value == "id" and isinstance(each, yaml.ScalarNode):
                        yield "rule", each


def _entries(node: yaml.Node) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from ((key, value) for key, value in node.value if isinstance(key, yaml.ScalarNode))


class _File:
    """Finds the occurrences in one file."""

    def __init__(self, file: str, text: str, declared: Declared) -> None:
        self.file, self.text, self.declared = file, text, declared

    def walk(self, root: yaml.MappingNode) -> Iterator[Occurrence]:
        for sort, node in _declarations(root):
            yield from self._token(node, sort, node.value, 0, node.value, declares=True)
        for key, value in _entries(root):
            if key.value == "computed":
                for name, body in _entries(value):
                    yield from self._computed(body, name.value.partition(".")[0] if "." in name.value else None)
            elif key.value == "rules" and isinstance(value, yaml.SequenceNode):
                for rule in value.value:
                    yield from self._rule(rule)
            else:
                yield from self._other(value, key.value)

    def _rule(self, node: yaml.Node) -> Iterator[Occurrence]:
        for key, value in _entries(node):
            if key.value == "when" and isinstance(value, yaml.SequenceNode):
                for each in value.value:
                    yield from self._condition(each, None)
            elif key.value == "conclude":
                for name, drawn in _entries(value):
                    yield from self._names(name, None)
                    yield from self._parameters(drawn)
            else:
                yield from self._other(value, key.value)

    def _condition(self, node: yaml.Node, thing: str | None) -> Iterator[Occurrence]:
        if isinstance(node, yaml.SequenceNode):
            for each in node.value:
                yield from self._condition(each, thing)
        elif isinstance(node, yaml.ScalarNode):
            yield from self._names(node, thing)
            yield from self._parameters(node)
        for key, value in _entries(node):
            head = _HEAD.match(key.value)
            if head is None:
                yield from self._names(key, thing)
                yield from self._condition(value, thing)
                continue
            if head[4]:
                yield from self._token(key, None, head[3] + head[4], head.start(3), head[3] + head[4])
            yield from self._tables(key, head)
            yield from self._body(value, head[3], thing, head[1])

    def _body(self, node: yaml.Node, inner: str, outer: str | None, head: str) -> Iterator[Occurrence]:
        """Inside a quantifier; the tests of a count are about what is outside."""
        if head in ("each", "some", "every", "no"):
            yield from self._condition(node, inner)
            return
        for key, value in _entries(node):
            yield from self._condition(value, inner if key.value == "where" else outer)

    def _computed(self, node: yaml.Node, thing: str | None) -> Iterator[Occurrence]:
        inner = thing
        for key, value in _entries(node):
            if _HEAD.match(f"{key.value} {getattr(value, 'value', '')}") and isinstance(value, yaml.ScalarNode):
                inner = value.value.partition(".")[0]
                yield from self._names(value, None)
            elif key.value == "lookup" and isinstance(value, yaml.ScalarNode):
                yield from self._token(value, "table", value.value, 0, value.value)
        for key, value in _entries(node):
            if key.value == "where":
                yield from self._condition(value, inner)
            elif key.value == "key":
                for _, each in _entries(value):
                    yield from self._condition(each, thing)
            elif key.value == "value" or key.value.endswith(" between"):
                yield from self._condition(value, thing)

    def _tables(self, key: yaml.ScalarNode, head: re.Match[str]) -> Iterator[Occurrence]:
        if self.declared.names.get(head[3]) == "table":
            yield from self._token(key, "table", head[3], head.start(3), head[3])

    def _other(self, node: yaml.Node, word: str) -> Iterator[Occurrence]:
        """Effects, examples, texts: rules in lists, conclusions, and what stands in braces."""
        if isinstance(node, yaml.SequenceNode):
            for each in node.value:
                yield from self._other(each, word)
        elif isinstance(node, yaml.ScalarNode):
            yield from self._parameters(node)
            if word in _RULES and node.value in self.declared.rules:
                yield from self._token(node, "rule", node.value, 0, node.value)
            elif word in _CONCLUSIONS or word == "fact":
                yield from self._names(node, None)
            else:
                yield from self._placeholders(node)
        for key, value in _entries(node):
            if key.value == "facts":
                continue
            if word == "expect" and key.value == "conclusions":
                for name, _ in _entries(value):
                    yield from self._names(name, None)
            else:
                yield from self._other(value, key.value)

    # ---------------------------------------------------------------------------------------- tokens

    def _names(self, node: yaml.ScalarNode, thing: str | None) -> Iterator[Occurrence]:
        raw = self._raw(node)
        for match in _NAME.finditer(raw):
            whole = self.declared.find(match[0], thing)
            if whole is not None:
                yield from self._token(node, self.declared.names[whole], whole, match.start(), match[0], raw=True)

    def _placeholders(self, node: yaml.ScalarNode) -> Iterator[Occurrence]:
        for match in _PLACEHOLDER.finditer(self._raw(node)):
            whole = self.declared.find(match[1].strip(), None)
            if whole is not None:
                at = match.start(1) + match[1].index(match[1].strip())
                yield from self._token(node, self.declared.names[whole], whole, at, match[1].strip(), raw=True)

    def _parameters(self, node: yaml.Node) -> Iterator[Occurrence]:
        if isinstance(node, yaml.ScalarNode):
            for match in _PARAMETER.finditer(self._raw(node)):
                if self.declared.names.get(match[1]) == "parameter":
                    yield from self._token(node, "parameter", match[1], match.start(1), match[1], raw=True)

    def _raw(self, node: yaml.ScalarNode) -> str:
        return self.text[node.start_mark.index : node.end_mark.index]

    def _token(
        self, node: yaml.ScalarNode, sort: Sort | None, name: str, offset: int, text: str, *, declares: bool = False,
        raw: bool = False,
    ) -> Iterator[Occurrence]:  # fmt: skip
        """One occurrence; `offset` counts from the start of the node, of its value unless `raw`."""
        sort = sort or self.declared.names.get(name)
        if sort is None:
            return
        start = node.start_mark.index + offset + (1 if not raw and node.style in ("'", '"') else 0)
        line = self.text.count("\n", 0, start) + 1
        column = start - (self.text.rfind("\n", 0, start) + 1) + 1
        yield Occurrence(Place(self.file, line, column), sort, name, text, declares)
