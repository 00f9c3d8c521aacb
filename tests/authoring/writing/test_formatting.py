"""Formatting: the same values and comments, the same again the second time, and nothing too wide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from advise import KnowledgeBaseError
from advise.authoring.writing.formatting import WIDTH, formatted
from advise.knowledge_base import career_folder
from advise.source import Findings, plain, read_yaml

FILES = sorted(career_folder().rglob("*.yaml"))


def values(text: str) -> Any:
    node = read_yaml(text.encode(), "a.yaml", Findings())
    assert node is not None
    return plain(node)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_files_of_the_career_advice_keep_what_they_say(path: Path) -> None:
    text = path.read_text("utf-8")
    once = formatted(text, path.name)
    assert values(once) == values(text)
    assert once.count("#") == text.count("#")
    assert formatted(once, path.name) == once


def test_entries_that_do_not_fit_in_a_line_get_a_line_each() -> None:
    long = ", ".join(f"a_fact_with_a_long_name_{i}: {{at least: {i}}}" for i in range(4))
    text = f"when:\n- each job: {{{long}}} # a remark\n- {{short: [1,   2]}}\n"
    found = formatted(text, "a.yaml")
    assert "      a_fact_with_a_long_name_3: {at least: 3}\n" in found
    assert "  - {short: [1, 2]}\n" in found
    assert "# a remark" in found
    assert max(map(len, found.splitlines())) <= WIDTH


@pytest.mark.parametrize("text", ["a: 'x'\nb: \"y\"\n", "# only\n\na: no\n", "a: |\n  one\n\n  two\n", "- 1\n- 007\n"])
def test_quotes_blank_lines_and_words_that_look_like_values_stay(text: str) -> None:
    assert values(formatted(text, "a.yaml")) == values(text)
    assert formatted("a: 'x'\n", "a.yaml") == "a: 'x'\n"


def test_what_is_not_yaml_is_a_finding() -> None:
    with pytest.raises(KnowledgeBaseError, match="yaml-"):
        formatted("a: [1\n", "a.yaml")


words = st.sampled_from(["no", "on", "a text", "12:30", "007", "x" * 130, "two words " * 15 + "end", "a: b", "#"])
trees = st.recursive(
    words | st.booleans() | st.integers(-9, 9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcdef"), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(trees, min_size=1, max_size=4), st.sampled_from([None, False]))
def test_any_yaml_keeps_its_values_and_stays_as_it_is_once_formatted(data: Any, flow: bool | None) -> None:
    inner = {"first": 1, "rest": data, "last": 1}
    text = "# first\n" + yaml.safe_dump(inner, default_flow_style=flow, width=1000, sort_keys=False)
    text = text.rstrip() + "  # last\n"
    once = formatted(text, "a.yaml")
    assert values(once) == values(text)
    assert formatted(once, "a.yaml") == once
    assert once.startswith("# first\n") and once.rstrip().endswith("1  # last")
