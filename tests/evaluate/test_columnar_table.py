"""Whole Arrow tables: the same advice as for each person alone, and rows that are wrong rejected with the reason."""

from __future__ import annotations

import os
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numpy", reason="the extra `columnar` isn't installed")
pa = pytest.importorskip("pyarrow", reason="the extra `columnar` isn't installed")

from advise import FactsError, KnowledgeBase, UsageError  # noqa: E402
from advise.case import CaseMaker  # noqa: E402
from advise.evaluate.columnar import Columnar  # noqa: E402
from advise.evaluate.columnar.advice import TableAdvice  # noqa: E402
from advise.evaluate.reference import evaluate  # noqa: E402
from advise.plan import Plan  # noqa: E402
from advise.standing import Standing  # noqa: E402
from advise.types import Kind, Type  # noqa: E402
from tests.evaluate.base import folder  # noqa: E402
from tests.generated import AS_OF, LISTS, THINGS, KnowledgeBases  # noqa: E402

EXAMPLES = int(os.environ.get("ADVISE_LAW_EXAMPLES", "150"))
AN_AS_OF = date(2026, 1, 15)


def arrow_type(type_: Type) -> Any:
    """The Arrow type of a fact."""
    if type_.kind is Kind.TEXTS:
        return pa.list_(pa.string())
    return {Kind.NUMBER: pa.float64(), Kind.BOOLEAN: pa.bool_()}.get(type_.kind, pa.string())


def struct(paths: dict[str, Type]) -> Any:
    """The Arrow struct of facts by dotted path."""
    below: dict[str, dict[str, Type]] = {}
    for path, type_ in paths.items():
        first, _, rest = path.partition(".")
        below.setdefault(first, {})[rest] = type_
    return pa.struct([(name, arrow_type(of[""]) if "" in of else struct(of)) for name, of in below.items()])


def schema() -> Any:
    """The Arrow schema of the generated facts."""
    person = list(struct(THINGS[None]))
    return pa.schema(person + [pa.field(name, pa.list_(struct(THINGS[thing]))) for thing, name in LISTS.items()])


def without_nulls(value: Any) -> Any:
    """Facts as a table can hold them, in which null is absent."""
    if isinstance(value, dict):
        return {key: without_nulls(each) for key, each in value.items() if each is not None}
    return [without_nulls(each) for each in value] if isinstance(value, list) else value


Item = tuple[int, str, str, tuple[int | None, ...]]


def expected(plan: Plan, people: list[dict[str, Any]], as_of: date) -> set[Item]:
    """The advice for each person, one after the other."""
    found: set[Item] = set()
    rules = plan.rulebook.rules
    for row, facts in enumerate(people):
        case = CaseMaker(plan.rulebook).make(facts, as_of)
        standing = Standing.of(plan.rulebook, evaluate(plan, case))
        kinds = {"given": standing.given, "not now": standing.not_now, "open": standing.open}
        firings = [(kind, each.firing) for kind, advised in kinds.items() for each in advised]
        for kind, (index, binding) in firings + [("refer", firing) for firing in standing.refer]:
            sizes = [None if s.is_table else len(case.things[s.thing].items) for s in rules[index].each]
            about = tuple(None if at == size else at for at, size in zip(binding, sizes, strict=True))
            found.add((row, kind, rules[index].id, about))
    return found


def items(table: Any) -> list[Item]:
    """The rows of a table of advice."""
    columns = [table.column(name).to_pylist() for name in ("row", "kind", "rule", "about")]
    return [(row, kind, rule, tuple(about)) for row, kind, rule, about in zip(*columns, strict=True)]


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 2**48), st.sampled_from([0.3, 0.6, 0.9, 1.0]), st.integers(0, 7), st.sampled_from(AS_OF))
def test_a_table_gets_the_advice_that_each_person_gets(seed: int, known: float, count: int, as_of: date) -> None:
    made = KnowledgeBases(Random(seed))
    plan = Plan(made.rulebook(made.random.choice([3, 6, 12])))
    people = [without_nulls(made.facts(known)) for _ in range(count)]
    found = items(TableAdvice(Columnar(plan)).advise(pa.Table.from_pylist(people, schema()), as_of))
    assert [row for row, *_ in found] == sorted(row for row, *_ in found)
    assert len(found) == len(set(found))
    assert set(found) == expected(plan, people, as_of)


