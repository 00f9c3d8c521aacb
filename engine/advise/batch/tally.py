"""What came out for everyone, counted while it's written: people by kind, advice by rule, questions by fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow.compute as pc

from advise.batch.rows import QUESTION, REJECTED, Advised
from advise.evaluate.columnar.advice import KINDS
from advise.rules import Rulebook
from advise.types import Fact, ThingList

_MOST_REASONS = 1000
_OTHER = "Other reasons."


@dataclass(slots=True)
class Tally:
    """Counts that can be added up. `rules` is rule -> kind -> people; `asked` and `decides` are by fact."""

    people: int = 0
    rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    rules: dict[str, Counter[str]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    decides: Counter[str] = field(default_factory=Counter)

    def add(self, of: Advised) -> None:
        """Counts some people's advice."""
        kinds, rows = of.kinds, of.row
        rejected = kinds == REJECTED
        self.people += len(of.rows)
        for kind, name in enumerate(KINDS):
            found = len(np.unique(rows[kinds == kind]))
            if found and kind != REJECTED:
                self.kinds[name] += found
        self.reject(of.advice.column("reason").filter(pc.is_valid(of.advice.column("reason"))).to_pylist())
        self._count_rules(of, ~rejected & (kinds != QUESTION))
        self._count_questions(of, kinds == QUESTION)

    def reject(self, reasons: Iterable[str], unread: bool = False) -> None:
        """Counts rejected rows; `unread` are those that were never counted as people."""
        for reason in reasons:
            self.rejected += 1
            self.people += unread
            self.reasons[reason if reason in self.reasons or len(self.reasons) < _MOST_REASONS else _OTHER] += 1

    def _count_rules(self, of: Advised, chosen: Any) -> None:
        rules = of.advice.column("rule")
        codes = rules.indices.fill_null(0).to_numpy(zero_copy_only=False)[chosen].astype(np.int64)
        wide = len(rules.dictionary) * len(KINDS)
        keys = of.row[chosen].astype(np.int64) * wide + codes * len(KINDS) + of.kinds[chosen]
        found, counts = np.unique(np.unique(keys) % wide, return_counts=True)
        for key, count in zip(found.tolist(), counts.tolist(), strict=True):
            rule = rules.dictionary[key // len(KINDS)].as_py()
            self.rules.setdefault(rule, Counter())[KINDS[key % len(KINDS)]] += count

    def _count_questions(self, of: Advised, chosen: Any) -> None:
        facts = of.advice.column("fact")
        if not chosen.any():
            return
        codes = facts.indices.fill_null(0).to_numpy(zero_copy_only=False)[chosen].astype(np.int64)
        wide = len(facts.dictionary)
        found, counts = np.unique(np.unique(of.row[chosen] * wide + codes) % wide, return_counts=True)
        lengths = pc.fill_null(pc.list_value_length(of.advice.column("decides")), 0)
        decided = np.bincount(codes, lengths.to_numpy(zero_copy_only=False)[chosen], wide)
        for code, count in zip(found.tolist(), counts.tolist(), strict=True):
            fact = facts.dictionary[code].as_py()
            self.asked[fact] += count
            self.decides[fact] += int(decided[code])

    def merge(self, other: Tally) -> None:
        """Adds another's counts."""
        self.people += other.people
        self.rejected += other.rejected
        for reason, count in other.reasons.items():
            self.reasons[reason if reason in self.reasons or len(self.reasons) < _MOST_REASONS else _OTHER] += count
        self.kinds.update(other.kinds)
        self.asked.update(other.asked)
        self.decides.update(other.decides)
        for rule, kinds in other.rules.items():
            self.rules.setdefault(rule, Counter()).update(kinds)

    def to_dict(self) -> dict[str, Any]:
        """As plain values, to be kept."""
        return {
            "people": self.people,
            "rejected": self.rejected,
            "reasons": dict(self.reasons),
            "kinds": dict(self.kinds),
            "rules": {rule: dict(kinds) for rule, kinds in self.rules.items()},
            "asked": dict(self.asked),
            "decides": dict(self.decides),
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Tally:
        """From what `to_dict` gave."""
        rules = {rule: Counter(kinds) for rule, kinds in kept["rules"].items()}
        reasons, kinds, asked, decides = (Counter(kept[name]) for name in ("reasons", "kinds", "asked", "decides"))
        return cls(kept["people"], kept["rejected"], reasons, kinds, rules, asked, decides)


@dataclass(frozen=True, slots=True)
class RuleCount:
    """To how many people a rule's advice is given, and what else becomes of it. `about` is its title."""

    rule: str
    title: str
    people: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class QuestionCount:
    """How many people a fact is asked of, and how much advice the answers help to decide. `assumed`: without an
    answer it's taken to be as the facts schema says, so it's asked last."""

    fact: str
    title: str
    ask: str | None
    people: int
    decides: int
    assumed: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """What came out for everyone. `people` counts all rows; `kinds` is kind -> people with at least one such item."""

    as_of: str
    people: int
    rejected: int
    reasons: tuple[tuple[str, int], ...]
    kinds: Mapping[str, int]
    rules: tuple[RuleCount, ...]
    questions: tuple[QuestionCount, ...]

    @classmethod
    def of(cls, tally: Tally, book: Rulebook, as_of: str) -> Summary:
        """The summary of all counts, the most frequent first."""
        titles = {rule.id: rule.title for rule in book.rules}
        rules = [RuleCount(rule, titles[rule], dict(sorted(kinds.items()))) for rule, kinds in tally.rules.items()]
        rules.sort(key=lambda each: ([-each.people.get(kind, 0) for kind in KINDS], each.rule))
        asked = [_question(book, fact, people, tally.decides[fact]) for fact, people in tally.asked.items()]
        asked.sort(key=lambda each: (each.assumed, -each.decides, -each.people, each.fact))
        return cls(
            as_of=as_of,
            people=tally.people,
            rejected=tally.rejected,
            reasons=tuple(sorted(tally.reasons.items(), key=lambda each: (-each[1], each[0]))),
            kinds={kind: tally.kinds[kind] for kind in KINDS if kind in tally.kinds},
            rules=tuple(rules),
            questions=tuple(asked),
        )

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "as_of": self.as_of,
            "people": self.people,
            "rejected": self.rejected,
            "reasons": [{"reason": reason, "rows": count} for reason, count in self.reasons],
            "kinds": dict(self.kinds),
            "rules": [{"rule": e.rule, "title": e.title, "people": dict(e.people)} for e in self.rules],
            "questions": [
                {
                    "fact": each.fact,
                    "title": each.title,
                    "ask": each.ask,
                    "people": each.people,
                    "decides": each.decides,
                    "assumed": each.assumed,
                }
                for each in self.questions
            ],
        }


def _question(book: Rulebook, fact: str, people: int, decides: int) -> QuestionCount:
    named: dict[str, Fact | ThingList] = {each.name: each for each in book.lists.values()}
    named |= {each.name: each for each in book.facts.values()}
    found = named.get(fact)
    if found is None:
        return QuestionCount(fact, fact, None, people, decides, False)
    ask = None if found.question is None else found.question[book.languages[0]]
    assumed = found.default is not None if isinstance(found, Fact) else found.assumed_empty
    return QuestionCount(fact, found.title, ask, people, decides, assumed)


def fact_names(book: Rulebook) -> list[str]:
    """Every name that a question may have as its fact."""
    return sorted({*(each.name for each in book.facts.values()), *(each.name for each in book.lists.values())})
