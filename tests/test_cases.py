"""Examples are run, and what differs is said in sentences."""

from __future__ import annotations

from pathlib import Path

from advise.cases import run_examples
from tests.evaluate.base import folder

RULES = """
  - id: oil-it
    title: Oil the chain
    when: [{each ride: {km: {at least: 5}}}]
    advise: {say: Oil the chain., priority: one, effort: small}
    examples:
      - {name: EXAMPLE, facts: FACTS, expect: EXPECT}
  - {id: wait, title: Wait, when: [{helmet: false}], hold: {advice: [oil-it], because: A helmet first.}}
  - {id: see, title: See, when: [{each ride: {km: {more than: 500}}}], refer: {to: A doctor, say: Rest.}}
  - {id: told, title: Told, when: [{helmet: true}], conclude: {note: true}}
  - {id: said, title: Said, when: [{note: true}], conclude: {other: true}}
"""


def differences(path: Path, facts: str, expect: str) -> tuple[str, ...]:
    text = RULES.replace("EXAMPLE", "x").replace("FACTS", facts).replace("EXPECT", expect)
    (result,) = run_examples(folder(path, text))
    return result.differences


def test_an_example_as_expected_has_no_differences(tmp_path: Path) -> None:
    expect = "{given: [oil-it], first: [oil-it], conclusions: {note: true}, fires: [told], settled: true}"
    assert differences(tmp_path, "{rides: [{km: 6}]}", expect) == ()


def test_what_is_missing_is_said_with_where_it_stands_instead(tmp_path: Path) -> None:
    (said,) = differences(tmp_path, "{rides: [{}]}", "{given: [oil-it]}")
    assert "given: oil-it isn't there" in said
    assert "it's in `open`" in said
    assert "/rides/0/km" in said


def test_what_should_not_be_there_is_said(tmp_path: Path) -> None:
    assert differences(tmp_path, "{rides: [{km: 6}]}", "{not given: [oil-it]}") == ("not given: oil-it is there",)


def test_conclusions_that_differ_are_said(tmp_path: Path) -> None:
    (said,) = differences(tmp_path, "{helmet: false, rides: []}", "{conclusions: {note: true}}")
    assert said == "conclusions: expected note: true, got nothing"
    assert (
        differences(tmp_path, "{helmet: false, rides: []}", "{conclusions: {note: false}, not concluded: [note]}") == ()
    )


def test_settled_referrals_and_questions_are_compared(tmp_path: Path) -> None:
    assert differences(tmp_path, "{rides: [{km: 501}]}", "{refers: [see], not given: [oil-it]}") == ()
    assert differences(tmp_path, "{}", "{asks: [rides], settled: false}") == ()
    (said,) = differences(tmp_path, "{}", "{settled: true}")
    assert said == "settled: expected true, got false"


def test_facts_that_cannot_be_used_are_a_difference(tmp_path: Path) -> None:
    (said,) = differences(tmp_path, "{rids: []}", "{given: [oil-it]}")
    assert said.startswith("The facts can't be used")
    assert "rides" in said


def test_a_person_is_compared_exactly(tmp_path: Path) -> None:
    made = folder(
        tmp_path, RULES.replace("EXAMPLE", "x").replace("FACTS", "{rides: []}").replace("EXPECT", "{fires: [told]}")
    )
    (made / "people").mkdir()
    (made / "people" / "ann.yaml").write_text(
        "name: Ann\nabout: Rides far\nas_of: 2026-01-15\nfacts: {helmet: false, rides: [{km: 6}]}\n"
        "expect: {first: [], later: [], not now: [oil-it]}\nwhy: [A helmet first]\n",
        encoding="utf-8",
    )
    assert [result.differences for result in run_examples(made)] == [(), ()]
    person = made / "people" / "ann.yaml"
    person.write_text(person.read_text("utf-8").replace("not now: [oil-it]", "not now: []"), encoding="utf-8")
    (ann,) = [result for result in run_examples(made) if result.example.kind == "person"]
    assert ann.differences == ("not now: expected nothing, got oil-it",)
