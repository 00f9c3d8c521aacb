"""Examples run again after an edit come out as if all had been run; and why they came out so is said."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advise.authoring.examples.reasons import reasons
from advise.authoring.examples.testing import Suite, Verdict, open_suite, run, run_again, run_all
from advise.authoring.sentences import as_text
from advise.loading import folder, read
from advise.source import Findings, Node, read_yaml
from tests.docs.pages import workshop, write

FILES = workshop()
RULES = FILES["workshop.yaml"]
# What stands in the rules of the workshop, and what may stand there instead.
SWAPS = [
    ("12 months ago", "2 months ago"),
    ("contains: grinding", "contains: squeaking"),
    ("priority: care", "priority: safety"),
    ("effort: small", "effort: large"),
    ("at most: worn", "at most: gone"),
    ("at least: worn", "at least: good"),
    ("kind: note", "kind: step"),
    ("crash: true", "crash: false"),
    ("overrides: [new-pads]", "overrides: [pump-tyres]"),
    ("bikes: {at least: 1}", "bikes: {at least: 2}"),
    ("Ring us or come by.", "Ring us."),
    ("title: Book a service", "title: Service"),
    ("electric: true", "electric: false"),
    ("advice: all, except: [new-pads, new-motor-pads, pump-tyres]", "advice: [new-pads]"),
    ("given: [book-service]", "given: [new-pads]"),
    ("last_service: 2025-10-02", "last_service: 2022"),
    ("wanted: true, bikes: 0", "bikes: 0"),
    ("fact: bike.terrain", "fact: bike.gears"),
    ("- last_service: {at least: 12", "- bought: {at least: 12"),
    ("first_steps: 2", "first_steps: 1"),
    ("less than: 3 months ago", "less than: 30 months ago"),
    ("  - id: autumn-visit\n", "  - id: autumn\n"),
    ("road,6.5,slick", "road,0,slick"),
    ("take: pressure", "take: width"),
    ("for it\n    count: bike", "for it\n    count: trip"),
]


def told(results: Iterable[Verdict]) -> list[Verdict]:
    """The results without what differs from run to run."""
    return [replace(each, seconds=0, again=True) for each in results]


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Suite:
    suite = open_suite(write(tmp_path_factory.mktemp("workshop"), FILES))
    assert suite.findings == ()
    return suite


@pytest.fixture(scope="module")
def results(suite: Suite) -> list[Verdict]:
    return list(run_all(suite.ready, suite.examples))


def edited(swaps: Iterable[int], parameter: int) -> dict[str, bytes]:
    """Some files of the workshop with a few edits."""
    texts = dict(FILES)
    for number in swaps:
        before, after = SWAPS[number]
        for name, text in texts.items():
            texts[name] = text.replace(before, after, 1)
    found = re.search(r"value: (\d+)", texts["words.yaml"])
    assert found is not None
    texts["words.yaml"] = texts["words.yaml"].replace(found[0], f"value: {parameter}", 1)
    return {name: text.encode() for name, text in texts.items() if text != FILES[name]}


class Tried:
    """The workshop before any edit, with what came of its examples."""

    def __init__(self, suite: Suite, results: list[Verdict]) -> None:
        self.suite, self.results = suite, results


@pytest.fixture(scope="module")
def tried(suite: Suite, results: list[Verdict]) -> Tried:
    return Tried(suite, results)


@given(st.lists(st.integers(0, len(SWAPS) - 1), max_size=4), st.integers(0, 3))
@settings(max_examples=40, deadline=None)
def test_what_is_not_run_again_would_have_come_out_as_before(tried: Tried, swaps: list[int], parameter: int) -> None:
    after = open_suite(tried.suite.folder, tried.suite, edited(swaps, parameter))
    if after.base is None:
        assert after.findings
        return
    again = list(run_again(after, after.examples, tried.suite, tried.results))
    assert told(again) == told(run_all(after.base, after.examples))


@pytest.mark.parametrize("number", range(len(SWAPS)))
def test_each_edit_alone_is_noticed_where_it_matters(suite: Suite, results: list[Verdict], number: int) -> None:
    after = open_suite(suite.folder, suite, edited([number], 2))
    assert after.findings == ()
    again = list(run_again(after, after.examples, suite, results))
    assert told(again) == told(run_all(after.base, after.examples)) if after.base else False


def again(suite: Suite, results: list[Verdict], *swaps: tuple[str, str]) -> list[str]:
    """The names of the examples that run again after an edit."""
    texts = dict(FILES)
    for before, after in swaps:
        name = next(name for name, text in texts.items() if before in text)
        texts[name] = texts[name].replace(before, after, 1)
    after_edit = open_suite(suite.folder, suite, {name: text.encode() for name, text in texts.items()})
    assert after_edit.findings == ()
    return [each.example.name for each in run_again(after_edit, after_edit.examples, suite, results) if each.again]


def test_an_edit_that_changes_nothing_runs_nothing(suite: Suite, results: list[Verdict]) -> None:
    assert again(suite, results, ("Ring us or come by.", "Ring us.")) == []
    assert again(suite, results, ("topic: workshop\n", "# A remark.\ntopic: workshop\n")) == []


def test_an_edited_example_runs_again_and_no_other(suite: Suite, results: list[Verdict]) -> None:
    edit = ("{given: [book-service]}", "{fires: [book-service]}")
    assert again(suite, results, edit) == ["two years without a service"]


def test_an_edited_rule_runs_those_again_in_which_it_fires(suite: Suite, results: list[Verdict]) -> None:
    names = again(suite, results, ("conclude: {next_visit: spring}", "conclude: {next_visit: winter}"))
    assert "the rules disagree about the season" in names
    assert "two years without a service" in names  # it isn't said whether they ride in the rain
    assert "the trip has to wait" in names
    assert "Ana" in names
    assert len(names) == len([each for each in results if "spring-visit" in {rule for rule, _, _ in each.fired}])


def test_another_order_runs_those_again_that_expect_one(suite: Suite, results: list[Verdict]) -> None:
    edit = ("priority: safety\n      effort: small\n      horizon: this week", "priority: care\n      effort: small")
    names = again(suite, results, edit)
    assert "Ana" in names
    assert "some time last year, which isn't known well enough" not in names  # new-pads is open there, in any order


def test_another_number_of_first_steps_runs_those_again_that_expect_an_order(
    suite: Suite, results: list[Verdict]
) -> None:
    names = again(suite, results, ("first_steps: 2", "first_steps: 1"))
    assert "Ana" in names
    assert "two years without a service" not in names


def test_another_parameter_runs_nothing_where_no_condition_reads_it(suite: Suite, results: list[Verdict]) -> None:
    assert again(suite, results, ("value: 60", "value: 61")) == []


def test_another_table_runs_those_again_for_which_other_rules_hold(suite: Suite, results: list[Verdict]) -> None:
    assert again(suite, results, ("road,6.5,slick", "road,7,slick")) == []
    names = again(suite, results, ("road,6.5,slick", "road,0,slick"))
    assert "the trip has to wait" in names
    assert "two years without a service" not in names


def test_another_condition_runs_those_again_that_ask_for_something_else(suite: Suite, results: list[Verdict]) -> None:
    edit = ("- last_service: {at least: 12", "- bought: {at least: 12")
    assert "some time last year, which isn't known well enough" in again(suite, results, edit)
    edit = ("sounds: {contains: grinding}", "sounds: {contains: squeaking}")
    assert "some time last year, which isn't known well enough" not in again(suite, results, edit)


def test_another_computed_fact_runs_those_again_that_ask_for_something_else(suite: Suite) -> None:
    rule = ("- last_service: {at least: 12 months ago}", "- months_since_service: {at least: 12}")
    first = {"workshop.yaml": RULES.replace(*rule).encode()}
    then = first | {"words.yaml": FILES["words.yaml"].replace("[last_service, today]", "[bought, today]").encode()}
    before = open_suite(suite.folder, suite, first)
    after = open_suite(suite.folder, before, then)
    assert (before.findings, after.findings) == ((), ())
    found = list(run_again(after, after.examples, before, list(run_all(before.ready, before.examples))))
    assert told(found) == told(run_all(after.ready, after.examples))
    assert next(each.again for each in found if each.example.name.startswith("some time last year"))


def test_files_that_have_not_changed_are_not_parsed_again(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def counting(data: bytes, name: str, findings: Findings) -> Node | None:
        parsed.append(name)
        return read_yaml(data, name, findings)

    fresh = open_suite(suite.folder)
    monkeypatch.setattr(folder, "read_yaml", counting)
    open_suite(suite.folder, fresh, {"people/ana.yaml": FILES["people/ana.yaml"].encode() + b"# A remark.\n"})
    assert parsed == ["people/ana.yaml"]


def test_what_was_kept_gives_the_same_findings_with_the_same_excerpts(tmp_path: Path) -> None:
    base = write(tmp_path, {**FILES, "extra.yaml": "topic: extra\ntitle: Extra\nrules:\n  - id: x\n    title: X\n"})
    fresh = read(base)[1]
    first = open_suite(base)
    again = open_suite(base, first)
    assert fresh
    assert [str(each) for each in first.findings] == [str(each) for each in again.findings] == list(map(str, fresh))


# -------------------------------------------------------------------------------------------- reasons


EXTRA = "  - id: extra\n    title: Extra\n    when: [{crash: true}]\n    conclude: {next_visit: now}\n"


def why(suite: Suite, name: str, facts: str, expect: str) -> str:
    """Why an example of a rule came out otherwise."""
    example = f"{{name: {name}, facts: {facts}, expect: {expect}}}"
    text = f"{RULES}\n{EXTRA}    examples: [{example}]\n"
    found = open_suite(suite.folder, suite, {"workshop.yaml": text.encode()})
    assert found.findings == (), found.findings
    verdict = run(found.ready, next(each for each in found.examples if each.name == name))
    assert verdict.differences
    return "".join(as_text(lines) for lines in reasons(found.ready, verdict.example, verdict.differences))


@pytest.mark.parametrize(
    ("facts", "expect", "said"),
    [
        # A condition that fails, with the fact.
        ("{bikes: [{name: A, electric: false, brakes: {pads: good}}]}", "{given: [new-pads]}",
         "it doesn't hold for A, because\n  - `bike.brakes.pads: at most worn` isn't so: /bikes/0/brakes/pads = "),
        # What is missing.
        ("{bikes: [{name: A, electric: false, brakes: {}}]}", "{given: [new-pads]}",
         "it's open for A: it needs /bikes/0/brakes/pads (not given)"),
        ("{bikes: [{name: A, electric: false, brakes: {pads: null}}]}", "{given: [new-pads]}",
         "it's open for A: it needs /bikes/0/brakes/pads (asked, and not known)"),
        ("{bikes: [{name: A, last_service: 2025, sounds: []}]}", "{fires: [book-service]}",
         "it needs /bikes/0/last_service (only 2025)"),
        # Nothing to look at.
        ("{bikes: []}", "{given: [new-pads]}", "there's no bike in the facts"),
        # Held, overridden, referred.
        ("{bikes: [{name: A, bought: 2026-02, last_service: 2024, sounds: []}]}", "{given: [book-service]}",
         "new-bike holds it back for A, because"),
        ("{bikes: [{name: A, electric: true, brakes: {pads: worn}}]}", "{given: [new-pads]}",
         "it's overridden for A by new-motor-pads"),
        ("{crash: true, bikes: [{name: A, electric: false, brakes: {pads: worn}}]}", "{given: [new-pads]}",
         "after-a-crash refers, which stops all advice, because\n  - `crash: true` is so: /crash = true"),
        # Given, but elsewhere.
        ("{bikes: [{name: A, bought: 2025, electric: false, brakes: {pads: worn}}]}", "{not now: [new-pads]}",
         "it's given, and no rule holds it"),
        ("{bikes: [{name: A, bought: 2020, last_service: 2024, sounds: [], electric: false, brakes: {pads: worn}}]}",
         "{not now: [book-service]}", "it's given, as new-bike doesn't hold it:"),
        ("{bikes: [{name: A, electric: false, brakes: {pads: worn}}]}", "{later: [new-pads]}",
         "it's number 1 of the advice given; the first 2 come first"),
        ("{bikes: [{name: A, electric: false, brakes: {pads: worn}}]}", "{notes: [new-pads]}", "it's given as a step"),
        ("{bikes: [{name: A, terrain: road}]}", "{first: [pump-tyres]}", "it's given as a note"),
        ("{bikes: [{name: A, electric: false, brakes: {pads: worn}}]}",
         "{open: [new-pads]}", "it's certain, so nothing is open"),
        # There, though it shouldn't be.
        ("{bikes: [{name: A, electric: false, brakes: {pads: worn}}]}", "{not given: [new-pads]}",
         'it holds for A, because\n  - `bike.brakes.pads: at most worn` is so: /bikes/0/brakes/pads = "worn"'),
        ("{bikes: [{name: A, electric: false}]}", "{not open: [new-pads]}", "it's open for A: it needs"),
        # Conclusions.
        ("{bikes: [{name: A, brakes: {pads: gone}}]}", "{conclusions: {bike.roadworthy: true}}",
         "roadworthy would conclude true, but\n  - it doesn't hold for A, because"),
        ("{rides_in_rain: true, bikes: []}", "{conclusions: {next_visit: summer}}",
         '`rides_in_rain: true` is so: /rides_in_rain = true\nno rule concludes "summer"'),
        ("{rides_in_rain: true, bikes: [{name: A, electric: true}]}", "{conclusions: {next_visit: spring}}",
         'spring-visit concludes "spring", another rule another value'),
        ("{rides_in_rain: true, bikes: []}", "{not concluded: [next_visit]}", 'spring-visit concludes "spring"'),
        ("{rides_in_rain: true, bikes: []}", "{conflicts: [next_visit]}", "a conflict takes two rules"),
        # Among several things, and with other rules in between.
        ("{ridings: [{terrain: a, wanted: true}], trips: [], bikes: [{name: A, terrain: a, brakes: {pads: gone}}]}",
         "{fires: [plan-a-trip]}", "  - no bike fits\n    - A:\n      - `bike.roadworthy: true` isn't so"),
        ("{ridings: [{terrain: road, wanted: true}], bikes: [], trips: []}", "{fires: [plan-a-trip]}",
         "there's no bike in the facts"),
        ("{bikes: [{name: A, bought: 2025-12, last_service: 2024, sounds: []}]}", "{given: [book-service]}",
         "new-bike may hold it back for A: it needs /bikes/0/bought (only 2025-12)"),
        ("{bikes: [{name: A, bought: 2026-02, last_service: 2024, sounds: []}]}", "{open: [book-service]}",
         "it's certain, so nothing is open"),
        # Questions.
        ("{bikes: []}", "{asks: [bikes]}", "it's given: /bikes = []"),
        ("{bikes: [{name: A, electric: false, brakes: {pads: worn}}]}", "{asks: [crash]}",
         "meanwhile it's taken to be false, so it isn't counted"),
        ("{bikes: [{name: A, electric: true, gears: 11}]}", "{asks: [bikes.electric]}",
         "it's given: /bikes/0/electric = true"),
        ("{bikes: [{name: A}]}", "{asks: [bikes.gears]}", "nothing that is open depends on it"),
        ("{bikes: [{name: A}]}", "{not asks: [bikes.terrain]}", "asked for A: "),
        ("{crash: true}", "{asks: [bikes]}", "after-a-crash refers, and then nothing is asked"),
        # Whether anything is open.
        ("{bikes: [{name: A}]}", "{settled: true}", "new-pads is open for A: it needs"),
        ("{crash: true}", "{settled: false}", "nothing is open"),
    ],
)  # fmt: skip
def test_the_reason_names_the_condition_and_the_fact(suite: Suite, facts: str, expect: str, said: str) -> None:
    assert said in why(suite, "wrong", facts, expect)
