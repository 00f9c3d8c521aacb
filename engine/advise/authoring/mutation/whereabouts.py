"""Where in the files the thing stands that a mutant alters, also what has no place of its own in a rulebook."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from advise.authoring.editor.editing import Editing
from advise.authoring.editor.occurrences import Occurrence, Occurrences
from advise.authoring.mutation.mutants import Mutant
from advise.errors import Place


class Whereabouts:
    """The places of what mutants of the knowledge base in `folder` alter."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _occurrences(self) -> Occurrences:
        return Editing(self._folder, {}).occurrences

    def of(self, mutant: Mutant) -> Place:
        """Where to look: the parameter's declaration; the name in `advice` or `overrides`; else where the condition or
        the rule stands."""
        if mutant.kind == "parameter":
            found = self._occurrences.declaration("parameter", mutant.name.removeprefix("$"))
            return mutant.place if found is None else found.place
        if mutant.kind in ("hold", "override"):
            return self._named(mutant.place, mutant.before.rpartition(" ")[2]) or mutant.place
        return mutant.place

    def _named(self, rule: Place, name: str) -> Place | None:
        """The first mention of another rule in the rule that begins at `rule`."""
        end = min((each.place for each in self._rules_of(rule.file) if each.place.line > rule.line), default=None)
        mentions = (each.place for each in self._occurrences.of("rule", name) if not each.declares)
        inside = (each for each in mentions if each.file == rule.file and each.line > rule.line)
        return next((each for each in inside if end is None or each < end), None)

    def _rules_of(self, file: str) -> tuple[Occurrence, ...]:
        every = self._occurrences.all
        return tuple(each for each in every if each.sort == "rule" and each.declares and each.place.file == file)
