"""A knowledge base that is being edited: its files as they stand in the editor, findings and names."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from advise._reading import LINE_END
from advise.authoring.checks.checking import judged, look
from advise.authoring.checks.subject import Subject
from advise.authoring.editor.completing import Offer, offers
from advise.authoring.editor.occurrences import Occurrence, Occurrences
from advise.authoring.sentences import Sentences, as_text
from advise.errors import Finding, Place
from advise.loading import read
from advise.loading.folder import Kept
from advise.loading.names import dotted
from advise.rules import Rulebook

MANIFEST = "knowledge_base.yaml"
_MOST_RULES = 8
MOST_WHILE_TYPING = 500
"""Rules, up to which checks are run while somebody types: they take about a millisecond each."""


def folder_around(path: Path) -> Path | None:
    """The folder of the knowledge base that a file belongs to; None when it belongs to none."""
    return next((each for each in path.parents if (each / MANIFEST).is_file()), None)


class Editing:
    """One state of a knowledge base. `texts` are the files that are open in an editor, by their path in it.

    `last` is the state before: what hasn't changed since isn't parsed again.
    """

    def __init__(self, folder: Path, texts: Mapping[str, str], last: Editing | None = None) -> None:
        self.folder = folder
        self.texts = texts
        self._last_book = None if last is None else last.book
        self._kept: Kept = {} if last is None else last._kept

    @cached_property
    def _looked(self) -> tuple[tuple[Finding, ...], Subject | None]:
        overlay = {name: text.encode() for name, text in self.texts.items()}
        return look(self.folder, date.today(), overlay, self._kept)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What `advise check` would say now, without what takes long: in a large knowledge base, only what keeps it
        from loading."""
        found, subject = self._looked
        if subject is None or len(subject.book.rules) > MOST_WHILE_TYPING:
            return found
        return judged(subject, costly=False)

    @cached_property
    def all_findings(self) -> tuple[Finding, ...]:
        """What `advise check` would say now."""
        found, subject = self._looked
        return found if subject is None else judged(subject)

    @property
    def book(self) -> Rulebook | None:
        """The rulebook; while there are errors, the last one that had none, or the one on the disk."""
        subject = self._looked[1]
        return (None if subject is None else subject.book) or self._last_book or self._saved

    @cached_property
    def _saved(self) -> Rulebook | None:
        return read(self.folder)[0] if self.texts else None

    def offers(self, name: str, offset: int) -> list[Offer]:
        """What may be written in a file after so many characters."""
        return [] if self.book is None else offers(self.book, "".join(self.lines(name)), offset)

    @cached_property
    def occurrences(self) -> Occurrences:
        """The names in all files."""
        facts = [fact.name for fact in self.book.facts.values()] if self.book is not None else []
        return Occurrences(dict(self._files()), facts)

    def lines(self, name: str) -> list[str]:
        """The lines of a file, their ends included."""
        text = self.texts.get(name)
        if text is None:
            path = self.folder / name
            text = path.read_text("utf-8-sig", errors="replace") if path.is_file() else ""
        starts = [0, *(match.end() for match in LINE_END.finditer(text)), len(text)]
        return [text[start:end] for start, end in pairwise(starts) if start < end] or [""]

    def _files(self) -> Iterator[tuple[str, str]]:
        for path in sorted(self.folder.rglob("*.yaml")):
            name = path.relative_to(self.folder).as_posix()
            if name in self.texts:
                yield name, self.texts[name]
            elif path.is_file() and not any(part.startswith(".") for part in path.relative_to(self.folder).parts):
                yield name, path.read_text("utf-8-sig", errors="replace")

    def said(self, found: Occurrence) -> str:
        """What a name means, in Markdown."""
        return "\n\n".join(filter(None, (self._meaning(found), self._used(found))))

    def _meaning(self, found: Occurrence) -> str:
        book, head = self.book, f"**{found.name}** ({found.sort})"
        if book is None:
            return head
        thing, _, path = found.name.rpartition(".") if "." in found.name else ("", "", found.name)
        key = next(
            (k for k in (*book.facts, *book.conclusions, *book.computed) if dotted(k) == found.name), (thing, path)
        )
        match found.sort:
            case "rule":
                rule = next((each for each in book.rules if each.id == found.name), None)
                return head if rule is None else f"**{rule.title}**\n\n{as_text(Sentences(book).rule(rule))}"
            case "fact":
                fact = book.facts[key]
                question = next(iter((fact.question or {}).values()), "")
                values = ", ".join(
                    f"`{each}` {(fact.titles or {}).get(each, '')}".strip() for each in fact.type.choices
                )
                return "\n\n".join(filter(None, (f"{head}: {fact.title}", fact.means, question, values)))
            case "parameter":
                setting = book.settings.get(found.name)
                if setting is None:
                    return head
                values = ", ".join(str(value) for _, value in setting.values)
                return f"{head}: {values} {setting.type.unit or ''}\n\n{setting.means}. {setting.because}."
            case "table":
                table = book.tables.get(found.name)
                return head if table is None else f"{head}: {table.means}, {len(table.rows)} rows"
            case _:
                declared = book.conclusions.get(key) or book.computed.get(key)
                return head if declared is None else f"{head}: {declared.means}"

    def _used(self, found: Occurrence) -> str:
        places = [each.place for each in self.occurrences.of(found.sort, found.name) if not each.declares]
        if not places:
            return "Used nowhere."
        rules = list(dict.fromkeys(filter(None, map(self._rule_at, places))))
        shown = ", ".join(f"`{rule}`" for rule in rules[:_MOST_RULES])
        more = f" and {len(rules) - _MOST_RULES} more" if len(rules) > _MOST_RULES else ""
        times = "once" if len(places) == 1 else f"{len(places)} times"
        files = ", ".join(sorted({place.file for place in places}))
        return f"Used {times}, in {files}." + (f" Rules: {shown}{more}." if rules else "")

    def _rule_at(self, place: Place) -> str:
        """The rule that a place stands in; empty if it's in none."""
        above = self._rules.get(place.file, [])
        index = bisect_right(above, (place.line, "\uffff")) - 1
        return above[index][1] if index >= 0 else ""

    @cached_property
    def _rules(self) -> Mapping[str, list[tuple[int, str]]]:
        """The rules of each file with the lines where they begin."""
        found: dict[str, list[tuple[int, str]]] = {}
        for each in self.occurrences.all:
            if each.sort == "rule" and each.declares:
                found.setdefault(each.place.file, []).append((each.place.line, each.name))
        return found
