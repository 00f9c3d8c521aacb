"""A knowledge base as a web site: files that need no server, no network and, but for searching, no JavaScript."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from typing import TYPE_CHECKING, Any

from advise.authoring import EXTRA
from advise.authoring.examples.coverage import ConditionCoverage, Coverage, RuleCoverage
from advise.authoring.examples.margins import WORDS, lacking
from advise.authoring.reading import graphviz
from advise.authoring.reading.graph import Graph, Graphs, Node, dot, mermaid
from advise.authoring.reading.pages import Pages, RulePage
from advise.authoring.reading.ties import How, Tie
from advise.authoring.reading.uses import Name, Sort
from advise.authoring.reading.wording import value_words
from advise.authoring.sentences import Line
from advise.errors import UsageError
from advise.evaluate.meaning import Truth
from advise.rules import Setting, written_table

if TYPE_CHECKING:
    from jinja2 import Environment

MOST_ROWS = 500
"""A table's page shows no more rows than this."""

MOST_DRAWN = 1000
"""A graph with more nodes than this isn't drawn: nobody could read the picture. Its topics have theirs."""

_PARTS = (
    ("index.html", "Rules"),
    ("facts.html", "Facts"),
    ("conclusions.html", "Conclusions"),
    ("parameters.html", "Parameters"),
    ("tables.html", "Tables"),
    ("sources.html", "Sources"),
    ("examples.html", "People"),
    ("graphs/all.html", "Graph"),
)
_SORTS: Mapping[Sort, str] = {
    "rule": "rule", "topic": "topic", "conclusion": "conclusion", "fact": "fact", "list": "list",
    "computed": "computed fact", "parameter": "parameter", "table": "table", "source": "source", "example": "example",
}  # fmt: skip
_STATES = {
    "given": "Given", "not now": "Not now", "open": "Open", "holds": "Holds", "refers": "Refers", "stopped": "Stopped",
}  # fmt: skip
_REASONS = {"not now": "Because:", "open": "Needs:", "stopped": "A referral stops all advice:"}
_NEEDS = {
    How.READS: "reads what is drawn by",
    How.STRICTLY: "has to wait for",
    How.OVERRIDDEN: "is put aside where this holds:",
    How.HELD: "is held back where this holds:",
}
_GROUPS = (
    ("Depends on", {How.READS, How.STRICTLY}, True),
    ("Overridden by", {How.OVERRIDDEN}, True),
    ("Held back by", {How.HELD}, True),
    ("What depends on it", {How.READS, How.STRICTLY}, False),
    ("Overrides", {How.OVERRIDDEN}, False),
    ("Holds back", {How.HELD}, False),
)
_TRUTHS = tuple((WORDS[truth], truth) for truth in (Truth.TRUE, Truth.FALSE, Truth.UNKNOWN))
_STATIC = ("site.css", "search.js", "zoom.js")
_PARAMETER = re.compile(r"\$([a-z][a-z0-9_]*)")
# The colours of the page stand in its style sheet; a picture by itself has these, for dark screens too.
_OWN_STYLE = """<style>@media (prefers-color-scheme: dark) {
svg { background: #15181d } text { fill: #e8e6e1 } .node path, .node polygon { fill: #1d2128; stroke: #8ec5ee }
.conclusion polygon { fill: #2e2a20; stroke: #f0bf6c } .edge path, .edge polygon { stroke: #8ec5ee }
.edge polygon { fill: #8ec5ee } .draws path, .draws polygon { stroke: #adb3bd } .draws polygon { fill: #adb3bd }
.overrides path, .overrides polygon { stroke: #ff9c98 } .overrides polygon { fill: #ff9c98 }
.holds path, .holds polygon { stroke: #f0bf6c } .holds polygon { fill: #f0bf6c } }</style>"""


def site(pages: Pages, reached: Coverage | None = None) -> Mapping[str, bytes]:
    """The files of the site, by their path in it. The same knowledge base gives the same bytes.

    With `reached`, what the examples reach, the pages say so.

    Raises UsageError without the extra `authoring`, AdviseError when Graphviz fails; where it isn't installed, the
    pages say so and have lists in place of pictures.
    """
    return dict(sorted(_Site(pages, reached).files()))


