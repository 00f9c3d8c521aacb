"""Mends what the checks find, where that changes no outcome: as edits of the text, so that all else stays as it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from advise._reading import decoded
from advise.authoring.checks.checking import inspect
from advise.authoring.checks.wording import WORDING
from advise.authoring.writing.spans import SourceText
from advise.errors import Finding, Fix
from advise.loading import read

_ROUNDS = 20
_TEXTS = frozenset(check.code for check in WORDING)
_MARK = "\ufeff".encode()


@dataclass(frozen=True, slots=True)
class Mended:
    """What was mended. `before` and `after` are the contents of the files that changed, by their path in the folder;
    `done` are the findings that are gone, `left` those whose mend would have kept the knowledge base from loading."""

    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    done: tuple[Finding, ...]
    left: tuple[Finding, ...]


def mend(folder: Path, today: date, only: Collection[str] = (), texts: bool = False) -> Mended:
    """The files of a knowledge base after all safe mends; nothing is written. `only` are the codes to mend.

    With `texts`, spaces and full stops in texts are mended too, which changes what people read.

    Mends that get into each other's way are made one after the other. A knowledge base that doesn't load is left
    as it is.
    """
    files = _Files(folder)
    done: list[Finding] = []
    left: dict[Finding, None] = {}
    for _ in range(_ROUNDS):
        report = inspect(folder, today, files.after, only)
        wanted = [each for each in report.findings if _is_wanted(each, texts) and each not in left]
        if not report.loads or not wanted:
            break
        batch = list(_apart(files, wanted))
        made = batch if files.apply([each.fix for each in batch if each.fix is not None]) else []
        for each in () if made else reversed(batch):  # from the end, so that the others stay where they are
            if each.fix is None or not files.apply([each.fix]):
                left[each] = None
                continue
            made.append(each)
            if len({edit.start.file for edit in each.fix.edits}) > 1:
                break
        done += made
        if made:
            left.clear()  # what was in their way may be gone
    return Mended({name: files.before[name] for name in files.after}, files.after, tuple(done), tuple(left))


def _is_wanted(finding: Finding, texts: bool) -> bool:
    return finding.fix is not None and (finding.fix.safe or (texts and finding.code in _TEXTS))


class _Files:
    """The files as they were and as they are by now."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.before: dict[str, bytes] = {}
        self.after: dict[str, bytes] = {}
        self._texts: dict[str, SourceText] = {}

    def text(self, name: str) -> SourceText:
        """A file as it is by now."""
        if name not in self._texts:
            self._texts[name] = SourceText(name, decoded(self._data(name)))
        return self._texts[name]

    def _data(self, name: str) -> bytes:
        if name not in self.before:
            self.before[name] = (self.folder / name).read_bytes()
        return self.after.get(name, self.before[name])

    def apply(self, fixes: Iterable[Fix]) -> bool:
        """Makes the edits of some fixes, from the end to the start; False, and nothing is changed, when the
        knowledge base wouldn't load any more."""
        edits: dict[str, list[tuple[int, int, str]]] = {}
        for edit in (edit for fix in fixes for edit in fix.edits):
            text = self.text(edit.start.file)
            edits.setdefault(text.name, []).append((text.offset(edit.start), text.offset(edit.end), edit.text))
        changed = {name: self._encoded(name, _edited(self.text(name).text, edits[name])) for name in edits}
        instead = {**self.after, **changed}
        if read(self.folder, instead)[0] is None:
            return False
        self.after = instead
        self._texts.clear()
        return True

    def _encoded(self, name: str, text: str) -> bytes:
        return (_MARK if self._data(name).startswith(_MARK) else b"") + text.encode()


def _edited(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _apart(files: _Files, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, given by place, whose edits come after those of the ones before; the others wait for the next
    round."""
    reached: dict[str, int] = {}
    for finding in findings:
        spans: dict[str, list[int]] = {}
        for edit in finding.fix.edits if finding.fix is not None else ():
            text = files.text(edit.start.file)
            spans.setdefault(edit.start.file, []).extend((text.offset(edit.start), text.offset(edit.end)))
        if all(min(span) > reached.get(name, -1) for name, span in spans.items()):
            reached.update({name: max(span) for name, span in spans.items()})
            yield finding
