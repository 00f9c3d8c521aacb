"""`advise new`: a knowledge base, a topic, a rule or a person to begin with, checked and tested before it's written."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from advise_cli.common import SETTINGS, guarded

EXAMPLES: Final[tuple[tuple[str, str], ...]] = (
    ("advise new base plants", "a small whole knowledge base in the new folder plants"),
    ("advise new topic winter", "a topic, in the knowledge base that you are in"),
    ("advise new rule mist-often --fact plant.dry", "a rule that looks at a fact, with two examples"),
    ("advise new person ana --facts ana_facts.yaml", "a person, with what comes out for her"),
)

_IN = click.option(
    "--in", "folder", type=click.Path(), metavar="DIR", help="The knowledge base.  [default: the one you are in]"
)


class _New(click.Group):
    """The group, its help ending with examples."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        with formatter.section("Examples"):
            formatter.write_dl(list(EXAMPLES))


@click.group(cls=_New, context_settings=SETTINGS)
def new() -> None:
    """Write a knowledge base, topic, rule or person to begin with.

    What is written passes check and test. At a terminal you're asked for what you leave out. No file is
    ever written over; a rule goes into the file of its topic, and the rest of that file stays as it is.
    """


@new.command(context_settings=SETTINGS)
@click.argument("folder", metavar="DIR", type=click.Path())
@click.option("--title", metavar="TEXT", help="What it's about, such as 'Advice on houseplants'.")
@click.option("--thing", metavar="NAME", help="What people have a list of, one of them: plant.")
@click.option("--things", metavar="NAME", help="The same, many of them.  [default: the thing with s]")
def base(folder: str, title: str | None, thing: str | None, things: str | None) -> int:
    """Write a whole small knowledge base.

    DIR is a new folder, or an empty one. In it: the manifest, the facts with their questions, a topic with a
    tested rule, a person, and what an editor needs to help you.
    """
    from advise.authoring.writing.beginnings import Field, check_name
    from advise_cli import adding

    where = Path(folder)
    if where.exists() and (not where.is_dir() or any(where.iterdir())):
        raise click.UsageError(f"{folder} is there already, and nothing is ever written over. Name a new folder.")
    if not where.absolute().parent.is_dir():
        raise click.UsageError(f"There is no folder {where.parent} to put {where.name} into.")
    usual = where.absolute().name.replace("_", " ").replace("-", " ").capitalize()
    title = adding.asked(title, "--title", "What is it about", adding.a_text, usual)
    thing = adding.asked(thing, "--thing", "What do people have a list of? One of them, as in plant", check_name)
    things = adding.asked(things, "--things", "And many of them", check_name, f"{thing}s")
    field = guarded(lambda: Field(title, thing, things))
    return guarded(lambda: adding.write_base(where, field))


@new.command(context_settings=SETTINGS)
@click.argument("name")
@click.option("--title", metavar="TEXT", help="Its title.  [default: from its name]")
@click.option("--source", metavar="KEY[: PLACE]", help="Where its rules come from.  [default: the manifest's first]")
@_IN
def topic(name: str, title: str | None, source: str | None, folder: str | None) -> int:
    """Write the file of a topic, without rules yet."""
    from advise_cli import adding

    additions = adding.additions_to(folder)
    guarded(lambda: additions.check_topic(name))
    title = adding.asked(title, "--title", "Its title", adding.a_text, adding.words(name))
    sources = list(additions.book.sources)
    source = adding.asked(source, "--source", adding.one_of("Its source", sources), additions.check_source, sources[0])
    return guarded(lambda: adding.write(additions, additions.topic(name, title, source)))


@new.command(context_settings=SETTINGS)
@click.argument("id")
@click.option("--topic", metavar="NAME", help="The topic whose file it goes into.  [default: the only one]")
@click.option("--fact", metavar="NAME", help="The fact that it looks at: plant.dry.")
@click.option("--say", metavar="TEXT", help="What it advises.")
@click.option("--title", metavar="TEXT", help="Its title.  [default: from its id]")
@click.option("--priority", metavar="NAME", help="One of the manifest's priorities.  [default: the last]")
@click.option("--source", metavar="KEY[: PLACE]", help="Where it comes from.  [default: the topic's, if it has one]")
@_IN
def rule(
    id: str, topic: str | None, fact: str | None, say: str | None, title: str | None, priority: str | None,
    source: str | None, folder: str | None,
) -> int:  # fmt: skip
    """Put a rule with two examples into a topic's file.

    It tests one fact, in a way that fits its type; change the test, and the examples with it.
    """
    from advise.authoring.writing.additions import NewRule
    from advise_cli import adding

    additions = adding.additions_to(folder)
    guarded(lambda: additions.check_rule(id))
    topics, priorities = list(additions.book.topics), list(additions.book.priorities)
    only = topics[0] if len(topics) == 1 else None
    topic = adding.asked(topic, "--topic", adding.one_of("In which topic", topics), additions.check_in_topic, only)
    title = adding.asked(title, "--title", "Its title", adding.a_text, adding.words(id))
    fact = adding.asked(
        fact, "--fact", adding.one_of("Which fact does it look at", additions.facts), additions.check_fact
    )
    say = adding.asked(say, "--say", "What does it advise", adding.a_text)
    priority = adding.asked(
        priority, "--priority", adding.one_of("How important", priorities), additions.check_priority, priorities[-1]
    )
    if source is not None:
        guarded(lambda: additions.check_source(source))
    wanted = NewRule(id, title, fact, say, priority, topic, source or "")
    return guarded(lambda: adding.write(additions, additions.rule(wanted)))


@new.command(context_settings=SETTINGS)
@click.argument("name")
@click.option("--called", metavar="TEXT", help="The person's name.  [default: from the file's]")
@click.option("--about", metavar="TEXT", help="The person in a line.")
@click.option(
    "--facts",
    "given",
    type=click.Path(allow_dash=True),
    metavar="FILE",
    help="Their facts.  [default: a few to begin with]",
)
@_IN
def person(name: str, called: str | None, about: str | None, given: str | None, folder: str | None) -> int:
    """Write a person, and what should come out for them.

    What is expected is what comes out now: read it, and change what you would say otherwise.

    NAME is the name of the file in people/.
    """
    from advise.authoring.writing.additions import sample_facts
    from advise_cli import adding

    additions = adding.additions_to(folder)
    guarded(lambda: additions.check_person(name))
    called = adding.asked(called, "--called", "The person's name", adding.a_text, adding.words(name.replace("_", " ")))
    about = adding.asked(
        about, "--about", "The person in a line", adding.a_text, "An example to change" if given is None else None
    )
    facts = sample_facts(additions.book) if given is None else guarded(lambda: adding.facts_in(given))
    return guarded(lambda: adding.write(additions, additions.person(name, called, about, facts)))
