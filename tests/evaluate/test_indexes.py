"""Rules that are found by a value and lists that are joined: the same answers as by trying everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from types import CodeType
from typing import Any

import pytest

from advise.case import CaseMaker
from advise.evaluate.compiled import Compiled
from advise.evaluate.generate import Generator
from advise.evaluate.reference import evaluate
from advise.evaluate.runtime import joined, present, touched
from advise.evaluate.schedule import FEWEST, Layer, schedule
from advise.loading import load
from advise.plan import Plan
from tests.evaluate.base import folder, indexed

Facts = dict[str, Any]
Found = tuple[set[str], set[str]]
Answer = Callable[[str, Facts], Found]


def rule(name: str, when: str, effect: str = "conclude: {note: true}") -> str:
    return f"  - {{id: {name}, title: T, when: [{when}], {effect}}}\n"


def advice(name: str, when: str, effect: str = "") -> str:
    more = f", {effect}" if effect else ""
    return rule(name, when, f"advise: {{say: Words., priority: one, effort: small}}{more}")


@pytest.fixture
def answer(tmp_path: Path) -> Answer:
    """The certain and the open firings, such as `step 0`, on which every way to evaluate them agrees."""

    def run(rules: str, facts: Facts) -> Found:
        plan = Plan(load(folder(tmp_path, rules)))
        case = CaseMaker(plan.rulebook).make(facts, date(2026, 1, 15))
        found = evaluate(plan, case)
        for compiled in (Compiled(plan), indexed(plan)):
            assert compiled.evaluate(case) == found
        ids = [each.id for each in plan.rulebook.rules]
        certain, unsure = (
            {" ".join([ids[index], *map(str, things)]) for index, things in each}
            for each in (found.certain, found.open)
        )
        return certain, unsure

    return run


# ------------------------------------------------------------------------------------------ rules by a value


@pytest.mark.parametrize(
    ("facts", "certain", "unsure"),
    [
        ({"worn": "Chain", "use": "daily"}, {"one", "both"}, set()),
        ({"worn": "Chain", "use": "rarely"}, {"one"}, set()),
        ({"worn": "bell", "use": "daily"}, {"either"}, set()),
        ({"worn": "Chain"}, {"one"}, {"both"}),
        ({"worn": None, "use": "daily"}, set(), {"one", "both", "either", "neither"}),
        ({"worn": "wheel"}, set(), set()),
        ({}, set(), {"one", "both", "either", "neither"}),
    ],
)
def test_rules_that_need_values_of_facts(answer: Answer, facts: Facts, certain: set[str], unsure: set[str]) -> None:
    rules = (
        advice("one", "{worn: chain}")
        + advice("both", "{worn: chain, use: daily}")
        + advice("either", "{worn: [bell, saddle]}")
        + advice("neither", "{worn: bell}, {worn: saddle}")
    )
    assert answer(rules, facts) == (certain, unsure)


def test_what_rules_need_is_known_through_the_conclusions_that_they_read(answer: Answer) -> None:
    rules = (
        rule("chain", "{worn: chain}")
        + rule("saddle", "{worn: saddle}")
        + rule("noted", "{note: true}", "conclude: {other: true}")
        + advice("again", "{other: true}, {use: daily}")
        + advice("not-noted", "{note: false}")
    )
    assert answer(rules, {"worn": "chain", "use": "daily"}) == ({"chain", "noted", "again"}, set())
    assert answer(rules, {"worn": "saddle", "use": "rarely"}) == ({"saddle", "noted"}, set())
    assert answer(rules, {"worn": "bell", "use": "daily"}) == ({"not-noted"}, set())
    assert answer(rules, {"use": "daily"}) == (set(), {"chain", "saddle", "noted", "again", "not-noted"})


def test_a_conclusion_with_several_values_drawn_by_rules_that_are_looked_up(answer: Answer) -> None:
    rules = (
        rule("good", "{worn: bell}", "conclude: {state: good}")
        + rule("bad", "{worn: [chain, bell]}, {use: daily}", "conclude: {state: bad}")
        + advice("is-bad", "{state: bad}")
        + advice("is-either", "{state: [good, bad]}")
    )
    assert answer(rules, {"worn": "chain", "use": "daily"}) == ({"bad", "is-bad", "is-either"}, set())
    assert answer(rules, {"worn": "bell", "use": "daily"}) == ({"good", "bad"}, {"is-bad", "is-either"})
    assert answer(rules, {"worn": "bell"}) == ({"good"}, {"bad", "is-bad", "is-either"})
    assert answer(rules, {"worn": "saddle"}) == (set(), set())


def test_overridden_rules_that_are_looked_up(answer: Answer) -> None:
    rules = (
        advice("general", "{worn: [chain, saddle]}")
        + advice("special", "{worn: chain}, {use: daily}", "overrides: [general]")
        + advice("by-ride", "{each ride: {to: [shop, mill]}}")
        + advice("by-other-ride", "{each ride: {to: mill}}", "overrides: [by-ride]")
    )
    assert answer(rules, {"worn": "chain", "use": "daily", "rides": []}) == ({"special"}, set())
    assert answer(rules, {"worn": "chain", "rides": []}) == (set(), {"general", "special"})
    assert answer(rules, {"worn": "saddle", "use": "daily", "rides": []}) == ({"general"}, set())
    rides = [{"to": "shop"}, {"to": "mill"}, {}]
    certain, unsure = answer(rules, {"worn": "bell", "rides": rides})
    assert certain == {"by-ride 0", "by-other-ride 1"}
    assert unsure == {"by-ride 2", "by-other-ride 2"}


def test_a_hold_that_is_looked_up_fires_for_the_thing_that_it_is_about(answer: Answer) -> None:
    rules = advice("go", "{each ride: {}}") + rule(
        "wait", "{each ride: {to: mill}}", "hold: {advice: [go], because: Closed.}"
    )
    assert answer(rules, {"rides": [{"to": "shop"}, {"to": "Mill"}]}) == ({"go 0", "go 1", "wait 1"}, set())
    assert answer(rules, {}) == (set(), {"go 0", "wait 0"})


def test_a_thing_that_is_there_twice_counts_twice_but_a_rule_about_some_thing_once(answer: Answer) -> None:
    rules = advice("each", "{each ride: {to: shop}}") + advice("some", "{some ride: {to: [shop, mill]}}")
    assert answer(rules, {"rides": [{"to": "shop"}] * 2}) == ({"each 0", "each 1", "some"}, set())
    assert answer(rules, {"rides": [{"to": "mill"}, {"to": "shop"}]}) == ({"each 1", "some"}, set())
    assert answer(rules, {"rides": [{}, {"to": "shop"}]}) == ({"each 1", "some"}, {"each 0"})
    assert answer(rules, {"rides": []}) == (set(), set())
    assert answer(rules, {}) == (set(), {"each 0", "some"})


def test_two_things_may_each_give_one_of_the_values_that_a_rule_needs(answer: Answer) -> None:
    rules = advice("two", "{some ride: {to: [shop, mill]}}, {some ride: {to: [mill, inn]}}")
    assert answer(rules, {"rides": [{"to": "shop"}, {"to": "inn"}]}) == ({"two"}, set())
    assert answer(rules, {"rides": [{"to": "mill"}]}) == ({"two"}, set())
    assert answer(rules, {"rides": [{"to": "shop"}]}) == (set(), set())


def test_rules_that_rest_on_one_another_start_from_one_that_is_looked_up(answer: Answer) -> None:
    reach = "conclude: {ride.reached: true}"
    rules = (
        rule("start", "{each ride: {from_place: home}}", reach)
        + rule("step", "{each ride: {some other ride: {reached: true, to: {same as: ride.from_place}}}}", reach)
        + advice("there", "{each ride: {reached: true, to: mill}}")
    )
    rides = [
        {"from_place": "home", "to": "shop"},
        {"from_place": "shop", "to": "mill"},
        {"from_place": "x", "to": "mill"},
    ]
    assert answer(rules, {"rides": rides}) == ({"start 0", "step 1", "there 1"}, set())
    certain, unsure = answer(rules, {"rides": [{**rides[0], "from_place": None}, *rides[1:]]})
    assert certain == set()
    assert unsure == {"start 0", "step 0", "step 1", "there 1"}


def test_a_rule_that_binds_two_things_is_found_by_either(answer: Answer) -> None:
    rules = advice("first", "{each ride: {to: shop}}, {each other ride: {km: {more than: 3}}}") + advice(
        "second", "{each ride: {km: {more than: 3}}}, {each other ride: {to: shop}}"
    )
    rides = [{"to": "shop", "km": 1}, {"to": "mill", "km": 5}, {"to": "shop", "km": 4}]
    certain, unsure = answer(rules, {"rides": rides})
    assert certain == {"first 0 1", "first 0 2", "first 2 1", "second 1 0", "second 1 2", "second 2 0"}
    assert unsure == set()


def test_few_rules_are_tried_and_many_are_looked_up(tmp_path: Path) -> None:
    def looked_up(count: int) -> int:
        rules = "".join(advice(f"r-{i}", f"{{worn: part {i}}}, {{use: daily}}") for i in range(count))
        layers = schedule(Plan(load(folder(tmp_path, rules))))
        return sum(len(found) for layer in layers for index in layer.indexes for _, found in index.groups)

    assert looked_up(FEWEST - 1) == 0
    assert looked_up(FEWEST) == FEWEST


def test_rules_that_nothing_can_lead_to_are_left_out(tmp_path: Path) -> None:
    plan = Plan(load(folder(tmp_path, rule("more", "{note: true}", "conclude: {other: true}"))))
    assert {index for layer in schedule(plan) for component in layer.components for index in component}
    alone = tuple(each for each in plan.rulebook.rules if each.id == "more")
    assert schedule(Plan(replace(plan.rulebook, rules=alone))) == (Layer((), (), ()),)


def test_more_rules_do_not_make_more_variables(tmp_path: Path) -> None:
    def variables(count: int) -> int:
        rules = "".join(advice(f"r-{i}", f"{{some ride: {{to: place {i}, km: 3}}}}") for i in range(count))
        source = Generator(Plan(load(folder(tmp_path, rules)))).source()
        functions = [each for each in compile(source, "rules", "exec").co_consts if isinstance(each, CodeType)]
        return max(each.co_nlocals for each in functions)

    assert variables(60) == variables(30)


# ---------------------------------------------------------------------------------------------------- joins

JOINS = (
    ("some", "{each ride: {some other ride: {PATH: {same as: ride.OTHER}}}}"),
    ("some-near", "{each ride: {some other ride: {PATH: {same as: ride.OTHER}, not: {km: {more than: 5}}}}}"),
    ("no", "{each ride: {no other ride: {PATH: {same as: ride.OTHER}}}}"),
    ("every", "{each ride: {every other ride: {PATH: {same as: ride.OTHER}}}}"),
    ("many", "{each ride: {count other ride: {where: {PATH: {same as: ride.OTHER}}, at least: 2}}}"),
    ("far", "{each ride: {sum other ride.km: {where: {PATH: {same as: ride.OTHER}}, more than: 8}}}"),
    ("pair", "{each ride: {}}, {each other ride: {PATH: {same as: ride.OTHER}}}"),
)


def joins(path: str, other: str) -> str:
    return "".join(advice(name, when.replace("PATH", path).replace("OTHER", other)) for name, when in JOINS)


@pytest.mark.parametrize("things", [2, 5, 12, 13, 40])
@pytest.mark.parametrize("known", [1, 0.7, 0])
@pytest.mark.parametrize(("path", "other"), [("to", "from_place"), ("km", "km"), ("day", "day"), ("need", "need")])
def test_joins_of_short_and_long_lists(answer: Answer, path: str, other: str, known: float, things: int) -> None:
    random = Random(f"{path} {known} {things}")
    values: dict[str, tuple[Any, ...]] = {
        "to": ("shop", "mill", "Mill ", "inn"),
        "from_place": ("shop", "mill", "home"),
        "km": (1, 1.0, 0, 0.0, 3, 7.5, 123456.0),
        "day": ("2024-03-01", "2024-03", "2024", "2025-01-01"),
        "need": ("rarely", "weekly", "daily"),
    }

    def ride() -> Facts:
        given = {name: random.choice(choices) for name, choices in values.items()}
        return {
            name: value if random.random() < 0.9 else None for name, value in given.items() if random.random() < known
        }

    certain, unsure = answer(joins(path, other), {"rides": [ride() for _ in range(things)]})
    assert certain | unsure


def test_a_join_with_a_list_that_may_be_longer_is_open(answer: Answer) -> None:
    assert answer(joins("to", "from_place"), {})[0] == set()


def test_numbers_are_joined_by_what_they_are_worth(answer: Answer) -> None:
    rules = advice("same", "{each ride: {some other ride: {km: {same as: ride.km}}}}")
    others = [{"km": 100 + i} for i in range(20)]
    assert answer(rules, {"rides": [{"km": 1}, {"km": 1.0}, *others]}) == ({"same 0", "same 1"}, set())
    assert answer(rules, {"rides": [{"km": 0}, {"km": -0.0}, *others]}) == ({"same 0", "same 1"}, set())
    big = [{"km": 123456}, {"km": 123456.0}, {"km": 123456.5}]
    assert answer(rules, {"rides": [*big, *others]}) == ({"same 0", "same 1"}, set())


def test_partial_dates_match_what_they_may_be(answer: Answer) -> None:
    rules = advice("same", "{each ride: {some other ride: {day: {same as: ride.day}}}}")
    others = [{"day": f"20{i}-01-01"} for i in range(30, 50)]
    rides = [{"day": "2024-03-05"}, {"day": "2024-03"}, {"day": "2025-03-05"}, {"day": "2025-03-05"}]
    assert answer(rules, {"rides": [*rides, *others]}) == ({"same 2", "same 3"}, {"same 0", "same 1"})


# ----------------------------------------------------------------------------------------------- what they call


def test_an_index_gives_known_rows_with_unsure_ones_in_their_order() -> None:
    rows = [("a",), (None,), ("b",), ("a",), (None,)]
    find, unsure = joined(rows, 0, False, True)
    assert find("a", unsure) == [(0, ("a",)), (1, (None,)), (3, ("a",)), (4, (None,))]
    assert find("c", unsure) == [(1, (None,)), (4, (None,))]
    assert find(None, unsure) == list(enumerate(rows))


def test_whether_a_value_is_present_is_unknown_while_some_are() -> None:
    find, otherwise = present([("a",), (None,)], 0)
    assert [find(value, otherwise) for value in ("a", "b", None)] == [2, 1, 1]
    find, otherwise = present([("a",)], 0)
    assert [find(value, otherwise) for value in ("a", "b", None)] == [2, 0, 1]
    find, otherwise = present([], 0)
    assert [find(value, otherwise) for value in ("a", None)] == [0, 0]


def test_groups_that_several_things_call_for_are_given_once() -> None:
    groups = {"a": ((0, 0), (2, 2)), "b": ((2, 2),), None: ((0, 2),)}
    assert sorted(touched(groups, [("a",), ("b",), ("c",)], 0)) == [(0, 0), (2, 2)]
    assert list(touched(groups, [("a",), (None,)], 0)) == [(0, 2)]
    assert list(touched(groups, [], 0)) == []
