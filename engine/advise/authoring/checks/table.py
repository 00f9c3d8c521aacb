"""The one table of checks: each with its code, how bad what it finds is, what it looks for, and how."""

from __future__ import annotations

from advise.authoring.checks.check import Check
from advise.authoring.checks.itself import ITSELF
from advise.authoring.checks.upkeep import UPKEEP

__all__ = ["CHECKS", "Check"]

_FAMILIES = (ITSELF, UPKEEP)

CHECKS: dict[str, Check] = {check.code: check for check in sorted(sum(_FAMILIES, ()), key=lambda check: check.code)}
"""By their codes, in the order of the alphabet."""
