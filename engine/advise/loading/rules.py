"""Rules: everything that is said of one, read into a Rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from advise.errors import Place
from advise.loading import effects
from advise.loading.conditions import read_when
from advise.loading.context import Context
from advise.loading.names import Env
from advise.loading.nodes import items_of, place_of, text_of, words_of
from advise.loading.operands import day_of
from advise.loading.sections import read_source
from advise.loading.structure import keys_of_a_rule
from advise.rules import Hold, Rule, Source
from advise.source import MappingNode, Node

T = TypeVar("T")
EFFECTS = ("conclude", "advise", "hold", "ask", "refer", "overrides")


def declare_rules(context: Context, root: MappingNode) -> None:
    """Notes the ids of a file's rules and which of them give advice."""
    for node in items_of(root, "rules"):
        if isinstance(node, MappingNode):
            name = text_of(node, "id")
            if name is not None and context.attempt(_declare, context, name, place_of(node, "id")):
                context.names.rules[name] = "advise" in node.items or not _is_known(node)


def _is_known(node: MappingNode) -> bool:
    """False when a rule has a key that means nothing, which has been reported: it may have been meant for any."""
    return keys_of_a_rule().issuperset(node.items)


def _declare(context: Context, name: str, place: Place) -> bool:
    context.names.declare("rule", name, place)
    return True


def read_rule(context: Context, topic: str, source: Source, node: MappingNode) -> Rule:
    """A rule; what can't be read of it is a finding, and left out."""
    name = text_of(node, "id") or ""
    own = read_source(context, node, source, f"The rule `{name}`")
    each, condition, env = read_when(context, node.items.get("when"))
    if not any(effect in node.items for effect in EFFECTS) and _is_known(node):
        hint = "Add `advise`, `conclude`, `hold`, `ask` or `refer`."
        context.find("no-effect", place_of(node, "id"), f"The rule `{name}` does nothing.", hint)
    review = node.items.get("review by")
    review_by = None if review is None else context.attempt(day_of, text_of(node, "review by"), review.place)
    return Rule(
        id=name,
        title=words_of(node, "title"),
        topic=topic,
        source=own,
        each=each,
        condition=condition,
        conclude=_effect(context, env, node, "conclude", effects.read_conclude) or (),
        advise=_effect(context, env, node, "advise", effects.read_advise),
        hold=_hold(context, env, node, name),
        ask=_effect(context, env, node, "ask", effects.read_ask),
        refer=_effect(context, env, node, "refer", effects.read_refer),
        overrides=effects.read_overrides(context, name, node),
        owner=text_of(node, "owner"),
        review_by=review_by,
        place=place_of(node, "id"),
    )


def _effect(
    context: Context, env: Env, node: MappingNode, key: str, read: Callable[[Context, Env, Node], T | None]
) -> T | None:
    value = node.items.get(key)
    return None if value is None else context.attempt(read, context, env, value)


def _hold(context: Context, env: Env, node: MappingNode, own: str) -> Hold | None:
    value = node.items.get("hold")
    return None if value is None else context.attempt(effects.read_hold, context, env, own, value)
