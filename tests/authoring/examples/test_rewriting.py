"""Expectations are rewritten in their file, and nothing else is, however the file is written."""

from __future__ import annotations

import re
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advise.authoring.examples.rewriting import rewritten
from advise.authoring.writing.remarks import Remarks
from advise.authoring.writing.scalars import flow
from advise.errors import AdviseError, Place
from advise.source import Findings, plain, read_yaml

WORDS = ("given", "not given", "first", "later", "not now", "open", "fires", "not fires", "asks")
NAMES = ("water", "feed", "wait-a-bit", "see-1", "told")
TEXTS = (
    *("spring", "null", "yes", "12", "a: b", 'say "so"', "it's # no remark"),
    *("{x}", "", "ä - ö", "007", "two words"),
)


def value(text: str) -> Any:
    findings = Findings()
    node = read_yaml(text, "x.yaml", findings)
    assert node is not None, findings.all
    assert not findings, findings.all
    return plain(node)


class Files:
    """Writes example files as people do, each in some style of its own, with remarks."""

    def __init__(self, seed: int, remarks: bool) -> None:
        self.random = Random(seed)
        self.remarks = remarks
        self.line_end = self.random.choice(["\n", "\n", "\r\n"])

    def expect(self) -> dict[str, Any]:
        """Some expectations."""
        chosen = self.random.sample(WORDS, self.random.randrange(1, 4))
        found: dict[str, Any] = {word: self.random.sample(NAMES, self.random.randrange(1, 4)) for word in chosen}
        if self.random.random() < 0.4:
            names = self.random.sample(["bed.thirsty", "season", "visits"], self.random.randrange(1, 3))
            found["conclusions"] = {name: self.random.choice([True, False, 3, 2.5, *TEXTS]) for name in names}
        if self.random.random() < 0.4:
            found["settled"] = self.random.random() < 0.5
        if self.random.random() < 0.2:
            found["later"] = []
        return found

    def remark(self) -> str:
        """Perhaps a remark behind a line."""
        return "  # a remark" if self.remarks and self.random.random() < 0.3 else ""

    def flow(self, expect: Any, wide: bool, indent: str) -> str:
        if isinstance(expect, dict):
            parts = [f"{self.key(name)}: {self.flow(each, False, '')}" for name, each in expect.items()]
            opening, closing = "{", "}"
        elif isinstance(expect, list):
            parts, (opening, closing) = [self.flow(each, False, "") for each in expect], "[]"
        else:
            return flow(expect)
        if not wide or not parts:
            return opening + ", ".join(parts) + closing
        lines = [f"{indent}  {part},{self.remark()}" for part in parts]
        return "\n".join([opening + self.remark(), *lines, f"{indent}{closing}"])

    def key(self, name: str) -> str:
        return self.random.choice([name, name, f'"{name}"'])

    def block(self, expect: dict[str, Any], indent: str) -> str:
        lines = []
        for name, each in expect.items():
            if self.remarks and self.random.random() < 0.2:
                lines.append(f"{indent}# above")
            if isinstance(each, dict) and self.random.random() < 0.5:
                lines.append(f"{indent}{self.key(name)}:{self.remark()}")
                lines += [f"{indent}  {key}: {flow(one)}{self.remark()}" for key, one in each.items()]
            elif isinstance(each, list) and each and self.random.random() < 0.5:
                lines.append(f"{indent}{self.key(name)}:{self.remark()}")
                inner = indent + self.random.choice(["", "  ", "    "])
                lines += [f"{inner}-{self.random.choice([' ', '   '])}{flow(one)}{self.remark()}" for one in each]
            else:
                wide = self.random.random() < 0.3
                lines.append(f"{indent}{self.key(name)}: {self.flow(each, wide, indent)}{self.remark()}")
        return "\n" + "\n".join(lines)

    def file(self, expect: dict[str, Any]) -> tuple[str, Place]:
        """A whole file, and where the example stands in it."""
        indent = self.random.choice(["", "        "])
        style = self.random.choice(["line", "wide", "block", "block"])
        body = (
            self.block(expect, indent + "  ") if style == "block" else " " + self.flow(expect, style == "wide", indent)
        )
        after = self.random.choice(["", "why: [A reason]\n", "# the end\n", "\n\n# the end"])
        if not indent:
            text = f"# A person.\nname: Ann\nfacts: {{rides: []}}  # none\nexpect:{body}\n{after}"
            place = Place("x.yaml", 2, 1)
        else:
            before = "rules:\n  - id: water\n    examples:\n      - {name: other, facts: {}, expect: {given: [x]}}\n"
            rest = "\n      # the next\n      - {name: last, facts: {}, expect: {given: [y]}}\n"
            text = f"{before}      - name: one\n        facts: {{}}\n        expect:{body}{rest}"
            place = Place("x.yaml", 5, 9)
        if self.random.random() < 0.3:
            text = text.rstrip("\n")
        return text.replace("\n", self.line_end), place


