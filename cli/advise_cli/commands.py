"""The commands of `advise`: what each takes, and what it does with the library.

Everything that a command may not need is imported where it is used: the start is what people wait for.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Final

import click

from advise_cli import exits
from advise_cli.common import SETTINGS, Day, guarded, wants_colour
from advise_cli.group import DefaultCommand, DefaultGroup

EXAMPLES: Final[tuple[tuple[str, str], ...]] = (
    ("advise facts.json", "a report for the terminal"),
    ("advise --explain facts.yaml", "with the reasons for every item"),
    ("advise --format html -o report.html facts.json", "a page to print or hand over"),
    ("advise --format json *.yaml", "several people, for a program"),
    ("advise check my_rules", "what is wrong in a folder of rules"),
    ("advise batch people.csv -o advice.parquet", "a whole table of people; see advise batch --help"),
    ("advise fmt my_rules", "its YAML files in one form"),
    ("advise docs my_rules -o site", "a web site about its rules, to read and to print"),
)


def _version(ctx: click.Context, _param: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"advise {version('advise-engine')}")
        ctx.exit()


class _Advise(DefaultGroup):
    """The group with its examples and exit codes."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        with formatter.section("Examples"):
            formatter.write_dl(list(EXAMPLES))
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(number), meaning) for number, meaning in exits.MEANINGS])
        formatter.write_paragraph()
        formatter.write_text(
            "Facts stay on this machine. For completion of commands, options and files in bash, add "
            'eval "$(_ADVISE_COMPLETE=bash_source advise)" to ~/.bashrc; zsh and fish: see docs/cli.md.'
        )


_HELP = """Advice that can be checked, from a person's facts and the rules of experts.

FACTS are files in JSON or YAML, one person each; - reads standard input. Every word of the
report goes back to a rule, a fact and a source, and where a fact is missing it asks.
A file that is called like a command is ./check."""


COMMANDS: Final = {
    "batch": "advise_cli.batch_command",
    "check": "advise_cli.check_command",
    "diff": "advise_cli.diff_command",
    "docs": "advise_cli.docs_command",
    "fmt": "advise_cli.editor_commands",
    "graph": "advise_cli.graph_command",
    "lsp": "advise_cli.editor_commands",
    "new": "advise_cli.new_command",
    "schema": "advise_cli.editor_commands",
    "show": "advise_cli.show_command",
    "test": "advise_cli.test_command",
}
"""Each command, and the module that has it under its name; imported when it's asked for."""


@click.group(cls=_Advise, lazy=COMMANDS, help=_HELP, context_settings=SETTINGS)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
def cli() -> None:
    """The group itself does nothing."""


FORMS: Final = {".html": "html", ".htm": "html", ".md": "markdown", ".json": "json"}


@click.command(cls=DefaultCommand, context_settings=SETTINGS)
@click.argument("facts", nargs=-1, required=True, type=click.Path(allow_dash=True))
@click.option(
    "--format", "-f", "form", type=click.Choice(["text", "markdown", "json", "html", "facts"]),
    help="How the report is written; facts: what was read of a résumé, to add answers to.  [default: by the ending "
    "of --output, else text]",
)  # fmt: skip
@click.option("--explain", "-e", is_flag=True, help="Leave nothing out, and show why under each item.")
@click.option("--as-of", type=Day(), metavar="DATE", help="The day that the advice is for.  [default: today]")
@click.option("--rules", type=click.Path(), metavar="DIR", help="Another knowledge base.  [default: career advice]")
@click.option("--lang", metavar="LANG", help="The language of the advice, such as en.")
@click.option("--output", "-o", type=click.Path(), metavar="FILE", help="Write to FILE, readable by you only.")
@click.option("--force", is_flag=True, help="Let --output replace a file.")
@click.option("--no-color", is_flag=True, help="No colour; setting NO_COLOR does the same.")
@click.option(
    "--engine", type=click.Choice(["compiled", "reference", "durable"]), default="compiled",
    help="What works the advice out; all give the same.",
)  # fmt: skip
def give(facts: tuple[str, ...], output: str | None, force: bool, no_color: bool, **how: Any) -> int:
    """Advice for each facts file."""
    from advise_cli import files, giving

    if output == files.STDIN:
        output = None
    if output:
        files.check_target(output, force)
        files.check_apart(output, facts)
    how["form"] = how["form"] or FORMS.get(Path(output or "").suffix.casefold(), "text")
    if facts.count(files.STDIN) > 1:
        raise click.UsageError("Standard input (-) can be read only once.")
    on_screen = not output and sys.stdout.isatty()
    request = giving.Request(
        facts,
        width=terminal_width() if on_screen else giving.PIPED_WIDTH,
        colour=on_screen and wants_colour(no_color),
        encoding="utf-8" if output or how["form"] != "text" else sys.stdout.encoding,
        **how,
    )
    text, code = guarded(lambda: giving.give(request))
    if text:
        content = text.encode(request.encoding, "replace")
        files.save(output, content, force) if output else files.show(content)
    return code


cli.default = give


def terminal_width() -> int:
    """The width of the terminal; some that are only pretended have none."""
    from advise_cli import giving

    return os.get_terminal_size(sys.stdout.fileno()).columns or giving.PIPED_WIDTH
