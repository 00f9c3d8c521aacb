"""An engine that is measured: what is known of it, and how it writes rules, loads them and advises a person."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from workload import Condition, Holds, Join, Over, Person, Rule, Test

if TYPE_CHECKING:
    from pathlib import Path

    from timing import Work

Tree = Test | Over | Join | tuple[bool, tuple["Tree", ...]]
"""A condition, or all of several: `(negated, conditions)`."""


class NotThereError(Exception):
    """An engine that can't be measured here; its text is a sentence that says why."""


class Engine:
    """Rules, loaded: the base of the engines that take one person at a time."""

    def advise(self, person: Person) -> Collection[str]:
        """The ids of the rules that hold for a person."""
        raise NotImplementedError

    def over(self, people: Sequence[Person]) -> Work:
        """What is timed: all these people, one after the other."""
        return partial(_each, self.advise, people)

    def processes(self) -> Sequence[int]:
        """The ids of other processes that work for this engine."""
        return ()

    def close(self) -> None:
        """Ends what has to be ended."""


@dataclass(frozen=True, slots=True)
class Peer:
    """An engine. `way`: how the rules stand in it. `instead`: what it can't express, and what was done instead.

    `write` puts the rules into a folder as they'd be deployed, `load` makes an engine of that folder.
    `version` gives the version that is installed, or raises NotThereError. `warm_up` is the CPU seconds for
    which it runs before it's timed.
    """

    name: str
    title: str
    way: str
    version: Callable[[], str]
    write: Callable[[Sequence[Rule], Path], None]
    load: Callable[[Path], Engine]
    instead: tuple[str, ...] = ()
    warm_up: float = 0
    ours: bool = False

    def make(self, rules: Sequence[Rule], folder: Path) -> Engine:
        """Writes the rules and loads them."""
        self.write(rules, folder)
        return self.load(folder)


def packaged(name: str) -> str:
    """The version of a Python package. Raises NotThereError."""
    # Imported here, because it takes as long as all else that the start of an engine has in common.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        raise NotThereError(f"The Python package {name} isn't installed.") from None


def inlined(rules: Sequence[Rule]) -> dict[str, Tree]:
    """For engines without chaining: rule by rule its conditions, those on other rules replaced by their conditions."""
    trees: dict[str, Tree] = {}
    for rule in rules:
        trees[rule.id] = (False, tuple(_inlined(each, trees) for each in lists_last(rule.when)))
    return trees


def lists_last(when: Sequence[Condition]) -> list[Condition]:
    """The conditions in the order in which hand-written code has them."""
    return sorted(when, key=lambda condition: isinstance(condition, Over | Join))


def name_of(rule: str) -> str:
    """A rule's id as an identifier."""
    return rule.replace("-", "_")


def _inlined(condition: Condition, trees: dict[str, Tree]) -> Tree:
    if not isinstance(condition, Holds):
        return condition
    tree = trees[condition.rule]
    assert isinstance(tree, tuple)
    return (condition.negated, tree[1])


def _each(advise: Callable[[Person], object], people: Sequence[Person]) -> None:
    for person in people:
        advise(person)
