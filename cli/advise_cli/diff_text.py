"""A difference for the terminal: both versions side by side where there's room, else one below the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import click

from advise_cli.diff_report import Block, Cell, Edit, Nobody, People, Report, pieces
from advise_cli.report import clean
from advise_cli.text import columns, wrapped

if TYPE_CHECKING:
    from advise.authoring.differences import DiffLine

_WIDEST = 160
_NARROWEST = 30
_SIDE_BY_SIDE = 96
_COLOURS = {"-": "red", "+": "green", "~": "yellow"}
_NOTHING = "nothing"


class Screen(NamedTuple):
    """Where the text goes: its width, whether it takes colour, and the marks that it can show."""

    width: int
    colour: bool
    arrow: str
    rule: str
    between: str

    @classmethod
    def of(cls, width: int, colour: bool, encoding: str) -> Screen:
        """A screen of about that width, with the marks that `encoding` has."""
        try:
            "→─│".encode(encoding)
            marks = ("→", "─", "│")
        except (UnicodeEncodeError, LookupError):
            marks = ("->", "-", "|")
        return cls(max(_NARROWEST, min(width, _WIDEST)), colour, *marks)


def render(report: Report, screen: Screen) -> str:
    """The whole text."""
    text = "\n".join(_lines(report, screen)) + "\n"
    return text if screen.arrow == "→" else text.replace("→", screen.arrow)


def _lines(report: Report, screen: Screen) -> Iterator[str]:
    yield from _bold(wrapped(f"{report.title}: {report.old} → {report.new}", screen.width), screen)
    yield from wrapped(report.summary, screen.width)
    if report.edits:
        yield from _heading("What changed", screen)
        yield from _apart(_edit(each, screen) for each in report.edits)
    if report.people:
        yield from _heading("Who gets other advice", screen)
        yield from _apart(_people(each, report, screen) for each in report.people)
    if report.slight:
        yield from _heading("Open advice in other words", screen)
        for said, names in report.slight:
            yield from wrapped(said, screen.width)
            yield from _dim(wrapped(names, screen.width, "  ", "  "), screen)
    if report.refused:
        yield from _heading("Facts that can't be used", screen)
        for sentence in report.refused:
            yield from wrapped(sentence, screen.width, "", "  ")
    if report.nobody or report.unmet:
        yield from _heading("What nobody recorded meets", screen)
        for head in report.unmet:
            yield from wrapped(head, screen.width, "", "  ")
        yield from _apart(_nobody(each, report, screen) for each in report.nobody)


def _heading(title: str, screen: Screen) -> Iterator[str]:
    yield ""
    yield click.style(title, fg="cyan", bold=True) if screen.colour else title
    yield screen.rule * len(title)


def _apart(parts: Iterable[Iterator[str]]) -> Iterator[str]:
    """Parts with an empty line between one and the next."""
    for place, part in enumerate(parts):
        if place:
            yield ""
        yield from part


def _edit(edit: Edit, screen: Screen) -> Iterator[str]:
    yield from _bold(wrapped(edit.head, screen.width, "", "  "), screen)
    for line in edit.lines:
        yield from _line(line, screen)


def _line(line: DiffLine, screen: Screen) -> Iterator[str]:
    start = f"  {line.mark} {'  ' * line.depth}"
    found = tuple(pieces(line)) if line.mark == "~" and line.before else ((line.text, False),)
    text = clean("".join(piece for piece, _ in found))
    lines = wrapped(text, screen.width, start, " " * (len(start) + 2))
    colour = _COLOURS.get(line.mark)
    if not screen.colour or colour is None:
        yield from lines
    elif line.mark != "~":
        yield from (click.style(each, fg=colour) for each in lines)
    else:
        changed = [piece for piece, differs in found if differs]
        yield from (_marked(each, changed, colour) for each in lines)


def _marked(line: str, changed: Iterable[str], colour: str) -> str:
    """A line with the numbers that changed in colour."""
    for piece in dict.fromkeys(changed):
        line = line.replace(piece, click.style(piece, fg=colour, bold=True))
    return line


def _people(people: People, report: Report, screen: Screen) -> Iterator[str]:
    yield from _bold(wrapped(f"{people.head}: {people.names}", screen.width, "", "  "), screen)
    if people.remark:
        yield from _dim(wrapped(people.remark, screen.width, "  ", "  "), screen)
    yield from _blocks(people.blocks, report, screen)


def _nobody(nobody: Nobody, report: Report, screen: Screen) -> Iterator[str]:
    yield from _bold(wrapped(nobody.head, screen.width, "", "  "), screen)
    if not nobody.facts:
        said = "No person was found for whom this makes a difference; that's no proof that there's none."
        yield from wrapped(said, screen.width, "  ", "  ")
        return
    yield "  It makes a difference for this person:"
    yield from (f"    {line}" for line in nobody.facts.splitlines())
    yield from _blocks(nobody.blocks, report, screen)


def _blocks(blocks: Iterable[Block], report: Report, screen: Screen) -> Iterator[str]:
    wide = screen.width >= _SIDE_BY_SIDE
    if wide:
        half = (screen.width - 5) // 2
        yield from _dim(_beside([report.old], [report.new], half, screen), screen)
    for block in blocks:
        for old, new in block.rows:
            yield from _side_by_side(old, new, screen) if wide else _stacked(old, new, screen)
        for why in block.why:
            yield from _dim(wrapped(f"Reason: {why}", screen.width, "  ", "    "), screen)


def _side_by_side(old: Cell | None, new: Cell | None, screen: Screen) -> Iterator[str]:
    half = (screen.width - 5) // 2
    left, right = (_cell(each, half, "", "  ") for each in (old, new))
    yield from _beside(left, right, half, screen)


def _beside(left: list[str], right: list[str], half: int, screen: Screen) -> Iterator[str]:
    for place in range(max(len(left), len(right))):
        one, two = (each[place] if place < len(each) else "" for each in (left, right))
        yield f"  {one}{' ' * max(0, half - columns(one))} {screen.between} {two}".rstrip()


def _stacked(old: Cell | None, new: Cell | None, screen: Screen) -> Iterator[str]:
    for mark, cell in (("-", old), ("+", new)):
        if cell is not None:
            lines = _cell(cell, screen.width, f"  {mark} ", "      ")
            yield from (click.style(each, fg=_COLOURS[mark]) for each in lines) if screen.colour else lines


def _cell(cell: Cell | None, width: int, first: str, rest: str) -> list[str]:
    if cell is None:
        return [_NOTHING]
    lines = wrapped(f"{cell.place}: {cell.text}" if cell.place != "Order" else cell.text, width, first, rest)
    for label, text in cell.details:
        lines += wrapped(f"{label}: {text}", width, rest, rest + "  ")
    return lines


def _bold(lines: Iterable[str], screen: Screen) -> Iterator[str]:
    return (click.style(line, bold=True) if screen.colour else line for line in lines)


def _dim(lines: Iterable[str], screen: Screen) -> Iterator[str]:
    return (click.style(line, dim=True) if screen.colour else line for line in lines)
