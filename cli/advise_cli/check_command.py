"""`advise check`: what is wrong in a knowledge base."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from advise_cli.common import SETTINGS, WithExamples, guarded, wants_colour

_EXAMPLES = (
    ("advise check", "the knowledge base that you are in"),
    ("advise check my_rules --fix", "mend what is safe"),
    ("advise check --only jargon,text-long", "two checks"),
    ("advise check --explain jargon", "what is meant by a finding, with an example"),
    ("advise check --format sarif -o check.sarif", "for a code host"),
)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Meanwhile, objects that only refer to one another are seldom looked for.

    Rules are large trees that stay: going through them again and again took a third of the time.
    """
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


class Codes(click.ParamType[tuple[str, ...]]):
    """Codes of checks, with commas between them."""

    name = "codes"

    def convert(self, value: str | tuple[str, ...], *_: object) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        return tuple(filter(None, (each.strip() for each in value.split(","))))


@click.command(cls=WithExamples, examples=_EXAMPLES, context_settings=SETTINGS)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path())
@click.option("--fix", is_flag=True, help="Mend what is safe, in place; no advice changes by it.")
@click.option("--fix-texts", is_flag=True, help="Mend spaces and full stops in texts too, which people read.")
@click.option("--diff", is_flag=True, help="Change nothing; show what that would change.")
@click.option(
    "--format", "-f", "form", type=click.Choice(["text", "json", "sarif", "junit", "github"]), default="text",
    help="How findings are written.",
)  # fmt: skip
@click.option("--only", type=Codes(), default=(), metavar="CODE,..", help="Run these checks only.")
@click.option("--output", "-o", type=click.Path(), metavar="FILE", help="Write to FILE.")
@click.option("--force", is_flag=True, help="Let --output replace a file.")
@click.option("--list", "listed", is_flag=True, help="List the checks.")
@click.option("--explain", metavar="CODE", help="Show the page of a finding.")
def check(
    folder: str | None,
    fix: bool,
    fix_texts: bool,
    diff: bool,
    form: str,
    only: tuple[str, ...],
    output: str | None,
    force: bool,
    listed: bool,
    explain: str | None,
) -> int:
    """Print what is wrong in a knowledge base.

    DIR is its folder: the one you are in, or else the career advice that comes with advise. The exit code
    is 1 for errors and warnings, and 0 for notes. docs/findings.md says how to make exceptions.
    """
    from advise_cli import checking, files

    if listed:
        return checking.list_checks()
    if explain is not None:
        return checking.explain(explain)
    if output:
        files.check_target(output, force)
    colour = output is None and sys.stdout.isatty() and wants_colour()
    request = checking.Request(folder, form, only, output, force, colour, fix_texts)
    with _seldom_collected():
        if diff:
            return guarded(lambda: checking.show_mends(request))
        return guarded(lambda: checking.check(request, fix or fix_texts))
