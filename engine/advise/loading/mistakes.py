"""What people write for something else, and what they mean by it: operators in other words, units, curly quotes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from advise.loading.context import WrongError, did_you_mean, suggestion
from advise.operators import OPERATORS
from advise.source import Scalar, Suggestion
from advise.types import Kind, Type

_OTHER_WORDS: Mapping[str, str] = {
    **dict.fromkeys((">=", "≥", "minimum", "min", "no less than", "not less than"), "at least"),
    **dict.fromkeys(("<=", "≤", "maximum", "max", "up to", "no more than", "not more than"), "at most"),
    **dict.fromkeys((">", "greater than", "higher than", "bigger than", "over", "above", "longer than"), "more than"),
    **dict.fromkeys(("<", "lower than", "smaller than", "fewer than", "under", "below", "shorter than"), "less than"),
    **dict.fromkeys(("=", "==", "equals", "equal to", "equal"), "is"),
    **dict.fromkeys(("!=", "≠", "isn't", "is not", "not equal to", "<>"), "not"),
    **dict.fromkeys(("in", "any of", "either"), "one of"),
    **dict.fromkeys(("includes", "has"), "contains"),
}
_WRITTEN = {**{word: word for word in OPERATORS}, **_OTHER_WORDS}
_LONGEST_FIRST = sorted(_WRITTEN, key=len, reverse=True)
_TRUTHS = {**dict.fromkeys(("yes", "on", "y"), "true"), **dict.fromkeys(("no", "off", "n"), "false")}
_WITH_UNIT = re.compile(r"(-?\d+(?:\.\d+)?)\s*([^\W\d_]+|%)")
_CURLY = re.compile("[“„‘‚](.*)[”“’‘]", re.DOTALL)  # noqa: RUF001 - these are the quotes that are looked for


def meant_operator(word: str) -> str:
    """A hint at the operator that was meant; empty when that isn't clear."""
    other = _OTHER_WORDS.get(word.casefold())
    return suggestion(word, other) if other else did_you_mean(word, OPERATORS)


def meant_truth(value: object) -> str:
    """A hint for what stands where true or false belongs."""
    meant = _TRUTHS.get(value.casefold()) if isinstance(value, str) else None
    return Suggestion("write true or false", str(value), meant) if meant else "It can be true or false."


def refuse_test(name: str, type: Type, node: Scalar) -> None:
    """WrongError for `less than 3` or `< 3` as a value: a test without its braces."""
    if not isinstance(node.value, str) or node.quoted or type.kind in (Kind.TEXT, Kind.TEXTS):
        return
    text = node.value
    word = next((each for each in _LONGEST_FIRST if re.match(rf"{re.escape(each)}(?![\w<>=])\s*\S", text)), None)
    if word is not None and not did_you_mean(text, type.choices):
        hint = f"Write `{name}: {{{_WRITTEN[word]}: {text[len(word) :].strip()}}}`."
        raise WrongError("wrong-type", node.place, f"`{text}` is a test, and a value is expected here.", hint)


def refuse_unit(type: Type, node: Scalar) -> None:
    """WrongError for `6 months` where a number is compared."""
    match = _WITH_UNIT.fullmatch(node.value) if isinstance(node.value, str) else None
    if match is not None:
        unit = f", in {type.unit}" if type.unit else ""
        sentence = f"`{match[0]}` can't be read as a value: what belongs here is a number{unit}."
        raise WrongError("bad-expression", node.place, sentence, f"Write `{match[1]}`.")


def refuse_curly_quotes(node: Scalar) -> None:
    """WrongError for a text in the quotes of a word processor, which would be a part of it."""
    match = _CURLY.fullmatch(node.value) if isinstance(node.value, str) else None
    if match is not None:
        hint = Suggestion("Use straight quotes, or none.", str(node.value), match[1])
        raise WrongError("curly-quotes", node.place, f"The quotes in `{node.value}` would be a part of the text.", hint)
