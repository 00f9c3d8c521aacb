"""What a check is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from advise.authoring.checks.subject import Option, Subject
from advise.errors import Finding, Severity


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `code` never changes once released; `title` says in a line what is found. `run` gives findings
    with this code and severity.

    `options` are what the manifest may set, with their values if it doesn't: a number, or words with what to say
    for each. A check that is `costly` isn't run while somebody types.
    """

    code: str
    severity: Severity
    title: str
    run: Callable[[Subject], Iterable[Finding]]
    options: Mapping[str, Option] = field(default_factory=dict)
    costly: bool = False
