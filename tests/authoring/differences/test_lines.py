"""The difference of lines."""

from __future__ import annotations

from advise.authoring.differences.lines import DiffLine, difference, pieces
from advise.authoring.sentences import Line


def _lines(*texts: str) -> tuple[Line, ...]:
    return tuple(map(Line, texts))


def _shown(old: tuple[Line, ...], new: tuple[Line, ...]) -> list[str]:
    return [f"{line.mark}{line.depth}{line.text}" for line in difference(old, new)]


def test_another_order_is_no_difference() -> None:
    assert _shown(_lines("one", "two", "three"), _lines("three", "one", "two")) == []


def test_what_is_gone_stands_before_what_took_its_place() -> None:
    assert _shown(_lines("it rains", "it's dark"), _lines("it rains hard", "it's dark")) == [
        "-0it rains",
        "+0it rains hard",
    ]


def test_lines_beside_a_change_are_shown_and_other_ones_at_the_top_are_not() -> None:
    old = (Line("When", _lines("it rains", "it's dark")), Line("Then", _lines("stay in")))
    new = (Line("When", _lines("it rains")), Line("Then", _lines("stay in")))
    assert _shown(old, new) == [" 0When", " 1it rains", "-1it's dark"]


def test_in_a_long_list_only_what_changed_is_shown() -> None:
    rows = [str(number) for number in range(100)]
    old, new = (Line("Rows", _lines(*rows)),), (Line("Rows", _lines(*rows, "a new one")),)
    assert _shown(old, new) == [" 0Rows", "+1a new one"]


def test_numbers_that_changed_are_told_apart_from_the_words_around_them() -> None:
    old, new = "from 2024-01-31 at least -1.5 of 10,000", "from 2025-01-31 at least 1.5 of 10,000"
    (line,) = difference(_lines(old), _lines(new))
    assert line == DiffLine("~", new, 0, old)
    changed = [pair for pair in pieces(line) if pair[0] != pair[1]]
    assert changed == [("2024-01-31", "2025-01-31"), ("-1.5", "1.5")]


def test_numbers_within_words_are_words() -> None:
    assert _shown(_lines("part A1 fits"), _lines("part A2 fits")) == ["-0part A1 fits", "+0part A2 fits"]


def test_thousands_of_rows_are_compared_at_once() -> None:
    old = (Line("Rows", tuple(Line(f"row {n} of a", _lines(f"size: {n}")) for n in range(5000))),)
    new = (Line("Rows", tuple(Line(f"row {n} of a", _lines(f"size: {n + (n == 4000)}")) for n in range(4999, -1, -1))),)
    assert _shown(old, new) == [" 0Rows", " 1row 4000 of a", "~2size: 4001"]
