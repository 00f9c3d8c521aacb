"""Small knowledge bases for tests, written as experts write them and read by the loader."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from advise.case import CaseMaker
from advise.evaluate.reference import evaluate
from advise.loading import load
from advise.outcome import Outcome, outcome
from advise.plan import Plan

AS_OF = date(2026, 1, 15)

MANIFEST = """\
name: small
title: A small knowledge base
version: 1.2.0
language: 1
languages: {languages}
facts: facts.schema.json
as_of: 2026-01-15
first_steps: 2
priorities:
  - safety: Your safety
  - growth: Growing
  - extra: Also good
protected: [age]
sources:
  article: {{title: Career vs. Job, author: An Author, published: 2022-06-02}}
  judgement: {{title: A counsellor's judgement}}
"""

LEVEL = {
    "title": "Level",
    "ordered": True,
    "oneOf": [
        {"const": "trainee", "title": "Trainee"},
        {"const": "skilled", "title": "Skilled worker"},
        {"const": "lead", "title": "Team lead"},
    ],
}

FACTS = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Facts",
    "type": "object",
    "properties": {
        "harassed": {
            "type": "boolean",
            "title": "Harassed",
            "default": False,
            "question": "Is anyone harassing you?",
        },
        "plan": {
            "type": "object",
            "title": "Plan",
            "properties": {
                "written": {
                    "type": "boolean",
                    "title": "Plan written down",
                    "question": "Have you written your plan down?",
                },
                "interests": {"type": "array", "items": {"type": "string"}, "title": "Interests"},
            },
        },
        "savings": {
            "type": "number",
            "title": "Savings",
            "unit": "months of pay",
            "minimum": 0,
            "question": "How long would your savings last?",
        },
        "moved": {"type": "string", "format": "date", "title": "Date of the move"},
        "jobs": {
            "type": "array",
            "title": "Jobs",
            "thing": "job",
            "label": "title",
            "question": "Which jobs do you have?",
            "items": {
                "type": "object",
                "properties": {
                    "title": {"type": "string", "title": "Job title", "unnamed": "this job"},
                    "field": {"type": "string", "title": "Field", "question": "Which field is this job in?"},
                    "current": {"type": "boolean", "title": "Current job"},
                    "start": {"type": "string", "format": "date", "title": "Start date"},
                    "level": LEVEL,
                    "hours": {"type": "number", "title": "Hours", "unit": "hours a week", "maximum": 100},
                    "on_probation": {
                        "type": "boolean",
                        "title": "On probation",
                        "question": "Are you on probation?",
                    },
                    "permanent": {
                        "type": "boolean",
                        "title": "Permanent",
                        "default": True,
                        "question": "Is the job permanent?",
                    },
                },
            },
        },
        "goals": {
            "type": "array",
            "title": "Goals",
            "thing": "goal",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string", "title": "Field of the goal"}},
            },
        },
        "careers": {
            "type": "array",
            "title": "Careers",
            "thing": "career",
            "default": [],
            "items": {
                "type": "object",
                "required": ["field"],
                "properties": {
                    "field": {"type": "string", "title": "Field"},
                    "wanted": {"type": "boolean", "title": "Wanted", "question": "Do you want this career?"},
                },
            },
        },
    },
}


def plan(folder: Path, rules: str, files: Mapping[str, str] | None = None, languages: str = "[en]") -> Plan:
    """The plan of a knowledge base with the facts above and one rule file, written to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "knowledge_base.yaml").write_text(MANIFEST.format(languages=languages), encoding="utf-8")
    (folder / "facts.schema.json").write_text(json.dumps(FACTS), encoding="utf-8")
    head = "topic: work\ntitle: Work\nsource: {article: Advancement}\n"
    (folder / "work.yaml").write_text(head + rules, encoding="utf-8")
    for name, text in (files or {}).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return Plan(load(folder))


def ask(made: Plan, facts: dict[str, Any], language: str | None = None, as_of: date = AS_OF) -> Outcome:
    """The outcome of `facts` by the reference evaluator."""
    case = CaseMaker(made.rulebook).make(facts, as_of)
    return outcome(made, case, evaluate(made, case), language)
