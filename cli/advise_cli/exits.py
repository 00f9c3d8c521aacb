"""The exit codes of `advise`, and what each means; the help and the documentation print this table."""

from __future__ import annotations

from typing import Final

DONE: Final = 0
FINDINGS: Final = 1
BAD_INPUT: Final = 2
INTERNAL: Final = 70
INTERRUPTED: Final = 130
NOBODY_READS: Final = 141

MEANINGS: Final = (
    (DONE, "advice given; or nothing to mend; or all examples as expected"),
    (FINDINGS, "findings, examples that differ, or with diff --exit-code other advice"),
    (BAD_INPUT, "facts or options that can't be used, or a report that can't be written"),
    (INTERNAL, "a mistake in advise itself"),
    (INTERRUPTED, "stopped with Ctrl-C"),
    (NOBODY_READS, "whatever was reading the report stopped reading"),
)
