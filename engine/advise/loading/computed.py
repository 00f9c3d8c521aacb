"""Computed facts: each names one way in which it is worked out from others."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import cast

from advise.conditions import Constant, Elapsed, Lookup, Operand, Rank, Scope
from advise.errors import Place
from advise.loading.conditions import VALUED, read_aggregate
from advise.loading.context import Context, SilentError, WrongError, did_you_mean, quoted
from advise.loading.names import Env, Key
from advise.loading.nodes import mapping_of, place_of, text_of, words_of
from advise.loading.operands import WHOLE, is_rank, read_day, read_expression, read_key_value, said_kind
from advise.loading.sections import declare_key
from advise.loading.tables import by_rank
from advise.rules import Computed, Table
from advise.source import MappingNode, Node, SequenceNode
from advise.types import Kind, Type
from advise.values import Unit

_BETWEEN = re.compile(r"(days|weeks|months|years) between\Z")
_AGGREGATES = ("count", *VALUED)


def declare_computed(context: Context, section: MappingNode) -> None:
    """The computed facts of a file, to be read when their types are needed."""
    for name, node in section.items.items():
        place = section.keys[name]
        key = context.attempt(declare_key, context, "computed fact", name, place)
        if key is not None:
            context.names.pending[key] = partial(_read_now, context, key, place, node)


def _read_now(context: Context, key: Key, place: Place, node: Node) -> None:
    computed = context.attempt(_read, context, key, place, node)
    if computed is not None:
        context.names.computed[key] = computed


def _read(context: Context, key: Key, place: Place, node: Node) -> Computed:
    if not isinstance(node, MappingNode):
        raise SilentError
    thing = key[0]
    env = Env(conclusions=False)
    if thing is not None:
        env = env.inside(Scope(thing, thing))
    before = len(context.findings)
    value = _value(context, env, node, place)
    if len(context.findings) > before:
        raise SilentError
    unit = text_of(node, "unit") or value.type.unit
    type = value.type if unit == value.type.unit else replace(value.type, unit=unit)
    if type.kind is Kind.CHOICE and type.ordered and not is_rank(value):
        value = Rank(value, type.choices, WHOLE)
    return Computed(thing, key[1], words_of(node, "means"), type, value)


def _value(context: Context, env: Env, node: MappingNode, place: Place) -> Operand:
    ways = [key for key in node.items if key in _AGGREGATES or key in ("lookup", "value") or _BETWEEN.match(key)]
    if not ways and any(key not in _KEYS for key in node.items):
        raise SilentError
    if len(ways) != 1:
        sentence = "A computed fact is worked out in one way." if ways else "Nothing says how this is worked out."
        hint = f"Write one of {quoted(('value', 'lookup', 'months between', *_AGGREGATES))}."
        raise WrongError("computed-way", node.keys[ways[1]] if ways else place, sentence, hint)
    way = ways[0]
    _refuse_extras(context, node, way)
    if way == "value":
        return read_expression(context, env, node.items[way])
    if way == "lookup":
        return _lookup(context, env, node)
    if way in _AGGREGATES:
        over = text_of(node, way)
        if over is None:
            raise SilentError
        return read_aggregate(context, env, way, over, place_of(node, way), node.items.get("where"))
    return _elapsed(context, env, node, way)


_KEYS = ("means", "unit", "where", "key", "take")
_GO_WITH = {"where": _AGGREGATES, "key": ("lookup",), "take": ("lookup",)}


def _refuse_extras(context: Context, node: MappingNode, way: str) -> None:
    for key, ways in _GO_WITH.items():
        if key in node.items and way not in ways:
            sentence = f"`{key}` doesn't go with `{way}`."
            context.find("unknown-key", node.keys[key], sentence, f"It goes with {quoted(ways)}.")


def _elapsed(context: Context, env: Env, node: MappingNode, way: str) -> Operand:
    unit = cast(Unit, way.split(" ")[0])
    ends = node.items[way]
    if not isinstance(ends, SequenceNode) or len(ends.items) != 2:
        raise WrongError(
            "wrong-type", ends.place, f"`{way}` needs a list of two dates.", f"Write `{way}: [start, today]`."
        )
    declared = text_of(node, "unit")
    if declared is not None and declared != unit:
        sentence = f"`{way}` gives {unit}, and `unit` says `{declared}`."
        raise WrongError("unit-mismatch", place_of(node, "unit"), sentence, f"Write `unit: {unit}`.")
    start, end = (read_day(context, env, each) for each in ends.items)
    return Elapsed(start, end, unit, Type(Kind.NUMBER, integer=True, unit=unit))


# -------------------------------------------------------------------------------------------- lookups


def _lookup(context: Context, env: Env, node: MappingNode) -> Operand:
    names = context.names
    name = text_of(node, "lookup") or ""
    if ("table", name) in names.broken_words:
        raise SilentError
    table = names.tables.get(name)
    if table is None:
        place = place_of(node, "lookup")
        raise WrongError("unknown-table", place, f"There is no table `{name}`.", did_you_mean(name, names.tables))
    take = text_of(node, "take")
    columns = names.columns[name]
    if take is None:
        raise WrongError("missing-key", node.place, "A lookup needs `take:`, the column to take.")
    if take not in columns:
        place = place_of(node, "take")
        raise WrongError(
            "unknown-column", place, f"The table `{name}` has no column `{take}`.", did_you_mean(take, columns)
        )
    keys = _keys(context, env, table, mapping_of(node, "key"))
    ranks = frozenset(column for column, value in keys.items() if is_rank(value))
    if take in table.key:
        raise WrongError(
            "unknown-column", place_of(node, "take"), f"`{take}` is part of the key, so it's known already."
        )
    return Lookup(
        _ranked_table(context, table, ranks), tuple(keys[column] for column in table.key), take, columns[take]
    )


def _ranked_table(context: Context, table: Table, ranks: frozenset[str]) -> str:
    if not ranks:
        return table.name
    other = by_rank(table, ranks)
    context.names.tables.setdefault(other.name, other)
    return other.name


def _keys(context: Context, env: Env, table: Table, node: MappingNode) -> dict[str, Operand]:
    columns = context.names.columns[table.name]
    for column in node.items:
        if column not in table.key:
            hint = did_you_mean(column, table.key) or f"The key is {quoted(table.key, 'and')}."
            raise WrongError(
                "unknown-column", node.keys[column], f"`{column}` isn't part of the key of `{table.name}`.", hint
            )
    missing = [column for column in table.key if column not in node.items]
    if missing or not table.key:
        sentence = f"A lookup in `{table.name}` needs {quoted(missing, 'and')} in its `key`."
        hint = "" if table.key else "The table has no `key`, so its rows can't be looked up."
        raise WrongError("missing-key", node.place, sentence, hint)
    found = {}
    for column, value in node.items.items():
        operand = read_key_value(context, env, value, columns[column])
        _check_key(table, column, columns[column], operand, value.place)
        found[column] = operand
    return found


def _check_key(table: Table, column: str, type: Type, operand: Operand, place: Place) -> None:
    textual = (Kind.TEXT, Kind.CHOICE)
    same = operand.type.kind is type.kind or (operand.type.kind in textual and type.kind in textual)
    if not same or (is_rank(operand) and not type.ordered):
        sentence = (
            f"The column `{column}` of `{table.name}` is {said_kind(type)}, and this is {said_kind(operand.type)}."
        )
        raise WrongError("wrong-type", place, sentence, "Use a fact of the same type.")
    if is_rank(operand) and operand.type.choices != type.choices:
        sentence = f"The values of this and of the column `{column}` aren't the same, in the same order."
        raise WrongError("not-ordered", place, sentence, "Declare both alike.")
    literal = isinstance(operand, Constant)
    if not literal and type.kind is Kind.TEXT and operand.type.ignore_case != type.ignore_case:
        one, other = (
            ("This", f"the column `{column}`") if operand.type.ignore_case else (f"The column `{column}`", "this")
        )
        sentence = f"{one} ignores case and {other} doesn't, so equal texts may count as different."
        raise WrongError("case-mismatch", place, sentence, "Declare both with `ignore_case: true`, or neither.")
