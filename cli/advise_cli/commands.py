"""The commands of `advise`: what each takes, and what it does with the library.

Everything that a command may not need is imported where it is used: the start is what people wait for.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from advise_cli import exits
from advise_cli.group import DefaultCommand, DefaultGroup

_T = TypeVar("_T")
HELP_OPTIONS: Final = ["-h", "--help"]
EXAMPLES: Final[tuple[tuple[str, str], ...]] = (
    ("advise facts.json", "a report for the terminal"),
    ("advise --explain facts.yaml", "with the reasons for every item"),
    ("advise --format html -o report.html facts.json", "a page to print or hand over"),
    ("advise --format json *.yaml", "several people, for a program"),
    ("advise check my_rules", "what is wrong in a folder of rules"),
    ("advise batch people.csv -o advice.parquet", "a whole table of people; see advise batch --help"),
    ("advise fmt my_rules", "its YAML files in one form"),
)


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


@click.group(cls=_Advise, help=_HELP, context_settings={"help_option_names": HELP_OPTIONS})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
def cli() -> None:
    """The group itself does nothing."""


FORMS: Final = {".html": "html", ".htm": "html", ".md": "markdown", ".json": "json"}


@click.command(cls=DefaultCommand, context_settings={"help_option_names": HELP_OPTIONS})
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
        width=_width() if on_screen else giving.PIPED_WIDTH,
        colour=on_screen and _wants_colour(no_color),
        encoding="utf-8" if output or how["form"] != "text" else sys.stdout.encoding,
        **how,
    )
    text, code = _guarded(lambda: giving.give(request))
    if text:
        content = text.encode(request.encoding, "replace")
        files.save(output, content, force) if output else files.show(content)
    return code


@cli.command(options_metavar="")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path())
def check(folder: str | None) -> int:
    """Print what is wrong in a knowledge base.

    DIR is its folder: the one you are in, or else the career advice that comes with advise.
    """
    from advise_cli import checking

    return _guarded(lambda: checking.check(folder, sys.stdout.isatty() and _wants_colour()))


@cli.command(options_metavar="")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path())
def test(folder: str | None) -> int:
    """Run a knowledge base's examples, cases and people.

    DIR is its folder: the one you are in, or else the career advice that comes with advise. What
    comes out otherwise than expected is printed.
    """
    from advise_cli import checking

    return _guarded(lambda: checking.test(folder, sys.stdout.isatty() and _wants_colour()))


_PEOPLE_KINDS: Final = click.Choice(["parquet", "arrow", "arrows", "csv", "ndjson"])
BATCH_EXAMPLES: Final[tuple[tuple[str, str], ...]] = (
    ("advise batch people.parquet -o advice.parquet --keep person_id", "columns that are called like facts"),
    ("advise batch people.csv --map -o mapping.yaml", "a first draft of what each column is"),
    ("advise batch people.csv --mapping mapping.yaml -o advice.csv", "with the draft, once it's right"),
    ("advise batch people.ndjson -o advice.ndjson --per person", "one line for each person"),
)


class _Batch(click.Command):
    """The command with its examples."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        with formatter.section("Examples"):
            formatter.write_dl(list(BATCH_EXAMPLES))


