"""docs/career-tests.md: what it names is there, and its score is what was asked for.

The page takes a minute to make (`python docs/generate_career_tests.py`), so it isn't made again here.
"""

from __future__ import annotations

import importlib.util
import re

from advise import KnowledgeBase
from advise.authoring.mutation.mutants import mutants
from tests.docs.pages import DOCS, table_rows

PAGE = (DOCS / "career-tests.md").read_text("utf-8")
AGAIN = "run: python docs/generate_career_tests.py"


def altered() -> set[tuple[str, str]]:
    return {(each.name, each.said) for each in mutants(KnowledgeBase.load().rulebook)}


def test_every_survivor_is_still_an_alteration_of_the_rules_and_has_a_reason() -> None:
    rows = table_rows("career-tests.md", "Rule")
    there = altered()
    assert rows
    for rule, alteration, why in rows:
        assert (rule.strip("`"), alteration) in there, AGAIN
        assert len(why) > 20


def test_at_least_nine_of_ten_alterations_are_noticed() -> None:
    found = re.search(r"alterations noticed \| (\d+) of (\d+) ", PAGE)
    assert found is not None
    noticed, made = map(int, found.groups())
    assert noticed >= 0.9 * made
    assert made - noticed == len(table_rows("career-tests.md", "Rule"))


def test_every_reason_is_about_an_alteration_that_there_is() -> None:
    spec = importlib.util.spec_from_file_location("generate_career_tests", DOCS / "generate_career_tests.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert set(module.REASONS) <= altered()
