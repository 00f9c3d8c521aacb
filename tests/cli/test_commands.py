"""The commands, run on a small knowledge base."""

from __future__ import annotations

import gc
import json
import os
import re
import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from advise_cli import giving
from advise_cli.commands import cli
from advise_cli.exits import BAD_INPUT, DONE, FINDINGS, INTERNAL, MEANINGS
from tests.cli.conftest import PEOPLE


def advise(*args: str, **more: Any) -> Result:
    return CliRunner().invoke(cli, list(args), **more)


def on_garden(*args: str, **more: Any) -> Result:
    return advise("--rules", "rules", "--as-of", "2026-01-15", *args, **more)


# ------------------------------------------------------------------------------------------------- advice


@pytest.mark.usefixtures("garden")
def test_facts_give_a_report() -> None:
    result = on_garden("ada.json")
    assert result.exit_code == DONE
    assert result.stderr == ""
    assert result.stdout == (
        "Garden advice, 15 January 2026\n"
        "No further answer would change this.\n"
        "\n"
        "Where you stand\n"
        "───────────────\n"
        "South (bed)\n"
        "  • South is thirsty.\n"
        "\n"
        "First steps\n"
        "───────────\n"
        "  1. Water South. [1]\n"
        "\n"
        "Sources\n"
        "───────\n"
        "  1. The almanac (A Gardener, 2020)\n"
        "     Cited: Beds\n"
    )


@pytest.mark.usefixtures("garden")
def test_the_day_of_the_advice_is_today_unless_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    advise_of = giving.KnowledgeBase.advise

    def watched(*args: Any, **how: Any) -> Any:
        seen.append(how["as_of"])
        return advise_of(*args, **how)

    monkeypatch.setattr(giving.KnowledgeBase, "advise", watched)
    advise("--rules", "rules", "ada.json")
    on_garden("ada.json")
    assert [str(each) for each in seen] == ["None", "2026-01-15"]


@pytest.mark.usefixtures("garden")
@pytest.mark.parametrize("day", ["2026", "tomorrow", "2026-02-30", "20260115", "2026-W01-1"])
def test_a_day_that_is_none_is_refused(day: str) -> None:
    result = advise("--as-of", day, "ada.json")
    assert result.exit_code == BAD_INPUT
    assert f"'{day}' is no date. Write it as 2026-01-15." in result.stderr


@pytest.mark.usefixtures("garden")
def test_beds_stand_under_the_crop_that_they_belong_to() -> None:
    out = on_garden("bo.yaml").stdout
    assert "Peas (crop)\n  1. Water North. [1]\n\nBeans (crop)\n  2. Water West. [1]\n" in out


@pytest.mark.usefixtures("garden")
def test_standard_input_is_a_facts_file() -> None:
    result = on_garden("-", input=Path("ada.json").read_text("utf-8"))
    assert result.exit_code == DONE
    assert "Water South." in result.stdout


@pytest.mark.usefixtures("garden")
def test_standard_input_is_read_once() -> None:
    result = on_garden("-", "-", input="{}")
    assert result.exit_code == BAD_INPUT
    assert "only once" in result.stderr


@pytest.mark.usefixtures("garden")
def test_several_people_each_stand_under_their_file() -> None:
    lines = on_garden("ada.json", "bo.yaml").stdout.split("\n")
    assert [lines[i - 1] for i, line in enumerate(lines) if line == "─" * 80] == ["ada.json", "bo.yaml"]


@pytest.mark.usefixtures("garden")
def test_what_is_wrong_with_one_person_keeps_nobody_else_from_their_report() -> None:
    result = on_garden("wrong.yaml", "ada.json", "broken.json")
    assert result.exit_code == BAD_INPUT
    assert "ada.json" in result.stdout
    assert "East" not in result.stdout
    complaints = result.stderr.strip().split("\n")
    assert [each.split(" ")[0] for each in complaints] == ["broken.json:1:11:", "wrong.yaml:3:10:"]
    assert "at /beds/0/dry: " in complaints[1]


@pytest.mark.usefixtures("garden")
def test_a_single_person_keeps_their_name_when_others_fail() -> None:
    out = json.loads(on_garden("ada.json", "broken.json", "--format", "json").stdout)
    assert out["file"] == "ada.json"


