"""The dependencies of rules as a graph, and what it's written as: dot for Graphviz, or Mermaid."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal as OneOf

from advise.authoring.reading.ties import How, Tie, ties
from advise.errors import UsageError
from advise.plan import Plan

MOST_HELD = 8
"""A rule that holds more advice than this has one edge, to a node for all of it."""

Sort = OneOf["rule", "conclusion", "advice"]
Edges = OneOf["draws", "reads", "strict", "overrides", "holds"]


@dataclass(frozen=True, slots=True)
class Node:
    """A rule, a conclusion between rules, or advice that is held all together. `aside`: only for its ties."""

    sort: Sort
    name: str
    label: str
    stratum: int
    aside: bool = False

    @property
    def key(self) -> str:
        """What tells it from the others."""
        return f"{self.sort} {self.name}"


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """From what comes first to what depends on it, by their keys."""

    start: str
    end: str
    how: Edges


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes by stratum and name, and edges. `alone` are the rules that have no ties, which no picture needs."""

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    alone: tuple[Node, ...] = ()

    @property
    def strata(self) -> tuple[tuple[int, tuple[Node, ...]], ...]:
        """The nodes of each stratum."""
        found: dict[int, list[Node]] = {}
        for node in self.nodes:
            found.setdefault(node.stratum, []).append(node)
        return tuple((stratum, tuple(found[stratum])) for stratum in sorted(found))


_EDGES: Mapping[How, Edges] = {
    How.READS: "reads", How.STRICTLY: "strict", How.OVERRIDDEN: "overrides", How.HELD: "holds"
}  # fmt: skip


class Graphs:
    """The graphs of one knowledge base: of all rules, of a topic, around a rule."""

    def __init__(self, plan: Plan, all_ties: Iterable[Tie] | None = None) -> None:
        self.book = plan.rulebook
        self.strata = {rule.id: plan.strata[i] for i, rule in enumerate(plan.rulebook.rules)}
        self.rules = {rule.id: rule for rule in plan.rulebook.rules}
        self.ties = tuple(ties(plan) if all_ties is None else all_ties)
        self._of: dict[str, list[Tie]] = {}
        self._drawn_in: dict[str, int] = {}
        for tie in self.ties:
            self._of.setdefault(tie.start, []).append(tie)
            if tie.end != tie.start:
                self._of.setdefault(tie.end, []).append(tie)
            self._drawn_in[tie.via] = max(self._drawn_in.get(tie.via, 0), self.strata[tie.start])

    def whole(self) -> Graph:
        """All rules."""
        return self._graph(self.book.title, set(self.rules), set(self.rules))

    def topic(self, topic: str, depth: int = 1) -> Graph:
        """The rules of a topic, and those up to `depth` ties away. Raises UsageError for a topic without rules."""
        own = {rule.id for rule in self.book.rules if rule.topic == topic}
        if not own:
            names = ", ".join(sorted({rule.topic for rule in self.book.rules}))
            raise UsageError(f"There is no topic {topic!r} with rules. Those with rules: {names}.")
        return self._graph(self.book.topics.get(topic, topic), own, self._near(own, depth))

    def around(self, rule: str, depth: int = 1) -> Graph:
        """A rule, and those up to `depth` ties away. Raises UsageError for a rule that there isn't."""
        if rule not in self.rules:
            raise UsageError(f"There is no rule {rule!r}.")
        return self._graph(self.rules[rule].title, {rule}, self._near({rule}, depth))

    def _near(self, own: set[str], depth: int) -> set[str]:
        """Rules a few ties away, in one direction: what they depend on, and what depends on them."""
        return set(own).union(*(self._along(own, depth, forward) for forward in (True, False)))

    def _along(self, own: set[str], depth: int, forward: bool) -> set[str]:
        found, edge = set(own), set(own)
        for _ in range(depth):
            near = (tie for rule in edge for tie in self._of.get(rule, ()) if not self._is_broad(tie))
            edge = {tie.end if forward else tie.start for tie in near if (tie.start if forward else tie.end) in edge}
            edge -= found
            found |= edge
        return found

    def _is_broad(self, tie: Tie) -> bool:
        """Whether a tie is one of a hold that keeps so much back that it says little about what it keeps back."""
        hold = self.rules[tie.start].hold
        return tie.how is How.HELD and hold is not None and len(hold.advice) > MOST_HELD

    def _graph(self, title: str, own: set[str], shown: set[str]) -> Graph:
        edges: set[Edge] = set()
        nodes: dict[str, Node] = {}
        for tie in {tie for rule in shown for tie in self._of.get(rule, ())}:
            if tie.start in shown and tie.end in shown and (tie.start in own or tie.end in own or len(own) == 1):
                edges |= set(self._edges(tie, nodes))
        for rule in own:
            self._broad(rule, nodes, edges)
        tied = {key for edge in edges for key in (edge.start, edge.end)}
        for rule in shown:
            node = self._rule(rule, aside=rule not in own)
            if node.key in tied or len(own) == 1:
                nodes[node.key] = node
        alone = tuple(self._rule(rule) for rule in sorted(own) if f"rule {rule}" not in nodes)
        ordered = sorted(nodes.values(), key=lambda node: (node.stratum, node.sort, node.name))
        return Graph(title, tuple(ordered), tuple(sorted(edges)), alone)

    def _rule(self, rule: str, aside: bool = False) -> Node:
        return Node("rule", rule, self.rules[rule].title, self.strata[rule], aside)

    def _edges(self, tie: Tie, nodes: dict[str, Node]) -> Iterator[Edge]:
        start, end = f"rule {tie.start}", f"rule {tie.end}"
        if self._is_broad(tie):
            return
        if not tie.via:
            yield Edge(start, end, _EDGES[tie.how])
            return
        node = Node("conclusion", tie.via, tie.via, self._drawn_in[tie.via])
        nodes[node.key] = node
        yield Edge(start, node.key, "draws")
        yield Edge(node.key, end, _EDGES[tie.how])

    def _broad(self, rule: str, nodes: dict[str, Node], edges: set[Edge]) -> None:
        """One node for all the advice that a rule holds, if that is much."""
        hold = self.rules[rule].hold
        if hold is not None and len(hold.advice) > MOST_HELD:
            highest = max(self.strata[each] for each in hold.advice)
            node = Node("advice", rule, f"the advice of {len(hold.advice)} rules", highest)
            nodes[node.key] = node
            edges.add(Edge(f"rule {rule}", node.key, "holds"))


