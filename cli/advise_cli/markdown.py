"""A report as Markdown (CommonMark), with everything that people wrote escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from advise_cli.report import Code, Group, Item, Proof, Report, Section, Words

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&$])")
_LIST_MARK = re.compile(r"^([-+=]|\d+(?=[.)]))")
_BACKTICKS = re.compile("`+")


def render(reports: Sequence[Report]) -> str:
    """One document; each person's report under a heading when there are several."""
    if len(reports) == 1:
        return "\n".join(_report(reports[0], 1)) + "\n"
    return "\n\n".join("\n".join(_report(each, 2, each.name)) for each in reports) + "\n"


def _report(report: Report, level: int, name: str = "") -> Iterator[str]:
    if name:
        yield f"# {escaped(name)}\n"
    yield f"{'#' * level} {escaped(f'{report.title}, {report.as_of}')}"
    if report.summary:
        yield f"\n{escaped(report.summary)}"
    for section in report.sections:
        yield from _section(section, level + 1)


def _section(section: Section, level: int) -> Iterator[str]:
    yield f"\n{'#' * level} {escaped(section.title)}\n"
    if section.intro:
        yield f"{escaped(section.intro)}\n"
    for index, group in enumerate(section.groups):
        if group.title:
            yield f"{'' if not index else chr(10)}{'#' * (level + 1)} {escaped(group.title)}\n"
        yield from _items(group)
    if section.more:
        yield f"\n*{escaped(section.more)}*"


def _items(group: Group) -> Iterator[str]:
    """A list. Numbers are ranks: where one is skipped a new list starts, as Markdown counts by itself."""
    before = None
    for item in group.items:
        if before is not None and item.number != before + 1:
            yield "\n<!-- -->\n"
        before = item.number
        yield from _item(item)


def _item(item: Item) -> Iterator[str]:
    mark = f"{item.number}. " if item.number else "- "
    inside = " " * len(mark)
    said = f"\\\n{inside}".join(map(marked, (item.text, *item.also)))
    if item.aside:
        said += f" *({escaped(item.aside)})*"
    if item.sources:
        said += f" \\[{', '.join(map(str, item.sources))}\\]"
    yield mark + said
    for step in item.steps:
        yield f"{inside}- {marked(step)}"
    for label, detail in item.details:
        yield f"{inside}- **{escaped(label)}:** {marked(detail)}"
    for why, parts in item.proofs:
        yield f"{inside}- *{marked(why)}*"
        yield from _tree(parts, inside + "  ")


def _tree(proofs: Iterable[Proof], indent: str) -> Iterator[str]:
    for proof in proofs:
        yield f"{indent}- {marked(proof.says)}"
        yield from _tree(proof.parts, indent + "  ")


def marked(pieces: Words) -> str:
    """Words with their code marked as code."""
    safe = "".join(_code(each) if isinstance(each, Code) else _SPECIAL.sub(r"\\\1", each) for each in pieces)
    return _LIST_MARK.sub(_escaped_mark, safe)


def escaped(text: str) -> str:
    """`text` as Markdown that shows exactly it, at the start of a line too."""
    return marked((text,))


def _escaped_mark(match: re.Match[str]) -> str:
    mark = match[1]
    return mark + "\\" if mark.isdigit() else "\\" + mark


def _code(text: str) -> str:
    longest = max(map(len, _BACKTICKS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    space = " " if text[:1] in ("`", " ") or text[-1:] in ("`", " ") else ""
    return f"{fence}{space}{text}{space}{fence}"
