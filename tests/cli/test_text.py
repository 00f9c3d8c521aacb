"""The report for the terminal."""

from __future__ import annotations

import re
from typing import Any

import pytest

from advise_cli.report import Group, Item, Proof, Report, Section
from advise_cli.sections import Manner, arrange
from advise_cli.text import ASCII, NARROWEST, UNICODE, WIDEST, Screen, columns, render, wrapped
from tests.cli import samples

MANNER = Manner("Career advice", ("career",), explain=True)
ESCAPES = re.compile("\x1b\\[[0-9;]*m")


def everyone() -> list[Report]:
    made: tuple[Any, ...] = (samples.two_careers, samples.nothing_known, samples.referred)
    return [arrange(make(), MANNER, make.__name__) for make in made]


@pytest.mark.parametrize("width", [24, 40, 53, 80, 96])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    assert max(map(columns, render(everyone(), Screen(width)).split("\n"))) <= width


def test_a_wide_screen_is_not_filled_and_a_tiny_one_not_believed() -> None:
    assert Screen.of(300, False, "utf-8").width == WIDEST
    assert Screen.of(1, False, "utf-8").width == NARROWEST


def test_without_colour_there_is_no_escape_code() -> None:
    assert "\x1b" not in render(everyone(), Screen())


def test_colour_changes_nothing_but_the_colour() -> None:
    colourful = render(everyone(), Screen(colour=True))
    assert "\x1b[" in colourful
    assert ESCAPES.sub("", colourful) == render(everyone(), Screen())


def test_the_number_of_a_first_step_stands_out() -> None:
    assert "\x1b[32m\x1b[1m1.\x1b[0m Ask for" in render(everyone()[:1], Screen(colour=True))


def test_a_terminal_that_cannot_show_the_symbols_gets_plain_ones() -> None:
    assert Screen.of(80, False, "ascii").symbols == ASCII
    assert Screen.of(80, False, "no such encoding").symbols == ASCII
    assert Screen.of(80, False, "utf-8").symbols == UNICODE
    assert render(everyone(), Screen.of(80, False, "ascii")).isascii()


def test_several_people_stand_under_their_names() -> None:
    lines = render(everyone(), Screen(40)).split("\n")
    assert [lines[i - 1] for i, line in enumerate(lines) if line == "─" * 40] == [
        "two_careers",
        "nothing_known",
        "referred",
    ]


def test_a_single_report_reads_as_it_should() -> None:
    outcome = samples.outcome(
        given=[
            samples.given(
                1, "Ask for one task.", steps=["Choose it"], horizon="this month", because=samples.PROOF[:1]
            )
        ],
        questions=[samples.asked("Do you meet others who write?", "/meets", ["x"])],
    )  # fmt: skip
    assert render([arrange(outcome, MANNER)], Screen(46)) == (
        """\
Career advice, 15 January 2026
All this follows from what you've said. The
answer to the question below could add to it.

First steps
───────────
  1. Ask for one task. (this month) [1]
     {dash} Choose it
     Rule advice-1, because
     └─ job.ready_for_more: true, drawn by
        │  rule ready-for-more
        ├─ job.current: true (/jobs/0/current
        │     = true)
        └─ job.start: at least 6 months ago
              (/jobs/0/start = "2024-03", from
              a table: 6)

Questions
─────────
Add the answers to your facts at the places
named; null means you don't know.

  1. Do you meet others who write?
     Answer: /meets: true (yes) or false (no)
     Decides: x

Sources
───────
  1. Career vs. Job (An Author, 2022-06-02)
     Cited: Request more responsibility
""".replace("{dash}", UNICODE.step)
    )


def test_what_was_left_out_is_counted_with_the_way_to_see_it() -> None:
    brief = arrange(samples.nothing_known(), Manner("Career advice"))
    assert "\n\n  and 7 more questions (--explain shows all)\n" in render([brief], Screen())


def test_a_very_deep_proof_still_fits() -> None:
    proof = Proof(("the deepest of all conditions holds",))
    for _ in range(60):
        proof = Proof(("a condition with rather many words in it holds",), (proof,))
    item = Item(("Do it.",), 1, proofs=((("Because",), (proof,)),))
    report = Report("A", "", "today", "", (Section("first", "First", (Group("", (item,)),)),))
    out = render([report], Screen(40))
    assert max(map(columns, out.split("\n"))) <= 40
    assert out.count("\n") < 350
    assert "deepest" in out


def test_wide_characters_count_as_two_columns_and_accents_as_none() -> None:
    assert columns("看護師") == 6
    assert columns("e\u0301") == 1
    assert wrapped("看護師 看護師", 7) == ["看護師", "看護師"]


def test_only_a_word_wider_than_a_line_is_broken() -> None:
    assert wrapped("aa bbbbbbbbbb cc", 6, "- ", "  ") == ["- aa", "  bbbb", "  bbbb", "  bb", "  cc"]
    assert wrapped("看護師", 3) == ["看", "護", "師"]


def test_an_empty_text_is_an_empty_line() -> None:
    assert wrapped("", 10, "* ") == ["* "]
