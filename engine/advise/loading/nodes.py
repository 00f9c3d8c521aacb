"""Small looks into nodes, for readers: what is missing or of another type is None or empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from advise.errors import Place
from advise.source import MappingNode, Node, Scalar, SequenceNode


def text_of(node: MappingNode, key: str) -> str | None:
    """The text under `key`."""
    value = node.items.get(key)
    return value.value if isinstance(value, Scalar) and isinstance(value.value, str) else None


def words_of(node: MappingNode, key: str) -> str:
    """The text or number under `key` as a text; empty when there is none."""
    value = node.items.get(key)
    return str(value.value).strip() if isinstance(value, Scalar) and value.value is not None else ""


def flag_of(node: MappingNode, key: str) -> bool:
    """True when true stands under `key`."""
    value = node.items.get(key)
    return isinstance(value, Scalar) and value.value is True


def items_of(node: MappingNode, key: str) -> tuple[Node, ...]:
    """The items of the list under `key`."""
    value = node.items.get(key)
    return value.items if isinstance(value, SequenceNode) else ()


def mapping_of(node: MappingNode, key: str) -> MappingNode:
    """The mapping under `key`."""
    value = node.items.get(key)
    return value if isinstance(value, MappingNode) else MappingNode({}, {}, node.place)


def texts_of(node: MappingNode, key: str) -> tuple[str, ...]:
    """The texts in the list under `key`."""
    return tuple(each.value for each in items_of(node, key) if isinstance(each, Scalar) and isinstance(each.value, str))


def place_of(node: MappingNode, key: str) -> Place:
    """Where the value under `key` stands; where the mapping does when there is none."""
    value = node.items.get(key)
    return node.place if value is None else value.place


def with_plain(node: MappingNode, data: Mapping[str, Any], key: str) -> Iterator[tuple[MappingNode, Mapping[str, Any]]]:
    """The mappings in the list under `key`, each with its plain values; `data` are those of `node`."""
    plain = data.get(key)
    for item, values in zip(items_of(node, key), plain if isinstance(plain, list) else (), strict=False):
        if isinstance(item, MappingNode):
            yield item, values
