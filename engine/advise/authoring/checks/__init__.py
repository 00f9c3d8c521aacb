"""What `advise check` looks for beyond what keeps a knowledge base from loading: one table of checks."""

from advise.authoring.checks.check import Check
from advise.authoring.checks.subject import Subject
from advise.authoring.checks.table import CHECKS

__all__ = ["CHECKS", "Check", "Subject"]
