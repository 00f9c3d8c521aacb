"""What is offered at the cursor: the names in the career advice would have been offered where they stand."""

from __future__ import annotations

from random import Random

import pytest

from advise import KnowledgeBase
from advise.authoring.editor.completing import offers
from advise.authoring.editor.cursor import cursor
from advise.authoring.editor.occurrences import Occurrence, Occurrences
from advise.knowledge_base import career_folder

BASE = KnowledgeBase.load()
FILES = {path.name: path.read_text("utf-8") for path in sorted(career_folder().glob("*.yaml"))}
NAMES = [fact.name for fact in BASE.rulebook.facts.values()]
ALL = Occurrences(FILES, NAMES).all
TOPICS = ("advancement.yaml", "education.yaml", "exceptions.yaml", "goals.yaml", "several.yaml", "steps.yaml")
USED = [each for each in ALL if not each.declares and each.place.file in TOPICS]


def offset(found: Occurrence) -> int:
    lines = FILES[found.place.file].splitlines(keepends=True)
    return sum(map(len, lines[: found.place.line - 1])) + found.place.column - 1


@pytest.mark.parametrize("sort", ["fact", "conclusion", "computed", "parameter", "rule"])
def test_each_name_would_have_been_offered_where_it_stands(sort: str) -> None:
    used = [each for each in USED if each.sort == sort]
    sample = Random(7).sample(used, min(60, len(used)))
    assert len(sample) > 20
    missed = []
    for each in sample:
        at = offset(each)
        text = FILES[each.place.file]
        # As it is while it's being written: the first letter is there, the rest of the name isn't.
        begun, end = text[: at + 1], text[at + len(each.text) :]
        offered = {offer.text.removeprefix("$") for offer in offers(BASE.rulebook, begun + end, at + 1)}
        if not {each.text, each.name} & offered:
            missed.append((str(each.place), each.text))
    assert len(missed) <= len(sample) // 20, missed  # those in the key of a lookup


@pytest.mark.parametrize("name", TOPICS)
def test_no_place_in_a_file_is_too_odd(name: str) -> None:
    text = FILES[name]
    random = Random(name)
    for _ in range(60):
        at = random.randrange(len(text))
        for rest in (text[at:], ""):
            for offer in offers(BASE.rulebook, text[:at] + rest, at):
                assert text[offer.start : at] == cursor(text[:at] + rest, at).word
                break
