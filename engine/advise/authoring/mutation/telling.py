"""Facts that tell a mutant from the knowledge base that it's made from: the example that would notice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from advise.authoring.mutation.mutants import Mutant
from advise.authoring.mutation.trials import Trials
from advise.authoring.witness.witnesses import TRIES, Witnesses
from advise.knowledge_base import KnowledgeBase
from advise.rules import Example, Rule


class Telling:
    """Finds people for whom mutants of one knowledge base come out otherwise. The same calls give the same people."""

    def __init__(self, base: KnowledgeBase, examples: Sequence[Example]) -> None:
        self.base = base
        self._witnesses = Witnesses(base, examples)
        self._trials = Trials(base, ())

    def facts(self, mutant: Mutant, tries: int = TRIES) -> dict[str, Any] | None:
        """A person's facts for whom other rules hold, or other advice stands; None when none are found among so
        many, though there may be some."""
        for surely in (True, False):
            found = self._witnesses.search(self._near(mutant), self._trials.telling(mutant, surely), tries // 2)
            if found is not None:
                return found
        return None

    def _near(self, mutant: Mutant) -> tuple[Rule, ...]:
        """The rules near which to look: those that may come out otherwise, and the advice that's no longer held."""
        index = self.base.plan.index
        numbers = set(mutant.touched)
        if mutant.name in index:
            numbers.add(index[mutant.name])
        held = [index[name] for name in mutant.lets_go]
        return tuple(self.base.rulebook.rules[number] for number in (*sorted(numbers), *held))
