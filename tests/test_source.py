"""YAML as experts mean it: positions, plain values, and a finding for whatever is wrong."""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from advise.errors import Place
from advise.source import (
    Findings,
    MappingNode,
    Node,
    Scalar,
    SequenceNode,
    at,
    plain,
    read_yaml,
    read_yaml_file,
    resolved,
)


def read(text: str | bytes) -> tuple[Node | None, Findings]:
    findings = Findings()
    return read_yaml(text, "rules.yaml", findings), findings


def value(text: str) -> object:
    node, findings = read(text)
    assert node is not None, findings.all
    assert not findings, findings.all
    return plain(node)


def codes(text: str | bytes) -> list[str]:
    return [each.code for each in read(text)[1].all]


# ---------------------------------------------------------------------------------------------- values


@pytest.mark.parametrize("word", ["no", "NO", "yes", "on", "off", "y", "12:30", "2024-03-05", "007", "1.0.0", "1_000"])
def test_what_yaml_1_1_would_change_stays_text(word: str) -> None:
    assert value(f"a: {word}") == {"a": word}


@pytest.mark.parametrize("word", ["0x1F", "0o17", "1.", "+", "-", ".", "e3", ".inf", ".nan", "1e999", "1-2", "٣"])
def test_what_only_looks_like_a_number_stays_text(word: str) -> None:
    assert resolved(word) == word


@pytest.mark.parametrize(
    ("word", "number"),
    [("0", 0), ("-7", -7), ("+7", 7), ("1.5", 1.5), (".5", 0.5), ("1e3", 1000), ("2.5E-1", 0.25), ("1e20", 1e20)],
)
def test_numbers_are_numbers(word: str, number: float) -> None:
    assert resolved(word) == number
    assert type(resolved(word)) is type(number)


def test_only_true_and_false_are_booleans_and_null_is_null() -> None:
    text = "[true, True, TRUE, false, null, ~, Null, ]"
    assert value(text) == [True, True, True, False, None, None, None]


def test_quoted_scalars_and_blocks_are_text_and_say_so() -> None:
    node, _ = read("a: 'true'\nb: \"3\"\nc: |\n  4\nd: no\n")
    assert isinstance(node, MappingNode)
    scalars = {key: each for key, each in node.items.items() if isinstance(each, Scalar)}
    assert {key: (each.value, each.quoted) for key, each in scalars.items()} == {
        "a": ("true", True),
        "b": ("3", True),
        "c": ("4\n", True),
        "d": ("no", False),
    }


def test_places_count_lines_and_columns_from_one_in_characters() -> None:
    node, _ = read("# first\nà é: [ü, {b: x}]\n")
    assert isinstance(node, MappingNode)
    assert node.keys["à é"] == Place("rules.yaml", 2, 1)
    found = at(node, ["à é", 1, "b"])
    assert isinstance(found, Scalar)
    assert found.place == Place("rules.yaml", 2, 14)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_counts(end: str) -> None:
    node, _ = read(f"\ufeffa: 1{end}b:{end}  - c{end}")
    assert plain(node) == {"a": 1, "b": ["c"]} if node else None
    found = at(node, ["b", "0"]) if node else None
    assert found is not None
    assert (found.place.line, found.place.column) == (3, 5)


def test_a_path_that_leads_nowhere_gives_none() -> None:
    node, _ = read("a: [1]")
    assert node is not None
    paths: list[list[str | int]] = [["b"], ["a", 1], ["a", -1], ["a", 0, "c"], ["a", "²"]]
    assert [at(node, path) for path in paths] == [None] * 5


