"""Checks of what grows old: reviews that are due."""

from __future__ import annotations

from collections.abc import Iterator

from advise.authoring.checks.check import Check
from advise.authoring.checks.subject import Subject
from advise.errors import Finding, Severity


def _overdue(subject: Subject) -> Iterator[Finding]:
    """Such a rule still loads and advises as before: a day that passes mustn't stop a service."""
    for rule in subject.book.rules:
        if rule.review_by is not None and rule.review_by < subject.today:
            sentence = f"The rule `{rule.id}` was to be looked at again by {rule.review_by.isoformat()}."
            hint = "Look at it, then set a new `review by`."
            yield Finding(rule.place, "review-overdue", sentence, hint, severity=Severity.WARNING)


UPKEEP = (
    Check("review-overdue", Severity.WARNING, "a rule was to be looked at again by a day that has passed", _overdue),
)
