"""Facts for what the examples don't reach of a rule's conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from advise.authoring.examples.coverage import OUTCOMES, ConditionCoverage
from advise.authoring.examples.truths import Conditions, marks
from advise.authoring.witness.witnesses import Witnesses
from advise.evaluate.meaning import Truth
from advise.evaluate.reference import World
from advise.knowledge_base import KnowledgeBase
from advise.rules import Example, Rule


class Reached(NamedTuple):
    """A person's facts for whom a condition has a truth value. `alone`: and it decides the rule by itself."""

    truth: Truth
    alone: bool
    facts: dict[str, Any]


class Reaching:
    """Finds facts for what the examples of one knowledge base don't reach. The same calls give the same facts."""

    def __init__(self, base: KnowledgeBase, examples: Sequence[Example]) -> None:
        self.base = base
        self._witnesses = Witnesses(base, examples)

    def of(self, rule: Rule, condition: ConditionCoverage) -> Iterator[Reached]:
        """People who'd add to what the examples show of a condition; those that aren't found are left out."""
        for truth in _wanting(condition):
            found = self._found(rule, condition, truth)
            if found is not None and (found.alone or not condition.reached[truth]):
                yield found

    def _found(self, rule: Rule, condition: ConditionCoverage, truth: Truth) -> Reached | None:
        facts = self._witnesses.reaching(rule, condition.condition.node, truth)
        if facts is None:
            return None
        case = self.base.case(facts, self._witnesses.as_of)
        world = World(self.base.plan, case, self.base.evaluate(case))
        seen, decided = marks(Conditions(rule), world).get(condition.condition.number, (0, 0))
        return Reached(truth, bool(decided >> truth & 1), facts) if seen >> truth & 1 else None


def _wanting(condition: ConditionCoverage) -> Iterator[Truth]:
    """What no example reaches; and true and false where the condition never decides alone."""
    for truth in OUTCOMES:
        counts = condition.reached if truth is Truth.UNKNOWN else condition.decided
        if not counts[truth]:
            yield truth
