"""Cells of texts as facts: numbers, yes and no, dates, JSON; what doesn't fit is a row that is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from advise import KnowledgeBase
from tests.batch.needs import pa

from advise.batch.cells import decoded, facts_of, meant  # isort: skip
from advise.batch.json_values import Plain  # isort: skip
from advise.batch.mapping import Column  # isort: skip
from advise.batch.targets import target  # isort: skip


def cast(base: KnowledgeBase, pointer: str, texts: list[Any], **more: Any) -> tuple[list[Any], dict[int, str]]:
    column = Column("c", target(base.rulebook, pointer), more.get("values"))
    array, wrong = facts_of(pa.array(texts, more.get("type", pa.string())), column, Plain(base.rulebook))
    return array.to_pylist(), wrong


def test_numbers_are_read_as_people_write_them(bikes: KnowledgeBase) -> None:
    texts = ["3", " 4.5 ", "-1", "1e3", ".5", "", "  ", None]
    assert cast(bikes, "/age_of_bike", texts) == ([3.0, 4.5, -1.0, 1000.0, 0.5, None, None, None], {})


@pytest.mark.parametrize("text", ["three", "1,5", "nan", "inf", "0x1", "1e999", "1 2", "٣"])
def test_what_is_no_number_is_a_wrong_row(bikes: KnowledgeBase, text: str) -> None:
    found, wrong = cast(bikes, "/age_of_bike", ["1", text])
    if text == "1e999":
        assert found == [1.0, float("inf")]  # a number, and too large for any fact
        return
    assert (found, wrong) == ([1.0, None], {1: "Column 'c': 'Age of bike' takes a number."})


def test_yes_and_no_are_true_and_false(bikes: KnowledgeBase) -> None:
    texts = ["true", "False", " YES", "no", "", None, "j"]
    found, wrong = cast(bikes, "/helmet", texts)
    assert found == [True, False, True, False, None, None, None]
    assert wrong == {6: "Column 'c': 'Helmet' takes true, false, yes or no."}


def test_values_of_a_mapping_stand_for_others_and_the_rest_stays(bikes: KnowledgeBase) -> None:
    values = {"J": "true", "N": "false", "?": None}
    assert cast(bikes, "/helmet", ["J", " N", "?", "yes"], values=values) == ([True, False, None, True], {})
    assert cast(bikes, "/helmet", [1, 0, None], values={"1": "true", "0": "false"}, type=pa.int8())[0] == [
        True, False, None,
    ]  # fmt: skip
    nested = pa.array([[1]])
    assert meant(nested, values) is nested


def test_texts_stay_as_they_are_and_dates_and_choices_lose_blanks(bikes: KnowledgeBase) -> None:
    assert cast(bikes, "/worn", [" a b ", " ", "NA"])[0] == [" a b ", None, "NA"]
    assert cast(bikes, "/bought", [" 2020-01 ", ""])[0] == ["2020-01", None]
    assert cast(bikes, "/use", ["daily "], type=pa.dictionary(pa.int8(), pa.string()))[0] == ["daily"]


def test_a_list_in_a_cell_is_json(bikes: KnowledgeBase) -> None:
    texts = ['[{"km": 3}, {"km": 4,\n "to": "work"}]', "", None, "[]", "null"]
    found, wrong = cast(bikes, "/rides", texts)
    there = [[(each["km"], each["to"]) for each in rides or []] for rides in found]
    assert (there, wrong) == ([[(3.0, None), (4.0, "work")], [], [], [], []], {})
    assert [rides is None for rides in found] == [False, True, True, False, True]
    assert cast(bikes, "/tools", ['["pump"]', "[]"]) == ([["pump"], []], {})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("pump", "This isn't JSON: A value is missing here."),
        ("[1]", "'Tools' takes a list of texts."),
        ('["a"], "b": 1', "This isn't JSON: There is more text after the end of the facts."),
        ('[]} {"cell": []', "This isn't JSON: There is more text after the end of the facts."),
        ('["\\ud800"]', "'Tools' takes a list of texts."),
    ],
)
def test_a_cell_that_is_not_such_json_is_a_wrong_row(bikes: KnowledgeBase, text: str, why: str) -> None:
    found, wrong = cast(bikes, "/tools", ['["pump"]', text])
    assert (found, wrong) == ([["pump"], None], {1: f"Column 'c': {why}"})


def test_bytes_that_are_not_utf_8_are_wrong_rows() -> None:
    batch = pa.RecordBatch.from_arrays([pa.array([b"a", b"\xff", None]), pa.array([b"x", b"y", b"\xfe"])], ["a", "b"])
    found, wrong = decoded(batch)
    assert found.to_pylist() == [{"a": "a", "b": "x"}, {"a": None, "b": "y"}, {"a": None, "b": None}]
    assert wrong == dict.fromkeys((1, 2), "This row isn't in UTF-8.")
