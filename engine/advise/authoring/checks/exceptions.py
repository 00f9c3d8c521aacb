"""Exceptions from checks, written as comments: `# advise: allow CODE because REASON`."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from advise._reading import LINE_END
from advise.authoring.checks.subject import Subject
from advise.authoring.writing.spans import SourceText
from advise.errors import Finding, Place, Severity
from advise.loading.context import did_you_mean
from advise.source import MappingNode, Node, SequenceNode

_ALLOW = re.compile(r"#\s*advise:\s*allow\b\s*(?P<code>[^\s#]*)\s*(?:because\b)?\s*(?P<reason>.*)")


@dataclass(frozen=True, slots=True)
class Allowed:
    """What one comment allows: findings with `code` from the line `first` to the line `last` of its file."""

    place: Place
    code: str
    reason: str
    first: int
    last: int

    def covers(self, finding: Finding) -> bool:
        """True for a finding that it allows."""
        at = finding.place
        return (at.file, finding.code) == (self.place.file, self.code) and self.first <= at.line <= self.last


def exceptions(subject: Subject) -> tuple[Allowed, ...]:
    """The exceptions in a knowledge base's files."""
    return tuple(
        each
        for name, root in subject.roots.items()
        if "allow" in subject.files[name]
        for each in _in_file(subject.sources[name], root)
    )


def _in_file(source: SourceText, root: Node) -> Iterator[Allowed]:
    lines = LINE_END.split(source.text)
    extents: dict[int, int] | None = None
    for line, column, comment in _comments(source, lines):
        match = _ALLOW.match(comment)
        if match is None:
            continue
        place, code, reason = Place(source.name, line, column), match["code"], match["reason"].strip()
        if lines[line - 1][: column - 1].strip():
            yield Allowed(place, code, reason, line, line)
            continue
        if extents is None:
            extents = _extents(root, len(lines))
        below = _next_line(lines, line)
        yield Allowed(place, code, reason, below, extents.get(below, below))


def _next_line(lines: list[str], line: int) -> int:
    """The first line below that holds more than a comment."""
    for number in range(line + 1, len(lines) + 1):
        if lines[number - 1].strip() and not lines[number - 1].lstrip().startswith("#"):
            return number
    return line


def _comments(source: SourceText, lines: list[str]) -> Iterator[tuple[int, int, str]]:
    """The comments of a YAML text that say `allow`: line, column and text of each."""
    scalars: list[tuple[int, int]] | None = None
    for number, line in enumerate(lines, 1):
        if "allow" not in line or "#" not in line:
            continue
        if scalars is None:
            scalars = [(start, end) for start, (end, _) in source.scalars.items()]
        for match in re.finditer(r"(?:^|(?<=\s))#", line):
            if not _is_inside(source.starts[number - 1] + match.start(), scalars):
                yield number, match.start() + 1, line[match.start() :]
                break


def _is_inside(offset: int, scalars: list[tuple[int, int]]) -> bool:
    before = bisect_right(scalars, offset, key=lambda span: span[0])
    return before > 0 and offset < scalars[before - 1][1]


def _extents(root: Node, end: int) -> dict[int, int]:
    """For each line on which an item or an entry begins, the last line of it. A whole section counts for its
    first line only, so that an exception at the top of a file isn't one for all of it."""
    found: dict[int, int] = {}
    sections = sorted(place.line for place in root.keys.values()) if isinstance(root, MappingNode) else []
    values = list(root.items.values()) if isinstance(root, MappingNode) else []
    for i, value in enumerate(values):
        _note_extents(value, sections[i + 1] - 1 if i + 1 < len(sections) else end, found)
    return found


def _note_extents(node: Node, end: int, found: dict[int, int]) -> None:
    if isinstance(node, MappingNode):
        parts: list[tuple[int, Node]] = [(node.keys[key].line, value) for key, value in node.items.items()]
    elif isinstance(node, SequenceNode):
        parts = [(item.place.line, item) for item in node.items]
    else:
        return
    for i, (line, part) in enumerate(parts):
        last = max(line, parts[i + 1][0] - 1) if i + 1 < len(parts) else end
        found[line] = max(found.get(line, line), last)
        _note_extents(part, last, found)


# ------------------------------------------------------------------------------------- what is wrong


def about(allowed: Iterable[Allowed], used: set[Allowed], ran: set[str], known: Iterable[str]) -> Iterator[Finding]:
    """Findings about the exceptions themselves. `used` are those that allowed something; `ran` are the codes of
    the checks that were run."""
    codes = list(known)
    for each in allowed:
        if not each.code:
            hint = "Write `allow CODE because ..`, with the code of the finding."
            yield _warning("exception-unknown", each.place, "This exception names no check.", hint)
        elif each.code.endswith(","):
            hint = "Write each on a line of its own, with its reason."
            yield _warning("exception-unknown", each.place, "This exception names several checks.", hint)
        elif each.code not in codes:
            hint = did_you_mean(each.code, codes) or "What keeps a knowledge base from loading can't be allowed."
            yield _warning("exception-unknown", each.place, f"There is no check `{each.code}`.", hint)
        elif not each.reason:
            sentence = f"This exception doesn't say why `{each.code}` is allowed here."
            yield _warning("exception-reason", each.place, sentence, f"Write `allow {each.code} because ..`.")
        elif each not in used and each.code in ran:
            sentence = f"Nothing here needs this exception: there's no `{each.code}`."
            yield _warning("exception-unused", each.place, sentence, "Delete it, or move it to the line that it's for.")


def _warning(code: str, place: Place, sentence: str, hint: str) -> Finding:
    return Finding(place, code, sentence, hint, severity=Severity.WARNING)
