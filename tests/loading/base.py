"""A small knowledge base that tests write to a folder, whole or with one file changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from advise.errors import Finding, Place
from advise.loading import load, read
from advise.rules import Rule, Rulebook

MARK = "¦"
"""Stands in a test's text just before what a finding should point at."""

MANIFEST = """\
name: small
title: Small advice
version: 1.0.0
language: 1
languages: [en]
facts: small.schema.json
as_of: 2026-01-15
first_steps: $most
priorities:
  - safety: Your safety
  - growth: Growing
protected: [age, gender, date of birth]
sources:
  article: {title: An article, author: Somebody, published: 2022-06-02}
  judgement: {title: Judgement, published: 2026}
"""

LEVELS = ["entry", "senior", "lead"]


def _choice(values: list[str], **more: Any) -> dict[str, Any]:
    return {"oneOf": [{"const": value, "title": value.title()} for value in values], **more}


def _list(thing: str, properties: Mapping[str, Any], required: list[str], **more: Any) -> dict[str, Any]:
    items = {"type": "object", "properties": properties, "required": required}
    return {"type": "array", "thing": thing, "items": items, **more}


FIELD = {"type": "string", "ignore_case": True}
DATE = {"type": "string", "format": "date"}
RATING = _choice(["below", "meets", "exceeds"])
FACTS = {
    "type": "object",
    "properties": {
        "plan": {
            "type": "object",
            "properties": {
                "written": {"type": "boolean", "question": "Is it written?"},
                "field": FIELD,
                "name": {"type": "string"},
            },
        },
        "pay": {"type": "number", "unit": "EUR a month"},
        "goal_date": DATE,
        "interests": {"type": "array", "items": {"type": "string"}, "ignore_case": True},
        "level": _choice(LEVELS, ordered=True),
        "jobs": _list(
            "job",
            {
                "title": {"type": "string"},
                "field": {**FIELD, "question": "Which field?"},
                "level": _choice(LEVELS, ordered=True),
                "wanted_level": _choice(LEVELS, ordered=True),
                "current": {"type": "boolean"},
                "start": DATE,
                "end": DATE,
                "hours": {"type": "number", "unit": "hours a week"},
                "weeks_left": {"type": "integer", "unit": "weeks"},
                "last_review": {"type": "object", "properties": {"rating": RATING, "date": DATE}},
            },
            ["title"],
            label="title",
            question="Which jobs?",
        ),
        "careers": _list("career", {"field": FIELD, "wanted": {"type": "boolean"}}, ["field"]),
        "goals": _list("goal", {"field": FIELD, "what": {"type": "string"}}, []),
        "skills": _list("skill", {"name": {"type": "string"}, "field": {"type": "string"}}, ["name", "field"]),
    },
}

LADDER = """\
field,level,title,leads
sales,entry,Sales assistant,false
sales,senior,Account executive,false
Sales,lead,Team lead,true
"""

MAIN = """\
topic: work
title: Work
source: {article: Whole}

parameters:
  most: {value: 3, means: First steps, because: Enough}
  settle_in: {value: 6, unit: months, means: Settling in, because: Half a year}
  half: {value: 0.5, unit: months, means: Two weeks, because: Example}
  ratio: {value: 0.75, unit: of pay, means: Share of pay, because: Less is too little}
  wage: {unit: EUR, means: Lowest wage, because: Law, from: {2026-01-01: 13, 2025-01-01: 12}}
  fields: {value: [Sales, Nursing], means: Some fields, because: Examples}
  word: {value: Sales, means: A field, because: Example}
  opening: {value: 2026-02-01, means: A day, because: Example}

tables:
  ladder:
    file: tables/ladder.csv
    means: A level
    key: [field, level]
    ignore_case: true
    columns:
      field: text
      level: {type: choice, values: [entry, senior, lead], ordered: true}
      title: {type: text, means: The role}
      leads: boolean

derived:
  career: {means: A line of work, one for each: field, among: [careers, jobs, goals]}

computed:
  job.months_in_role: {means: Months in it, unit: months, "months between": [start, today]}
  job.role: {means: The usual role, lookup: ladder, key: {field: field, level: level}, take: title}
  career.top: {means: Highest level, highest: job.level, where: {field: {same as: career.field}}}
  career.top_role: {means: Its role, lookup: ladder, key: {field: field, level: top}, take: title}
  floor: {means: Lowest pay, value: "$ratio * pay"}

conclusions:
  job.ready: {means: Ready for more, type: boolean, report: "Ready as {job.title}."}
  career.status:
    means: Where it stands
    type: choice
    ordered: true
    values: {wished: "{career.field} is a wish.", begun: "{career.field} has begun."}
    report: true
  score: {means: A number, type: number, report: "Score {score}."}

rules:
  - id: ready
    title: Ready
    when:
      - each job: {current: true, last_review.rating: [meets, exceeds]}
    conclude: {job.ready: true}
  - id: begun
    title: Begun
    when:
      - each career: {wanted: true}
    conclude: {career.status: begun}
  - id: scored
    title: Scored
    conclude: {score: 1}
  - id: ask-more
    title: Ask for more
    when:
      - each job: {ready: true}
    advise: {say: "Ask as {job.title}.", steps: [Choose, Ask], priority: growth, effort: small, horizon: this month}
  - id: learn
    title: Learn
    advise: {say: Learn something., priority: growth, effort: medium}
"""

FILES: Mapping[str, str] = {
    "knowledge_base.yaml": MANIFEST,
    "small.schema.json": json.dumps(FACTS),
    "main.yaml": MAIN,
    "tables/ladder.csv": LADDER,
}

ADVISE = "advise: {say: Do it., priority: growth, effort: small}"


def write(folder: Path, files: Mapping[str, str] | None = None) -> Path:
    """Writes the small knowledge base, with `files` over it or added to it, marks taken out."""
    for name, text in {**FILES, **(files or {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(MARK, ""), encoding="utf-8")
    return folder


def findings(folder: Path, files: Mapping[str, str] | None = None) -> tuple[Finding, ...]:
    """The findings about the small knowledge base with `files`."""
    return read(write(folder, files))[1]


def loaded(folder: Path, files: Mapping[str, str] | None = None) -> Rulebook:
    """The small knowledge base with `files`."""
    return load(write(folder, files))


def marked(name: str, text: str) -> Place:
    """The place of the mark in a file's text."""
    before = text[: text.index(MARK)].split("\n")
    return Place(name, len(before), len(before[-1]) + 1)


def extra(body: str) -> str:
    """A rule file with some sections."""
    return f"topic: extra\ntitle: Extra\nsource: {{article: Whole}}\n{body}\n"


def rule(when: str, effect: str = ADVISE) -> str:
    """A rule file with one rule, whose `when` has one entry."""
    head = "rules:\n  - id: extra\n    title: Extra\n"
    body = f"    when:\n      - {when}\n" if when else ""
    return extra(f"{head}{body}    {effect}")


def extra_rule(folder: Path, when: str, effect: str = ADVISE) -> Rule:
    """That one rule, loaded with the small knowledge base."""
    rulebook = loaded(folder, {"extra.yaml": rule(when, effect)})
    return next(each for each in rulebook.rules if each.id == "extra")
