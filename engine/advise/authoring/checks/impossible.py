"""Checks of the facts in examples, cases and people: whether somebody could have told them."""

from __future__ import annotations

from collections.abc import Iterator

from advise.authoring.checks.check import Check
from advise.authoring.checks.subject import Subject
from advise.case import CaseMaker
from advise.errors import FactsError, Finding, Place, Problem, Severity
from advise.source import MappingNode, Node, SequenceNode, at


def _impossible(subject: Subject) -> Iterator[Finding]:
    maker = CaseMaker(subject.book)
    facts = {place: node for root in subject.roots.values() for place, node in _facts(root)}
    for example in subject.examples:
        node = facts.get(example.place)
        if node is None:  # a case about a person, whose facts stand with the person
            continue
        try:
            maker.make(example.facts, example.as_of)
        except FactsError as error:
            for problem in error.problems:
                place = _place(node, problem)
                yield Finding(place, "example-facts", problem.sentence, problem.hint, severity=Severity.WARNING)


def _facts(node: Node) -> Iterator[tuple[Place, Node]]:
    """Where each example stands, and its facts."""
    if isinstance(node, SequenceNode):
        for item in node.items:
            yield from _facts(item)
    elif isinstance(node, MappingNode):
        if "facts" in node.items and "expect" in node.items:
            yield node.place, node.items["facts"]
        for key in ("rules", "examples", "cases"):
            if key in node.items:
                yield from _facts(node.items[key])


def _place(facts: Node, problem: Problem) -> Place:
    """Where a problem stands: at the name of a fact that there isn't, else at the value."""
    path = [step.replace("~1", "/").replace("~0", "~") for step in problem.pointer.split("/")[1:]]
    found = at(facts, path)
    above = at(facts, path[:-1]) if path else None
    if problem.code == "unknown-fact" and isinstance(above, MappingNode) and path[-1] in above.keys:
        return above.keys[path[-1]]
    return (found or above or facts).place


IMPOSSIBLE = (Check("example-facts", Severity.WARNING, "an example has facts that nobody could give", _impossible),)
