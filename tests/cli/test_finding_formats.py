"""`advise check`: the forms of findings, mending, and what is shown of checks."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from advise.authoring.checks import CHECKS
from advise.authoring.checks.reports import Report
from advise.errors import Edit, Finding, Fix, Place, Severity
from advise_cli.commands import cli
from advise_cli.exits import BAD_INPUT, DONE, FINDINGS
from advise_cli.finding_formats import FORMS
from tests.authoring.checks.base import RULES, lamps

UNTIDY = RULES.replace("Take a lamp along.", "Take  a lamp along")
WITNESS = {"rain": True, "bikes": [{"name": "Ä"}]}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be in, with untidy rules in `my lamps`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ADVISE_CACHE_DIR", str(tmp_path / "cache"))
    return lamps(tmp_path / "my lamps", UNTIDY)


def check(*args: str) -> Result:
    return CliRunner().invoke(cli, ["check", *args])


FINDINGS_MADE_UP = (
    Finding(Place("a b,c.yaml", 3, 5), "made-up", "100% wrong:\nsee, here.", "Mend it.", "    some <line>: & more"),
    Finding(
        Place("a b,c.yaml", 7, 1),
        "full-stop",
        "A stop is lacking.",
        "",
        "x",
        Severity.WARNING,
        Fix("Put it", (Edit(Place("a b,c.yaml", 7, 2), Place("a b,c.yaml", 7, 2), "."),), True),
        WITNESS,
    ),
    Finding(Place("rules/ü.yaml", 1, 1), "column-unused", "Nobody\x0buses it.", severity=Severity.NOTE),
)


def written(form: str, *findings: Finding, folder: Path = Path("my kb")) -> str:
    return FORMS[form](Report(findings, True, 2, 4), folder)


# ------------------------------------------------------------------------------------------------ forms


def test_json_has_everything_as_plain_values() -> None:
    found = json.loads(written("json", *FINDINGS_MADE_UP))
    assert (found["folder"], found["loads"], found["rules"], found["examples"]) == ("my kb", True, 2, 4)
    first, second, _ = found["findings"]
    assert {key: first[key] for key in ("file", "line", "column", "code", "severity", "hint", "fix", "witness")} == {
        "file": "a b,c.yaml",
        "line": 3,
        "column": 5,
        "code": "made-up",
        "severity": "error",
        "hint": "Mend it.",
        "fix": None,
        "witness": None,
    }
    assert second["witness"] == WITNESS
    assert second["fix"]["edits"][0]["text"] == "."


def test_github_commands_are_escaped() -> None:
    assert written("github", *FINDINGS_MADE_UP) == (
        "::error file=my kb/a b%2Cc.yaml,line=3,col=5,title=made-up::100%25 wrong:%0Asee, here. Mend it.\n"
        "::warning file=my kb/a b%2Cc.yaml,line=7,col=1,title=full-stop::A stop is lacking.\n"
        "::notice file=my kb/rules/ü.yaml,line=1,col=1,title=column-unused::Nobody\x0buses it.\n"
    )
    assert written("github") == ""


def test_junit_has_a_suite_for_each_file_and_a_failure_for_each_error_and_warning() -> None:
    root = ElementTree.fromstring(written("junit", *FINDINGS_MADE_UP))
    assert root.tag == "testsuites"
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("3", "2", "0")
    suites = root.findall("testsuite")
    assert [(each.get("name"), each.get("tests"), each.get("failures")) for each in suites] == [
        ("my kb/a b,c.yaml", "2", "2"),
        ("my kb/rules/ü.yaml", "1", "0"),
    ]
    failure = suites[0].find("testcase/failure")
    assert failure is not None
    assert failure.get("type") == "error"
    assert failure.get("message") == "100% wrong:\nsee, here."
    assert "my kb/a b,c.yaml:3:5" in (failure.text or "")
    assert suites[1].findtext("testcase/system-out", "").endswith("Nobody uses it.")


def test_junit_without_findings_is_one_case_that_passes() -> None:
    root = ElementTree.fromstring(written("junit"))
    assert (root.get("tests"), root.get("failures")) == ("1", "0")
    assert len(root.findall("testsuite/testcase")) == 1


def test_sarif_has_what_the_standard_asks_for() -> None:
    log = json.loads(written("sarif", *FINDINGS_MADE_UP))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert {*CHECKS, "made-up"} == {rule["id"] for rule in rules}
    for rule in rules:
        assert rule["shortDescription"]["text"].endswith(".")
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
        assert rule["id"] == "made-up" or rule["help"]["markdown"].startswith(f"# {rule['id']}\n")
    for result, finding in zip(run["results"], FINDINGS_MADE_UP, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding.code
        assert result["level"] == finding.severity
        assert result["message"]["text"]
        (location,) = result["locations"]
        region = location["physicalLocation"]["region"]
        assert (region["startLine"], region["startColumn"]) == (finding.place.line, finding.place.column)
    first, second, third = run["results"]
    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "my%20kb/a%20b%2Cc.yaml"
    assert third["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "my%20kb/rules/%C3%BC.yaml"
    assert first["locations"][0]["physicalLocation"]["region"]["endColumn"] == 5 + len("some <line>")
    assert second["properties"]["witness"] == WITNESS
    (replacement,) = second["fixes"][0]["artifactChanges"][0]["replacements"]
    assert replacement["insertedContent"]["text"] == "."
    assert replacement["deletedRegion"]["startColumn"] == replacement["deletedRegion"]["endColumn"] == 2


def test_an_absolute_folder_is_a_file_address_in_sarif(tmp_path: Path) -> None:
    log = json.loads(written("sarif", FINDINGS_MADE_UP[0], folder=tmp_path))
    uri = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == (tmp_path / "a b,c.yaml").as_uri()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("form", ["json", "sarif", "junit", "github"])
def test_every_form_is_written_with_the_same_exit_code(form: str) -> None:
    result = check("my lamps", "--format", form)
    assert result.exit_code == FINDINGS
    assert "text-spaces" in result.stdout
    assert check("my lamps", "--format", form, "--only", "jargon").exit_code == DONE


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("form", ["json", "sarif", "junit", "github"])
def test_what_keeps_it_from_loading_is_written_in_every_form(form: str, folder: Path) -> None:
    lamps(folder, RULES.replace("rain: true\n", "rian: true\n"))
    result = check("my lamps", "--format", form)
    assert result.exit_code == FINDINGS
    assert "unknown-fact" in result.stdout


def test_findings_go_to_a_file(folder: Path) -> None:
    result = check("my lamps", "--format", "sarif", "-o", "check.sarif")
    assert (result.exit_code, result.stdout) == (FINDINGS, "")
    assert json.loads(Path("check.sarif").read_text("utf-8"))["version"] == "2.1.0"
    assert stat.S_IMODE(Path("check.sarif").stat().st_mode) == 0o644
    assert check(str(folder), "-o", "check.sarif").exit_code == BAD_INPUT
    assert check(str(folder), "-o", "check.sarif", "--force").exit_code == FINDINGS


@pytest.mark.usefixtures("folder")
def test_text_says_how_bad_each_is_and_how_many_there_are() -> None:
    lines = check("my lamps").stdout.splitlines()
    assert lines[0].startswith("my lamps/lamps.yaml:9:23: warning: text-spaces: ")
    assert lines[-2:] == ["my lamps: 2 findings: 2 warnings.", "advise check --fix-texts mends some of them."]


def test_notes_alone_are_no_failure(folder: Path) -> None:
    manifest = (folder / "knowledge_base.yaml").read_text("utf-8")
    quiet = "checks:\n  text-spaces: {severity: note}\n  full-stop: {severity: note}\n"
    (folder / "knowledge_base.yaml").write_text(manifest + quiet, "utf-8")
    result = check("my lamps")
    assert result.exit_code == DONE
    assert "my lamps: 2 findings: 2 notes." in result.stdout


def test_a_witness_is_shown_as_facts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from advise_cli import checking

    monkeypatch.setattr(checking, "_report", lambda *_: Report(FINDINGS_MADE_UP[1:2], True, 1, 1))
    line = next(each for each in check(str(folder)).stdout.splitlines() if "Somebody" in each)
    assert json.loads(line.split(": ", 1)[1]) == WITNESS


# --------------------------------------------------------------------------------------------- mending


def test_fix_mends_says_what_and_keeps_the_file_as_it_was_otherwise(folder: Path) -> None:
    path = folder / "lamps.yaml"
    path.chmod(0o640)
    result = check("my lamps", "--fix-texts")
    assert result.exit_code == DONE
    assert result.stderr == "my lamps/lamps.yaml: Leave one space (1), Put a full stop at the end (1)\n"
    assert "nothing to mend" in result.stdout
    assert path.read_text("utf-8") == RULES
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(folder.glob(".advise*")) == []
    assert check("my lamps", "--fix-texts").stderr == ""


@pytest.mark.usefixtures("folder")
def test_the_rules_that_come_with_advise_are_never_mended_by_the_way() -> None:
    result = check("--fix")
    assert result.exit_code == BAD_INPUT
    assert "Name the folder to mend" in result.stderr


def test_the_knowledge_base_that_one_is_in_is_mended(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert check("--fix-texts").exit_code == DONE
    assert (folder / "lamps.yaml").read_text("utf-8") == RULES


def test_diff_changes_nothing(folder: Path) -> None:
    result = check("my lamps", "--diff", "--fix-texts")
    assert result.exit_code == FINDINGS
    assert "-    advise: {say: Take  a lamp along, priority" in result.stdout
    assert "+    advise: {say: Take a lamp along., priority" in result.stdout
    assert (folder / "lamps.yaml").read_text("utf-8") == UNTIDY
    lamps(folder)
    result = check("my lamps", "--diff", "--fix-texts")
    assert (result.exit_code, result.stdout) == (DONE, "")


def test_diff_says_why_nothing_of_what_does_not_load_is_mended(folder: Path) -> None:
    (folder / "lamps.yaml").write_text("topic: [", "utf-8")
    result = check("my lamps", "--diff")
    assert (result.exit_code, result.stdout) == (FINDINGS, "")
    assert "lamps.yaml:1:9: yaml-syntax" in result.stderr


def test_fix_leaves_alone_what_people_read(folder: Path) -> None:
    result = check("my lamps", "--fix")
    assert result.exit_code == FINDINGS
    assert "advise check --fix-texts mends some of them." in result.stdout
    assert (folder / "lamps.yaml").read_text("utf-8") == UNTIDY


def test_a_file_that_cannot_be_written_is_one_sentence(folder: Path) -> None:
    from unittest.mock import patch

    with patch("tempfile.mkstemp", side_effect=PermissionError(13, "Permission denied")):
        result = check("my lamps", "--fix-texts")
    assert result.exit_code == BAD_INPUT
    assert "can't be written: Permission denied." in result.stderr
    assert (folder / "lamps.yaml").read_text("utf-8") == UNTIDY


# -------------------------------------------------------------------------------------- what there is


def test_the_checks_are_listed() -> None:
    lines = check("--list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(CHECKS)


@pytest.mark.parametrize("code", [*CHECKS, "unknown-fact"])
def test_every_finding_is_explained(code: str) -> None:
    result = check("--explain", code)
    assert result.exit_code == DONE
    assert result.stdout.startswith(f"# {code}\n")
    assert "## To mend it" in result.stdout


@pytest.mark.parametrize("code", ["jargn", "../facts", "findings", "off", ""])
def test_what_is_no_finding_is_said(code: str) -> None:
    result = check("--explain", code)
    assert result.exit_code == BAD_INPUT
    assert f"There is no finding {code}" in result.stderr


@pytest.mark.usefixtures("folder")
def test_an_unknown_code_is_refused() -> None:
    result = check("my lamps", "--only", "jargon, text-lon")
    assert result.exit_code == BAD_INPUT
    assert "There is no check `text-lon`; did you mean `text-long`?" in result.stderr


def test_codes_are_taken_with_spaces(folder: Path) -> None:
    found = json.loads(check(str(folder), "-f", "json", "--only", "text-spaces, full-stop").stdout)["findings"]
    assert {each["code"] for each in found} == {"text-spaces", "full-stop"}
