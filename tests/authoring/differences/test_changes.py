"""What differs between two versions, in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from advise.authoring.differences import How, Sort, changes_between
from advise.loading import load
from tests.authoring.differences.base import WORK, book, changes, only, shown

SETTLED = "each job: {current: true, start: {at least: $settle_in ago}}"


def test_a_version_does_not_differ_from_itself(tmp_path: Path) -> None:
    assert changes(tmp_path, WORK, WORK).all == ()


def test_other_forms_orders_and_places_are_no_difference(tmp_path: Path) -> None:
    head, rules = WORK.split("rules:\n")
    blocks = ["  - id:" + each for each in rules.split("  - id:") if each.strip()]
    other = f"# a comment\nrules:\n{''.join(reversed(blocks))}{head}".replace(
        SETTLED, "each job:\n          start:\n            at least: $settle_in ago\n          current: true"
    )
    assert changes(tmp_path, WORK, other).all == ()


def test_a_rule_in_another_topic_decides_the_same(tmp_path: Path) -> None:
    head, rules = WORK.split("rules:\n")
    topic = "topic: more\ntitle: More\nsource: {article: Advancement}\n"
    new = book(tmp_path / "new", head, {"rest/more.yaml": f"{topic}rules:\n{rules}"})
    found = changes_between(book(tmp_path / "old"), new).all
    assert {each.name for each in found if each.sort is not Sort.TOPIC} == {"settled", "ask-for-more", "wait"}
    assert not any(each.decides for each in found)


def test_a_condition_that_came_stands_among_those_that_were_there(tmp_path: Path) -> None:
    change = only(tmp_path, WORK, WORK.replace(SETTLED, SETTLED.replace("current: true", "current: true, level: lead")))
    assert (change.how, change.sort, change.name) == (How.CHANGED, Sort.RULE, "settled")
    assert change.place is not None and change.place.file == "work.yaml"
    assert shown(change) == [
        "  For each job for which this holds",
        "    the job's current job: yes",
        "+   the job's level is “Team lead”",
        "    the job's start date is 6 months ago ($settle_in) or earlier",
    ]


def test_where_only_a_number_changed_it_is_one_line(tmp_path: Path) -> None:
    change = only(tmp_path, WORK, WORK.replace("at most: 40", "at most: 35"))
    assert [(line.mark, line.before, line.text) for line in change.lines if line.mark != " "] == [
        ("~", "the job's hours is at most 40 hours a week", "the job's hours is at most 35 hours a week")
    ]


def test_a_parameter_is_the_change_and_not_the_rules_that_read_it(tmp_path: Path) -> None:
    change = only(tmp_path, WORK, WORK.replace("value: 6", "value: 12"))
    assert (change.sort, change.name, change.decides) == (Sort.PARAMETER, "settle_in", True)
    assert [(line.before, line.text) for line in change.lines] == [("6 months", "12 months")]


def test_a_unit_is_part_of_a_parameter(tmp_path: Path) -> None:
    found = changes(tmp_path, WORK, WORK.replace("unit: months", "unit: weeks")).all
    assert [shown(each) for each in found if each.sort is Sort.PARAMETER] == [["- 6 months", "+ 6 weeks"]]


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ("title: Settled in\n", "title: Settled\n", "+ Title: Settled"),
        ("id: settled\n", "id: settled\n    owner: Ada\n", "+ Owner: Ada"),
        ("id: settled\n", "id: settled\n    review by: 2030-01-31\n", "+ Review by: 2030-01-31"),
        (
            "id: settled\n",
            "id: settled\n    source: {judgement: Page}\n",
            "+ Source: A counsellor's judgement, Page",
        ),
        ("because: A rule of thumb", "because: Custom", "+ Because: Custom"),
    ],
)
def test_what_is_only_said_about_a_thing_decides_nothing(tmp_path: Path, before: str, now: str, said: str) -> None:
    change = only(tmp_path, WORK, WORK.replace(before, now))
    assert said in shown(change)
    assert not change.decides


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ("[Choose a task, Ask]", "[Ask, Choose a task]", ["~   1. Ask", "~   2. Choose a task"]),
        ("effort: small", "effort: large", ["+ Effort: large"]),
        ("priority: growth", "priority: safety", ["+ Matters for: Your safety"]),
        ("effort: small", "effort: small, horizon: this week", ["+ When to do it: this week"]),
        ("because: \"You're on", "until: It ends., because: \"You're on", ["+   Until: It ends."]),
        ("report: \"You've settled in", 'report: "Settled', ["+ Reported as: Settled as {job.title}."]),
        ("means: The person has settled in", "means: Settled", ["+ Means: Settled"]),
    ],
)
def test_every_part_of_what_follows_is_said(tmp_path: Path, before: str, now: str, said: list[str]) -> None:
    change = only(tmp_path, WORK, WORK.replace(before, now))
    assert change.decides
    marked = [line for line in shown(change) if line[0] in "+~"]
    assert [line.replace("[the job's job title]", "{job.title}") for line in marked] == said


def test_facts_of_the_same_title_are_told_apart(tmp_path: Path) -> None:
    old, new = (WORK.replace("on_probation: true", f"{name}: true") for name in ("on_probation", "permanent"))
    made = []
    for name, rules in (("old", old), ("new", new)):
        book(tmp_path / name, rules)
        schema = tmp_path / name / "facts.schema.json"
        schema.write_text(schema.read_text("utf-8").replace('"Permanent"', '"On probation"'), "utf-8")
        made.append(load(tmp_path / name))
    assert [shown(each) for each in changes_between(*made).all] == [
        ["- It reads job.on_probation", "+ It reads job.permanent"]
    ]


def test_rules_come_and_go(tmp_path: Path) -> None:
    less = WORK[: WORK.index("  - id: wait")]
    added, removed = only(tmp_path / "there", less, WORK), only(tmp_path / "back", WORK, less)
    assert (added.how, removed.how) == (How.ADDED, How.REMOVED)
    assert [line[1:] for line in shown(added)] == [line[1:] for line in shown(removed)]
    assert "+   Hold back “Ask for more”: You're on probation as [the job's job title]." in shown(added)


def test_of_advice_without_steps_no_steps_are_said(tmp_path: Path) -> None:
    now = WORK.replace(" steps: [Choose a task, Ask],", "")
    less = now.replace(now[now.index("  - id: ask-for-more") : now.index("  - id: wait")], "")
    less = less[: less.index("  - id: wait")]
    added = next(each for each in changes(tmp_path, less, now).all if each.name == "ask-for-more")
    assert not [line for line in shown(added) if "Steps" in line]


def test_a_rule_with_another_id_is_renamed_and_so_is_what_names_it(tmp_path: Path) -> None:
    change = only(tmp_path, WORK, WORK.replace("ask-for-more", "want-more"))
    assert (change.how, change.before, change.name, change.decides) == (How.RENAMED, "ask-for-more", "want-more", False)
    assert change.lines == ()


def test_a_rule_can_be_renamed_and_changed(tmp_path: Path) -> None:
    change = only(tmp_path, WORK, WORK.replace("ask-for-more", "want-more").replace("at most: 40", "at most: 35"))
    assert (change.how, change.before, change.decides) == (How.RENAMED, "ask-for-more", True)


def test_parameters_and_conclusions_are_renamed_too(tmp_path: Path) -> None:
    other = WORK.replace("settle_in", "settling").replace("job.settled", "job.at_home").replace("{settled", "{at_home")
    found = {change.sort: (change.before, change.name) for change in changes(tmp_path, WORK, other).all}
    assert found == {
        Sort.PARAMETER: ("settle_in", "settling"),
        Sort.CONCLUSION: ("job.settled", "job.at_home"),
    }


def test_rows_of_a_table_are_told_apart_by_their_key(tmp_path: Path) -> None:
    declared = (
        "tables:\n  pay:\n    file: pay.csv\n    means: Pay\n    source: {article: Pay}\n    key: [field]\n"
        "    columns:\n      field: {type: text}\n      wage: {type: number}\n"
    )
    rows = ["care,10", "law,30", "art,8"]
    made = [
        book(tmp_path / str(number), declared + WORK, {"pay.csv": "field,wage\n" + "\n".join(each) + "\n"})
        for number, each in enumerate((rows, rows[::-1], ["care,12", "art,8", "tax,9"]))
    ]
    assert changes_between(made[0], made[1]).all == ()
    (change,) = changes_between(made[0], made[2]).all
    marked = [line for line in shown(change) if line[0] != " "]
    assert (change.sort, marked) == (
        Sort.TABLE,
        ["~     wage: 12", "-   law", "-     wage: 30", "+   tax", "+     wage: 9"],
    )


def test_the_manifest_and_the_facts_count(tmp_path: Path) -> None:
    old = book(tmp_path / "old")
    book(tmp_path / "new")
    manifest = tmp_path / "new" / "knowledge_base.yaml"
    text = manifest.read_text("utf-8").replace("first_steps: 2", "first_steps: 1").replace("1.2.0", "1.3.0")
    manifest.write_text(
        text.replace("  - safety: Your safety\n", "").replace("  - extra", "  - safety: Safe\n  - extra")
    )
    schema = tmp_path / "new" / "facts.schema.json"
    schema.write_text(schema.read_text("utf-8").replace("Which field is this job in?", "Which field?"), "utf-8")
    new = load(tmp_path / "new")
    found = {(change.sort, change.name): change for change in changes_between(old, new).all}
    assert {name: change.decides for (_, name), change in found.items()} == {
        "job.field": True,
        "first steps": True,
        "priorities": True,
        "version": False,
    }
    assert shown(found[Sort.FACT, "job.field"]) == [
        "- Asked as: Which field is this job in?",
        "+ Asked as: Which field?",
    ]