RULES = """
  - {id: old, title: T, when: [{bought: {before: 2020-01-01}}], advise: {say: A., priority: one, effort: small}}
  - {id: young, title: T, when: [{age_of_bike: {at most: 5}}], advise: {say: A., priority: one, effort: small}}
  - {id: daily, title: T, when: [{use: daily}], advise: {say: A., priority: one, effort: small}}
  - {id: far, title: T, when: [{each ride: {km: {at least: 10}, to: work}}],
     advise: {say: A., priority: one, effort: small}}
  - {id: pump, title: T, when: [{tools: {contains: pump}, helmet: true}],
     advise: {say: A., priority: one, effort: small}}
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    return KnowledgeBase.load(folder(tmp_path_factory.mktemp("bikes"), RULES))


@pytest.fixture(scope="module")
def career() -> KnowledgeBase:
    return KnowledgeBase.load()


def advised(base: KnowledgeBase, **columns: Any) -> list[tuple[int, str, Any]]:
    """Row, kind, and rule, or the reason of a rejected row."""
    found = base.advise_table(pa.table(columns), as_of=AN_AS_OF).to_pylist()
    return [(each["row"], each["kind"], each["rule"] or each["reason"]) for each in found if each["kind"] != "open"]


def test_days_and_texts_are_dates_and_dictionaries_are_texts(base: KnowledgeBase) -> None:
    days = pa.array([date(2019, 12, 31), date(2020, 1, 1), None])
    assert advised(base, bought=days) == [(0, "given", "old")]
    texts = ["2019", "2019-12", "2020", "2019-12-31", None]
    wanted = [(0, "given", "old"), (1, "given", "old"), (3, "given", "old")]
    assert advised(base, bought=texts) == wanted
    assert advised(base, bought=pa.array(texts).dictionary_encode()) == wanted
    assert advised(base, bought=pa.array([2019, 2020])) == [(0, "given", "old")]


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.large_string())])
def test_texts_of_every_arrow_kind_are_texts(base: KnowledgeBase, kind: Any) -> None:
    use = pa.array(["daily", None, "weekly"]).cast(kind)
    tools = pa.array([["pump"], None, []], pa.large_list(pa.string()))
    assert advised(base, use=use, tools=tools) == [(0, "given", "daily"), (0, "given", "pump")]


def test_chunks_with_other_dictionaries_are_one_column(base: KnowledgeBase) -> None:
    chunks = [pa.array(each).dictionary_encode() for each in (["daily", None], ["weekly", "daily"])]
    assert advised(base, use=pa.chunked_array(chunks)) == [(0, "given", "daily"), (3, "given", "daily")]


def test_texts_that_ignore_case_are_folded_and_defaults_assumed(base: KnowledgeBase) -> None:
    rides = [[{"km": 12.0, "to": "  Work "}], [{"km": 12.0, "to": "home"}], []]
    assert advised(base, rides=rides) == [(0, "given", "far")]
    assert advised(base, tools=[["pump"], [], None, ["saw", "pump"]]) == [(0, "given", "pump"), (3, "given", "pump")]


def test_wrong_rows_are_rejected_with_the_reason_and_the_others_go_on(base: KnowledgeBase) -> None:
    table = {
        "age_of_bike": [1.0, 100.0, 2.5, float("nan"), 3.0, 4.0, 5.0, 5.0],
        "use": ["daily", "weekly", "daily", "daily", "never", "daily", "daily", None],
        "bought": ["2024-02-29", "2024", "2024", "2024", "2024", "2023-02-29", "2024-W01-1", None],
        "rides": [[{"km": 1.0}], [], [], [], [], [], [], [{"km": -1.0}]],
    }
    found = advised(base, **table)
    assert [(row, kind) for row, kind, _ in found] == [(0, "given"), (0, "given")] + [
        (i, "rejected") for i in range(1, 8)
    ]
    reasons = [reason for _, kind, reason in found if kind == "rejected"]
    assert "from 0 to 99" in reasons[0] and "whole number" in reasons[1] and "from 0 to 99" in reasons[2]
    assert "rarely, weekly, daily" in reasons[3] and "date" in reasons[4] and "date" in reasons[5]
    assert "0 or more" in reasons[6]


def test_a_column_of_another_type_rejects_the_rows_that_have_it(base: KnowledgeBase) -> None:
    found = advised(base, age_of_bike=["old", None, "new"], use=["daily", "daily", "daily"])
    assert [(row, kind) for row, kind, _ in found] == [(0, "rejected"), (1, "given"), (2, "rejected")]
    assert "takes a number, not string" in found[0][2]


def test_a_column_that_no_fact_has_is_refused_and_a_protected_one_set_aside(base: KnowledgeBase) -> None:
    with pytest.raises(UsageError, match="'colour'"):
        base.advise_table(pa.table({"colour": ["red"]}), as_of=AN_AS_OF)
    assert advised(base, age=[40], use=["daily"]) == [(0, "given", "daily")]


def test_many_batches_keep_their_row_numbers(base: KnowledgeBase) -> None:
    use = ["daily" if i % 50_000 == 0 else "never" if i % 70_000 == 1 else "weekly" for i in range(150_000)]
    found = advised(base, use=use)
    assert [row for row, kind, _ in found if kind == "given"] == [0, 50_000, 100_000]
    assert [row for row, kind, _ in found if kind == "rejected"] == [1, 70_001, 140_001]


def test_rows_are_rejected_as_a_person_alone_is(base: KnowledgeBase) -> None:
    people: list[dict[str, Any]] = [{"age_of_bike": 100}, {"bought": "2023-02-29"}, {"use": "never"}, {"tools": ["x"]}]
    types = {"age_of_bike": pa.int64(), "bought": pa.string(), "use": pa.string(), "tools": pa.list_(pa.string())}
    found = base.advise_table(pa.Table.from_pylist(people, pa.schema(types)), as_of=AN_AS_OF).to_pylist()
    assert {each["row"] for each in found if each["kind"] == "rejected"} == {0, 1, 2}
    for facts in people[:3]:
        with pytest.raises(FactsError):
            base.case(facts, AN_AS_OF)
    assert base.case(people[3], AN_AS_OF)


def test_a_person_with_two_careers_in_one_field_is_rejected_as_alone() -> None:
    career = KnowledgeBase.load()
    people = [[{"field": "sales"}, {"field": "Sales"}], [{"field": "sales"}, {"field": "law"}], [{"field": "law"}]]
    table = pa.table({"careers": people, "jobs": [[], [], []], "goals": [[], [], []]})
    found = career.advise_table(table, as_of=AN_AS_OF).to_pylist()
    assert {each["row"] for each in found if each["kind"] == "rejected"} == {0}
    with pytest.raises(FactsError):
        career.advise({"careers": people[0]}, as_of=AN_AS_OF)


def test_kept_columns_stand_beside_each_row_of_advice(career: KnowledgeBase) -> None:
    table = pa.table({"id": ["one", "two"], "jobs": [[{"field": "cooking", "current": True}], []]})
    found = career.advise_table(table, as_of=AN_AS_OF, keep=["id"]).to_pylist()
    assert found and {(row["row"], row["id"]) for row in found} <= {(0, "one"), (1, "two")}


def test_a_fact_that_is_kept_is_still_read(career: KnowledgeBase) -> None:
    table = pa.table({"jobs": [[{"field": "cooking", "current": True}]]})
    kept = career.advise_table(table, as_of=AN_AS_OF, keep=["jobs"]).drop_columns("jobs")
    assert kept == career.advise_table(table, as_of=AN_AS_OF)


def test_a_column_to_keep_must_be_there_and_not_be_called_like_one_of_the_advice(career: KnowledgeBase) -> None:
    table = pa.table({"row": [1]})
    for name, said in (("id", "must be in the table"), ("row", "Rename it")):
        with pytest.raises(UsageError, match=said):
            career.advise_table(table, as_of=AN_AS_OF, keep=[name])


def test_batches_of_people_give_the_rows_of_the_whole_table(career: KnowledgeBase) -> None:
    columns = {"id": list(range(7)), "jobs": [[{"field": "cooking", "current": place % 2 == 0}] for place in range(7)]}
    table = pa.table(columns)
    parts = list(career.advise_batches(table.to_batches(2), as_of=AN_AS_OF, keep=["id"]))
    assert len(parts) == 4
    whole = career.advise_table(table, as_of=AN_AS_OF, keep=["id"])
    assert pa.Table.from_batches(parts).to_pylist() == whole.to_pylist()


def test_a_column_that_no_thing_has_takes_its_default(career: KnowledgeBase) -> None:
    default = next(fact for fact in career.rulebook.facts.values() if fact.thing == "job" and fact.default is not None)
    columns = {"field": "cooking", "current": True}
    with_nulls = [{**columns, default.path: None}]
    types = pa.list_(pa.struct([("field", pa.string()), ("current", pa.bool_()), (default.path, pa.null())]))
    one = career.advise_table(pa.table({"jobs": [[columns]]}), as_of=AN_AS_OF)
    two = career.advise_table(pa.table({"jobs": pa.array([with_nulls], types)}), as_of=AN_AS_OF)
    assert one.num_rows and one == two
