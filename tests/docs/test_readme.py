"""README.md: its set-up is two lines, and everything it shows works."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from advise import KnowledgeBase
from advise.cases import run_examples
from advise.knowledge_base import career_folder

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_the_set_up_is_two_lines_that_need_nothing_but_python() -> None:
    shell = blocks("sh")
    assert len(shell) == 2
    assert all(block.count("\n") == 1 and block.startswith("python3 -m venv .venv && ") for block in shell)
    assert "advise examples/amira.json" in shell[0]
    assert "-m pytest" in shell[1]


def test_every_example_person_can_be_advised() -> None:
    base = KnowledgeBase.load()
    for name in ("amira.json", "jonas.yaml", "minimal.json"):
        facts = yaml.safe_load((ROOT / "examples" / name).read_text("utf-8"))
        assert base.advise(facts, as_of="2026-01-15").questions


def test_the_facts_shown_give_advice() -> None:
    outcome = KnowledgeBase.load().advise(yaml.safe_load(blocks("yaml")[0]), as_of="2026-01-15")
    assert outcome.given


def test_the_rule_shown_works_in_a_copy_of_the_career_rules(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(career_folder(), folder, ignore=shutil.ignore_patterns("__pycache__", "people", "cases"))
    rule = "".join(f"  {line}\n" for line in blocks("yaml")[1].splitlines())
    (folder / "own.yaml").write_text(f"topic: own\ntitle: Own\nrules:\n{rule}", encoding="utf-8")
    facts = {"jobs": [{"title": "Cook", "current": True, "start": "2020"}], "plan": {"written": True}}
    outcome = KnowledgeBase.load(folder).advise(facts, as_of="2026-01-15")
    assert "Ask for one task beyond your role as Cook." in [item["text"] for item in outcome.given]
    assert any(True for _ in run_examples(folder))


def test_the_program_shown_prints_questions(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(blocks("python")[0], "README.md", "exec"), {})
    assert "/jobs/0/field Which line of work" in capsys.readouterr().out


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        if not target.startswith("https://"):
            assert (ROOT / target).is_file(), target
