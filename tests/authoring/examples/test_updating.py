"""New expectations are written so that the example passes; or the file stays as it was, and it's said why."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advise.authoring.examples.testing import Suite, open_suite, run, run_all
from advise.authoring.examples.updating import ENDING, propose, write
from advise.errors import AdviseError
from advise.source import Findings, plain, read_yaml
from tests.docs.pages import workshop
from tests.docs.pages import write as write_files

FILES = workshop()
# Whatever is expected of the workshop, it comes out as it does.
RULES = ("book-service", "new-pads", "plan-a-trip", "pump-tyres", "new-motor-pads")
WRONG: dict[str, list[Any]] = {
    "given": [[each] for each in RULES],
    "not given": [[each] for each in RULES],
    "first": [["pump-tyres"], ["plan-a-trip"], ["new-pads", "book-service"]],
    "later": [["new-pads"], ["plan-a-trip", "book-service"]],
    "notes": [["pump-tyres"], ["new-pads"]],
    "not now": [["book-service"], ["new-pads", "plan-a-trip"]],
    "open": [["new-pads"], ["plan-a-trip"]],
    "not open": [["new-pads"], ["plan-a-trip"]],
    "fires": [["pads-first"], ["wished", "equipped"], ["spring-visit"]],
    "not fires": [["spring-visit"], ["equipped", "roadworthy"]],
    "refers": [["after-a-crash"]],
    "asks": [["bikes.gears"], ["bikes.terrain", "rides_in_rain"]],
    "not asks": [["bikes.terrain"], ["bikes.brakes.pads"]],
    "conflicts": [["next_visit"], ["visits"]],
    "not concluded": [["next_visit"], ["riding.status", "bike.roadworthy"]],
    "conclusions": [{"next_visit": "summer"}, {"bike.roadworthy": True, "visits": 3}, {"riding.status": "wished"}],
    "settled": [True, False],
}


def values(text: str) -> Any:
    node = read_yaml(text, "", Findings())
    assert node is not None
    return plain(node)


def without_expectations(found: Any) -> Any:
    """What a file says beside its expectations."""
    if isinstance(found, dict):
        return {key: without_expectations(each) for key, each in found.items() if key != "expect"}
    return [without_expectations(each) for each in found] if isinstance(found, list) else found


def spoilt(text: str, random: Random) -> str:
    """A file in which each example expects something that nobody has looked at."""

    def wrong(_: re.Match[str]) -> str:
        chosen = random.sample(sorted(WRONG), random.randrange(1, 5))
        entries = ", ".join(f"{word}: {_flow(random.choice(WRONG[word]))}" for word in chosen)
        return f"expect: {{{entries}}}"

    return re.sub(r"expect: \{.*\}", wrong, text)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_flow(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(value)}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Suite:
    return open_suite(write_files(tmp_path_factory.mktemp("workshop"), FILES))


@given(st.integers(0, 2**32))
@settings(max_examples=10, deadline=None)
def test_whatever_was_expected_is_mended_and_nothing_else_changes(shared: Suite, seed: int) -> None:
    random = Random(seed)
    name = random.choice(["workshop.yaml", "cases/visits.yaml"])
    before = spoilt(FILES[name], random)
    suite = open_suite(shared.folder, shared, {name: before.encode()})
    assert suite.findings == ()
    text = before
    for number, example in enumerate(suite.examples):
        verdict = run(suite.ready, suite.examples[number])
        if verdict.differs and example.place.file == name:
            (shared.folder / name).write_text(text, "utf-8")
            update = propose(suite, verdict)
            suite, text = update.suite, update.after.decode()
    (shared.folder / name).write_text(FILES[name], "utf-8")
    assert [each.example for each in run_all(suite.ready, suite.examples) if each.differs] == []
    assert without_expectations(values(text)) == without_expectations(values(before))
    same = [line for line in before.splitlines() if "expect:" not in line]
    assert [line for line in text.splitlines() if "expect:" not in line] == same


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    files = dict(FILES)
    files["people/ana.yaml"] = files["people/ana.yaml"].replace(
        "  first: [new-pads, book-service]\n  later: [plan-a-trip]\n",
        "  first:  # the two that count\n    - book-service  # as she asked for it\n    - new-pads\n",
    )
    return open_suite(write_files(tmp_path, files))


def ana(suite: Suite) -> Any:
    return run(suite.ready, next(each for each in suite.examples if each.name == "Ana"))


def test_a_person_gets_whole_lists_and_keeps_the_remarks(suite: Suite) -> None:
    update = propose(suite, ana(suite))
    write(update)
    text = (suite.folder / "people/ana.yaml").read_text("utf-8")
    assert "  first:  # the two that count\n    - new-pads\n    - book-service  # as she asked for it\n" in text
    assert "  settled: true\n  later: [plan-a-trip]\nwhy:\n" in text or "  later:\n    - plan-a-trip\nwhy:\n" in text
    assert not ana(open_suite(suite.folder)).differs


def test_the_file_as_it_was_stays_beside_it(suite: Suite) -> None:
    path = suite.folder / "people" / "ana.yaml"
    before = path.read_bytes()
    path.chmod(0o640)
    write(propose(suite, ana(suite)))
    kept = path.with_name("ana.yaml" + ENDING)
    assert kept.read_bytes() == before
    assert path.stat().st_mode & 0o777 == kept.stat().st_mode & 0o777 == 0o640
    assert sorted(each.name for each in path.parent.iterdir()) == ["ana.yaml", "ana.yaml" + ENDING]
    assert open_suite(suite.folder).findings == ()


def test_a_file_that_has_changed_meanwhile_is_not_overwritten(suite: Suite) -> None:
    path = suite.folder / "people" / "ana.yaml"
    update = propose(suite, ana(suite))
    path.write_text(path.read_text("utf-8") + "# Somebody was faster.\n", "utf-8")
    before = path.read_bytes()
    with pytest.raises(AdviseError, match=r"ana\.yaml has been changed by somebody else"):
        write(update)
    assert path.read_bytes() == before
    assert not path.with_name("ana.yaml" + ENDING).exists()


def test_a_folder_that_cannot_be_written_is_a_sentence(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    update = propose(suite, ana(suite))
    before = update.path.read_bytes()
    monkeypatch.setattr("tempfile.mkstemp", full)
    with pytest.raises(AdviseError, match=r"ana\.yaml can't be written: No space left on device\."):
        write(update)
    assert update.path.read_bytes() == before


def test_facts_that_cannot_be_used_are_not_updated(suite: Suite) -> None:
    text = FILES["cases/visits.yaml"].replace("rides_in_rain: true", "rides_in_rain: often")
    found = open_suite(suite.folder, suite, {"cases/visits.yaml": text.encode()})
    verdict = next(each for each in run_all(found.ready, found.examples) if each.problems)
    with pytest.raises(AdviseError, match="Mend the facts"):
        propose(found, verdict)


def test_of_two_examples_alike_the_one_that_was_meant_is_changed(tmp_path: Path) -> None:
    case = "  - {name: twice, facts: {crash: true}, expect: {given: [new-pads]}}\n"
    files = {**FILES, "cases/twice.yaml": f"cases:\n{case}{case}"}
    suite = open_suite(write_files(tmp_path, files))
    second = [each for each in suite.examples if each.name == "twice"][1]
    after = propose(suite, run(suite.ready, second)).after.decode()
    assert after == f"cases:\n{case}{case.replace('given', 'not given')}"
