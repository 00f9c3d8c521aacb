"""A rule, fact, conclusion and so on in plain words, for the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import click

from advise.authoring.reading.pages import Cited, ExamplePage, Pages
from advise.authoring.reading.results import Effect
from advise.authoring.reading.ties import How, Tie
from advise.authoring.reading.uses import Name
from advise.authoring.sentences import Line
from advise_cli.report import clean, counted
from advise_cli.text import Screen, wrapped

_MOST_ROWS: Final = 20
_MOST_NAMES: Final = 12
_NEEDS: Final = {
    How.READS: "reads {via}, which it draws",
    How.STRICTLY: "reads {via}, which it draws, and waits until that is settled",
    How.OVERRIDDEN: "puts this rule aside where it holds",
    How.HELD: "holds this advice back",
}
_NEEDED: Final = {
    How.READS: "reads {via}",
    How.STRICTLY: "reads {via}, and waits until that is settled",
    How.OVERRIDDEN: "is put aside where this holds",
    How.HELD: "is held back",
}
_STATES: Final = {
    "given": ("Given", "green"),
    "not now": ("Not now", "yellow"),
    "open": ("Open", "yellow"),
    "holds": ("Holds", "green"),
    "refers": ("Refers", "red"),
    "stopped": ("Stopped by a referral", "red"),
}


def lines(pages: Pages, name: Name, screen: Screen) -> Iterator[str]:
    """What there's to know about a name, in lines of the screen's width."""
    return _SHOWN[name.sort](_Writer(pages, screen), name.name)


class _Writer:
    """Lays out pieces of text on a screen."""

    def __init__(self, pages: Pages, screen: Screen) -> None:
        self.pages = pages
        self.screen = screen

    def text(self, text: str, indent: int = 0, hang: int = 0) -> list[str]:
        """A paragraph."""
        return wrapped(clean(text), self.screen.width, " " * indent, " " * (indent + hang))

    def styled(self, text: str, **style: bool | str) -> str:
        """Text in a style, where there's colour."""
        return click.style(text, **style) if self.screen.colour else text  # type: ignore[arg-type]

    def heading(self, title: str, about: str) -> Iterator[str]:
        """The first lines."""
        yield from (self.styled(line, bold=True) for line in self.text(title))
        yield from (self.styled(line, dim=True) for line in self.text(about))

    def section(self, title: str, body: Iterable[str]) -> Iterator[str]:
        """A titled part; nothing when its body is empty."""
        found = list(body)
        if found:
            yield ""
            yield self.styled(title, fg="cyan", bold=True)
            yield from found

    def item(self, text: str, indent: int = 2) -> list[str]:
        """An entry of a list."""
        return wrapped(
            clean(text), self.screen.width, " " * indent + self.screen.symbols.bullet + " ", " " * (indent + 2)
        )

    def items(self, texts: Iterable[str]) -> Iterator[str]:
        """A list."""
        for text in texts:
            yield from self.item(text)

    def tree(self, found: Iterable[Line], indent: int = 2) -> Iterator[str]:
        """Lines with what belongs under them."""
        for line in found:
            yield from self.item(line.text, indent)
            yield from self.tree(line.below, indent + 2)

    def named(self, name: Name) -> str:
        """A name with its title."""
        title = self.pages.title(name)
        return title if title == name.name else f"{title} ({name.name})"

    def used_by(self, names: Iterable[Name]) -> Iterator[str]:
        """What uses something, not more than a few."""
        found = [self.named(each) for each in names]
        yield from self.items(found[:_MOST_NAMES])
        if len(found) > _MOST_NAMES:
            yield f"  and {len(found) - _MOST_NAMES} more"

    def cited(self, found: Iterable[Cited]) -> Iterator[str]:
        """Sources with the places in them."""
        for each in found:
            by = ", ".join(filter(None, (each.source.title, each.source.author, each.source.published)))
            yield from self.item(f"{by}: {each.place}" if each.place else by)


# ------------------------------------------------------------------------------------------------- rules


