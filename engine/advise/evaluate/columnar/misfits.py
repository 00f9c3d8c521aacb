"""What is wrong with the types of a table's columns, before there are any rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from advise._case_schema import Tree, tree_of
from advise.evaluate.columnar.raw import is_list, misfit
from advise.evaluate.columnar.vocabulary import Vocabulary
from advise.rules import Rulebook
from advise.types import Fact, ThingList


def misfits(fields: Iterable[Any], book: Rulebook, vocabulary: Vocabulary) -> tuple[str, ...]:
    """A sentence for each Arrow field whose type can't hold the facts that its name says, at any depth.

    Each row that has such a column's value would be rejected. Names that no fact has are left out.
    """
    return tuple(_level(fields, book, tree_of(book), vocabulary))


def _level(fields: Iterable[Any], book: Rulebook, tree: Tree, vocabulary: Vocabulary) -> Iterator[str]:
    for field in fields:
        below, type_ = tree.get(field.name), field.type
        if below is None or pa.types.is_null(type_):
            continue
        if isinstance(below, Fact):
            sentence = misfit(type_, below, vocabulary)
            if sentence is not None:
                yield sentence
        elif isinstance(below, ThingList):
            yield from _things(field, below, book, vocabulary)
        elif pa.types.is_struct(type_):
            yield from _level(type_, book, below, vocabulary)
        else:
            yield f"'{field.name}' takes a struct of facts, not {type_}."


def _things(field: Any, things: ThingList, book: Rulebook, vocabulary: Vocabulary) -> Iterator[str]:
    item = field.type.value_type if is_list(field.type) else None
    if item is None or not (pa.types.is_struct(item) or pa.types.is_null(item)):
        yield f"'{field.name}' takes a list of structs, not {field.type}."
    elif pa.types.is_struct(item):
        yield from _level(item, book, tree_of(book, things.thing), vocabulary)
