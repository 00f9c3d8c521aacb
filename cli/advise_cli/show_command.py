"""`advise show`: one rule, or whatever else has a name, in plain words."""

from __future__ import annotations

import sys

import click

from advise_cli.common import SETTINGS, WithExamples, guarded, wants_colour


@click.command(
    cls=WithExamples, context_settings=SETTINGS,
    examples=(
        ("advise show ask-for-more-responsibility", "a rule of the career advice"),
        ("advise show job.start", "a fact: its question, and who reads it"),
        ("advise show settle_in my_rules", "a parameter of your own rules"),
    ),
)  # fmt: skip
@click.argument("name")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path())
@click.option("--no-color", is_flag=True, help="No colour; setting NO_COLOR does the same.")
def show(name: str, folder: str | None, no_color: bool) -> int:
    """Show a rule in plain words.

    NAME is the id of a rule, or the name of a conclusion, fact, list, parameter, table, topic or source. DIR is the
    knowledge base's folder, as for check.
    """
    from advise_cli import reading

    return guarded(lambda: reading.show(name, folder, sys.stdout.isatty() and wants_colour(no_color)))
