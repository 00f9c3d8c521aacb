"""A first draft of a mapping: for each column the fact that it most likely holds, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from pathlib import Path
from typing import Any

from advise._case_problems import pointer_to
from advise._case_schema import DATE_PATTERN
from advise.batch.inputs import reader_of
from advise.batch.mapping import OUR_COLUMNS, is_protected
from advise.batch.targets import NoTargetError, Target, places, target
from advise.rules import Rulebook
from advise.types import Fact, Kind, ThingList

ROWS = 1000
"""How many rows are looked at."""

_NEAR = 0.8
_BY_VALUES = 0.9
_ID_WORDS = frozenset({"id", "ids", "number", "no", "nr", "key", "code", "ref", "reference", "uuid", "guid"})
_PERSONAL = frozenset(
    {"name", "first name", "last name", "full name", "surname", "email", "e mail", "phone", "address"}
)
_STOP_WORDS = frozenset({"a", "an", "the", "of", "in", "per", "is", "has", "for", "to", "my", "your"})
_YES = ("true", "yes", "y", "1", "t", "x")
_NO = ("false", "no", "n", "0", "f")
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_ .-]*[A-Za-z0-9_]\Z|[A-Za-z_]\Z")
_YAML_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")


def draft(path: Path, book: Rulebook, read_as: str | None = None) -> str:
    """A mapping in YAML for a file of people, for its owner to go through. Raises UsageError, BatchError.

    Each column gets the fact that it's called like, or whose values it has; `keep` if it looks like an id;
    otherwise `ignore`.
    """
    reader = reader_of(path, read_as, book)
    sample = reader.sample(ROWS)
    names = list(dict.fromkeys([*reader.names, *sample]))
    drafter = _Drafter(book, [_Seen(name, sample.get(name, [])) for name in names])
    lines = [f"  {_quoted(name)}: {what}  # {why}" for name, what, why in drafter.lines()]
    head = (
        "# A first draft: what each column is. Go through it line by line; then name it with --mapping.\n"
        "# keep carries a column to the advice, ignore leaves it out, /plan/written is a fact.\n"
    )
    return f"{head}columns:\n" + "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True)
class _Seen:
    """A column and what stands in its first rows."""

    name: str
    values: Sequence[Any]

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of the name, without numbers."""
        return tuple(word for word in words(self.name) if not word.isdecimal())

    @cached_property
    def numbers(self) -> tuple[int, ...]:
        """The numbers in the name."""
        return tuple(int(word) for word in words(self.name) if word.isdecimal() and len(word) < 4)

    @cached_property
    def given(self) -> list[Any]:
        """What isn't empty."""
        return [each for each in self.values if each is not None and str(each).strip()]

    @cached_property
    def texts(self) -> list[str]:
        """The different values as texts, in their order."""
        return list(dict.fromkeys(_as_text(each) for each in self.given))

    @property
    def is_nested(self) -> bool:
        """Whether lists or objects stand in it, as such or as JSON."""
        return bool(self.given) and all(
            isinstance(each, list | dict) or str(each).lstrip()[:1] in ("[", "{") for each in self.given
        )

    @property
    def is_id(self) -> bool:
        """Whether it tells people apart: called so, and never twice the same."""
        return bool(_ID_WORDS.intersection(self.words)) and len(self.texts) == len(self.given) > 0


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()


