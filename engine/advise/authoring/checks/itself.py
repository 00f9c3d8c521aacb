"""What may be wrong with exceptions and with the settings of checks. The run itself finds these, once it knows
what every other check has found."""

from __future__ import annotations

from advise.authoring.checks.check import Check
from advise.authoring.checks.subject import Subject
from advise.errors import Finding, Severity


def _found_by_the_run(_: Subject) -> tuple[Finding, ...]:
    return ()


def _itself(code: str, title: str) -> Check:
    return Check(code, Severity.WARNING, title, _found_by_the_run)


ITSELF = (
    _itself("check-setting", "the manifest sets something for a check that there isn't"),
    _itself("exception-reason", "an exception doesn't say why"),
    _itself("exception-unknown", "an exception is for a check that there isn't"),
    _itself("exception-unused", "an exception is for something that isn't found there"),
)
