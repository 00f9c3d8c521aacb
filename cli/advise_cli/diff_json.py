"""A difference as JSON, for a program."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from advise_cli.diff_report import Difference, is_slight

if TYPE_CHECKING:
    from advise.authoring.differences import Change, Explained, Found, Group, Person, Reason, Refused, Statement


def render(difference: Difference) -> str:
    """One object."""
    compared = difference.compared
    whole = {
        "old": difference.old,
        "new": difference.new,
        "changes": [_change(each) for each in difference.changes],
        "people": {
            "compared": compared.count,
            "affected": compared.affected,
            "groups": [_group(each) for each in compared.groups],
            "refused": [_refused(each) for each in compared.refused],
        },
        "unmet": [_unmet(change, found) for change, found in difference.found or ((e, None) for e in compared.unmet)],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2, default=str) + "\n"


def _change(change: Change) -> dict[str, Any]:
    place = change.place
    return {
        "how": change.how,
        "sort": change.sort,
        "name": change.name,
        "before": change.before,
        "title": change.title,
        "decides": change.decides,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "lines": [
            {"mark": line.mark, "depth": line.depth, "text": line.text}
            | ({"before": line.before} if line.before else {})
            for line in change.lines
        ],
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "people": [{"name": each.name, "recorded": not each.private} for each in group.people],
        "slight": is_slight(group),
        "shifts": _shifts(group.shifts, group.people[0]),
    }


def _shifts(explained: Iterable[Explained], person: Person) -> list[dict[str, Any]]:
    return [
        {
            "how": shift.how,
            "of": shift.about[0],
            "name": shift.about[1],
            "about": None if person.private else shift.about[2] or None,
            "old": _said(shift.old, person),
            "new": _said(shift.new, person),
            "because": [_reason(each, person) for each in reasons],
        }
        for shift, reasons in explained
    ]


def _said(said: Statement | None, person: Person) -> dict[str, Any] | None:
    if said is None:
        return None
    found: dict[str, Any] = {"place": said.place, "title": said.title}
    return found if person.private else {**found, "text": said.text, "details": dict(said.details)}


def _reason(reason: Reason, person: Person) -> dict[str, Any]:
    sort, name = reason.change
    decided = [
        {"met": "not known" if each.open else "no", "when": "now" if each.now else "before", "condition": each.sentence}
        | ({} if person.private else {"facts": dict(each.facts)})
        for each in reason.decided
    ]
    return {"sort": sort, "name": name, "rule": reason.rule, "decided": decided}


def _refused(refused: Refused) -> dict[str, Any]:
    return {"name": refused.person.name, "old": refused.old or None, "new": refused.new or None}


def _unmet(change: Change, found: Found | None) -> dict[str, Any]:
    return {
        "sort": change.sort,
        "name": change.name,
        "facts": None if found is None else found.person.facts,
        "as_of": None if found is None else found.person.as_of.isoformat(),
        "shifts": [] if found is None else _shifts(found.shifts, found.person),
    }
