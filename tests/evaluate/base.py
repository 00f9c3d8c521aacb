"""A small knowledge base about bicycles, to put rules into."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from advise.evaluate.compiled import Compiled
from advise.evaluate.generate import Generator
from advise.plan import Plan

MANIFEST = """
name: bikes
title: Bikes
version: "1"
language: 1
languages: [en]
facts: bikes.schema.json
as_of: 2026-01-15
first_steps: 3
priorities: [{one: One}]
protected: [age]
sources: {us: {title: Us, author: Us}}
"""
DECLARED = """
topic: bikes
title: Bikes
source: {us: Everything}
conclusions:
  note: {means: A note, type: boolean, report: Noted.}
  other: {means: Another, type: boolean, report: Noted.}
  ride.reached: {means: Reached, type: boolean, report: Reached.}
  state: {means: Its state, type: choice, values: {good: Good, bad: Bad, worn: Worn}, report: true}
computed:
  price_of_worn: {means: The price, unit: euros, lookup: price, key: {part: worn}, take: euros}
  kind_of_worn: {means: Its kind, lookup: price, key: {part: worn}, take: kind}
parameters:
  old: {value: 6, unit: years, means: Old, because: So}
  dated: {means: Dated, because: So, from: {2020-01-01: 1, 2025-01-01: 2}}
tables:
  price:
    file: price.csv
    means: Prices
    key: [part]
    ignore_case: true
    columns: {part: text, euros: number, kind: text, since: date}
rules:
"""
CHOICE = {"oneOf": [{"const": each, "title": each} for each in ("rarely", "weekly", "daily")], "ordered": True}
TEXT = {"type": "string", "ignore_case": True}
SCHEMA = {
    "type": "object",
    "properties": {
        "age_of_bike": {"type": "integer", "minimum": 0, "maximum": 99},
        "bought": {"type": "string", "format": "date"},
        "helmet": {"type": "boolean", "default": True},
        "use": CHOICE,
        "worn": TEXT,
        "tools": {"type": "array", "items": {"type": "string"}},
        "rides": {
            "type": "array",
            "thing": "ride",
            "items": {
                "type": "object",
                "properties": {
                    "km": {"type": "number", "minimum": 0},
                    "to": TEXT,
                    "from_place": TEXT,
                    "day": {"type": "string", "format": "date"},
                    "need": CHOICE,
                },
            },
        },
    },
}
PRICES = "part,euros,kind,since\nChain,20,drive,2024-01-01\nsaddle,45,seat,\nframe,,,\n"
# Conclusions that nobody draws or tests are findings, so each is drawn by something that never holds.
NEVER = "{age_of_bike: {more than: 1000}}"
ALWAYS = (
    "".join(
        f"  - {{id: never-{i}, title: T, when: [{NEVER}], conclude: {{{name}: {value}}}}}\n"
        for i, (name, value) in enumerate(
            [("note", "true"), ("other", "true"), ("state", "good"), ("state", "bad"), ("state", "worn")]
        )
    )
    + "  - {id: never-5, title: T, when: [{each ride: {km: {less than: 0}}}], conclude: {ride.reached: true}}\n"
)


def folder(path: Path, rules: str) -> Path:
    """A folder with the knowledge base and these rules (lines of a YAML list, two spaces in)."""
    (path / "knowledge_base.yaml").write_text(MANIFEST, encoding="utf-8")
    (path / "bikes.schema.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    (path / "price.csv").write_text(PRICES, encoding="utf-8")
    (path / "bikes.yaml").write_text(DECLARED + ALWAYS + rules, encoding="utf-8")
    return path


def indexed(plan: Plan) -> Compiled:
    """The compiled evaluator with every index that it can have, also where so few rules or things don't need one."""
    names: dict[str, Any] = {}
    exec(compile(Generator(plan, eager=True).source(), "<rules>", "exec"), names)
    return Compiled(plan, names)
