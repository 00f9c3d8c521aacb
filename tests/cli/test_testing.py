"""`advise test`: what it selects, and how it says what came out otherwise."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from advise_cli.commands import cli
from advise_cli.exits import BAD_INPUT, DONE, FINDINGS

CASES = """\
cases:
  - name: nothing to water
    facts: {beds: [{name: South, plant: beans, dry: false}], crops: [{plant: beans, hungry: false}]}
    expect: {not given: [water], settled: true}
  - name: hungry and dry
    facts: {beds: [{name: South, plant: beans, dry: true}], crops: [{plant: beans, hungry: true}]}
    expect: {first: [water, feed], conclusions: {bed.thirsty: true}}
"""
PERSON = """\
name: Ann
about: Grows beans
facts: {beds: [{name: South, plant: beans, dry: true}], crops: [{plant: beans, hungry: true}]}
expect:
  first: [feed, water]
"""


@pytest.fixture
def rules(garden: Path) -> Path:
    for name, text in {"cases/dry.yaml": CASES, "people/ann.yaml": PERSON}.items():
        (garden / "rules" / name).parent.mkdir(exist_ok=True)
        (garden / "rules" / name).write_text(text, "utf-8")
    return garden / "rules"


def run(*options: str) -> Result:
    return CliRunner().invoke(cli, ["test", "rules", *options])


def named(result: Result) -> list[str]:
    """The names of the examples that are listed."""
    return re.findall(r'(?:example|case|person) "([^"]*)"', result.stdout)


def dry_up(rules: Path) -> None:
    """Makes the example of `water` differ."""
    file = rules / "beds.yaml"
    file.write_text(file.read_text("utf-8").replace("dry: true}]}", "dry: false}]}"), "utf-8")


ALL = ["a dry bed", "hungry beans", "nothing to water", "hungry and dry", "Ann"]


@pytest.mark.usefixtures("rules")
@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ([], ALL),
        (["--rule", "water"], ["a dry bed", "nothing to water", "hungry and dry", "Ann"]),
        (["--rule", "f*"], ["hungry beans", "hungry and dry", "Ann"]),
        (["--rule", "water", "--rule", "feed", "--kind", "example"], ["a dry bed", "hungry beans"]),
        (["--topic", "beds", "--kind", "case"], ["nothing to water", "hungry and dry"]),
        (["--file", "cases/dry.yaml"], ["nothing to water", "hungry and dry"]),
        (["--file", "cases"], ["nothing to water", "hungry and dry"]),
        (["--file", "rules/people/*.yaml"], ["Ann"]),
        (["--file", "ann.yaml", "--file", "beds.yaml"], ["a dry bed", "hungry beans", "Ann"]),
        (["-k", "HUNGRY"], ["hungry beans", "hungry and dry"]),
        (["-k", "hungry", "-k", "dry"], ["a dry bed", "hungry beans", "hungry and dry"]),
        (["-k", "dry", "--rule", "water", "--kind", "case"], ["hungry and dry"]),
    ],
)
def test_what_is_selected_is_run(options: list[str], wanted: list[str]) -> None:
    assert named(run("-v", *options)) == wanted


@pytest.mark.usefixtures("rules")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--rule", "watre"], "There's no rule `watre`; did you mean `water`?"),
        (["--rule", "zz*"], "There's no rule `zz*`."),
        (["--topic", "bed"], "There's no topic `bed`; did you mean `beds`?"),
        (["--file", "dri.yaml"], "There's no file `dri.yaml` with examples in rules; did you mean `cases/dry.yaml`?"),
        (["--file", "knowledge_base.yaml"], "There are no examples in knowledge_base.yaml."),
        (["-k", "snow"], "No example has `snow` in its name."),
        (["--rule", "thirsty", "--kind", "example"], "No example fits all of that."),
    ],
)
def test_what_there_is_not_is_one_sentence(options: list[str], said: str) -> None:
    result = run(*options)
    assert (result.exit_code, result.stderr, result.stdout) == (BAD_INPUT, f"{said}\n", "")


def test_a_difference_is_shown_side_by_side_with_the_condition_that_failed(rules: Path) -> None:
    dry_up(rules)
    result = run("--kind", "example")
    assert result.exit_code == FINDINGS
    place, header, row, *why, summary = result.stdout.rstrip("\n").split("\n")
    assert place == 'rules/beds.yaml:32:9: example "a dry bed" of water'
    assert header.split() == ["expected", "came", "out"]
    assert re.fullmatch(r"  given: water +- not given", row)
    assert [line.strip() for line in why] == [
        "it doesn't hold for South, because",
        "`bed.thirsty: true` isn't so",
        "thirsty would conclude it, but",
        "it doesn't hold for South, because",
        "`bed.dry: true` isn't so: /beds/0/dry = false",
    ]
    assert re.fullmatch(r"rules: 2 examples, 1 differs, in \d+\.\d\d s\.", summary)


def test_a_whole_list_is_compared_line_by_line(rules: Path) -> None:
    result = run("--kind", "person")
    rows = [line for line in result.stdout.split("\n") if "water" in line or "feed" in line]
    # The smaller effort comes first: water, then feed.
    assert [row.split() for row in rows] == [["+", "water"], ["feed", "feed"], ["water", "-"]]
    assert "then the smallest effort first" in result.stdout
    person = rules / "people" / "ann.yaml"
    person.write_text(PERSON.replace("[feed, water]", "[water, feed]"), "utf-8")
    assert run("--kind", "person").exit_code == DONE


def test_the_first_that_differs_can_be_the_last_that_is_run(rules: Path) -> None:
    dry_up(rules)
    result = run("-x")
    assert named(result) == ["a dry bed"]
    assert re.search(r"rules: 1 example, 1 differs, in \d+\.\d\d s; 4 not run\.\n", result.stdout)


def test_those_that_differed_last_time_are_run_again_until_they_pass(rules: Path) -> None:
    dry_up(rules)
    run()
    assert named(run("-v", "--failed")) == ["a dry bed", "Ann"]
    run("--kind", "case")  # says nothing about the others
    assert named(run("-v", "--failed", "--kind", "example")) == ["a dry bed"]
    file = rules / "beds.yaml"
    file.write_text(file.read_text("utf-8").replace("dry: false}]}", "dry: true}]}"), "utf-8")
    assert named(run("-v", "--failed")) == ["a dry bed", "Ann"]
    assert named(run("-v", "--failed")) == ["Ann"]


def test_where_nothing_is_kept_everything_is_run(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISE_CACHE_DIR", "off")
    dry_up(rules)
    run()
    assert named(run("-v", "--failed")) == ALL


def test_facts_that_cannot_be_used_are_said(rules: Path) -> None:
    file = rules / "beds.yaml"
    file.write_text(file.read_text("utf-8").replace("dry: true}]}", "dry: perhaps}]}"), "utf-8")
    result = run("--rule", "water", "--kind", "example")
    assert result.exit_code == FINDINGS
    assert "  The facts can't be used: at /beds/0/dry: " in result.stdout


@pytest.mark.parametrize(
    ("expect", "row"),
    [
        ("given: [feed]", "given: feed            - open: feed"),
        ("not given: [water]", "not given: water       - given: water"),
        ("notes: [water]", "notes: water           - given: water"),
        ("asks: [beds.name]", "asks: beds.name        - not asked"),
        ("conflicts: [bed.thirsty]", "conflicts: bed.thirsty - no conflict"),
        ("fires: [feed]", "fires: feed            - open: feed"),
        ("not concluded: [bed.thirsty]", "not concluded: bed.thirsty - concluded: bed.thirsty"),
        ("conclusions: {bed.thirsty: false}", "bed.thirsty: false     - bed.thirsty: true"),
        ("settled: true", "settled: true          - settled: false"),
    ],
)
def test_each_kind_of_expectation_is_shown_beside_what_came_out(rules: Path, expect: str, row: str) -> None:
    (rules / "people" / "ann.yaml").unlink()
    facts = "{beds: [{name: South, dry: true}], crops: []}"
    (rules / "cases" / "dry.yaml").write_text(f"cases:\n- {{name: x, facts: {facts}, expect: {{{expect}}}}}\n", "utf-8")
    assert f"  {row}\n" in run("--kind", "case").stdout


# --------------------------------------------------------------------------------------------- reports


@pytest.mark.usefixtures("rules")
def test_junit_has_a_case_for_each_example_with_its_place(rules: Path) -> None:
    dry_up(rules)
    result = run("-o", "tests.xml")
    assert result.exit_code == FINDINGS
    assert "rules: 5 examples, 2 differ" in result.stdout
    root = ElementTree.parse("tests.xml").getroot()
    assert (root.tag, root.get("tests"), root.get("failures"), root.get("errors")) == ("testsuites", "5", "2", "0")
    cases = list(root.iter("testcase"))
    assert [each.get("name") for each in cases] == ALL
    assert [each.get("classname") for each in cases] == ["water", "feed", "cases", "cases", "people"]
    assert (cases[0].get("file"), cases[0].get("line")) == ("rules/beds.yaml", "32")
    failure = cases[0].find("failure")
    assert failure is not None
    assert (failure.get("message") or "").startswith("given: water isn't there")
    assert "`bed.dry: true` isn't so: /beds/0/dry = false" in (failure.text or "")
    assert Path("tests.xml").stat().st_mode & 0o044  # for the server that shows it
    assert run("-o", "tests.xml").exit_code == FINDINGS  # its own report is replaced


@pytest.mark.usefixtures("rules")
def test_a_file_that_is_not_a_report_is_not_replaced() -> None:
    Path("notes.json").write_text("{}")
    result = run("-o", "notes.json")
    assert result.exit_code == BAD_INPUT
    assert "notes.json is there already. --force replaces it." in result.stderr
    assert Path("notes.json").read_text() == "{}"
    assert run("-o", "notes.json", "--force").exit_code == FINDINGS
    assert json.loads(Path("notes.json").read_text("utf-8"))["examples"] == 5


def test_json_has_every_difference_with_its_reason(rules: Path) -> None:
    dry_up(rules)
    found = json.loads(run("--format", "json").stdout)
    assert (found["examples"], found["differ"], found["findings"]) == (5, 2, [])
    first = found["results"][0]
    assert (first["file"], first["line"], first["rule"], first["differs"]) == ("rules/beds.yaml", 32, "water", True)
    (difference,) = first["differences"]
    assert (difference["expectation"], difference["name"]) == ("given", "water")
    assert difference["why"][0]["text"] == "it doesn't hold for South, because"


def test_github_gets_an_annotation_for_each_difference(rules: Path) -> None:
    dry_up(rules)
    lines = run("--format", "github", "--kind", "example").stdout.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith('::error file=rules/beds.yaml,line=32,col=9,title=example "a dry bed" of water::')
    assert "%0A" in lines[0]


@pytest.mark.parametrize("form", ["json", "junit", "github"])
def test_a_knowledge_base_with_findings_is_reported_in_every_form(rules: Path, form: str) -> None:
    file = rules / "beds.yaml"
    file.write_text(file.read_text("utf-8").replace("{dry: true}", "{dri: true}"), "utf-8")
    result = run("--format", form)
    assert result.exit_code == FINDINGS
    assert "unknown-fact" in result.stdout
    assert "mend it first" in result.stderr


# ---------------------------------------------------------------------------------------------- update


def answer(*options: str, said: str = "") -> Result:
    return CliRunner().invoke(cli, ["test", "rules", "--update", *options], input=said)


def test_an_update_shows_both_and_asks_before_it_writes(rules: Path) -> None:
    dry_up(rules)
    before = (rules / "beds.yaml").read_text("utf-8")
    result = answer(said="n\ny\n")
    assert "  -        expect: {given: [water]}\n  +        expect: {not given: [water]}\n" in result.stdout
    assert result.stdout.count("Expect this from now on? (y yes, n no, a all, q quit)") == 2
    assert (rules / "beds.yaml").read_text("utf-8") == before
    assert "  first: [water, feed]\n" in (rules / "people" / "ann.yaml").read_text("utf-8")
    assert result.stdout.endswith(
        "rules/people/ann.yaml is changed; ann.yaml.orig beside it is the file as it was.\n"
        "rules: 5 examples, 1 with new expectations, 1 still differs.\n"
    )
    assert result.exit_code == FINDINGS


@pytest.mark.parametrize(("options", "said"), [(["--yes"], ""), ([], "a\n"), ([], "y\ny\n")])
def test_all_can_be_updated_at_once(rules: Path, options: list[str], said: str) -> None:
    dry_up(rules)
    result = answer(*options, said=said)
    assert result.exit_code == DONE
    assert result.stdout.endswith("rules: 5 examples, 2 with new expectations.\n")
    assert run().exit_code == DONE
    assert (rules / "people" / "ann.yaml.orig").read_text("utf-8") == PERSON


@pytest.mark.parametrize("said", ["q\n", "", "x\nq\n"])
def test_quitting_or_saying_nothing_writes_nothing(rules: Path, said: str) -> None:
    dry_up(rules)
    files = {path: path.read_bytes() for path in rules.rglob("*.yaml")}
    result = answer(said=said)
    assert result.exit_code == FINDINGS
    assert result.stdout.endswith("rules: 5 examples, 0 with new expectations, 2 still differ.\n")
    assert {path: path.read_bytes() for path in rules.rglob("*") if path.suffix in (".yaml", ".orig")} == files


def test_only_what_is_selected_is_updated(rules: Path) -> None:
    dry_up(rules)
    assert answer("--yes", "--kind", "person").exit_code == DONE
    assert named(run()) == ["a dry bed"]


def test_what_cannot_be_updated_says_why_and_stays(rules: Path) -> None:
    person = rules / "people" / "ann.yaml"
    text = PERSON.replace("  first: [feed, water]\n", "  given:\n    - water\n    - thirst  # she asked\n")
    person.write_text(text.replace("thirst ", "feed ").replace("hungry: true", "hungry: false"), "utf-8")
    before = person.read_bytes()
    result = answer("--yes")
    assert result.exit_code == FINDINGS
    assert "ann.yaml:1:1: a remark would be lost with what it's about, so the expectations stay." in result.stdout
    assert person.read_bytes() == before


@pytest.mark.usefixtures("rules")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--update", "--format", "json"], "--update asks on the screen"),
        (["--watch", "-o", "x.xml"], "--watch is for the screen"),
        (["--watch", "--update"], "--watch and --update don't go together."),
        (["--yes"], "--yes goes with --update."),
    ],
)
def test_options_that_do_not_go_together_are_said(options: list[str], said: str) -> None:
    result = run(*options)
    assert result.exit_code == BAD_INPUT
    assert said in result.stderr
