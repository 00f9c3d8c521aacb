"""Fine points of the checks of content, beyond what their pages show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from advise.authoring.checks.checking import inspect
from tests.authoring.checks.base import MANIFEST, RULES, SCHEMA, TODAY, findings, found, lamps


def saying(text: str) -> str:
    return RULES.replace("say: Take a lamp along.", f'say: "{text}"')


def codes(folder: Path) -> list[str]:
    return [code for code, _, _ in found(folder)]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Commence at dusk.", "Commence"),
        ("You're utilising it.", "utilising"),
        ("Two synergies.", "synergies"),
        ("In  order to see.".replace("  ", " "), "In order to"),
        ("Ask the stakeholders.", "stakeholders"),
    ],
)
def test_jargon_is_found_whatever_its_ending(tmp_path: Path, text: str, word: str) -> None:
    (finding,) = findings(lamps(tmp_path, saying(text)))
    assert (finding.code, finding.sentence.split("`")[1]) == ("jargon", word)
    line = (tmp_path / "lamps.yaml").read_text("utf-8").splitlines()[finding.place.line - 1]
    assert line[finding.place.column - 1 :].startswith(word)


@pytest.mark.parametrize(
    "text", ["Use it.", "A commencement speech.", "The end is near.", "Deems is a name {{utilise}}."]
)
def test_other_words_are_left_in_peace(tmp_path: Path, text: str) -> None:
    assert "jargon" not in codes(lamps(tmp_path, saying(text.replace("Deems", "Dems"))))


@pytest.mark.parametrize(
    ("text", "promises"),
    [
        ("It's guaranteed to work.", True),
        ("Nobody can guarantee it.", False),
        ("There's no guarantee.", False),
        ("It isn't certain to work.", False),
        ("Nobody knows it. It's bound to work.", True),
        ("It works in 100 % of cases.", True),
    ],
)
def test_a_promise_is_one_unless_it_is_denied(tmp_path: Path, text: str, promises: bool) -> None:
    assert codes(lamps(tmp_path, saying(text))) == (["promise"] if promises else [])


@pytest.mark.parametrize(
    ("text", "shouts"),
    [
        ("Do NOT go.", True),
        ("GO HOME now.", True),
        ("STOP! NOW!", True),
        ("Ask the BBC or the NHS.", False),
        ("In the US; see ISO 9001 and DIN.", False),
        ("Never go.", False),
    ],
)
def test_capitals_are_for_names(tmp_path: Path, text: str, shouts: bool) -> None:
    assert codes(lamps(tmp_path, saying(text))) == (["text-capitals"] if shouts else [])


@pytest.mark.parametrize(
    "text", ["Is it dark?", "Take one!", "Say “yes.”", "Take one (or two.)", "走る。", "It's {{dark}}"]
)
def test_other_ends_than_a_full_stop_are_fine(tmp_path: Path, text: str) -> None:
    assert codes(lamps(tmp_path, saying(text))) == []


def with_schema(folder: Path, **properties: object) -> Path:
    schema = json.loads(SCHEMA)
    schema["properties"].update(properties)
    (folder / "lamps.schema.json").write_text(json.dumps(schema, indent=1), "utf-8")
    return folder


BIKES = {
    "type": "array",
    "thing": "bike",
    "label": "name",
    "title": "Bikes",
    "items": {
        "type": "object",
        "required": ["brand"],
        "properties": {
            "name": {"type": "string", "title": "Name"},
            "brand": {"type": "string", "title": "Brand"},
            "bought": {"type": "string", "format": "date", "title": "Bought", "question": "When did you buy it?"},
            "gears": {"type": "integer", "title": "Gears", "question": "How many gears?"},
        },
    },
}


def test_a_list_that_no_rule_looks_at_is_one_finding(tmp_path: Path) -> None:
    (finding,) = findings(with_schema(lamps(tmp_path), bikes=BIKES))
    assert (finding.code, finding.sentence.split("`")[1]) == ("fact-unread", "bikes")


def test_what_tells_things_apart_need_not_be_read(tmp_path: Path) -> None:
    rules = RULES.replace("- rain: true", "- some bike: {gears: {at least: 3}}\n      - rain: true")
    assert {
        finding.sentence.split("`")[1] for finding in findings(with_schema(lamps(tmp_path, rules), bikes=BIKES))
    } == {"bike.bought"}


def comparing(one: str, other: str) -> str:
    rules = RULES.replace("- rain: true", f"- rain: true\n      - some bike: {{{one}}}")
    return rules.replace("- night: true", f"- night: true\n      - some bike: {{{other}}}")


@pytest.mark.parametrize(
    ("one", "other", "twice"),
    [
        ("gears: {at least: 8}", "gears: {less than: 8}", True),
        ("gears: {between: [8, 11]}", "gears: {more than: 11}", True),
        ("gears: {at least: 8}", "gears: {at least: 9}", False),
        ("gears: {at least: 1}", "gears: {at least: 1}", False),
        ("gears: 8", "gears: 8", False),
        ("bought: {more than: 2 years ago}", "bought: {at most: 2 years ago}", True),
        ("bought: {more than: 2 years ago}", "bought: {at most: 2 months ago}", False),
        ("bought: {before: 2024-01-01}", "bought: {after: 2024-01-01}", True),
    ],
)
def test_a_threshold_is_the_same_whichever_way_it_is_tested(tmp_path: Path, one: str, other: str, twice: bool) -> None:
    folder = with_schema(lamps(tmp_path, comparing(one, other)), bikes=BIKES)
    report = inspect(folder, TODAY, only=["threshold-twice"])
    assert report.loads, "\n".join(map(str, report.findings))
    assert [finding.place.line for finding in report.findings] == ([22] if twice else [])


def test_the_parameter_of_the_first_steps_is_used(tmp_path: Path) -> None:
    parameter = "parameters:\n  most: {value: 2, means: How many come first, because: More are never begun}\nrules:"
    rules = RULES.replace("rules:", parameter, 1)
    assert codes(lamps(tmp_path, rules)) == ["parameter-unused"]
    assert codes(lamps(tmp_path, rules, MANIFEST.replace("first_steps: 2", "first_steps: $most"))) == []


def test_an_example_under_another_rule_may_show_a_rule_at_work(tmp_path: Path) -> None:
    head, _, tail = RULES.partition("  - id: bright-lamp")
    bare = head + "  - id: bright-lamp" + tail.partition("    examples:")[0]
    assert codes(lamps(tmp_path, bare)) == ["counterexample-missing", "example-missing"]
    shown = bare.replace("facts: {rain: true}\n        expect: {given: [lamp]}",
                         "facts: {rain: true, night: true}\n        expect: {given: [lamp, bright-lamp]}")  # fmt: skip
    shown = shown.replace("{not given: [lamp]}", "{not given: [lamp], open: [bright-lamp]}")
    assert codes(lamps(tmp_path, shown)) == []


def test_texts_of_an_unusual_shape_are_found_at_their_words(tmp_path: Path) -> None:
    say = "say: >-\n        Take a lamp along. You can\n        utilise   it at night.\n      "
    rules = RULES.replace(
        "advise: {say: Take a lamp along., priority: safety, effort: small}",
        f"advise:\n      {say}priority: safety\n      effort: small",
    )
    assert [(code, line) for code, _, line in found(lamps(tmp_path, rules))] == [("jargon", 12), ("text-spaces", 12)]
