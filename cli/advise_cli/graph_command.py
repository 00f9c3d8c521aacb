"""`advise graph`: how rules hang together, for Graphviz, for Mermaid or as a picture."""

from __future__ import annotations

from typing import Any

import click

from advise_cli.common import SETTINGS, WithExamples, guarded


@click.command(
    cls=WithExamples, context_settings=SETTINGS,
    examples=(
        ("advise graph -o rules.svg", "a picture of all rules"),
        ("advise graph --topic goals --format mermaid", "one topic, to paste into a page"),
        ("advise graph my_rules --rule water --depth 2", "what a rule depends on, and what on it"),
    ),
)  # fmt: skip
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path())
@click.option(
    "--format", "-f", "form", type=click.Choice(["dot", "mermaid", "svg"]),
    help="What is written.  [default: by the ending of --output, else dot]",
)  # fmt: skip
@click.option("--rule", metavar="ID", help="Only what hangs together with this rule.")
@click.option("--topic", metavar="TOPIC", help="Only the rules of a topic, and their neighbours.")
@click.option("--depth", type=click.IntRange(0), default=1, show_default=True, help="How many rules away.")
@click.option("--output", "-o", type=click.Path(), metavar="FILE", help="Write to FILE.")
@click.option("--force", is_flag=True, help="Let --output replace a file.")
def graph(folder: str | None, **how: Any) -> int:
    """Write the graph of the rules.

    Rules and the conclusions between them, by strata: what is worked out first. Arrows go to what depends; thick ones
    wait until all is settled, dashed ones override, dotted ones hold advice back. svg needs Graphviz. DIR is the
    knowledge base's folder, as for check.
    """
    from advise_cli import reading

    return guarded(lambda: reading.write_graph(folder, **how))