@cli.command(cls=_Batch, options_metavar="[OPTIONS]")
@click.argument("people", metavar="FILE", type=click.Path())
@click.option("--output", "-o", type=click.Path(), metavar="FILE", help="For the advice, or with --map the draft.")
@click.option("--from", "read_as", type=_PEOPLE_KINDS, help="What FILE is.  [default: by its ending]")
@click.option("--to", "write_as", type=_PEOPLE_KINDS, help="What the output is.  [default: by its ending]")
@click.option("--mapping", type=click.Path(), metavar="FILE", help="What each column is, in YAML.")
@click.option("--map", "wants_map", is_flag=True, help="Only write a first draft of a mapping.")
@click.option("--keep", multiple=True, metavar="COLUMN", help="Carry a column to the advice; may be repeated.")
@click.option(
    "--per", type=click.Choice(["item", "person"]), default="item",
    help="A row for each person and item, or one for each person.  [default: item]",
)  # fmt: skip
@click.option("--questions/--no-questions", default=True, help="With or without what is worth asking.  [default: with]")
@click.option(
    "--rejects", type=click.Path(), metavar="FILE",
    help="Where rows go that can't be used, with the reason.  [default: beside the output, as .rejects.csv]",
)  # fmt: skip
@click.option("--summary", type=click.Path(), metavar="FILE", help="Write the summary as JSON too.")
@click.option("--as-of", type=Day(), metavar="DATE", help="The day that the advice is for.  [default: today]")
@click.option("--rules", type=click.Path(), metavar="DIR", help="Another knowledge base.  [default: career advice]")
@click.option("--threads", type=click.IntRange(1), metavar="N", help="How many batches are worked on at once.")
@click.option("--force", is_flag=True, help="Let files be replaced.")
@click.option("--restart", is_flag=True, help="Don't go on with what a stopped run has done.")
@click.option("--quiet", "-q", is_flag=True, help="No bar and no summary.")
def batch(**asked: Any) -> int:
    """Advise a whole table of people.

    FILE is Parquet, Arrow, CSV or NDJSON (a JSON object a line), of any size, with a row for each
    person. Columns are called like facts (jobs, plan.written), or a mapping says what they are.
    Rows that can't be used go to a file of their own. Stopped at any moment, the same command goes on.
    """
    from advise_cli import batching

    return _guarded(lambda: batching.batch(batching.Request(**asked)))


@cli.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path())
@click.option(
    "--of", "kind", type=click.Choice(["rules", "cases", "person", "facts"]), default="rules",
    help="Which files: of rules, cases/*.yaml, people/*.yaml, or the facts of one person.",
)  # fmt: skip
@click.option("--output", "-o", type=click.Path(), metavar="FILE", help="Write to FILE.")
@click.option("--force", is_flag=True, help="Let --output replace a file that isn't such a schema.")
def schema(folder: str | None, kind: str, output: str | None, force: bool) -> int:
    """Write a JSON Schema for editors.

    It knows the names and values of one knowledge base, so that an editor with a YAML language server
    completes, explains and underlines. DIR is its folder, as for check.
    """
    from advise_cli import writing

    return _guarded(lambda: writing.write_schema(folder, kind, output, force))


@cli.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path())
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 if a file would be changed.")
@click.option("--diff", is_flag=True, help="Change nothing; show what would be changed.")
def fmt(paths: tuple[str, ...], check: bool, diff: bool) -> int:
    """Format YAML files, keeping comments.

    PATH is a file or a folder: the one you are in if none is named. A file that would mean something
    else afterwards is left alone.
    """
    from advise_cli import writing

    return _guarded(lambda: writing.format_files(paths, check, diff))


@cli.command(options_metavar="")
def lsp() -> int:
    """Start the language server, for editors.

    It speaks over standard input and output: findings while you type, go to definition, references,
    explanations, renaming, symbols. docs/editors.md says how to set it up.
    """
    from advise_cli import writing

    return _guarded(writing.serve_editor)


cli.default = give


def _width() -> int:
    """The width of the terminal; some that are only pretended have none."""
    from advise_cli import giving

    return os.get_terminal_size(sys.stdout.fileno()).columns or giving.PIPED_WIDTH


def _wants_colour(no_color: bool = False) -> bool:
    """NO_COLOR with any value but the empty one means no (no-color.org)."""
    return not (no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb")


def _guarded(work: Callable[[], _T]) -> _T:
    """What `work` gives; an error of the library's as one of the command's."""
    from advise.errors import AdviseError

    try:
        return work()
    except AdviseError as error:
        click.echo(str(error), err=True)
        raise click.exceptions.Exit(exits.BAD_INPUT) from None
