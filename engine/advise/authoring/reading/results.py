"""What became of one rule for one person: given, waiting, open, concluded, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from advise.case import Case
from advise.cases import differences
from advise.errors import FactsError
from advise.evaluate import Evaluation, Firing
from advise.evaluate.reference import World
from advise.knowledge_base import KnowledgeBase
from advise.outcome import Outcome, outcome
from advise.places import Places
from advise.questions import Reading
from advise.rules import Example, Rule
from advise.standing import Advised, Standing
from advise.words import Wording


@dataclass(frozen=True, slots=True)
class Effect:
    """What a rule did for one thing, or for the person.

    `state` is `given`, `not now`, `open`, `refers` or `holds`; `about` names the things that it binds, `text` is
    what it says to this person, `more` why it waits, or what is missing.
    """

    state: str
    about: str = ""
    text: str = ""
    more: tuple[str, ...] = ()


class Result:
    """An example, worked out: its outcome, what differs from its expectations, and what each rule did.

    `problems` are sentences, some when the facts can't be used; then there's no outcome.
    """

    def __init__(self, base: KnowledgeBase, example: Example) -> None:
        self.base = base
        self.example = example
        self.problems: tuple[str, ...] = ()
        self._case: Case | None = None
        try:
            self._case = base.case(example.facts, example.as_of)
        except FactsError as error:
            self.problems = tuple(map(str, error.problems))

    @cached_property
    def outcome(self) -> Outcome | None:
        """What the rules say; None when the facts can't be used."""
        if self._case is None:
            return None
        return outcome(self.base.plan, self._case, self._evaluation)

    @cached_property
    def differences(self) -> tuple[str, ...]:
        """In sentences, how the outcome differs from what the example expects."""
        return self.problems if self.outcome is None else tuple(differences(self.outcome, self.example))

    @cached_property
    def fired(self) -> frozenset[str]:
        """The ids of the rules that certainly hold for somebody or something."""
        return frozenset() if self.outcome is None else frozenset(self.outcome.fired_ids)

    def effects(self, rule: Rule) -> tuple[Effect, ...]:
        """What a rule did, for each thing that it binds; nothing when it doesn't hold."""
        if self._case is None:
            return ()
        index = self.base.plan.index[rule.id]
        found = self._advised(index) if rule.advise is not None else self._fired(index)
        return tuple(sorted(found, key=lambda each: (each.state, each.about, each.text)))

    # ------------------------------------------------------------------------------------ foundations

    @cached_property
    def _evaluation(self) -> Evaluation:
        assert self._case is not None
        return self.base.evaluate(self._case)

    @cached_property
    def _standing(self) -> Standing:
        return Standing.of(self.base.rulebook, self._evaluation)

    @cached_property
    def _reading(self) -> Reading:
        assert self._case is not None
        world = World(self.base.plan, self._case, self._evaluation)
        return Reading(self.base.plan, self._evaluation, world, Places(self.base.rulebook, self._case))

    @cached_property
    def _words(self) -> Wording:
        reading = self._reading
        return Wording(self.base.rulebook, reading.world, reading.places, self.base.languages[0])

    def _advised(self, index: int) -> Iterator[Effect]:
        kept = self._standing
        if kept.refer and any(firing[0] == index for firing in self._evaluation.certain):
            yield Effect("stopped", more=tuple(sorted({self._rule(each).title for each in kept.refer})))
        for state, advice in (("given", kept.given), ("not now", kept.not_now), ("open", kept.open)):
            for each in advice:
                if each.firing[0] == index:
                    more = self._held(each) if state == "not now" else self._missing(each) if state == "open" else ()
                    yield Effect(state, self._about(each.firing), self._said(each.firing), more)

    def _fired(self, index: int) -> Iterator[Effect]:
        for firing in self._evaluation.certain:
            if firing[0] == index:
                refers = self._rule(firing).refer is not None
                yield Effect("refers" if refers else "holds", self._about(firing), self._said(firing))
        for firing in self._evaluation.open:
            if firing[0] == index:
                yield Effect("open", self._about(firing), more=self._lacks((firing,)))

    def _rule(self, firing: Firing) -> Rule:
        return self.base.rulebook.rules[firing[0]]

    def _about(self, firing: Firing) -> str:
        scopes = zip(self._rule(firing).each, firing[1], strict=True)
        labels = (self._words.label(scope.thing, index) or f"a {scope.name} not named yet" for scope, index in scopes)
        return ", ".join(labels)

    def _said(self, firing: Firing) -> str:
        rule, env = self._rule(firing), self._reading.world.environment(self._rule(firing), firing[1])
        words = (
            rule.advise.say
            if rule.advise
            else rule.refer.say
            if rule.refer
            else rule.hold.because
            if rule.hold
            else None
        )
        return "" if words is None else self._words.text(words, env)

    def _held(self, advice: Advised) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._said(hold) for hold in advice.held))

    def _missing(self, advice: Advised) -> tuple[str, ...]:
        """What keeps advice open: its own conditions, else what may hold it or refer instead."""
        if not advice.sure:
            return self._lacks((advice.firing,))
        return self._lacks((*advice.maybe_held, *self._standing.maybe_refer))

    def _lacks(self, firings: tuple[Firing, ...]) -> tuple[str, ...]:
        lacks, conflicts = self._reading.lacks(firings)
        return tuple(dict.fromkeys((*(lack.name for lack in lacks), *conflicts)))