def _rule(write: _Writer, rule_id: str) -> Iterator[str]:
    page = write.pages.rule(rule_id)
    where = f"{page.rule.place.file}:{page.rule.place.line}"
    yield from write.heading(page.rule.title, f"rule {rule_id} in {page.topic}, stratum {page.stratum}, {where}")
    for part in (page.when, page.then):
        yield from write.section(part.text, write.tree(part.below))
    texts = (f"{what} ({language}): {text}" for what, language, text in page.texts)
    yield from write.section("In other languages", write.items(texts))
    yield from write.section("Source", write.cited(page.sources))
    if page.rule.owner or page.rule.review_by:
        kept = (f"owner: {page.rule.owner}", f"review by {page.rule.review_by}")
        given = [text for text, value in zip(kept, (page.rule.owner, page.rule.review_by), strict=True) if value]
        yield from write.section("Kept by", write.items(given))
    settings = (write.pages.parameter(each.name) for each in page.parameters)
    said = (f"${each.setting.name} is {_dated(each.values)}: {each.setting.because}" for each in settings)
    yield from write.section("Parameters", write.items(said))
    yield from write.section("Reads", write.used_by(page.reads))
    yield from write.section("Depends on", _ties(write, page.needs, lambda tie: tie.start, _NEEDS))
    yield from write.section("What depends on it", _ties(write, page.needed_by, lambda tie: tie.end, _NEEDED))
    yield from write.section("Examples", (line for each in page.examples for line in _example(write, each)))
    people = [f"{each.example.name} ({each.example.kind})" for each in page.met_by]
    yield from write.section("People and cases for whom it holds", write.items(people))


def _ties(write: _Writer, ties: Iterable[Tie], other: Callable[[Tie], str], words: Mapping[How, str]) -> Iterator[str]:
    found = list(ties)
    for tie in found[:_MOST_NAMES]:
        name = write.named(Name("rule", other(tie)))
        yield from write.item(f"{name} {words[tie.how].format(via=tie.via)}")
    if len(found) > _MOST_NAMES:
        yield f"  and {len(found) - _MOST_NAMES} more"


def _example(write: _Writer, page: ExamplePage) -> Iterator[str]:
    yield from write.item(page.example.name)
    for line in page.facts.splitlines():
        yield write.styled(f"      {clean_line(line)}", dim=True)
    for each in page.effects:
        yield from _effect(write, each)
    if not page.effects:
        yield from write.text("No effect.", 4)
    for sentence in page.differences:
        yield from write.text(f"Not as expected: {sentence}.", 4, 2)


def clean_line(line: str) -> str:
    """A line of YAML with its indentation, and nothing that could steer a terminal."""
    bare = line.lstrip(" ")
    return " " * (len(line) - len(bare)) + clean(bare)


def _effect(write: _Writer, effect: Effect) -> Iterator[str]:
    word, colour = _STATES[effect.state]
    about = f" for {effect.about}" if effect.about else ""
    more = (
        f" Needs {', '.join(effect.more)}." if effect.state == "open" and effect.more else " ".join(("", *effect.more))
    )
    first, *rest = write.text(f"{word}{about}{': ' if effect.text else '.'}{effect.text}{more}", 4, 2)
    yield first.replace(word, write.styled(word, fg=colour, bold=True), 1)
    yield from rest


# ------------------------------------------------------------------------------------------ other things


def _topic(write: _Writer, topic: str) -> Iterator[str]:
    rules = dict(write.pages.topics)[topic]
    yield from write.heading(write.pages.title(Name("topic", topic)), f"topic {topic}, {counted(len(rules), 'rule')}")
    yield from write.section("Rules", write.items(write.named(Name("rule", rule.id)) for rule in rules))


def _conclusion(write: _Writer, name: str) -> Iterator[str]:
    page = write.pages.conclusion(name)
    yield from write.heading(page.conclusion.means, f"conclusion {name}, {page.type}")
    yield from write.section("Values", write.items(f"{value}: {means}" for value, means in page.values))
    yield from write.section("In the report", write.items([page.report] if page.report else []))
    yield from write.section("Drawn by", write.used_by(Name("rule", each) for each in page.drawn_by))
    yield from write.section("Read by", write.used_by(page.read_by))


