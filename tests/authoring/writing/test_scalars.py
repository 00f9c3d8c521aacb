"""Values as they're written: they read back as the same, in a block and in braces."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from advise.authoring.writing.scalars import flow, scalar
from advise.source import Findings, plain, read_yaml

texts = st.text(
    st.characters(blacklist_categories=("Cs",)) | st.sampled_from("\x7f\x85\u2028\ufeff\ufffe"), max_size=12
)
odd = st.sampled_from(
    ["no", "on", "12:30", "007", "1e3", "2024-03", "null", "~", "a: b", "a #b", "- a", "it's", "? a", "x ", "=", "<<"]
)
values = st.recursive(
    texts | odd | st.booleans() | st.none() | st.integers(-999, 999) | st.floats(-9, 9).map(lambda x: round(x, 2)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts.filter(bool) | odd, inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_a_value_reads_back_as_it_was(value: Any) -> None:
    findings = Findings()
    node = read_yaml(f"key: {flow(value)}\n", "a.yaml", findings)
    assert node is not None
    assert not [each for each in findings.all if each.code != "yaml-key"]
    if not findings:
        assert plain(node) == {"key": value}


def test_plain_where_it_can_be_and_in_quotes_where_it_must() -> None:
    assert [scalar(text) for text in ("It's so", "5 years ago", "2024-03-05")] == [
        "It's so",
        "5 years ago",
        "2024-03-05",
    ]
    assert [scalar(text) for text in ("no", "a: b", "12", "")] == ['"no"', '"a: b"', '"12"', '""']
