"""`advise test --coverage` and `--mutate`: what they print, as text and as JSON, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from advise_cli.commands import cli
from advise_cli.exits import BAD_INPUT, DONE, FINDINGS


@pytest.fixture(autouse=True)
def rules(garden: Path) -> Path:
    return garden / "rules"


def run(*options: str) -> Result:
    return CliRunner().invoke(cli, ["test", "rules", *options])


def test_the_table_has_a_row_for_each_rule_and_the_totals() -> None:
    result = run("--coverage")
    assert result.exit_code == DONE
    table, _, rest = result.stdout.partition("\n\n")
    assert table.splitlines()[0].split() == ["holds", "open", "no", "conditions", "true", "false", "unknown", "alone"]
    rows = {line.split()[0]: line.split()[1:] for line in table.splitlines()[1:]}
    assert rows["thirsty"] == ["1", "1", "0", "1", "1", "0", "1", "0"]
    assert "rules/beds.yaml:21:20: thirsty: bed.dry: true: never false" in rest
    assert "conditions shown to decide alone, true and false: 0 of " in rest


def test_facts_are_written_for_what_is_not_reached() -> None:
    result = run("--coverage", "--rule", "thirsty", "--facts")
    assert "    # false, and decides alone\n    facts: {beds: [{" in result.stdout
    assert "dry: false" in result.stdout
    assert "--facts" not in result.stdout


def test_the_marks_stand_beside_the_lines_and_the_lines_as_they_are(rules: Path) -> None:
    result = run("--annotate")
    assert result.exit_code == DONE
    shown = [line[13:] for line in result.stdout.splitlines() if line[:5].strip().isdigit()]
    assert [each.rstrip() for each in shown] == (rules / "beds.yaml").read_text("utf-8").splitlines()
    assert "   21 T.U. |       - each bed: {dry: true}\n" in result.stdout
    assert f"{'':11}| {'':19}^ bed.dry: true: never false\n" in result.stdout


def test_coverage_for_a_program() -> None:
    document = json.loads(run("--coverage", "--format", "json", "--facts").stdout)
    assert document["totals"]["conditions_true"]["of"] == sum(len(each["conditions"]) for each in document["rules"])
    (thirsty,) = [each for each in document["rules"] if each["id"] == "thirsty"]
    (condition,) = thirsty["conditions"]
    assert condition["place"] == "beds.yaml:21:20"
    assert condition["reached"] == {"true": 1, "false": 0, "unknown": 1}
    assert [each["truth"] for each in condition["facts"]] == ["false"]


def test_the_survivors_are_listed_with_their_place_and_counted() -> None:
    result = run("--mutate", "--facts")
    assert result.exit_code == DONE
    assert "rules/beds.yaml:21:20: thirsty: without bed.dry: true\n    facts: {beds: [" in result.stdout
    assert "rules: 4 of 7 (57.1 %) mutants noticed" in result.stdout


def test_mutation_for_a_program_in_two_processes_is_as_in_one() -> None:
    one, two = (json.loads(run("--mutate", "--format", "json", "--jobs", jobs).stdout) for jobs in "12")
    assert one == two
    assert one["mutants"] - one["noticed"] == len(one["survivors"])
    assert {"name", "kind", "place", "before", "after"} == set(one["survivors"][0])


def test_only_the_rules_selected_are_altered() -> None:
    document = json.loads(run("--mutate", "--format", "json", "--rule", "wat*").stdout)
    assert {each["name"] for each in document["survivors"]} <= {"water"}
    assert document["mutants"] == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--mutate", "--coverage"], "don't go together"),
        (["--mutate", "--watch"], "With --mutate go"),
        (["--coverage", "-k", "dry"], "With --coverage go"),
        (["--coverage", "--format", "junit"], "text or json"),
        (["--annotate", "--facts"], "leave out --facts"),
        (["--facts"], "goes with --coverage or --mutate"),
        (["--jobs", "2"], "--jobs goes with --mutate."),
        (["--coverage", "--jobs", "2"], "--jobs goes with --mutate."),
        (["--coverage", "--rule", "watr"], "did you mean"),
        (["--mutate", "--file", "nothing.yaml"], "There's no file `nothing.yaml` with rules"),
        (["--mutate", "--jobs", "0"], "0"),
    ],
)
def test_what_does_not_go_together_is_said(options: list[str], said: str) -> None:
    result = run(*options)
    assert result.exit_code == BAD_INPUT
    assert said in result.stderr


@pytest.mark.parametrize("option", ["--coverage", "--mutate"])
def test_a_knowledge_base_with_findings_is_refused(rules: Path, option: str) -> None:
    file = rules / "beds.yaml"
    file.write_text(file.read_text("utf-8").replace("dry: true}\n", "drye: true}\n", 1), "utf-8")
    result = run(option)
    assert result.exit_code == FINDINGS
    assert "mend it first" in result.stderr
