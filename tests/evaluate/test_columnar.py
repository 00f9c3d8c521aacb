"""The columnar evaluator gives what the reference gives, for many people at once."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from math import fsum, inf
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

np = pytest.importorskip("numpy", reason="the extra `columnar` isn't installed")

from advise.conditions import All, Condition, Of, Quantified, Ref, Scope, Test  # noqa: E402
from advise.evaluate.columnar import Columnar  # noqa: E402
from advise.evaluate.columnar.arrays import Segments, Spans  # noqa: E402
from advise.evaluate.columnar.intervals import ARITHMETIC, elapsed, shifted  # noqa: E402
from advise.evaluate.reference import ARITHMETIC as ONE_BY_ONE  # noqa: E402
from advise.evaluate.reference import evaluate  # noqa: E402
from advise.operators import Core  # noqa: E402
from advise.plan import Plan  # noqa: E402
from advise.rules import Rule  # noqa: E402
from advise.values import EMPTY, UNITS, Span, shifted_span  # noqa: E402
from advise.values import elapsed as elapsed_span  # noqa: E402
from tests.generated import AS_OF, TEXT, KnowledgeBases, plain_case  # noqa: E402

EXAMPLES = int(os.environ.get("ADVISE_LAW_EXAMPLES", "150"))


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 2**48), st.sampled_from([0.3, 0.6, 0.9, 1.0]), st.integers(0, 7))
def test_columnar_and_reference_agree_on_every_rule_and_person(seed: int, known: float, people: int) -> None:
    made = KnowledgeBases(Random(seed))
    plan = Plan(made.rulebook(made.random.choice([3, 6, 12])))
    cases = [plain_case(made.facts(known), made.random.choice(AS_OF)) for _ in range(people)]
    found = Columnar(plan).evaluate(cases)
    assert found == [evaluate(plan, case) for case in cases]
    for each in found:
        assert len({*each.certain, *each.open}) == len(each.certain) + len(each.open)


def joining(made: KnowledgeBases, index: int) -> Rule:
    """A rule whose condition joins lists by an equal key, nested, with other parts about either side."""
    pick = made.random.choice
    each: tuple[Scope, ...] = pick([(), (Scope("job", "job"),), (Scope("goal", "goal"),)])

    def join(scopes: tuple[Scope, ...], depth: int) -> Condition:
        scope = pick([Scope(thing, thing) for thing in ("job", "goal", "line")])
        outer = pick([None, *(s for s in scopes if s.name != scope.name)])
        of = (None, None) if outer is None else (outer.name, outer.thing)
        sides = [Ref(Of.FACT, scope.name, scope.thing, "key", TEXT), Ref(Of.FACT, *of, "key", TEXT)]
        made.random.shuffle(sides)
        parts: list[Condition] = [Test(sides[0], Core.EQUAL, sides[1], "said")]
        for _ in range(made.random.randrange(3)):
            parts.append(made._condition(pick([(scope,), scopes, (*scopes, scope)]), 1))
        if depth and made.chance(0.5):
            parts.append(join((*scopes, scope), depth - 1))
        return Quantified(pick(["some", "no", "every"]), scope, All(tuple(parts)))

    return Rule(f"r{index}", "", "t", {}, each, All((join(each, 1),)))


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 2**48), st.sampled_from([0.3, 0.6, 0.9, 1.0]), st.sampled_from([0, 1 << 24]))
def test_joins_are_what_they_are_pair_by_pair(seed: int, known: float, largest: int) -> None:
    made = KnowledgeBases(Random(seed))
    book = replace(made.rulebook(1), rules=tuple(joining(made, i) for i in range(3)))
    cases = [plain_case(made.facts(known), AS_OF[0]) for _ in range(6)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("advise.evaluate.columnar.joins._LARGEST", largest)
        found = Columnar(Plan(book)).evaluate(cases)
    assert found == [evaluate(Plan(book), case) for case in cases]


@given(st.lists(st.lists(st.floats(-1e15, 1e15) | st.sampled_from([0.1, 0.2, 1e-9, 3, inf]), max_size=6), max_size=5))
def test_sums_are_rounded_once(groups: list[list[float]]) -> None:
    segments = Segments.of_counts(np.array([len(group) for group in groups], np.int64))
    rows = np.array([each for group in groups for each in group], np.float64)
    assert segments.total(rows).tolist() == [fsum(group) for group in groups]


DAYS = st.integers(1, date.max.toordinal()) | st.integers(719_000, 740_000) | st.sampled_from([-inf, inf])
DAY_SPANS = st.tuples(DAYS, DAYS).map(lambda ends: Span(min(ends), max(ends)))
NUMBERS = st.sampled_from([-inf, -2, -1, 0, 0.5, 1, 3, inf])
NUMBER_SPANS = st.just(EMPTY) | st.tuples(NUMBERS, NUMBERS).map(lambda ends: Span(min(ends), max(ends)))


def many(spans: list[Span]) -> Spans:
    """Spans as columns."""
    low, high = (np.array([getattr(s, end) for s in spans], np.float64) for end in ("low", "high"))
    return Spans(low, high, low > high if (low > high).any() else None)


def each(spans: Spans) -> list[Span]:
    """Columns as spans."""
    return [Span(low, high) for low, high in zip(spans.low.tolist(), spans.high.tolist(), strict=True)]


@given(st.lists(DAY_SPANS, min_size=1), st.integers(-200_000, 200_000) | st.integers(-40, 40), st.sampled_from(UNITS))
def test_dates_move_as_they_do_one_by_one(spans: list[Span], count: int, unit: Any) -> None:
    assert each(shifted(many(spans), count, unit)) == [shifted_span(span, count, unit) for span in spans]


@given(st.lists(st.tuples(DAY_SPANS, DAY_SPANS), min_size=1), st.sampled_from(UNITS))
def test_time_between_dates_is_what_it_is_one_by_one(pairs: list[tuple[Span, Span]], unit: Any) -> None:
    found = elapsed(many([a for a, _ in pairs]), many([b for _, b in pairs]), unit)
    assert each(found) == [elapsed_span(a, b, unit) for a, b in pairs]


@given(st.lists(st.tuples(NUMBER_SPANS, NUMBER_SPANS), min_size=1), st.sampled_from("+-*/"))
def test_arithmetic_is_what_it_is_one_by_one(pairs: list[tuple[Span, Span]], sign: str) -> None:
    with np.errstate(all="ignore"):
        found = ARITHMETIC[sign](many([a for a, _ in pairs]), many([b for _, b in pairs]))
    assert each(found) == [ONE_BY_ONE[sign](a, b) for a, b in pairs]
