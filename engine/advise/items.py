"""The parts of an outcome: plain dictionaries, as `outcome.schema.json` describes them, with their types."""

from __future__ import annotations

from typing import TypedDict

from advise.explain import About, ProofItem
from advise.questions import ConflictNeed, Need, Question
from advise.types import Literal


class KnowledgeBaseInfo(TypedDict):
    """Which knowledge base gave the advice; `hash` tells its content apart from any other."""

    name: str
    version: str
    hash: str


class SourceInfo(TypedDict):
    """A source that a rule rests on, and the place in it."""

    key: str
    title: str
    place: str
    author: str
    published: str


class Item(TypedDict):
    """What every piece of advice has. `about` are the things that it's about; `topic` is the topic's id."""

    id: str
    title: str
    topic: str
    about: About | None
    text: str
    source: list[SourceInfo]


class Given(Item):
    """Advice that is due whatever the missing facts are.

    `rank` is its place, from 1; `first`: it's one of the first steps; `because`: the proof.
    """

    steps: list[str]
    rank: int
    first: bool
    kind: str
    priority: str
    effort: str
    horizon: str | None
    because: list[ProofItem]


class Instead(TypedDict):
    """Advice that is given and stands in for what's held."""

    id: str
    text: str


class HeldBy(TypedDict):
    """A hold: why the advice has to wait, and what would release it."""

    id: str
    title: str
    because: str
    until: str | None
    instead: Instead | None
    about: About | None
    proof: list[ProofItem]


class NotNow(Item):
    """Advice that is due, but has to wait. `because` proves that it's due."""

    because: list[ProofItem]
    held_by: list[HeldBy]


class Open(Item):
    """Advice that a missing fact decides.

    `state` is possible (the rule's own conditions are open), provided (it's due unless something unknown
    stops it) or held (it would have to wait). `provided` are the unknown holds, overriding rules and
    referrals, in words; `needs` the facts that keep it open.
    """

    state: str
    provided: list[str]
    needs: list[Need | ConflictNeed]


class ConclusionItem(TypedDict):
    """A conclusion that is certain, and the rules that draw it."""

    name: str
    value: Literal
    about: About | None
    means: str
    report: str | None
    rules: list[str]


class ConflictValue(TypedDict):
    """One of the values in a conflict."""

    value: Literal
    rule: str
    because: list[ProofItem]


class Conflict(TypedDict):
    """Rules that certainly conclude different values for one thing."""

    conclusion: str
    about: About | None
    values: list[ConflictValue]


class Referral(TypedDict):
    """Whom to talk to instead of advice."""

    id: str
    title: str
    to: str
    text: str
    source: list[SourceInfo]
    because: list[ProofItem]


class OutcomeDict(TypedDict):
    """An outcome as JSON, as `outcome.schema.json` describes it."""

    knowledge_base: KnowledgeBaseInfo
    as_of: str
    settled: bool
    given: list[Given]
    not_now: list[NotNow]
    open: list[Open]
    questions: list[Question]
    conclusions: list[ConclusionItem]
    conflicts: list[Conflict]
    referral: list[Referral] | None
