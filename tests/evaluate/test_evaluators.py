"""Every evaluator on small knowledge bases, for the fine points that the laws don't single out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from advise.case import Case, CaseMaker
from advise.evaluate import Evaluation
from advise.evaluate.compiled import Compiled
from advise.evaluate.durable import Durable
from advise.evaluate.reference import evaluate as reference
from advise.loading import load
from advise.plan import Plan
from tests.evaluate.base import folder, indexed
from tests.extras import DURABLE

Evaluate = Callable[..., dict[str, str]]


@pytest.fixture(params=["reference", "compiled", "indexed", DURABLE])
def outcome(request: pytest.FixtureRequest, tmp_path: Path) -> Evaluate:
    """Evaluates rules for some facts: rule id -> certain or open, for the rules that hold for anything."""

    def run(rules: str, facts: dict[str, Any], as_of: str = "2026-01-15") -> dict[str, str]:
        from datetime import date

        plan = Plan(load(folder(tmp_path, rules)))
        case = CaseMaker(plan.rulebook).make(facts, date.fromisoformat(as_of))
        evaluators: dict[str, Callable[[Case], Evaluation]] = {
            "reference": lambda case: reference(plan, case),
            "compiled": lambda case: Compiled(plan).evaluate(case),
            "indexed": lambda case: indexed(plan).evaluate(case),
            "durable": lambda case: Durable(plan).evaluate(case),
        }
        found = evaluators[request.param](case)
        names = [rule.id for rule in plan.rulebook.rules]
        return {names[f[0]]: "open" for f in found.open} | {names[f[0]]: "certain" for f in found.certain}

    return run


def rule(when: str, name: str = "yes", effect: str = "conclude: {note: true}") -> str:
    return f"  - {{id: {name}, title: T, when: [{when}], {effect}}}\n"


@pytest.mark.parametrize(
    ("when", "facts", "expected"),
    [
        ("{age_of_bike: 3}", {"age_of_bike": 3}, "certain"),
        ("{age_of_bike: 3}", {}, "open"),
        ("{age_of_bike: 3}", {"age_of_bike": None}, "open"),
        ("{age_of_bike: {at least: 0}}", {}, "certain"),
        ("{age_of_bike: {more than: 100}}", {}, None),
        ("{not: {age_of_bike: 3}}", {}, "open"),
        ("{age_of_bike: {known: true}}", {}, "open"),
        ("{age_of_bike: {known: true}}", {"age_of_bike": 3}, "certain"),
        ("{age_of_bike: {known: true}}", {"age_of_bike": None}, None),
        ("{age_of_bike: {known: false}}", {"age_of_bike": None}, "certain"),
        ("{bought: {before: 2024-06-01}}", {"bought": "2024"}, "open"),
        ("{bought: {before: 2024-06-01}}", {"bought": "2023"}, "certain"),
        ("{bought: {at least: 6 months ago}}", {"bought": "2025-07-15"}, "certain"),
        ("{bought: {at least: 6 months ago}}", {"bought": "2025-07-16"}, None),
        ("{bought: {less than: 6 months ago}}", {"bought": "2025-07-16"}, "certain"),
        ("{bought: {within: last 2 weeks}}", {"bought": "2026-01-01"}, "certain"),
        ("{bought: {within: last 2 weeks}}", {"bought": "2026-01-16"}, None),
        ("{helmet: true}", {}, "certain"),
        ("{helmet: true}", {"helmet": None}, "open"),
        ("{some ride: {km: {at least: 5}}}", {"rides": [{"km": 4}, {"km": 6}]}, "certain"),
        ("{some ride: {km: {at least: 5}}}", {"rides": [{"km": 4}, {}]}, "open"),
        ("{some ride: {km: {at least: 5}}}", {"rides": [{"km": 4}]}, None),
        ("{some ride: {km: {at least: 5}}}", {}, "open"),
        ("{every ride: {km: {at least: 5}}}", {"rides": []}, "certain"),
        ("{every ride: {km: {at least: 5}}}", {}, "open"),
        ("{no ride: {km: {at least: 5}}}", {"rides": [{"km": 4}]}, "certain"),
        ("{no ride: {km: {at least: 5}}}", {}, "open"),
        ("{count ride: {at least: 1}}", {"rides": [{}]}, "certain"),
        ("{count ride: {where: {km: 4}, at least: 2}}", {"rides": [{"km": 4}, {}]}, "open"),
        ("{count ride: {where: {km: 4}, at least: 2}}", {"rides": [{"km": 4}]}, None),
        ("{sum ride.km: {more than: 9}}", {"rides": [{"km": 10}, {}]}, "certain"),
        ("{sum ride.km: {less than: 9}}", {"rides": [{"km": 1}, {}]}, "open"),
        ("{highest ride.km: {at least: 5}}", {"rides": []}, None),
        ("{highest ride.km: {at least: 5}}", {"rides": [{"km": 6}, {}]}, "certain"),
        ("{latest ride.day: {before: 2026-01-01}}", {"rides": [{"day": "2025"}]}, "certain"),
        ("{some ride: {to: shop, some other ride: {to: shop}}}", {"rides": [{"to": "shop"}]}, None),
        ("{some ride: {to: shop, some other ride: {to: shop}}}", {"rides": [{"to": "Shop"}] * 2}, "certain"),
        ("{some price: {part: {same as: worn}, euros: {at most: 20}}}", {"worn": "Chain"}, "certain"),
        ("{some price: {part: {same as: worn}, euros: {at most: 20}}}", {"worn": "frame"}, None),
        ("{some price: {part: {same as: worn}, euros: {at most: 20}}}", {}, "open"),
        ("{price_of_worn: {at most: 20}}", {"worn": "saddle"}, None),
        ("{price_of_worn: {at most: 20}}", {}, "open"),
        ("{kind_of_worn: {known: true}}", {"worn": "chain"}, "certain"),
        ("{kind_of_worn: {known: true}}", {"worn": "frame"}, None),
        ("{kind_of_worn: {known: true}}", {}, "open"),
        ("{kind_of_worn: {known: false}}", {"worn": "frame"}, "certain"),
        ("{kind_of_worn: {known: false}}", {}, "open"),
        ("{some price: {euros: {known: false}}}", {}, "certain"),
        ("{every price: {euros: {known: true}}}", {}, None),
        ("{no price: {since: {known: true}, part: frame}}", {}, "certain"),
        ("{some price: {since: {known: true}}}", {}, "certain"),
        ("{some price: {kind: {known: false}, part: frame}}", {}, "certain"),
        ("{use: {at least: weekly}}", {"use": "daily"}, "certain"),
        ("{use: {at least: weekly}}", {"use": "rarely"}, None),
        ("{some ride: {need: {more than: use}}}", {"use": "weekly", "rides": [{"need": "daily"}]}, "certain"),
        ("{some ride: {need: {at least: use}}}", {"use": "rarely", "rides": [{}]}, "certain"),
        ("{tools: {contains: pump}}", {"tools": ["pump"]}, "certain"),
        ("{tools: {contains: pump}}", {"tools": []}, None),
        ("{age_of_bike: {at least: $old}}", {"age_of_bike": 7}, "certain"),
        ("{age_of_bike: {more than: $old + 1}}", {"age_of_bike": 7}, None),
        ("{age_of_bike: {at most: $dated}}", {"age_of_bike": 1}, "certain"),
    ],
)
def test_a_condition(outcome: Evaluate, when: str, facts: dict[str, Any], expected: str | None) -> None:
    assert outcome(rule(when), facts).get("yes") == expected


def test_a_dated_parameter_has_no_value_before_its_first_day(outcome: Evaluate) -> None:
    assert "yes" not in outcome(rule("{age_of_bike: {at most: $dated}}"), {"age_of_bike": 1}, "2019-12-31")


def test_a_rule_over_an_absent_list_is_open_once(outcome: Evaluate) -> None:
    assert outcome(rule("{each ride: {}}"), {}) == {"yes": "open"}


def test_a_negated_conclusion_counts_only_when_it_is_not_even_possible(outcome: Evaluate) -> None:
    rules = rule("{bought: {before: 2024-01-01}}") + rule("{not: {note: true}}", "no", "conclude: {other: true}")
    assert outcome(rules, {"bought": "2025"}) == {"no": "certain"}
    assert outcome(rules, {"bought": "2023"}) == {"yes": "certain"}
    assert outcome(rules, {}) == {"yes": "open", "no": "open"}


def test_two_certain_values_leave_what_tests_them_unknown(outcome: Evaluate) -> None:
    rules = (
        rule("{helmet: true}", "one", "conclude: {state: good}")
        + rule("{helmet: true}", "two", "conclude: {state: bad}")
        + rule("{state: good}", "three", "conclude: {note: true}")
        + rule("{state: {not: worn}}", "four", "conclude: {other: true}")
    )
    assert outcome(rules, {}) == {"one": "certain", "two": "certain", "three": "open", "four": "certain"}


def test_an_override_takes_effect_where_it_holds(outcome: Evaluate) -> None:
    rules = rule("{each ride: {}}") + rule(
        "{each ride: {km: 4}}", "special", "conclude: {other: true}, overrides: [yes]"
    ).replace("[yes]", '["yes"]')
    assert outcome(rules, {"rides": [{"km": 4}]}) == {"special": "certain"}
    assert outcome(rules, {"rides": [{"km": 5}]}) == {"yes": "certain"}
    assert outcome(rules, {"rides": [{}]}) == {"yes": "open", "special": "open"}


def test_conclusions_may_depend_on_one_another(outcome: Evaluate) -> None:
    step = "{each ride: {some other ride: {reached: true, to: {same as: ride.from_place}}}}"
    rules = (
        rule("{each ride: {from_place: home}}", "start", "conclude: {ride.reached: true}")
        + rule(step, "step", "conclude: {ride.reached: true}")
        + rule("{every ride: {reached: true}}", "all-reached", "conclude: {note: true}")
    )
    rides = [{"from_place": "b", "to": "c"}, {"from_place": "home", "to": "a"}, {"from_place": "a", "to": "b"}]
    assert outcome(rules, {"rides": rides})["all-reached"] == "certain"
    assert "all-reached" not in outcome(rules, {"rides": rides[:2]})
    assert outcome(rules, {"rides": [{**rides[0], "from_place": None}, *rides[1:]]})["all-reached"] == "open"
