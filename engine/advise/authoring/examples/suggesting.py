"""New examples for rules, at the edges of their tests that the present examples don't show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from advise.authoring.examples.edges import Edge, Edges
from advise.authoring.witness.changes import copied
from advise.authoring.witness.witnesses import Person, Witnesses
from advise.authoring.writing.formatting import formatted
from advise.authoring.writing.scalars import flow
from advise.errors import Place
from advise.knowledge_base import KnowledgeBase
from advise.outcome import Outcome
from advise.plan import tests
from advise.rules import Example, Rule

MOST = 2000
"""How many people are looked at for one rule, if nothing else is said; a few seconds' worth."""
_NAME = 100


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A new example for a rule: it passes as it stands."""

    rule: Rule
    name: str
    facts: Mapping[str, Any]
    expect: Mapping[str, Any]

    def yaml(self) -> str:
        """As it stands in a rule's `examples`, indented as in rule files."""
        lines = (
            "rules:\n  - id: x\n    examples:\n"
            f"      - name: {flow(self.name)}\n        facts: {flow(self.facts)}\n        expect: {flow(self.expect)}\n"
        )
        return "".join(formatted(lines, "suggestion").splitlines(keepends=True)[3:])


class Suggestions:
    """Suggests examples for the rules of one knowledge base. The same calls give the same examples.

    For one rule no further edge is looked for once `most` people were looked at; `given_up` are the rules where that
    left edges out.
    """

    def __init__(self, base: KnowledgeBase, examples: Sequence[Example], most: int = MOST) -> None:
        self.base = base
        self.most = most
        self.given_up: set[str] = set()
        self.examples = tuple(examples)
        self.witnesses = Witnesses(base, self.examples)
        self.edges = Edges(base.rulebook, self.witnesses.as_of)
        self._kept: list[Edge] = []
        self._people: dict[Place, Person | None] = {}

    def of(self, rule: Rule) -> Iterator[Suggestion]:
        """Examples at the edges of a rule's tests, where the test alone decides what becomes of the rule, that its
        own examples, the cases and the people don't show yet."""
        here = [each for each in self.examples if each.rule in (rule.id, None) and each.as_of == self.witnesses.as_of]
        names = {each.name for each in here if each.rule == rule.id}
        last = self.witnesses.looked_at + self.most
        shown = [person for each in here if (person := self._person(each)) is not None]
        for test in tests(rule.condition):
            for edge in self.edges.of(test):
                self._kept.append(edge)  # conditions are told apart by their identity, so they have to stay
                if any(self.witnesses.shows(rule, edge.test, edge.truth, edge.also, each) for each in shown):
                    continue
                if self.witnesses.looked_at >= last:
                    self.given_up.add(rule.id)
                    continue
                facts = self.witnesses.alone(rule, edge.test, edge.truth, edge.also)
                person = None if facts is None else self.witnesses.person(facts)
                if person is not None:
                    shown.append(person)
                    expect = expected(rule, self.base.advise(person.facts, as_of=self.witnesses.as_of))
                    yield Suggestion(rule, _named(edge.words, names), person.facts, expect)

    def _person(self, example: Example) -> Person | None:
        if example.place not in self._people:
            self._people[example.place] = self.witnesses.person(copied(example.facts))
        return self._people[example.place]


def expected(rule: Rule, outcome: Outcome) -> dict[str, Any]:
    """What an example is to expect of its rule, as it came out."""
    if rule.advise is not None:
        for word, ids in (("given", outcome.given_ids), ("not now", outcome.not_now_ids), ("open", outcome.open_ids)):
            if rule.id in ids:
                return {word: [rule.id]}
        return (
            {"not given": [rule.id], "not open": [rule.id]}
            if rule.id not in outcome.fired_ids
            else {"fires": [rule.id]}
        )
    return {"fires" if rule.id in outcome.fired_ids else "not fires": [rule.id]}


def _named(words: str, taken: set[str]) -> str:
    """A name that no other example of the rule has."""
    name = words if len(words) <= _NAME else words[:_NAME].rpartition(" ")[0]
    free = next(each for each in (name, *(f"{name} ({i})" for i in range(2, 1000))) if each not in taken)
    taken.add(free)
    return free
