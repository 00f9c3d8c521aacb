"""Whole files of people: advice for each, in bounded memory, and going on where it was stopped."""

from __future__ import annotations

from advise.errors import UsageError
from advise.knowledge_base import COLUMNAR_EXTRA

try:
    import numpy
    import pyarrow
except ModuleNotFoundError as error:
    raise UsageError(f"For whole files of people, {error.name} is needed: {COLUMNAR_EXTRA}") from None

from advise.batch.draft import draft
from advise.batch.mapping import MappingError
from advise.batch.rows import Per
from advise.batch.running import Job, Progress, run
from advise.batch.tally import Summary

__all__ = ["Job", "MappingError", "Per", "Progress", "Summary", "draft", "run"]

del numpy, pyarrow
