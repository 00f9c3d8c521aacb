"""Keeps the help in docs/cli.md equal to what the command prints: `python -m advise_cli.manual docs/cli.md`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from advise_cli.commands import cli
from advise_cli.common import HELP_OPTIONS

_HELP = re.compile(r"(<!-- help: advise ?([\w ]*) -->\n```text\n).*?(\n```\n)", re.DOTALL)
_WIDTH = 78


def help_text(command: str = "") -> str:
    """The help of `advise`, or of one of its commands, as a terminal of 80 columns shows it."""
    found: click.Command = cli
    context = click.Context(cli, info_name="advise", terminal_width=_WIDTH, help_option_names=HELP_OPTIONS)
    for name in command.split():
        inner = found.get_command(context, name) if isinstance(found, click.Group) else None
        assert inner is not None, f"there is no command {command}"
        found, context = inner, click.Context(inner, context, name, terminal_width=_WIDTH)
    return found.get_help(context)


def renewed(page: str) -> str:
    """A page with the help in each of its marked blocks as it is now."""
    return _HELP.sub(lambda block: f"{block[1]}{help_text(block[2])}{block[3]}", page)


def main() -> None:
    """Renews the pages that are named on the command line."""
    for name in sys.argv[1:]:
        page = Path(name)
        page.write_text(renewed(page.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
