"""`advise test --suggest`: new examples for rules, as YAML to paste under them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advise_cli import exits, files
from advise_cli.bases import opened
from advise_cli.report import clean, counted

if TYPE_CHECKING:
    from advise.authoring.examples.selection import Selection
    from advise.authoring.examples.suggesting import Suggestion
    from advise.rules import Rule


def suggest(named: str | None, selected: Selection) -> int:
    """Prints examples that the rules selected lack, each ready to paste; returns the exit code."""
    from advise.authoring.examples.suggesting import Suggestions

    folder, base, examples = opened(named)
    wanted = selected.rules_of(base.rulebook, folder)
    suggestions = Suggestions(base, examples)
    has_examples = {each.rule for each in examples}
    count = 0
    for rule in (each for each in base.rulebook.rules if each.id in wanted):
        found = list(suggestions.of(rule))
        count += len(found)
        # Printed rule by rule: for many rules this takes a while.
        text = "".join(f"{line}\n" for line in _lines(rule, found, folder, rule.id in has_examples))
        files.show(text.encode(sys.stdout.encoding, "replace"))
    click.echo(f"{folder}: {counted(count, 'example')} for {counted(len(wanted), 'rule')}.", err=True)
    return exits.DONE


def _lines(rule: Rule, found: Sequence[Suggestion], folder: Path, has_examples: bool) -> Iterator[str]:
    if not found:
        return
    place = folder / rule.place.file
    yield clean(f"# {rule.id}, in {place}:{rule.place.line}")
    if not has_examples:
        yield "    examples:"
    for each in found:
        yield from each.yaml().splitlines()
    yield ""
