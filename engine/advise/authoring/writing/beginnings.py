"""A whole small knowledge base to begin with, in a field of one's own: the texts that `advise new base` writes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from advise.authoring.writing.scalars import scalar
from advise.errors import UsageError

EDITOR = "editor"
"""The folder in a knowledge base that holds the schemas for editors."""

_THING = re.compile(r"[a-z][a-z0-9_]*\Z")
_PROTECTED = ("age", "sex", "gender", "ethnicity", "religion")


@dataclass(frozen=True, slots=True)
class Field:
    """What a new knowledge base is about: its title, and what people have a list of, one (`plant`) and many."""

    title: str
    thing: str
    things: str

    def __post_init__(self) -> None:
        for name in (self.thing, self.things):
            check_name(name)
        if self.thing == self.things:
            raise UsageError(f"One and many can't both be called {self.thing}: plant and plants, say.")


def check_name(name: str) -> str:
    """A name that facts and rules can use. Raises UsageError for one that they can't."""
    if not _THING.match(name):
        raise UsageError(
            f"{name!r} can't be a name. Use lower-case letters, digits and _, such as plant or house_plant."
        )
    if name in _PROTECTED:
        raise UsageError(f"{name} is a protected characteristic, so no rule may use it.")
    return name


def slug(words: str) -> str:
    """Words as a name: lower case, joined by `_`; empty when nothing in them can stand in a name."""
    ascii_words = re.findall(r"[a-z0-9]+", words.casefold())
    return "_".join(ascii_words).lstrip("0123456789_-")


def base_files(field: Field, today: date) -> Mapping[str, str]:
    """The files of a knowledge base about a field, by their path in its folder. It checks, and its examples pass."""
    words = field.thing.replace("_", " ")
    values = {
        "NAME": slug(field.title) or "advice",
        "TITLE": scalar(field.title),
        "THING_ID": field.thing.replace("_", "-"),
        "THINGS": field.things,
        "THING": field.thing,
        "ONE": words,
        "MANY": field.things.replace("_", " "),
        "PROTECTED": ", ".join(_PROTECTED),
        "TODAY": today.isoformat(),
        "LONG_AGO": (today - timedelta(days=400)).isoformat(),
        "LAST_WEEK": (today - timedelta(days=7)).isoformat(),
    }
    return {
        "knowledge_base.yaml": _filled(_MANIFEST, values),
        "facts.schema.json": json.dumps(_facts(field), indent=2, ensure_ascii=False) + "\n",
        "start.yaml": _filled(_TOPIC, values),
        "people/alex.yaml": _filled(_PERSON, values),
    }


def _filled(template: str, values: Mapping[str, str]) -> str:
    return re.sub(r"<(\w+)>", lambda found: values[found[1]], template)


def _facts(field: Field) -> Mapping[str, object]:
    one, many = field.thing.replace("_", " "), field.things.replace("_", " ")
    return {
        "title": f"What people tell about their {many}",
        "type": "object",
        "properties": {
            field.things: {
                "type": "array",
                "thing": field.thing,
                "label": "name",
                "title": many.capitalize(),
                "question": f"Which {many} do you have?",
                "items": {
                    "type": "object",
                    "required": ["name"],
                    "properties": {
                        "name": {"type": "string", "title": "Name", "unnamed": f"this {one}"},
                        "trouble": {
                            "type": "boolean",
                            "title": "Something is wrong",
                            "question": f"Is anything wrong with this {one}?",
                        },
                        "last_check": {
                            "type": "string",
                            "format": "date",
                            "title": "Looked over last",
                            "question": f"When did you last look this {one} over? A year and a month is enough.",
                        },
                    },
                },
            }
        },
    }


_MANIFEST = """\
# What holds for the whole knowledge base. The words that may stand here are in docs/language.md of advise.
name: <NAME>
title: <TITLE>
version: 0.1.0
language: 1
languages: [en]
# What people may tell: every fact, with its question. Add yours there; a fact that isn't there can't be used.
facts: facts.schema.json
# The day that examples count from, so that they come out the same next year.
as_of: <TODAY>
# How many steps of advice come first; the rest is shown as what comes later.
first_steps: 3

# The kinds of advice, the most important first, each with its heading. One more could be:
#   - safety: Safe first
priorities:
  - care: Looking after what you have

# What no rule may look at.
protected: [<PROTECTED>]

# Where your rules come from. Add your books and pages; every rule names one.
sources:
  judgement: {title: Our own judgement, note: What we know from practice; nobody has published it}
"""

_TOPIC = """\
# yaml-language-server: $schema=editor/rules.schema.json
# A topic: rules that belong together. `advise check` says what is wrong here, `advise test` tries the examples.
topic: start
title: Where to start
source: {judgement: To begin with}

# Numbers that you may want to change stand here, each with its reason; rules call them by $name.
parameters:
  check_every:
    value: 3
    unit: months
    means: How long a <ONE> may go without being looked over
    because: A round number to begin with; put yours here, and say why

rules:
  # When all of `when` holds, this is advised. What decides it, and nobody has told yet, becomes a question.
  - id: look-over-<THING_ID>
    title: Look the <ONE> over
    when:
      # For each <ONE> in the facts, at least one of the two.
      - each <THING>:
          any:
            - trouble: true
            - last_check: {at least: $check_every ago}
    advise:
      # What stands in braces is filled in.
      say: "Look over {<THING>.name}: something is wrong, or it's been {$check_every} or longer."
      steps:
        - Take ten minutes in good light.
        - Note what you find, and the day.
      priority: care
      effort: small
      horizon: this week
    # Each example is a person, and what must come out. Change the rule, and these tell you what else has changed.
    examples:
      - name: something is wrong, though it was looked over last week
        facts: {<THINGS>: [{name: First, trouble: true, last_check: <LAST_WEEK>}]}
        expect: {given: [look-over-<THING_ID>]}
      - name: all is well, and it was looked over last week
        facts: {<THINGS>: [{name: First, trouble: false, last_check: <LAST_WEEK>}]}
        expect: {not given: [look-over-<THING_ID>], not open: [look-over-<THING_ID>]}
      - name: nobody has said when it was looked over
        facts: {<THINGS>: [{name: First, trouble: false}]}
        expect: {open: [look-over-<THING_ID>], asks: [<THINGS>.last_check]}
"""

_PERSON = """\
# yaml-language-server: $schema=../editor/person.schema.json
# A whole person: here `first` and `later` must name all the advice, in order, and `not now` all that has to wait.
name: Alex
about: Has two <MANY>, and hasn't looked at one of them for a year.
as_of: <TODAY>
facts:
  <THINGS>:
    - {name: Old one, trouble: false, last_check: <LONG_AGO>}
    - {name: New one, trouble: false, last_check: <LAST_WEEK>}
expect:
  first: [look-over-<THING_ID>]
  later: []
  not now: []
why:
  - A year is too long, and last week is soon enough.
"""
