"""New topics, rules and people for a knowledge base that there is, ready to pass `check` and `test`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from advise.authoring.writing.beginnings import EDITOR
from advise.authoring.writing.formatting import formatted
from advise.authoring.writing.insertion import with_rule
from advise.authoring.writing.scalars import flow, scalar
from advise.cases import found as found_in
from advise.cases import run
from advise.errors import KnowledgeBaseError, UsageError
from advise.knowledge_base import KnowledgeBase
from advise.loading import read
from advise.loading.context import did_you_mean
from advise.outcome import Outcome
from advise.rules import Example, Rulebook, Source
from advise.types import Fact, Kind

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_TOPIC = re.compile(r"[a-z][a-z0-9_-]*\Z")
_FILE = re.compile(r"[a-z0-9][a-z0-9_-]*\Z")
_SOURCE = re.compile(r"([a-z][a-z0-9_-]*)\s*(?::\s*(.*\S))?\s*\Z")
_WORD = "something"


@dataclass(frozen=True, slots=True)
class Added:
    """A file with its new text, by its path in the knowledge base's folder; and the examples that come out
    otherwise since then, with sentences about each."""

    file: str
    text: str
    differing: tuple[tuple[Example, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class NewRule:
    """What a new rule should say: which fact it looks at, and what it advises."""

    id: str
    title: str
    fact: str
    say: str
    priority: str
    topic: str
    source: str = ""


class Additions:
    """What can be added to one knowledge base. Raises KnowledgeBaseError when it has findings."""

    def __init__(self, folder: Path) -> None:
        book, findings, examples = read(folder)
        if book is None:
            raise KnowledgeBaseError(findings)
        self.folder, self.book, self.examples = folder, book, examples
        self.files: Mapping[str, str] = dict(_topic_files(folder))

    # ------------------------------------------------------------------------------------- choices

    @property
    def facts(self) -> Mapping[str, Fact]:
        """The facts that a rule can look at, by their names."""
        return {fact.name: fact for fact in self.book.facts.values()}

    def check_topic(self, name: str) -> str:
        """The name, if a new topic can have it. Raises UsageError."""
        if not _TOPIC.match(name):
            raise UsageError(
                f"{name!r} can't be a topic. Use lower-case letters, digits, _ and -, such as winter_care."
            )
        if name in self.book.topics:
            raise UsageError(f"There is a topic {name} already, in {self.files.get(name, 'another file')}.")
        return self._free(f"{name}.yaml", name)

    def check_rule(self, name: str) -> str:
        """The id, if a new rule can have it. Raises UsageError."""
        if not _ID.match(name):
            raise UsageError(
                f"{name!r} can't be the id of a rule. Use lower-case words and hyphens, as in oil-the-chain."
            )
        if any(rule.id == name for rule in self.book.rules):
            raise UsageError(f"There is a rule {name} already. Choose another id.")
        return name

    def check_person(self, name: str) -> str:
        """The name, if a new person's file can have it. Raises UsageError."""
        if not _FILE.match(name):
            raise UsageError(
                f"{name!r} can't be the name of a file. Use lower-case letters, digits, _ and -: ana_silva."
            )
        return self._free(f"people/{name}.yaml", name)

    def check_fact(self, name: str) -> str:
        """The name, if it's a fact's. Raises UsageError with the nearest."""
        return _known(name, self.facts, "fact")

    def check_priority(self, name: str) -> str:
        """The name, if it's a priority of the manifest. Raises UsageError."""
        return _known(name, self.book.priorities, "priority")

    def check_in_topic(self, name: str) -> str:
        """The name, if there's a topic of that name. Raises UsageError."""
        return _known(name, self.book.topics, "topic")

    def check_source(self, text: str) -> str:
        """The text, if it's a source of the manifest with a place in it: `handbook: page 4`. Raises UsageError."""
        self._source(text)
        return text

    def _free(self, file: str, name: str) -> str:
        if (self.folder / file).exists():
            raise UsageError(f"{file} is there already, and nothing is ever written over.")
        return name

    # ------------------------------------------------------------------------------------- additions

    def topic(self, name: str, title: str, source: str = "") -> Added:
        """A topic's file, without rules yet. Raises UsageError."""
        self.check_topic(name)
        cited = self._source(source or next(iter(self.book.sources)), title)
        lines = [
            *self._editor_line("rules", ""),
            f"# The rules about one topic. Add one with: advise new rule ID --topic {name}",
            f"topic: {name}",
            f"title: {scalar(title)}",
            f"source: {flow(cited)}",
        ]
        return self._checked(f"{name}.yaml", "\n".join([*lines, ""]))

    def rule(self, wanted: NewRule) -> Added:
        """A rule about one fact with two examples, put into the file of its topic. Raises UsageError.

        It's one that leaves the outcome of every other example as it is, if there's such a rule.
        """
        self.check_rule(wanted.id)
        self.check_priority(wanted.priority)
        file = self.files[self.check_in_topic(wanted.topic)]
        fact = self.facts[self.check_fact(wanted.fact)]
        text = (self.folder / file).read_bytes().decode("utf-8")
        tried: list[Added] = []
        for test, holds, fails in _tests(fact, self.book.as_of):
            given, other = (_facts_with(self.book, fact, value) for value in (holds, fails))
            added = self._with_rule(wanted, fact, test, given, other, file, text)
            if not added.differing:
                return added
            tried.append(added)
        return tried[0]

    def person(self, name: str, called: str, about: str, facts: Mapping[str, Any]) -> Added:
        """A person with the facts, and what comes out for them now as what's expected.

        Raises UsageError, FactsError.
        """
        self.check_person(name)
        base = KnowledgeBase(self.book, self.folder)
        outcome = base.advise(facts, as_of=self.book.as_of)
        expect = _expected(outcome)
        lines = [
            *self._editor_line("person", "../"),
            "# What is expected below is what came out when this was written. Read it: is it what you'd say?",
            f"name: {scalar(called)}",
            f"about: {scalar(about)}",
            f"as_of: {self.book.as_of.isoformat()}",
            f"facts: {flow(facts)}",
            "expect:",
            *(f"  {word}: {flow(value)}" for word, value in expect.items()),
        ]
        return self._checked(f"people/{name}.yaml", formatted("\n".join([*lines, ""]), f"people/{name}.yaml"))

    # ---------------------------------------------------------------------------------------- parts

    def _with_rule(self, wanted: NewRule, fact: Fact, test: Any, holds: Any, fails: Any, file: str, text: str) -> Added:
        """The file with the rule, its examples expecting what comes out."""
        expect = [{"given": [wanted.id]}, {"not given": [wanted.id], "not open": [wanted.id]}]
        for _ in range(2):
            rule = self._rule_text(wanted, fact, test, ((holds, expect[0]), (fails, expect[1])))
            mark = text[: text.startswith("\ufeff")]
            added = self._checked(file, mark + with_rule(text.removeprefix(mark), rule, file))
            own = {example.name: example for example, _ in added.differing if example.rule == wanted.id}
            if not own:
                break
            # Held, referred or overridden: all the same, the examples say that it holds, and that it doesn't.
            expect = [{"fires": [wanted.id]}, {"not fires": [wanted.id]}]
        return added

    def _rule_text(self, wanted: NewRule, fact: Fact, test: Any, examples: Sequence[tuple[Any, Any]]) -> str:
        condition = {f"each {fact.thing}": {fact.path: test}} if fact.thing else {fact.path: test}
        lines = [f"- id: {wanted.id}", f"  title: {scalar(wanted.title)}"]
        own = self._source(wanted.source, wanted.title) if wanted.source else self._topic_source(wanted)
        if own:
            lines.append(f"  source: {flow(own)}")
        lines += [
            "  when:",
            f"    - {flow(condition)[1:-1]}",
            "  advise:",
            f"    say: {self._said(wanted.say + '.' * wanted.say[-1:].isalnum())}",
            f"    priority: {wanted.priority}",
            "    effort: small",
            "  examples:",
        ]
        for name, (facts, expect) in zip(("it holds", "it doesn't hold"), examples, strict=True):
            lines += [f"    - name: {scalar(name)}", f"      facts: {flow(facts)}", f"      expect: {flow(expect)}"]
        text = "rules:\n" + "".join(f"  {line}\n" for line in lines)
        tidy = formatted(text, "the rule").removeprefix("rules:\n")
        return "".join(f"{line[2:]}\n" for line in tidy.splitlines())

    def _said(self, text: str) -> str:
        """A text; in several languages the same in each, for a check reminds its writer to translate it."""
        languages = self.book.languages
        return scalar(text) if len(languages) == 1 else flow(dict.fromkeys(languages, text))

    def _topic_source(self, wanted: NewRule) -> Source:
        """What a rule must cite itself: nothing, if its topic has a source for all its rules."""
        text = (self.folder / self.files[wanted.topic]).read_text("utf-8-sig")
        return (
            {}
            if re.search(r"^source:", text, re.MULTILINE)
            else self._source(next(iter(self.book.sources)), wanted.title)
        )

    def _source(self, text: str, place: str = "") -> Source:
        found = _SOURCE.match(text)
        if found is None or found[1] not in self.book.sources:
            known = ", ".join(self.book.sources)
            raise UsageError(
                f"{text!r} is no source: name one of {known}, with the place in it ({known.split(',')[0]}: page 4)."
            )
        return {found[1]: found[2] or place or "Whole"}

    def _editor_line(self, kind: str, up: str) -> Iterator[str]:
        if (self.folder / EDITOR / f"{kind}.schema.json").is_file():
            yield f"# yaml-language-server: $schema={up}{EDITOR}/{kind}.schema.json"

    def _checked(self, file: str, text: str) -> Added:
        """The file, once the whole knowledge base has been read and tested with it. Raises KnowledgeBaseError."""
        book, findings, examples = read(self.folder, {file: text.encode()})
        if book is None:
            raise KnowledgeBaseError(findings)
        base = KnowledgeBase(book, self.folder)
        known = {(each.kind, each.rule, each.name): each for each in self.examples}
        before = KnowledgeBase(self.book, self.folder)
        differing = []
        for example in examples:
            found = run(base, example).differences
            old = known.get((example.kind, example.rule, example.name))
            if found and (old is None or not run(before, old).differences):
                differing.append((example, found))
        return Added(file, text, tuple(differing))


