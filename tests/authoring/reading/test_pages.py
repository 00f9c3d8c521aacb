"""What the pages of a knowledge base say, before anything is laid out."""

from __future__ import annotations

import dataclasses
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advise import KnowledgeBase
from advise.authoring.reading.pages import Pages
from advise.authoring.reading.ties import How
from advise.authoring.reading.uses import Name
from advise.authoring.reading.wording import as_yaml, slug, type_words, value_words
from advise.knowledge_base import career_folder
from advise.types import Kind, Type
from tests.authoring.reading.base import career
from tests.generated import KnowledgeBases


def test_a_rule_has_its_words_sources_ties_and_examples(shop: Pages) -> None:
    page = shop.rule("book-service")
    assert page.when.text == "For each bike for which this holds"
    assert page.then.below[0].text.startswith("Advise: Bring [the bike's name] in")
    assert [(each.source.title, each.place) for each in page.sources] == [
        ("Workshop handbook", "Service, page 4"),
        ("Makers' manuals", "Service intervals"),
    ]
    assert {(tie.start, tie.how) for tie in page.needs} == {("new-bike", How.HELD), ("pads-first", How.HELD)}
    assert page.examples[0].example.name == "two years without a service"
    assert [[effect.state for effect in each.effects] for each in page.examples] == [["given"], [], ["open"]]
    assert "Ana" in [each.example.name for each in page.met_by]
    assert page.rule.owner == "Front desk"


def test_a_boolean_fact_is_said_by_its_question(shop: Pages) -> None:
    (line,) = shop.rule("after-a-crash").when.below
    assert line.text == "“Have you crashed since the bike was last looked at?”: yes"


def test_a_hold_of_very_much_advice_says_how_much() -> None:
    held = career().rule("after-income-is-safe").then.below[0].text
    assert held.startswith("Hold back the advice of ")


def test_a_conclusion_names_what_draws_it_and_what_reads_it(shop: Pages) -> None:
    page = shop.conclusion("riding.status")
    assert page.drawn_by == ("equipped", "wished")
    assert Name("rule", "plan-a-trip") in page.read_by
    assert Name("rule", "equipped") not in page.read_by
    assert ("equipped", "[the riding's terrain]: you have a bike for it.") in page.values


def test_a_fact_has_its_question_type_values_default_and_readers(shop: Pages) -> None:
    pads = shop.fact("bike.brakes.pads")
    assert (pads.pointer, pads.question) == ("bikes.brakes.pads", "How do the pads look?")
    assert pads.type == "one of these, from lowest to highest"
    assert pads.values == (("gone", "Gone"), ("worn", "Worn"), ("good", "Good"))
    assert Name("rule", "new-pads") in pads.users
    assert shop.fact("crash").default == "no"
    assert shop.fact("bike.terrain").asked_by == ("ask-terrain",)


def test_lists_computed_facts_parameters_tables_and_sources_have_pages(shop: Pages) -> None:
    bikes = shop.listed("bike")
    assert bikes.question == "Which bikes do you have?"
    assert "bike.gears" in [each.fact.name for each in bikes.facts]
    assert shop.listed("riding").derived is not None
    computed = shop.computed("riding.km")
    assert Name("fact", "trip.km") in computed.reads
    price = shop.parameter("pads_price")
    assert len(price.values) == len(shop.book.settings["pads_price"].values)
    assert Name("rule", "new-pads") in price.users
    name = next(name for name in shop.book.tables if " by rank of " not in name)
    assert shop.table(name).rows
    assert Name("rule", "book-service") in shop.citing("maker")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("book-service", [Name("rule", "book-service")]),
        ("$pads_price", [Name("parameter", "pads_price")]),
        ("pads_price", [Name("parameter", "pads_price")]),
        ("bikes.gears", [Name("fact", "bike.gears")]),
        ("bikes", [Name("list", "bike")]),
        ("other bike.gears", [Name("fact", "bike.gears")]),
        ("handbook", [Name("source", "handbook")]),
        ("$gears", []),
    ],
)
def test_names_are_found_as_people_write_them(shop: Pages, wanted: str, found: list[Name]) -> None:
    assert list(shop.find(wanted)) == found


def test_a_name_that_is_misspelt_has_close_ones(shop: Pages) -> None:
    assert shop.close_to("book-servise")[0] == "book-service"
    assert "bike.brakes.pads" in shop.close_to("pads")
    assert shop.close_to("$pads_prize") == ("pads_price",)
    assert shop.close_to("qqqqqq") == ()


def test_pages_of_people_keep_their_names_when_others_come(shop: Pages) -> None:
    slugs = {each.slug for each in shop.cases}
    assert slugs == {"person-ana", "visits-the-rules-disagree-about-the-season", "visits-a-bike-that-is-as-good-as-new",
                     "visits-ana-again"}  # fmt: skip
    twice = Pages(shop.base, (*shop.examples, *(dataclasses.replace(each) for each in shop.examples)))
    assert len({each.slug for each in twice.cases}) == 2 * len(slugs)
    assert slugs <= {each.slug for each in twice.cases}


@given(st.integers(0, 2**48))
@settings(max_examples=25, deadline=None)
def test_every_name_of_a_generated_knowledge_base_has_a_page(seed: int) -> None:
    book = KnowledgeBases(Random(seed)).rulebook(8)
    pages = Pages(KnowledgeBase(book, career_folder()), ())
    made = {
        "rule": pages.rule, "conclusion": pages.conclusion, "fact": pages.fact, "list": pages.listed,
        "computed": pages.computed, "parameter": pages.parameter, "table": pages.table,
    }  # fmt: skip
    for name in pages.names:
        assert name in pages.find(name.name)
        if name.sort in made:
            assert made[name.sort](name.name)


def test_types_and_values_are_said_in_words() -> None:
    hours = Type(Kind.NUMBER, integer=True, low=0, high=80, unit="hours a week")
    assert type_words(hours) == "a whole number from 0 to 80, in hours a week"
    assert type_words(Type(Kind.NUMBER, low=1)) == "a number of at least 1"
    assert type_words(Type(Kind.NUMBER, high=1000)) == "a number of at most 1,000"
    assert type_words(Type(Kind.CHOICE, choices=("a", "b")), choices=True) == "one of these: a, b"
    assert value_words(1234, Type(Kind.NUMBER, unit="EUR")) == "1,234 EUR"
    assert value_words(False, Type(Kind.BOOLEAN)) == "no"
    assert value_words("very_good", Type(Kind.CHOICE)) == "very good"
    assert (
        as_yaml({"jobs": [{"start": "2024-03-05", "title": "Koch"}]}) == "jobs:\n- {start: '2024-03-05', title: Koch}\n"
    )
    assert as_yaml({}) == "nothing told\n"
    assert slug("6: über-all, & more!") == "6-uber-all-more"
