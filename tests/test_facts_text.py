"""Facts as text: JSON or YAML, each failure one sentence with its place, and the place of every pointer."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advise.errors import FactsError, Place, Problem
from advise.facts_text import ParsedFacts, read_facts, read_file


def problem(data: bytes | str, name: str = "facts.json") -> Problem:
    with pytest.raises(FactsError) as caught:
        read_facts(data.encode() if isinstance(data, str) else data, name)
    (found,) = caught.value.problems
    assert found.sentence.endswith(".")
    return found


def facts(data: bytes | str, name: str = "facts") -> Any:
    return read_facts(data.encode() if isinstance(data, str) else data, name).facts


# ------------------------------------------------------------------------------------------ what is read


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ('{"a": 1.5, "b": [true, null]}', "facts.json", {"a": 1.5, "b": [True, None]}),
        ('\n\t {"a":\t1}', "stdin", {"a": 1}),
        ("\ufeff{}", "facts", {}),
        ("a: no\nb: 2024-03-05\nc: 1\n", "facts.yaml", {"a": "no", "b": "2024-03-05", "c": 1}),
        ("\ufeffa: 1\r\n", "facts.yml", {"a": 1}),
        ("{a: 1, b: [x]}", "facts.yaml", {"a": 1, "b": ["x"]}),
        ('{"a": 1} # JSON is YAML', "facts.yaml", {"a": 1}),
        ('{"a": "\\ud83d\\ude00 \\/"}', "facts.json", {"a": "\U0001f600 /"}),
    ],
)
def test_json_and_yaml_are_told_apart_by_content(text: str, name: str, expected: Any) -> None:
    assert facts(text, name) == expected


# ------------------------------------------------------------------------------------------ what is wrong


@pytest.mark.parametrize(
    ("data", "name", "code", "line", "column"),
    [
        (b"", "f", "empty", 1, 1),
        (b" \n ", "f.json", "empty", 1, 1),
        (b"# nothing", "f.yaml", "empty", 1, 1),
        (b"{", "f.json", "not-json", 1, 2),
        (b'{"a": 1,\r\n "b" 2}', "f.json", "not-json", 2, 6),
        (b'{"a": 1,\r "b" 2}', "f.json", "not-json", 2, 6),
        (b'{"a": 01}', "f.json", "not-json", 1, 8),
        (b"{'a': 1}", "f.json", "not-json", 1, 2),
        (b'{"a": "b\tc"}', "f.json", "not-json", 1, 9),
        (b'{"a": "\\x"}', "f.json", "not-json", 1, 8),
        (b'{"a": "b', "f.json", "not-json", 1, 7),
        (b'{"a": 1} {', "f.json", "not-json", 1, 10),
        (b"a: 1", "f.json", "not-json", 1, 1),
        (b'{"a": 1,\n "b": {"c": 1, "c": 2}}', "f", "duplicate-key", 2, 16),
        (b'{"a": 1,\n\t"b": "\\ud83d",\n\t"a": 2}', "f", "duplicate-key", 3, 2),
        (b"a: 1\nb: 2\na: 3", "f.yaml", "duplicate-key", 3, 1),
        (b'{"NaN": "NaN \\" NaN",\n "b": NaN}', "f", "not-a-number", 2, 7),
        (b'{"b": -Infinity}', "f", "not-a-number", 1, 7),
        (b'{"a": ' + b"1" * 5000 + b"}", "f", "out-of-range", 1, 1),
        (b"[1]", "f", "not-an-object", 1, 1),
        (b'"a"', "f.json", "not-an-object", 1, 1),
        (b"null", "f.json", "not-an-object", 1, 1),
        (b"- a", "f.yaml", "not-an-object", 1, 1),
        (b"just words", "f.yaml", "not-an-object", 1, 1),
        (b"a: &x 1", "f.yaml", "not-yaml", 1, 4),
        (b"a: b: c", "f.yaml", "not-yaml", 1, 5),
        (b"a: \0", "f.yaml", "not-yaml", 1, 4),
        (b'{"a": "caf\xe9"}', "f.json", "file-encoding", 1, 11),
        ('{"a": 1}'.encode("utf-16"), "f.json", "file-encoding", 1, 1),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "f.json", "too-deep", 1, 321),
        (b"[" * 100_000, "f.json", "too-deep", 1, 65),
        (b"- " * 70, "f.yaml", "too-deep", 1, 129),
        (b"x" * 5_000_001, "f.yaml", "too-large", 1, 1),
    ],
)
def test_each_thing_wrong_is_one_problem_with_its_place(
    data: bytes, name: str, code: str, line: int, column: int
) -> None:
    found = problem(data, name)
    assert (found.code, found.place) == (code, Place(name, line, column))


def test_sixty_four_levels_are_read() -> None:
    assert facts(b'{"a":' * 64 + b"1" + b"}" * 64)


PATIENCE = 3 if sys.gettrace() is None else 15  # measuring coverage is slow
LARGE = {
    "a long list": b'{"a":[' + b"1," * 2_400_000 + b"1]}",
    "a long list in YAML": b"a: [" + b"1," * 2_400_000 + b"1]",
    "the same key": b"{" + b'"a":1,' * 800_000 + b'"b":1}',
    "many texts and a NaN": b'{"a":[' + b'"\\"",' * 900_000 + b"NaN]}",
    "open brackets": b"[" * 5_000_000,
    "open brackets in YAML": b"a: " + b"[" * 4_900_000,
    "quotes": b'"' * 5_000_000,
    "a long text": b'{"a":"' + b"x" * 4_900_000 + b'"}',
}


def attempt(data: bytes, name: str) -> ParsedFacts | tuple[Problem, ...]:
    try:
        return read_facts(data, name)
    except FactsError as error:
        return error.problems


@pytest.mark.parametrize("name", LARGE)
def test_five_hostile_megabytes_are_read_or_refused_in_little_time(name: str) -> None:
    start = time.process_time()
    read = attempt(LARGE[name], "f")
    if isinstance(read, ParsedFacts):
        read.locate("/a/5")
    else:
        assert len(read) == 1
    assert time.process_time() - start < PATIENCE


@given(st.binary(max_size=100), st.sampled_from(["f", "f.json", "f.yaml"]))
def test_any_bytes_are_facts_or_one_problem(data: bytes, name: str) -> None:
    _check(data, name)


@given(st.text(alphabet='{}[]":, \n\t\\/au0189de-.NIntf', max_size=40), st.sampled_from(["f", "f.json"]))
def test_any_text_like_json_is_facts_or_one_problem(text: str, name: str) -> None:
    _check(text.encode(), name)


def _check(data: bytes, name: str) -> None:
    read = attempt(data, name)
    if isinstance(read, ParsedFacts):
        assert isinstance(read.facts, dict)
        assert read.locate("/no/such/thing") is None
    else:
        assert [each.place.file for each in read if each.place] == [name]


# ------------------------------------------------------------------------------------------------ places


def test_every_pointer_of_a_json_text_has_its_place() -> None:
    text = '{\n\t"a/b": {"~": 1},\n  "jobs": [{"title": "\\ud83d\\ude00"},\t{"title": "é\u2028", "x": [2]}]\n}'
    locate = read_facts(text.encode(), "f.json").locate
    places = {pointer: locate(pointer) for pointer in ("", "/a~1b/~0", "/jobs/0/title", "/jobs/1/x/0")}
    assert {pointer: place and (place.line, place.column) for pointer, place in places.items()} == {
        "": (1, 1),
        "/a~1b/~0": (2, 15),
        "/jobs/0/title": (3, 22),
        "/jobs/1/x/0": (3, 61),
    }


@pytest.mark.parametrize("pointer", ["/b", "/a/1", "/a/x", "/a/0/c", "/a/-1", "/a/²", "/a/" + "9" * 5000])
def test_a_pointer_to_nothing_has_no_place(pointer: str) -> None:
    assert read_facts(b'{"a": [1]}', "f").locate(pointer) is None


def test_a_text_that_the_yaml_reader_does_not_take_has_no_places() -> None:
    long_name = '{"' + "x" * 2000 + '": 1, "a": 2}'
    assert read_facts(long_name.encode(), "f.json").locate("/a") is None


def test_problems_found_later_get_their_places() -> None:
    parsed = read_facts(b"a: 1\nb: [x,\n  y]\n", "f.yaml")
    assert isinstance(parsed, ParsedFacts)
    error = parsed.placed(FactsError((Problem("/b/1", "wrong-type", "Wrong."), Problem("/c", "x", "Missing."))))
    assert [each.place for each in error.problems] == [Place("f.yaml", 3, 3), None]
    assert str(error).startswith("f.yaml:3:3: at /b/1: Wrong.")


@given(st.dictionaries(st.text(max_size=4), st.lists(st.text(max_size=4) | st.integers(), max_size=3), max_size=4))
def test_places_point_at_the_values_they_name(written: dict[str, list[Any]]) -> None:
    text = json.dumps(written, indent=1)
    locate = read_facts(text.encode(), "f.json").locate
    lines = text.split("\n")
    for key, values in written.items():
        for index, value in enumerate(values):
            place = locate("/" + key.replace("~", "~0").replace("/", "~1") + f"/{index}")
            if place is not None:  # a name with half a surrogate pair, or a control character, has none
                assert lines[place.line - 1][place.column - 1 :].rstrip(",") == json.dumps(value)


# ------------------------------------------------------------------------------------------------- files


def test_a_file_is_read_and_so_is_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_text("{}")
    assert read_file(path) == read_file(str(path)) == b"{}"
    reading, writing = os.pipe()
    os.write(writing, b"{}")
    os.close(writing)
    assert read_file(f"/dev/fd/{reading}") == b"{}"
    os.close(reading)


def test_a_file_that_cannot_be_read_is_one_problem(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(5_000_001)
    found = []
    for path in (large, tmp_path, tmp_path / "missing", Path("\0"), Path("/dev/zero")):
        with pytest.raises(FactsError) as caught:
            read_file(path)
        found += [each.code for each in caught.value.problems]
    assert found == ["file-too-large", "file-folder", "file-missing", "file-unreadable", "file-too-large"]