def address(name: Name) -> str:
    """Where something stands in the site. The pages' own anchors have a hyphen, which no fact's name has."""
    match name.sort:
        case "rule":
            return f"rules/{name.name}.html"
        case "topic":
            return f"topics/{name.name}.html"
        case "table":
            return f"tables/{name.name}.html"
        case "fact":
            return f"facts.html#{name.name}"
        case "list":
            return f"facts.html#list-{name.name}"
        case "conclusion" | "computed":
            return f"conclusions.html#{name.name}"
        case "parameter":
            return f"parameters.html#{name.name}"
        case "source":
            return f"sources.html#{name.name}"
        case "example":
            return f"examples/{name.name}.html"


def _link(node: Node) -> str:
    """Where a node of a picture leads, from a page one folder down."""
    return "" if node.sort == "advice" else "../" + address(Name(node.sort, node.name))


class _Site:
    def __init__(self, pages: Pages, reached: Coverage | None) -> None:
        self.pages = pages
        self.reached = reached
        self.by_rule = {each.rule.id: each for each in reached.rules} if reached else {}
        self.book = pages.book
        self.environment = _environment(pages, _PARTS if reached is None else (*_PARTS, ("coverage.html", "Coverage")))
        self.rules = [pages.rule(rule.id) for _, rules in pages.topics for rule in rules]
        self.page_of = {page.rule.id: page for page in self.rules}
        self.examples = [*(each for page in self.rules for each in page.examples), *pages.cases]
        self.graphs = self._graphs()
        self.pictures = self._pictures()

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Every file of the site."""
        for path, html in (*self._lists(), *self._rules(), *self._others(), *self._graph_pages()):
            yield path, html.encode()
        for name in _STATIC:
            yield name, resources.files(__package__).joinpath("templates", name).read_bytes()
        yield "search-index.js", _index_script(self._search_index()).encode()

    # ------------------------------------------------------------------------------------------- pages

    def _page(self, template: str, path: str, **values: Any) -> tuple[str, str]:
        root = "../" * path.count("/")
        return path, self.environment.get_template(template).render(path=path, root=root, **values) + "\n"

    def _lists(self) -> Iterator[tuple[str, str]]:
        pages, book = self.pages, self.book
        wrong = [each for each in self.examples if each.differences]
        yield self._page("index.html", "index.html", examples=self.examples, wrong=wrong, reached=self.reached)
        things = [*(each.thing for each in book.lists.values()), *book.derived]
        yield self._page("facts.html", "facts.html", lists=[pages.listed(each) for each in dict.fromkeys(things)])
        conclusions = [pages.conclusion(each.name) for each in book.conclusions.values()]
        computed = [pages.computed(each.name) for each in book.computed.values()]
        yield self._page("conclusions.html", "conclusions.html", conclusions=conclusions, computed=computed)
        parameters = [pages.parameter(name) for name in book.settings]
        yield self._page("parameters.html", "parameters.html", parameters=parameters)
        yield self._page("tables.html", "tables.html", tables=[pages.table(name) for name in self._tables])
        yield self._page("sources.html", "sources.html", sources=book.sources.values())
        yield self._page("examples.html", "examples.html")
        yield self._page("search.html", "search.html")
        if self.reached is not None:
            found = [(each.rule.id, self._gaps(each)) for each in self.reached.rules]
            gaps = [(rule, lack) for rule, lack in found if lack]
            yield self._page("coverage.html", "coverage.html", reached=self.reached, gaps=gaps)

    def _gaps(self, rule: RuleCoverage) -> list[tuple[str, str]]:
        """The conditions of which the examples don't show everything, each with what is lacking."""
        return [(self._said(each), lack) for each in rule.conditions if (lack := lacking(each))]

    def _said(self, each: ConditionCoverage) -> str:
        return self.pages.sentences.condition(each.condition.node).text

    @property
    def _tables(self) -> list[str]:
        return [name for name in self.book.tables if name == written_table(name)]

    def _rules(self) -> Iterator[tuple[str, str]]:
        for page in self.rules:
            path = address(Name("rule", page.rule.id))
            reached = self.by_rule.get(page.rule.id)
            more = {"reached": reached, "gaps": self._gaps(reached) if reached else [], "said_of": self._said}
            yield self._page("rule.html", path, page=page, **more, **self._picture(f"rule {page.rule.id}"))

    def _others(self) -> Iterator[tuple[str, str]]:
        pages = self.pages
        for topic, rules in pages.topics:
            found = [self.page_of[rule.id] for rule in rules]
            title, path = pages.title(Name("topic", topic)), address(Name("topic", topic))
            yield self._page("topic.html", path, topic=topic, title=title, rules=found)
        for name in self._tables:
            path = address(Name("table", name))
            yield self._page("table.html", path, page=pages.table(name), most=MOST_ROWS)
        for each in pages.cases:
            outcome = pages.result(each).outcome
            yield self._page("example.html", address(Name("example", each.slug)), page=each, outcome=outcome)

    # ------------------------------------------------------------------------------------------ graphs

    def _graphs(self) -> dict[str, Graph]:
        graphs = Graphs(self.pages.base.plan, self.pages.ties)
        found = {"all": graphs.whole()}
        found.update({f"topic {topic}": graphs.topic(topic) for topic, _ in self.pages.topics})
        found.update({f"rule {page.rule.id}": graphs.around(page.rule.id) for page in self.rules})
        return found

    def _pictures(self) -> dict[str, str]:
        """The pictures by the keys of their graphs; none without Graphviz."""
        if not graphviz.is_installed():
            return {}
        shown = {key: graph for key, graph in self.graphs.items() if graph.edges and len(graph.nodes) <= MOST_DRAWN}
        drawn = graphviz.drawn([dot(graph, _link) for graph in shown.values()])
        return {key: _inline(svg, shown[key].title) for key, svg in zip(shown, drawn, strict=True)}

    def _picture(self, key: str) -> dict[str, Any]:
        from markupsafe import Markup

        graph = self.graphs[key]
        boxes = f"it would have {len(graph.nodes)} boxes"
        why = boxes if graphviz.is_installed() else "there was no Graphviz to draw it"
        return {"graph": graph, "svg": Markup(self.pictures.get(key, "")), "why": why, "mermaid": mermaid(graph)}

    def _graph_pages(self) -> Iterator[tuple[str, str]]:
        all_rules = [page.rule.id for page in self.rules]
        yield from self._graph_page("all", "", "Graph of all rules", all_rules)
        for topic, rules in self.pages.topics:
            title = f"Graph of the topic {self.pages.title(Name('topic', topic))}"
            yield from self._graph_page(f"topic {topic}", topic, title, [rule.id for rule in rules])

    def _graph_page(self, key: str, topic: str, title: str, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
        base = key.replace(" ", "-")
        by_stratum: dict[int, list[str]] = {}
        for rule in ids:
            by_stratum.setdefault(self.page_of[rule].stratum, []).append(rule)
        more = {"strata": sorted(by_stratum.items()), "needs": self._needs, "file": f"{base}.svg", "topic": topic}
        yield self._page("graph.html", f"graphs/{base}.html", title=title, **more, **self._picture(key))
        if key in self.pictures:
            picture = self.pictures[key]
            yield f"graphs/{base}.svg", re.sub(r">", f">{_OWN_STYLE}", picture, count=1)

    def _needs(self, rule: str) -> list[tuple[str, Tie]]:
        """The ties of a rule to those it depends on, in words; holds of nearly everything are left to their rule."""
        return [(_NEEDS[tie.how], tie) for tie in self.page_of[rule].needs]

    # ------------------------------------------------------------------------------------------ search

    def _search_index(self) -> Iterator[tuple[str, str, str, str]]:
        """Name, sort, address and words of everything that can be found."""
        for page in self.rules:
            words = " ".join([page.rule.id, *_texts([page.when, page.then])])
            yield page.rule.title, f"rule in {page.topic}", address(Name("rule", page.rule.id)), words
        for fact in self.book.facts.values():
            told = self.pages.fact(fact.name)
            words = " ".join([told.pointer, fact.name, told.question, fact.means, *(each for _, each in told.values)])
            yield fact.title or fact.name, "fact", address(Name("fact", fact.name)), words
        for conclusion in self.book.conclusions.values():
            yield conclusion.name, "conclusion", address(Name("conclusion", conclusion.name)), conclusion.means
        for computed in self.book.computed.values():
            yield computed.name, "computed fact", address(Name("computed", computed.name)), computed.means
        for setting in self.book.settings.values():
            words = f"{setting.means} {setting.because}"
            yield f"${setting.name}", "parameter", address(Name("parameter", setting.name)), words
        for name in self._tables:
            yield name, "table", address(Name("table", name)), self.book.tables[name].means
        for source in self.book.sources.values():
            words = f"{source.key} {source.author} {source.note}"
            yield source.title, "source", address(Name("source", source.key)), words
        for each in self.pages.cases:
            yield each.example.name, each.example.kind, address(Name("example", each.slug)), each.example.about


def _texts(lines: Iterable[Line]) -> Iterator[str]:
    for line in lines:
        yield line.text
        yield from _texts(line.below)


def _index_script(entries: Iterable[tuple[str, str, str, str]]) -> str:
    return "const SEARCH_INDEX = [\n" + "".join(f"{json.dumps(each)},\n" for each in entries) + "];\n"


def _inline(svg: str, title: str) -> str:
    """A picture to put into a page: in pixels, with a name, without Graphviz's own names for nodes."""
    from markupsafe import escape

    svg = re.sub(r"<title>.*?</title>\n?", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(width|height)="(\d+)pt"', r'\1="\2"', svg, count=2)
    svg = svg.replace("<svg ", f'<svg role="group" aria-label="{escape(title)}" ', 1)
    return re.sub(r' id="(?:a_)?(?:node|edge|clust|graph)\d+"', "", svg)


# -------------------------------------------------------------------------------------------- templates


def _environment(pages: Pages, parts: Sequence[tuple[str, str]]) -> Environment:
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ModuleNotFoundError:
        raise UsageError(f"To write pages, jinja2 is needed: {EXTRA}") from None
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    language = pages.book.languages[0]
    said = "" if language.split("-")[0] == "en" else Markup(' lang="{}"').format(language)
    environment.globals.update(
        pages=pages, book=pages.book, parts=parts, said=said, href=address, name=Name, sorts=_SORTS, states=_STATES,
        reasons=_REASONS, ties=_grouped, values=_values,
        truths=_TRUTHS, alone=_alone,
    )  # fmt: skip
    environment.filters.update(
        marked=_marker(pages),
        named=_namer(pages),
        fact_title=_fact_title,
        safe_address=_is_safe,
        value=_value,
        small=_small,
    )
    return environment


def _marker(pages: Pages) -> Any:
    """A filter that links the parameters in a text."""
    from markupsafe import Markup, escape

    def marked(text: str, root: str) -> Markup:
        def linked(match: re.Match[str]) -> str:
            if match[1] not in pages.book.settings:
                return match[0]
            return f'<a href="{root}{address(Name("parameter", match[1]))}">{match[0]}</a>'

        return Markup(_PARAMETER.sub(linked, str(escape(text))))

    return marked


def _namer(pages: Pages) -> Any:
    """A filter that links the name of a rule or a conclusion with its title."""
    from markupsafe import Markup, escape

    names = frozenset(pages.names)

    def named(text: str, root: str) -> Markup:
        for sort in ("rule", "conclusion"):
            name = Name(sort, text)
            if name in names:
                return Markup('<a href="{}{}">{}</a>').format(root, address(name), pages.title(name))
        return escape(text)

    return named


def _fact_title(name: str, pages: Pages) -> str:
    """A fact's or list's title, for its name as questions have it."""
    found = [each for each in pages.find(name) if each.sort in ("fact", "list")]
    title = pages.title(found[0]) if found else name
    thing = name.partition(".")[0]
    return f"{title} ({thing})" if "." in name and title != name else title


def _grouped(page: RulePage) -> list[tuple[str, list[tuple[Tie, str]]]]:
    """The ties of a rule under headings, each with the rule at its other end."""
    found = []
    for words, hows, needs in _GROUPS:
        ties = page.needs if needs else page.needed_by
        group = [(tie, tie.start if needs else tie.end) for tie in ties if tie.how in hows]
        if group:
            found.append((words, group))
    return found


def _alone(each: ConditionCoverage) -> str:
    """Whether a condition is shown to decide by itself."""
    if each.alone:
        return "yes"
    shown = [WORDS[truth] for truth in (Truth.TRUE, Truth.FALSE) if each.decided[truth]]
    return f"only when {shown[0]}" if shown else "not shown"


def _values(setting: Setting) -> str:
    parts = [
        value_words(value, setting.type) + ("" if since.year == 1 else f" from {since.isoformat()}")
        for since, value in setting.values
    ]
    return "; ".join(parts)


def _is_safe(url: str) -> bool:
    return url.startswith(("https://", "http://"))


def _value(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value).replace("_", " ")


def _small(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:].rstrip(".")
