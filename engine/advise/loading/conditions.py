"""Conditions: entries of names and tests, all / any / not, and the quantifiers over lists of things."""

from __future__ import annotations

import re
from dataclasses import replace

from advise.conditions import Aggregate, All, AnyOf, Condition, Not, Operand, Quantified, Scope, Test
from advise.errors import Place
from advise.loading.comparisons import Subject, conjunction, read_test
from advise.loading.context import Context, WrongError, did_you_mean, listed
from advise.loading.names import Env
from advise.loading.operands import WHOLE, is_rank, ranked, said_kind
from advise.operators import OPERATORS
from advise.source import MappingNode, Node, Scalar, SequenceNode, Suggestion
from advise.types import Kind

QUANTIFIERS = ("some", "every", "no")
VALUED = ("sum", "highest", "lowest", "earliest", "latest")
_HEADS = ("each", *QUANTIFIERS, "count", *VALUED)
_HEAD = re.compile(rf"({'|'.join(_HEADS)})\s+(other\s+)?(\S+)\Z")


def read_when(context: Context, node: Node | None) -> tuple[tuple[Scope, ...], All, Env]:
    """A rule's `when`: the things that it binds, all that must hold, and the names that texts may use."""
    env = Env()
    parts: list[Condition] = []
    for item in node.items if isinstance(node, SequenceNode) else ():
        if not isinstance(item, MappingNode):
            context.add(_no_condition(item))
            continue
        for key, value in item.items.items():
            head = _HEAD.match(key)
            if head and head[1] == "each":
                env = _bind(context, env, head, item.keys[key], value, parts)
            else:
                _append(parts, context.attempt(_entry, context, env, key, item.keys[key], value))
    whole = conjunction(parts)
    return env.bound, whole if isinstance(whole, All) else All((whole,)), env


def _bind(context: Context, env: Env, head: re.Match[str], place: Place, node: Node, parts: list[Condition]) -> Env:
    scope = context.attempt(context.names.scope, "each", head[3], bool(head[2]), env, place)
    if scope is None:
        return replace(env, broken=True)
    _append(parts, context.attempt(read_body, context, env.inside(scope), node))
    return env.beside(scope)


def _append(parts: list[Condition], part: Condition | None) -> None:
    if part is not None:
        parts.append(part)


def read_body(context: Context, env: Env, node: Node) -> Condition:
    """A mapping of entries that must all hold; `{}` always holds."""
    if not isinstance(node, MappingNode):
        raise _no_condition(node)
    parts: list[Condition] = []
    for key, value in node.items.items():
        _append(parts, context.attempt(_entry, context, env, key, node.keys[key], value))
    return conjunction(parts)


def _no_condition(node: Node) -> WrongError:
    if isinstance(node, Scalar) and node.value is None:
        return WrongError(
            "not-a-condition", node.place, "A condition is missing here.", "Write `{}` if it should always hold."
        )
    hint = "Write `name: value`, or several in { }."
    if isinstance(node, SequenceNode):
        hint = "Write `all: [..]` or `any: [..]` for a list of conditions."
    return WrongError("not-a-condition", node.place, "A condition is a mapping, `name: test`.", hint)


def _entry(context: Context, env: Env, key: str, place: Place, node: Node) -> Condition:
    if key in ("all", "any"):
        return _list(context, env, key, place, node)
    if key == "not":
        return Not(read_body(context, env, node), place)
    head = _HEAD.match(key)
    if head is None:
        return _named(context, env, key, place, node)
    if head[1] == "each":
        sentence = "`each` can stand only directly in a rule's `when`."
        raise WrongError("each-inside", place, sentence, f"Write `some {head[3]}` here, or move it up.")
    if head[1] in QUANTIFIERS:
        scope = context.names.scope(head[1], head[3], bool(head[2]), env, place)
        return Quantified(head[1], scope, read_body(context, env.inside(scope), node), place)
    return _aggregate_test(context, env, head, place, node)


def _list(context: Context, env: Env, key: str, place: Place, node: Node) -> Condition:
    if not isinstance(node, SequenceNode):
        hint = f"Write `{key}:` and under it one condition after each dash."
        raise WrongError("not-a-condition", node.place, f"`{key}` needs a list of conditions.", hint)
    if not node.items:
        raise WrongError("empty-test", node.place, f"`{key}` has no conditions.", "Add some, or delete it.")
    parts: list[Condition] = []
    for item in node.items:
        _append(parts, context.attempt(read_body, context, env, item))
    return conjunction(parts) if key == "all" else AnyOf(tuple(parts), place)


def _named(context: Context, env: Env, key: str, place: Place, node: Node) -> Condition:
    if " " in key.removeprefix("other "):
        raise _unknown_word(key, place)
    if key in OPERATORS:
        raise WrongError(
            "operator-alone", place, f"`{key}` is an operator, and no fact is named.", f"Write `name: {{{key}: ..}}`."
        )
    ref = context.names.find(key, env, place)
    return read_test(Subject(context, env, ref, ref.name, place), node)


