"""Mappings from columns to facts: from a file with every mistake at its place, and from the columns' names."""

from __future__ import annotations

from pathlib import Path

import pytest

from advise import KnowledgeBase, UsageError
from tests.batch.needs import pa  # noqa: F401

from advise.batch.mapping import Columns, MappingError, by_name, read_mapping  # isort: skip


def read(base: KnowledgeBase, text: str, *names: str, keep: tuple[str, ...] = ()) -> Columns:
    path = Path("mapping.yaml")
    path.write_text(text, "utf-8")
    return read_mapping(path, base.rulebook, names, keep)


@pytest.mark.usefixtures("work")
def test_a_mapping_says_what_each_column_is(bikes: KnowledgeBase) -> None:
    found = read(
        bikes,
        "columns:\n"
        "  id: keep\n"
        "  note: ignore\n"
        "  years: /age_of_bike\n"
        "  way 1: {fact: /rides/0/to, values: {Büro: work, none: null, '1': 2}, keep: true}\n",
        "id", "note", "years", "way 1", "age",
        keep=("years",),
    )  # fmt: skip
    assert found.kept == ("id", "years", "way 1")
    assert [each.target and each.target.pointer for each in found.facts] == ["/age_of_bike", "/rides/0/to"]
    assert found.facts[1].values == {"Büro": "work", "none": None, "1": "2"}
    assert found.ignored == {"note", "age"}
    assert found.set_aside == ("age",)
    assert found.needed == ("id", "years", "way 1")


@pytest.mark.usefixtures("work")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("columns:\n  years: /age_of_bik\n", "mapping.yaml:2:10: mapping-pointer: No fact is called '/age_of_bik'."),
        ("columns:\n  years: /age_of_bik\n", "Did you mean '/age_of_bike'?"),
        ("columns:\n  years: kep\n", "Did you mean 'keep'?"),
        ("columns:\n  years: 5\n", "mapping.yaml:2:10: mapping-pointer: This must be the JSON Pointer of a fact"),
        ("columns:\n  year: keep\n", "mapping.yaml:2:3: mapping-missing: The input has no column 'year'."),
        ("columns:\n  year: keep\n", "Did you mean 'years'?"),
        ("columns:\n  id: keep\n  id: ignore\n", "mapping.yaml:3:3: yaml-duplicate-key"),
        ("columns: {}\n", "mapping-unlisted: The column 'years' of the input isn't here."),
        ("columns: [years]\n", "mapping.yaml:1:10: mapping-columns"),
        ("years: keep\n", "mapping.yaml:1:1: mapping-columns: A mapping has 'columns:'"),
        ("columns: {years: keep}\nrows: 1\n", "mapping.yaml:2:1: mapping-key: 'rows' can't stand in a mapping."),
        ("columns:\n  years: {fact: /helmet, value: {a: true}}\n", "Did you mean 'values'?"),
        ("columns:\n  years: {values: {a: true}}\n", "mapping.yaml:2:10: mapping-fact"),
        ("columns:\n  years: {fact: /helmet, values: [1]}\n", "mapping.yaml:2:34: mapping-values"),
        ("columns:\n  years: {fact: /helmet, values: {a: [1]}}\n", "What 'a' stands for must be one value."),
        ("columns:\n  years: {fact: /helmet, keep: maybe}\n", "'keep' must be true or false."),
        ("columns:\n  years: [/helmet]\n", "mapping.yaml:2:10: mapping-column"),
        ("columns:\n  age: /age_of_bike\n", "'age' is a protected characteristic, so it can't be a fact."),
        ("columns:\n  years: /helmet\n  id: /helmet\n", "'years' holds this fact already, in line 2."),
        ("columns:\n  years: /rides\n  id: /rides/0/km\n", "mapping.yaml:3:3: mapping-twice"),
        ("columns:\n  rule: keep\n", "'rule' is called like a column of the advice, so it can't be kept."),
        ("columns:\n  years: keep", "columns:\n  years: keep"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_mapping_has_its_place(bikes: KnowledgeBase, text: str, said: str) -> None:
    if said == text:
        assert read(bikes, text, "years").kept == ("years",)
        return
    with pytest.raises(MappingError) as found:
        read(bikes, text, "years", "id", "age", "rule")
    assert said in str(found.value)


@pytest.mark.usefixtures("work")
def test_a_mapping_that_is_not_there_is_a_sentence(bikes: KnowledgeBase) -> None:
    with pytest.raises(MappingError, match="There is no such file"):
        read_mapping(Path("none.yaml"), bikes.rulebook, (), ())


def test_columns_are_facts_by_their_own_or_dotted_names(career: KnowledgeBase) -> None:
    names = ["id", "work_country", "plan.written", "/time/free_hours", "jobs.0.title", "jobs.1.title", "Age"]
    found = by_name(career.rulebook, names, ("id", "work_country"))
    assert found.kept == ("id", "work_country")
    pointers = ["/work_country", "/plan/written", "/time/free_hours", "/jobs/0/title", "/jobs/1/title"]
    assert [each.target and each.target.pointer for each in found.facts] == pointers
    assert found.set_aside == ("Age",)


@pytest.mark.parametrize(
    ("names", "keep", "sentence"),
    [
        (["helmt"], [], "The column 'helmt' is no fact. Did you mean '/helmet'? Carry a column"),
        (["a", "b"], [], "These columns are no facts: 'a', 'b'."),
        (["helmet"], ["helmets"], "There is no column 'helmets' to keep. Did you mean 'helmet'?"),
        (["helmet", "rule"], ["rule"], "'rule', is called like a column of the advice. Rename it."),
        (["rides", "rides.0.km"], [], "The columns 'rides' and 'rides.0.km' hold the same fact."),
    ],
)
def test_columns_that_cannot_be_used_are_a_sentence(
    bikes: KnowledgeBase, names: list[str], keep: list[str], sentence: str
) -> None:
    with pytest.raises(UsageError) as found:
        by_name(bikes.rulebook, names, keep)
    assert sentence in str(found.value)