def sample_facts(book: Rulebook) -> Mapping[str, Any]:
    """Facts to begin with: one thing in the first list, and as many plain facts as a person says at once."""
    thing = next(iter(book.lists.values()), None)
    own = [fact for fact in book.facts.values() if fact.thing == (thing.thing if thing else None)]
    asked = [fact for fact in own if fact.required or fact.question is not None][:4] or own[:3]
    values: dict[str, Any] = {}
    for fact in asked:
        _put(values, fact.path, _sample(fact, book.as_of))
    return {thing.name: [_named(book, thing.thing, values)]} if thing else values


def _known(name: str, options: Mapping[str, Any], what: str) -> str:
    if name not in options:
        near = did_you_mean(name, options).capitalize() or f"There are {', '.join(options)}."
        raise UsageError(f"There is no {what} {name}. {near}")
    return name


def _topic_files(folder: Path) -> Iterator[tuple[str, str]]:
    """The file of each topic."""
    for path in sorted(folder.rglob("*.yaml")):
        found = re.search(r"^topic:\s*[\"']?([a-z][a-z0-9_-]*)", path.read_text("utf-8-sig", "replace"), re.MULTILINE)
        if found:
            yield found[1], path.relative_to(folder).as_posix()


# ------------------------------------------------------------------------------------------- values


