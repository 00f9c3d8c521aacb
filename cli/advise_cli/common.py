"""What the commands share: kinds of options, how a run is guarded, whether there's colour."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import date
from typing import Any, Final, TypeVar

import click

from advise_cli import exits

_T = TypeVar("_T")
HELP_OPTIONS: Final = ["-h", "--help"]
SETTINGS: Final = {"help_option_names": HELP_OPTIONS}


class Day(click.ParamType[date]):
    """A full date."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = None
        # Python also reads 20260115 and 2026-W03-4, which people don't mean.
        if day is None or day.isoformat() != value:
            self.fail(f"{value!r} is no date. Write it as 2026-01-15.", param, ctx)
        return day


class WithExamples(click.Command):
    """A command whose help ends with examples: pairs of a command line and what it does."""

    def __init__(self, *args: Any, examples: tuple[tuple[str, str], ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = examples

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        with formatter.section("Examples"):
            formatter.write_dl(list(self.examples))


def wants_colour(no_color: bool = False) -> bool:
    """NO_COLOR with any value but the empty one means no (no-color.org)."""
    return not (no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb")


def counts_aloud() -> bool:
    """Whether what takes long is counted on standard error: a terminal that can wipe a line."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def guarded(work: Callable[[], _T]) -> _T:
    """What `work` gives; an error of the library's as one of the command's."""
    from advise.errors import AdviseError

    try:
        return work()
    except AdviseError as error:
        click.echo(str(error), err=True)
        raise click.exceptions.Exit(exits.BAD_INPUT) from None
