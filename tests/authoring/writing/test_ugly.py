"""The ugly writer, by itself: what it writes says what it was given."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from advise.source import Findings, plain, read_yaml
from tests.ugly import Ugly

texts = st.sampled_from(
    ["plain", "two words", "no", "it's", 'a "b"', "a: b", "{x.y} is so, or so", "über 🚲", "a #b", "007", "0x1F"]
)
leaves = texts | st.booleans() | st.none() | st.sampled_from([0, 1, 1000, 2.5, 7])
data = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=15
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(texts, data, min_size=1, max_size=4), st.integers(0, 10**6))
def test_what_is_written_reads_back(values: dict[str, object], seed: int) -> None:
    text = Ugly(Random(seed)).text(values)
    findings = Findings()
    node = read_yaml(text, "a.yaml", findings)
    assert not [each for each in findings.all if each.code != "yaml-key"], text
    assert node is not None
    assert plain(node) == values, text
