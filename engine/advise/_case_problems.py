"""What is wrong with a person's facts, in sentences. Only read when a check has failed."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

import jsonschema_rs

from advise._case_schema import LARGEST_NUMBER, Tree, tree_of
from advise._yaml_complaints import short
from advise.errors import FactsError, Problem
from advise.facts_schema import protected_name
from advise.rules import Rulebook
from advise.types import LONGEST_LIST, LONGEST_TEXT, Fact, Kind, ThingList, Type

DEEPEST = 64
MOST_PARTS = 300_000
MOST_PROBLEMS = 50


def pointer_to(parts: Iterable[str | int]) -> str:
    """The JSON Pointer of a path."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


class _FullError(Exception):
    """There are more problems, or parts, than anyone needs to see."""


class Cleaner:
    """Makes plain JSON values of what an embedder gave, without what is protected.

    Dates become texts and tuples lists; whatever has no plain form becomes a problem and is left out. Never
    changes what it's given.
    """

    def __init__(self, protected: frozenset[str]) -> None:
        self.protected = frozenset(map(protected_name, protected))
        self.problems: list[Problem] = []
        self.set_aside: set[str] = set()
        self.parts = 0

    def clean(self, facts: Any) -> Any:
        """`facts` as plain JSON values; the problems are in `problems`."""
        try:
            return self._value(facts, [], set())
        except _FullError:
            return {}

    @property
    def notices(self) -> tuple[str, ...]:
        """A sentence for each protected name that was set aside."""
        return tuple(
            f"'{name}' was set aside: it's a protected characteristic, and the advice doesn't depend on it."
            for name in sorted(self.set_aside)
        )

    def _problem(self, path: list[str | int], code: str, sentence: str, hint: str = "") -> None:
        self.problems.append(Problem(pointer_to(path), code, sentence, hint))
        if len(self.problems) >= MOST_PROBLEMS:
            raise _FullError

    def _value(self, value: Any, path: list[str | int], above: set[int]) -> Any:
        self.parts += 1
        if self.parts > MOST_PARTS:
            sentence = f"These facts have more than {MOST_PARTS:,} parts, so they aren't read."
            self.problems.append(Problem("", "too-large", sentence))
            raise _FullError
        if value is None or value is True or value is False:
            return value
        if isinstance(value, str):
            return self._text(value, path)
        if isinstance(value, int | float):
            return self._number(value, path)
        if isinstance(value, Mapping | list | tuple):
            return self._branch(value, path, above)
        if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            return value.isoformat()
        self._odd(value, path)
        return None

    def _text(self, value: str, path: list[str | int]) -> str:
        text = str.__str__(value)
        if not text.isascii() and _has_surrogate(text):
            sentence = "This text has half of a character in it, so it can't be read."
            self._problem(path, "broken-text", sentence, "Type it again.")
            return ""
        return text

    def _number(self, value: int | float, path: list[str | int]) -> int | float:
        number = int(value) if isinstance(value, int) else float(value)
        if -LARGEST_NUMBER <= number <= LARGEST_NUMBER:
            return number
        if number != number:
            self._problem(path, "not-a-number", "This is 'not a number', so it can't be used.", _LEAVE_OUT)
        else:
            self._problem(path, "out-of-range", "This number is too large to be true.", "Check its digits.")
        return 0

    def _odd(self, value: Any, path: list[str | int]) -> None:
        if isinstance(value, datetime.datetime):
            hint = "Give the day alone."
            self._problem(path, "wrong-type", "This is a day with a time; facts take days.", hint)
        elif isinstance(value, Decimal):
            hint = "Give it as an int or a float."
            self._problem(path, "wrong-type", "This is a Decimal, which JSON doesn't have.", hint)
        else:
            sentence = f"This is of the kind {short(type(value).__name__)}, which JSON doesn't have."
            self._problem(path, "wrong-type", sentence, "Give a text, a number, true, false or null.")

    def _branch(self, value: Any, path: list[str | int], above: set[int]) -> Any:
        if id(value) in above:
            self._problem(path, "circular", "This holds itself, so it has no end.", "Leave it out.")
            return None
        if len(path) >= DEEPEST:
            sentence = f"This is nested more than {DEEPEST} levels deep."
            self._problem(path[:8], "too-deep", sentence, "Facts are never nested that deep.")
            return None
        above.add(id(value))
        try:
            if isinstance(value, Mapping):
                return self._mapping(value, path, above)
            return [self._value(each, [*path, index], above) for index, each in enumerate(value)]
        finally:
            above.discard(id(value))

    def _mapping(self, value: Mapping[Any, Any], path: list[str | int], above: set[int]) -> dict[str, Any]:
        clean: dict[str, Any] = {}
        for key, each in value.items():
            if not isinstance(key, str):
                sentence = "A name in these facts isn't a text."
                self._problem(path, "wrong-name", sentence, "Every name must be a text in quotes.")
                continue
            name = str.__str__(key)
            if protected_name(name) in self.protected:
                self.set_aside.add(protected_name(name))
            elif len(name) > 200 or _has_surrogate(name):
                self._problem(path, "unknown-fact", "There is a name here that no fact has.")
            else:
                clean[name] = self._value(each, [*path, name], above)
        return clean


