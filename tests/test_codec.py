"""Rulebooks survive being written as JSON and read back."""

from __future__ import annotations

import json
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advise.codec import decode, encode
from advise.knowledge_base import career_folder
from advise.loading import load
from tests.generated import KnowledgeBases


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_a_generated_rulebook_comes_back_equal(seed: int) -> None:
    rulebook = KnowledgeBases(Random(seed)).rulebook()
    assert decode(json.loads(json.dumps(encode(rulebook)))) == rulebook


def test_the_career_rulebook_comes_back_equal_with_its_places() -> None:
    rulebook = load(career_folder())
    back = decode(json.loads(json.dumps(encode(rulebook))))
    assert back == rulebook
    assert [rule.place for rule in back.rules] == [rule.place for rule in rulebook.rules]


def test_values_that_compare_equal_but_differ_in_type_stay_apart() -> None:
    value = ((1,), (True,), (1.0,), (None, "x"), {"a": date(2024, 1, 1)}, frozenset({"b"}), [1])
    back = decode(json.loads(json.dumps(encode(value))))
    assert back == value
    assert [type(part[0]) for part in back[:3]] == [int, bool, float]


def test_what_a_rulebook_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError, match="complex"):
        encode(1j)
