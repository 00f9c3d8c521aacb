"""What came of looking at a knowledge base."""

from __future__ import annotations

from dataclasses import dataclass

from advise.errors import Finding, Severity


@dataclass(frozen=True, slots=True)
class Report:
    """What is wrong in a knowledge base. `loads`: it can be used; then `findings` are those of the checks, else
    what keeps it from loading. `rules` and `examples` say how many there are."""

    findings: tuple[Finding, ...]
    loads: bool
    rules: int = 0
    examples: int = 0

    @property
    def clean(self) -> bool:
        """True when there are no errors and no warnings."""
        return all(finding.severity is Severity.NOTE for finding in self.findings)
