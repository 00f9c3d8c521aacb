"""What the examples of a knowledge base reach: rules, conditions, their truth values, and which decide alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from advise.authoring.examples.alike import Alike
from advise.authoring.examples.truths import Conditions, Listed, marks
from advise.case import Case
from advise.errors import FactsError
from advise.evaluate import Evaluation
from advise.evaluate.meaning import Truth
from advise.evaluate.reference import World
from advise.knowledge_base import KnowledgeBase
from advise.rules import Example, Rule

OUTCOMES = (Truth.TRUE, Truth.FALSE, Truth.UNKNOWN)
"""In the order in which people read them."""


@dataclass(frozen=True, slots=True)
class ConditionCoverage:
    """How far the examples reach a condition.

    `reached` are in how many examples it's false, unknown and true, by `Truth`; `decided` in how many of those it
    decides: true or false, with everything else as it is, the rule would come out the other way if it did; unknown,
    the rule would hold with one answer and not with the other.
    """

    condition: Listed
    reached: tuple[int, int, int]
    decided: tuple[int, int, int]

    @property
    def alone(self) -> bool:
        """True when it's shown to decide alone, both when it's true and when it's false (masking MC/DC)."""
        return bool(self.decided[Truth.TRUE] and self.decided[Truth.FALSE])

    @property
    def missing(self) -> tuple[Truth, ...]:
        """The truth values that no example reaches."""
        return tuple(each for each in OUTCOMES if not self.reached[each])


@dataclass(frozen=True, slots=True)
class RuleCoverage:
    """In how many examples a rule certainly holds for something, is open, and neither; and its conditions."""

    rule: Rule
    fired: int
    open: int
    not_fired: int
    conditions: tuple[ConditionCoverage, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    reached: int
    of: int

    @property
    def percent(self) -> float:
        """As a percentage, 100 of nothing."""
        return 100 * self.reached / self.of if self.of else 100.0

    def __str__(self) -> str:
        # Never rounded up to 100: that would hide what's missing.
        return f"{self.reached} of {self.of} ({int(self.percent * 10) / 10:g} %)"


@dataclass(frozen=True)
class Coverage:
    """What the examples reach, rule by rule. `examples` is how many were looked at."""

    rules: tuple[RuleCoverage, ...]
    examples: int

    def of(self, wanted: Callable[[Rule], bool]) -> Coverage:
        """The part of some rules."""
        return Coverage(tuple(each for each in self.rules if wanted(each.rule)), self.examples)

    @cached_property
    def conditions(self) -> tuple[ConditionCoverage, ...]:
        """The conditions of all rules."""
        return tuple(each for rule in self.rules for each in rule.conditions)

    @cached_property
    def fired(self) -> Share:
        """The rules that certainly hold in some example."""
        return Share(sum(rule.fired > 0 for rule in self.rules), len(self.rules))

    @cached_property
    def not_fired(self) -> Share:
        """The rules that certainly don't hold in some example."""
        return Share(sum(rule.not_fired > 0 for rule in self.rules), len(self.rules))

    def reached(self, truth: Truth) -> Share:
        """The conditions that have this truth value in some example."""
        return Share(sum(each.reached[truth] > 0 for each in self.conditions), len(self.conditions))

    @cached_property
    def alone(self) -> Share:
        """The conditions that are shown to decide alone."""
        return Share(sum(each.alone for each in self.conditions), len(self.conditions))


@dataclass
class _Tally:
    """The counts of one rule, while they grow."""

    conditions: Conditions
    fired: int = 0
    open: int = 0
    reached: list[list[int]] = field(init=False)
    decided: list[list[int]] = field(init=False)
    known: dict[Hashable, Mapping[int, tuple[int, int]]] = field(default_factory=dict)
    times: Counter[Hashable] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.reached = [[0, 0, 0] for _ in self.conditions.all]
        self.decided = [[0, 0, 0] for _ in self.conditions.all]

    def add(self, world: World, facts: Hashable) -> None:
        """Counts what one example reaches; `facts` is all of it that the rule's conditions depend on."""
        if facts not in self.known:
            self.known[facts] = marks(self.conditions, world)
        self.times[facts] += 1

    def done(self, examples: int) -> RuleCoverage:
        """The counts, once there's nothing to add."""
        for facts, times in self.times.items():
            for number, bits in self.known[facts].items():
                for counts, having in zip((self.reached[number], self.decided[number]), bits, strict=True):
                    for truth in Truth:
                        counts[truth] += times * (having >> truth & 1)
        conditions = tuple(
            ConditionCoverage(each, (r[0], r[1], r[2]), (d[0], d[1], d[2]))
            for each, r, d in zip(self.conditions.all, self.reached, self.decided, strict=True)
        )
        return RuleCoverage(self.conditions.rule, self.fired, self.open, examples - self.fired - self.open, conditions)


def coverage(base: KnowledgeBase, examples: Iterable[Example]) -> Coverage:
    """What `examples` reach of a knowledge base. An example whose facts can't be used reaches nothing.

    Conditions know where they stand if the rulebook comes from `advise.loading.read`.
    """
    tallies = [_Tally(Conditions(rule)) for rule in base.rulebook.rules]
    alike = Alike(base.plan)
    looked_at = 0
    for case, evaluation in _evaluated(base, examples):
        looked_at += 1
        fired = {rule for rule, _ in evaluation.certain}
        for number in fired:
            tallies[number].fired += 1
        for number in {rule for rule, _ in evaluation.open} - fired:
            tallies[number].open += 1
        world = alike.world(case, evaluation)
        for tally, read in zip(tallies, alike.reads, strict=True):
            tally.add(world, world.all_of(read))
    return Coverage(tuple(tally.done(looked_at) for tally in tallies), looked_at)


def _evaluated(base: KnowledgeBase, examples: Iterable[Example]) -> Iterator[tuple[Case, Evaluation]]:
    for example in examples:
        try:
            case = base.case(example.facts, example.as_of)
        except FactsError:
            continue
        yield case, base.evaluate(case)