_LEAVE_OUT = "If it isn't known, leave it out or give null."


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


# -------------------------------------------------------------------------------------- errors to words


class Explainer:
    """Turns the validator's errors into problems.

    It's the same validator that says no in the first place, so the two can't disagree, and nothing more need
    be imported.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.person = tree_of(rulebook)

    def problems(self, validator: Any, facts: Any) -> list[Problem]:
        """Everything that is wrong with `facts`, which are plain JSON values."""
        found: dict[Problem, None] = {}
        for error in validator.iter_errors(facts):
            for problem in self._explained(error, facts):
                found.setdefault(problem)
            if len(found) >= MOST_PROBLEMS:
                break
        return list(found)

    def _explained(self, error: Any, facts: Any) -> Iterator[Problem]:
        path = list(error.instance_path)
        value = _followed(facts, path)
        kind, kinds = error.kind, jsonschema_rs.ValidationErrorKind
        pointer = pointer_to(path)
        if isinstance(kind, kinds.AdditionalProperties):
            tree = self._declared(path)
            for name in sorted(kind.unexpected)[:MOST_PROBLEMS]:
                yield self._unknown(name, path, tree if isinstance(tree, dict) else {})
        elif isinstance(kind, kinds.Required):
            yield self._missing(str(kind.property), path)
        else:
            declared = self._declared(path)
            in_list = bool(path) and isinstance(path[-1], int)
            yield Problem(pointer, *_wrong(value, declared, in_list))

    def _declared(self, path: list[str | int]) -> Fact | ThingList | Tree:
        """What the schema has at a path."""
        found: Fact | ThingList | Tree = self.person
        for step in path:
            if isinstance(found, ThingList) and isinstance(step, int):
                found = tree_of(self.rulebook, found.thing)
            elif isinstance(found, dict) and isinstance(step, str):
                found = found[step]
        return found

    def _unknown(self, name: str, path: list[str | int], tree: Tree) -> Problem:
        thing = self._thing(path)
        where = f"A {thing} has no fact" if thing else "There is no fact"
        sentence = f"{where} called '{short(name)}'."
        return Problem(pointer_to([*path, name]), "unknown-fact", sentence, self._instead(name, tree))

    def _instead(self, name: str, tree: Tree) -> str:
        if name in self.rulebook.lists and self.rulebook.lists[name].name in tree:
            return f"Did you mean the list '{self.rulebook.lists[name].name}'?"
        close = get_close_matches(name.casefold(), sorted(tree), n=1)
        if close:
            return f"Did you mean '{close[0]}'?"
        other = sorted(fact.name for fact in self.rulebook.facts.values() if fact.path.split(".")[-1] == name)
        return f"Did you mean '{other[0]}'?" if other else "Leave it out."

    def _thing(self, path: list[str | int]) -> str | None:
        for thing, each in self.rulebook.lists.items():
            if path and path[0] == each.name:
                return thing
        return None

    def _missing(self, name: str, path: list[str | int]) -> Problem:
        thing = self._thing(path)
        whose = f"This {thing} has" if thing else "These facts have"
        sentence = f"{whose} no '{short(name)}', which is always needed."
        return Problem(pointer_to(path), "missing-key", sentence, "Add it.")


def _followed(facts: Any, path: Iterable[str | int]) -> Any:
    for step in path:
        facts = facts[step]
    return facts


def _wrong(value: Any, declared: Fact | ThingList | Tree, in_list: bool) -> tuple[str, str, str]:
    """Code, sentence and hint for a value that its declaration doesn't take."""
    if isinstance(declared, dict):
        return "not-an-object", f"This must be an object with names and values, not {_a_kind(value)}.", ""
    if isinstance(declared, ThingList):
        return _wrong_list(declared.title, value, declared.most)
    if value is None and not in_list:
        return "missing-key", f"'{declared.title}' must be known here: it tells one from another.", "Give it."
    if declared.type.kind is Kind.TEXTS and not in_list:
        return _wrong_list(declared.title, value, LONGEST_LIST)
    return _WRONG[declared.type.kind](declared, value)


def _wrong_list(title: str, value: Any, most: int) -> tuple[str, str, str]:
    if isinstance(value, list):
        return "too-long", f"'{title}' takes at most {most:,} entries.", "Leave some out."
    hint = "Put it in [ ], even if there's only one."
    return "wrong-type", f"'{title}' takes a list, not {_a_kind(value)}.", hint


def _wrong_choice(fact: Fact, value: Any) -> tuple[str, str, str]:
    allowed = ", ".join(fact.type.choices)
    close = get_close_matches(value.casefold(), fact.type.choices, n=1) if isinstance(value, str) else []
    hint = f"Did you mean '{close[0]}'?" if close else _LEAVE_OUT
    given = f"'{short(value)}'" if isinstance(value, str) else _a_kind(value)
    return "not-a-choice", f"'{fact.title}' can't be {given}; it can be: {allowed}.", hint


