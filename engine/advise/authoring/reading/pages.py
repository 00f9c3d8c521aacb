"""A knowledge base as pages for readers: for every name what it says, rests on and leads to; nothing is laid out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import TypeVar

from advise.authoring.reading.results import Effect, Result
from advise.authoring.reading.ties import Tie, ties
from advise.authoring.reading.uses import Name, Sort, users, uses
from advise.authoring.reading.wording import as_yaml, expected, slug, type_words, value_words
from advise.authoring.sentences import Line, Sentences
from advise.knowledge_base import KnowledgeBase
from advise.rules import (
    Computed,
    Conclusion,
    Derived,
    Example,
    Rule,
    Setting,
    Source,
    SourceEntry,
    Table,
    written_table,
)
from advise.types import Fact, Literal, ThingList, Type

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Cited:
    """A source, and the place in it."""

    source: SourceEntry
    place: str


@dataclass(frozen=True, slots=True)
class ExamplePage:
    """An example, case or person: what was told, what was expected, what came out.

    `slug` is a name for its page, empty for an example of a rule. `facts` are YAML. `expects` are pairs of an
    expectation's word and its names or values. `differences` are sentences. `effects` are those of the rule that an
    example belongs to.
    """

    example: Example
    slug: str
    facts: str
    expects: tuple[tuple[str, tuple[str, ...]], ...]
    differences: tuple[str, ...]
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class RulePage:
    """A rule. `when` and `then` are it in words; `texts` its texts in further languages: (what, language, text).

    `needs` are the ties to rules that it depends on, `needed_by` those to rules that depend on it. `met_by` are the
    cases and people for whom it certainly holds.
    """

    rule: Rule
    topic: str
    stratum: int
    when: Line
    then: Line
    texts: tuple[tuple[str, str, str], ...]
    sources: tuple[Cited, ...]
    reads: tuple[Name, ...]
    parameters: tuple[Setting, ...]
    needs: tuple[Tie, ...]
    needed_by: tuple[Tie, ...]
    examples: tuple[ExamplePage, ...]
    met_by: tuple[ExamplePage, ...]


@dataclass(frozen=True, slots=True)
class ConclusionPage:
    """A conclusion, what draws it and what reads it. `values` are pairs of a value and its meaning."""

    conclusion: Conclusion
    type: str
    values: tuple[tuple[str, str], ...]
    report: str
    drawn_by: tuple[str, ...]
    read_by: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class FactPage:
    """A fact that a person may give. `values` are pairs of a value and its title; `default` is what is assumed."""

    fact: Fact
    pointer: str
    type: str
    question: str
    values: tuple[tuple[str, str], ...]
    default: str
    users: tuple[Name, ...]
    asked_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListPage:
    """A list of things in the facts, with the facts of one of them."""

    listed: ThingList | None
    derived: Derived | None
    thing: str
    question: str
    facts: tuple[FactPage, ...]
    users: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class ComputedPage:
    """A computed fact, and how it's worked out."""

    computed: Computed
    type: str
    words: str
    reads: tuple[Name, ...]
    users: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class ParameterPage:
    """A parameter: pairs of the day from which a value holds ('' for ever) and the value."""

    setting: Setting
    values: tuple[tuple[str, str], ...]
    sources: tuple[Cited, ...]
    users: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class TablePage:
    """A lookup table; `rows` are its cells as people read them."""

    table: Table
    rows: tuple[tuple[str, ...], ...]
    types: tuple[str, ...]
    sources: tuple[Cited, ...]
    users: tuple[Name, ...]


