"""A small knowledge base about bicycles, and people who ride them."""

from __future__ import annotations

from pathlib import Path

import pytest

from advise import KnowledgeBase
from tests.evaluate.base import folder

RULES = """
  - {id: old, title: An old one, when: [{bought: {before: 2020-01-01}}],
     advise: {say: A., priority: one, effort: small}}
  - {id: young, title: T, when: [{age_of_bike: {at most: 5}}], advise: {say: A., priority: one, effort: small}}
  - {id: daily, title: T, when: [{use: daily}], advise: {say: A., priority: one, effort: small}}
  - {id: far, title: Far to go, when: [{each ride: {km: {at least: 10}, to: work}}],
     advise: {say: A., priority: one, effort: small}}
  - {id: pump, title: T, when: [{tools: {contains: pump}, helmet: true}],
     advise: {say: A., priority: one, effort: small}}
"""


@pytest.fixture(scope="session")
def bikes(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    return KnowledgeBase.load(folder(tmp_path_factory.mktemp("bikes"), RULES))


@pytest.fixture(scope="session")
def career() -> KnowledgeBase:
    return KnowledgeBase.load()


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