def expected(found: Any) -> Any:
    """The expectations of the example that the generated files are about."""
    return found["expect"] if "name" in found else found["rules"][0]["examples"][1]["expect"]


def is_changed_only_inside(before: str, after: str, old: dict[str, Any], new: dict[str, Any]) -> bool:
    was, now = value(before), value(after)
    assert (expected(was), expected(now)) == (old, new)
    for each in (was, now):
        expected(each).clear()
    return bool(was == now)


@given(st.integers(0, 2**32), st.integers(0, 2**32))
@settings(max_examples=400, deadline=None)
def test_without_remarks_any_expectations_can_be_rewritten(seed: int, other: int) -> None:
    files = Files(seed, remarks=False)
    old, new = files.expect(), Files(other, remarks=False).expect()
    before, place = files.file(old)
    after = rewritten(before, place, new)
    assert is_changed_only_inside(before, after, old, new)
    start = before.index("expect:", before.index("name: one") if "name: one" in before else 0)
    assert after.startswith(before[:start])
    assert before.endswith("\n") == after.endswith("\n")
    assert ends(before) == ends(after)


def ends(text: str) -> set[str]:
    """The kinds of line ends in a text."""
    return set(re.findall(r"\r\n|\r|\n", text))


@given(st.integers(0, 2**32), st.integers(0, 2**32))
@settings(max_examples=400, deadline=None)
def test_with_remarks_they_stay_or_nothing_is_changed(seed: int, other: int) -> None:
    files = Files(seed, remarks=True)
    old, new = files.expect(), Files(other, remarks=False).expect()
    before, place = files.file(old)
    try:
        after = rewritten(before, place, new)
    except AdviseError:
        return  # that it says so is tested below
    assert is_changed_only_inside(before, after, old, new)
    assert sorted(Remarks(before).all) == sorted(Remarks(after).all)


@given(st.integers(0, 2**32))
@settings(max_examples=200, deadline=None)
def test_the_same_expectations_leave_every_byte(seed: int) -> None:
    files = Files(seed, remarks=True)
    old = files.expect()
    before, place = files.file(old)
    assert rewritten(before, place, old) == before


@pytest.mark.parametrize("text", [*TEXTS, "\u007f", "a\nb", "\t", "- x", "~", "1e3", "2024-01-02", "true", "No", "é"])
def test_a_text_is_written_so_that_it_reads_as_the_same_text(text: str) -> None:
    assert value(f"x: {flow(text)}\n") == {"x": text}
    assert value(f"x: {flow([text, {text or 'k': text}])}\n") == {"x": [text, {text or "k": text}]}


@pytest.mark.parametrize(
    ("expect", "new", "wanted"),
    [
        ("{given: [a, b], open: [c]}", {"given": ["b"], "open": ["c", "a"]}, "{given: [b], open: [c, a]}"),
        ("{given: [a]}", {"not given": ["a"]}, "{not given: [a]}"),
        ("{ given: [ a ] }", {"given": ["a", "b"]}, "{ given: [ a, b ] }"),
        (
            "\n    given:\n      - a  # first\n      - b",
            {"given": ["b", "a"]},
            "\n    given:\n      - b\n      - a  # first",
        ),
        (
            "\n    given: [a]\n    settled: true",
            {"settled": False, "open": ["a"]},
            "\n    settled: false\n    open: [a]",
        ),
        ("\n    given:\n    - a", {"given": ["a"], "open": ["b"]}, "\n    given:\n    - a\n    open:\n      - b"),
    ],
)
def test_the_style_stays(expect: str, new: dict[str, Any], wanted: str) -> None:
    text = f"cases:\n- name: x\n  facts: {{}}\n  expect: {expect}\n- name: y\n  facts: {{}}\n  expect: {{given: [z]}}\n"
    assert rewritten(text, Place("c.yaml", 2, 3), new) == text.replace(f"expect: {expect}\n", f"expect: {wanted}\n", 1)


@pytest.mark.parametrize(
    "expect",
    [
        "\n    given: [a]  # since May",
        "\n    given:\n      - a  # since May",
        "{\n    given: [a],  # since May\n    open: [b]\n  }",
    ],
)
def test_a_remark_is_not_lost_with_what_it_is_about(expect: str) -> None:
    text = f"cases:\n- name: x\n  facts: {{}}\n  expect: {expect}\n"
    with pytest.raises(AdviseError, match=r"c\.yaml:2:3: a remark would be lost"):
        rewritten(text, Place("c.yaml", 2, 3), {"open": ["b"], "not given": ["a"]})


def test_where_the_example_is_gone_that_is_said() -> None:
    with pytest.raises(AdviseError, match="there's no example here any more"):
        rewritten("cases: []\n", Place("c.yaml", 2, 3), {"given": ["a"]})
    with pytest.raises(AdviseError, match="can't be read any more"):
        rewritten("cases: [\n", Place("c.yaml", 2, 3), {"given": ["a"]})
