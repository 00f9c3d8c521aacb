"""Marks for the tests of what isn't always installed."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

NEEDS_DURABLE = pytest.mark.skipif(
    find_spec("durable_rules_engine") is None,
    reason="durable_rules isn't installed: pip install -e '.[durable]'",
)
DURABLE = pytest.param("durable", marks=NEEDS_DURABLE)
