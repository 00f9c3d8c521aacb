"""Which advice waits for which facts, for many people at once: from what is open back to what is lacking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from advise.conditions import Scope
from advise.evaluate.columnar.arrays import Bools, Ints, full, picked
from advise.evaluate.columnar.evaluator import Columnar, Fired, Firings, matched, shared_names, thing_keys
from advise.evaluate.columnar.frames import Frame
from advise.evaluate.columnar.lacking import Lacking, Marked, Marks, Words, merged
from advise.plan import Plan

WIDEST = 256
"""How much advice is followed at once: a bit for each."""


@dataclass(frozen=True, slots=True)
class Block:
    """Advice and referrals that are followed together: the index of each rule, with its word and its bit in it."""

    bits: Mapping[int, tuple[int, np.uint64]]

    @property
    def words(self) -> int:
        """How many words of 64 bits they need."""
        return (len(self.bits) + 63) // 64

    def mask(self, rules: Iterator[int]) -> Words:
        """One row with the bits of some rules."""
        found = np.zeros(self.words, np.uint64)
        for rule in rules:
            word, bit = self.bits[rule]
            found[word] |= bit
        return found


def blocks(rules: Sequence[int]) -> Iterator[Block]:
    """Some rules, in blocks that aren't too wide."""
    for first in range(0, len(rules), WIDEST):
        some = rules[first : first + WIDEST]
        yield Block({rule: (place // 64, np.uint64(1 << place % 64)) for place, rule in enumerate(some)})


class Waiting:
    """A plan made ready to be walked backwards. Threads may share it.

    `holders` are the rules that hold each piece of advice.
    """

    def __init__(self, columnar: Columnar, holders: Mapping[int, tuple[int, ...]]) -> None:
        plan = columnar.plan
        self.plan: Plan = plan
        self.rules = plan.rulebook.rules
        self.holders = holders
        self.referrers = [i for i, rule in enumerate(self.rules) if rule.refer is not None]
        self.overridden = [tuple(plan.index[other] for other in dict.fromkeys(rule.overrides)) for rule in self.rules]
        self.components = [(component, plan.recursive(component)) for component in reversed(plan.components)]
        self.nodes = [columnar.conditions.condition(rule.condition) for rule in self.rules]
        lacking = Lacking(columnar.conditions)
        self.steps = [lacking.condition(rule.condition) for rule in self.rules]
        computed = plan.rulebook.computed
        self.computed = [(key, lacking.operand(computed[key].value)) for key in reversed(plan.computed_order)]


class Walk:
    """One batch of people, walked backwards. `referred` are those who get a referral, whom nothing is asked."""

    def __init__(self, waiting: Waiting, firings: Firings, referred: Bools) -> None:
        self._waiting = waiting
        self._firings = firings
        self._referred = referred if referred.any() else None
        self._open: dict[int, Ints] = {}

    def open_rows(self, rule: int) -> Ints:
        """The rows in which a rule is possible and not certain."""
        found = self._open.get(rule)
        if found is None:
            fired = self._firings.rules[rule]
            if fired.possible is fired.certain:
                found = np.zeros(0, np.int64)
            else:
                found = np.flatnonzero(self.allowed(fired, fired.possible & ~fired.certain))
            self._open[rule] = found
        return found

    def allowed(self, fired: Fired, rows: Bools) -> Bools:
        """Those of some rows whose people get no referral."""
        return rows if self._referred is None else rows & ~picked(self._referred, fired.frame.person)

    def marks(self, block: Block) -> Marks:
        """What the advice of a block waits for."""
        marks = Marks(self._firings.rules[0].frame.batch, block.words)
        seeds = self._seeds(block)
        if seeds:
            walked: dict[int, Words] = {}
            for component, recursive in self._waiting.components:
                while any(self._follow(rule, seeds, walked, marks) for rule in component) and recursive:
                    pass
            self._follow_computed(marks)
            marks.give_up_phantoms()
        return marks

    # ------------------------------------------------------------------------------------------- seeds

    def _seeds(self, block: Block) -> dict[int, Words]:
        """The firings that keep advice open by themselves: its own, and those that may stop it; by rule, a row for
        each open row."""
        seeds: dict[int, Words] = {}
        referrers = [rule for rule in self._waiting.referrers if len(self.open_rows(rule))]
        stopped = np.zeros((self._firings.people.count, block.words), np.uint64)
        for rule, (word, bit) in block.bits.items():
            fired = self._firings.rules[rule]
            if len(self.open_rows(rule)):
                self._seed(seeds, rule, block)[:, word] |= bit
            holders = [each for each in self._waiting.holders.get(rule, ()) if len(self.open_rows(each))]
            if fired.rule.advise is None or not (referrers or holders):
                continue
            due = self._due(rule, fired)
            stopped[fired.frame.gathered(due, None), word] |= bit
            if holders:
                due = due & ~self._held(rule, fired)
            for holder in holders:
                by = self._firings.rules[holder]
                hit = matched(by.frame, fired.frame, due, shared_names(by.rule, fired.rule))
                self._seed(seeds, holder, block)[picked(hit, self.open_rows(holder)), word] |= bit
        for rule in referrers:
            bits = self._seed(seeds, rule, block)
            bits |= stopped[self._firings.rules[rule].frame.everybody[self.open_rows(rule)]]
        return seeds

    def _seed(self, seeds: dict[int, Words], rule: int, block: Block) -> Words:
        found = seeds.get(rule)
        if found is None:
            found = seeds[rule] = np.zeros((len(self.open_rows(rule)), block.words), np.uint64)
        return found

    def _due(self, rule: int, fired: Fired) -> Bools:
        """Where a rule's own conditions are certain, so that only others can stop it."""
        due = self.allowed(fired, fired.certain)
        rows = self.open_rows(rule)
        if rule in self._waiting.plan.overriders and len(rows):
            pair = self._waiting.nodes[rule].at(fired.frame.only(rows))
            sure = full(pair.certain, len(rows))
            due = due.copy()
            due[rows] = sure if fired.frame.phantom is None else sure & ~fired.frame.phantom[rows]
        return due

    def _held(self, rule: int, fired: Fired) -> Bools:
        held = np.zeros(fired.frame.size, np.bool_)
        for holder in self._waiting.holders[rule]:
            by = self._firings.rules[holder]
            held |= matched(fired.frame, by.frame, by.certain, shared_names(fired.rule, by.rule))
        return held

    # --------------------------------------------------------------------------------------- following

    def _follow(self, rule: int, seeds: Mapping[int, Words], walked: dict[int, Words], marks: Marks) -> bool:
        """Marks what the open firings of a rule lack, for the advice that waits for them; whether that's news."""
        now = self._waiting_for(rule, seeds, walked, marks)
        if now is None:
            return False
        before = walked.get(rule)
        news = now if before is None else now & ~before
        chosen = np.flatnonzero(news.any(axis=1))
        if not len(chosen):
            return False
        walked[rule] = now
        frame = self._firings.rules[rule].frame
        marked = Marked(frame.only(self.open_rows(rule)[chosen]), news[chosen])
        for scope in self._waiting.rules[rule].each:
            marks.unnamed_things(scope, marked)
        self._waiting.steps[rule](marks, marked)
        return True

    def _waiting_for(
        self, rule: int, seeds: Mapping[int, Words], walked: Mapping[int, Words], marks: Marks
    ) -> Words | None:
        """The advice that waits for each open firing of a rule: for it, what it concludes, or what it overrides."""
        rows, fired = self.open_rows(rule), self._firings.rules[rule]
        if not len(rows):
            return None
        found = seeds.get(rule)
        for each in fired.rule.conclude:
            bits = marks.concluded.get((each.thing, each.path))
            if bits is not None:
                at = fired.frame.person if each.scope is None else fired.frame.at(each.scope)
                found = _joined(found, bits[rows if at is None else at.take(rows)])
        for other in self._waiting.overridden[rule]:
            if other in walked:
                found = _joined(found, self._passed_on(other, rule, walked[other]))
        return found

    def _passed_on(self, overridden: int, rule: int, bits: Words) -> Words:
        """The bits of a rule's open rows, for the open rows of a rule that may override it for the same things."""
        theirs, mine = self._firings.rules[overridden], self._firings.rules[rule]
        shared = shared_names(theirs.rule, mine.rule)
        keys, bits = merged(thing_keys(theirs.frame, shared, self.open_rows(overridden)), bits)
        wanted = thing_keys(mine.frame, shared, self.open_rows(rule))
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        found: Words = np.where((keys[at] == wanted)[:, None], bits[at], np.uint64(0))
        return found

    def _follow_computed(self, marks: Marks) -> None:
        """Computed facts read no conclusions, so that each is walked once, after all that reads it."""
        root = marks.batch.root
        for key, step in self._waiting.computed:
            bits = marks.computed.get(key)
            if bits is not None:
                rows = np.flatnonzero(bits.any(axis=1))
                own: Frame = root if key[0] is None else root.child(Scope(key[0], key[0]))
                step(marks, Marked(own.only(rows), bits[rows]))


def _joined(one: Words | None, two: Words) -> Words:
    return two if one is None else one | two
