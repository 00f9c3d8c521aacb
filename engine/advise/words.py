"""What people read: texts with placeholders filled, values as words, conditions as the rule words them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from advise.conditions import All, AnyOf, Condition, Not, Of, Parameter, Quantified, Ref, Test
from advise.evaluate.reference import World
from advise.places import Found, Places
from advise.rules import Rulebook, Words
from advise.types import Fact, Kind, Literal, Text, Type
from advise.values import Missing, Span, date_span

Environment = Mapping[str, int]
_PARAMETER = re.compile(r"\$([A-Za-z_]\w*)(?=( days| weeks| months| years)?)")


@dataclass(frozen=True, slots=True)
class Phrases:
    """The few words that the library itself puts between an expert's words, in one language.

    `precise` asks for the exact day of a date of which only a part is known.
    """

    both: str
    yes: str
    no: str
    not_given: str
    ask: str
    ask_list: str
    precise: str
    decimal: str
    thousands: str
    months: tuple[str, ...]
    day: str


PHRASES: Mapping[str, Phrases] = {
    "en": Phrases(
        both="and",
        yes="yes",
        no="no",
        not_given="({title} not given)",
        ask="{title}: what applies to you?",
        ask_list="{title}: which are there?",
        precise="{title}: on which day exactly? So far it's {value}.",
        decimal=".",
        thousands=",",
        months=(
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ),
        day="{day} {month} {year}",
    ),
    "de": Phrases(
        both="und",
        yes="ja",
        no="nein",
        not_given="({title}: keine Angabe)",
        ask="{title}: Was trifft auf Sie zu?",
        ask_list="{title}: Welche gibt es?",
        precise="{title}: An welchem Tag genau? Bisher: {value}.",
        decimal=",",
        thousands=".",
        months=(
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ),
        day="{day}. {month} {year}",
    ),
}
"""Language -> phrases. Other languages use English ones until they have an entry here."""


def wording(condition: Condition) -> str:
    """A condition in the words of the rule file."""
    match condition:
        case Test():
            return condition.said
        case All():
            return "; ".join(dict.fromkeys(map(wording, condition.parts))) or "always"
        case AnyOf():
            return "any of: " + (" | ".join(map(wording, condition.parts)) or "nothing")
        case Not():
            return f"not: {wording(condition.part)}"
        case Quantified():
            body = "" if condition.body == All(()) else f": {wording(condition.body)}"
            return f"{condition.quantifier} {condition.scope.name}{body}"


def plain(path: str) -> str:
    """The last part of a path as words: `months_in_role` -> 'months in role'."""
    return path.rsplit(".", 1)[-1].replace("_", " ")


@dataclass(frozen=True)
class Wording:
    """Words for one case in one language, in the world that an evaluation left."""

    book: Rulebook
    world: World
    places: Places
    language: str

    @cached_property
    def phrases(self) -> Phrases:
        """The library's own words."""
        return PHRASES.get(self.language.split("-")[0], PHRASES["en"])

    def condition(self, condition: Condition) -> str:
        """A condition in the words of the rule file, with the values of its parameters."""
        return _PARAMETER.sub(self._parameter, wording(condition))

    def _parameter(self, match: re.Match[str]) -> str:
        setting = self.book.settings.get(match[1])
        value = None if setting is None else setting.on(self.places.case.as_of)
        if setting is None or value is None:
            return match[0]
        return self.literal(value, replace(setting.type, unit=None) if match[2] else setting.type) or match[0]

    def pick(self, text: Text | None) -> str | None:
        """The text in this language, else in the knowledge base's first."""
        if not text:
            return None
        return text.get(self.language) or text.get(self.book.languages[0]) or next(iter(text.values()))

    # ------------------------------------------------------------------------------------------- texts

    def text(self, words: Words, env: Environment) -> str:
        """A text with every placeholder filled; `env` are the things that its rule binds."""
        parts = words.parts.get(self.language) or words.parts[self.book.languages[0]]
        text = "".join(each if isinstance(each, str) else self._placeholder(each, env) for each in parts)
        first = next((each for each in parts if each != ""), "")
        if isinstance(first, str) or self._value(first, env) is not None:
            return text
        return text[:1].upper() + text[1:]

    def _placeholder(self, part: Ref | Parameter, env: Environment) -> str:
        return self._value(part, env) or self._unnamed(part)

    def _value(self, part: Ref | Parameter, env: Environment) -> str | None:
        """The words for a placeholder's value; None when it's unknown or there's none."""
        if isinstance(part, Parameter):
            setting = self.book.settings[part.name]
            return self.literal(setting.on(self.places.case.as_of), setting.type)
        index = 0 if part.scope is None else env[part.scope]
        if part.of is Of.FACT:
            fact = self.book.facts[part.key]
            return self.fact_value(fact, self.places.fact(fact, index))
        if part.of is Of.COLUMN:
            return self.literal(self.places.cell(part.thing or "", part.path, index), part.type)
        return self._worked_out(part, env)

    def _worked_out(self, ref: Ref, env: Environment) -> str | None:
        value = self.world.value(ref, env)
        if isinstance(value, Missing):
            return None
        if not isinstance(value, Span):
            return self.literal(value, ref.type)
        if ref.type.kind is Kind.DATE:
            return self.day(value)
        if not value.known:
            return None
        if ref.type.kind is Kind.CHOICE:
            return self.literal(ref.type.choices[int(value.low)], ref.type)
        return self.literal(value.low, ref.type)

    def _unnamed(self, part: Ref | Parameter) -> str:
        if isinstance(part, Parameter):
            return self.not_given(plain(part.name))
        fact = self.book.facts.get(part.key) if part.of is Of.FACT else None
        if fact is None:
            return self.not_given(plain(part.path))
        return self.pick(fact.unnamed) or self.not_given(fact.title or plain(fact.path))

    def not_given(self, title: str) -> str:
        """What stands for a value that nobody gave."""
        return self.phrases.not_given.format(title=title)

    # ------------------------------------------------------------------------------------------ values

    def fact_value(self, fact: Fact, found: Found) -> str | None:
        """A fact's value as people read it; None when there's none."""
        if fact.titles and isinstance(found.value, str) and found.value in fact.titles:
            return fact.titles[found.value]
        return self.literal(found.value, fact.type)

    def literal(self, value: Any, type_: Type) -> str | None:
        """A raw value as people read it; None for none."""
        if value is None:
            return None
        if isinstance(value, bool):
            return self.phrases.yes if value else self.phrases.no
        if isinstance(value, int | float):
            return self._with_unit(value, type_.unit)
        if type_.ignore_case and isinstance(value, str) and value in self._spellings:
            return self._spellings[value]
        if isinstance(value, list | tuple):
            return self.listed([self.literal(each, type_) or "" for each in value])
        if type_.kind is Kind.DATE:
            return self.day(date_span(str(value)))
        if type_.kind is Kind.CHOICE:
            return self._titles(type_.choices).get(value) or str(value).replace("_", " ")
        return str(value)

    def _titles(self, choices: tuple[str, ...]) -> Mapping[str, str]:
        """The words for the values of a choice: those of a fact that has the same values."""
        return self._titled.get(choices, {})

    @cached_property
    def _titled(self) -> Mapping[tuple[str, ...], Mapping[str, str]]:
        facts = reversed(tuple(self.book.facts.values()))
        return {fact.type.choices: fact.titles for fact in facts if fact.titles}

    @cached_property
    def _spellings(self) -> Mapping[str, str]:
        """Folded texts as the tables write them."""
        found: dict[str, str] = {}
        for table in self.book.tables.values():
            found = {**table.spellings, **found}
        return found

    def listed(self, words: Sequence[str]) -> str:
        """`a, b and c`."""
        if len(words) < 2:
            return "".join(words)
        return f"{', '.join(words[:-1])} {self.phrases.both} {words[-1]}"

    def _with_unit(self, number: float, unit: str | None) -> str:
        text = self.number(number)
        if unit is None:
            return text
        first, _, rest = unit.partition(" ")
        if number == 1 and self.phrases is PHRASES["en"] and first.endswith("s") and not first.endswith("ss"):
            first = first[:-1]
        return " ".join(filter(None, (text, first, rest)))

    def number(self, number: float) -> str:
        """A number with at most two decimals (four below 1), and its thousands marked from 10,000 on."""
        text = f"{number:,.{2 if abs(number) >= 1 else 4}f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        if abs(number) < 10_000:
            text = text.replace(",", "")
        marks = {",": self.phrases.thousands, ".": self.phrases.decimal}
        return "".join(marks.get(sign, sign) for sign in text)

    def day(self, span: Span) -> str | None:
        """`5 March 2024`, `March 2024` or `2024`; None when not even the year is known."""
        if not 1 <= span.low <= span.high <= date.max.toordinal():
            return None
        first, last = date.fromordinal(int(span.low)), date.fromordinal(int(span.high))
        if first.year != last.year:
            return None
        if first.month != last.month:
            return str(first.year)
        month = self.phrases.months[first.month - 1]
        if first != last:
            return f"{month} {first.year}"
        return self.phrases.day.format(day=first.day, month=month, year=first.year)

    # ------------------------------------------------------------------------------------------ labels

    def label(self, thing: str, index: int) -> str | None:
        """What people call a thing or a row; None for one that nobody has named yet."""
        if self.places.is_phantom(thing, index):
            return None
        if thing in self.book.tables:
            table = self.book.tables[thing]
            types = {column.name: column.type for column in table.columns}
            cells = (self.literal(self.places.cell(thing, key, index), types[key]) for key in table.key)
            return ", ".join(filter(None, cells))
        fact = self._label_fact(thing)
        if fact is None:
            return plain(thing)
        value = self.fact_value(fact, self.places.fact(fact, index))
        return value or self.pick(fact.unnamed) or self.not_given(fact.title or plain(fact.path))

    def _label_fact(self, thing: str) -> Fact | None:
        listed = self.places.lists.get(thing)
        path = listed.label if listed else None
        if path is None and thing in self.book.derived:
            path = self.book.derived[thing].key
        return None if path is None else self.book.facts.get((thing, path))

    def question(self, fact: Fact) -> str:
        """How to ask for a fact."""
        return self.pick(fact.question) or self.phrases.ask.format(title=fact.title or plain(fact.path))


def literal_key(value: Literal | None) -> tuple[str, str]:
    """A sort key for values of one conclusion."""
    return type(value).__name__, str(value)
