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


def test_the_columnar_programs_print_advice_and_questions(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pyarrow", reason="the extra `columnar` isn't installed")
    advises, asks, streams = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(advises, "engines.md", "exec"), {})
    assert "'rule': 'a-job-is-enough'" in capsys.readouterr().out
    exec(compile(asks, "engines.md", "exec"), {})
    assert "(0, 'career.wanted', [0], " in capsys.readouterr().out
    exec(compile(streams, "engines.md", "exec"), {})
    assert "{7}" in capsys.readouterr().out
