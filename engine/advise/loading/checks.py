"""Checks that need the whole knowledge base: what nobody draws or reads, and circles without an order."""

from __future__ import annotations

from advise.conditions import Aggregate
from advise.errors import Place
from advise.loading.context import Context
from advise.loading.names import dotted
from advise.plan import find_cycles, loops
from advise.rules import Rulebook

HIDING = frozenset(
    {
        "each-inside",
        "empty-test",
        "not-a-condition",
        "other-without-first",
        "protected-characteristic",
        "scope-twice",
        "unknown-operator",
        "unknown-thing",
    }
)
"""Findings after which a part of a condition, with the names in it, hasn't been read."""

MOST_LOOPS = 16


def check_all(context: Context, rulebook: Rulebook) -> None:
    """Adds the findings about a knowledge base as a whole."""
    if _is_read_whole(context):
        _check_conclusions(context, rulebook)
    _check_cycles(context, rulebook)
    _check_depth(context, rulebook)


def _check_depth(context: Context, rulebook: Rulebook) -> None:
    """Python takes twenty loops within one another, and the compiled evaluator has a loop for each thing."""
    deep = [rule.place for rule in rulebook.rules if len(rule.each) + loops(rule.condition) > MOST_LOOPS]
    for key, computed in rulebook.computed.items():
        if isinstance(computed.value, Aggregate) and 2 + loops(computed.value.where) > MOST_LOOPS:
            deep.append(context.names.places["computed", dotted(key)])
    for place in deep:
        sentence = f"This looks through more than {MOST_LOOPS} lists within one another."
        hint = "Split it: let one rule draw a conclusion that another reads."
        context.find("nested-lists", place, sentence, hint)


def _is_read_whole(context: Context) -> bool:
    """True when no part went unread in which a conclusion may have been drawn or used."""
    codes = {finding.code for finding in context.findings.all}
    unread = any(code.startswith(("yaml-", "file-")) for code in codes) or codes & HIDING
    return not unread and not context.malformed


def _check_conclusions(context: Context, rulebook: Rulebook) -> None:
    for key, conclusion in rulebook.conclusions.items():
        place = context.names.places["conclusion", dotted(key)]
        if key not in context.names.drawn:
            hint = "Draw it in a rule with `conclude:`, or delete it."
            context.find("conclusion-never-drawn", place, f"No rule draws the conclusion `{conclusion.name}`.", hint)
        if key not in context.names.read and conclusion.report is None and not conclusion.show:
            sentence = f"Nothing uses the conclusion `{conclusion.name}`: no condition, no text and no report."
            hint = "Use it in a rule, give it a `report`, or delete it."
            context.find("conclusion-never-read", place, sentence, hint)


def _check_cycles(context: Context, rulebook: Rulebook) -> None:
    places: dict[str, Place] = {rule.id: rule.place for rule in rulebook.rules}
    for cycle in find_cycles(rulebook):
        sentence = (
            f"These rules wait for each other, so there is no order in which to work them out: {' -> '.join(cycle)}."
        )
        hint = "In a circle no rule may need `not`, `every`, `no`, a count or one of several values of the next."
        context.find("negative-cycle", places[cycle[0]], sentence, hint)
