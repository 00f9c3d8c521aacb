"""A rule put into a rule file: it's there, it's the last, and everything else is as it was, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from advise.authoring.writing.insertion import with_rule
from advise.errors import AdviseError
from advise.knowledge_base import career_folder
from advise.source import Findings, plain, read_yaml

RULE = "- id: extra\n  title: Extra\n\n  advise: {say: Do it.}\n"
HEAD = "topic: t\ntitle: T\n"
ONE = "rules:\n  - id: one\n    title: One\n"
AT = "<+>"
"""Where the rule should stand in a text."""

PLACES = [
    f"{HEAD}{ONE}{AT}",
    f"{HEAD}{ONE}    # about one\n{AT}\n# about what follows\ntables: {{}}\n",
    f"{HEAD}{ONE}    when: [a: 1]   # a remark\n\n    # steps: [b]\n{AT}\n  # ---- more\n",
    f"{HEAD}rules:\n- id: one\n  title: One\n{AT}\ncomputed: {{}}\n",
    f"{HEAD}rules:\n    - id: one\n      note: |\n        two\n          lines\n{AT}\n\n\ncomputed:\n",
    f"{HEAD}rules:\n  - id: one\n    note: >-\n      two\n      lines\n{AT}",
    f"{HEAD}rules:\n  - id: one\n    when:\n      - each job:\n          end: {{known: true}}\n{AT}parameters: {{}}\n",
    f"{HEAD}rules:\n  - id: one\n    note:\n{AT}",
    f"{HEAD}rules:\n  - {{id: one, title: One}}\n{AT}\n...\n",
    f"{HEAD}rules: # none yet\n{AT}computed: {{}}\n",
    f"{HEAD}rules:\n{AT}",
    f"rules:\n  - id: eins\n    title: Über „Ü”\n{AT}\n{HEAD}",
]


def values(text: str) -> dict[str, object]:
    found = plain(read_yaml(text, "a.yaml", Findings()))  # type: ignore[arg-type]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("text", PLACES)
def test_a_rule_comes_after_the_last_and_nothing_else_changes(text: str, newline: str) -> None:
    text = text.replace("\n", newline)
    before, after = text.split(AT)
    written = with_rule(before + after, RULE, "a.yaml")
    assert written.startswith(before)
    assert written.endswith(after)
    added = written[len(before) : len(written) - len(after)]
    assert added.replace("\r\n", "\n").strip().startswith("- id: extra")
    assert ("\r" in added) == (newline == "\r\n")
    assert added.count("\n") == added.count(newline)
    rules = values(written)["rules"]
    assert isinstance(rules, list) and rules[-1] == {"id": "extra", "title": "Extra", "advise": {"say": "Do it."}}


@pytest.mark.parametrize("text", [HEAD.rstrip("\n"), HEAD, HEAD + "computed: {}\n# the end", HEAD + "rules: []\n"])
def test_a_file_without_rules_gets_the_section(text: str) -> None:
    written = with_rule(text, RULE, "a.yaml")
    assert written.startswith(text.replace(" []\n", ""))
    assert values(written)["rules"] == values("rules:\n" + RULE)["rules"]


def test_a_last_line_without_an_end_gets_one() -> None:
    assert with_rule(HEAD + ONE.rstrip("\n"), RULE, "a.yaml") == with_rule(HEAD + ONE, RULE, "a.yaml")


@pytest.mark.parametrize("path", sorted(career_folder().glob("*.yaml")), ids=lambda path: path.stem)
def test_any_file_of_the_career_advice_takes_one(path: Path) -> None:
    text = path.read_text("utf-8")
    written = with_rule(text, RULE, path.name)
    lines = text.splitlines()
    assert [line for line in written.splitlines() if line.strip()][: len(lines)] != []
    kept = iter(written.splitlines())
    assert all(line in kept for line in lines)  # in this order
    assert len(values(written)["rules"]) == len(values(text).get("rules", [])) + 1  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", [HEAD + "rules: [{id: one, title: One}]\n", "{topic: t, title: T}\n", "- 1\n", "a: [\n"]
)
def test_where_there_is_no_place_for_a_rule_that_is_said(text: str) -> None:
    with pytest.raises(AdviseError, match=r"a\.yaml"):
        with_rule(text, RULE, "a.yaml")
