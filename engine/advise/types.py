"""What facts, conclusions, columns and parameters may hold, and how a knowledge base names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

LONGEST_TEXT = 10_000
LONGEST_LIST = 10_000
"""What facts may hold at most, where the schema doesn't say less."""

Text = Mapping[str, str]
"""Words for people: language -> text."""

Literal = str | int | float | bool | tuple[str, ...]
"""A value as it stands in a rule, a parameter, a table or a facts file."""


class Kind(StrEnum):
    """The kinds of value there are."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    CHOICE = "choice"
    TEXTS = "texts"


@dataclass(frozen=True, slots=True)
class Type:
    """A kind and what narrows it.

    `choices` are the allowed values of a choice, from lowest to highest if `ordered`. `low` and `high`
    bound a number. `ignore_case`: texts are compared trimmed, with inner white space folded, case-folded.
    """

    kind: Kind
    choices: tuple[str, ...] = ()
    ordered: bool = False
    integer: bool = False
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    ignore_case: bool = False


def folded(text: str) -> str:
    """`text` as texts that ignore case are compared: trimmed, white space folded, case-folded."""
    return " ".join(text.split()).casefold()


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that a person may give, as the facts schema declares it.

    `thing` is None for a fact of the person, else the thing that has it; `path` is dotted within that.
    `default` is assumed when the fact is absent. `unnamed` stands in texts where it's unknown.
    `titles` are the words for each choice.
    """

    thing: str | None
    path: str
    type: Type
    title: str
    means: str = ""
    question: Text | None = None
    default: Literal | None = None
    unnamed: Text | None = None
    titles: Mapping[str, str] | None = None
    required: bool = False

    @property
    def name(self) -> str:
        """As rules write it: `plan.written`, `job.title`."""
        return f"{self.thing}.{self.path}" if self.thing else self.path


@dataclass(frozen=True, slots=True)
class ThingList:
    """A list of things in the facts: `name` is its key (`jobs`), `thing` what one is called (`job`).

    `label` is the path of the fact that tells one from another to people. `assumed_empty`: when the list is
    absent the person is taken to have none (its `default` is `[]`). `most`: how many things it takes.
    """

    thing: str
    name: str
    title: str
    means: str = ""
    label: str | None = None
    question: Text | None = None
    assumed_empty: bool = False
    most: int = LONGEST_LIST