# -------------------------------------------------------------------------------------------- findings


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: 1\nb: 2\na: 3", "yaml-duplicate-key", 3, 1),
        ("a: &x 1", "yaml-alias", 1, 4),
        ("a: 1\nb: *x", "yaml-alias", 2, 4),
        ("*x : 1", "yaml-alias", 1, 1),
        ("a: !secret x", "yaml-tag", 1, 4),
        ("a: !!python/object:os.system {}", "yaml-tag", 1, 4),
        ("<<: {a: 1}", "yaml-merge-key", 1, 1),
        ("a: 1\n---\nb: 2", "yaml-documents", 2, 1),
        ("a: 1\n...\nb: 2", "yaml-syntax", 3, 1),
        ("1: a", "yaml-key", 1, 1),
        ("true: a", "yaml-key", 1, 1),
        ("a: 1\n[b]: c", "yaml-key", 2, 1),
        ("? {a: 1}\n: c", "yaml-key", 1, 3),
        ("{: c}", "yaml-syntax", 1, 2),
        ("{a, ? : c}", "yaml-key", 1, 7),
        ("%YAML 1.2\n---\na: 1", "yaml-directive", 1, 1),
        ("a:\n\tb: 1", "yaml-syntax", 2, 1),
        ("a: 'b\nc: 1", "yaml-syntax", 1, 4),
        ("say: one: two", "yaml-syntax", 1, 9),
        ("say: {job.title} is x", "yaml-syntax", 1, 18),
        ("a: @b", "yaml-syntax", 1, 4),
        ('a: "\\d"', "yaml-syntax", 1, 5),
        ("a: [1, 2", "yaml-syntax", 1, 4),
        ("a: b\x00c", "yaml-character", 1, 5),
        ("a: b\n c\u2028d", "yaml-character", 2, 3),
        ("a: \ud800", "yaml-character", 1, 4),
        (b"a: 1\nb: caf\xe9", "yaml-encoding", 2, 7),
        ("a: 1".encode("utf-16"), "yaml-encoding", 1, 1),
        (bytes(range(256)), "yaml-encoding", 3, 115),
        ("", "yaml-empty", 1, 1),
        ("# nothing\n", "yaml-empty", 1, 1),
        ("---\n", "yaml-empty", 1, 1),
        ("- " * 70, "yaml-too-deep", 1, 129),
    ],
)
def test_each_thing_wrong_is_a_finding_in_its_place(text: str | bytes, code: str, line: int, column: int) -> None:
    _, findings = read(text)
    assert [(each.code, each.place.line, each.place.column) for each in findings.all] == [(code, line, column)]
    assert findings.all[0].sentence.endswith(".")


def test_brackets_without_end_are_nested_too_deeply_whatever_the_parser_makes_of_them() -> None:
    _, findings = read("[" * 100_000)
    assert [(each.code, each.place.line) for each in findings.all] == [("yaml-too-deep", 1)]


def test_what_can_be_read_is_returned_beside_the_findings() -> None:
    node, findings = read("a: &x 1\nb: !t [2]\nc: 3\nc: {d: 4}\n5: e")
    assert node is not None
    assert plain(node) == {"a": 1, "b": [2], "c": 3, "5": "e"}
    assert [each.code for each in findings.all] == ["yaml-alias", "yaml-tag", "yaml-duplicate-key", "yaml-key"]


def test_a_text_that_starts_with_a_brace_gets_the_hint_to_quote_it() -> None:
    assert "quotes" in read("say: {job.title} is x")[1].all[0].hint


def test_a_document_may_start_and_end_with_its_marks() -> None:
    assert value("---\na: 1\n... # end\n# really\n") == {"a": 1}


def test_a_finding_shows_its_line_and_marks_the_column() -> None:
    text = str(read("a: 1\nb: @x # no\n")[1].all[0])
    assert text.splitlines()[1:3] == ["  b: @x # no", "     ^"]


def test_excerpts_of_very_long_lines_and_invisible_characters_stay_readable() -> None:
    findings = Findings()
    findings.know("f", "a\x1b[31m" + "x" * 500)
    findings.add("code", Place("f", 1, 2), "One.")
    findings.add("code", Place("f", 1, 400), "Two.")
    findings.add("code", Place("f", 9, 1), "Three.")
    findings.add("code", Place("other", 1, 1), "Four.")
    assert [len(each.excerpt) for each in findings.all] == [200, 0, 0, 0]
    assert findings.all[0].excerpt.startswith("a [31mx")


def test_findings_are_sorted_and_said_once() -> None:
    findings = Findings()
    assert not findings
    for line in (2, 1, 2):
        findings.add("b", Place("f", line), "Wrong.")
    assert [each.place.line for each in findings.all] == [1, 2]
    assert len(findings) == 2


def test_after_fifty_findings_reading_stops() -> None:
    node, findings = read("- &a x\n" * 200)
    assert node is None
    assert len(findings) == 50


