"""What reports say, whatever their format."""

from __future__ import annotations

import copy
import re
from html import unescape
from typing import Any

import pytest

from advise_cli import html_page, markdown, text
from advise_cli.report import Item, Report, Section
from advise_cli.sections import Manner, arrange
from tests.cli import samples

BRIEF = Manner("Career advice", ("career",))
FULL = Manner("Career advice", ("career",), explain=True)


def section(report: Report, key: str) -> Section:
    return next(each for each in report.sections if each.key == key)


def said(items: tuple[Item, ...]) -> list[str]:
    return ["".join(each.text) for each in items]


def test_the_parts_come_in_the_order_in_which_people_read_them() -> None:
    report = arrange(samples.two_careers(), BRIEF)
    assert [each.title for each in report.sections] == [
        "Where you stand",
        "First steps",
        "Later",
        "Worth knowing",
        "Not now",
        "It depends",
        "Questions",
        "Taken for granted",
        "These two disagree",
        "Sources",
    ]


def test_parts_with_nothing_to_say_are_left_out() -> None:
    assert arrange(samples.outcome(), BRIEF).sections == ()


def test_a_referral_stands_alone() -> None:
    report = arrange(samples.referred(), FULL)
    assert [each.key for each in report.sections] == ["referral", "sources"]
    (item,) = section(report, "referral").groups[0].items
    assert item.details == (("Talk to", ("your union, or a confidential adviser",)),)
    assert report.summary == ""


def test_where_you_stand_starts_with_careers_then_jobs_then_the_person() -> None:
    groups = section(arrange(samples.two_careers(), BRIEF), "standing").groups
    assert [each.title for each in groups] == ["Hospitality (career)", "Writing (career)", "Barista (job)", "You"]


def test_where_you_stand_does_not_depend_on_the_order_of_conclusions() -> None:
    shuffled = samples.two_careers()
    shuffled["conclusions"].reverse()
    assert arrange(shuffled, BRIEF) == arrange(samples.two_careers(), BRIEF)


def test_conclusions_about_the_person_alone_need_no_heading() -> None:
    alone = samples.outcome(conclusions=[samples.drawn("You're weighing two lines of work.", None)])
    assert [each.title for each in section(arrange(alone, BRIEF), "standing").groups] == [""]


def test_conclusions_without_words_for_the_report_are_left_out() -> None:
    silent = {**samples.drawn("", None), "report": None}
    assert arrange(samples.outcome(conclusions=[silent]), BRIEF).sections == ()


def test_advice_for_several_careers_is_grouped_and_keeps_its_ranks() -> None:
    report = arrange(samples.two_careers(), BRIEF)
    groups = section(report, "first").groups
    assert [(each.title, [item.number for item in each.items]) for each in groups] == [
        ("Hospitality (career)", [1]),
        ("Writing (career)", [2]),
        ("You", [3]),
    ]
    assert [item.number for group in section(report, "later").groups for item in group.items] == [4]


def test_advice_for_one_career_is_one_list() -> None:
    one = samples.outcome(given=[samples.given(1, "Do this.", samples.WRITING), samples.given(2, "Do that.", None)])
    assert [each.title for each in section(arrange(one, BRIEF), "first").groups] == [""]


def test_advice_about_a_job_belongs_to_its_career() -> None:
    homes = {"/jobs/0": ("career", "/jobs/0/field")}
    both = samples.outcome(
        given=[
            samples.given(1, "One.", samples.BARISTA),
            samples.given(2, "Two.", samples.WRITING),
            samples.given(3, "Three.", samples.HOSPITALITY),
        ]
    )
    groups = section(arrange(both, BRIEF, "", homes), "first").groups
    assert [(each.title, said(each.items)) for each in groups] == [
        ("Hospitality (career)", ["One.", "Three."]),
        ("Writing (career)", ["Two."]),
    ]


def test_what_is_about_a_job_and_names_it_stands_under_its_career() -> None:
    homes = {"/jobs/0": ("career", "/jobs/0/field")}
    outcome = samples.two_careers()
    outcome["conclusions"].append(samples.drawn("You're ready for more.", samples.BARISTA, "ready"))
    groups = section(arrange(outcome, BRIEF, "", homes), "standing").groups
    assert [(each.title, said(each.items)) for each in (groups[0], groups[2])] == [
        (
            "Hospitality (career)",
            ["You have a job in hospitality and a goal for it.", "You've shown you're ready for more as Barista."],
        ),
        ("Barista (job)", ["You're ready for more."]),
    ]


def test_a_thing_without_a_name_is_called_what_it_is() -> None:
    nameless = {"career": {"pointer": None, "label": None}}
    about = samples.outcome(conclusions=[samples.drawn("One line of work isn't named.", nameless)])
    assert [each.title for each in section(arrange(about, BRIEF), "standing").groups] == ["Career"]


