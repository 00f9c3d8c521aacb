"""`advise diff`, on the garden's rules: folders, real git repositories, formats, exit codes."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from advise_cli import diffing
from advise_cli.commands import cli
from advise_cli.exits import BAD_INPUT, DONE, FINDINGS

pytestmark = pytest.mark.usefixtures("garden")
with_git = pytest.mark.skipif(shutil.which("git") is None, reason="git isn't installed")


def diff(*args: str) -> Result:
    return CliRunner().invoke(cli, ["diff", *args])


def edit(before: str, now: str, folder: str = "new") -> None:
    """Changes the rules in a copy of the garden's folder."""
    if not Path(folder).exists():
        shutil.copytree("rules", folder)
    path = Path(folder, "beds.yaml")
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, now), "utf-8")


def found(*args: str) -> Any:
    result = diff("rules", "new", "--format", "json", *args)
    assert result.exit_code == DONE, result.stderr
    return json.loads(result.stdout)


def git(*words: str) -> None:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *words], capture_output=True, check=True)


# -------------------------------------------------------------------------------------------------- text


def test_it_says_what_changed_for_whom_and_why() -> None:
    edit("each bed: {dry: true}", "each bed: {dry: true, plant: peas}")
    result = diff("rules", "new", "--quick")
    assert result.exit_code == DONE
    assert result.stdout == (
        "Garden advice: rules → new\n"
        "1 change. 1 of 2 people gets other advice.\n"
        "\n"
        "What changed\n"
        "────────────\n"
        "rule thirsty: Thirsty (changed, beds.yaml:18)\n"
        "    For each bed for which this holds\n"
        "      the bed's dry: yes\n"
        "  +   the bed's plant is “peas”\n"
        "\n"
        "Who gets other advice\n"
        "─────────────────────\n"
        "1 person: water: a dry bed\n"
        "  - First steps: Water South.\n"
        "  - Where you stand: South is thirsty.\n"
        "  Reason: rule thirsty changed. Now it isn't so that the bed's plant is “peas”\n"
        '    (/beds/0/plant is "beans").\n'
    )


def test_with_room_both_versions_stand_side_by_side() -> None:
    edit('en: "Water {bed.name}."', 'en: "Give water to {bed.name}."')
    text, _ = diffing.diff(diffing.Request("rules", "new", width=100, quick=True))
    assert "\n  First steps: Water South.                       │ First steps: Give water to South.\n" in text
    assert max(map(len, text.splitlines())) <= 100
    narrow, _ = diffing.diff(diffing.Request("rules", "new", width=30, quick=True))
    assert "  - First steps: Water South.\n  + First steps: Give water to\n      South.\n" in narrow
    assert max(map(len, narrow.splitlines())) <= 30


def test_there_is_colour_only_where_it_is_wanted() -> None:
    edit("title: Thirsty", "title: Very thirsty")
    plain, _ = diffing.diff(diffing.Request("rules", "new"))
    coloured, _ = diffing.diff(diffing.Request("rules", "new", colour=True))
    assert "\x1b" not in plain
    assert "\x1b[32m" in coloured and "\x1b[31m" in coloured


def test_a_terminal_without_arrows_gets_other_marks() -> None:
    edit('en: "Water {bed.name}."', 'en: "Give water to {bed.name}."')
    text, _ = diffing.diff(diffing.Request("rules", "new", width=100, quick=True, encoding="ascii"))
    assert "Garden advice: rules -> new" in text
    assert "→" not in text and "│" not in text


def test_what_nobody_recorded_meets_comes_with_somebody_who_would() -> None:
    edit("each bed: {dry: true}", "each bed: {dry: true, plant: beans}")
    result = diff("rules", "new")
    assert "0 of 2 people get other advice." in result.stdout
    text = result.stdout[result.stdout.index("What nobody recorded meets") :]
    assert "It makes a difference for this person:\n    beds:\n" in text
    assert "  - First steps: Water " in text
    quick = diff("rules", "new", "--quick").stdout
    assert quick.endswith("──\nrule thirsty: Thirsty (changed, beds.yaml:18)\n")


