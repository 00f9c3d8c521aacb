"""`advise schema`, `advise fmt` and `advise lsp`: help while rules are written."""

from __future__ import annotations

import click

from advise_cli.common import SETTINGS, guarded


@click.command(context_settings=SETTINGS)
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

    return guarded(lambda: writing.write_schema(folder, kind, output, force))


@click.command(context_settings=SETTINGS)
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path())
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 if a file would be changed.")
@click.option("--diff", is_flag=True, help="Change nothing; show what would be changed.")
def fmt(paths: tuple[str, ...], check: bool, diff: bool) -> int:
    """Format YAML files, keeping comments.

    PATH is a file or a folder: the one you are in if none is named. A file that would mean something
    else afterwards is left alone.
    """
    from advise_cli import writing

    return guarded(lambda: writing.format_files(paths, check, diff))


@click.command(options_metavar="", context_settings=SETTINGS)
def lsp() -> int:
    """Start the language server, for editors.

    It speaks over standard input and output: findings while you type, go to definition, references,
    explanations, renaming, symbols. docs/editors.md says how to set it up.
    """
    from advise_cli import writing

    return guarded(writing.serve_editor)