# --------------------------------------------------------------------------------------------------- dot

_FONT = "Helvetica,Arial,sans-serif"
_SHAPES: Mapping[Sort, str] = {
    "rule": 'shape=box style="rounded,filled" fillcolor="#ffffff" color="#1f5f8b"',
    "conclusion": 'shape=box style="filled" fillcolor="#f4efe2" color="#8a5300"',
    "advice": 'shape=box style="dashed" color="#525c6b"',
}
_LINES: Mapping[Edges, str] = {
    "draws": 'color="#525c6b"',
    "reads": 'color="#1f5f8b"',
    "strict": 'color="#1f5f8b" penwidth=2.4',
    "overrides": 'color="#a3262a" style=dashed arrowhead=tee',
    "holds": 'color="#8a5300" style=dotted penwidth=1.6 arrowhead=diamond',
}
STRATUM = "Stratum {number}"
_FIRST = " (worked out first)"
_CLUSTER = 'class="stratum" style="rounded" color="#b9b6ad" margin=14 labeljust=l'


def dot(graph: Graph, link: Callable[[Node], str] | None = None) -> str:
    """The graph for Graphviz. `link` gives the address that a node leads to; '' for none."""
    number = {node.key: f"n{i}" for i, node in enumerate(graph.nodes)}
    lines = [
        f"digraph {_quoted(graph.title)} {{",
        f'  graph [rankdir=LR nodesep=0.18 ranksep=0.7 fontname="{_FONT}" fontsize=13 bgcolor=transparent]',
        f'  node [fontname="{_FONT}" fontsize=12 margin="0.14,0.07" height=0.3 penwidth=1.2]',
        "  edge [arrowsize=0.7]",
    ]
    for stratum, nodes in graph.strata:
        lines += [
            f"  subgraph cluster_{stratum} {{",
            f"    label={_quoted(stratum_label(stratum))} {_CLUSTER}",
            *(f"    {number[node.key]} [{_node(node, link)}]" for node in nodes),
            "  }",
        ]
    for edge in graph.edges:
        lines.append(f'  {number[edge.start]} -> {number[edge.end]} [class="{edge.how}" {_LINES[edge.how]}]')
    return "\n".join([*lines, "}"]) + "\n"


def stratum_label(stratum: int) -> str:
    """What a stratum is called."""
    return STRATUM.format(number=stratum) + (_FIRST if stratum == 0 else "")


def _node(node: Node, link: Callable[[Node], str] | None) -> str:
    label = "\\n".join(map(_escaped, textwrap.wrap(node.label, 30) or [node.name]))
    address = "" if link is None else link(node)
    extra = f" URL={_quoted(address)} tooltip={_quoted(_tip(node))}" if address else f" tooltip={_quoted(_tip(node))}"
    aside = " aside" if node.aside else ""
    return f'label="{label}" class="{node.sort}{aside}" {_SHAPES[node.sort]}{extra}'


def _tip(node: Node) -> str:
    return node.label if node.sort == "advice" else f"{node.sort} {node.name}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


# ----------------------------------------------------------------------------------------------- mermaid

_ARROWS: Mapping[Edges, str] = {
    "draws": "-->",
    "reads": "-->",
    "strict": "==>",
    "overrides": "--x|overrides|",
    "holds": "-.->|holds|",
}
_MARKS: Mapping[Sort, tuple[str, str]] = {"rule": ("(", ")"), "conclusion": ("[", "]"), "advice": ("([", "])")}


def mermaid(graph: Graph) -> str:
    """The graph in Mermaid's language, which GitHub, GitLab and many editors draw."""
    number = {node.key: f"n{i}" for i, node in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    for stratum, nodes in graph.strata:
        lines.append(f'  subgraph s{stratum}["{stratum_label(stratum)}"]')
        for node in nodes:
            start, end = _MARKS[node.sort]
            lines.append(f'    {number[node.key]}{start}"{_safe(node.label)}"{end}')
        lines.append("  end")
    lines += [f"  {number[edge.start]} {_ARROWS[edge.how]} {number[edge.end]}" for edge in graph.edges]
    return "\n".join(lines) + "\n"


def _safe(text: str) -> str:
    """Text for a label in quotes; characters that Mermaid would read are written by number."""
    return "".join(f"#{ord(each)};" if each in '"#<>&`\\;' else " " if each == "\n" else each for each in text)