def test_where_nobody_is_found_it_says_that_this_proves_nothing() -> None:
    # Where a bed is dry, it isn't true that it's not.
    edit("each bed: {dry: true}", "each bed: {dry: {is: true, not: false}}")
    result = diff("rules", "new")
    assert result.exit_code == DONE, result.stderr
    said = " ".join(result.stdout.split())
    assert "No person was found for whom this makes a difference; that's no proof that there's none." in said


def test_the_same_twice_has_no_difference() -> None:
    shutil.copytree("rules", "new")
    result = diff("rules", "new", "--exit-code")
    assert (result.exit_code, result.stdout) == (
        DONE,
        "Garden advice: rules → new\nNothing that the knowledge base says differs.\n",
    )


# ---------------------------------------------------------------------------------------------- formats


def test_markdown_keeps_what_people_wrote_from_being_markup() -> None:
    edit('en: "Water {bed.name}."', 'en: "Water *{bed.name}* | <now>."')
    result = diff("rules", "new", "-f", "markdown")
    assert "| rules | new |\n| --- | --- |\n" in result.stdout
    assert r"**First steps**: Water \*South\* \| \<now\>." in result.stdout
    assert (
        "```diff\n  Then\n-   Advise: Water [the bed's name].\n+   Advise: Water *[the bed's name]* | <now>.\n```"
        in (result.stdout)
    )


def test_json_has_all_of_it() -> None:
    edit("each bed: {dry: true}", "each bed: {dry: false}")
    made = found()
    (change,) = made["changes"]
    assert (change["how"], change["sort"], change["name"], change["line"]) == ("changed", "rule", "thirsty", 18)
    assert made["people"]["compared"] == 2
    (group,) = made["people"]["groups"]
    assert group["people"] == [{"name": "water: a dry bed", "recorded": True}]
    shift = next(each for each in group["shifts"] if each["name"] == "water")
    assert (shift["how"], shift["old"]["text"], shift["new"]) == ("went", "Water South.", None)
    assert shift["because"][0]["decided"][0]["facts"] == {"/beds/0/dry": True}


def test_the_ending_of_the_output_decides_the_format_and_nothing_is_replaced() -> None:
    edit("title: Thirsty", "title: Very thirsty")
    assert diff("rules", "new", "-o", "out.md").exit_code == DONE
    assert Path("out.md").read_text("utf-8").startswith("## Garden advice")
    again = diff("rules", "new", "-o", "out.md")
    assert (again.exit_code, "out.md is there already" in again.stderr) == (BAD_INPUT, True)
    assert diff("rules", "new", "-o", "out.json", "--force").exit_code == DONE
    assert json.loads(Path("out.json").read_text("utf-8"))["new"] == "new"


# ----------------------------------------------------------------------------------------------- people


def test_of_people_in_files_only_the_name_is_shown() -> None:
    Path("clients").mkdir()
    secret = {"beds": [{"name": "SECRET", "plant": "HIDDEN", "dry": True}]}
    Path("clients", "one.json").write_text(json.dumps(secret), "utf-8")
    Path("clients", "two.yaml").write_text("beds: [{name: SECRET, plant: peas, dry: true}]\n", "utf-8")
    edit("each bed: {dry: true}", "each bed: {dry: true, plant: peas}")
    edit('en: "Water {bed.name}."', 'en: "Do water {bed.name}."')
    for form in ("text", "markdown", "json"):
        result = diff("rules", "new", "--people", "clients", "--format", form)
        assert result.exit_code == DONE
        assert "one" in result.stdout and "two" in result.stdout
        assert "SECRET" not in result.stdout and "HIDDEN" not in result.stdout
    named = [person for group in found("--people", "clients")["people"]["groups"] for person in group["people"]]
    assert sorted(each["name"] for each in named if not each["recorded"]) == [
        str(Path("clients", "one.json")),
        str(Path("clients", "two.yaml")),
    ]


def test_facts_files_that_cannot_be_used_are_said_and_the_others_compared() -> None:
    edit("each bed: {dry: true}", "each bed: {dry: true, plant: peas}")
    result = diff("rules", "new", "--people", "broken.json", "--people", "ada.json", "--people", "none.json")
    assert result.exit_code == BAD_INPUT
    assert "broken.json:1:11" in result.stderr and "none.json:1:1: There is no such file." in result.stderr
    assert "ada.json" in result.stdout


