"""Marks for the tests of what isn't always installed."""

from __future__ import annotations

import shutil
from importlib.util import find_spec

import pytest

NEEDS_DURABLE = pytest.mark.skipif(
    find_spec("durable_rules_engine") is None,
    reason="durable_rules isn't installed: pip install -e '.[durable]'",
)
DURABLE = pytest.param("durable", marks=NEEDS_DURABLE)
NEEDS_SPARK = pytest.mark.skipif(
    find_spec("pyspark") is None or shutil.which("java") is None,
    reason="Spark needs Java 17 or newer and pyspark: pip install -e '.[spark]'",
)
NEEDS_DASK = pytest.mark.skipif(
    find_spec("distributed") is None or find_spec("pandas") is None,
    reason="Dask isn't installed: pip install -e '.[dask]'",
)
NEEDS_AUTHORING = pytest.mark.skipif(
    find_spec("jinja2") is None or find_spec("pygls") is None,
    reason="what helps with writing isn't installed: pip install -e '.[authoring]'",
)
