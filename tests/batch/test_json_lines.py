"""Lines of JSON: a block at once gives what line by line gives, and a wrong line only stops itself."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advise import KnowledgeBase
from tests.batch.needs import pa

from advise.batch.json_lines import Field, LineParser, joined  # isort: skip
from advise.batch.json_values import Plain, kept_type, parsed  # isort: skip
from advise.batch.json_values import WrongValueError  # isort: skip
from advise.batch.targets import target, type_of  # isort: skip


def parser(base: KnowledgeBase) -> LineParser:
    book = base.rulebook
    fields = [Field("id", pa.int64())]
    for pointer in ("/age_of_bike", "/helmet", "/worn", "/bought", "/use", "/tools", "/rides"):
        node = target(book, pointer).node
        fields.append(Field(pointer[1:], type_of(book, node), node))
    return LineParser(fields, frozenset({"remark"}), Plain(book))


GOOD = '{"id": 1, "age_of_bike": 3, "rides": [{"km": 2, "to": "a\\nb"}], "remark": {"x": [1]}, "age": 44}'


def test_a_block_is_read_at_once(bikes: KnowledgeBase) -> None:
    of = parser(bikes)
    fast = of._fast(f"{GOOD}\r\n{GOOD}\n{{}}".encode())
    assert fast is not None
    assert fast.batch.num_rows == 3
    first, _, last = fast.batch.to_pylist()
    assert (first["id"], first["age_of_bike"], first["rides"][0]["to"]) == (1, 3.0, "a\nb")
    assert set(last.values()) == {None}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "This isn't JSON: A name in double quotes is missing here."),
        ("[1]", "A line must be one object: names with their values, in { }."),
        ("5", "A line must be one object: names with their values, in { }."),
        ('{"id": 1} {"id": 2}', "This isn't JSON: There is more text after the end of the facts."),
        ('{"id": 1, "id": 2}', "A name stands twice in one object."),
        ('{"helmt": true}', "No fact is called 'helmt'. Did you mean 'helmet'?"),
        ('{"helmet": "yes"}', "'Helmet' takes true or false."),
        ('{"age_of_bike": true}', "'Age of bike' takes a number."),
        ('{"age_of_bike": "3"}', "'Age of bike' takes a number."),
        ('{"age_of_bike": NaN}', "This JSON is nested too deeply, or has a number that there isn't."),
        ('{"worn": 3}', "'Worn' takes a text."),
        ('{"worn": "\\ud800"}', "'Worn' takes a text."),
        ('{"bought": 2020}', "'Bought' takes a date such as 2024-03-05, as a text."),
        ('{"use": true}', "'Use' takes one of its values, as a text."),
        ('{"tools": "pump"}', "'Tools' takes a list of texts."),
        ('{"rides": {}}', "'Rides' takes a list."),
        ('{"rides": [null]}', "'Rides' has an entry that is empty."),
        ('{"rides": [5]}', "An entry of 'Rides' must be an object: names with their values, in { }."),
        ('{"rides": [{"miles": 5}]}', "No fact is called 'miles'."),
        ('{"id": "one"}', "'id' is kept, and has another kind of value here than in the first lines."),
        ('{"id": 9223372036854775808}', "'id' is kept, and has another kind of value here than in the first lines."),
        ("{" * 100_000, "This isn't JSON: A name in double quotes is missing here."),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named_and_the_others_are_read(bikes: KnowledgeBase, line: str, why: str) -> None:
    found = parser(bikes).parse(f"{GOOD}\n{line}\n\n{GOOD}\n".encode())
    assert found.wrong == {1: why}
    assert found.rows.tolist() == [0, 2]
    assert [each["age_of_bike"] for each in found.batch.to_pylist()] == [3.0, 3.0]


def test_bytes_that_are_not_utf_8_are_a_wrong_line(bikes: KnowledgeBase) -> None:
    found = parser(bikes).parse(b'{"worn": "\xff"}\n' + GOOD.encode())
    assert found.wrong == {0: "This isn't in UTF-8."}


def test_an_empty_block_has_no_rows(bikes: KnowledgeBase) -> None:
    assert parser(bikes).parse(b"\n \r\n").batch.num_rows == 0


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**65), 2**65) | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["km", "to", "day", "zz", "age"]), inner, max_size=2)
    ),
    max_leaves=6,
)
LINES = st.dictionaries(
    st.sampled_from(["id", "age_of_bike", "helmet", "worn", "tools", "rides", "remark", "age", "zz"]),
    VALUES,
    max_size=3,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(LINES, max_size=4))
def test_at_once_is_the_same_as_line_by_line(lines: list[dict[str, Any]]) -> None:
    of = parser(KNOWN[0])
    text = "\n".join(json.dumps(each) for each in lines).encode()
    slow = of._one_by_one([line for line in text.split(b"\n") if line.strip()])
    fast = of._fast(text)
    if fast is None:
        return
    assert not slow.wrong or not fast.wrong
    kept = list(fast.batch.to_pylist())
    for at, row in zip(slow.rows.tolist(), slow.batch.to_pylist(), strict=True):
        assert _rounded(kept[at]) == _rounded(row)


KNOWN: list[KnowledgeBase] = []


@pytest.fixture(autouse=True)
def known(bikes: KnowledgeBase) -> None:
    KNOWN[:] = [bikes]


def _rounded(row: dict[str, Any]) -> str:
    # What is too large for any fact is only marked as such, line by line.
    def value(each: Any) -> Any:
        if isinstance(each, float):
            return "too large" if abs(each) > 1e15 else each
        if isinstance(each, dict):
            return {name: value(below) for name, below in each.items()}
        return [value(below) for below in each] if isinstance(each, list) else each

    return json.dumps(value(row))


def test_the_kind_of_a_kept_column_is_that_of_the_first_lines() -> None:
    assert [str(kept_type(values)) for values in ([1, None], [1, 2.5], [True], ["a", 1], [], [True, 1])] == [
        "int64", "double", "bool", "string", "string", "string",
    ]  # fmt: skip


def test_texts_are_joined_from_any_part_of_an_array() -> None:
    array = pa.array(["a", "bc", "d"])
    assert (joined(array), joined(array.slice(1)), joined(array.slice(3))) == (b"abcd", b"bcd", b"")
    with pytest.raises(WrongValueError):
        parsed("[")
