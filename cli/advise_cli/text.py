"""A report for the terminal: wrapped to its width, plain unless colour is asked for.

Laid out by hand: the console that rich would bring costs more start-up time than everything else here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import click

from advise_cli.report import Item, Proof, Report, Section, Words

WIDEST = 96
NARROWEST = 24
_MARGIN = "  "


class Symbols(NamedTuple):
    """The marks of a layout, for terminals that know them and for those that don't."""

    bullet: str = "•"
    step: str = "\N{EN DASH}"
    rule: str = "─"
    branch: str = "├─ "
    last: str = "└─ "
    trunk: str = "│  "


UNICODE = Symbols()
ASCII = Symbols("*", "-", "-", "|- ", "`- ", "|  ")


class Screen(NamedTuple):
    """Where text goes: its width in columns, whether it takes colour, and which symbols it can show."""

    width: int = 80
    colour: bool = False
    symbols: Symbols = UNICODE

    @classmethod
    def of(cls, width: int, colour: bool, encoding: str) -> Screen:
        """A screen of about that width, with the symbols that `encoding` has."""
        try:
            (UNICODE.bullet + UNICODE.step + UNICODE.rule + UNICODE.branch + UNICODE.last).encode(encoding)
            symbols = UNICODE
        except (UnicodeEncodeError, LookupError):
            symbols = ASCII
        return cls(max(NARROWEST, min(width, WIDEST)), colour, symbols)


def render(reports: Iterable[Report], screen: Screen) -> str:
    """The reports one after the other."""
    return "\n\n".join("\n".join(_report(each, screen)) for each in reports) + "\n"


def _report(report: Report, screen: Screen) -> Iterator[str]:
    if report.name:
        yield from _styled(wrapped(report.name, screen.width), screen, "title")
        yield screen.symbols.rule * screen.width
    yield from _styled(wrapped(f"{report.title}, {report.as_of}", screen.width), screen, "title")
    if report.summary:
        yield from wrapped(report.summary, screen.width)
    for section in report.sections:
        yield ""
        yield from _section(section, screen)


def _section(section: Section, screen: Screen) -> Iterator[str]:
    yield from _styled([section.title, screen.symbols.rule * len(section.title)], screen, section.key)
    if section.intro:
        yield from _styled(wrapped(section.intro, screen.width), screen, "quiet")
    for index, group in enumerate(section.groups):
        if group.title:
            if index or section.intro:
                yield ""
            yield from _styled(wrapped(group.title, screen.width), screen, "group")
        elif index or section.intro:
            yield ""
        room = max(len(str(item.number)) for item in group.items) if group.items[0].number else 1
        for place, item in enumerate(group.items):
            if place and section.key != "sources" and (_is_long(item) or _is_long(group.items[place - 1])):
                yield ""
            yield from _item(item, room, screen, section.key)
    if section.more:
        if section.groups[-1].items[-1].details:
            yield ""
        more = f"{section.more} (--explain shows all)"
        yield from _styled(wrapped(more, screen.width, _MARGIN, _MARGIN), screen, "quiet")


def _item(item: Item, room: int, screen: Screen, key: str) -> Iterator[str]:
    mark = f"{item.number:>{room}}. " if item.number else f"{screen.symbols.bullet} "
    inside = _MARGIN + " " * len(mark)
    said = _plain(item.text)
    if item.aside:
        said += f" ({item.aside})"
    yield from _marked(said + _cited(item), _MARGIN + mark, screen, key)
    for also in item.also:
        yield from _marked(_plain(also), _MARGIN + mark, screen, key)
    for step in item.steps:
        yield from wrapped(_plain(step), screen.width, f"{inside}{screen.symbols.step} ", inside + "  ")
    for label, detail in item.details:
        lines = wrapped(f"{label}: {_plain(detail)}", screen.width, inside, inside + "  ")
        yield from _styled(lines, screen, "detail", f"{label}:")
    for why, parts in item.proofs:
        yield from _styled(wrapped(_plain(why), screen.width, inside, inside + "  "), screen, "quiet")
        yield from _styled(_tree(parts, inside, screen), screen, "quiet")


def _is_long(item: Item) -> bool:
    return bool(item.steps or item.details or item.proofs)


def _cited(item: Item) -> str:
    return f" [{', '.join(map(str, item.sources))}]" if item.sources else ""


def _marked(said: str, mark: str, screen: Screen, key: str) -> Iterator[str]:
    """A paragraph with a bullet or a number in front; what is first to do stands out."""
    first, *rest = wrapped(said, screen.width, mark, " " * len(mark))
    yield from _styled([first], screen, "first-mark" if key == "first" else "mark", mark.strip())
    yield from rest


def _tree(proofs: tuple[Proof, ...], indent: str, screen: Screen) -> Iterator[str]:
    symbols = screen.symbols
    for index, proof in enumerate(proofs):
        final = index == len(proofs) - 1
        branch, trunk = (symbols.last, "   ") if final else (symbols.branch, symbols.trunk)
        below = symbols.trunk if proof.parts else "   "
        yield from wrapped(_plain(proof.says), screen.width, indent + branch, f"{indent}{trunk}{below}")
        deeper = indent + trunk if len(indent) < screen.width // 2 else indent
        yield from _tree(proof.parts, deeper, screen)


def _plain(pieces: Words) -> str:
    return "".join(pieces)


# ------------------------------------------------------------------------------------- colour and wrapping

_STYLES: dict[str, tuple[str | None, bool, bool]] = {
    "title": (None, True, False),
    "group": (None, True, False),
    "quiet": (None, False, True),
    "detail": (None, False, True),
    "mark": ("cyan", False, False),
    "first-mark": ("green", True, False),
    "referral": ("red", True, False),
    "first": ("green", True, False),
    "not-now": ("yellow", True, False),
    "conflicts": ("magenta", True, False),
}
"""Colour, bold and dim, by the key of a section or the part that a line plays."""
_SECTION = ("cyan", True, False)


def _styled(lines: Iterable[str], screen: Screen, style: str, only: str = "") -> Iterator[str]:
    """Lines in a style; with `only`, just that piece of the first line."""
    colour, bold, dim = _STYLES.get(style, _SECTION)
    for index, line in enumerate(lines):
        piece = line if not only else only if not index else ""
        if screen.colour and piece:
            yield line.replace(piece, click.style(piece, fg=colour, bold=bold or None, dim=dim or None), 1)
        else:
            yield line


def wrapped(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """`text` in lines of at most `width` columns, the first after `first`, the others after `rest`.

    Counts wide characters as two columns; breaks a word only where it is wider than a line.
    """
    lines, line, used, empty = [], first, columns(first), True
    for word in text.split():
        room = columns(word)
        if not empty and used + 1 + room > width:
            lines.append(line)
            line, used, empty = rest, columns(rest), True
        while used + room > width and room > 1:
            head = _fitting(word, width - used)
            lines.append(line + head)
            word, line, used = word[len(head) :], rest, columns(rest)
            room = columns(word)
        line += word if empty else f" {word}"
        used += room + (not empty)
        empty = False
    return [*lines, line]


def columns(text: str) -> int:
    """How many columns of a terminal `text` takes."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(each) else 2 if _is_wide(each) else 1 for each in text)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _fitting(word: str, room: int) -> str:
    """The longest head of `word` that fits, but at least one character."""
    end, used = 0, 0
    while end < len(word) and used + columns(word[end]) <= room:
        used += columns(word[end])
        end += 1
    return word[: max(end, 1)]
