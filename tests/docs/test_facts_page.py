"""docs/facts.md is what docs/generate.py makes of the career facts schema, and names every fact that can be given."""

from __future__ import annotations

import json
import re
import runpy

import pytest

from advise import FactsError, KnowledgeBase
from tests.docs.pages import DOCS

GENERATOR = runpy.run_path(str(DOCS / "generate.py"))
PAGE = (DOCS / "facts.md").read_text("utf-8")


def test_the_page_is_up_to_date() -> None:
    made = GENERATOR["facts_page"](json.loads(GENERATOR["SCHEMA"].read_text("utf-8")))
    assert made == PAGE, "run: python docs/generate.py"


def test_the_page_names_every_fact_with_its_question_and_its_choices() -> None:
    book = KnowledgeBase.load().rulebook
    sections = {
        match[1]: match[2] for match in re.finditer(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    }
    for fact in book.facts.values():
        heading = "About the person" if fact.thing is None else f"`{book.lists[fact.thing].name}`: "
        (section,) = (text for name, text in sections.items() if name.startswith(heading))
        (row,) = (line for line in section.splitlines() if line.startswith(f"| `{fact.path}`:"))
        assert all(text in row for text in (fact.question or {}).values())
        assert all(f"`{choice}`" in row for choice in fact.type.choices)
        assert ("assumed" in row) is (fact.default is not None)
        assert ("must be given" in row) is fact.required


def test_what_the_page_says_of_names_is_so() -> None:
    base = KnowledgeBase.load()
    assert base.advise({"plan": {"written": True}, "jobs": [{"start": "2024-03", "end": None}]}).notices == ()
    assert base.advise({"health": "good"}).notices != ()
    with pytest.raises(FactsError):
        base.advise({"shoe_size": 43})
