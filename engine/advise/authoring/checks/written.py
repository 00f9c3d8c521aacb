"""The texts for people in rule files, each with what it is and where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from advise.errors import Place
from advise.loading.nodes import items_of, mapping_of, text_of
from advise.source import MappingNode, Node, Scalar

PLACEHOLDER = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Written:
    """One text in one language. `kind` is what it is: `say`, `step`, `because`, `until`, `to`, `report` or `meaning`;
    `whole` is where the text begins with all its languages; `rule` is the id of its rule, empty for conclusions."""

    kind: str
    language: str
    text: str
    place: Place
    whole: Place
    rule: str = ""

    @property
    def words(self) -> list[str]:
        """Its words; a placeholder counts as one."""
        return PLACEHOLDER.sub("X", self.text).split()


def written_in(root: MappingNode, languages: tuple[str, ...]) -> Iterator[Written]:
    """The texts of one rule file."""
    for rule in items_of(root, "rules"):
        if isinstance(rule, MappingNode):
            yield from _of_rule(rule, text_of(rule, "id") or "", languages)
    conclusions = mapping_of(root, "conclusions")
    for name in conclusions.items:
        node = mapping_of(conclusions, name)
        yield from _texts("report", node.items.get("report"), "", languages)
        for value in mapping_of(node, "values").items.values():
            yield from _texts("meaning", value, "", languages)


_PARTS = (("advise", "say"), ("hold", "because"), ("hold", "until"), ("ask", "say"), ("refer", "to"), ("refer", "say"))


def _of_rule(node: MappingNode, rule: str, languages: tuple[str, ...]) -> Iterator[Written]:
    for effect, kind in _PARTS:
        yield from _texts(kind, mapping_of(node, effect).items.get(kind), rule, languages)
    for step in items_of(mapping_of(node, "advise"), "steps"):
        yield from _texts("step", step, rule, languages)


def _texts(kind: str, node: Node | None, rule: str, languages: tuple[str, ...]) -> Iterator[Written]:
    if node is None:
        return
    for language, scalar in node.items.items() if isinstance(node, MappingNode) else [(languages[0], node)]:
        if isinstance(scalar, Scalar) and isinstance(scalar.value, str):
            yield Written(kind, language, scalar.value.strip(), scalar.place, node.place, rule)
