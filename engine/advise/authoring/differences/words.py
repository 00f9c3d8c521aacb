"""Everything that a knowledge base declares, in words: the lines that are compared when it changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from advise.authoring.sentences import Line, Sentences
from advise.rules import Computed, Conclusion, Derived, Rule, Rulebook, Setting, Source, SourceEntry, Table, Words
from advise.types import Fact, Kind, Literal, Text, ThingList, Type


class Declarations:
    """Says what one knowledge base declares."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.sentences = Sentences(book)

    def rule(self, rule: Rule) -> Iterator[Line]:
        """When it holds, what follows, and what is said about it."""
        when, then = self.sentences.rule(rule)
        yield Line(f"Title: {rule.title}")
        yield when
        # Steps are numbered below, as their order counts.
        yield replace(then, below=tuple(replace(line, below=()) for line in then.below))
        if rule.advise is not None:
            steps = (f"{number}. {self.sentences.words(step)}" for number, step in enumerate(rule.advise.steps, 1))
            yield from _below("Steps", map(Line, steps))
            yield Line(f"Matters for: {self.book.priorities.get(rule.advise.priority, rule.advise.priority)}")
            yield Line(f"Effort: {rule.advise.effort}")
            yield from _line("When to do it", rule.advise.horizon or "")
            yield Line(f"It's a {rule.advise.kind}")
        if rule.ask is not None and rule.ask.say is not None:
            yield Line(f"Asked as: {self.sentences.words(rule.ask.say)}")
        for language in self.book.languages[1:]:
            yield from _below(f"In the language {language}", self._translated(rule, language))
        yield from self.cited(rule.source)
        yield Line(f"Topic: {self.book.topics.get(rule.topic, rule.topic)}")
        yield from _line("Owner", rule.owner or "")
        yield from _line("Review by", str(rule.review_by or ""))

    def _translated(self, rule: Rule, language: str) -> Iterator[Line]:
        for part in (rule.advise, rule.hold, rule.ask, rule.refer):
            for name in ("say", "steps", "because", "until", "to"):
                said = getattr(part, name, None)
                for words in said if isinstance(said, tuple) else (said,):
                    if isinstance(words, Words) and language in words.parts:
                        yield Line(self._words(words, language))

    def _words(self, words: Words, language: str) -> str:
        return self.sentences.words(Words({language: words.parts[language]}))

    def _each_language(self, label: str, words: Words | None) -> Iterator[Line]:
        if words is None:
            return
        for language in words.parts:
            yield Line(f"{label}{self._in(language)}: {self._words(words, language)}")

    def _in(self, language: str) -> str:
        return "" if language == self.book.languages[0] else f", in the language {language}"

    def cited(self, source: Source) -> Iterator[Line]:
        """Where something is taken from."""
        for key, place in sorted(source.items()):
            title = self.book.sources[key].title if key in self.book.sources else key
            yield Line(f"Source: {title}{', ' if place else ''}{place}")

    def parameter(self, setting: Setting) -> Iterator[Line]:
        """Its values and why."""
        for since, value in setting.values:
            start = "" if since == date.min else f"From {since.isoformat()}: "
            yield Line(f"{start}{_value(value, setting.type.unit)}")
        yield from _line("Means", setting.means)
        yield from _line("Because", setting.because)
        yield from self.cited(setting.source)

    def table(self, table: Table) -> Iterator[Line]:
        """Its columns and rows."""
        yield from _line("Means", table.means)
        yield from _line("Key", ", ".join(table.key))
        yield from _below("Columns", (Line(f"{c.name}: {_type(c.type)}{_meaning(c.means)}") for c in table.columns))
        yield from _below("Rows", self._rows(table))
        yield from self.cited(table.source)

    def _rows(self, table: Table) -> Iterator[Line]:
        names = [column.name for column in table.columns]
        for row in table.rows:
            cells = {name: self._cell(table, cell) for name, cell in zip(names, row, strict=True) if cell is not None}
            key = ", ".join(cells.pop(name, "") for name in table.key)
            rest = tuple(Line(f"{name.replace('_', ' ')}: {cell}") for name, cell in cells.items())
            yield Line(key, rest) if key else Line("; ".join(line.text for line in rest))

    def _cell(self, table: Table, cell: Literal) -> str:
        return table.spellings.get(cell, cell) if isinstance(cell, str) else _value(cell, None)

    def conclusion(self, conclusion: Conclusion) -> Iterator[Line]:
        """What it means."""
        yield from _line("Means", conclusion.means)
        yield Line(f"It's a {_type(conclusion.type)}")
        for value, words in conclusion.values.items():
            yield from self._each_language(f"{value} means", words)
        yield from self._each_language("Reported as", conclusion.report)
        if conclusion.show:
            yield Line("Its meaning is reported")

    def computed(self, computed: Computed) -> Iterator[Line]:
        """How it's worked out."""
        yield from _line("Means", computed.means)
        yield Line(f"Worked out as {self.sentences.operand(computed.value)}")
        yield Line(f"It's a {_type(computed.type)}")

    def derived(self, derived: Derived) -> Iterator[Line]:
        """What there's one for."""
        yield from _line("Means", derived.means)
        yield Line(f"One for each {derived.key} among {', '.join(derived.among)}")

    def fact(self, fact: Fact) -> Iterator[Line]:
        """What it takes and how it's asked for."""
        yield from _line("Title", fact.title)
        yield from _line("Means", fact.means)
        yield Line(f"It's a {_type(fact.type)}")
        if fact.default is not None:
            yield Line(f"Taken for granted: {_value(fact.default, fact.type.unit)}")
        yield from self._texts("Asked as", fact.question)
        yield from self._texts("Where it's unknown", fact.unnamed)
        for value, title in (fact.titles or {}).items():
            yield Line(f"{value} is called {title}")
        if fact.required:
            yield Line("It must be given")

    def list(self, listed: ThingList) -> Iterator[Line]:
        """What is listed."""
        yield from _line("Title", listed.title)
        yield from _line("Means", listed.means)
        yield Line(f"In the facts it's {listed.name}, a list of {listed.thing} of at most {listed.most}")
        yield from _line("Told apart by", listed.label or "")
        yield from self._texts("Asked as", listed.question)
        if listed.assumed_empty:
            yield Line("Left out, it's taken to be empty")

    def source(self, source: SourceEntry) -> Iterator[Line]:
        """What it is."""
        for label in ("title", "author", "published", "note", "url"):
            yield from _line(label.capitalize(), getattr(source, label))

    def _texts(self, label: str, texts: Text | None) -> Iterator[Line]:
        for language, text in (texts or {}).items():
            yield Line(f"{label}{self._in(language)}: {text}")


