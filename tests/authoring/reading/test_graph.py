"""The graph of the rules, and its two languages."""

from __future__ import annotations

import re
import shutil
import subprocess
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advise import UsageError
from advise.authoring.reading import graphviz
from advise.authoring.reading.graph import Edge, Graph, Graphs, Node, dot, mermaid
from advise.authoring.reading.pages import Pages
from advise.errors import AdviseError
from advise.plan import Plan
from tests.authoring.reading.base import NEEDS_GRAPHVIZ, career
from tests.generated import KnowledgeBases


def graphs(pages: Pages) -> Graphs:
    return Graphs(pages.base.plan, pages.ties)


def names(graph: Graph) -> set[str]:
    return {node.key for node in graph.nodes}


def test_it_has_each_sort_of_edge_and_conclusions_between_rules(shop: Pages) -> None:
    edges = set(graphs(shop).whole().edges)
    assert {
        Edge("rule roadworthy", "conclusion bike.roadworthy", "draws"),
        Edge("conclusion bike.roadworthy", "rule plan-a-trip", "reads"),
        Edge("conclusion riding.status", "rule plan-a-trip", "strict"),
        Edge("rule new-motor-pads", "rule new-pads", "overrides"),
        Edge("rule new-bike", "rule book-service", "holds"),
    } <= edges


def test_rules_without_ties_are_named_apart(shop: Pages) -> None:
    graph = graphs(shop).whole()
    assert "ask-terrain" in [node.name for node in graph.alone]
    assert names(graph) | {node.key for node in graph.alone} >= {f"rule {rule.id}" for rule in shop.book.rules}


def test_a_rule_that_holds_nearly_everything_has_one_edge_for_it_all() -> None:
    graph = graphs(career()).whole()
    held = [edge for edge in graph.edges if edge.start == "rule after-income-is-safe" and edge.how == "holds"]
    assert held == [Edge("rule after-income-is-safe", "advice after-income-is-safe", "holds")]


def test_depth_says_how_far_the_graph_around_a_rule_reaches(shop: Pages) -> None:
    found = graphs(shop)
    assert names(found.around("plan-a-trip", 0)) == {"rule plan-a-trip"}
    near = found.around("book-service", 1)
    assert {"rule new-bike", "rule book-service"} <= names(near)
    assert all(node.aside is (node.name != "book-service") for node in near.nodes if node.sort == "rule")
    assert names(found.around("ask-terrain")) == {"rule ask-terrain"}
    with pytest.raises(UsageError, match="no rule 'gone'"):
        found.around("gone")
    with pytest.raises(UsageError, match=r"no topic 'gone'.* workshop"):
        found.topic("gone")


def test_a_graph_of_a_topic_has_its_rules_and_their_neighbours() -> None:
    graph = graphs(career()).topic("goals")
    own = {rule.id for rule in career().book.rules if rule.topic == "goals"}
    inside = {node.name for node in graph.nodes if node.sort == "rule" and not node.aside}
    assert inside | {node.name for node in graph.alone} == own


@given(st.integers(0, 2**48))
@settings(max_examples=40, deadline=None)
def test_every_edge_of_a_generated_graph_ends_at_nodes_and_no_need_lies_in_a_later_stratum(seed: int) -> None:
    plan = Plan(KnowledgeBases(Random(seed)).rulebook(12))
    found = Graphs(plan)
    for graph in (found.whole(), *(found.around(rule.id) for rule in plan.rulebook.rules)):
        stratum = {node.key: node.stratum for node in graph.nodes}
        for edge in graph.edges:
            assert {edge.start, edge.end} <= set(stratum)
            if edge.how != "holds":
                assert stratum[edge.start] + (edge.how in ("strict", "overrides")) <= stratum[edge.end]
        for text in (dot(graph), mermaid(graph)):
            assert len(re.findall(r"\bn\d+ \S*[-=]\S*>?\S* n\d+", text)) == len(graph.edges)


def test_labels_cannot_break_out_of_their_quotes() -> None:
    nasty = 'a "quoted" \\ <b>&\nlabel]; x -> y'
    graph = Graph(
        nasty, (Node("rule", "a", nasty, 0), Node("rule", "b", "plain", 1)), (Edge("rule a", "rule b", "holds"),)
    )
    text = mermaid(graph)
    assert 'n0("a #34;quoted#34; #92; #60;b#62;#38; label]#59; x -#62; y")' in text
    assert dot(graph).count("->") - dot(graph).count("x ->") == 1
    if shutil.which("dot"):
        (picture,) = graphviz.drawn([dot(graph)])
        assert picture.count('class="node') == 2
        assert "&lt;b&gt;" in picture


@NEEDS_GRAPHVIZ
def test_graphviz_shows_strata_links_and_kinds_of_edges(shop: Pages) -> None:
    graph = graphs(shop).whole()
    (picture,) = graphviz.drawn([dot(graph, lambda node: f"{node.name}.html")])
    assert picture.startswith("<svg")
    assert "<!--" not in picture
    assert 'xlink:href="plan&#45;a&#45;trip.html"' in picture or 'xlink:href="plan-a-trip.html"' in picture
    for number, _ in graph.strata:
        assert f"Stratum {number}" in picture
    for how in {edge.how for edge in graph.edges}:
        assert f'class="edge {how}"' in picture


def test_without_graphviz_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(UsageError, match=r"apt install graphviz.*brew install graphviz.*winget install graphviz"):
        graphviz.drawn(["digraph {}"])


@NEEDS_GRAPHVIZ
def test_what_graphviz_says_against_a_graph_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AdviseError, match=r"couldn't draw the graph: .*syntax error"):
        graphviz.drawn(["digraph {"])

    def late(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("dot", 120)

    monkeypatch.setattr(subprocess, "run", late)
    with pytest.raises(AdviseError, match="timed out"):
        graphviz.drawn(["digraph {}"])
