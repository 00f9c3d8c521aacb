"""A loaded knowledge base: rules with their effects, and everything that they refer to, all immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from advise.conditions import All, Operand, Parameter, Ref, Scope
from advise.errors import Place
from advise.types import Fact, Literal, ThingList, Type

Source = Mapping[str, str]
"""Source key -> place in it."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text with its placeholders found.

    `parts[language]` alternates plain text (str) and placeholders (Ref or Parameter).
    """

    parts: Mapping[str, tuple[str | Ref | Parameter, ...]]


@dataclass(frozen=True, slots=True)
class Conclude:
    """Draws `value` for the conclusion (thing, path), on the thing bound as `scope` or on the person (None)."""

    thing: str | None
    path: str
    scope: str | None
    value: Literal


@dataclass(frozen=True, slots=True)
class Advise:
    """Advice: what to say, the steps, and where it belongs in the order."""

    say: Words
    steps: tuple[Words, ...]
    priority: str
    effort: str
    horizon: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Keeps the advice of the named rules at 'not now' while the rule holds."""

    advice: tuple[str, ...]
    because: Words
    until: Words | None
    instead: str | None


@dataclass(frozen=True, slots=True)
class Ask:
    """Asks for a fact, given by (thing, path); (thing, '') asks for the whole list."""

    thing: str | None
    path: str
    say: Words | None


@dataclass(frozen=True, slots=True)
class Refer:
    """Stops all advice and names whom to talk to."""

    to: Words
    say: Words


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `each` are the things it binds, in order; `condition` is all that must hold of them.

    The bodies of the `each` entries and the other entries of `when` are parts of `condition`, a flat All.
    `overrides` are ids of rules that have no effect where this one holds.
    """

    id: str
    title: str
    topic: str
    source: Source
    each: tuple[Scope, ...]
    condition: All
    conclude: tuple[Conclude, ...] = ()
    advise: Advise | None = None
    hold: Hold | None = None
    ask: Ask | None = None
    refer: Refer | None = None
    overrides: tuple[str, ...] = ()
    owner: str | None = None
    review_by: date | None = None
    place: Place = field(default=Place(""), compare=False)

    @property
    def texts(self) -> Mapping[str, Words]:
        """What it says, each text under what it is: `say`, `step 1`, `because`, `until`, `ask`, `to`, `refer`."""
        texts: dict[str, Words | None] = {}
        if self.advise is not None:
            texts["say"] = self.advise.say
            texts.update({f"step {number}": step for number, step in enumerate(self.advise.steps, 1)})
        if self.hold is not None:
            texts.update({"because": self.hold.because, "until": self.hold.until})
        if self.ask is not None:
            texts["ask"] = self.ask.say
        if self.refer is not None:
            texts.update({"to": self.refer.to, "refer": self.refer.say})
        return {name: words for name, words in texts.items() if words is not None}


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A declared conclusion of the person (thing None) or of a thing.

    `values` give each choice its meaning (which may hold placeholders); `report` is shown under 'where you
    stand': for a boolean its own text, for a choice the meaning of the value if `show`.
    """

    thing: str | None
    path: str
    means: str
    type: Type
    values: Mapping[str, Words] = field(default_factory=dict)
    report: Words | None = None
    show: bool = False

    @property
    def name(self) -> str:
        """As rules write it."""
        return f"{self.thing}.{self.path}" if self.thing else self.path


@dataclass(frozen=True, slots=True)
class Computed:
    """A fact worked out from others: `value` on the person (thing None) or on each thing."""

    thing: str | None
    path: str
    means: str
    type: Type
    value: Operand

    @property
    def name(self) -> str:
        """As rules write it."""
        return f"{self.thing}.{self.path}" if self.thing else self.path


@dataclass(frozen=True, slots=True)
class Derived:
    """A thing of which there is one for each distinct `key` among the lists of `among` (things, own list included)."""

    thing: str
    means: str
    key: str
    among: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    name: str
    type: Type
    means: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A lookup table; a row has one cell per column, None for an empty cell. `key` names columns.

    Cells of columns that ignore case are folded; `spellings` say how a folded cell was written.
    """

    name: str
    means: str
    source: Source
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Literal | None, ...], ...]
    spellings: Mapping[str, str] = field(default_factory=dict)


RANKED = " by rank of "
"""Stands in the name of a table that the loader made from another: its ordered choices are ranks."""


def written_table(name: str) -> str:
    """The name of a table as rules write it, also for one that the loader made from it."""
    return name.split(RANKED)[0]


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter: its values by the day from which they hold, in that order (date.min if undated)."""

    name: str
    means: str
    because: str
    type: Type
    values: tuple[tuple[date, Literal], ...]
    source: Source = field(default_factory=dict)

    def on(self, day: date) -> Literal | None:
        """The value on `day`; None before the first."""
        held = [value for since, value in self.values if since <= day]
        return held[-1] if held else None


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A source that rules cite."""

    key: str
    title: str
    author: str = ""
    published: str = ""
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A person's facts and what is expected of their outcome. `place` is where it stands, `kind` is
    example, case or person. `rule` is the rule that an example belongs to. `exact`: first, later and not now
    are everything there is."""

    name: str
    kind: str
    facts: Mapping[str, Any]
    as_of: date
    expect: Mapping[str, Any]
    place: Place = field(compare=False)
    rule: str | None = None
    about: str = ""
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything that was read from a knowledge base's folder, checked and with all names resolved.

    Mappings keep a canonical order (sorted by key), so that nothing depends on the order of files.
    """

    name: str
    title: str
    version: str
    languages: tuple[str, ...]
    as_of: date
    first_steps: int
    priorities: Mapping[str, str]
    protected: frozenset[str]
    sources: Mapping[str, SourceEntry]
    facts: Mapping[tuple[str | None, str], Fact]
    lists: Mapping[str, ThingList]
    conclusions: Mapping[tuple[str | None, str], Conclusion]
    computed: Mapping[tuple[str | None, str], Computed]
    derived: Mapping[str, Derived]
    settings: Mapping[str, Setting]
    tables: Mapping[str, Table]
    topics: Mapping[str, str]
    rules: tuple[Rule, ...]
    content_hash: str
    imports: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
