"""`advise batch`: whole files of people."""

from __future__ import annotations

from typing import Any, Final

import click

from advise_cli.common import SETTINGS, Day, WithExamples, guarded

_PEOPLE_KINDS: Final = click.Choice(["parquet", "arrow", "arrows", "csv", "ndjson"])
BATCH_EXAMPLES: Final[tuple[tuple[str, str], ...]] = (
    ("advise batch people.parquet -o advice.parquet --keep person_id", "columns that are called like facts"),
    ("advise batch people.csv --map -o mapping.yaml", "a first draft of what each column is"),
    ("advise batch people.csv --mapping mapping.yaml -o advice.csv", "with the draft, once it's right"),
    ("advise batch people.ndjson -o advice.ndjson --per person", "one line for each person"),
)


@click.command(cls=WithExamples, examples=BATCH_EXAMPLES, options_metavar="[OPTIONS]", context_settings=SETTINGS)
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

    return guarded(lambda: batching.batch(batching.Request(**asked)))
