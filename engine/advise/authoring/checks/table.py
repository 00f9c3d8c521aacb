"""The one table of checks: each with its code, how bad what it finds is, what it looks for, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from advise.authoring.checks.subject import Subject
from advise.errors import Finding, Severity


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `code` never changes once released; `title` says in a line what is found. `run` gives findings
    with this code and severity."""

    code: str
    severity: Severity
    title: str
    run: Callable[[Subject], Iterable[Finding]]


CHECKS: dict[str, Check] = {}
"""By their codes."""
