"""Types, values and facts as people read them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import yaml

from advise.types import Kind, Literal, Type

_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # the one in C is many times faster, where there is one


def type_words(type_: Type, choices: bool = False) -> str:
    """A type as people call it: `a whole number from 0 to 80, in hours a week`; a choice perhaps with its values."""
    match type_.kind:
        case Kind.BOOLEAN:
            return "yes or no"
        case Kind.DATE:
            return "a date, or the month or year of it"
        case Kind.TEXTS:
            return "a list of texts"
        case Kind.CHOICE:
            words = "one of these, from lowest to highest" if type_.ordered else "one of these"
            return f"{words}: {', '.join(type_.choices)}" if choices else words
        case Kind.NUMBER:
            return _number_words(type_)
        case Kind.TEXT:
            return "a text"


def _number_words(type_: Type) -> str:
    words = "a whole number" if type_.integer else "a number"
    low, high = (None if each is None else f"{each:,.10g}" for each in (type_.low, type_.high))
    if low is not None and high is not None:
        words += f" from {low} to {high}"
    elif low is not None or high is not None:
        words += f" of at least {low}" if low is not None else f" of at most {high}"
    return f"{words}, in {type_.unit}" if type_.unit else words


def value_words(value: Literal, type_: Type) -> str:
    """A value as people read it, with its unit."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, int | float):
        number = f"{value:,}"
        return f"{number} {type_.unit}" if type_.unit else number
    return str(value).replace("_", " ") if type_.kind is Kind.CHOICE else str(value)


def slug(text: str) -> str:
    """A text as a part of a file's name."""
    letters = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return "-".join(re.findall(r"[a-z0-9]+", letters.casefold()))[:60].strip("-")


def expected(value: Any) -> tuple[str, ...]:
    """What stands under a word of an expectation, piece by piece."""
    if isinstance(value, bool):
        return ("yes" if value else "no",)
    if isinstance(value, Mapping):
        return tuple(f"{name}: {expected(each)[0] if isinstance(each, bool) else each}" for name, each in value.items())
    return tuple(map(str, value)) or ("nothing",)


def as_yaml(facts: Any) -> str:
    """Facts as they'd stand in a file."""
    if not facts:
        return "nothing told\n"
    return str(
        yaml.dump(_plain(facts), Dumper=_DUMPER, sort_keys=False, allow_unicode=True, width=88, default_flow_style=None)
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    return list(map(_plain, value)) if isinstance(value, list | tuple) else value
