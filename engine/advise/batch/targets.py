"""Where in the facts a column goes: a JSON Pointer, resolved against what the knowledge base takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import pyarrow as pa

from advise._case_problems import pointer_to
from advise._case_schema import Tree, tree_of
from advise.rules import Rulebook
from advise.types import Fact, Kind, ThingList

MOST_IN_COLUMNS = 200
"""How many things of one list may have columns of their own."""

Node = Fact | ThingList | Tree


class NoTargetError(Exception):
    """A pointer leads to no fact; has a sentence and a hint."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        self.sentence, self.hint = sentence, hint
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class Target:
    """A place in the facts: the steps to it, what stands there, and its Arrow type."""

    steps: tuple[str | int, ...]
    node: Node
    type: Any

    @property
    def pointer(self) -> str:
        """As a JSON Pointer."""
        return pointer_to(self.steps)

    @property
    def title(self) -> str:
        """What it's called for people."""
        return str(self.steps[-1]) if isinstance(self.node, dict) else self.node.title


def target(book: Rulebook, pointer: str) -> Target:
    """The place that a JSON Pointer leads to. Raises NoTargetError."""
    if not pointer.startswith("/"):
        hint = f"Did you mean '/{pointer.replace('.', '/')}'?" if pointer else ""
        raise NoTargetError(f"'{pointer}' is no JSON Pointer: those start with '/', such as /plan/written.", hint)
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/")]
    return walked(book, parts)


def walked(book: Rulebook, parts: Sequence[str]) -> Target:
    """The place that names and indexes lead to. Raises NoTargetError."""
    node: Node = tree_of(book)
    steps: list[str | int] = []
    for part in parts:
        if isinstance(node, Fact):
            raise NoTargetError(f"Nothing stands below {pointer_to(steps)}: it's a fact by itself.")
        if isinstance(node, ThingList):
            steps.append(_index(part, pointer_to(steps), node))
            node = tree_of(book, node.thing)
        elif part in node:
            steps.append(part)
            node = node[part]
        else:
            raise NoTargetError(f"No fact is called '{pointer_to((*steps, part))}'.", _near(book, steps, part, node))
    if any(isinstance(step, int) for step in steps) and not isinstance(node, Fact):
        below = pointer_to((*steps, next(iter(tree_of(book, node.thing) if isinstance(node, ThingList) else node))))
        raise NoTargetError(f"{pointer_to(steps)} isn't one fact.", f"Name a fact of it, such as {below}.")
    return Target(tuple(steps), node, type_of(book, node))


def _index(part: str, above: str, each: ThingList) -> int:
    most = min(each.most, MOST_IN_COLUMNS)
    if not (part.isdecimal() and part.isascii() and len(part) < 6 and (part == "0" or part[0] != "0")):
        raise NoTargetError(
            f"{above} is a list, so a number comes next, not '{part}'.", f"Its first entry is {above}/0."
        )
    if int(part) >= most:
        raise NoTargetError(f"{above} takes entries from 0 to {most - 1} in columns of their own.")
    return int(part)


def _near(book: Rulebook, steps: Sequence[str | int], part: str, level: Tree) -> str:
    here = get_close_matches(part, level, n=1)
    if here:
        return f"Did you mean '{pointer_to((*steps, here[0]))}'?"
    meant = pointer_to((*steps, part))
    far = get_close_matches(meant, [each.pointer for each in places(book)], n=1)
    return f"Did you mean '{far[0]}'?" if far else ""


def places(book: Rulebook) -> Iterator[Target]:
    """Every place that a column may have: facts, objects and lists, and the first entry of each list."""
    for each in _below(book, (), tree_of(book)):
        yield each
        if isinstance(each.node, ThingList):
            of_things = _below(book, (*each.steps, 0), tree_of(book, each.node.thing))
            yield from (below for below in of_things if isinstance(below.node, Fact))


def _below(book: Rulebook, steps: tuple[str | int, ...], tree: Tree) -> Iterator[Target]:
    for name, node in tree.items():
        yield Target((*steps, name), node, type_of(book, node))
        if isinstance(node, dict):
            yield from _below(book, (*steps, name), node)


_SIMPLE = {Kind.NUMBER: pa.float64(), Kind.BOOLEAN: pa.bool_(), Kind.TEXTS: pa.list_(pa.string())}


def type_of(book: Rulebook, node: Node) -> Any:
    """The Arrow type of a part of the facts when nothing else decides it; dates are texts."""
    if isinstance(node, Fact):
        return _SIMPLE.get(node.type.kind, pa.string())
    if isinstance(node, ThingList):
        return pa.list_(type_of(book, tree_of(book, node.thing)))
    return pa.struct([(name, type_of(book, below)) for name, below in node.items()])
