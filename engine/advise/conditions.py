"""The typed tree of conditions and values that a rule's YAML becomes, every name resolved.

Nothing here evaluates: `advise.evaluate` gives the tree its meaning, `advise.words` its wording.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from advise.errors import Place
from advise.types import Literal, Type
from advise.values import Unit


class Of(StrEnum):
    """What a name refers to."""

    FACT = "fact"
    COMPUTED = "computed"
    CONCLUSION = "conclusion"
    COLUMN = "column"


@dataclass(frozen=True, slots=True)
class Scope:
    """A thing (or table row) that a quantifier or `each` ranges over.

    `name` is what conditions and texts call it: `job` or `other job`. `thing` is the thing or table. With
    `other`, the thing bound as `thing` further out is left out.
    """

    name: str
    thing: str
    is_table: bool = False
    other: bool = False


# ----------------------------------------------------------------------------------------------- values


@dataclass(frozen=True, slots=True)
class Ref:
    """A fact, computed fact, conclusion or column: of the thing bound as `scope`, or of the person (None)."""

    of: Of
    scope: str | None
    thing: str | None
    path: str
    type: Type

    @property
    def key(self) -> tuple[str | None, str]:
        """What was declared: (thing, path)."""
        return self.thing, self.path

    @property
    def name(self) -> str:
        """As rules write it: `other job.title`, `plan.written`."""
        return f"{self.scope}.{self.path}" if self.scope else self.path


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal; a date literal is a text of type date."""

    value: Literal
    type: Type


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter's value on the day of the evaluation; NOTHING before its first dated value."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Today:
    """The day of the evaluation, `as_of`."""

    type: Type


@dataclass(frozen=True, slots=True)
class Shifted:
    """A date moved by `count` units, forward, or back if `back`. `count` is a whole-number constant or parameter."""

    date: Operand
    count: Constant | Parameter
    unit: Unit
    back: bool
    type: Type


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`left sign right` on numbers; sign is one of + - * /."""

    sign: str
    left: Operand
    right: Operand
    type: Type


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Whole units between two dates."""

    start: Operand
    end: Operand
    unit: Unit
    type: Type


@dataclass(frozen=True, slots=True)
class Rank:
    """The place of an ordered choice among `choices`, from 0, as a number."""

    of: Operand
    choices: tuple[str, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A number, date or ordered choice over the things in `scope` for which `where` holds.

    `function` is count, sum, highest, lowest, earliest or latest. `value` is None for count. Over no
    things, count and sum are 0 and the others have no value. Of an ordered choice `value` is a Rank and
    the result is a rank: a computed fact whose type is an ordered choice always holds a rank, a number, and
    the loader makes ranks of what it's compared with.
    """

    function: str
    scope: Scope
    value: Operand | None
    where: Condition
    type: Type


@dataclass(frozen=True, slots=True)
class Lookup:
    """The cell in column `take` of the one row whose key columns equal `keys`; NOTHING where no row does."""

    table: str
    keys: tuple[Operand, ...]
    take: str
    type: Type


Operand = Ref | Constant | Parameter | Today | Shifted | Arithmetic | Elapsed | Rank | Aggregate | Lookup


# ------------------------------------------------------------------------------------------- conditions


# Where a condition stands in its rule file. Conditions that say the same are equal wherever they stand, and the place
# is known only where the file was read: a cached rulebook has none.
_NOT_KEPT = {"kept": False}


@dataclass(frozen=True, slots=True)
class Test:
    """`left operator right`. `operator` is a core operator (see `advise.operators`).

    For `in`, `right` is a Constant whose value is a tuple. `said` is the test as the rule file words it
    ('job.start: at least 6 months ago'), for explanations.
    """

    __test__: ClassVar[bool] = False  # or pytest would take it for a test case

    left: Operand
    operator: str
    right: Operand
    said: str
    place: Place | None = field(default=None, compare=False, repr=False, metadata=_NOT_KEPT)


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is; true when there are none."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when at least one part is; false when there are none."""

    parts: tuple[Condition, ...]
    place: Place | None = field(default=None, compare=False, repr=False, metadata=_NOT_KEPT)


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of its part."""

    part: Condition
    place: Place | None = field(default=None, compare=False, repr=False, metadata=_NOT_KEPT)


@dataclass(frozen=True, slots=True)
class Quantified:
    """`quantifier` (some, every, no) over the things in `scope`."""

    quantifier: str
    scope: Scope
    body: Condition
    place: Place | None = field(default=None, compare=False, repr=False, metadata=_NOT_KEPT)


Condition = Test | All | AnyOf | Not | Quantified
