"""What differs between two versions of a knowledge base, and for whom."""

from advise.authoring.differences.advice import Shift, Statement
from advise.authoring.differences.causes import Decided, Reason
from advise.authoring.differences.changes import Change, Changes, How, changes_between
from advise.authoring.differences.comparing import Affected, Compared, Comparing, Explained, Group, Refused, collected
from advise.authoring.differences.contents import Sort
from advise.authoring.differences.lines import DiffLine, pieces
from advise.authoring.differences.people import Person, recorded
from advise.authoring.differences.unmet import Found, Search

__all__ = [
    "Affected",
    "Change",
    "Changes",
    "Compared",
    "Comparing",
    "Decided",
    "DiffLine",
    "Explained",
    "Found",
    "Group",
    "How",
    "Person",
    "Reason",
    "Refused",
    "Search",
    "Shift",
    "Sort",
    "Statement",
    "changes_between",
    "collected",
    "pieces",
    "recorded",
]
