"""Writes a knowledge base of many plausible rules; check.py measures how long its check takes."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

LEVELS = ("trainee", "skilled", "senior", "lead", "manager")
FIELDS = ("nursing", "sales", "design", "logistics", "teaching", "cooking", "welding", "law")
THINGS = {"job": "jobs", "course": "courses", "goal": "goals"}
NUMBERS, CHOICES, TRUTHS, DAYS, TEXTS = 6, 3, 6, 3, 3
A_FILE = 100
"""Rules in one file; a topic has its own conclusions."""


def _facts(of: str) -> dict[str, Any]:
    """The facts of a thing or of the person."""
    found: dict[str, Any] = {
        f"{of}_number{i}": {"type": "integer", "title": f"Number {i}", "minimum": 0, "maximum": 100 * (i + 1)}
        for i in range(NUMBERS)
    }
    found |= {
        f"{of}_level{i}": {"title": f"Level {i}", "ordered": True,
                           "oneOf": [{"const": each, "title": each} for each in LEVELS]}
        for i in range(CHOICES)
    }  # fmt: skip
    found |= {f"{of}_truth{i}": {"type": "boolean", "title": f"Truth {i}", "question": "Is it?"} for i in range(TRUTHS)}
    found |= {f"{of}_day{i}": {"type": "string", "format": "date", "title": f"Day {i}"} for i in range(DAYS)}
    return found | {f"{of}_text{i}": {"type": "string", "title": f"Text {i}"} for i in range(TEXTS)}


def schema() -> dict[str, Any]:
    """A facts schema with three lists."""
    lists = {
        name: {"type": "array", "thing": thing, "title": name, "question": "Which are there?",
               "items": {"type": "object", "properties": _facts(thing)}}
        for thing, name in THINGS.items()
    }  # fmt: skip
    return {"title": "Facts", "type": "object", "properties": {**_facts("own"), **lists}}


class Rules:
    """Makes the rules of one topic after the other."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def topic(self, number: int, count: int) -> str:
        """A rule file with its conclusions."""
        name = f"topic{number}"
        conclusions = {
            f"{name}_so": {"means": "So it is", "type": "boolean", "report": "So it is."},
            f"job.{name}_ready": {"means": "Ready", "type": "boolean", "report": "Ready."},
            f"job.{name}_stage": {
                "means": "The stage",
                "type": "choice",
                "values": {each: f"It is {each}." for each in ("early", "middle", "late", "over")},
                "report": True,
            },
        }
        rules = [self.rule(name, i) for i in range(count)]
        head = {"topic": name, "title": f"Topic {number}", "source": {"book": f"Chapter {number}"}}
        # JSON is YAML, but not what anybody writes: rules are written out in blocks, with their tests in one line.
        lines = [f"{key}: {json.dumps(value)}" for key, value in head.items()]
        lines += ["conclusions:", *(f"  {key}: {json.dumps(value)}" for key, value in conclusions.items()), "rules:"]
        for rule in rules:
            when = rule.pop("when")
            lines += [f"  - id: {rule.pop('id')}"]
            lines += [f"    {key}: {json.dumps(value)}" for key, value in rule.items()]
            lines += [
                "    when:",
                *(f"      - {key}: {json.dumps(value)}" for entry in when for key, value in entry.items()),
            ]
        return "\n".join(lines) + "\n"

    def rule(self, topic: str, number: int) -> dict[str, Any]:
        """A rule about the person or a job, that advises, concludes or holds."""
        about_job = number == 3 or self.random.random() < 0.6
        made: dict[str, Any] = {"id": f"{topic}-rule-{number}", "title": f"Rule {number} of {topic}"}
        when: list[dict[str, Any]] = []
        if about_job:
            when.append({"each job": self.tests("job", self.random.randrange(2, 5))})
        when += [{name: test} for name, test in self.tests("own", self.random.randrange(1, 3)).items()]
        if self.random.random() < 0.3:
            when.append({self.random.choice(["some", "no"]) + " course": self.tests("course", 2)})
        if self.random.random() < 0.2:
            when.append({"any": [self.tests("own", 1), self.tests("own", 1)]})
        if self.random.random() < 0.25 and number > 4:
            when.append({f"{topic}_so": True})
        made["when"] = when
        return made | self.effect(topic, number, about_job)

    def effect(self, topic: str, number: int, about_job: bool) -> dict[str, Any]:
        """What a rule does."""
        pick = self.random.random()
        if number < 3:
            return {"conclude": {f"{topic}_so": True}}
        if number == 3:
            return {"conclude": {f"job.{topic}_ready": True, f"job.{topic}_stage": "over"}}
        if pick < 0.15 and about_job:
            return {"conclude": {f"job.{topic}_stage": self.random.choice(["early", "middle", "late", "over"])}}
        if pick < 0.2 and about_job:
            return {"conclude": {f"job.{topic}_ready": True}}
        if pick < 0.25:
            return {"conclude": {f"{topic}_so": True}}
        return {"advise": {"say": f"Do thing {number} of {topic}.", "priority": "care", "effort": "small"}}

    def tests(self, of: str, count: int) -> dict[str, Any]:
        """Some tests of different facts."""
        return dict(self.test(of) for _ in range(count))

    def test(self, of: str) -> tuple[str, Any]:
        """A test of one fact."""
        kind = self.random.choice(["number", "number", "level", "truth", "truth", "day", "text"])
        if kind == "number":
            i = self.random.randrange(NUMBERS)
            word = self.random.choice(["at least", "at most", "more than", "less than"])
            return f"{of}_number{i}", {word: self.random.randrange(5, 95 * (i + 1))}
        if kind == "level":
            low, high = sorted(self.random.sample(range(len(LEVELS)), 2))
            levels = list(LEVELS[low : high + 1]) if high - low < 4 else list(LEVELS[1:3])
            return f"{of}_level{self.random.randrange(CHOICES)}", levels
        if kind == "truth":
            return f"{of}_truth{self.random.randrange(TRUTHS)}", self.random.random() < 0.6
        if kind == "day":
            word = self.random.choice(["at least", "less than"])
            return f"{of}_day{self.random.randrange(DAYS)}", {word: f"{self.random.randrange(1, 36)} months ago"}
        some = self.random.sample(FIELDS, self.random.randrange(1, 4))
        return f"{of}_text{self.random.randrange(TEXTS)}", some if len(some) > 1 else some[0]


def write(folder: Path, rules: int, seed: int = 1) -> None:
    """Writes a knowledge base of so many rules."""
    made = Rules(Random(seed))
    manifest = {
        "name": "many", "title": "Many rules", "version": "1.0.0", "language": 1, "languages": ["en"],
        "facts": "facts.schema.json", "as_of": "2026-01-15", "first_steps": 3, "priorities": [{"care": "Care"}],
        "protected": [], "sources": {"book": {"title": "The book", "author": "An author", "published": "2025"}},
    }  # fmt: skip
    (folder / "knowledge_base.yaml").write_text("\n".join(f"{k}: {json.dumps(v)}" for k, v in manifest.items()) + "\n")
    (folder / "facts.schema.json").write_text(json.dumps(schema()))
    for number, start in enumerate(range(0, rules, A_FILE)):
        (folder / f"topic{number}.yaml").write_text(made.topic(number, min(A_FILE, rules - start)))
