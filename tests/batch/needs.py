"""The parts of the library that need the extra; a test module that takes them is skipped where it's missing."""

from __future__ import annotations

import pytest

pytest.importorskip("numpy", reason="the extra `columnar` isn't installed")
pa = pytest.importorskip("pyarrow", reason="the extra `columnar` isn't installed")
