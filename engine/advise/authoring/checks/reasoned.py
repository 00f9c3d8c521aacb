"""What is worked out about the rules of a knowledge base once, for all checks that reason about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from advise.authoring.checks.effects import Relations
from advise.authoring.checks.removal import Entries
from advise.authoring.logic import Live, Logic, Names, live_rules
from advise.errors import Edit, Finding, Fix, Place
from advise.plan import Plan
from advise.rules import Rulebook

Found = Mapping[str, list[Finding]]
"""Code -> findings."""


class Reasoned:
    """Proofs about one knowledge base, kept. `files` are the texts of its files."""

    def __init__(self, book: Rulebook, files: Mapping[str, str]) -> None:
        self.book = book
        self.files = files
        self._kept: dict[str, Found] = {}
        self._entries: dict[str, Entries] = {}

    @cached_property
    def logic(self) -> Logic:
        """What holds whatever rules conclude."""
        return Logic(self.book)

    @cached_property
    def live(self) -> Live:
        """The rules that may fire, and what they may draw."""
        return live_rules(self.book)

    @cached_property
    def chained(self) -> Logic:
        """What holds with the conclusions that rules can draw."""
        return Logic(self.book, self.live.drawn)

    @cached_property
    def never(self) -> frozenset[str]:
        """The rules whose own conditions can't all hold, whatever is concluded."""
        return frozenset(
            rule.id
            for rule in self.book.rules
            if rule.id not in self.live.rules and self.logic.never((rule.condition, Names.of(rule)))
        )

    @cached_property
    def relations(self) -> Relations:
        """How rules stand to each other."""
        return Relations(self.book, Plan(self.book), self.chained)

    def once(self, name: str, work: Callable[[Reasoned], Found]) -> Found:
        """What `work` gives, worked out once and kept by name."""
        if name not in self._kept:
            self._kept[name] = work(self)
        return self._kept[name]

    def entries(self, file: str) -> Entries:
        """The entries of a file, as they can be edited."""
        if file not in self._entries:
            self._entries[file] = Entries(file, self.files[file])
        return self._entries[file]

    def deletion(self, place: Place | None, title: str, safe: bool) -> Fix | None:
        """A fix that deletes the test at a place; None where that isn't simple."""
        edits: tuple[Edit, ...] | None = None
        if place is not None and place.file in self.files:
            edits = self.entries(place.file).without(place)
        return None if edits is None else Fix(title, edits, safe)