def words(name: str) -> list[str]:
    """The words of a name, in small letters: `lastReview_date` has three."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])", " ", name)
    return [word.casefold() for word in re.findall(r"[^\W_]+", apart)]


@dataclass(frozen=True, slots=True)
class _Guess:
    """A fact that a column may hold, how likely, and the sentence that says why."""

    likely: float
    target: Target
    why: str
    values: Mapping[str, str] | None = None


class _Drafter:
    """Guesses for all columns of one input; no fact is proposed twice."""

    def __init__(self, book: Rulebook, columns: Sequence[_Seen]) -> None:
        self._book = book
        self._columns = columns
        self._places = [each for each in places(book) if _is_useful(each)]

    def lines(self) -> Iterator[tuple[str, str, str]]:
        """For each column its name, what it is, and why."""
        chosen = self._chosen()
        lacking = {name: key for name, guess in chosen.items() if (key := self._lacking(guess, chosen)) is not None}
        for column in self._columns:
            guess = chosen.get(column.name)
            if is_protected(self._book, column.name):
                yield column.name, "ignore", "a protected characteristic, which is never a fact"
            elif column.name in lacking:
                yield column.name, "ignore", f"{guess and guess.why}, but no column is {lacking[column.name]}"
            elif guess is not None:
                yield column.name, _written(guess), guess.why
            elif " ".join(column.words) in _PERSONAL and guess is None:
                yield column.name, "ignore", "who someone is, is no fact; write keep to have it beside the advice"
            elif column.is_id and column.name not in OUR_COLUMNS:
                yield column.name, "keep", "looks like an id: never twice the same"
            elif not column.given:
                yield column.name, "ignore", "empty in the first rows"
            else:
                yield column.name, "ignore", "no fact is called like this, or has such values"

    def _chosen(self) -> dict[str, _Guess]:
        """The most likely fact for each column, the surest first."""
        guesses = [
            (guess, order, column)
            for order, column in enumerate(self._columns)
            if not is_protected(self._book, column.name)
            for guess in self._guesses(column)
        ]
        guesses.sort(key=lambda each: (-each[0].likely, each[1]))
        chosen: dict[str, _Guess] = {}
        taken: list[tuple[str | int, ...]] = []
        for guess, _, column in guesses:
            steps = guess.target.steps
            free = all(steps[: len(other)] != other[: len(steps)] for other in taken)
            if column.name not in chosen and free:
                chosen[column.name] = guess
                taken.append(steps)
        return chosen

    def _lacking(self, guess: _Guess, chosen: Mapping[str, _Guess]) -> str | None:
        """The fact without which an entry of a list can't be used, if no column has it."""
        node, steps = guess.target.node, guess.target.steps
        if not isinstance(node, Fact) or node.thing is None:
            return None
        keys = {each.key for each in self._book.derived.values() if each.thing == node.thing}
        keys |= {each.path for each in self._book.facts.values() if each.thing == node.thing and each.required}
        there = {other.target.steps for other in chosen.values()}
        needed = [(*steps[:2], *key.split(".")) for key in sorted(keys)]
        return next((pointer_to(each) for each in needed if each not in there), None)

    def _guesses(self, column: _Seen) -> Iterator[_Guess]:
        personal = " ".join(column.words) in _PERSONAL
        for place in self._places:
            values = self._fitting(column, place)
            named = _likeness(column, place, self._book)
            if values is None or ((column.is_id or personal) and named < 1):
                continue
            # Where several lists have such a fact, it's most likely that of which there are more columns.
            named += 0.001 * self._columns_of.get(place.steps[0], 0) if isinstance(place.node, Fact) else 0
            called = f"{place.node.name}, '{place.title}'" if isinstance(place.node, Fact) else f"'{place.title}'"
            if named >= _NEAR:
                yield _Guess(named, self._numbered(place, column), f"called like {called}", values or None)
            elif _is_choice(place) and len(column.texts) > (1 if named >= _NEAR / 2 else 2):
                likely = _NEAR / 2 + named / 4
                yield _Guess(likely, self._numbered(place, column), f"has the values of {called}", values or None)

    @cached_property
    def _columns_of(self) -> Mapping[str | int, int]:
        """List -> how many columns are called after its things."""
        lists = self._book.lists.values()
        return {
            each.name: min(20, sum(not {each.thing, each.name}.isdisjoint(column.words) for column in self._columns))
            for each in lists
        }

    def _numbered(self, place: Target, column: _Seen) -> Target:
        """The place in the entry of the list that the number in a column's name means."""
        if not any(isinstance(step, int) for step in place.steps) or not column.numbers:
            return place
        # People count from one; a pointer counts from nought.
        number = column.numbers[0] - (0 if "/" in column.name or "." in column.name else 1)
        if number < 0:
            return place
        pointer = "/" + "/".join(str(number) if isinstance(step, int) else step for step in place.steps)
        try:
            return target(self._book, pointer)
        except NoTargetError:
            return place

    def _fitting(self, column: _Seen, place: Target) -> Mapping[str, str] | None:
        """What the values stand for where they aren't the fact's own; None when they don't fit at all."""
        node = place.node
        if not column.given:
            return {}
        if not isinstance(node, Fact):
            return {} if column.is_nested else None
        if node.type.kind is Kind.TEXTS:
            return {} if column.is_nested else None
        if column.is_nested:
            return None
        return _FITTING[node.type.kind](column, node)


def _is_choice(place: Target) -> bool:
    return isinstance(place.node, Fact) and place.node.type.kind is Kind.CHOICE


def _is_useful(place: Target) -> bool:
    return isinstance(place.node, Fact | ThingList) or bool(place.node)