@pytest.mark.usefixtures("garden")
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nobody.json", "nobody.json:1:1: There is no such file."),
        (".", ".:1:1: This is a folder"),
        ("chek", "Did you mean check?"),
        ("ade.json", "Did you mean ada.json?"),
        ("no/where.json", "There is no such file."),
        ("a\x1b[2Jb.json", "a [2Jb.json:1:1: There is no such file."),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(name: str, sentence: str) -> None:
    result = on_garden(name)
    assert result.exit_code == BAD_INPUT
    assert result.stdout == ""
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.usefixtures("garden")
@pytest.mark.parametrize(
    "content",
    [
        b"", b"\xff\xfe", b"[]", b"1", b'{"beds": NaN}', b'{"beds": [], "beds": []}', b'{"bads": []}',
        b'{"beds": "x"}', b"beds: [", b"[" * 10_000, b'{"beds":' * 100_000, b"beds: *x", b"\x00",
        b'{"beds": [{"dry": 1e999}]}', b" " * 6_000_000,
    ],
)  # fmt: skip
def test_bad_facts_are_one_sentence_and_never_a_traceback(content: bytes) -> None:
    result = on_garden("-", input=content)
    assert result.exit_code == BAD_INPUT
    assert result.stdout == ""
    assert result.stderr.startswith("standard input:")
    assert result.stderr.count("\n") == 1


@pytest.mark.usefixtures("garden")
def test_a_notice_goes_to_standard_error_and_is_no_failure() -> None:
    result = on_garden("aged.yaml")
    assert result.exit_code == DONE
    assert result.stderr.startswith("aged.yaml: note: 'age' was set aside")
    assert "age" not in result.stdout.replace("Garden", "")


@pytest.mark.usefixtures("garden")
def test_explain_puts_the_proof_under_each_item() -> None:
    assert (
        "  1. Water South. [1]\n"
        "     Rule water, because\n"
        "     └─ bed.thirsty: true, drawn by rule thirsty\n"
        "        └─ bed.dry: true (/beds/0/dry = true)\n"
    ) in on_garden("--explain", "ada.json").stdout


@pytest.mark.usefixtures("garden")
def test_the_language_is_one_of_the_knowledge_bases() -> None:
    assert "Gießen Sie South." in on_garden("--lang", "de", "ada.json").stdout
    assert '<html lang="de">' in on_garden("--lang", "de", "--format", "html", "ada.json").stdout
    assert '<html lang="en">' in on_garden("--format", "html", "ada.json").stdout
    result = on_garden("--lang", "fr", "ada.json")
    assert result.exit_code == BAD_INPUT
    assert "fr" in result.stderr
    assert result.stdout == ""


@pytest.mark.usefixtures("garden")
def test_json_is_the_outcome_and_for_several_people_one_line_each() -> None:
    one = on_garden("--format", "json", "ada.json").stdout
    several = on_garden("--format", "json", "ada.json", "bo.yaml").stdout.splitlines()
    assert json.loads(one)["given"][0]["id"] == "water"
    assert one.count("\n") == 1
    assert [json.loads(line)["file"] for line in several] == ["ada.json", "bo.yaml"]
    assert json.loads(several[0])["outcome"] == json.loads(one)


@pytest.mark.usefixtures("garden")
def test_markdown_and_html_are_the_same_report() -> None:
    assert "1. Water South. \\[1\\]" in on_garden("--format", "markdown", "ada.json").stdout
    assert '<p class="text">Water South.' in on_garden("--format", "html", "ada.json").stdout


@pytest.mark.usefixtures("garden")
def test_facts_that_are_not_readable_need_no_knowledge_base() -> None:
    result = advise("--rules", "no such folder", "broken.json")
    assert result.exit_code == BAD_INPUT
    assert "no such folder" not in result.stderr


def test_the_career_knowledge_base_is_the_one_that_is_meant(garden: Path) -> None:
    (garden / "me.yaml").write_text("jobs:\n  - title: Barista\n", "utf-8")
    result = advise("me.yaml")
    assert result.exit_code == DONE
    assert result.stdout.startswith("Career advice, ")
    assert "Questions" in result.stdout


def test_a_resume_is_turned_into_facts_with_a_notice(garden: Path) -> None:
    (garden / "cv.json").write_text('{"basics": {}, "work": [{"position": "Barista", "startDate": "2020"}]}', "utf-8")
    result = advise("cv.json")
    assert result.exit_code == DONE
    assert result.stderr.startswith("cv.json: note: Read as a résumé in JSON Resume form")
    assert "arista" in result.stdout


