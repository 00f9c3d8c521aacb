"""`advise test`: runs the examples of a knowledge base."""

from __future__ import annotations

import sys

import click

from advise_cli.common import SETTINGS, guarded, wants_colour


@click.command(options_metavar="", context_settings=SETTINGS)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path())
def test(folder: str | None) -> int:
    """Run a knowledge base's examples, cases and people.

    DIR is its folder: the one you are in, or else the career advice that comes with advise. What
    comes out otherwise than expected is printed.
    """
    from advise_cli import checking

    return guarded(lambda: checking.test(folder, sys.stdout.isatty() and wants_colour()))
