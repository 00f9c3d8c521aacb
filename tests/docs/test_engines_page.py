"""docs/engines.md: its program runs, and every evaluator on it is one."""

from __future__ import annotations

import re

import pytest

from advise import KnowledgeBase
from tests.docs.pages import DOCS, table_rows

PAGE = (DOCS / "engines.md").read_text("utf-8")


def test_every_evaluator_is_on_the_page_and_no_other() -> None:
    names = {row[0].strip("`") for row in table_rows("engines.md", "Evaluator")}
    assert names == set(KnowledgeBase.load()._evaluators)


def test_the_columnar_program_prints_advice(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pyarrow", reason="the extra `columnar` isn't installed")
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(program, "engines.md", "exec"), {})
    assert "'rule': 'a-job-is-enough'" in capsys.readouterr().out
