"""The default command: facts files in, one text out, and complaints on standard error."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from advise import KnowledgeBase, Outcome
from advise.errors import FactsError, KnowledgeBaseError
from advise.facts_text import LIMITS, ParsedFacts, read_facts, read_file
from advise_cli import bases, exits, files
from advise_cli.report import Report, clean

if TYPE_CHECKING:
    from advise.case import Things

PIPED_WIDTH = 80


class Request(NamedTuple):
    """What the command line asked for."""

    facts: tuple[str, ...]
    form: str = "text"
    explain: bool = False
    as_of: date | None = None
    rules: str | None = None
    lang: str | None = None
    width: int = PIPED_WIDTH
    colour: bool = False
    encoding: str = "utf-8"
    engine: str = "compiled"


class Answer(NamedTuple):
    """One person's facts and outcome, under the name of their file."""

    name: str
    facts: Mapping[str, Any]
    outcome: Outcome


def give(request: Request) -> tuple[str, int]:
    """The whole text of what was asked for, and the exit code.

    Whatever can't be used, a person's facts or the knowledge base, is left out with a complaint on
    standard error. Raises the library's UsageError for a language that the knowledge base doesn't have or an
    engine that isn't installed, its AdviseError for an engine that fails.
    """
    everyone = [(_said(name), facts) for name in request.facts if (facts := _facts(name)) is not None]
    if not everyone:
        return "", exits.BAD_INPUT
    folder = bases.folder_of(request.rules) if request.rules else bases.career()
    try:
        base = KnowledgeBase.load(folder)
    except KnowledgeBaseError as error:
        bases.refuse(error.findings, folder)
        return "", exits.FINDINGS
    tried = [_answer(base, name, parsed, request) for name, parsed in everyone]
    answers = [each for each in tried if each is not None]
    code = exits.DONE if len(answers) == len(request.facts) else exits.BAD_INPUT
    return _rendered(answers, base, request) if answers else "", code


def _said(name: str) -> str:
    return "standard input" if name == files.STDIN else name


def _facts(name: str) -> ParsedFacts | None:
    """The facts in a file; None, with a complaint, for a file that has none."""
    try:
        content = files.read_stdin(LIMITS.bytes) if name == files.STDIN else read_file(name)
        return read_facts(content, _said(name))
    except FactsError as error:
        missing = error.problems[0].code == "file-missing"
        _complain(error, files.meant(name) if missing else "", name)
        return None


def _answer(base: KnowledgeBase, name: str, parsed: ParsedFacts, request: Request) -> Answer | None:
    """One person's answer; None, with a complaint, for facts that can't be used."""
    try:
        facts, done = base.imported(parsed.facts, request.as_of)
        outcome = base.advise(facts, as_of=request.as_of, language=request.lang, evaluator=request.engine)
    except FactsError as error:
        _complain(parsed.placed(error), "", name)
        return None
    if done and request.form != "facts":
        done = (*done, "To answer the questions, save these facts with --format facts -o FILE and add to that file.")
    for notice in (*done, *outcome.notices):
        click.echo(clean(f"{name}: note: {notice}"), err=True)
    return Answer(name, facts, outcome)


def _complain(error: FactsError, hint: str, name: str) -> None:
    for each in error.problems:
        where = "" if each.place else f"{name}: "
        click.echo(clean(f"{where}{each} {hint}"), err=True)


def _rendered(answers: Sequence[Answer], base: KnowledgeBase, request: Request) -> str:
    if request.form == "facts":
        indent = None if len(request.facts) > 1 else 2
        return "".join(json.dumps(each.facts, ensure_ascii=False, indent=indent) + "\n" for each in answers)
    if request.form == "json":
        return _json(answers, len(request.facts) > 1)
    reports = _reports(answers, base, request)
    if request.form == "markdown":
        from advise_cli import markdown

        return markdown.render(reports)
    if request.form == "html":
        from advise_cli import html_page

        return html_page.render(reports, request.lang or base.languages[0])
    from advise_cli import text

    return text.render(reports, text.Screen.of(request.width, request.colour, request.encoding))


def _json(answers: Sequence[Answer], several: bool) -> str:
    """The outcome; for several people one line each, with the name of the file."""
    if not several:
        return answers[0].outcome.to_json() + "\n"
    return "".join(
        f'{{"file": {json.dumps(each.name, ensure_ascii=False)}, "outcome": {each.outcome.to_json()}}}\n'
        for each in answers
    )


def _reports(answers: Sequence[Answer], base: KnowledgeBase, request: Request) -> list[Report]:
    from advise_cli.sections import Manner, arrange

    manner = Manner(base.title, tuple(base.rulebook.derived), request.explain)
    several = len(request.facts) > 1
    return [
        arrange(answer.outcome.to_dict(), manner, answer.name if several else "", _homes(base, answer))
        for answer in answers
    ]


def _homes(base: KnowledgeBase, answer: Answer) -> dict[str, tuple[str, str]]:
    """What each thing belongs to, for the things that others are derived from: a job to its career."""
    things = base.case(answer.facts, answer.outcome.as_of).things
    homes: dict[str, tuple[str, str]] = {}
    for derived in base.rulebook.derived.values():
        owners = {item.get(derived.key): pointer for item, pointer in _each(things[derived.thing])}
        for name in derived.among:
            for item, pointer in _each(things[name]):
                if item.get(derived.key) in owners:
                    homes.setdefault(pointer, (derived.thing, owners[item.get(derived.key)]))
    return homes


def _each(things: Things) -> Iterable[tuple[Mapping[str, Any], str]]:
    return zip(things.items, things.pointers, strict=True)
