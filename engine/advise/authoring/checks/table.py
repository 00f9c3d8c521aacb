"""The one table of checks: each with its code, how bad what it finds is, what it looks for, and how."""

from __future__ import annotations

from advise.authoring.checks.check import Check
from advise.authoring.checks.conditions import CONDITIONS
from advise.authoring.checks.disagreements import DISAGREEMENTS
from advise.authoring.checks.forms import FORMS
from advise.authoring.checks.grounds import GROUNDS
from advise.authoring.checks.idle import IDLE
from advise.authoring.checks.impossible import IMPOSSIBLE
from advise.authoring.checks.itself import ITSELF
from advise.authoring.checks.proofs import PROOFS
from advise.authoring.checks.relations import RELATIONS
from advise.authoring.checks.twice import TWICE
from advise.authoring.checks.unused import UNUSED
from advise.authoring.checks.upkeep import UPKEEP
from advise.authoring.checks.wording import WORDING

__all__ = ["CHECKS", "Check"]

_FAMILIES = (
    CONDITIONS,
    DISAGREEMENTS,
    FORMS,
    GROUNDS,
    IDLE,
    IMPOSSIBLE,
    ITSELF,
    PROOFS,
    RELATIONS,
    TWICE,
    UNUSED,
    UPKEEP,
    WORDING,
)

CHECKS: dict[str, Check] = {check.code: check for check in sorted(sum(_FAMILIES, ()), key=lambda check: check.code)}
"""By their codes, in the order of the alphabet."""
