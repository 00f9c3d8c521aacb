"""What checks look at: a knowledge base that loads, with its texts, its examples and what is worked out of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from advise._json_text import read_json
from advise.loading.nodes import items_of, text_of
from advise.plan import Plan
from advise.rules import Example, Rule, Rulebook
from advise.source import Findings, MappingNode, Node, read_yaml

Option = int | Mapping[str, str]
"""What may be set for a check: a number, or words with what to say for each."""


@dataclass(frozen=True)
class Subject:
    """A knowledge base as checks see it. `files` are the texts of its YAML files and its facts schema, by their path
    in the folder. `options` are, by the codes of checks, what is set for each.

    What several checks need is worked out once, when it's first asked for. Nothing here changes.
    """

    folder: Path
    book: Rulebook
    examples: tuple[Example, ...]
    files: Mapping[str, str]
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
    def nodes(self) -> Mapping[str, Node]:
        """The files as nodes, each with its place."""
        read = {name: _node(name, text) for name, text in self.files.items()}
        return {name: node for name, node in read.items() if node is not None}

    @cached_property
    def roots(self) -> Mapping[str, MappingNode]:
        """The YAML files that are mappings."""
        return {
            name: node for name, node in self.nodes.items() if isinstance(node, MappingNode) and name.endswith(".yaml")
        }

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


def _node(name: str, text: str) -> Node | None:
    read = read_json if name.endswith(".json") else read_yaml
    return read(text, name, Findings())
