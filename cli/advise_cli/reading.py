"""The commands for those who read a knowledge base: a web site, one rule in plain words, the graph."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from advise_cli import exits, files
from advise_cli.checking import folder_of, refuse
from advise_cli.report import counted

if TYPE_CHECKING:
    from advise.authoring.reading.pages import Pages

_FORMS: Final = {".svg": "svg", ".mmd": "mermaid", ".mermaid": "mermaid", ".md": "mermaid"}
_OTHER_PICTURES: Final = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".pdf")


def pages_of(named: str | None) -> Pages:
    """The pages of a knowledge base. Ends the run, with its findings, when it doesn't load."""
    from advise import KnowledgeBase
    from advise.authoring.reading.pages import Pages
    from advise.loading import read

    folder = folder_of(named)
    rulebook, findings, examples = read(folder)
    if rulebook is None:
        refuse(findings, folder)
        raise click.exceptions.Exit(exits.FINDINGS)
    return Pages(KnowledgeBase(rulebook, folder), examples)


def write_site(named: str | None, output: str, force: bool, covering: bool) -> int:
    """Writes the web site of a knowledge base; returns the exit code."""
    from advise.authoring.examples.coverage import coverage
    from advise.authoring.reading import graphviz
    from advise.authoring.reading.site import site
    from advise_cli import site_folder

    target = site_folder.SiteFolder(output, force)
    pages = pages_of(named)
    made = site(pages, coverage(pages.base, pages.examples) if covering else None)
    gone = target.save(made)
    first = Path(output, "index.html")
    lines = [f"{first} and {counted(len(made) - 1, 'other file')} are written; open it in a browser."]
    if gone:
        lines.append(
            f"{counted(gone, 'file')} of rules and other things that are gone {'is' if gone == 1 else 'are'} removed."
        )
    if not graphviz.is_installed():
        lines.append(f"There are lists in place of pictures. {graphviz.MISSING}")
    click.echo("\n".join(lines), err=True)
    return exits.DONE


def show(name: str, named: str | None, colour: bool) -> int:
    """Prints what there's to know about a name; returns the exit code."""
    from advise_cli import giving, showing
    from advise_cli.text import Screen

    pages = pages_of(named)
    found = pages.find(name)
    if not found:
        close = pages.close_to(name)
        hint = f" Did you mean {_either(close)}?" if close else " `advise docs` lists everything that there is."
        raise click.UsageError(
            f"There's no rule, conclusion, fact, list, parameter, table, topic or source {name!r}.{hint}"
        )
    width = os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout.isatty() else 0
    screen = Screen.of(width or giving.PIPED_WIDTH, colour, sys.stdout.encoding)
    text = "\n".join("".join(f"{line}\n" for line in showing.lines(pages, each, screen)) for each in found)
    files.show(text.encode(sys.stdout.encoding, "replace"))
    return exits.DONE


def _either(names: tuple[str, ...]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def write_graph(
    named: str | None,
    form: str | None,
    rule: str | None,
    topic: str | None,
    depth: int,
    output: str | None,
    force: bool,
) -> int:
    """Writes the graph, or a part of it; returns the exit code."""
    from advise.authoring.reading.graph import Graphs, dot, mermaid

    if rule and topic:
        raise click.UsageError("Name a rule or a topic, not both.")
    if output == files.STDIN:  # which, for what is written, is standard output
        output = None
    if output:
        files.check_target(output, force)
    ending = Path(output or "").suffix.casefold()
    if form is None and ending in _OTHER_PICTURES:
        raise click.UsageError(f"A picture is written as svg, not as {ending[1:]}. Name a file that ends in .svg.")
    form = form or _FORMS.get(ending, "dot")
    pages = pages_of(named)
    graphs = Graphs(pages.base.plan, pages.ties)
    if rule:
        _check_known(pages, rule)
        graph = graphs.around(rule, depth)
    else:
        graph = graphs.topic(topic, depth) if topic else graphs.whole()
    if graph.alone:
        click.echo(f"Not in the graph: {counted(len(graph.alone), 'rule')} without ties to any other.", err=True)
    text = mermaid(graph) if form == "mermaid" else dot(graph)
    if form == "svg":
        from advise.authoring.reading.graphviz import drawn

        text = drawn([text])[0]
    if not output:
        files.show(text.encode())
        return exits.DONE
    files.save(output, text.encode(), force)
    Path(output).chmod(0o644)  # unlike a report, it's about nobody
    click.echo(f"{output} is written.", err=True)
    return exits.DONE


def _check_known(pages: Pages, rule: str) -> None:
    if all(each.id != rule for each in pages.book.rules):
        ids = {each.id for each in pages.book.rules}
        close = tuple(name for name in pages.close_to(rule) if name in ids)
        hint = f" Did you mean {_either(close)}?" if close else ""
        raise click.UsageError(f"There's no rule {rule!r}.{hint}")
