"""Pages to test with: of the bicycle workshop of docs/language.md, of the career advice, of anything in a folder."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest

from advise import KnowledgeBase
from advise.authoring.reading.pages import Pages
from advise.knowledge_base import career_folder
from advise.loading import read

NEEDS_GRAPHVIZ = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz isn't installed")


def pages_of(folder: Path) -> Pages:
    """The pages of the knowledge base in a folder."""
    rulebook, findings, examples = read(folder)
    assert rulebook is not None, findings
    return Pages(KnowledgeBase(rulebook, folder), examples)


@cache
def career() -> Pages:
    """The pages of the career advice."""
    return pages_of(career_folder())
