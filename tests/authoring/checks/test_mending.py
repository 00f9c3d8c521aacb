"""Safe mends: they change what they say and nothing else, and nobody gets other advice by them."""

from __future__ import annotations

import random
import re
import shutil
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advise import KnowledgeBase
from advise.authoring.checks.check import Check
from advise.authoring.checks.checking import inspect
from advise.authoring.checks.mending import mend
from advise.authoring.checks.subject import Subject
from advise.authoring.checks.table import CHECKS
from advise.errors import Edit, Finding, Fix, Place, Severity
from advise.knowledge_base import career_folder
from advise.loading import read
from tests.authoring.checks.base import RULES, TODAY, lamps

UNTIDY = RULES.replace("Take a lamp along.", "Take  a   lamp along").replace(
    "bright lamp along.", "bright  lamp along."
)


def mended(folder: Path) -> str:
    """The rules after all mends."""
    return mend(folder, TODAY, texts=True).after.get("lamps.yaml", (folder / "lamps.yaml").read_bytes()).decode()


def test_spaces_and_stops_are_mended_and_the_rest_of_the_file_stays(tmp_path: Path) -> None:
    rules = "# a remark  with spaces\n" + UNTIDY
    result = mend(lamps(tmp_path, rules), TODAY, texts=True)
    assert result.after["lamps.yaml"].decode() == "# a remark  with spaces\n" + RULES
    assert result.before["lamps.yaml"].decode() == rules
    assert sorted(each.code for each in result.done) == ["full-stop", "text-spaces", "text-spaces"]
    assert (tmp_path / "lamps.yaml").read_text("utf-8") == rules, "the library itself writes nothing"


def test_line_ends_and_a_byte_order_mark_are_kept(tmp_path: Path) -> None:
    rules = "\ufeff" + UNTIDY.replace("\n", "\r\n")
    assert mended(lamps(tmp_path, rules)) == "\ufeff" + RULES.replace("\n", "\r\n")


def test_only_what_is_named_is_mended(tmp_path: Path) -> None:
    result = mend(lamps(tmp_path, UNTIDY), TODAY, ["full-stop"], texts=True)
    assert result.after["lamps.yaml"].decode() == UNTIDY.replace("lamp along,", "lamp along.,")


def test_what_is_allowed_is_left(tmp_path: Path) -> None:
    allow = "  # advise: allow text-spaces because it's a drawing\n  # advise: allow full-stop because it's a drawing\n"
    rules = UNTIDY.replace("  - id: lamp\n", allow + "  - id: lamp\n")
    assert "Take  a   lamp along," in mended(lamps(tmp_path, rules))


def test_a_knowledge_base_that_does_not_load_is_left_as_it_is(tmp_path: Path) -> None:
    result = mend(lamps(tmp_path, UNTIDY.replace("rain: true}", "rian: true}").replace("- rain:", "- rian:")), TODAY)
    assert (result.after, result.done, result.left) == ({}, (), ())


# ------------------------------------------------------------------------------------- mends that clash


def _check(*fixes: Fix) -> Check:
    """A check that finds something wherever one of the fixes still has its first edit to make."""

    def run(subject: Subject) -> list[Finding]:
        return [
            Finding(fix.edits[0].start, "text-spaces", fix.title, severity=Severity.WARNING, fix=fix)
            for fix in fixes
            if any(subject.files[edit.start.file].count(edit.text) == 0 for edit in fix.edits)
        ]

    return Check("text-spaces", Severity.WARNING, "made up", run)


def edit(line: int, start: int, end: int, text: str) -> Edit:
    return Edit(Place("lamps.yaml", line, start), Place("lamps.yaml", line, end), text)


def test_overlapping_mends_are_made_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = Fix("one", (edit(6, 12, 18, "Lantern"),), True), Fix("two", (edit(6, 12, 12, "Old "),), True)
    monkeypatch.setitem(CHECKS, "text-spaces", _check(one, two))
    result = mend(lamps(tmp_path), TODAY, ["text-spaces"], texts=True)
    assert "title: Old Lantern\n" in result.after["lamps.yaml"].decode()
    assert [each.sentence for each in result.done] == ["one", "two"]


