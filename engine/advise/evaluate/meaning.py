"""What the core operators mean on values that may be unknown, absent by nature, or intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum
from functools import lru_cache
from typing import Any

from advise.operators import Core
from advise.values import EMPTY, NOTHING, UNKNOWN, Span, Value


class Truth(IntEnum):
    """Kleene's three truth values, ordered: `and` is the least, `or` the greatest, `not` is 2 - t."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2


OPPOSITE: Mapping[Truth, Truth] = {each: Truth(2 - each) for each in Truth}
"""What `not` makes of each."""


@lru_cache(maxsize=512)
def matcher(pattern: str) -> Callable[[str], bool]:
    """A function that tells whether a regular expression is found in a text, in time linear in the text.

    Raises ValueError when the expression is wrong or needs more than such an engine gives.
    """
    import jsonschema_rs

    schema = {"type": "string", "pattern": pattern}
    return jsonschema_rs.Draft202012Validator(schema, pattern_options=jsonschema_rs.RegexOptions()).is_valid


def _interval(
    possible: Callable[[Span, Span], bool], certain: Callable[[Span, Span], bool]
) -> Callable[[Any, Any], Truth]:
    def meaning(left: Span, right: Span) -> Truth:
        if EMPTY in (left, right) or not possible(left, right):
            return Truth.FALSE
        return Truth.TRUE if certain(left, right) else Truth.UNKNOWN

    return meaning


def _equal(left: Value, right: Value) -> Truth:
    if isinstance(left, Span) and isinstance(right, Span):
        return _equal_spans(left, right)
    return Truth.TRUE if left == right else Truth.FALSE


def _one_of(left: Value, right: tuple[Any, ...]) -> Truth:
    if isinstance(left, Span):
        return max((_equal_spans(left, Span(each, each)) for each in right), default=Truth.FALSE)
    return Truth.TRUE if left in right else Truth.FALSE


def _contains(left: str | tuple[str, ...], right: str) -> Truth:
    return Truth.TRUE if right in left else Truth.FALSE


def _matches(left: str, right: str) -> Truth:
    return Truth.TRUE if matcher(right)(left) else Truth.FALSE


_equal_spans = _interval(
    lambda a, b: a.low <= b.high and b.low <= a.high, lambda a, b: a.low == a.high == b.low == b.high
)

MEANING: dict[str, Callable[[Any, Any], Truth]] = {
    Core.EQUAL: _equal,
    Core.ONE_OF: _one_of,
    Core.AT_LEAST: _interval(lambda a, b: a.high >= b.low, lambda a, b: a.low >= b.high),
    Core.AT_MOST: _interval(lambda a, b: a.low <= b.high, lambda a, b: a.high <= b.low),
    Core.MORE: _interval(lambda a, b: a.high > b.low, lambda a, b: a.low > b.high),
    Core.LESS: _interval(lambda a, b: a.low < b.high, lambda a, b: a.high < b.low),
    Core.CONTAINS: _contains,
    Core.MATCHES: _matches,
}


def compare(operator: str, left: Value, right: Any) -> Truth:
    """Whether `left operator right`: nothing compares with NOTHING, and UNKNOWN may compare with anything."""
    if left is NOTHING or right is NOTHING:
        return Truth.FALSE
    if left is UNKNOWN or right is UNKNOWN:
        return Truth.UNKNOWN
    return MEANING[operator](left, right)