def _tests(fact: Fact, as_of: date) -> Iterator[tuple[Any, Any, Any]]:
    """Tests that a rule may begin with: what stands in the rule, a value for which it holds, one for which not."""
    match fact.type.kind:
        case Kind.BOOLEAN:
            yield True, True, False
            yield False, False, True
        case Kind.NUMBER:
            yield from _number_tests(fact)
        case Kind.CHOICE:
            values = fact.type.choices
            for value in values:
                other = next((each for each in values if each != value), None)
                yield value, value, other
        case Kind.DATE:
            for years in (1, 5, 20):
                day = as_of - timedelta(days=366 * years)
                yield (
                    {"at least": f"{years} {'year' if years == 1 else 'years'} ago"},
                    day.isoformat(),
                    as_of.isoformat(),
                )
        case Kind.TEXTS:
            yield {"contains": _WORD}, [_WORD], []
        case _:
            yield {"contains": _WORD}, _WORD, "other"


def _number_tests(fact: Fact) -> Iterator[tuple[Any, Any, Any]]:
    low, high = fact.type.low, fact.type.high
    first = 1 if low is None else low + 1
    top = high if high is not None else first + 999
    for number in dict.fromkeys((first, (first + top) // 2, top)):
        whole = int(number) if float(number).is_integer() else number
        if (low is None or whole > low) and (high is None or whole <= high):
            yield {"at least": whole}, whole, whole - 1


def _facts_with(book: Rulebook, fact: Fact, value: Any) -> Mapping[str, Any]:
    """A person's facts in which one fact has a value."""
    values: dict[str, Any] = {}
    _put(values, fact.path, value)
    if fact.thing is None:
        return values
    return {book.lists[fact.thing].name: [_named(book, fact.thing, values)]}


def _named(book: Rulebook, thing: str, values: dict[str, Any]) -> Mapping[str, Any]:
    """A thing with what every one of its kind must have, and the fact that tells it from others, first."""
    label = book.lists[thing].label
    needed = [fact for fact in book.facts.values() if fact.thing == thing and (fact.required or fact.path == label)]
    whole: dict[str, Any] = {}
    for fact in needed:
        _put(whole, fact.path, _sample(fact, book.as_of))
    return _merged(whole, values)


def _merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(one)
    for key, value in other.items():
        below = merged.get(key)
        merged[key] = _merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def _put(values: dict[str, Any], path: str, value: Any) -> None:
    *outer, last = path.split(".")
    for part in outer:
        values = values.setdefault(part, {})
    values[last] = value


def _sample(fact: Fact, as_of: date) -> Any:
    match fact.type.kind:
        case Kind.BOOLEAN:
            return False
        case Kind.NUMBER:
            low = 1 if fact.type.low is None else fact.type.low
            return int(low) if float(low).is_integer() else low
        case Kind.CHOICE:
            return fact.type.choices[0]
        case Kind.DATE:
            return as_of.isoformat()
        case Kind.TEXTS:
            return []
        case _:
            return "First"


def _expected(outcome: Outcome) -> Mapping[str, Any]:
    """What an outcome shows, as the expectations of a person."""
    found: dict[str, Any] = {word: found_in(outcome, word) for word in ("first", "later", "not now")}
    more = {word: found_in(outcome, word) for word in ("notes", "refers", "asks")}
    return {**found, **{word: value for word, value in more.items() if value}}