def _fact(write: _Writer, name: str) -> Iterator[str]:
    page = write.pages.fact(name)
    yield from write.heading(page.fact.title or name, f"fact {name}, in a facts file {page.pointer}")
    yield from write.section("Question", write.items([page.question] if page.question else []))
    takes = [page.type, *(f"{value}: {title}" for value, title in page.values)]
    if page.default:
        takes.append(f"if nothing is said, {page.default} is assumed")
    yield from write.section("Takes", write.items(takes))
    yield from write.section("Means", write.items([page.fact.means] if page.fact.means else []))
    yield from write.section("Asked by", write.used_by(Name("rule", each) for each in page.asked_by))
    yield from write.section("Read by", write.used_by(page.users))


def _list(write: _Writer, thing: str) -> Iterator[str]:
    page = write.pages.listed(thing)
    known = f", in a facts file {page.listed.name}" if page.listed else ""
    yield from write.heading(write.pages.title(Name("list", thing)), f"list of things, each a {thing}{known}")
    yield from write.section("Question", write.items([page.question] if page.question else []))
    yield from write.section("Made by the rules", write.items([page.derived.means] if page.derived else []))
    facts = (f"{each.fact.name}: {each.fact.title}, {each.type}" for each in page.facts)
    yield from write.section("Facts", write.items(facts))
    yield from write.section("Read by", write.used_by(page.users))


def _computed(write: _Writer, name: str) -> Iterator[str]:
    page = write.pages.computed(name)
    yield from write.heading(page.computed.means, f"computed fact {name}, {page.type}")
    yield from write.section("Is", write.items([page.words]))
    yield from write.section("Reads", write.used_by(page.reads))
    yield from write.section("Read by", write.used_by(page.users))


def _parameter(write: _Writer, name: str) -> Iterator[str]:
    page = write.pages.parameter(name)
    yield from write.heading(page.setting.means, f"parameter ${name}")
    yield from write.section("Value", write.items([_dated(page.values)]))
    yield from write.section("Because", write.items([page.setting.because] if page.setting.because else []))
    yield from write.section("Source", write.cited(page.sources))
    yield from write.section("Used by", write.used_by(page.users))


def _dated(values: Iterable[tuple[str, str]]) -> str:
    return "; ".join(f"{value} from {since}" if since else value for since, value in values)


def _table(write: _Writer, name: str) -> Iterator[str]:
    page = write.pages.table(name)
    table = page.table
    yield from write.heading(table.means or name, f"table {name}, {counted(len(page.rows), 'row')}")
    columns = (
        f"{column.name}: {words}{', looked up by' if column.name in table.key else ''}"
        for column, words in zip(table.columns, page.types, strict=True)
    )
    yield from write.section("Columns", write.items(columns))
    rows = [" | ".join(cell or "-" for cell in row) for row in page.rows[:_MOST_ROWS]]
    more = [f"and {len(page.rows) - _MOST_ROWS} more"] if len(page.rows) > _MOST_ROWS else []
    yield from write.section("Rows", (line for row in (*rows, *more) for line in write.text(row, 2, 2)))
    yield from write.section("Source", write.cited(page.sources))
    yield from write.section("Used by", write.used_by(page.users))


def _source(write: _Writer, key: str) -> Iterator[str]:
    source = write.pages.book.sources[key]
    about = ", ".join(filter(None, (f"source {key}", source.author, source.published, source.url)))
    yield from write.heading(source.title, about)
    yield from write.section("Note", write.items([source.note] if source.note else []))
    yield from write.section("Cited by", write.used_by(write.pages.citing(key)))


_SHOWN: Final[Mapping[str, Callable[[_Writer, str], Iterator[str]]]] = {
    "rule": _rule,
    "topic": _topic,
    "conclusion": _conclusion,
    "fact": _fact,
    "list": _list,
    "computed": _computed,
    "parameter": _parameter,
    "table": _table,
    "source": _source,
}