def test_facts_that_only_one_version_takes_are_said_without_their_values() -> None:
    shutil.copytree("rules", "new")
    schema = Path("new", "garden.schema.json")
    schema.write_text(schema.read_text("utf-8").replace('"dry"', '"parched"'), "utf-8")
    edit("{dry: true}", "{parched: true}")
    edit("plant: beans, dry: true", "plant: beans, parched: true")
    made = found("--people", "ada.json", "--quick")
    ada, now, before = sorted(made["people"]["refused"], key=lambda each: str(each["name"]))
    assert ada == {"name": "ada.json", "old": None, "new": "at /beds/0/dry: unknown-fact"}
    assert (now["name"], now["new"]) == ("water: a dry bed", None)
    assert (before["name"], before["old"]) == ("water: a dry bed (as before)", None)
    assert "dry" in before["new"] and "parched" in now["old"]
    assert diff("rules", "new", "--quick", "--exit-code").exit_code == FINDINGS
    assert " other advice. 3 of them can't be compared.\n" in diff("rules", "new", "--people", "ada.json").stdout


# --------------------------------------------------------------------------------------------- exit codes


def test_exit_code_says_whether_anybody_s_advice_changes() -> None:
    edit("title: Thirsty", "title: Very thirsty")
    assert diff("rules", "new", "--exit-code").exit_code == DONE
    edit("each bed: {dry: true}", "each bed: {dry: true, plant: peas}")
    assert diff("rules", "new").exit_code == DONE
    assert diff("rules", "new", "--exit-code", "--quick").exit_code == FINDINGS


def test_a_version_that_does_not_load_is_refused_with_its_findings() -> None:
    edit("each bed: {dry: true}", "each bed: {dyr: true}")
    result = diff("rules", "new")
    assert (result.exit_code, result.stdout) == (FINDINGS, "")
    assert f"{Path('new', 'beds.yaml')}:" in result.stderr and "mend it first" in result.stderr


@pytest.mark.parametrize("args", [["rules", "none"], ["none"], ["--folder", "none"]])
def test_what_is_neither_a_folder_nor_a_revision_is_one_sentence(args: list[str]) -> None:
    result = diff(*args)
    assert (result.exit_code, result.stdout) == (BAD_INPUT, "")
    assert len(result.stderr.strip().splitlines()) == 1
    assert "Traceback" not in result.stderr


# ---------------------------------------------------------------------------------------------- revisions


@with_git
def test_revisions_are_compared_with_each_other_and_with_what_is_being_edited(monkeypatch: pytest.MonkeyPatch) -> None:
    git("init", "-q", "-b", "main")
    git("add", "rules")
    git("commit", "-qm", "one")
    git("tag", "v1")
    edit("title: Thirsty", "title: Very thirsty", "rules")
    git("commit", "-qam", "two")
    edit("title: Very thirsty", "title: Quite thirsty", "rules")
    for args, line in (
        (["--folder", "rules"], "+ Title: Quite thirsty"),
        (["rules"], "+ Title: Quite thirsty"),
        (["v1", "rules"], "- Title: Thirsty"),
        (["v1", "HEAD", "--folder", "rules"], "+ Title: Very thirsty"),
        (["HEAD~1:rules", "main:rules"], "+ Title: Very thirsty"),
    ):
        result = diff(*args)
        assert result.exit_code == DONE, result.stderr
        assert line in result.stdout
    monkeypatch.chdir("rules")
    assert "Garden advice: HEAD → .\n" in diff().stdout
    assert "- Title: Thirsty" in diff("v1").stdout
    assert "- Title: Thirsty" in diff("HEAD~1", ".").stdout


@with_git
def test_a_revision_that_does_not_load_is_named_with_its_findings() -> None:
    git("init", "-q", "-b", "main")
    edit("each bed: {dry: true}", "each bed: {dyr: true}", "rules")
    git("add", "rules")
    git("commit", "-qm", "one")
    edit("each bed: {dyr: true}", "each bed: {dry: true}", "rules")
    result = diff("main", "rules")
    assert result.exit_code == FINDINGS
    assert f"{Path('main:rules', 'beds.yaml')}:21:20: unknown-fact" in result.stderr