def _wrong_number(fact: Fact, value: Any) -> tuple[str, str, str]:
    whole = "a whole number" if fact.type.integer else "a number"
    if isinstance(value, bool) or not isinstance(value, int | float):
        hint = "Write it without quotes." if _reads_as_number(value) else _LEAVE_OUT
        return "wrong-type", f"'{fact.title}' takes {whole}, not {_a_kind(value)}.", hint
    if fact.type.integer and not float(value).is_integer():
        return "wrong-type", f"'{fact.title}' takes a whole number.", "Round it."
    return "out-of-range", f"'{fact.title}' must be {_range(fact.type)}.", "Check its digits and its unit."


def _reads_as_number(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\s*[-+]?\d+(\.\d+)?\s*", value) is not None


def _range(type_: Type) -> str:
    unit = f" {type_.unit}" if type_.unit else ""
    if type_.low is not None and type_.high is not None:
        return f"from {type_.low:g} to {type_.high:g}{unit}"
    if type_.low is not None:
        return f"{type_.low:g}{unit} or more"
    return f"{type_.high:g}{unit} or less" if type_.high is not None else "a sensible size"


def _wrong_date(fact: Fact, value: Any) -> tuple[str, str, str]:
    hint = "Write 2024-03-05, or 2024-03 or 2024 if you don't know more."
    if not isinstance(value, str):
        return "wrong-type", f"'{fact.title}' takes a date in quotes, not {_a_kind(value)}.", hint
    if re.fullmatch(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?", value) is None:
        return "wrong-date", f"'{fact.title}' takes a date; '{short(value)}' can't be read as one.", hint
    return (
        "impossible-date",
        f"'{fact.title}': there is no such date as {value}.",
        "Check the day and the month.",
    )


def _wrong_text(fact: Fact, value: Any) -> tuple[str, str, str]:
    if not isinstance(value, str):
        return "wrong-type", f"'{fact.title}' takes a text, not {_a_kind(value)}.", "Put it in quotes."
    longest = LONGEST_TEXT if fact.type.high is None else int(fact.type.high)
    if len(value) > longest:
        return "too-long", f"'{fact.title}' takes at most {longest:,} characters.", "Shorten it."
    return "broken-text", f"'{fact.title}' has an invisible character in it.", "Type it again."


def _wrong_boolean(fact: Fact, value: Any) -> tuple[str, str, str]:
    hint = "Write true or false, without quotes." if isinstance(value, str) else _LEAVE_OUT
    return "wrong-type", f"'{fact.title}' takes true or false, not {_a_kind(value)}.", hint


_WRONG = {
    Kind.CHOICE: _wrong_choice,
    Kind.NUMBER: _wrong_number,
    Kind.DATE: _wrong_date,
    Kind.TEXT: _wrong_text,
    Kind.TEXTS: _wrong_text,
    Kind.BOOLEAN: _wrong_boolean,
}


def _a_kind(value: Any) -> str:
    """A plain JSON value's kind, in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "an object"


def _by_pointer(problem: Problem) -> tuple[list[tuple[int, str]], str, str]:
    steps = [(int(step) if step.isdecimal() else -1, step) for step in problem.pointer[:500].split("/")]
    return steps, problem.code, problem.sentence


def with_years(facts: Any, tree: Tree, rulebook: Rulebook) -> Any:
    """Facts in which a bare number for a date, `2019`, is the year that it looks like (YAML reads it so)."""
    if not isinstance(facts, dict):
        return facts
    found = dict(facts)
    for name, value in facts.items():
        below = tree.get(name)
        if isinstance(below, ThingList) and isinstance(value, list):
            inner = tree_of(rulebook, below.thing)
            found[name] = [with_years(item, inner, rulebook) for item in value]
        elif isinstance(below, dict):
            found[name] = with_years(value, below, rulebook)
        elif isinstance(below, Fact) and below.type.kind is Kind.DATE and type(value) is int and 1000 <= value <= 9999:
            found[name] = str(value)
    return found


def checked(facts: Any, rulebook: Rulebook, validator: Any) -> tuple[Any, tuple[str, ...]]:
    """Facts that failed the quick check, made plain, and the notices about what was set aside.

    Raises FactsError with everything that is wrong.
    """
    cleaner = Cleaner(rulebook.protected)
    clean = with_years(cleaner.clean(facts), tree_of(rulebook), rulebook)
    problems = list(cleaner.problems)
    if len(problems) < MOST_PROBLEMS and all(each.code != "too-large" for each in problems):
        known = {each.pointer for each in problems}
        found = Explainer(rulebook).problems(validator, clean)
        problems += [each for each in found if each.pointer not in known]
    if problems:
        problems.sort(key=_by_pointer)
        raise FactsError(tuple(problems[:MOST_PROBLEMS]))
    return clean, cleaner.notices
