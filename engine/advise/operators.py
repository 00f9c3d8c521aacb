"""The one table of operators: the words that rule files use, the types they take and the core test they mean.

A word with a core operator of its own adds nothing to evaluators. Adding a word is one entry here and its
tests; adding a core operator is one entry in `CORE` and one in each evaluator's table of meanings.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from advise.types import Kind


class Core(StrEnum):
    """The tests that evaluators know."""

    EQUAL = "=="
    ONE_OF = "in"
    AT_LEAST = ">="
    AT_MOST = "<="
    MORE = ">"
    LESS = "<"
    CONTAINS = "contains"
    MATCHES = "matches"
    KNOWN = "known"


ORDERED = frozenset({Kind.NUMBER, Kind.CHOICE, Kind.DATE})
EVERY = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Operator:
    """A word for a test.

    `core` is None for words that the loader takes apart (`between`, `not`, `within`). `takes` are the kinds
    of fact that it fits; `needs_order`: a choice must be ordered. `means` is its meaning in a sentence.
    """

    word: str
    core: Core | None
    takes: frozenset[Kind]
    means: str
    needs_order: bool = False


OPERATORS: dict[str, Operator] = {
    each.word: each
    for each in (
        Operator("is", Core.EQUAL, EVERY - {Kind.TEXTS}, "equals the value"),
        Operator("one of", Core.ONE_OF, EVERY - {Kind.TEXTS, Kind.DATE}, "equals one of the values"),
        Operator("same as", Core.EQUAL, EVERY - {Kind.TEXTS}, "equals another fact"),
        Operator("not", None, EVERY, "the opposite of a value, a list of values or a test"),
        Operator("at least", Core.AT_LEAST, ORDERED, "the value or more; for a date, that long ago or longer", True),
        Operator("at most", Core.AT_MOST, ORDERED, "the value or less; for a date, that long ago or shorter", True),
        Operator("more than", Core.MORE, ORDERED, "above the value; for a date, longer ago than that", True),
        Operator("less than", Core.LESS, ORDERED, "below the value; for a date, not as long ago as that", True),
        Operator("between", None, ORDERED, "from the first value to the second, both included", True),
        Operator("before", Core.LESS, frozenset({Kind.DATE}), "earlier than the day"),
        Operator("after", Core.MORE, frozenset({Kind.DATE}), "later than the day"),
        Operator("within", None, frozenset({Kind.DATE}), "in the last, or the next, length of time"),
        Operator("contains", Core.CONTAINS, frozenset({Kind.TEXT, Kind.TEXTS}), "a text has it in it; a list has it"),
        Operator("matches", Core.MATCHES, frozenset({Kind.TEXT}), "a regular expression is found in the text"),
        Operator(
            "known",
            Core.KNOWN,
            EVERY,
            "true: answered, or in the table; false: asked and the person doesn't know, or not in the table",
        ),
    )
}