def test_a_name_that_has_capitals_keeps_them_as_they_are() -> None:
    about = {"job": {"pointer": "/jobs/0", "label": "iOS developer"}}
    report = arrange(samples.outcome(conclusions=[samples.drawn("You're in.", about)]), BRIEF)
    assert [each.title for each in section(report, "standing").groups] == ["iOS developer (job)"]


def test_the_horizon_is_not_said_twice() -> None:
    report = arrange(samples.two_careers(), BRIEF)
    (later,) = section(report, "later").groups[0].items
    assert later.aside == ""
    assert section(report, "first").groups[0].items[0].aside == "this quarter"


def test_advice_that_waits_for_one_reason_shares_it() -> None:
    (group,) = section(arrange(samples.two_careers(), BRIEF), "not-now").groups
    (item,) = group.items
    assert ["".join(item.text), *map("".join, item.also)] == [
        "Apply for the shift lead's post.",
        "Take on training the new starters.",
    ]
    assert [label for label, _ in item.details] == ["Why", "Until", "Instead"]


def test_advice_that_waits_for_different_reasons_keeps_them_apart() -> None:
    waiting = [samples.held("One.", "You're on probation."), samples.held("Two.", "You're leaving.")]
    (group,) = section(arrange(samples.outcome(not_now=waiting), BRIEF), "not-now").groups
    assert said(group.items) == ["One.", "Two."]


def test_a_hold_on_everything_names_a_few_and_counts_the_rest() -> None:
    waiting = [samples.held(f"Thing {number}.", "Rest first.") for number in range(9)]
    (group,) = section(arrange(samples.outcome(not_now=waiting), BRIEF), "not-now").groups
    assert [*map("".join, group.items[0].also)] == ["Thing 1.", "Thing 2.", "Thing 3.", "and 5 more"]


def test_explained_each_waiting_advice_has_its_own_proofs() -> None:
    (group,) = section(arrange(samples.two_careers(), FULL), "not-now").groups
    assert [["".join(why) for why, _ in item.proofs] for item in group.items] == [
        ["Rule apply, because", "Held by rule not-on-probation, because"],
        ["Rule take, because", "Held by rule not-on-probation, because"],
    ]


def test_a_proof_names_the_facts_their_places_and_what_was_assumed() -> None:
    (item,) = section(arrange(samples.two_careers(), FULL), "first").groups[0].items
    ((_, tree),) = item.proofs
    lines = ["".join(each.says) for each in tree]
    assert lines == [
        "job.ready_for_more: true, drawn by rule ready-for-more",
        "some career: field: same as job.field, wanted: true (/careers/0)",
        "job.ready_for_more: true, drawn by rule ready-for-more, shown above",
    ]
    assert ["".join(each.says) for each in tree[0].parts] == [
        "job.current: true (/jobs/0/current = true)",
        'job.start: at least 6 months ago (/jobs/0/start = "2024-03", from a table: 6)',
    ]
    assert ["".join(each.says) for each in tree[1].parts] == [
        "wanted: true (assumed, as nothing was said: /careers/0/wanted = true)"
    ]


def test_a_proof_says_what_a_conclusion_is_that_several_things_have() -> None:
    goal = {"goal": {"pointer": "/goals/0", "label": "Lead a bar"}}
    drawn = {"condition": "goal.scope", "conclusion": "goal.scope", "about": goal, "rule": "r", "value": "career"}
    because = [{"condition": "no goal: goal.scope: task", "parts": [drawn, {**drawn, "value": None, "rule": None}]}]
    given = samples.outcome(given=[samples.given(1, "Do it.", because=because)])
    ((_, (proof,)),) = section(arrange(given, FULL), "first").groups[0].items[0].proofs
    assert ["".join(each.says) for each in proof.parts] == [
        'goal.scope: "career" for Lead a bar, drawn by rule r',
        "goal.scope: no value for Lead a bar",
    ]


def test_a_proof_that_was_cut_says_so_and_a_long_value_is_shortened() -> None:
    because = [
        {"condition": "a: true", "conclusion": "a", "value": True, "rule": None, "cut": True},
        {"condition": "b: contains x", "pointer": "/b", "value": "x" * 500},
    ]
    given = samples.outcome(given=[samples.given(1, "Do it.", because=because)])
    ((_, (cut, long)),) = section(arrange(given, FULL), "first").groups[0].items[0].proofs
    assert "".join(cut.says) == "a: true, and so on"
    assert "".join(long.says).endswith("x…)")
    assert len("".join(long.says)) < 120


def test_without_explain_there_are_no_proofs() -> None:
    report = arrange(samples.two_careers(), BRIEF)
    assert not [i for each in report.sections for group in each.groups for i in group.items if i.proofs]


