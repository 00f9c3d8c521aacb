"""A difference as Markdown, fit for a comment in a code review."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from advise_cli.diff_report import Block, Cell, Edit, Report
from advise_cli.markdown import escaped
from advise_cli.report import clean

_BACKTICKS = re.compile("`{3,}")


def render(report: Report) -> str:
    """One document."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"## {escaped(f'{report.title}: {report.old} → {report.new}')}\n"
    yield escaped(report.summary)
    if report.edits:
        yield "\n### What changed"
        for edit in report.edits:
            yield f"\n**{escaped(edit.head)}**"
            if edit.lines:
                yield "\n" + _fenced("diff", _diff(edit))
    if report.people:
        yield "\n### Who gets other advice"
        for people in report.people:
            yield f"\n**{people.head}**: {escaped(people.names)}"
            if people.remark:
                yield f"\n*{escaped(people.remark)}*"
            yield from _blocks(people.blocks, report)
    if report.slight:
        yield "\n### Open advice in other words\n"
        yield from (f"- {escaped(said)}: {escaped(names)}" for said, names in report.slight)
    if report.refused:
        yield "\n### Facts that can't be used\n"
        yield from (f"- {escaped(sentence)}" for sentence in report.refused)
    if report.nobody or report.unmet:
        yield "\n### What nobody recorded meets\n"
        yield from (f"- {escaped(head)}" for head in report.unmet)
        for nobody in report.nobody:
            yield f"\n**{escaped(nobody.head)}**\n"
            if nobody.facts:
                yield "It makes a difference for this person:\n"
                yield _fenced("yaml", nobody.facts.splitlines())
                yield from _blocks(nobody.blocks, report)
            else:
                yield "No person was found for whom this makes a difference; that's no proof that there's none."


def _diff(edit: Edit) -> Iterator[str]:
    for line in edit.lines:
        indent = "  " * line.depth
        if line.mark == "~" and line.before:
            yield f"- {indent}{clean(line.before)}"
        yield f"{'+' if line.mark == '~' else line.mark} {indent}{clean(line.text)}"


def _fenced(kind: str, lines: Iterable[str]) -> str:
    text = "\n".join(lines)
    longest = max((len(each) for each in _BACKTICKS.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{kind}\n{text}\n{fence}"


def _blocks(blocks: Iterable[Block], report: Report) -> Iterator[str]:
    for block in blocks:
        yield f"\n| {escaped(report.old)} | {escaped(report.new)} |\n| --- | --- |"
        for old, new in block.rows:
            yield f"| {_cell(old)} | {_cell(new)} |"
        if block.why:
            yield ""
        yield from (f"- Reason: {escaped(why)}" for why in block.why)


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return "*nothing*"
    said = escaped(cell.text) if cell.place == "Order" else f"**{cell.place}**: {escaped(cell.text)}"
    return "<br>".join([said, *(f"{label}: {escaped(text)}" for label, text in cell.details)])
