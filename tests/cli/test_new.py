"""`advise new`: what it writes passes `check` and `test` at once, is formatted, and takes nothing away."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pexpect
import pytest
from click.testing import CliRunner, Result

from advise.cases import run_examples
from advise.knowledge_base import career_folder
from advise.loading import load
from advise_cli.commands import cli
from tests.docs.pages import workshop, write

SAY = "Look at it."


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def passes(folder: Path) -> None:
    """Nothing to mend, every example as expected, and formatted."""
    for command in (["check"], ["test"], ["fmt", "--check"]):
        done = run(*command, str(folder))
        assert done.exit_code == 0, done.output


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def plants(tmp_path: Path) -> Path:
    folder = tmp_path / "plants"
    assert run("new", "base", str(folder), "--title", "Plants: a guide", "--thing", "house_plant").exit_code == 0
    return folder


@pytest.fixture
def bikes(tmp_path: Path) -> Path:
    (tmp_path / "bikes").mkdir()
    return write(tmp_path / "bikes", workshop())


def test_what_to_try_can_be_pasted_into_a_shell(tmp_path: Path) -> None:
    folder = tmp_path / "my plants"
    done = run("new", "base", str(folder), "--title", "Plants", "--thing", "plant")
    assert f"advise check '{folder}'\n" in done.stderr


def test_a_new_knowledge_base_is_whole(plants: Path) -> None:
    passes(plants)
    assert load(plants).title == "Plants: a guide"
    assert "house_plants" in (plants / "facts.schema.json").read_text("utf-8")
    assert len(list(run_examples(plants))) == 4
    for path in plants.rglob("*.yaml"):
        first = path.read_text("utf-8").splitlines()[0]
        if path.name != "knowledge_base.yaml":
            named = first.removeprefix("# yaml-language-server: $schema=")
            assert (path.parent / named).is_file(), first


def test_it_can_be_begun_in_the_empty_folder_that_one_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "my plants"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert run("new", "base", ".", "--thing", "plant").exit_code == 0
    assert Path("start.yaml").is_file()  # one is still in it
    passes(Path())
    assert load(folder).title == "My plants"
    assert list(tmp_path.iterdir()) == [folder]


def test_its_advice_is_about_its_field(plants: Path, tmp_path: Path) -> None:
    facts = tmp_path / "facts.yaml"
    facts.write_text("house_plants: [{name: Fern, trouble: true}, {name: Ivy}]\n", "utf-8")
    report = run("--rules", str(plants), str(facts)).stdout
    assert "Look over Fern" in report
    assert "Is anything wrong with this house plant?" in report


def test_everything_that_is_added_passes(plants: Path) -> None:
    at = ["--in", str(plants)]
    assert run("new", "topic", "winter", *at).exit_code == 0
    passes(plants)
    for number, fact in enumerate(("trouble", "last_check", "name")):
        done = run(
            "new",
            "rule",
            f"rule-{number}",
            "--topic",
            "winter",
            "--fact",
            f"house_plant.{fact}",
            "--say",
            f"Look at the {fact}",
            *at,
        )
        assert done.exit_code == 0, done.output
        passes(plants)
    facts = plants.parent / "facts.yaml"
    facts.write_text("house_plants: [{name: Fern, trouble: true, last_check: 2020}]\n", "utf-8")
    assert run("new", "person", "ana_li", "--about", "Has a fern: it's dry", "--facts", str(facts), *at).exit_code == 0
    passes(plants)
    ana = (plants / "people" / "ana_li.yaml").read_text("utf-8")
    assert "name: Ana li\n" in ana
    assert "first: [look-over-house-plant, rule-" in ana


def test_a_rule_about_any_fact_has_examples_that_hold(bikes: Path) -> None:
    names = [fact.name for fact in load(bikes).facts.values()]
    before = len(list(run_examples(bikes)))
    for number, name in enumerate(names):
        done = run(
            "new", "rule", f"new-{number}", "--topic", "workshop", "--fact", name, "--say", SAY, "--in", str(bikes)
        )
        assert "workshop.yaml" in done.stdout, done.output
    results = list(run_examples(bikes))
    assert len(results) == before + 2 * len(names)
    own = [each for each in results if (each.example.rule or "").startswith("new-")]
    assert [each.differences for each in own if each.differences] == []


def test_a_rule_goes_into_its_topic_and_the_rest_of_the_file_stays(bikes: Path) -> None:
    path = bikes / "workshop.yaml"
    old = path.read_bytes().replace(b"\n", b"\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + old)
    mode = path.stat().st_mode
    others = {name: text for name, text in snapshot(bikes).items() if name != path.name}
    named = ("--topic", "workshop", "--fact", "bike.gears", "--say", SAY, "--in", str(bikes))
    assert run("new", "rule", "grease", *named).stdout.splitlines() == [str(path)]
    new = path.read_bytes()
    assert new.startswith(b"\xef\xbb\xbf" + old.rstrip())
    assert b"\n" not in new.replace(b"\r\n", b"")
    assert path.stat().st_mode == mode
    assert {name: text for name, text in snapshot(bikes).items() if name != path.name} == others


def test_a_rule_that_changes_what_others_get_is_written_and_said(tmp_path: Path) -> None:
    files = {**workshop()}
    files["people/ana.yaml"] = files["people/ana.yaml"].replace(
        "rides_in_rain: true", "rides_in_rain: true\n  crash: false"
    )
    bob = (
        files["people/ana.yaml"]
        .replace("name: Ana", "name: Bob")
        .replace("rides_in_rain: true", "rides_in_rain: false")
    )
    bikes = write(tmp_path, {**files, "people/bob.yaml": bob})
    done = run(
        "new", "rule", "mudguards", "--topic", "workshop", "--fact", "rides_in_rain", "--say", SAY, "--in", str(bikes)
    )
    assert done.exit_code == 1
    assert 'people/ana.yaml:1:1: person "Ana"' in done.stderr
    assert "later: expected plan-a-trip, got mudguards, plan-a-trip" in done.stderr
    assert "1 example comes out otherwise now. Is it right" in done.stderr
    assert any(rule.id == "mudguards" for rule in load(bikes).rules)


def test_schemas_for_editors_learn_what_is_new(plants: Path) -> None:
    run("new", "rule", "mist-often", "--fact", "house_plant.trouble", "--say", SAY, "--in", str(plants))
    assert "mist-often" in (plants / "editor" / "rules.schema.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("new base plants", "nothing is ever written over"),
        ("new base gone/plants --thing plant", "There is no folder gone"),
        ("new base other", "--thing is missing"),
        ("new base other --thing Plant!", "can't be a name"),
        ("new base other --thing age", "protected"),
        ("new base other --thing sheep --things sheep", "can't both be called sheep"),
        ("new topic start --in plants", "There is a topic start already, in start.yaml"),
        ("new topic Winter --in plants", "can't be a topic"),
        ("new topic winter --source book --in plants", "name one of judgement"),
        ("new topic winter", "You aren't in a knowledge base"),
        ("new rule look-over-plant --in plants", "There is a rule look-over-plant already"),
        ("new rule Look_over --in plants", "can't be the id"),
        (
            "new rule mist --in plants",
            "--fact is missing. Which fact does it look at (plant.last_check, plant.name, plant.trouble)?",
        ),
        ("new rule mist --fact plant.troubel --in plants", "Did you mean `plant.trouble`?"),
        ("new rule mist --fact plant.trouble --in plants", "--say is missing"),
        ("new rule mist --fact plant.trouble --say x --priority cares --in plants", "Did you mean `care`?"),
        ("new rule mist --fact plant.trouble --say x --topic strat --in plants", "Did you mean `start`?"),
        ("new rule mist --fact plant.trouble --say {plant.nam} --in plants", "unknown-placeholder"),
        ("new person alex --in plants", "people/alex.yaml is there already"),
        ("new person ../alex --in plants", "can't be the name of a file"),
        ("new person ana --facts gone.yaml --about A --in plants", "no such file"),
        ("new person ana --facts bad.yaml --about A --in plants", "did you mean"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    run("new", "base", "plants", "--thing", "plant")
    Path("bad.yaml").write_text("plants: [{nam: Fern}]\n", "utf-8")
    before = snapshot(tmp_path)
    done = run(*shlex.split(command))
    assert done.exit_code in (1, 2)
    assert said.casefold() in " ".join(done.output.split()).casefold()
    assert snapshot(tmp_path) == before


def test_a_knowledge_base_with_findings_has_to_be_mended_first(plants: Path) -> None:
    path = plants / "start.yaml"
    path.write_text(path.read_text("utf-8").replace("trouble: true", "troubel: true", 1), "utf-8")
    before = snapshot(plants)
    done = run("new", "topic", "winter", "--in", str(plants))
    assert done.exit_code == 1
    assert "mend it first" in done.stderr
    assert snapshot(plants) == before


def test_at_a_terminal_it_asks_for_what_is_missing_and_asks_again_for_what_cannot_be(tmp_path: Path) -> None:
    child = pexpect.spawn(
        sys.executable,
        ["-m", "advise_cli.main", "new", "base", "plants"],
        cwd=str(tmp_path),
        encoding="utf-8",
        timeout=30,
    )
    for question, answer in (
        (r"What is it about \[Plants\]: ", ""),
        ("as in plant: ", "My plant"),
        ("can't be a name.*as in plant: ", "plant"),
        (r"many of them \[plants\]: ", ""),
    ):
        child.expect(question)
        child.sendline(answer)
    child.expect("Try it")
    child.expect(pexpect.EOF)
    passes(tmp_path / "plants")


def test_the_career_advice_takes_a_rule(tmp_path: Path) -> None:
    import shutil

    folder = Path(shutil.copytree(career_folder(), tmp_path / "rules", ignore=shutil.ignore_patterns("__pycache__")))
    done = run("new", "rule", "new-one", "--topic", "steps", "--fact", "job.hours", "--say", SAY, "--in", str(folder))
    assert "steps.yaml" in done.stdout, done.output
    assert any(rule.id == "new-one" for rule in load(folder).rules)


def test_where_there_are_several_languages_the_text_is_there_in_each(plants: Path) -> None:
    manifest, start = plants / "knowledge_base.yaml", plants / "start.yaml"
    manifest.write_text(manifest.read_text("utf-8").replace("languages: [en]", "languages: [en, de]"), "utf-8")
    start.write_text(start.read_text("utf-8").partition("parameters:")[0], "utf-8")
    (plants / "people" / "alex.yaml").unlink()
    done = run("new", "rule", "look", "--fact", "house_plant.trouble", "--say", SAY, "--in", str(plants))
    assert done.exit_code == 0, done.output
    (rule,) = load(plants).rules
    assert rule.advise is not None and list(rule.advise.say.parts) == ["en", "de"]
    assert "translation-copied" in run("check", str(plants)).output