class Pages:
    """The pages of one knowledge base, worked out when they're asked for.

    `examples` are its examples, cases and people, as `advise.loading.read` gives them.
    """

    def __init__(self, base: KnowledgeBase, examples: Iterable[Example]) -> None:
        self.base = base
        self.book = base.rulebook
        self.examples = tuple(examples)
        self.sentences = Sentences(base.rulebook, asking=True)

    # ------------------------------------------------------------------------------------------- names

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """Everything that has a page, sorted."""
        book = self.book
        found: dict[Sort, Iterable[str]] = {
            "rule": (rule.id for rule in book.rules),
            "topic": {rule.topic for rule in book.rules},
            "conclusion": (each.name for each in book.conclusions.values()),
            "fact": (each.name for each in book.facts.values()),
            "list": {*book.lists, *book.derived},
            "computed": (each.name for each in book.computed.values()),
            "parameter": book.settings,
            "table": {written_table(name) for name in book.tables},
            "source": book.sources,
        }
        return tuple(sorted(Name(sort, name) for sort, names in found.items() for name in names))

    def find(self, wanted: str) -> tuple[Name, ...]:
        """What is called so: `$` before a parameter may be left out, and `jobs.start` means `job.start`."""
        bare = wanted.strip().removeprefix("$").removeprefix("other ")
        lists = {listed.name: listed.thing for listed in self.book.lists.values()}
        head, dot, rest = bare.partition(".")
        also = lists.get(head, head) + dot + rest
        only = ("parameter",) if wanted.strip().startswith("$") else ()
        return tuple(each for each in self.names if each.name in (bare, also) and (not only or each.sort in only))

    def close_to(self, wanted: str) -> tuple[str, ...]:
        """Names that are spelt much like it, or have it in them; the closest first."""
        is_parameter = wanted.strip().startswith("$")
        names = sorted({each.name for each in self.names if not is_parameter or each.sort == "parameter"})
        bare = wanted.strip().removeprefix("$").lower()
        inside = [name for name in names if bare and bare in name]
        return tuple(dict.fromkeys((*get_close_matches(bare, names, n=3, cutoff=0.7), *inside)))[:5]

    def title(self, name: Name) -> str:
        """What something is called for people."""
        book = self.book
        match name.sort:
            case "rule":
                return self._rules[name.name].title
            case "topic":
                return book.topics.get(name.name, name.name)
            case "source":
                return book.sources[name.name].title
            case "fact":
                return self._facts[name.name].title or name.name
            case "list":
                listed = self._lists.get(name.name)
                return (listed.title if listed else "") or name.name
            case _:
                return name.name

    @cached_property
    def uses(self) -> Mapping[Name, frozenset[Name]]:
        """What each name uses itself."""
        return uses(self.book)

    @cached_property
    def users(self) -> Mapping[Name, tuple[Name, ...]]:
        """What uses each name, but for topics, which only hold their rules."""
        return users(self.uses)

    @cached_property
    def ties(self) -> tuple[Tie, ...]:
        """The dependencies between rules."""
        return ties(self.base.plan)

    @cached_property
    def _needs(self) -> Mapping[str, tuple[Tie, ...]]:
        return _by(self.ties, lambda tie: tie.end)

    @cached_property
    def _needed_by(self) -> Mapping[str, tuple[Tie, ...]]:
        return _by(self.ties, lambda tie: tie.start)

    @cached_property
    def _read_through(self) -> Mapping[str, tuple[Tie, ...]]:
        return _by(self.ties, lambda tie: tie.via)

    # ------------------------------------------------------------------------------------------- rules

    @cached_property
    def topics(self) -> tuple[tuple[str, tuple[Rule, ...]], ...]:
        """The topics that have rules, by title, with their rules in the order of the file."""
        found: dict[str, list[Rule]] = {}
        for rule in sorted(self.book.rules, key=lambda each: (each.place, each.id)):
            found.setdefault(rule.topic, []).append(rule)
        return tuple((topic, tuple(found[topic])) for topic in sorted(found, key=lambda each: self._topic(each)))

    def _topic(self, topic: str) -> tuple[str, str]:
        return self.book.topics.get(topic, topic).casefold(), topic

    def rule(self, rule_id: str) -> RulePage:
        """The page of a rule. Raises KeyError for an id that there isn't."""
        rule = self._rules[rule_id]
        when, then = self.sentences.rule(rule)
        reads = self._reads(Name("rule", rule_id))
        conclusions = {self.book.conclusions[each.thing, each.path].name for each in rule.conclude}
        read_ones = {tie.via for tie in self._needs.get(rule_id, ())}
        own = tuple(map(self._result, self._own_examples.get(rule_id, ())))
        return RulePage(
            rule=rule,
            topic=self.book.topics.get(rule.topic, rule.topic),
            stratum=self.base.plan.strata[self.base.plan.index[rule_id]],
            when=when,
            then=then,
            texts=tuple(self._other_languages(rule)),
            sources=self.cited(rule.source),
            reads=tuple(
                name
                for name in reads
                if name.sort not in ("parameter", "topic", "source")
                and not (name.sort == "conclusion" and name.name in conclusions - read_ones)
            ),
            parameters=tuple(self.book.settings[name.name] for name in reads if name.sort == "parameter"),
            needs=self._needs.get(rule_id, ()),
            needed_by=self._needed_by.get(rule_id, ()),
            examples=tuple(self._example(each, rule) for each in own),
            met_by=tuple(page for page in self.cases if rule_id in self.result(page).fired),
        )

    def _other_languages(self, rule: Rule) -> Iterable[tuple[str, str, str]]:
        for what, words in rule.texts.items():
            for language in self.book.languages[1:]:
                if language in words.parts:
                    yield what, language, self.sentences.words(type(words)({language: words.parts[language]}))

    def cited(self, source: Source) -> tuple[Cited, ...]:
        """The sources that something cites, in the order in which it names them."""
        return tuple(Cited(self.book.sources[key], place) for key, place in source.items())

    # ----------------------------------------------------------------------------------------- examples

    @cached_property
    def cases(self) -> tuple[ExamplePage, ...]:
        """The cases and people, in the order of their files."""
        return tuple(self._example(each) for each in self._whole)

    def result(self, page: ExamplePage) -> Result:
        """How an example came out."""
        return self._result(page.example)

    @cached_property
    def _whole(self) -> tuple[Result, ...]:
        order = {"person": 0, "case": 1}
        whole = (each for each in self.examples if each.kind in order)
        return tuple(map(self._result, sorted(whole, key=lambda each: (order[each.kind], each.place))))

    @cached_property
    def _own_examples(self) -> Mapping[str, tuple[Example, ...]]:
        return _by((each for each in self.examples if each.rule is not None), lambda example: example.rule or "")

    @cached_property
    def _slugs(self) -> Mapping[int, str]:
        """For each case and person a name for its page, which stays when others come or go."""
        found: dict[int, str] = {}
        taken: dict[str, int] = {}
        for result in self._whole:
            example = result.example
            stem = example.place.file.rpartition("/")[2].removesuffix(".yaml")
            name = f"person-{slug(stem)}" if example.kind == "person" else f"{slug(stem)}-{slug(example.name)}"
            taken[name] = taken.get(name, 0) + 1
            found[id(example)] = f"{name}--{taken[name]}" if taken[name] > 1 else name
        return found

    @cached_property
    def _results(self) -> dict[int, Result]:
        return {}

    def _result(self, example: Example) -> Result:
        key = id(example)
        if key not in self._results:
            self._results[key] = Result(self.base, example)
        return self._results[key]

    def _example(self, result: Result, rule: Rule | None = None) -> ExamplePage:
        example = result.example
        return ExamplePage(
            example=example,
            slug=self._slugs.get(id(example), ""),
            facts=as_yaml(example.facts),
            expects=tuple((word, expected(value)) for word, value in example.expect.items()),
            differences=result.differences,
            effects=() if rule is None else result.effects(rule),
        )

    # -------------------------------------------------------------------------------- everything else

    def conclusion(self, name: str) -> ConclusionPage:
        """The page of a conclusion. Raises KeyError."""
        found = self._conclusions[name]
        key = Name("conclusion", name)
        drawers = {self.book.rules[i].id for i in self.base.plan.writers.get((found.thing, found.path), ())}
        readers = {tie.end for tie in self._read_through.get(name, ())}
        return ConclusionPage(
            conclusion=found,
            type=type_words(found.type),
            values=tuple((value, self.sentences.words(words)) for value, words in found.values.items()),
            report=self.sentences.words(found.report) if found.report else "",
            drawn_by=tuple(sorted(drawers)),
            read_by=tuple(
                each for each in self.users.get(key, ()) if each.name not in drawers - readers and each != key
            ),
        )

    def fact(self, name: str) -> FactPage:
        """The page of a fact. Raises KeyError."""
        fact = self._facts[name]
        titles = fact.titles or {}
        asking = (
            rule.id
            for rule in self.book.rules
            if rule.ask and (rule.ask.thing, rule.ask.path) == (fact.thing, fact.path)
        )
        return FactPage(
            fact=fact,
            pointer=self._pointer(fact),
            type=type_words(fact.type),
            question=self._text(fact.question),
            values=tuple((value, titles.get(value, value)) for value in fact.type.choices),
            default="" if fact.default is None else value_words(fact.default, fact.type),
            users=self._used_by(Name("fact", name)),
            asked_by=tuple(asking),
        )

    def listed(self, thing: str) -> ListPage:
        """The page of a list of things, or of a derived thing. Raises KeyError for what is neither."""
        listed, derived = self._lists.get(thing), self.book.derived.get(thing)
        if listed is None and derived is None:
            raise KeyError(thing)
        return ListPage(
            listed=listed,
            derived=derived,
            thing=thing,
            question=self._text(listed.question) if listed else "",
            facts=tuple(self.fact(fact.name) for fact in self.book.facts.values() if fact.thing == thing),
            users=self._used_by(Name("list", thing)),
        )

    @property
    def person_facts(self) -> tuple[FactPage, ...]:
        """The facts of the person."""
        return tuple(self.fact(fact.name) for fact in self.book.facts.values() if fact.thing is None)

    def computed(self, name: str) -> ComputedPage:
        """The page of a computed fact. Raises KeyError."""
        found = self._computed[name]
        key = Name("computed", name)
        words = self.sentences.operand(found.value)
        return ComputedPage(found, type_words(found.type), words, self._reads(key), self._used_by(key))

    def parameter(self, name: str) -> ParameterPage:
        """The page of a parameter. Raises KeyError."""
        setting = self.book.settings[name]
        values = tuple(
            ("" if since.year == 1 else since.isoformat(), value_words(value, setting.type))
            for since, value in setting.values
        )
        return ParameterPage(setting, values, self.cited(setting.source), self._used_by(Name("parameter", name)))

    def table(self, name: str) -> TablePage:
        """The page of a table. Raises KeyError."""
        table = self.book.tables[name]
        types = [column.type for column in table.columns]
        rows = tuple(
            tuple(self._cell(table, value, type_) for value, type_ in zip(row, types, strict=True))
            for row in table.rows
        )
        words = tuple(type_words(each, choices=True) for each in types)
        return TablePage(table, rows, words, self.cited(table.source), self._used_by(Name("table", name)))

    def citing(self, source: str) -> tuple[Name, ...]:
        """What cites a source."""
        return self._used_by(Name("source", source))

    # ------------------------------------------------------------------------------------- foundations

    @cached_property
    def _rules(self) -> Mapping[str, Rule]:
        return {rule.id: rule for rule in self.book.rules}

    @cached_property
    def _facts(self) -> Mapping[str, Fact]:
        return {fact.name: fact for fact in self.book.facts.values()}

    @cached_property
    def _lists(self) -> Mapping[str, ThingList]:
        return {listed.thing: listed for listed in self.book.lists.values()}

    @cached_property
    def _conclusions(self) -> Mapping[str, Conclusion]:
        return {each.name: each for each in self.book.conclusions.values()}

    @cached_property
    def _computed(self) -> Mapping[str, Computed]:
        return {each.name: each for each in self.book.computed.values()}

    def _reads(self, name: Name) -> tuple[Name, ...]:
        return tuple(sorted(self.uses.get(name, ())))

    def _used_by(self, name: Name) -> tuple[Name, ...]:
        return self.users.get(name, ())

    def _text(self, text: Mapping[str, str] | None) -> str:
        return "" if not text else text.get(self.book.languages[0]) or next(iter(text.values()))

    def _pointer(self, fact: Fact) -> str:
        """Where it stands in a facts file: `jobs.start`."""
        listed = self._lists.get(fact.thing or "")
        return fact.name if listed is None else f"{listed.name}.{fact.path}"

    def _cell(self, table: Table, value: Literal | None, type_: Type) -> str:
        if value is None:
            return ""
        if isinstance(value, str):
            return table.spellings.get(value, value)
        return value_words(value, type_)


def _by(items: Iterable[_T], key: Callable[[_T], str]) -> Mapping[str, tuple[_T, ...]]:
    """Items by their key, in their order."""
    found: dict[str, list[_T]] = {}
    for each in items:
        found.setdefault(key(each), []).append(each)
    return {name: tuple(group) for name, group in found.items()}
