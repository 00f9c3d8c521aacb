"""`advise batch` at the shell: what it says, what it writes, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from advise_cli.commands import cli

pytest.importorskip("pyarrow", reason="the extra `columnar` isn't installed")

PEOPLE = 'id,jobs\nA,"[{""field"": ""cooking"", ""current"": true}]"\nB,"[{""current"": 3}]"\n'


@pytest.fixture(autouse=True)
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("people.csv").write_text(PEOPLE, "utf-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["batch", *arguments])


def test_it_writes_advice_rejects_and_a_summary() -> None:
    done = run("people.csv", "-o", "advice.ndjson", "--keep", "id", "--summary", "summary.json", "--per", "person")
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in Path("advice.ndjson").read_text("utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["A"]
    assert rows[0]["open"] and rows[0]["questions"]
    assert "B" in Path("advice.rejects.csv").read_text("utf-8")
    summary = json.loads(Path("summary.json").read_text("utf-8"))
    assert (summary["people"], summary["rejected"]) == (2, 1)
    assert "advice for 1 of 2 people" in done.stdout
    assert sorted(path.name for path in Path().iterdir()) == [
        "advice.ndjson", "advice.rejects.csv", "people.csv", "summary.json"
    ]  # fmt: skip


def test_quietly_it_says_nothing_and_an_output_is_not_replaced() -> None:
    assert run("people.csv", "-o", "advice.csv", "--keep", "id", "-q").output == ""
    before = Path("advice.csv").read_bytes()
    done = run("people.csv", "-o", "advice.csv", "--keep", "id")
    assert done.exit_code == 2
    assert "--force replaces it" in done.output
    assert Path("advice.csv").read_bytes() == before
    assert run("people.csv", "-o", "advice.csv", "--keep", "id", "--force").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["gone.csv", "-o", "advice.csv"], "gone.csv"),
        (["people.csv"], "-o advice.parquet"),
        (["people.csv", "-o", "advice.csv"], "'id'"),
        (["people.csv", "-o", "advice"], "--to"),
        (["people.csv", "-o", "people.csv", "--keep", "id", "--force"], "people.csv"),
        (["people.csv", "-o", "advice.csv", "--mapping", "gone.yaml"], "gone.yaml"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_nothing_is_written(arguments: list[str], sentence: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert sentence in done.output
    assert "Traceback" not in done.output
    assert [path.name for path in Path().iterdir()] == ["people.csv"]
    assert Path("people.csv").read_text("utf-8") == PEOPLE
