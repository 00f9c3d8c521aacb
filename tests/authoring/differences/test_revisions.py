"""Knowledge bases as they were at a git revision, from real repositories."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from advise.authoring.differences.revisions import write_revision
from advise.errors import UsageError

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git isn't installed")


def git(at: Path, *words: str) -> str:
    """Runs git with an author of its own."""
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *who, *words], cwd=at, capture_output=True, check=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose folder `sub/rules` has two revisions, tagged v1 and v2."""
    top = tmp_path / "repository"
    rules = top / "sub" / "rules"
    (rules / "tables").mkdir(parents=True)
    git(top, "init", "-q", "-b", "main")
    (top / "README.yaml").write_text("not: rules\n", "utf-8")
    (rules / "knowledge_base.yaml").write_text("version: 1\n", "utf-8")
    (rules / "tables" / "größe, alt.csv").write_text("a,b\n", "utf-8")
    (rules / "notes.txt").write_text("none of ours\n", "utf-8")
    (top / ".gitattributes").write_text("sub/rules/tables export-ignore\n", "utf-8")
    git(top, "add", ".")
    git(top, "commit", "-qm", "one")
    git(top, "tag", "v1")
    (rules / "knowledge_base.yaml").write_text("version: 2\n", "utf-8")
    git(top, "commit", "-qam", "two")
    git(top, "tag", "v2")
    return top


def _written(name: str, folder: Path, target: Path) -> dict[str, str]:
    target.mkdir(exist_ok=True)
    write_revision(name, folder, target)
    return {
        path.relative_to(target).as_posix(): path.read_text("utf-8") for path in target.rglob("*") if path.is_file()
    }


def test_the_files_are_those_of_the_revision_and_nothing_is_checked_out(repository: Path, tmp_path: Path) -> None:
    rules = repository / "sub" / "rules"
    (rules / "knowledge_base.yaml").write_text("version: not committed\n", "utf-8")
    for name, version in (("v1", "1"), ("HEAD~1", "1"), ("v2", "2"), ("main", "2")):
        found = _written(name, rules, tmp_path / name)
        assert found == {"knowledge_base.yaml": f"version: {version}\n", "tables/größe, alt.csv": "a,b\n"}
    assert (rules / "knowledge_base.yaml").read_text("utf-8") == "version: not committed\n"
    assert git(repository, "status", "--porcelain") == "M sub/rules/knowledge_base.yaml"


def test_a_folder_that_is_gone_can_still_be_read(repository: Path, tmp_path: Path) -> None:
    git(repository, "mv", "sub/rules", "elsewhere")
    assert "knowledge_base.yaml" in _written("v1", repository / "sub" / "rules", tmp_path / "one")
    assert "knowledge_base.yaml" in _written("v1:sub/rules", repository / "elsewhere", tmp_path / "two")


def test_the_top_of_a_repository_is_a_folder_too(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There's no knowledge base at the top in v1"):
        _written("v1", repository, tmp_path / "one")
    git(repository, "mv", "sub/rules/knowledge_base.yaml", ".")
    git(repository, "commit", "-qm", "three")
    assert {"README.yaml", "knowledge_base.yaml"} < set(_written("HEAD", repository, tmp_path / "two"))


def test_a_hook_s_own_variables_lead_nowhere_else(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "none"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "none" / "index"))
    assert "knowledge_base.yaml" in _written("v1", repository / "sub" / "rules", tmp_path / "one")


@pytest.mark.parametrize("name", ["v9", "-v1", "--all", "", "v1..v2", "v9:sub/rules"])
def test_what_is_no_revision_is_said(repository: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="neither a knowledge base's folder nor a git revision"):
        write_revision(name, repository / "sub" / "rules", tmp_path)


def test_a_revision_without_the_folder_is_said(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There's no knowledge base at sub/other in v1"):
        write_revision("v1", repository / "sub" / "other", tmp_path)


def test_before_the_first_commit_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    with pytest.raises(UsageError, match="Nothing has been committed yet"):
        write_revision("HEAD", tmp_path, tmp_path)


def test_outside_a_repository_there_are_no_revisions(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="isn't in a git repository"):
        write_revision("v1", tmp_path, tmp_path)


def test_without_git_it_says_what_to_install(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="git has to be installed"):
        write_revision("v1", repository / "sub" / "rules", tmp_path)


def test_links_are_written_as_links(repository: Path, tmp_path: Path) -> None:
    rules = repository / "sub" / "rules"
    (rules / "again.yaml").symlink_to("knowledge_base.yaml")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "three")
    assert _written("HEAD", rules, tmp_path / "one")["again.yaml"] == "version: 2\n"
    assert (tmp_path / "one" / "again.yaml").is_symlink()
