"""Keeps the tests apart from whatever the person who runs them has on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Compiled knowledge bases are kept in a folder of the test run."""
    before = os.environ.get("ADVISE_CACHE_DIR")
    os.environ["ADVISE_CACHE_DIR"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["ADVISE_CACHE_DIR"]
    else:
        os.environ["ADVISE_CACHE_DIR"] = before
