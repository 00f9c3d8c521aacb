"""`advise check`: what is wrong in a knowledge base."""

from __future__ import annotations

import sys

import click

from advise_cli.common import SETTINGS, guarded, wants_colour


@click.command(options_metavar="", context_settings=SETTINGS)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path())
def check(folder: str | None) -> int:
    """Print what is wrong in a knowledge base.

    DIR is its folder: the one you are in, or else the career advice that comes with advise.
    """
    from advise_cli import checking

    return guarded(lambda: checking.check(folder, sys.stdout.isatty() and wants_colour()))