def test_at_most_five_questions_are_asked_at_once() -> None:
    report = arrange(samples.nothing_known(), BRIEF)
    questions = section(report, "questions")
    assert len(questions.groups[0].items) == 5
    assert questions.more == "and 7 more questions"
    assert len(section(arrange(samples.nothing_known(), FULL), "questions").groups[0].items) == 12


@pytest.mark.parametrize(
    ("allowed", "words"),
    [
        ({"type": "boolean"}, "true (yes) or false (no)"),
        ({"type": "text"}, "a text"),
        ({"type": "texts"}, "a list of texts"),
        ({"type": "date"}, "a date, such as 2024, 2024-03 or 2024-03-05"),
        (
            {"type": "integer", "unit": "hours a week", "minimum": 0, "maximum": 168},
            "a whole number of hours a week, from 0 to 168",
        ),
        ({"type": "number", "minimum": 0.5}, "a number, 0.5 or more"),
        ({"type": "number", "minimum": None, "maximum": 10}, "a number, at most 10"),
        ({"type": "number"}, "a number"),
        (
            {"type": "choice", "values": [{"value": "to_do", "title": "To do"}, {"value": "b", "title": "Bee"}]},
            "to_do, b (Bee)",
        ),
        ({"type": "something new"}, "a value"),
    ],
)  # fmt: skip
def test_a_question_says_where_and_how_to_answer(allowed: dict[str, Any], words: str) -> None:
    ask = samples.asked("What is it?", "/jobs/0/it", ["a"], allowed=allowed)
    (item,) = section(arrange(samples.outcome(questions=[ask]), BRIEF), "questions").groups[0].items
    assert {label: "".join(said) for label, said in item.details}["Answer"] == f"/jobs/0/it: {words}"


def test_a_question_says_what_was_asked_before_and_what_it_is_about() -> None:
    items = section(arrange(samples.two_careers(), BRIEF), "questions").groups[0].items
    assert ("So far", ("you said you don't know",)) in items[2].details
    assert said(items)[1] == "At what level do you work? (Barista)"


def test_what_was_assumed_is_no_question_but_is_shown() -> None:
    brief = section(arrange(samples.two_careers(), BRIEF), "assumed").groups[0].items
    full = section(arrange(samples.two_careers(), FULL), "assumed").groups[0].items
    assert said(brief) == said(full) == ["Is your workplace safe? (/wellbeing/safe = true)"]
    assert brief[0].details == ()
    assert [label for label, _ in full[0].details] == ["Answer", "Decides"]
    assert "workplace" not in " ".join(said(section(arrange(samples.two_careers(), FULL), "questions").groups[0].items))


def test_of_much_that_was_assumed_the_first_is_shown() -> None:
    taken = [samples.asked(f"Is it {n}?", f"/{n}", ["a"], assumed=False) for n in range(7)]
    assumed = section(arrange(samples.outcome(questions=taken), BRIEF), "assumed")
    assert len(assumed.groups[0].items) == 5
    assert assumed.more == "and 2 more answers"


def test_what_is_open_stands_under_the_most_decisive_question() -> None:
    groups = section(arrange(samples.two_careers(), BRIEF), "open").groups
    assert [(each.title, said(each.items)) for each in groups] == [
        ("Do you meet others who write?", ["Join a writers' group (writing)", "Take a course (writing)"]),
        ("jobs/0/last_review", ["Ask for a review (Barista), unless: You're leaving soon."]),
    ]


def test_much_that_is_open_is_summed_up_in_eight_lines() -> None:
    opened = section(arrange(samples.nothing_known(), BRIEF), "open")
    (group,) = opened.groups
    assert len(group.items) == 8
    assert said(group.items)[0].endswith("Advice 0 0 and 2 more")
    assert opened.more == "and 4 questions that decide more"


def test_explained_everything_open_is_shown_with_its_needs() -> None:
    everything = section(arrange(samples.nothing_known(), FULL), "open")
    assert sum(len(each.items) for each in everything.groups) == 36
    assert everything.more == ""
    held = section(arrange(samples.two_careers(), FULL), "open").groups[0].items[1]
    assert ("If so", ("it would still have to wait",)) in held.details
    assert ("Needs", ("/network/groups",)) in held.details


def test_what_a_conflict_keeps_open_has_its_own_heading() -> None:
    stuck = samples.opened("Choose one", "/x", needs=[{"conflict": "goal.scope"}])
    groups = section(arrange(samples.outcome(open=[stuck]), FULL), "open").groups
    assert [each.title for each in groups] == ["Where two rules disagree"]
    assert ("Needs", ("goal.scope",)) in groups[0].items[0].details


