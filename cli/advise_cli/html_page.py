"""A report as one HTML file: nothing to load, fit to print, and readable with any screen reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from advise_cli.html_style import STYLE
from advise_cli.report import Code, Group, Item, Proof, Report, Section, Words

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def render(reports: Sequence[Report], language: str) -> str:
    """The page. With several people it starts with a table of contents, and each has a part of their own."""
    several = len(reports) > 1
    title = reports[0].title if several else f"{reports[0].title}, {reports[0].as_of}"
    lines = [
        "<!doctype html>",
        f'<html lang="{escape(language)}">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        f"<title>{escape(title)}</title>",
        f"<style>{STYLE}</style>",
        "</head>",
        "<body>",
        "<main>",
        *(_contents(reports, title) if several else ()),
    ]
    for number, each in enumerate(reports, 1):
        lines += _report(each, f"person-{number}", 2 if several else 1)
    return "\n".join([*lines, "</main>", "</body>", "</html>"]) + "\n"


def _contents(reports: Sequence[Report], title: str) -> Iterator[str]:
    yield f"<h1>{escape(title)}</h1>"
    yield '<nav aria-label="People"><ul>'
    for number, each in enumerate(reports, 1):
        yield f'<li><a href="#person-{number}">{escape(each.name)}</a></li>'
    yield "</ul></nav>"


def _report(report: Report, prefix: str, level: int) -> Iterator[str]:
    yield f'<article aria-labelledby="{prefix}">'
    heading = escape(report.name) if level == 2 else escape(report.title)
    yield f'<header><h{level} id="{prefix}">{heading}</h{level}>'
    yield f'<p class="day">{escape(report.as_of)}</p>'
    if report.summary:
        yield f'<p class="summary">{escape(report.summary)}</p>'
    yield "</header>"
    for section in report.sections:
        yield from _section(section, prefix, level + 1)
    yield "</article>"


def _section(section: Section, prefix: str, level: int) -> Iterator[str]:
    name = f"{prefix}-{section.key}"
    yield f'<section class="{section.key}" aria-labelledby="{name}">'
    yield f'<h{level} class="title" id="{name}">{escape(section.title)}</h{level}>'
    if section.intro:
        yield f'<p class="quiet">{escape(section.intro)}</p>'
    for group in section.groups:
        if group.title:
            yield f'<h{level + 1} class="group">{escape(group.title)}</h{level + 1}>'
        yield from _items(group, section.key, prefix)
    if section.more:
        yield f'<p class="quiet">{escape(section.more)}</p>'
    yield "</section>"


def _items(group: Group, key: str, prefix: str) -> Iterator[str]:
    kind = "ol" if group.items[0].number else "ul"
    yield f"<{kind}>"
    for item in group.items:
        yield from _item(item, key, prefix)
    yield f"</{kind}>"


def _item(item: Item, key: str, prefix: str) -> Iterator[str]:
    number = f' value="{item.number}"' if item.number else ""
    name = f' id="{prefix}-source-{item.number}"' if key == "sources" else ""
    aside = f' <span class="aside">({escape(item.aside)})</span>' if item.aside else ""
    cited = "".join(_cited(each, prefix) for each in item.sources)
    texts = [f'<p class="text">{_marked(each)}' for each in (item.text, *item.also)]
    yield f"<li{number}{name}>" + "</p>".join(texts) + f"{aside}{cited}</p>"
    if item.steps:
        yield '<ul class="steps">' + "".join(f"<li>{_marked(step)}</li>" for step in item.steps) + "</ul>"
    if item.details:
        yield "<dl>"
        for label, detail in item.details:
            yield f"<div><dt>{escape(label)}</dt><dd>{_marked(detail)}</dd></div>"
        yield "</dl>"
    for why, parts in item.proofs:
        yield f"<details><summary>{_marked(why)}</summary>{_tree(parts)}</details>"
    yield "</li>"


def _cited(number: int, prefix: str) -> str:
    return f' <a class="cited" href="#{prefix}-source-{number}" aria-label="source {number}">[{number}]</a>'


def _tree(proofs: Iterable[Proof]) -> str:
    lines = "".join(f"<li>{_marked(each.says)}{_tree(each.parts)}</li>" for each in proofs)
    return f"<ul>{lines}</ul>" if lines else ""


def _marked(pieces: Words) -> str:
    return "".join(_code(each) if isinstance(each, Code) else escape(each) for each in pieces)


def _code(piece: Code) -> str:
    return f"<code>{escape(piece)}</code>"
