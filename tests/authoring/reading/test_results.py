"""What a rule did for a person: every way in which it can come out."""

from __future__ import annotations

from typing import Any

import pytest

from advise.authoring.reading.pages import Pages
from advise.authoring.reading.results import Effect, Result
from advise.errors import Place
from advise.rules import Example


def effects(shop: Pages, rule: str, facts: dict[str, Any]) -> tuple[Effect, ...]:
    example = Example("somebody", "example", facts, shop.book.as_of, {}, Place("x.yaml"))
    found = next(each for each in shop.book.rules if each.id == rule)
    return Result(shop.base, example).effects(found)


def bike(**facts: Any) -> dict[str, Any]:
    return {"bikes": [{"name": "Tourer", **facts}]}


def test_advice_is_given_waits_is_open_or_is_not_there(shop: Pages) -> None:
    (given,) = effects(shop, "book-service", bike(last_service="2024-03", bought="2020", brakes={"pads": "good"}))
    assert given == Effect("given", "Tourer", "Bring Tourer in for a service.")
    (held,) = effects(shop, "book-service", bike(last_service=None, sounds=["grinding"], bought="2026-02-01"))
    assert held.state == "not now"
    assert held.more == ("Tourer is so new that its maker services it free of charge.",)
    (still_open,) = effects(shop, "book-service", bike(last_service="2025", sounds=[]))
    assert (still_open.state, still_open.more) == ("open", ("bike.last_service",))
    assert effects(shop, "book-service", bike(last_service="2026-01-02", sounds=[])) == ()


def test_advice_that_only_a_hold_keeps_open_needs_what_the_hold_needs(shop: Pages) -> None:
    (found,) = effects(shop, "book-service", bike(last_service="2024-03", brakes={"pads": "good"}))
    assert (found.state, found.more) == ("open", ("bike.bought",))


def test_a_referral_stops_advice_that_was_due(shop: Pages) -> None:
    facts = {"crash": True, **bike(electric=False, brakes={"pads": "worn"})}
    assert [each.state for each in effects(shop, "new-pads", facts)] == ["stopped"]
    (refers,) = effects(shop, "after-a-crash", facts)
    assert refers.state == "refers"
    assert refers.text.startswith("Please don't ride")


@pytest.mark.parametrize(
    ("facts", "states"),
    [(bike(brakes={"pads": "good"}), ["holds"]), (bike(), ["open"]), (bike(brakes={"pads": "gone"}), [])],
)
def test_a_rule_that_concludes_holds_is_open_or_does_not_hold(
    shop: Pages, facts: dict[str, Any], states: list[str]
) -> None:
    assert [each.state for each in effects(shop, "roadworthy", facts)] == states


def test_facts_that_cannot_be_used_are_said(shop: Pages) -> None:
    example = Example("wrong", "case", {"bikes": 3}, shop.book.as_of, {}, Place("x.yaml"))
    result = Result(shop.base, example)
    assert result.outcome is None
    assert result.fired == frozenset()
    assert result.differences
    assert result.effects(shop.book.rules[0]) == ()


def test_effects_agree_with_the_outcome_for_every_example(shop: Pages) -> None:
    for example in shop.examples:
        result = Result(shop.base, example)
        assert result.outcome is not None
        for rule in shop.book.rules:
            states = [each.state for each in result.effects(rule)]
            if rule.advise is not None:
                assert states.count("given") == result.outcome.given_ids.count(rule.id)
                assert states.count("not now") == result.outcome.not_now_ids.count(rule.id)
                assert states.count("open") == result.outcome.open_ids.count(rule.id)
            elif rule.refer is None:
                assert ("holds" in states) == (rule.id in result.fired)
