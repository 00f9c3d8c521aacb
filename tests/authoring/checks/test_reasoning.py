"""The checks that reason find what is wrong where it stands, and nothing where something may well be so."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from advise.authoring.checks.checking import inspect
from advise.authoring.checks.conditions import CONDITIONS
from advise.authoring.checks.disagreements import DISAGREEMENTS
from advise.authoring.checks.forms import FORMS
from advise.authoring.checks.idle import IDLE
from advise.authoring.checks.mending import mend
from advise.authoring.checks.relations import RELATIONS
from advise.errors import Finding
from advise.knowledge_base import KnowledgeBase
from tests.docs.pages import rule_file, workshop, write

CODES = [check.code for check in (*CONDITIONS, *DISAGREEMENTS, *FORMS, *IDLE, *RELATIONS)]
ADVISE = '    advise: {say: "Look at {bike.name}.", priority: care, effort: small}\n'
SIZE = """\
conclusions:
  bike.size: {means: Size, type: choice, values: {small: S., large: L., huge: H.}, report: true}
  dry: {means: Dry, type: boolean, report: Dry.}
  fast: {means: Fast, type: boolean, report: Fast.}
"""


def found(folder: Path, text: str, codes: Collection[str] = ()) -> list[Finding]:
    """What the checks that reason find in a rule file that is added to the workshop."""
    report = inspect(
        write(folder, {**workshop(), "extra.yaml": rule_file(text)}), date(2026, 3, 1), only=codes or CODES
    )
    assert report.loads, "\n".join(map(str, report.findings))
    return [each for each in report.findings if each.place.file == "extra.yaml"]


def rule(name: str, when: str, effect: str = ADVISE) -> str:
    body = "".join(f"      {line}\n" for line in when.splitlines())
    return f"  - id: {name}\n    title: {name.capitalize()}\n    when:\n{body}{effect}"


def conclude(what: str) -> str:
    return f"    conclude: {{{what}}}\n"


# --------------------------------------------------------------------------------------- conditions


@pytest.mark.parametrize(
    "when",
    [
        "- each bike: {gears: {more than: 8, less than: 9}}",
        "- each bike: {electric: true}\n- not: {bike.electric: true}",
        "- each bike: {terrain: road}\n- bike.terrain: [gravel, mountain]",
        "- each bike: {terrain: road}\n- bike.terrain: {contains: gravel}",
        "- each bike: {last_service: {at least: 32 days ago}}\n- bike.last_service: {at most: 1 month ago}",
        "- each bike: {last_service: {more than: 2 years ago, less than: 20 months ago}}",
        "- each bike: {bought: {before: 2020-01-01}}\n- bike.bought: {after: 2019-12-30, not: 2019-12-31}",
        "- each bike: {gears: {known: false}}\n- bike.gears: {at least: 3}",
        "- each bike: {electric: {known: false, is: true}}",
        "- each bike: {terrain: gravel}\n- some trip: {terrain: {same as: bike.terrain}}\n"
        "- no trip: {terrain: {same as: bike.terrain}}",
        "- each bike: {terrain: gravel}\n- some trip: {terrain: {same as: bike.terrain, is: road}}",
        "- each bike: {electric: true}\n- some trip: {km: {more than: 60}}\n- every trip: {km: {at most: $long_way}}",
        "- no bike: {electric: true}\n- each bike: {electric: true}",
        "- each bike: {pressure: {more than: 8}}",
        "- each bike: {}\n- some tyre: {width: {at least: 60}}",
        "- each bike: {}\n- count trip: {at most: 0}\n- some trip: {}",
        "- each riding: {bikes: 0}\n- some bike: {terrain: {same as: riding.terrain}}",
        "- each bike: {gears: {at least: 12}}\n- any: [{bike.gears: 3}, {bike.gears: {less than: 4}}]",
        "- each bike: {bought: {after: bike.last_service}}\n- bike.last_service: {after: bike.bought}",
    ],
)
def test_what_cant_be_true_is_found(when: str, tmp_path: Path) -> None:
    about = "bike" if "each bike" in when else "riding"
    effect = ADVISE if about == "bike" else ADVISE.replace("bike.name", "riding.terrain")
    assert {each.code for each in found(tmp_path, "rules:\n" + rule("extra", when, effect), ["condition-never-true"])}


@pytest.mark.parametrize(
    "when",
    [
        "- each bike: {gears: {more than: 8, less than: 10}}",
        "- each bike: {}\n- some other bike: {electric: true}\n- some trip: {km: {at least: 5}}",
        "- each bike: {last_service: {at least: 30 days ago}}\n- bike.last_service: {at most: 1 month ago}",
        "- each bike: {last_service: {at least: 12 months ago}}\n- bike.last_service: {before: 2020-01-01}",
        "- each bike: {electric: true}\n- no other bike: {electric: true}",
        "- each bike: {}\n- some trip: {km: {at least: 5}}\n- no trip: {km: {at least: 10}}",
        "- each bike: {}\n- every trip: {km: 3}\n- no trip: {km: 3}",
        "- each bike: {electric: {known: true, is: true}}",
        "- each bike: {terrain: {known: true}}\n- bike.terrain: {not: [road, gravel]}",
        "- each bike: {sounds: {contains: squeal}}\n- bike.sounds: {contains: grinding}",
        "- each bike: {brakes.pads: {not: gone}}\n- bike.brakes.pads: {at most: worn}",
        "- each bike: {gears: {at least: 8}}\n- any: [{bike.gears: 9}, {bike.electric: true}]",
        "- each bike: {bought: {before: bike.last_service}}\n- bike.last_service: {after: bike.bought - 2 years}",
        "- each bike: {pressure: {more than: 3}}",
        "- each bike: {}\n- sum trip.km: {more than: 50}\n- count trip: {at least: 2}",
    ],
)
def test_nothing_is_said_of_what_may_well_be_so(when: str, tmp_path: Path) -> None:
    codes = [check.code for check in (*CONDITIONS, *FORMS)]
    assert [str(each) for each in found(tmp_path, "rules:\n" + rule("extra", when), codes)] == []


def test_a_parameter_that_a_computed_fact_reads_is_taken_with_all_its_values(tmp_path: Path) -> None:
    text = (
        "parameters:\n  far: {means: Far, because: Custom, unit: km, from: {2020-01-01: %s, 2026-01-01: 60}}\n"
        "computed:\n  far_trips: {means: Far trips, count: trip, where: {km: {at least: $far}}}\nrules:\n"
        + rule("extra", "- each bike: {}\n- far_trips: {at least: 1}\n- no trip: {km: {at least: 60}}")
    )
    assert len(found(tmp_path, text % 80, ["condition-never-true"])) == 1
    assert found(tmp_path, text % 50, ["condition-never-true"]) == []


def test_a_contradiction_names_the_line_that_forbids_it(tmp_path: Path) -> None:
    when = "- each bike:\n    gears: {at least: 12}\n    electric: true\n- bike.gears: {less than: 8}"
    (one,) = found(tmp_path, "rules:\n" + rule("extra", when), ["condition-never-true"])
    assert (one.place.line, one.place.column) == (11, 22)
    assert (
        one.sentence
        == "`bike.gears: less than 8` can't be true here, for `bike.gears: at least 12` in line 9 forbids it."
    )


def test_a_test_that_follows_is_found_once_and_the_stronger_one_stays(tmp_path: Path) -> None:
    when = "- each bike: {gears: {at least: 8}}\n- bike.gears: {at least: 12}\n- bike.gears: {at least: 12}"
    assert [each.place.line for each in found(tmp_path, "rules:\n" + rule("extra", when), ["test-implied"])] == [8, 10]


def test_a_branch_that_is_always_true_is_not_deleted_for_then_the_others_would_count(tmp_path: Path) -> None:
    when = "- each bike: {electric: true}\n- any:\n    - bike.gears: {at least: 1}\n    - rides_in_rain: true"
    every = found(tmp_path, "rules:\n" + rule("extra", when), [check.code for check in CONDITIONS])
    assert [each.code for each in every] == ["test-always-true"]
    assert every[0].fix is None or every[0].place.line == 9
    inner = when.replace("bike.gears: {at least: 1}", "{bike.gears: {at least: 1}, bike.terrain: road}")
    (one,) = found(tmp_path, "rules:\n" + rule("extra", inner), [check.code for check in CONDITIONS])
    assert one.code == "test-always-true"
    assert one.fix is not None


def test_of_two_places_that_say_the_same_only_one_is_to_go(tmp_path: Path) -> None:
    branches = "    - {bike.gears: {at least: 8}, rides_in_rain: true}\n    - {bike.gears: {at least: 8}, crash: true}"
    when = f"- each bike: {{gears: {{at least: 8}}}}\n- any:\n{branches}"
    assert [each.place.line for each in found(tmp_path, "rules:\n" + rule("extra", when), ["test-implied"])] == [8]


@pytest.mark.parametrize(
    ("entry", "mended"),
    [
        ("bike.gears: {at least: 8, more than: 5}", "bike.gears: {at least: 8}"),
        ("bike.gears: {at most: 30}\n  rides_in_rain: true", "rides_in_rain: true"),
        ("count trip: {where: {km: 3}, at least: 0}\n  rides_in_rain: true", "rides_in_rain: true"),
        ("some trip: {km: {at least: 0}}", "some trip: {}"),
        ("some trip: {km: {at least: 0}, on: {after: today}}", "some trip: {on: {after: today}}"),
        ("not: {bike.gears: {at most: 8, less than: 12}}", "not: {bike.gears: {at most: 8}}"),
    ],
)
def test_a_mend_deletes_the_test_and_nothing_else(entry: str, mended: str, tmp_path: Path) -> None:
    text = rule_file("rules:\n" + rule("extra", f"- each bike: {{electric: true}}\n- {entry}"))
    folder = write(tmp_path, {**workshop(), "extra.yaml": text})
    after = mend(folder, date(2026, 3, 1), [check.code for check in CONDITIONS]).after["extra.yaml"].decode()
    assert after == rule_file("rules:\n" + rule("extra", f"- each bike: {{electric: true}}\n- {mended}"))


def test_between_is_one_test_though_its_lower_end_is_the_schemas(tmp_path: Path) -> None:
    assert not found(
        tmp_path, "rules:\n" + rule("extra", "- each bike: {gears: {between: [1, 8]}}"), ["test-always-true"]
    )


def test_a_test_in_a_body_that_is_denied_stays_though_it_stands_outside_as_well(tmp_path: Path) -> None:
    inside = "- each bike: {electric: true}\n- some other bike: {gears: 3}\n- rides_in_rain: true\n"
    for body, expected in (
        ("some trip: {km: 3, rides_in_rain: true}", 1),
        ("no trip: {km: 3, rides_in_rain: true}", 0),
    ):
        assert len(found(tmp_path, "rules:\n" + rule("extra", inside + f"- {body}"), ["test-implied"])) == expected


# -------------------------------------------------------------------------------------------- rules


def test_rules_that_wait_for_each_other_without_a_start_never_fire(tmp_path: Path) -> None:
    rules = (
        SIZE
        + "rules:\n"
        + rule("one", "- dry: true", conclude("fast: true"))
        + rule("two", "- fast: true", conclude("dry: true"))
        + rule("three", "- each bike: {gears: 1}", conclude("bike.size: small"))
    )
    assert [each.sentence.split("`")[1] for each in found(tmp_path, rules, ["rule-never-fires"])] == ["one", "two"]
    started = rules + rule("four", "- rides_in_rain: true", conclude("dry: true"))
    assert found(tmp_path, started, ["rule-never-fires"]) == []


def test_a_rule_that_needs_that_a_conclusion_isnt_drawn_may_fire(tmp_path: Path) -> None:
    rules = (
        SIZE
        + "rules:\n"
        + rule("one", "- each bike: {gears: {at least: 31}}", conclude("bike.size: huge"))
        + rule("two", "- each bike: {size: {not: huge}}")
        + rule("three", "- each bike: {gears: 2}", conclude("bike.size: small"))
        + rule("four", "- rides_in_rain: true", conclude("dry: true, fast: true"))
    )
    assert found(tmp_path, rules, ["rule-never-fires"]) == []


WIDE = rule("wide", "- each bike: {gears: {at least: 9}}", conclude("bike.size: large"))
NARROW = rule("narrow", "- each bike: {gears: {at least: 12}}", conclude("bike.size: large"))
OTHERS = rule("rest", "- rides_in_rain: true", conclude("dry: true, fast: true"))


@pytest.mark.parametrize(
    ("more", "count"),
    [
        ("", 1),
        (rule("special", "- each bike: {electric: true}", "    overrides: [wide]\n" + conclude("bike.size: huge")), 0),
        (
            rule("special", "- each bike: {electric: true}", "    overrides: [narrow]\n" + conclude("bike.size: huge")),
            0,
        ),
    ],
)
def test_a_rule_is_needed_where_the_wider_one_may_be_overridden_or_it_is_named(
    more: str, count: int, tmp_path: Path
) -> None:
    rules = SIZE + "rules:\n" + WIDE + NARROW + OTHERS + more
    assert len(found(tmp_path, rules, ["rule-subsumed", "rule-repeated"])) == count


def test_rules_that_say_the_same_of_the_person_and_of_things_are_not_compared(tmp_path: Path) -> None:
    rules = (
        SIZE
        + "rules:\n"
        + rule("one", "- each bike: {electric: true}", conclude("bike.size: large"))
        + rule("two", "- some bike: {electric: true}", conclude("dry: true"))
        + rule("three", "- each bike: {electric: true}", conclude("dry: true, fast: true"))
    )
    # `two` would do for the conclusion of `three`, but `three` draws another besides.
    assert found(tmp_path, rules, ["rule-subsumed", "rule-repeated"]) == []


def test_a_hold_that_needs_more_than_the_advice_is_fine(tmp_path: Path) -> None:
    advice = rule("tune", "- each bike: {electric: true}")
    for hold, code in (
        ("- each bike: {electric: true, gears: 3}", None),
        ("- some trip: {km: 3}", None),
        ("- each bike: {}", "advice-always-held"),
        ("- each bike: {electric: false}", "hold-never-meets"),
        ("- some bike: {electric: false}", None),
    ):
        rules = "rules:\n" + advice + rule("wait", hold, "    hold: {advice: [tune], because: Not yet.}\n")
        codes = [each.code for each in found(tmp_path, rules, ["advice-always-held", "hold-never-meets"])]
        assert codes == ([] if code is None else [code]), hold


# ------------------------------------------------------------------------------------------ conflicts


def conflicts(folder: Path, finding: Finding) -> list[str]:
    """The conclusions that are in conflict for a witness."""
    assert finding.witness is not None
    outcome = KnowledgeBase.load(folder).advise(finding.witness, as_of="2026-03-01")
    return [each["conclusion"] for each in outcome.conflicts]


def test_a_witness_of_a_conflict_shows_it(tmp_path: Path) -> None:
    rules = (
        SIZE
        + "rules:\n"
        + rule("one", "- each bike: {gears: {at least: 9}}", conclude("bike.size: large"))
        + OTHERS
        + rule(
            "two",
            "- each bike: {electric: true}\n- some trip: {terrain: {same as: bike.terrain}}",
            conclude("bike.size: huge"),
        )
    )
    (one,) = found(tmp_path, rules, ["conflicting-rules"])
    assert conflicts(tmp_path, one) == ["bike.size"]


@pytest.mark.parametrize(
    "second",
    [
        rule("two", "- each bike: {gears: {less than: 9}}", conclude("bike.size: huge")),
        rule("two", "- each bike: {electric: true}", "    overrides: [one]\n" + conclude("bike.size: huge")),
        rule("two", "- each bike: {electric: true}", conclude("bike.size: large")),
        rule("two", "- each bike: {electric: true}", conclude("fast: true")),
    ],
)
def test_rules_that_cant_meet_or_agree_or_override_are_no_conflict(second: str, tmp_path: Path) -> None:
    rules = (
        SIZE + "rules:\n" + rule("one", "- each bike: {gears: {at least: 9}}", conclude("bike.size: large")) + second
    )
    rules += OTHERS + rule("three", "- some bike: {gears: 3}", conclude("fast: true"))
    assert found(tmp_path, rules, ["conflicting-rules", "ranges-overlap"]) == []


def grades(*tests: str) -> str:
    values = ("small", "large", "huge")
    rules = (
        rule(f"grade-{i}", f"- each bike: {{gears: {{{test}}}}}", conclude(f"bike.size: {values[i]}"))
        for i, test in enumerate(tests)
    )
    return SIZE + "rules:\n" + "".join(rules) + OTHERS


@pytest.mark.parametrize(
    ("tests", "overlap", "gap"),
    [
        (("at most: 9", "at least: 9"), "9", None),
        (("at most: 9", "between: [8, 12]"), "8 to 9", None),
        (("less than: 9", "at least: 9"), None, None),
        (("at most: 8", "at least: 9"), None, None),
        (("less than: 8", "at least: 9"), None, "8"),
        (("at most: 5", "between: [9, 12]", "more than: 12"), None, "6 to 8"),
        (("at most: 5", "between: [4, 12]", "more than: 14"), "4 to 5", "13 to 14"),
    ],
)
def test_ranges_meet_end_to_end_or_what_is_wrong_is_said(
    tests: tuple[str, ...], overlap: str | None, gap: str | None, tmp_path: Path
) -> None:
    every = found(tmp_path, grades(*tests), ["ranges-overlap", "ranges-gap", "conflicting-rules"])
    said: dict[str, Any] = {each.code: each for each in every}
    expected = {code for code, value in (("ranges-overlap", overlap), ("ranges-gap", gap)) if value}
    assert set(said) == expected
    if overlap:
        assert f"`bike.gears` is {overlap}." in said["ranges-overlap"].sentence
        assert conflicts(tmp_path, said["ranges-overlap"]) == ["bike.size"]
    if gap:
        assert f"`bike.gears` is {gap}:" in said["ranges-gap"].sentence


def test_there_is_no_gap_where_another_rule_draws_without_the_number(tmp_path: Path) -> None:
    more = rule("else", "- each bike: {electric: true}", conclude("bike.size: huge"))
    assert found(tmp_path, grades("less than: 8", "at least: 9") + more, ["ranges-gap"]) == []


# ---------------------------------------------------------------------------------------------- the rest


def test_an_each_matters_where_a_hold_is_about_the_same_thing(tmp_path: Path) -> None:
    plain = "    advise: {say: Get a cape., priority: care, effort: small}\n"
    rules = "rules:\n" + rule("cape", "- each bike: {}\n- rides_in_rain: true", plain)
    assert len(found(tmp_path, rules, ["each-unused"])) == 1
    held = rules + rule("wait", "- each bike: {electric: true}", "    hold: {advice: [cape], because: Not yet.}\n")
    assert found(tmp_path, held, ["each-unused"]) == []


def test_counting_to_two_is_counting(tmp_path: Path) -> None:
    when = "- each bike: {}\n- count trip: {at least: 2}\n- count trip: {is: 1}"
    assert found(tmp_path, "rules:\n" + rule("extra", when), ["count-is-some"]) == []
