"""Somebody for whom a change makes a difference."""

from __future__ import annotations

from pathlib import Path

from advise.authoring.differences import Change, Found, Search, Shift
from tests.authoring.differences.base import WORK, comparing


def _found(folder: Path, old: str, new: str) -> tuple[Change, Found | None]:
    made = comparing(folder, old, new)
    change = next(iter(made.changes.deciding.values()))
    return change, Search(made, (), ()).person(change)


def _advice(found: Found) -> set[tuple[str, str]]:
    shifts: list[Shift] = [shift for shift, _ in found.shifts]
    return {(shift.how, shift.about[1]) for shift in shifts if shift.about[0] == "advice"}


def test_a_threshold_has_somebody_between_the_old_and_the_new_one(tmp_path: Path) -> None:
    _, found = _found(tmp_path, WORK, WORK.replace("at most: 40", "at most: 35"))
    assert found is not None
    assert 35 < found.person.facts["jobs"][0]["hours"] <= 40
    assert ("went", "ask-for-more") in _advice(found)


def test_a_parameter_is_met_through_the_rules_that_read_it(tmp_path: Path) -> None:
    change, found = _found(tmp_path, WORK, WORK.replace("value: 6", "value: 12"))
    assert found is not None
    assert all(any(why.change == change.key for why in reasons) for _, reasons in found.shifts)


def test_a_rule_that_is_gone_is_met_in_the_old_version(tmp_path: Path) -> None:
    _, found = _found(tmp_path, WORK, WORK[: WORK.index("  - id: wait")])
    assert found is not None
    assert found.person.facts["jobs"][0]["on_probation"] is True
    assert ("moved", "ask-for-more") in _advice(found)


def test_for_a_change_that_can_make_no_difference_nobody_is_found(tmp_path: Path) -> None:
    _, found = _found(tmp_path, WORK, WORK.replace("at most: 40", "at most: 40, less than: 50"))
    assert found is None
