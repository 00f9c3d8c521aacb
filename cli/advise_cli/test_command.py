"""`advise test`: runs the examples of a knowledge base."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import click

from advise_cli.common import SETTINGS, WithExamples, guarded, wants_colour

_EXAMPLES: Final = (
    ("advise test my_rules", "everything"),
    ("advise test my_rules --rule find-a-mentor", "what is about one rule"),
    ("advise test my_rules --failed -x", "what differed last time, until the first does"),
    ("advise test my_rules --watch", "while you edit: again at every save"),
    ("advise test my_rules --format junit -o tests.xml", "with a report for a CI server"),
    ("advise test my_rules --coverage", "what the examples reach, and what not"),
    ("advise test my_rules --mutate -j 4", "what they'd notice, and what not"),
)


@click.command(cls=WithExamples, examples=_EXAMPLES, context_settings=SETTINGS)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path())
@click.option("--rule", "rules", metavar="ID", multiple=True, help="Only what is about a rule; * and ? are wildcards.")
@click.option("--topic", "topics", metavar="TOPIC", multiple=True, help="Only what is about the rules of a topic.")
@click.option(
    "--file", "files", metavar="FILE", multiple=True, help="Only what stands in a file; * and ? are wildcards."
)
@click.option("-k", "words", metavar="WORD", multiple=True, help="Only those with WORD in their name.")
@click.option("--kind", "kinds", type=click.Choice(["example", "case", "person"]), multiple=True, help="Only one kind.")
@click.option("--failed", is_flag=True, help="Only those that differed last time.")
@click.option("--exitfirst", "-x", is_flag=True, help="Stop at the first that differs.")
@click.option("--verbose", "-v", is_flag=True, help="List those as expected too.")
@click.option("--watch", "-w", is_flag=True, help="Run again whenever a file is saved; Ctrl-C ends.")
@click.option("--update", is_flag=True, help="Offer to expect what came out, and write it into the files.")
@click.option("--yes", "-y", is_flag=True, help="Let --update write without asking.")
@click.option(
    "--format", "-f", "form", type=click.Choice(["text", "json", "junit", "github"]),
    help="How the result is written.  [default: by the ending of --output, else text]",
)  # fmt: skip
@click.option("--output", "-o", type=click.Path(), metavar="FILE", help="Write the result to FILE.")
@click.option("--coverage", is_flag=True, help="Show what the examples reach of rules and conditions instead.")
@click.option("--annotate", is_flag=True, help="Show that beside the lines of the rule files.")
@click.option("--mutate", is_flag=True, help="Alter rules a little and show what no example notices instead.")
@click.option("--suggest", is_flag=True, help="Write examples at the edges of conditions that aren't shown instead.")
@click.option("--facts", is_flag=True, help="With --coverage and --mutate: write facts for what is missing.")
@click.option("--jobs", "-j", type=click.IntRange(1), default=1, metavar="N", help="How many processes --mutate takes.")
@click.option("--force", is_flag=True, help="Let --output replace a file that isn't an earlier result.")
def test(**how: Any) -> int:
    """Run a knowledge base's examples, cases and people.

    DIR is its folder: the one you are in, or else the career advice that comes with advise. What
    comes out otherwise than expected is printed, with the reason. Options that select may be
    repeated. An example is about the rule that it stands in, and those that its expectations name.
    """
    from advise_cli import files, testing
    from advise_cli.test_formats import FORMATS

    if how["output"] == files.STDIN:  # which, for what is written, is standard output
        how["output"] = None
    study = {each: how.pop(each) for each in ("coverage", "annotate", "mutate", "suggest", "facts", "jobs")}
    if study["suggest"] or study["coverage"] or study["annotate"] or study["mutate"]:
        return _study(how, **study)
    if study["facts"]:
        raise click.UsageError("--facts goes with --coverage or --mutate.")
    if study["jobs"] > 1:
        raise click.UsageError("--jobs goes with --mutate.")
    how["form"] = how["form"] or FORMATS.get(Path(how["output"] or "").suffix.casefold(), "text")
    to_file = how["form"] == "text" and how["output"]
    watch, update, yes = (how.pop(each) for each in ("watch", "update", "yes"))
    request = testing.Request(colour=not to_file and sys.stdout.isatty() and wants_colour(), **how)
    if watch and update:
        raise click.UsageError("--watch and --update don't go together.")
    if yes and not update:
        raise click.UsageError("--yes goes with --update.")
    if watch:
        from advise_cli import test_watching

        return guarded(lambda: test_watching.watch(request))
    if update:
        from advise_cli import test_updating

        return guarded(lambda: test_updating.update(request, yes))
    return guarded(lambda: testing.test(request))


_OF_RULES: Final = ("folder", "rules", "topics", "files", "form")


def _study(
    how: dict[str, Any], coverage: bool, annotate: bool, mutate: bool, suggest: bool, facts: bool, jobs: int
) -> int:
    """What the examples reach and notice of the rules selected."""
    from advise.authoring.examples.selection import Selection
    from advise_cli import covering, mutating, suggesting

    if suggest:
        others = (
            coverage or annotate or mutate or facts or jobs > 1 or any(v for k, v in how.items() if k not in _OF_RULES)
        )
        if others or how["form"]:
            raise click.UsageError("With --suggest go --rule, --topic and --file.")
        selected = Selection(how["rules"], how["topics"], how["files"])
        return guarded(lambda: suggesting.suggest(how["folder"], selected))
    if mutate and (coverage or annotate):
        raise click.UsageError("--mutate and --coverage don't go together.")
    which = "--mutate" if mutate else "--coverage"
    if any(value for name, value in how.items() if name not in _OF_RULES):
        raise click.UsageError(f"With {which} go --rule, --topic, --file, --format, --facts and --jobs.")
    form = how["form"] or "text"
    if form not in ("text", "json"):
        raise click.UsageError(f"{which} is written as text or json.")
    if annotate and (facts or form == "json"):
        raise click.UsageError("--annotate prints the files; leave out --facts and --format.")
    if jobs > 1 and not mutate:
        raise click.UsageError("--jobs goes with --mutate.")
    selected = Selection(how["rules"], how["topics"], how["files"])
    if mutate:
        return guarded(lambda: mutating.mutate(how["folder"], selected, form, jobs, facts))
    return guarded(lambda: covering.cover(how["folder"], selected, form, annotate, facts))
