"""`advise schema` and `advise fmt`: what they write, and what they leave alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from advise.knowledge_base import career_folder
from advise.loading import load
from advise_cli.commands import cli

UGLY = "a:    1\nb: [1,2]   # both\n"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(career_folder(), tmp_path / "rules", ignore=shutil.ignore_patterns("__pycache__")))


def test_a_schema_is_printed_or_written_and_written_again(tmp_path: Path) -> None:
    printed = run("schema", "--of", "facts").stdout
    assert "jobs" in json.loads(printed)["definitions"]["facts"]["properties"]
    path = tmp_path / "s.json"
    for _ in range(2):
        done = run("schema", "--of", "facts", "-o", str(path))
        assert done.exit_code == 0
        assert "$schema=s.json" in done.stderr
    assert path.read_text("utf-8") == printed


def test_a_schema_replaces_no_other_file_unless_it_is_forced_to(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text("{}")
    assert "is there already" in run("schema", "-o", str(path)).stderr
    assert path.read_text() == "{}"
    assert run("schema", "-o", str(path), "--force").exit_code == 0


def test_what_keeps_a_schema_from_being_made_is_said_as_check_says_it(rules: Path) -> None:
    (rules / "extra.yaml").write_text("topic: [")
    done = run("schema", str(rules))
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{rules / 'extra.yaml'}:1:9: yaml-syntax")
    assert done.stderr.endswith("1 finding; mend it first.\n")


def test_files_are_formatted_in_place_and_then_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(UGLY)
    path.chmod(0o640)
    for wanted in (["fmt", "--check", str(tmp_path)], ["fmt", "--diff", str(path)]):
        assert run(*wanted).exit_code == 1
        assert path.read_text() == UGLY
    assert "+b: [1, 2]" in run("fmt", "--diff", str(path)).stdout
    assert run("fmt", str(tmp_path)).exit_code == 0
    assert path.read_text() == "a: 1\nb: [1, 2]  # both\n"
    assert path.stat().st_mode & 0o777 == 0o640
    assert run("fmt", "--check", str(tmp_path)).exit_code == 0


def test_a_file_that_cannot_be_read_is_said_and_the_others_go_on(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("a: [1\n")
    (tmp_path / "good.yaml").write_text(UGLY)
    done = run("fmt", str(tmp_path))
    assert done.exit_code == 1
    assert "bad.yaml:1:4: yaml-syntax" in done.stderr
    assert (tmp_path / "good.yaml").read_text() != UGLY
    assert "no file or folder" in run("fmt", str(tmp_path / "gone")).stderr


def test_what_is_no_text_is_said_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: 1\nb: caf\xe9\n")
    done = run("fmt", str(path))
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{path}:2:7: This file isn't in UTF-8, or it isn't text. Save the file as UTF-8.\n")


def test_one_file_is_spoken_of_as_one(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(UGLY)
    assert run("fmt", str(path)).stderr == "1 file, of which 1 was formatted anew.\n"


def test_a_difference_says_where_the_last_line_has_no_end(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a:  1")
    assert run("fmt", "--diff", str(path)).stdout.endswith("-a:  1\n\\ No newline at end of file\n+a: 1\n")


def test_a_formatted_knowledge_base_is_the_same(rules: Path) -> None:
    assert run("fmt", str(rules)).exit_code == 0
    assert load(rules).rules == load(career_folder()).rules
    assert run("test", str(rules)).exit_code == 0


def test_line_ends_and_a_mark_at_the_start_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + UGLY.replace("\n", "\r\n").encode())
    assert run("fmt", str(path)).exit_code == 0
    assert path.read_bytes() == b"\xef\xbb\xbfa: 1\r\nb: [1, 2]  # both\r\n"
