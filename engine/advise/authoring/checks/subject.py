"""What checks look at: a knowledge base that loads, with its texts, its examples and what is worked out of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from advise.loading.nodes import items_of, text_of
from advise.plan import Plan
from advise.rules import Example, Rule, Rulebook
from advise.source import Findings, MappingNode, Node, read_yaml


@dataclass(frozen=True)
class Subject:
    """A knowledge base as checks see it. `files` are the texts of its YAML files, by their path in the folder.

    What several checks need is worked out once, when it's first asked for. Nothing here changes.
    """

    folder: Path
    book: Rulebook
    examples: tuple[Example, ...]
    files: Mapping[str, str]
    today: date

    @cached_property
    def plan(self) -> Plan:
        """What depends on what."""
        return Plan(self.book)

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """The files as nodes, each with its place."""
        read = {name: read_yaml(text.encode(), name, Findings()) for name, text in self.files.items()}
        return {name: node for name, node in read.items() if node is not None}

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """The rules by their ids."""
        return {rule.id: rule for rule in self.book.rules}

    @cached_property
    def rule_nodes(self) -> Mapping[str, MappingNode]:
        """Each rule as it stands in its file, by its id."""
        roots = (node for node in self.nodes.values() if isinstance(node, MappingNode))
        rules = (each for root in roots for each in items_of(root, "rules") if isinstance(each, MappingNode))
        return {name: each for each in rules if (name := text_of(each, "id")) is not None}