def plainly(value: object) -> Iterator[Line]:
    """Any other value: lists and mappings with a line for each entry."""
    if isinstance(value, Mapping):
        for key, below in value.items():
            simple = not isinstance(below, Mapping | list | tuple)
            yield Line(f"{key}: {below}") if simple else Line(str(key), tuple(plainly(below)))
    elif isinstance(value, list | tuple):
        for each in value:
            simple = not isinstance(each, Mapping | list | tuple)
            yield Line(str(each)) if simple else Line("each", tuple(plainly(each)))
    else:
        yield Line(str(value))


def _line(label: str, text: str) -> Iterator[Line]:
    if text:
        yield Line(f"{label}: {text}")


def _below(label: str, lines: Iterable[Line]) -> Iterator[Line]:
    found = tuple(lines)
    if found:
        yield Line(label, found)


def _meaning(means: str) -> str:
    return f" ({means})" if means else ""


def _type(type_: Type) -> str:
    """`whole number from 0 to 10 (months)`, `ordered choice of low, middle, high`."""
    words = {Kind.BOOLEAN: "yes or no", Kind.TEXTS: "list of texts"}.get(type_.kind, str(type_.kind))
    if type_.kind is Kind.CHOICE:
        words = f"{'choice, from lowest to highest' if type_.ordered else 'choice'}, of {', '.join(type_.choices)}"
    if type_.integer:
        words = f"whole {words}"
    for label, bound in (("at least", type_.low), ("at most", type_.high)):
        words += "" if bound is None else f", {label} {bound:g}"
    words += f" ({type_.unit})" if type_.unit else ""
    return words + (", capitals don't matter" if type_.ignore_case else "")


def _value(value: Literal, unit: str | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, str):
        return value
    return f"{value:,}{' ' + (unit[:-1] if value == 1 and unit.endswith('s') else unit) if unit else ''}"
