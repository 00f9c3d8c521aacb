"""`advise docs`: a knowledge base as a web site."""

from __future__ import annotations

import click

from advise_cli.common import SETTINGS, WithExamples, guarded


@click.command(
    cls=WithExamples, context_settings=SETTINGS,
    examples=(
        ("advise docs my_rules -o site", "pages about the rules in my_rules; open site/index.html"),
        ("advise docs -o site", "about the career advice"),
    ),
)  # fmt: skip
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path())
@click.option("--output", "-o", type=click.Path(), metavar="FOLDER", required=True, help="Where the site goes.")
@click.option("--force", is_flag=True, help="Write into a folder that has other things in it; they stay.")
@click.option(
    "--coverage/--no-coverage", default=True, help="Whether to work out how far the examples reach; it takes longest."
)
def docs(folder: str | None, output: str, force: bool, coverage: bool) -> int:
    """Write a web site about a knowledge base.

    It has each rule in plain words, with its source, its examples and what came of them, what it depends on and
    what depends on it; the facts and their questions; the graph of all rules; and a search. It needs no server and no
    network. DIR is the knowledge base's folder, as for check. A site that is there already is brought up to date.
    """
    from advise_cli import reading

    return guarded(lambda: reading.write_site(folder, output, force, coverage))