def _unknown_word(key: str, place: Place) -> WrongError:
    first = key.split(" ")[0]
    near = did_you_mean(first, _HEADS)
    word = near.split("`")[1] if near else first
    if word != first:
        meant = Suggestion(f"did you mean `{word} {key.partition(' ')[2]}`?", first, word)
        return WrongError("unknown-operator", place, f"`{key}` can't be read.", meant)
    if key in OPERATORS:
        return WrongError(
            "operator-alone", place, f"`{key}` is an operator, and no fact is named.", f"Write `name: {{{key}: ..}}`."
        )
    joint = next((each for each in ("and", "or") if f" {each} " in key), "")
    if joint:
        hint = f"Give each fact a line of its own, with its test{', under `any:`' if joint == 'or' else ''}."
        return WrongError("unknown-operator", place, f"`{joint}` can't join facts, as in `{key}`.", hint)
    hint = f"A condition begins with a name, `all`, `any`, `not`, or {listed(f'`{head} …`' for head in _HEADS)}."
    return WrongError("unknown-operator", place, f"`{key}` can't be read as a condition.", hint)


# ------------------------------------------------------------------------------------------ aggregates


def _aggregate_test(context: Context, env: Env, head: re.Match[str], place: Place, node: Node) -> Condition:
    if not isinstance(node, MappingNode):
        hint = f"Write `{head[0]}: {{where: {{..}}, at least: 2}}`."
        raise WrongError("wrong-type", node.place, f"`{head[0]}` needs a mapping with a test.", hint)
    where = node.items.get("where")
    operand = read_aggregate(context, env, head[1], (head[2] or "") + head[3], place, where)
    tests = {word: value for word, value in node.items.items() if word != "where"}
    if not tests:
        raise WrongError(
            "empty-test", place, f"`{head[0]}` is compared with nothing.", "Add a test, like `at least: 2`."
        )
    about = f" ({said(operand.where)})" if operand.where != All(()) else ""
    subject = Subject(context, env, operand, head[0] + about, place)
    return read_test(subject, MappingNode(tests, node.keys, node.place))


def read_aggregate(context: Context, env: Env, function: str, over: str, place: Place, where: Node | None) -> Aggregate:
    """`count`, `sum` and the like over `over`: `job`, `other job`, or `job.hours`."""
    other = over.startswith("other ")
    thing, _, path = over.removeprefix("other ").strip().partition(".")
    if bool(path) == (function == "count"):
        sentence = "`count` counts things" if function == "count" else f"`{function}` needs a fact of the things"
        hint = f"Write `count {thing}`." if path else f"Write `{function} {thing}.` and the name of a fact."
        raise WrongError("wrong-type", place, f"{sentence}, and here stands `{over}`.", hint)
    scope = context.names.scope(function, thing, other, env, place)
    inside = env.inside(scope)
    value = _aggregated(context, inside, function, scope, path, place) if path else None
    body = All(()) if where is None else read_body(context, inside, where)
    type = WHOLE if value is None else value.type
    return Aggregate(function, scope, _rank_of_choice(value), body, type)


def _rank_of_choice(value: Operand | None) -> Operand | None:
    if value is not None and value.type.kind is Kind.CHOICE and not is_rank(value):
        return ranked(value)
    return value


def _aggregated(context: Context, env: Env, function: str, scope: Scope, path: str, place: Place) -> Operand:
    ref = context.names.find(f"{scope.name}.{path}", env, place)
    kind = ref.type.kind
    by_order = kind is Kind.NUMBER or (kind is Kind.CHOICE and ref.type.ordered)
    fits = {"sum": kind is Kind.NUMBER, "highest": by_order, "lowest": by_order}.get(function, kind is Kind.DATE)
    if not fits:
        hint = "For dates there are `earliest` and `latest`." if kind is Kind.DATE else ""
        needs = {"sum": "numbers", "earliest": "dates", "latest": "dates"}.get(function, "numbers or ordered choices")
        sentence = f"`{function}` needs {needs}, and `{ref.name}` is {said_kind(ref.type)}."
        raise WrongError("operator-type", place, sentence, hint)
    return ref


def said(condition: Condition) -> str:
    """A condition in words, made of the words of its tests."""
    match condition:
        case Test():
            return condition.said
        case All():
            return ", ".join(dict.fromkeys(map(said, condition.parts)))
        case AnyOf():
            return " or ".join(map(said, condition.parts))
        case Not():
            return f"not {said(condition.part)}"
        case Quantified():
            body = said(condition.body)
            return f"{condition.quantifier} {condition.scope.name}" + (f" ({body})" if body else "")