def _likeness(column: _Seen, place: Target, book: Rulebook) -> float:
    """How much a column is called like a fact, from 0 to 1."""
    if column.name.strip() in (place.pointer, place.pointer[1:].replace("/", ".")):
        return 1.0
    own = list(column.words)
    if not own:
        return 0.0
    likely = max(_alike(own, called.split(), weight) for called, weight in _called(place, book))
    if isinstance(place.node, Fact) and place.node.type.kind is Kind.DATE and "date" in own[1:]:
        own.remove("date")
        likely = max(likely, max(_alike(own, called.split(), weight - 0.02) for called, weight in _called(place, book)))
    return likely


def _called(place: Target, book: Rulebook) -> Iterator[tuple[str, float]]:
    """What a fact may be called in a table, and how surely it's meant then."""
    path = " ".join(word for step in place.steps if isinstance(step, str) for word in words(step))
    yield path, 0.99
    title = " ".join(words(place.title))
    if not isinstance(place.node, Fact):
        yield title, 0.97
        return
    if place.node.thing is None:
        yield title, 0.98
        yield " ".join(words(str(place.steps[-1]))), 0.9
        return
    inner = " ".join(word for step in place.steps[2:] if isinstance(step, str) for word in words(step))
    thing = " ".join(words(place.node.thing))
    yield f"{thing} {inner}", 0.98
    yield f"{thing} {title}", 0.97
    yield title, 0.95
    yield inner, 0.94
    label = next((each.label for each in book.lists.values() if each.thing == place.node.thing), None)
    if label is not None and label == inner.replace(" ", "."):
        yield thing, 0.93
        yield " ".join(words(str(place.steps[0]))), 0.92


def _alike(own: Sequence[str], called: Sequence[str], weight: float) -> float:
    if own == called:
        return weight
    mine, its = set(own) - _STOP_WORDS, set(called) - _STOP_WORDS
    shared = len(mine & its) / max(1, len(mine | its))
    return 0.95 * weight * max(SequenceMatcher(None, " ".join(own), " ".join(called)).ratio(), shared)


def _fit_choice(column: _Seen, fact: Fact) -> Mapping[str, str] | None:
    """The values that aren't among the fact's own, but are called like one of them."""
    known = {choice.casefold(): choice for choice in fact.type.choices}
    known |= {title.casefold(): choice for choice, title in reversed(list((fact.titles or {}).items()))}
    known |= {choice.replace("_", " ").casefold(): choice for choice in fact.type.choices}
    found = {text: known.get(text.casefold()) for text in column.texts}
    if sum(each is not None for each in found.values()) < _BY_VALUES * len(found):
        return None
    return {text: choice for text, choice in found.items() if choice is not None and text != choice}


def _fit_boolean(column: _Seen, _: Fact) -> Mapping[str, str] | None:
    lower = {text: text.casefold() for text in column.texts}
    if not all(each in _YES + _NO for each in lower.values()):
        return None
    plain = ("true", "false", "yes", "no")
    return {text: "true" if each in _YES else "false" for text, each in lower.items() if each not in plain}


def _fit_number(column: _Seen, _: Fact) -> Mapping[str, str] | None:
    right = sum(_NUMBER.fullmatch(text) is not None for text in column.texts)
    return {} if right >= _BY_VALUES * len(column.texts) and not isinstance(column.given[0], bool) else None


def _fit_date(column: _Seen, _: Fact) -> Mapping[str, str] | None:
    right = sum(re.match(DATE_PATTERN, text) is not None for text in column.texts)
    return {} if right >= _BY_VALUES * len(column.texts) else None


def _fit_text(column: _Seen, _: Fact) -> Mapping[str, str] | None:
    numbers = sum(_NUMBER.fullmatch(text) is not None for text in column.texts)
    return {} if numbers < len(column.texts) and not isinstance(column.given[0], bool) else None


_FITTING = {
    Kind.CHOICE: _fit_choice,
    Kind.BOOLEAN: _fit_boolean,
    Kind.NUMBER: _fit_number,
    Kind.DATE: _fit_date,
    Kind.TEXT: _fit_text,
}


def _written(guess: _Guess) -> str:
    pointer = guess.target.pointer
    if guess.values is None:
        return pointer
    values = ", ".join(f"{_quoted(text)}: {_quoted_value(value)}" for text, value in guess.values.items())
    return f"{{fact: {pointer}, values: {{{values}}}}}"


def _quoted_value(value: str) -> str:
    return value if value in ("true", "false") else _quoted(value)


def _quoted(text: str) -> str:
    """A text as YAML takes it for a text, wherever it stands."""
    if _PLAIN_NAME.match(text) and text.casefold() not in _YAML_WORDS:
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(sign: str) -> str:
    if sign in '"\\':
        return "\\" + sign
    # YAML puts no two escapes together to one character, as JSON does.
    return sign if sign.isprintable() else f"\\U{ord(sign):08x}"
