"""What the checks that reason would mend changes no outcome, for random rules as YAML and random people."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from advise.authoring.checks.conditions import CONDITIONS
from advise.authoring.checks.forms import FORMS
from advise.authoring.checks.mending import Mended, mend
from advise.case import CaseMaker
from advise.evaluate.reference import evaluate
from advise.loading import read
from advise.plan import Plan
from tests.small_bases import FACTS, MANIFEST

TODAY = date(2026, 1, 15)
CODES = [check.code for check in (*CONDITIONS, *FORMS)]
HEAD = {"topic": "work", "title": "Work", "source": {"article": "Advancement"}}
LEVELS = ("trainee", "skilled", "lead")


class Written:
    """Random rules with much that is superfluous, as YAML in blocks, in brackets or in both."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def text(self) -> str:
        rules = [self.rule(i) for i in range(4)]
        return yaml.safe_dump(
            {**HEAD, "rules": rules}, sort_keys=False, default_flow_style=self.random.choice([False, None]), width=1000
        )

    def rule(self, number: int) -> dict[str, Any]:
        when: list[dict[str, Any]] = [{"each job": self.body("job.", 2)}] if self.random.random() < 0.7 else []
        inside = bool(when)
        for _ in range(self.random.randrange(1, 4)):
            when.append(self.body("job." if inside and self.random.random() < 0.5 else "", 2, inside))
        return {
            "id": f"rule-{number}",
            "title": "A rule",
            "when": [each for each in when if each],
            "advise": {"say": "Do it.", "priority": "growth", "effort": "small"},
        }

    def body(self, of: str, depth: int, job_is_bound: bool = True) -> dict[str, Any]:
        return dict(self.entry(of, depth, job_is_bound) for _ in range(self.random.randrange(1, 3)))

    def entry(self, of: str, depth: int, job_is_bound: bool) -> tuple[str, Any]:
        pick = self.random.random()
        if depth and pick < 0.2:
            word = self.random.choice(["any", "any", "all"])
            return word, [self.body(of, depth - 1, job_is_bound) for _ in range(self.random.randrange(1, 3))]
        if depth and pick < 0.3:
            return "not", self.body(of, depth - 1, job_is_bound)
        if depth and pick < 0.4:
            other = "other " if job_is_bound else ""
            if self.random.random() < 0.4:
                test = self.random.choice([{"at least": 1}, {"is": 0}, {"more than": 0}, {"at most": 1}])
                where = {"where": self.body(f"{other}job.", 0)} if self.random.random() < 0.7 else {}
                return f"count {other}job", {**where, **test}
            return f"{self.random.choice(['some', 'no', 'every'])} {other}job", self.body(f"{other}job.", 0)
        if not of or self.random.random() < 0.4:
            return self.random.choice([("savings", self.number(12)), ("plan.written", self.truth())])
        return self.random.choice(
            [
                (f"{of}hours", self.number(100)),
                (f"{of}current", self.truth()),
                (f"{of}permanent", self.truth()),
                (f"{of}level", self.choice()),
                (f"{of}start", self.random.choice([{"at least": "6 months ago"}, {"more than": "3 weeks ago"}])),
            ]
        )

    def number(self, most: int) -> dict[str, Any]:
        words = self.random.sample(["at least", "at most", "more than", "less than"], self.random.randrange(1, 3))
        return {word: self.random.choice([0, 3, most // 2, most]) for word in words}

    def truth(self) -> Any:
        value = self.random.random() < 0.6
        return self.random.choice([value, value, {"not": value}, {"not": {"not": value}}, {"known": True}])

    def choice(self) -> Any:
        some = self.random.sample(LEVELS, self.random.randrange(1, 3))
        return self.random.choice([some, {"not": some[0]}, {"at least": "skilled"}])

    def person(self) -> dict[str, Any]:
        values: dict[str, tuple[Any, ...]] = {
            "hours": (0, 3, 50, 51, 100, None), "current": (True, False, None), "permanent": (True, False, None),
            "level": (*LEVELS, None), "start": ("2026-01-10", "2025-12", "2025", "2020", None),
        }  # fmt: skip
        facts: dict[str, Any] = self.some({"savings": (0, 3, 6, 12, None)})
        if self.random.random() < 0.7:
            facts["plan"] = self.some({"written": (True, False, None)})
        if self.random.random() < 0.8:
            facts["jobs"] = [self.some(values) for _ in range(self.random.randrange(3))]
        return facts

    def some(self, values: Mapping[str, tuple[Any, ...]]) -> dict[str, Any]:
        return {name: self.random.choice(each) for name, each in values.items() if self.random.random() < 0.7}


def mended(seed: int) -> tuple[Written, Plan, Plan, Mended] | None:
    """Random rules as they are and as they are mended; None when they don't load."""
    made = Written(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "knowledge_base.yaml").write_text(MANIFEST.format(languages="[en]"))
        (folder / "facts.schema.json").write_text(json.dumps(FACTS))
        (folder / "work.yaml").write_text(made.text())
        before, _, _ = read(folder)
        if before is None:
            return None
        done = mend(folder, TODAY, CODES)
        after, findings, _ = read(folder, done.after)
    assert after is not None, (made.text(), findings)
    return made, Plan(before), Plan(after), done


def same_outcomes(seed: int, people: int) -> int:
    """How much was mended; fails if anybody's outcome is another."""
    found = mended(seed)
    if found is None:
        return 0
    made, before, after, done = found
    maker = CaseMaker(before.rulebook)
    for _ in range(people if done.done else 0):
        case = maker.make(made.person(), TODAY)
        assert evaluate(after, case) == evaluate(before, case), (done.before, done.after, case.facts)
    return len(done.done)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**48))
def test_no_mend_changes_an_outcome(seed: int) -> None:
    same_outcomes(seed, 12)


def test_much_is_mended_in_the_rules_that_are_tried() -> None:
    assert sum(same_outcomes(seed, 4) for seed in range(25)) > 20
