"""What checks look at: a knowledge base that loads, with its texts, its examples and what is worked out of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from advise.authoring.checks.reasoned import Reasoned
from advise.authoring.checks.uses import Uses, uses_of
from advise.authoring.checks.written import Written, written_in
from advise.authoring.writing.spans import SourceText
from advise.errors import Place
from advise.loading.folder import MANIFEST
from advise.loading.nodes import items_of, mapping_of, place_of, text_of, words_of
from advise.plan import Key, Plan
from advise.rules import Example, Rule, Rulebook
from advise.source import MappingNode, Node

_SECTIONS = ("conclusions", "computed", "derived", "parameters", "tables")

Option = int | Mapping[str, str]
"""What may be set for a check: a number, or words with what to say for each."""


@dataclass(frozen=True)
class Subject:
    """A knowledge base as checks see it. `files` are the texts of its YAML files and of its facts schema if that's in
    the folder, by their path in it; `nodes` are the same files as they were read, each part with its place.
    `options` are, by the codes of checks, what is set for each.

    What several checks need is worked out once, when it's first asked for. Nothing here changes.
    """

    folder: Path
    book: Rulebook
    examples: tuple[Example, ...]
    files: Mapping[str, str]
    nodes: Mapping[str, Node]
    today: date
    options: Mapping[str, Mapping[str, Option]] = field(default_factory=dict)

    def number(self, code: str, name: str) -> int:
        """The number that is set for a check."""
        value = self.options[code][name]
        assert isinstance(value, int)
        return value

    def words(self, code: str, name: str) -> Mapping[str, str]:
        """The words that are set for a check."""
        value = self.options[code][name]
        assert isinstance(value, Mapping)
        return value

    @cached_property
    def plan(self) -> Plan:
        """What depends on what."""
        return Plan(self.book)

    @cached_property
    def reasoned(self) -> Reasoned:
        """What is proved about the rules."""
        return Reasoned(self.book, self.files)

    @cached_property
    def roots(self) -> Mapping[str, MappingNode]:
        """The YAML files that are mappings."""
        return {
            name: node for name, node in self.nodes.items() if isinstance(node, MappingNode) and name.endswith(".yaml")
        }

    @cached_property
    def sources(self) -> Mapping[str, SourceText]:
        """The files as texts with their places."""
        return {name: SourceText(name, text) for name, text in self.files.items()}

    @cached_property
    def written(self) -> tuple[Written, ...]:
        """The texts for people in all rule files."""
        return tuple(each for root in self.roots.values() for each in written_in(root, self.book.languages))

    @cached_property
    def manifest(self) -> MappingNode:
        """The manifest as it stands in its file."""
        return self.roots.get(MANIFEST, MappingNode({}, {}, Place(MANIFEST)))

    @cached_property
    def declared(self) -> Mapping[tuple[str, str], tuple[Place, MappingNode]]:
        """Where each name is declared, and its declaration, by the section (`parameters`, say) and the name."""
        found = {}
        for root in self.roots.values():
            for section in _SECTIONS:
                node = mapping_of(root, section)
                found.update({(section, name): (node.keys[name], mapping_of(node, name)) for name in node.items})
        return found

    @cached_property
    def uses(self) -> Uses:
        """What is used."""
        return uses_of(self.book)

    @property
    def first_steps(self) -> str:
        """The parameter that says how many steps come first; empty when the manifest has a number."""
        return words_of(self.manifest, "first_steps").removeprefix("$")

    def fact_place(self, key: Key) -> Place:
        """Where the facts schema declares a fact, or a list with (thing, ''); where the manifest names the schema
        when that isn't in the folder."""
        return self._fact_places.get(key, place_of(self.manifest, "facts"))

    @cached_property
    def _fact_places(self) -> Mapping[Key, Place]:
        schema = self.nodes.get(words_of(self.manifest, "facts"))
        return dict(_fact_places(schema, None, "")) if isinstance(schema, MappingNode) else {}

    def examples_of(self, rule: str) -> tuple[Example, ...]:
        """The examples that stand under a rule, and all others that name it."""
        return self._examples.get(rule, ())

    @cached_property
    def _examples(self) -> Mapping[str, tuple[Example, ...]]:
        found: dict[str, dict[int, Example]] = {}
        for i, example in enumerate(self.examples):
            lists = (value for value in example.expect.values() if isinstance(value, list))
            for name in (*([example.rule] if example.rule else []), *(name for each in lists for name in each)):
                found.setdefault(str(name), {})[i] = example
        return {name: tuple(examples.values()) for name, examples in found.items()}

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """The rules by their ids."""
        return {rule.id: rule for rule in self.book.rules}

    @cached_property
    def rule_nodes(self) -> Mapping[str, MappingNode]:
        """Each rule as it stands in its file, by its id."""
        rules = (
            each for root in self.roots.values() for each in items_of(root, "rules") if isinstance(each, MappingNode)
        )
        return {name: each for each in rules if (name := text_of(each, "id")) is not None}


def _fact_places(node: MappingNode, thing: str | None, before: str) -> Iterator[tuple[Key, Place]]:
    properties = mapping_of(node, "properties")
    for name, place in properties.keys.items():
        inside = mapping_of(properties, name)
        of = text_of(inside, "thing")
        if of is not None:
            yield (of, ""), place
            yield from _fact_places(mapping_of(inside, "items"), of, "")
        elif "properties" in inside.items:
            yield from _fact_places(inside, thing, f"{before}{name}.")
        else:
            yield (thing, before + name), place
