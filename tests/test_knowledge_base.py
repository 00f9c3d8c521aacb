"""The library's front door."""

from __future__ import annotations

import copy
import json
import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

import advise
from advise import AdviseError, FactsError, KnowledgeBase, KnowledgeBaseError, UsageError
from tests.evaluate.base import folder

PERSON: dict[str, Any] = {
    "jobs": [{"title": "Kellner", "field": "bartending", "current": True, "start": "2024"}],
    "careers": [{"field": "bartending", "wanted": True}],
    "goals": [],
}


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return KnowledgeBase.load()


def test_the_career_knowledge_base_loads_by_itself(base: KnowledgeBase) -> None:
    assert (base.name, base.languages) == ("career", ("en",))
    assert base.version in repr(base)
    assert base.title


@pytest.mark.parametrize("as_of", [date(2026, 1, 15), datetime(2026, 1, 15, 12), "2026-01-15"])
def test_the_day_may_be_a_date_or_a_text(base: KnowledgeBase, as_of: date | str) -> None:
    assert base.advise(PERSON, as_of=as_of).as_of == "2026-01-15"


def test_without_a_day_it_is_today(base: KnowledgeBase) -> None:
    assert date.fromisoformat(base.advise(PERSON).as_of) - date.today() <= date.resolution


@pytest.mark.parametrize("as_of", ["yesterday", "2026-02-30", 7])
def test_a_day_that_is_none_is_refused(base: KnowledgeBase, as_of: Any) -> None:
    with pytest.raises(FactsError, match="isn't a date"):
        base.advise(PERSON, as_of=as_of)


def test_both_evaluators_give_the_same_bytes(base: KnowledgeBase) -> None:
    found = {base.advise(PERSON, as_of="2026-01-15", evaluator=each).to_json() for each in ("compiled", "reference")}
    assert len(found) == 1


def test_what_it_does_not_have_is_refused_by_name(base: KnowledgeBase) -> None:
    with pytest.raises(UsageError, match="speaks en, not tlh"):
        base.advise(PERSON, language="tlh")
    with pytest.raises(UsageError, match="no evaluator 'magic'"):
        base.advise(PERSON, evaluator="magic")


def test_facts_are_neither_changed_nor_logged(base: KnowledgeBase, caplog: pytest.LogCaptureFixture) -> None:
    facts = copy.deepcopy(PERSON)
    with caplog.at_level(logging.DEBUG):
        outcome = base.advise(facts, as_of="2026-01-15")
        outcome.to_json()
    assert facts == PERSON
    assert "Kellner" not in caplog.text
    assert "Kellner" not in repr(outcome)
    assert "Kellner" in outcome.to_json()


def test_threads_may_share_a_knowledge_base(tmp_path: Path) -> None:
    shared = KnowledgeBase.load(
        folder(tmp_path, "  - {id: x, title: T, when: [{note: true}], conclude: {other: true}}\n")
    )
    people = [{"age_of_bike": n % 50, "rides": [{"km": n}]} for n in range(200)]
    alone = [shared.advise(each, as_of="2026-01-15").to_json() for each in people]
    fresh = KnowledgeBase.load(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda each: fresh.advise(each, as_of="2026-01-15").to_json(), people))
    assert together == alone


def test_days_do_not_mix_between_threads(base: KnowledgeBase) -> None:
    days = ["2026-01-15", "2020-01-15"] * 40
    alone = {day: base.advise(PERSON, as_of=day).to_json() for day in days}
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda day: base.advise(PERSON, as_of=day).to_json(), days))
    assert together == [alone[day] for day in days]


def test_a_folder_with_findings_raises_them_all(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeBaseError) as caught:
        KnowledgeBase.load(folder(tmp_path, "  - {id: a, title: T, when: [{helmt: true}, {use: sometimes}]}\n"))
    codes = {finding.code for finding in caught.value.findings}
    assert len(codes) >= 3
    assert "helmet" in str(caught.value)


def test_every_error_has_one_base() -> None:
    for error in (FactsError, KnowledgeBaseError, UsageError):
        assert issubclass(error, AdviseError)


def test_all_names_of_the_package_are_there() -> None:
    assert all(hasattr(advise, name) for name in advise.__all__)


def test_the_outcome_is_json_with_the_ten_keys(base: KnowledgeBase) -> None:
    assert list(json.loads(base.advise(PERSON, as_of="2026-01-15").to_json())) == [
        "knowledge_base", "as_of", "settled", "given", "not_now", "open", "questions", "conclusions", "conflicts",
        "referral",
    ]  # fmt: skip


def test_errors_survive_the_way_between_processes() -> None:
    import pickle

    with pytest.raises(FactsError) as caught:
        KnowledgeBase.load().advise({"jbos": []})
    back = pickle.loads(pickle.dumps(caught.value))
    assert back.problems == caught.value.problems
    assert str(back) == str(caught.value)


def test_without_the_extra_for_tables_a_sentence_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "numpy", None)
    for name in [name for name in sys.modules if name.startswith("advise.evaluate.columnar")]:
        monkeypatch.delitem(sys.modules, name)
    base = KnowledgeBase.load()
    with pytest.raises(UsageError, match=r"(pyarrow|numpy) is needed: pip install 'advise-engine\[columnar\]'"):
        base.advise_table({})
    with pytest.raises(UsageError, match=r"numpy is needed: pip install 'advise-engine\[columnar\]'"):
        base.evaluate(base.case({}), "columnar")