def test_facts_of_a_resume_can_be_saved_and_give_the_same_advice(garden: Path) -> None:
    resume = {"work": [{"position": "Cook", "endDate": "2020"}], "education": []}
    (garden / "cv.json").write_text(json.dumps(resume), "utf-8")
    day = ("--as-of", "2026-01-15")
    assert advise("cv.json", *day, "--format", "facts", "-o", "facts.json").exit_code == 0
    assert json.loads(Path("facts.json").read_text("utf-8"))["jobs"][0]["title"] == "Cook"
    first, second = (advise(name, *day, "--format", "json") for name in ("cv.json", "facts.json"))
    assert first.stdout == second.stdout
    assert "--format facts" in first.stderr
    assert second.stderr == ""


def test_a_wrong_resume_is_one_sentence_with_its_place(garden: Path) -> None:
    (garden / "cv.json").write_text('{"basics": {},\n "work": "Barista"}', "utf-8")
    result = advise("cv.json")
    assert result.exit_code == BAD_INPUT
    assert result.stderr.startswith("cv.json:2:10: at /work: ")


def test_facts_made_from_a_resume_that_cannot_be_used_name_the_file(garden: Path) -> None:
    (garden / "cv.json").write_text(f'{{"basics": {{}}, "work": [{{"position": "{"x" * 999}"}}]}}', "utf-8")
    result = advise("cv.json")
    assert result.exit_code == BAD_INPUT
    assert result.stderr.startswith("cv.json: at /jobs/0/title: ")


# ----------------------------------------------------------------------------------------------- --output


def test_a_report_is_written_to_a_file_that_only_its_owner_reads(garden: Path) -> None:
    result = on_garden("-o", "report.txt", "ada.json")
    assert (result.exit_code, result.stdout) == (DONE, "")
    assert (garden / "report.txt").read_text("utf-8") == on_garden("ada.json").stdout
    assert stat.S_IMODE((garden / "report.txt").stat().st_mode) == 0o600


def test_a_file_that_is_there_is_replaced_only_by_force(garden: Path) -> None:
    report = garden / "report.txt"
    report.write_text("precious", "utf-8")
    refused = on_garden("-o", "report.txt", "ada.json")
    assert refused.exit_code == BAD_INPUT
    assert "report.txt is there already. --force replaces it." in refused.stderr
    assert report.read_text("utf-8") == "precious"
    assert on_garden("-o", "report.txt", "--force", "ada.json").exit_code == DONE
    assert report.read_text("utf-8").startswith("Garden advice")


def test_a_link_stays_a_link(garden: Path) -> None:
    (garden / "real.txt").write_text("", "utf-8")
    (garden / "link.txt").symlink_to("real.txt")
    assert on_garden("-o", "link.txt", "--force", "ada.json").exit_code == DONE
    assert (garden / "link.txt").is_symlink()
    assert (garden / "real.txt").read_text("utf-8").startswith("Garden advice")


@pytest.mark.parametrize(
    ("target", "sentence"), [("rules", "isn't an ordinary file"), ("no/where.txt", "can't be written: ")]
)
def test_a_report_that_cannot_be_written_is_one_sentence(garden: Path, target: str, sentence: str) -> None:
    result = on_garden("-o", target, "--force", "ada.json")
    assert result.exit_code == BAD_INPUT
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
    assert sorted(each.name for each in garden.glob(".advise*")) == []


