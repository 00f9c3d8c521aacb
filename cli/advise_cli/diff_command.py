"""`advise diff`: what differs between two versions of a knowledge base, and for whom."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import click

from advise_cli.common import SETTINGS, Day, WithExamples, guarded, wants_colour

DIFF_EXAMPLES: Final[tuple[tuple[str, str], ...]] = (
    ("advise diff", "the folder you are in against the last commit"),
    ("advise diff main", "against another branch"),
    ("advise diff v1 v2 --folder rules", "two revisions of the folder rules"),
    ("advise diff old_rules new_rules", "two folders"),
    ("advise diff main --people clients/ -f markdown", "for real people too, to paste into a review"),
)
_FORMS: Final = {".md": "markdown", ".json": "json"}


@click.command(cls=WithExamples, examples=DIFF_EXAMPLES, context_settings=SETTINGS)
@click.argument("old", metavar="[OLD", required=False, type=click.Path())
@click.argument("new", metavar="[NEW]]", required=False, type=click.Path())
@click.option("--folder", type=click.Path(), metavar="DIR", help="The knowledge base's folder, for revisions.")
@click.option(
    "--people", multiple=True, type=click.Path(), metavar="FILE|DIR",
    help="Facts files to compare for as well, of which only the names are shown; may be repeated.",
)  # fmt: skip
@click.option("--as-of", type=Day(), metavar="DATE", help="The day of the advice for --people.  [default: today]")
@click.option(
    "--format", "-f", "form", type=click.Choice(["text", "markdown", "json"]),
    help="How it's written.  [default: by the ending of --output, else text]",
)  # fmt: skip
@click.option("--output", "-o", type=click.Path(), metavar="FILE", help="Write to FILE, readable by you only.")
@click.option("--force", is_flag=True, help="Let --output replace a file.")
@click.option("--quick", is_flag=True, help="Don't look for people who'd meet what nobody recorded meets.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 if anybody's advice changes.")
@click.option("--no-color", is_flag=True, help="No colour; setting NO_COLOR does the same.")
def diff(output: str | None, force: bool, no_color: bool, **how: Any) -> int:
    """Show what differs between two versions, and for whom.

    OLD and NEW are folders or git revisions. Without NEW it's the working folder, without OLD the last
    commit. Shown are what changed, in words; everybody recorded in an example, case or person who gets
    other advice, and why; and for a change that none of them meets, somebody who would.
    """
    from advise_cli import diffing, files
    from advise_cli.commands import terminal_width

    if output:
        files.check_target(output, force)
    how["form"] = how["form"] or _FORMS.get(Path(output or "").suffix.casefold(), "text")
    on_screen = not output and sys.stdout.isatty()
    request = diffing.Request(
        width=terminal_width() if on_screen else diffing.PIPED_WIDTH,
        colour=on_screen and wants_colour(no_color),
        encoding="utf-8" if output or how["form"] != "text" else sys.stdout.encoding,
        **how,
    )
    text, code = guarded(lambda: diffing.diff(request))
    if text:
        content = text.encode(request.encoding, "replace")
        files.save(output, content, force) if output else files.show(content)
    return code
