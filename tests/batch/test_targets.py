"""JSON Pointers of facts, resolved against what a knowledge base takes."""

from __future__ import annotations

import pytest

from advise import KnowledgeBase
from tests.batch.needs import pa

from advise.batch.targets import NoTargetError, places, target  # isort: skip


@pytest.mark.parametrize(
    ("pointer", "title", "type_"),
    [
        ("/age_of_bike", "Age of bike", pa.float64()),
        ("/helmet", "Helmet", pa.bool_()),
        ("/bought", "Bought", pa.string()),
        ("/tools", "Tools", pa.list_(pa.string())),
        ("/rides/0/km", "Km", pa.float64()),
        ("/rides/12/need", "Need", pa.string()),
    ],
)
def test_a_pointer_leads_to_a_fact(bikes: KnowledgeBase, pointer: str, title: str, type_: object) -> None:
    found = target(bikes.rulebook, pointer)
    assert (found.pointer, found.title, found.type) == (pointer, title, type_)


def test_a_pointer_leads_to_a_list_and_to_an_object(bikes: KnowledgeBase, career: KnowledgeBase) -> None:
    rides = target(bikes.rulebook, "/rides")
    assert pa.types.is_struct(rides.type.value_type)
    assert target(career.rulebook, "/plan").type == pa.struct([("written", pa.bool_())])


@pytest.mark.parametrize(
    ("pointer", "sentence", "hint"),
    [
        (
            "helmet",
            "'helmet' is no JSON Pointer: those start with '/', such as /plan/written.",
            "Did you mean '/helmet'?",
        ),
        ("/helmt", "No fact is called '/helmt'.", "Did you mean '/helmet'?"),
        ("/rides/km", "/rides is a list, so a number comes next, not 'km'.", "Its first entry is /rides/0."),
        ("/rides/01/km", "/rides is a list, so a number comes next, not '01'.", "Its first entry is /rides/0."),
        ("/rides/200/km", "/rides takes entries from 0 to 199 in columns of their own.", ""),
        ("/rides/0", "/rides/0 isn't one fact.", "Name a fact of it, such as /rides/0/day."),
        ("/rides/0/kn", "No fact is called '/rides/0/kn'.", "Did you mean '/rides/0/km'?"),
        ("/helmet/size", "Nothing stands below /helmet: it's a fact by itself.", ""),
    ],
)
def test_a_wrong_pointer_says_what_is_wrong(bikes: KnowledgeBase, pointer: str, sentence: str, hint: str) -> None:
    with pytest.raises(NoTargetError) as found:
        target(bikes.rulebook, pointer)
    assert (found.value.sentence, found.value.hint) == (sentence, hint)


def test_every_place_is_a_target(career: KnowledgeBase) -> None:
    pointers = [each.pointer for each in places(career.rulebook)]
    assert len(pointers) == len(set(pointers)) > 60
    for pointer in pointers:
        assert target(career.rulebook, pointer).pointer == pointer