def test_a_failure_while_writing_leaves_the_old_report_and_no_draft(
    garden: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (garden / "report.txt").write_text("precious", "utf-8")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    result = on_garden("-o", "report.txt", "--force", "ada.json")
    assert result.exit_code == BAD_INPUT
    assert "No space left on device" in result.stderr
    assert (garden / "report.txt").read_text("utf-8") == "precious"
    assert list(garden.glob(".advise*")) == []


@pytest.mark.usefixtures("garden")
def test_no_report_no_file() -> None:
    assert on_garden("-o", "report.txt", "broken.json").exit_code == BAD_INPUT
    assert not Path("report.txt").exists()


@pytest.mark.usefixtures("garden")
def test_a_dash_is_standard_output() -> None:
    assert on_garden("-o", "-", "ada.json").stdout == on_garden("ada.json").stdout


# ------------------------------------------------------------------------------------------ check and test


@pytest.mark.usefixtures("garden")
def test_a_good_knowledge_base_has_nothing_to_mend() -> None:
    result = advise("check", "rules")
    assert (result.exit_code, result.stdout) == (DONE, "rules: 3 rules, 2 examples, nothing to mend.\n")


def misspell(garden: Path) -> None:
    file = garden / "rules" / "beds.yaml"
    file.write_text(file.read_text("utf-8").replace("{dry: true}", "{dri: true}"), "utf-8")


def test_findings_are_printed_with_a_path_that_leads_there(garden: Path) -> None:
    misspell(garden)
    result = advise("check", "rules")
    assert result.exit_code == FINDINGS
    lines = result.stdout.split("\n")
    assert lines[0].startswith("rules/beds.yaml:21:20: unknown-fact: ")
    assert lines[2].strip() == "^"
    assert lines[-2] == "rules: 1 finding."


def test_the_knowledge_base_that_one_is_in_needs_no_name(garden: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(garden / "rules")
    assert advise("check").stdout == ".: 3 rules, 2 examples, nothing to mend.\n"
    assert re.fullmatch(r"\.: 2 examples, all as expected, in \d+\.\d\d s\.\n", advise("test").stdout)


def test_so_does_the_one_that_a_folder_is_part_of(garden: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (garden / "rules" / "people" / "old").mkdir(parents=True)
    monkeypatch.chdir(garden / "rules" / "people" / "old")
    assert advise("check").stdout == "../..: 3 rules, 2 examples, nothing to mend.\n"


@pytest.mark.usefixtures("garden")
def test_a_check_leaves_the_collector_of_unused_objects_as_it_was() -> None:
    before = gc.get_threshold()
    advise("check", "rules")
    advise("check", "nowhere")
    assert gc.get_threshold() == before


@pytest.mark.usefixtures("garden")
def test_elsewhere_the_career_knowledge_base_is_checked() -> None:
    result = advise("check")
    assert "advise_rules: " in result.stdout


@pytest.mark.usefixtures("garden")
@pytest.mark.parametrize("command", [["check", "nowhere"], ["test", "nowhere"], ["--rules", "nowhere", "ada.json"]])
def test_a_folder_that_is_not_there_is_bad_input(command: list[str]) -> None:
    result = advise(*command)
    assert result.exit_code == BAD_INPUT
    assert "nowhere isn't a folder." in result.stderr


@pytest.mark.usefixtures("garden")
def test_a_folder_without_a_manifest_is_no_knowledge_base() -> None:
    result = advise("check", ".")
    assert result.exit_code == BAD_INPUT
    assert ". has no knowledge_base.yaml, so it isn't a knowledge base." in result.stderr


@pytest.mark.parametrize("command", [["test", "rules"], ["--rules", "rules", "ada.json"]])
def test_a_knowledge_base_with_findings_is_not_used(garden: Path, command: list[str]) -> None:
    misspell(garden)
    result = advise(*command)
    assert result.exit_code == FINDINGS
    assert result.stdout == ""
    assert result.stderr.startswith("rules/beds.yaml:21:20: unknown-fact: ")
    assert result.stderr.endswith("rules: 1 finding; mend it first.\n")


# --------------------------------------------------------------------------------------------- help and ends


def test_help_has_every_option_command_and_exit_code() -> None:
    result = advise("--help")
    assert result.exit_code == DONE
    for option in cli.default.params[1:]:
        assert option.opts[0] in result.stdout
    for name in cli.lazy:
        assert f"\n  {name} " in result.stdout
    for code, meaning in MEANINGS:
        assert f"\n  {code} " in result.stdout
        assert meaning in result.stdout


@pytest.mark.usefixtures("garden")
def test_help_is_one_page_wherever_it_is_asked_for() -> None:
    assert advise("-h").stdout == advise("--help").stdout == advise("ada.json", "--help").stdout


def test_no_arguments_show_the_help_as_a_mistake() -> None:
    result = advise()
    assert result.exit_code == BAD_INPUT
    assert "Usage: advise" in result.output.replace("cli", "advise", 1)


@pytest.mark.usefixtures("garden")
def test_a_wrong_option_shows_the_usage_of_the_default_command() -> None:
    result = advise("--fromat", "json", "ada.json", prog_name="advise")
    assert result.exit_code == BAD_INPUT
    assert result.stderr.startswith("Usage: advise [OPTIONS] FACTS...\nTry 'advise --help' for help.\n")
    assert "--format" in result.stderr


def test_the_version_is_the_distributions() -> None:
    from importlib.metadata import version

    assert advise("--version").stdout == f"advise {version('advise-engine')}\n"


@pytest.mark.usefixtures("garden")
def test_a_facts_file_called_like_a_command_is_reached_by_its_path() -> None:
    Path("check").write_text('{"beds": [], "crops": []}', "utf-8")
    assert "nothing to advise" in on_garden("./check").stdout


SECRET = "a secret fact"


def fail(*_: Any, **__: Any) -> Any:
    raise KeyError(SECRET)


@pytest.mark.usefixtures("garden")
@pytest.mark.parametrize(
    ("debug", "traceback", "secret"), [("", False, False), ("1", True, False), ("facts", True, True)]
)
def test_a_mistake_of_ours_is_one_sentence_without_facts(
    monkeypatch: pytest.MonkeyPatch, debug: str, traceback: bool, secret: bool
) -> None:
    monkeypatch.setenv("ADVISE_DEBUG", debug)
    monkeypatch.setattr(giving.KnowledgeBase, "advise", fail)
    result = on_garden("ada.json")
    assert result.exit_code == INTERNAL
    assert result.stdout == ""
    assert ('File "' in result.stderr) is traceback
    assert (SECRET in result.stderr) is secret
    assert "a mistake in advise itself, not in your facts or rules: KeyError in giving.py, line " in result.stderr


# ---------------------------------------------------------------------------------------------- completion


def completions(monkeypatch: pytest.MonkeyPatch, line: str) -> list[str]:
    words = line.split(" ")
    monkeypatch.setenv("_ADVISE_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    return advise(prog_name="advise").stdout.split()


@pytest.mark.usefixtures("garden")
@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("advise ", [f"plain,{name}" for name in (*sorted(cli.lazy), *sorted(PEOPLE))]),
        ("advise ch", ["plain,check"]),
        ("advise b", ["plain,batch", "plain,bo.yaml", "plain,broken.json"]),
        ("advise x", ["file,x"]),
        ("advise rules/", ["file,rules/"]),
        ("advise ada.json b", ["file,b"]),
        ("advise --fo", ["plain,--format", "plain,--force"]),
        ("advise --ver", ["plain,--version"]),
        ("advise ada.json --ex", ["plain,--explain"]),
        ("advise --format h", ["plain,html"]),
        ("advise check ru", ["file,ru"]),
    ],
)  # fmt: skip
def test_the_shell_completes(monkeypatch: pytest.MonkeyPatch, line: str, found: list[str]) -> None:
    assert completions(monkeypatch, line) == found


def test_the_shell_gets_a_script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_ADVISE_COMPLETE", "zsh_source")
    assert "#compdef advise" in advise(prog_name="advise").stdout
    assert os.environ["_ADVISE_COMPLETE"] == "zsh_source"


def test_the_ending_of_the_output_decides_the_format(garden: Path) -> None:
    for name, start in (("r.html", "<!DOCTYPE html>"), ("r.md", "# "), ("r.json", "{"), ("r.txt", "Garden")):
        assert on_garden("-o", name, "ada.json").exit_code == DONE
        assert (garden / name).read_text("utf-8").lstrip().casefold().startswith(start.casefold())
    assert on_garden("-o", "plain.html", "-f", "json", "ada.json").exit_code == DONE
    assert (garden / "plain.html").read_text("utf-8").startswith("{")


def test_a_report_never_replaces_the_facts_it_is_made_from(garden: Path) -> None:
    before = (garden / "ada.json").read_text("utf-8")
    result = on_garden("-o", "./ada.json", "--force", "ada.json")
    assert result.exit_code == BAD_INPUT
    assert "holds the facts" in result.stderr
    assert (garden / "ada.json").read_text("utf-8") == before


def test_a_rule_that_was_to_be_looked_at_again_is_a_finding_of_check_only(garden: Path) -> None:
    rules = garden / "rules" / "beds.yaml"
    text = rules.read_text("utf-8")
    first = text.index("  - id: ")
    rules.write_text(text[:first] + "  - review by: 2020-01-01\n    id: " + text[first + len("  - id: ") :], "utf-8")
    result = advise("check", "rules")
    assert result.exit_code == FINDINGS
    assert "review-overdue" in result.stdout
    assert "2020-01-01" in result.stdout
    assert on_garden("ada.json").exit_code == DONE
    rules.write_text(rules.read_text("utf-8").replace("2020-01-01", "2999-01-01"), "utf-8")
    assert advise("check", "rules").exit_code == DONE
