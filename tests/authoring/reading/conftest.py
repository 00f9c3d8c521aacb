"""The pages of the bicycle workshop."""

from __future__ import annotations

import pytest

from advise.authoring.reading.pages import Pages
from tests.authoring.reading.base import pages_of
from tests.docs.pages import workshop, write


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """The knowledge base that docs/language.md builds up: it has every construct."""
    return pages_of(write(tmp_path_factory.mktemp("workshop"), workshop()))
