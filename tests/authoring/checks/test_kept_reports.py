"""Reports kept by content: right after every change, and never believed when others may have written them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from advise.authoring.checks import checking, kept_reports
from advise.authoring.checks.reports import Report
from advise.errors import Edit, Finding, Fix, Place, Severity
from tests.authoring.checks.base import RULES, TODAY, lamps

UNTIDY = RULES.replace("Take a lamp along.", "Take  a lamp along")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where reports are kept."""
    monkeypatch.setenv("ADVISE_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "reports"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return lamps(tmp_path / "lamps", UNTIDY)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that were really looked at."""
    seen: list[Path] = []
    look = checking.inspect

    def watched(folder: Path, today: date) -> Report:
        seen.append(folder)
        return look(folder, today)

    monkeypatch.setattr(checking, "inspect", watched)
    return seen


def inspected(folder: Path, today: date = TODAY) -> Report:
    """What is kept or found, which must be what is found."""
    report = kept_reports.inspect(folder, today)
    assert report == checking.inspect(folder, today)
    return report


def test_what_has_not_changed_is_looked_at_once(kept: Path, folder: Path, looks: list[Path]) -> None:
    first = kept_reports.inspect(folder, TODAY)
    second = kept_reports.inspect(folder, TODAY)
    assert len(looks) == 1
    assert first == second
    assert [(each.excerpt, each.fix) for each in first.findings] == [
        (each.excerpt, each.fix) for each in second.findings
    ]
    assert len(list(kept.glob("*"))) == 1


@pytest.mark.usefixtures("kept")
def test_every_change_is_seen(folder: Path) -> None:
    assert len(inspected(folder).findings) == 2
    (folder / "lamps.yaml").write_text(RULES, "utf-8")
    assert inspected(folder).findings == ()
    (folder / "lamps.yaml").write_text(
        RULES.replace("    title: A lamp\n", "    title: A lamp\n    review by: 2026-03-01\n"), "utf-8"
    )
    assert inspected(folder).findings == ()
    assert [each.code for each in inspected(folder, date(2026, 3, 2)).findings] == ["review-overdue"]
    (folder / "more.YML").write_text("", "utf-8")
    assert [each.code for each in inspected(folder).findings] == ["file-name"]
    (folder / "more.YML").unlink()
    (folder / "link.yaml").symlink_to(folder.parent)
    assert [each.code for each in inspected(folder).findings] == ["outside-folder"]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"findings": [{"file": 1}]}', '{"findings": 7, "loads": true}']
)
def test_a_report_that_cannot_be_read_is_made_again(kept: Path, folder: Path, content: str) -> None:
    inspected(folder)
    (entry,) = kept.glob("*.json")
    entry.write_text(content, "utf-8")
    assert len(inspected(folder).findings) == 2


@pytest.mark.parametrize("where", ["reports", "."])
def test_what_others_may_have_written_is_not_believed(kept: Path, folder: Path, where: str) -> None:
    inspected(folder)
    (entry,) = kept.glob("*.json")
    entry.write_text(json.dumps({"loads": True, "rules": 2, "examples": 4, "findings": []}), "utf-8")
    assert kept_reports.inspect(folder, TODAY).findings == (), "so it's read while it's safe"
    (kept.parent / where).chmod(0o777)
    assert len(inspected(folder).findings) == 2


def test_nothing_is_kept_when_it_is_off(kept: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISE_CACHE_DIR", "off")
    inspected(folder)
    assert not kept.exists()


def test_old_reports_are_thrown_away(kept: Path, folder: Path) -> None:
    for number in range(kept_reports.MOST_KEPT + 3):
        (folder / "lamps.yaml").write_text(f"{RULES}# {number}\n", "utf-8")
        kept_reports.inspect(folder, TODAY)
    assert len(list(kept.glob("*.json"))) == kept_reports.MOST_KEPT


def test_a_report_comes_back_as_it_was(kept: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place("lamps.yaml", 3, 4)
    fix = Fix("Mend it", (Edit(place, Place("lamps.yaml", 3, 9), "ä"),), safe=True)
    witness = {"bikes": [{"name": "Ö", "gears": 3, "price": 2.5, "electric": None}]}
    finding = Finding(place, "made-up", "Wrong.", "Mend it.", "a line", Severity.NOTE, fix, witness)
    monkeypatch.setattr(checking, "inspect", lambda *_: Report((finding,), True, 3, 5))
    kept_reports.inspect(folder, TODAY)
    assert list(kept.glob("*.json"))
    monkeypatch.setattr(checking, "inspect", None)
    report = kept_reports.inspect(folder, TODAY)
    assert (report.loads, report.rules, report.examples) == (True, 3, 5)
    (back,) = report.findings
    assert (back, back.excerpt, back.fix, back.witness) == (finding, "a line", fix, witness)