# ------------------------------------------------------------------------------------- hostile and large

SIZE = 2_000_000
PATIENCE = 2 if sys.gettrace() is None else 10  # measuring coverage is slow
HOSTILE = {
    "open brackets": "[" * SIZE,
    "open braces": "{" * SIZE,
    "open quote": '"' + "a" * (SIZE - 1),
    "dashes": "- " * (SIZE // 2),
    "question marks": "? " * (SIZE // 2),
    "flat list": "[" + "a," * (SIZE // 2 - 1) + "]",
    "many keys": "".join(f"k{number}: 1\n" for number in range(180_000)),
    "aliases": "[" + "*a," * (SIZE // 3 - 1) + "]",
    "tags": "- !a x\n" * (SIZE // 7),
    "the same key": "a: 1\n" * (SIZE // 5),
    "tag directives": "".join(f"%TAG !a{number}! x\n" for number in range(100_000)) + "--- a\n",
    "tag directives later": "a\n...\n" + "".join(f"%TAG !a{number}! x\n" for number in range(100_000)) + "--- a\n",
    "documents": "---\n" * (SIZE // 4),
    "document ends": "a\n" + "...\n" * (SIZE // 4 - 1),
    "empty lines": "\n" * SIZE,
    "comments": "#\n" * (SIZE // 2),
    "spaces": " " * SIZE,
    "tabs": "\t" * SIZE,
    "stars": "*" * SIZE,
    "too large": "x" * 50_000_000,
    "alias bomb": "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in pairwise("abcdefgh")),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_ends_in_a_finding_within_two_seconds(name: str) -> None:
    start = time.process_time()
    _, findings = read(HOSTILE[name])
    assert time.process_time() - start < PATIENCE
    assert findings


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in kilobytes on Linux only")
def test_hostile_text_takes_little_memory() -> None:
    child = os.fork()
    if child == 0:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for text in HOSTILE.values():
            read(text)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        os._exit(0 if grown < 400_000 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    node, findings = read(data)
    assert node is not None or findings


@given(st.text(alphabet="ab:-[]{},?*&!|>'\"%@`#\\~<.0 \n\t\r\u00e9\ufeff\u2028", max_size=60))
def test_no_text_raises(text: str) -> None:
    node, findings = read(text)
    assert node is not None or findings


visible = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn"], exclude_characters="\ufeff")
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(-1e15, 1e15)
    | st.text(visible, max_size=8).filter(lambda text: resolved(text) == text),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcde"), inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_what_yaml_writes_is_read_back(written: object) -> None:
    text = yaml.safe_dump({"v": written}, allow_unicode=True, sort_keys=False)
    node, findings = read(text)
    if not findings:  # an object that stands twice is written as an alias
        assert node is not None
        assert plain(node) == {"v": written}


def test_lists_and_mappings_know_their_kind() -> None:
    node, _ = read("- a: 1")
    assert isinstance(node, SequenceNode)
    assert isinstance(node.items[0], MappingNode)


# ----------------------------------------------------------------------------------------------- files


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\n")
    findings = Findings()
    node = read_yaml_file(path, "a.yaml", findings)
    assert node is not None
    assert plain(node) == {"a": 1}
    assert not findings


def test_a_file_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    with large.open("wb") as file:
        file.truncate(50_000_000)
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    loop = tmp_path / "loop.yaml"
    loop.symlink_to(loop)
    findings = Findings()
    for path in (large, pipe, loop, tmp_path, tmp_path / "missing.yaml", Path("\0")):
        assert read_yaml_file(path, path.name, findings) is None
    assert sorted(each.code for each in findings.all) == [
        "file-folder",
        "file-kind",
        "file-missing",
        "file-unreadable",
        "file-unreadable",
        "yaml-too-large",
    ]


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this system has no permissions of this kind")
def test_a_file_without_permission_is_a_finding() -> None:
    findings, user = Findings(), os.geteuid()
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).chmod(0o000)
        if user == 0:  # who may read everything
            os.seteuid(65534)
        read_yaml_file(Path(file.name), "a.yaml", findings)
        os.seteuid(user)
    assert [each.code for each in findings.all] == ["file-permission"]