def test_a_mend_that_breaks_the_rules_is_left_and_the_others_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = Fix("good", (edit(2, 8, 13, "Lanterns"),), True)
    bad = Fix("bad", (edit(3, 1, 7, "sauce"),), True)
    last = Fix("last", (edit(6, 12, 18, "A light"),), True)
    monkeypatch.setitem(CHECKS, "text-spaces", _check(good, bad, last))
    result = mend(lamps(tmp_path), TODAY, ["text-spaces"], texts=True)
    text = result.after["lamps.yaml"].decode()
    assert "title: Lanterns\nsource:" in text
    assert "title: A light\n" in text
    assert {each.sentence for each in result.done} == {"good", "last"}
    assert {each.sentence for each in result.left} == {"bad"}


def test_a_mend_that_is_not_safe_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CHECKS, "text-spaces", _check(Fix("unsafe", (edit(6, 12, 18, "A light"),))))
    assert mend(lamps(tmp_path), TODAY, ["text-spaces"]).after == {}


# ------------------------------------------------------------------------------------------------ laws

WORDS = st.lists(
    st.sampled_from(["lamp", "it's", "light", "100", "ä", "“so”", "café,", "no", "{{x}}"]), min_size=2, max_size=12
)
GAPS = st.sampled_from([" ", "  ", "   "])
STYLES = ("plain", "single", "double", "folded", "literal", "flow")


def _written(text: str, style: str) -> str:
    if style == "single":
        return "say: '" + text.replace("'", "''") + "'"
    if style == "double":
        return f'say: "{text}"'
    if style in ("folded", "literal"):
        return f"say: {'>-' if style == 'folded' else '|'}\n        {text}"
    return f"say: {text}"


@given(WORDS, st.data(), st.sampled_from(STYLES), st.booleans())
@settings(max_examples=60, deadline=None)
def test_in_whatever_way_a_text_is_written_its_words_stay(
    words: list[str], data: st.DataObject, style: str, stop: bool
) -> None:
    text = "Take" + "".join(data.draw(GAPS) + word for word in words).rstrip(",") + ("." if stop else "")
    if style == "flow":
        text = re.sub(r"[{},]", "", text)
        advise = f"advise: {{say: {text}, priority: safety, effort: small}}"
    else:
        advise = f"advise:\n      {_written(text, style)}\n      priority: safety\n      effort: small"
    rules = RULES.replace("advise: {say: Take a lamp along., priority: safety, effort: small}", advise)
    with TemporaryDirectory() as folder:
        after = _says(lamps(Path(folder), rules))
        lamps(Path(folder), mended(Path(folder)))
        assert _says(Path(folder)) == " ".join(after.split()) + ("" if after[-1] in ".}" else ".")
        assert mend(Path(folder), TODAY, texts=True).after == {}, "a second run has nothing to mend"


def _says(folder: Path) -> str:
    book, findings, _ = read(folder)
    assert book is not None, "\n".join(map(str, findings))
    (say,) = (rule.advise.say.parts["en"] for rule in book.rules if rule.id == "lamp" and rule.advise)
    return "".join(map(str, say))


def _spoilt(text: str, chance: random.Random) -> str:
    """Rules with spaces too many and stops too few in what is said."""

    def spoil(match: re.Match[str]) -> str:
        words = re.sub(r"(?<=[a-z]) (?=[a-z])", lambda _: "  " if chance.random() < 0.1 else " ", match[0])
        return words[:-2] + "\n" if words.endswith(".\n") and chance.random() < 0.5 else words

    return re.sub(r"(?<=say: >-\n)(?: {8}.*\n)+", spoil, text)


def test_the_advice_of_the_career_knowledge_base_is_the_same_after_mending(tmp_path: Path) -> None:
    chance, folder = random.Random(1), tmp_path / "rules"
    shutil.copytree(career_folder(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in folder.glob("*.yaml"):
        path.write_text(_spoilt(path.read_text("utf-8"), chance), "utf-8")
    before = _advice(folder)
    result = mend(folder, date(2026, 3, 1), texts=True)
    assert {code: sum(each.code == code for each in result.done) > 20 for code in ("full-stop", "text-spaces")} == {
        "full-stop": True,
        "text-spaces": True,
    }
    for name, content in result.after.items():
        (folder / name).write_bytes(content)
    assert _advice(folder) == before
    assert inspect(folder, date(2026, 3, 1)).clean


def _advice(folder: Path) -> list[str]:
    """The outcomes of some examples, without the hash of the rules and without spaces and stops."""
    base = KnowledgeBase.load(folder)
    outcomes = (base.advise(each.facts, as_of=each.as_of).to_dict() for each in read(folder)[2][::20])
    return [re.sub(r"[\s.]+", "", repr({**outcome, "knowledge_base": None})) for outcome in outcomes]
