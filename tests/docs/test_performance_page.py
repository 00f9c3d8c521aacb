"""docs/performance.md is what its generator makes of the results, and what is measured gives equal answers."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import DOCS, ROOT

TINY = 12
pytestmark = pytest.mark.skipif(not (ROOT / "bench").is_dir(), reason="bench/ is only in the checkout")


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Imports modules of bench/ by name."""
    monkeypatch.syspath_prepend(str(ROOT / "bench"))
    monkeypatch.setenv("ADVISE_CACHE_DIR", "off")
    return import_module


def test_the_page_is_what_the_generator_makes_of_the_results(bench: Any) -> None:
    made = bench("page").page(bench("results").load())
    assert (DOCS / "performance.md").read_text("utf-8") == made, "run `python bench/page.py`"


@pytest.mark.parametrize("engine", ["evaluate", "given_ids", "columnar-row"])
def test_our_engines_say_what_hand_written_code_does(engine: str, bench: Any, tmp_path: Path) -> None:
    if engine == "columnar-row":
        pytest.importorskip("pyarrow", reason="the extra `columnar` isn't installed")
    by_hand, workload, peers = bench("by_hand"), bench("workload"), bench("peers")
    rules = workload.make_rules(by_hand.Writer(complete=True).conditions)
    hand = by_hand.by_hand(rules, complete=True)
    made = peers.find(engine).make(rules, tmp_path)
    found = [set(made.advise(person)) for person in workload.make_people(TINY)]
    assert found == [set(hand(person)) for person in workload.make_people(TINY)]
    assert any(found)


def test_numpy_by_hand_and_our_tables_say_what_hand_written_code_does(bench: Any, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="the extra `columnar` isn't installed")
    by_hand, workload, tables = bench("by_hand"), bench("workload"), bench("peers.tables")
    rules = workload.make_rules(by_hand.Writer(complete=True).conditions)
    people = tmp_path / "people.parquet"
    bench("people_table").write_people(people, TINY)
    for name in ("columnar", "numpy"):
        (tmp_path / name).mkdir()
        made = tables.find_table(name).make(rules, tmp_path / name)
        for source in (people, made.read(people)):
            bench("measure").check_table(made, source, rules, people)


def test_an_engine_that_says_something_else_is_not_timed(bench: Any) -> None:
    measure, peers = bench("measure"), bench("peers")

    class Wrong(peers.Engine):  # type: ignore[misc,name-defined]
        def advise(self, person: dict[str, Any]) -> list[str]:  # noqa: ARG002
            return ["another-rule"]

    with pytest.raises(RuntimeError, match="differ"):
        measure.check(Wrong(), lambda _: ["a-rule"], [{}])


def test_what_is_not_measured_is_said_and_a_missed_target_too(bench: Any) -> None:
    results, report, page = bench("results"), bench("report"), bench("page")
    ours = results.EngineSaid("evaluate", "ours", "rules", True, "1.0")
    there = results.EngineSaid("zen", "Zen", "rules", False, "1.0")
    lacking = results.EngineSaid("cel", "CEL", "rules", False, not_measured="The package isn't installed.")
    found = results.Result("people", "zen", figures={"to_hand": 2.0, "to_evaluate": 2.0, "microseconds": 1.0})
    crashed = results.Result("rules", "zen", 6000, not_measured="its process crashed (signal 11)")
    run = results.Run("2026-01-15", results.this_machine(), True, (), (ours, there, lacking), (found, crashed))
    for text in (report.text_of(run), page.page(run)):
        assert "CEL: The package isn't installed." in text
        assert "Zen, rules 6,000: its process crashed (signal 11)" in text
    words = {target.measure: target.word for target in results.targets(run)}
    assert words["one person: Zen / `evaluate`"] == "MISSED"
    assert words["one person: the fastest rule engine of others / `evaluate`"] == "met"
    assert words["one person: Drools / `evaluate`"] == "not measured"


def test_results_are_read_as_they_were_written(bench: Any, tmp_path: Path) -> None:
    results = bench("results")
    run = results.load()
    results.save(run, tmp_path / "results.json")
    assert results.load(tmp_path / "results.json") == run
