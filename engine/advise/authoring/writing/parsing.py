"""YAML texts as trees and as tokens, each with its place; by the parser in C where there is one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def composed(text: str) -> yaml.Node | None:
    """The tree of a text; None for an empty one. Raises yaml.YAMLError."""
    root: yaml.Node | None = yaml.compose(text, Loader=_LOADER)
    return root


def tokens(text: str) -> Iterator[yaml.Token]:
    """The tokens of a text, one by one. Raises yaml.YAMLError where it's at fault, once those before have come."""
    found: Iterator[yaml.Token] = yaml.scan(text, Loader=_LOADER)
    return found
