"""A generated function that passes facts which are surely right; what it doesn't pass, the validator judges.

Most facts are right, and this costs half of what the validator and a look for Decimals, enums and the like cost
together. A law holds it to the strict schema: what passes here is valid there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from itertools import count
from operator import itemgetter
from typing import Any

from advise._case_schema import DATE_PATTERN, LARGEST_NUMBER, Tree, tree_of
from advise.rules import Rulebook
from advise.types import LONGEST_LIST, LONGEST_TEXT, Fact, Kind, ThingList, Type

Check = Callable[[Any], bool]
_DATE = re.compile(DATE_PATTERN)


def quick_check(rulebook: Rulebook) -> Check:
    """A function that is true only of facts that are plain, valid values."""
    return _Writer(rulebook).function(tree_of(rulebook), frozenset())


def is_text(value: str) -> bool:
    """Whether a text is whole: without half of a surrogate pair, and without the one character refused."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return value != "\uffff"


def is_date(value: Any) -> bool:
    """Whether a value is a text with a date or partial date that exists."""
    return type(value) is str and _DATE.fullmatch(value) is not None


def are_texts(value: Any, longest: int) -> bool:
    """Whether a value is a list of texts."""
    return (
        type(value) is list
        and len(value) <= LONGEST_LIST
        and all(type(each) is str and len(each) <= longest and is_text(each) for each in value)
    )


class _Writer:
    """Writes a function for each level of the facts."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.numbers = count()
        self.names: dict[str, Any] = {
            "are_texts": are_texts,
            "is_date": is_date,
            "is_text": is_text,
        }

    def function(self, tree: Tree, needed: frozenset[str], most: int | None = None) -> Check:
        """The function for one level, or for a list of at most `most` of them.

        `needed` names must be there and not null.
        """
        tests = {name: self._test(below) for name, below in tree.items()}
        # With everything there, the values are taken out at once; else one by one, by name.
        one_by_one = {name: self._one(test("v"), name in needed) for name, test in tests.items()}
        getter = itemgetter(*tree) if len(tree) > 1 else None
        level = {**self.names, "one_by_one": one_by_one, "take": getter, "partly": _partly, "needed": needed}
        values = ", ".join(f"v{i}" for i in range(len(tree)))
        whole = " and ".join(test(f"v{i}") for i, test in enumerate(tests.values()))
        lines = [
            "def check(items):",
            *([] if most is None else [f" if type(items) is not list or len(items) > {most}: return False"]),
            f" for facts in {'(items,)' if most is None else 'items'}:",
            "  if type(facts) is not dict: return False",
        ]
        if getter is not None:
            lines += [
                f"  if len(facts) == {len(tree)}:",
                f"   try: {values} = take(facts)",
                "   except KeyError: return False",
                f"   if {whole}: continue",
            ]
        lines += ["  if not partly(facts, one_by_one, needed): return False", " return True"]
        exec("\n".join(lines), level)
        check: Check = level["check"]
        return check

    def _one(self, test: str, needed: bool) -> Check:
        code = test if needed else f"v is None or ({test})"
        check: Check = eval(f"lambda v: {code}", dict(self.names))
        return check

    def _test(self, below: Fact | ThingList | Tree) -> Callable[[str], str]:
        """Writes the test of a value, given the value's code."""
        if isinstance(below, Fact):
            return partial(_TESTS[below.type.kind], below.type)
        name = f"level{next(self.numbers)}"
        if isinstance(below, ThingList):
            tree = tree_of(self.rulebook, below.thing)
            self.names[name] = self.function(tree, self._needed(below.thing), below.most)
        else:
            self.names[name] = self.function(below, frozenset())
        return lambda value: f"{name}({value})"

    def _needed(self, thing: str) -> frozenset[str]:
        own = {fact.path for fact in self.rulebook.facts.values() if fact.thing == thing and fact.required}
        keys = {each.key for each in self.rulebook.derived.values() if each.thing == thing}
        # One that is nested is left to the validator: no name has a dot, so nothing passes here.
        return frozenset(own | keys)


def _partly(facts: dict[Any, Any], checks: dict[str, Check], needed: Iterable[str]) -> bool:
    for name in needed:
        if name not in facts:
            return False
    for name, value in facts.items():
        check = checks.get(name)
        if check is None or not check(value):
            return False
    return True


def _number(type_: Type, value: str) -> str:
    low = -LARGEST_NUMBER if type_.low is None else max(type_.low, -LARGEST_NUMBER)
    high = LARGEST_NUMBER if type_.high is None else min(type_.high, LARGEST_NUMBER)
    kind = f"type({value}) is int" if type_.integer else f"(type({value}) is float or type({value}) is int)"
    return f"{kind} and {low!r} <= {value} <= {high!r}"


def _text(type_: Type, value: str) -> str:
    return f"type({value}) is str and len({value}) <= {_longest(type_)} and ({value}.isascii() or is_text({value}))"


def _choice(type_: Type, value: str) -> str:
    return f"type({value}) is str and {value} in {{{', '.join(map(repr, type_.choices))}}}"


def _longest(type_: Type) -> int:
    return LONGEST_TEXT if type_.high is None else int(type_.high)


_TESTS: dict[Kind, Callable[[Type, str], str]] = {
    Kind.NUMBER: _number,
    Kind.BOOLEAN: lambda _, value: f"({value} is True or {value} is False)",
    Kind.CHOICE: _choice,
    Kind.TEXT: _text,
    Kind.DATE: lambda _, value: f"is_date({value})",
    Kind.TEXTS: lambda type_, value: f"are_texts({value}, {_longest(type_)})",
}
