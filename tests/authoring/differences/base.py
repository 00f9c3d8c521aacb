"""Versions of the small knowledge base, to compare."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from advise.authoring.differences import Change, Changes, Comparing, changes_between
from advise.knowledge_base import KnowledgeBase
from advise.rules import Rulebook
from tests.small_bases import plan

WORK = """\
parameters:
  settle_in: {value: 6, unit: months, means: How long to settle in, because: A rule of thumb, source: {judgement: It}}
conclusions:
  job.settled: {means: The person has settled in, type: boolean, report: "You've settled in as {job.title}."}
rules:
  - id: settled
    title: Settled in
    when:
      - each job: {current: true, start: {at least: $settle_in ago}}
    conclude: {job.settled: true}
  - id: ask-for-more
    title: Ask for more
    when:
      - each job: {settled: true, hours: {at most: 40}}
      - plan.written: true
    advise: {say: "Ask for more as {job.title}.", steps: [Choose a task, Ask], priority: growth, effort: small}
  - id: wait
    title: Wait until probation is over
    when:
      - each job: {on_probation: true}
    hold: {advice: [ask-for-more], because: "You're on probation as {job.title}."}
"""


def book(folder: Path, rules: str = WORK, files: Mapping[str, str] | None = None, languages: str = "[en]") -> Rulebook:
    """The rulebook of a version."""
    return plan(folder, rules, files, languages).rulebook


def changes(folder: Path, old: str, new: str) -> Changes:
    """What differs between two versions."""
    return changes_between(book(folder / "old", old), book(folder / "new", new))


def only(folder: Path, old: str, new: str) -> Change:
    """The one thing that differs."""
    (change,) = changes(folder, old, new).all
    return change


def comparing(folder: Path, old: str, new: str) -> Comparing:
    """Two versions, ready to be compared for people."""
    bases = [KnowledgeBase(book(folder / name, rules), folder / name) for name, rules in (("old", old), ("new", new))]
    return Comparing(*bases)


def shown(change: Change) -> list[str]:
    """The lines of a change, each with its mark."""
    return [f"{line.mark} {'  ' * line.depth}{line.text}" for line in change.lines]
