"""Knowledge bases kept by content: right after every change, and never in the way."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from advise import KnowledgeBase, KnowledgeBaseError
from advise import cache as kept
from advise.knowledge_base import career_folder

PERSON = {"jobs": [{"title": "Barista", "field": "bartending", "current": True}]}


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ADVISE_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "rules"
    shutil.copytree(career_folder(), copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def advice(folder: Path) -> str:
    return KnowledgeBase.load(folder).advise(PERSON, as_of="2026-01-15").to_json()


def test_a_kept_knowledge_base_gives_the_same_advice(directory: Path, folder: Path) -> None:
    first = advice(folder)
    entries = sorted(path.name for path in directory.glob("*.*"))
    assert advice(folder) == first
    assert sorted(path.name for path in directory.glob("*.*")) == entries
    assert len(entries) == 2


@pytest.mark.usefixtures("directory")
def test_what_is_kept_is_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = advice(folder)
    monkeypatch.setattr("advise.loading.load", lambda _: pytest.fail("the folder was read again"))
    assert advice(folder) == first


@pytest.mark.parametrize("name", ["parameters.yaml", "tables/ladder.csv"])
@pytest.mark.usefixtures("directory")
def test_a_changed_file_is_read_again(folder: Path, name: str) -> None:
    KnowledgeBase.load(folder)
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write("\nnonsense: [\n" if name.endswith("yaml") else "too,few\n")
    with pytest.raises(KnowledgeBaseError):
        KnowledgeBase.load(folder)


def test_a_damaged_entry_is_made_anew(directory: Path, folder: Path) -> None:
    first = advice(folder)
    for damage in ("", "[]", "[" * 5000, "[[99]]", "[[0,[7]]]", '{"a": 1}', "[[4, 7]]"):
        for path in directory.glob("*.json"):
            path.write_text(damage, encoding="utf-8")
        assert advice(folder) == first
    for path in directory.glob("*.py"):
        path.write_text("not Python(", encoding="utf-8")
    assert advice(folder) == first


def test_a_folder_that_cannot_be_written_keeps_nothing(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("", encoding="utf-8")
    monkeypatch.setenv("ADVISE_CACHE_DIR", str(in_the_way))
    assert KnowledgeBase.load(folder).name == "career"


def test_off_keeps_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ADVISE_CACHE_DIR", "off")
    monkeypatch.chdir(tmp_path)
    assert KnowledgeBase.load(folder).name == "career"
    assert not (tmp_path / "off").exists()


def test_old_entries_go(directory: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_KEPT", 2)
    manifest = folder / "knowledge_base.yaml"
    for number in range(4):
        with manifest.open("a", encoding="utf-8") as file:
            file.write(f"# {number}\n")
        KnowledgeBase.load(folder)
    assert len(list(directory.glob("*.json"))) == 2
    assert len(list(directory.glob("*.py"))) == 2


def test_without_a_name_the_usual_folder_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ADVISE_CACHE_DIR", raising=False)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path / "usual")
    KnowledgeBase.load()
    assert len(list((tmp_path / "usual").glob("*.json"))) == 1


@pytest.mark.usefixtures("directory")
def test_people_and_cases_are_checked_every_time_they_change(folder: Path) -> None:
    KnowledgeBase.load(folder)
    (folder / "people" / "broken.yaml").write_text("nothing: right\n", encoding="utf-8")
    with pytest.raises(KnowledgeBaseError):
        KnowledgeBase.load(folder)


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="there are no such permissions here")
def test_modules_in_a_folder_that_others_can_write_are_not_run(directory: Path, folder: Path) -> None:
    first = advice(folder)
    for path in directory.glob("*.py"):
        path.write_text("raise SystemExit('run')", encoding="utf-8")
    directory.chmod(0o777)
    assert advice(folder) == first