def test_due_advice_that_another_rule_may_replace_says_so() -> None:
    maybe = samples.opened("Choose one", "/x", state="provided", needs=[])
    (item,) = section(arrange(samples.outcome(open=[maybe]), FULL), "open").groups[0].items
    assert [label for label, _ in item.details] == ["Unless", "Rule"]
    assert item.details[0] == ("Unless", ("another rule takes its place",))


def test_a_conflict_shows_both_values_and_explained_both_proofs() -> None:
    (item,) = section(arrange(samples.two_careers(), FULL), "conflicts").groups[0].items
    assert [(label, "".join(said)) for label, said in item.details] == [
        ("Either", '"objective" by rule objective-scope'),
        ("Or", '"career" by rule career-scope'),
    ]
    assert len(item.proofs) == 2


def test_several_places_in_a_source_are_listed_once_each() -> None:
    source = {**samples.ARTICLE, "place": "Several jobs; Request more responsibility"}
    given = [samples.given(1, "Do it."), samples.given(2, "Do that.", source=[source])]
    (item,) = section(arrange(samples.outcome(given=given), BRIEF), "sources").groups[0].items
    assert item.details == (("Cited", ("Request more responsibility; Several jobs",)),)


def test_sources_are_numbered_in_the_order_in_which_they_are_cited() -> None:
    report = arrange(samples.two_careers(), BRIEF)
    items = section(report, "sources").groups[0].items
    assert said(items) == ["Career vs. Job (An Author, 2022-06-02)", "A counsellor's judgement (2022-06-02)"]
    assert items[0].details == (("Cited", ("Request more responsibility",)),)
    assert section(report, "first").groups[2].items[0].sources == (2,)


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"given": [samples.given(1, "Do it.")]}, "No further answer would change this."),
        ({"given": [samples.given(1, "Do it.")], "questions": [samples.asked("?", "/a", [], assumed=False)],
          "settled": True},
         "No further answer would change this, as long as what is taken for granted below is right."),
        ({}, "There's nothing to advise on these facts."),
        ({"given": [samples.given(1, "Know it.", kind="note")], "questions": [samples.asked("?", "/a", [])]},
         "There's too little here yet to advise a step. The questions below are the place to start."),
        ({"given": [samples.given(1, "Do it.")], "questions": [samples.asked("?", "/a", [])]},
         "All this follows from what you've said. The answer to the question below could add to it."),
        ({"given": [samples.given(1, "Do it.")], "open": [samples.opened("Maybe", "/a")]},
         "Some advice is still open."),
    ],
)  # fmt: skip
def test_the_summary_says_how_far_the_advice_holds(parts: dict[str, Any], sentence: str) -> None:
    assert arrange(samples.outcome(**parts), BRIEF).summary == sentence


def test_arranging_changes_nothing_in_the_outcome() -> None:
    outcome = samples.two_careers()
    before = copy.deepcopy(outcome)
    arrange(outcome, FULL)
    assert outcome == before


def test_nothing_that_steers_a_terminal_or_turns_the_text_gets_into_a_report() -> None:
    label = "Bar\x1b[2Jista\u202e\ud800\x07"
    about = {"job": {"pointer": "/jobs/0", "label": label}}
    hostile = samples.outcome(
        given=[samples.given(1, f"Go, {label}!\nNow.", about, steps=[label], horizon=label)],
        conclusions=[samples.drawn(label, about)],
        questions=[samples.asked(label, f"/jobs/{label}", [], about=label)],
    )
    out = text.render([arrange(hostile, FULL, label)], text.Screen())
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e\ud800]", out)
    assert "Go, Bar [2Jista ! Now." in out


def words_of(said: str) -> list[str]:
    return re.findall(r"\w+", said)


@pytest.mark.parametrize("manner", [BRIEF, FULL])
@pytest.mark.parametrize("make", [samples.two_careers, samples.nothing_known, samples.referred])
def test_every_format_says_the_same_words(make: Any, manner: Manner) -> None:
    report = arrange(make(), manner)
    plain = words_of(re.sub(r"\(--explain shows all\)", "", text.render([report], text.Screen())))
    page = html_page.render([report], "en").split("<body>")[1]
    web = words_of(unescape(re.sub(r"<[^>]*>", " ", re.sub(r"(?<=\w)</?(code|span)[^>]*>", " ", page))))
    down = words_of(re.sub(r"<!-- -->", "", markdown.render([report]).replace("\\", "")))
    numbers = re.compile(r"\d+")
    assert sorted(w for w in plain if not numbers.fullmatch(w)) == sorted(w for w in down if not numbers.fullmatch(w))
    assert sorted(w for w in plain if not numbers.fullmatch(w)) == sorted(w for w in web if not numbers.fullmatch(w))
