"""`advise docs`, `advise show` and `advise graph`: what they write, and what they leave alone."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from advise_cli.commands import cli
from advise_cli.site_folder import LIST
from tests.authoring.reading.base import NEEDS_GRAPHVIZ

NEEDS_JINJA = pytest.mark.skipif(
    importlib.util.find_spec("jinja2") is None, reason="the extra `authoring` isn't installed"
)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# -------------------------------------------------------------------------------------------------- docs


@NEEDS_JINJA
def test_a_site_is_written_and_written_again_the_same(garden: Path) -> None:
    done = run("docs", "rules", "-o", "site")
    assert done.exit_code == 0, done.stderr
    assert "open it in a browser" in done.stderr
    before = files_in(garden / "site")
    assert {"index.html", "rules/water.html", "site.css", LIST} <= set(before)
    assert (garden / "site").stat().st_mode & 0o777 == 0o777 & ~_umask()
    assert run("docs", "rules", "-o", "site").exit_code == 0
    assert files_in(garden / "site") == before
    assert sorted(path.name for path in garden.iterdir() if path.name.startswith(".")) == []


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


@NEEDS_JINJA
def test_pages_of_rules_that_are_gone_go_and_other_files_stay(garden: Path) -> None:
    run("docs", "rules", "-o", "site")
    mine = garden / "site" / "rules" / "mine.html"
    mine.write_text("mine")
    rules = garden / "rules" / "beds.yaml"
    rules.write_text(rules.read_text().replace("id: feed", "id: nourish").replace("[feed]", "[nourish]"))
    done = run("docs", "rules", "-o", "site")
    assert "of rules and other things that are gone" in done.stderr
    assert not (garden / "site" / "rules" / "feed.html").exists()
    assert (garden / "site" / "rules" / "nourish.html").exists()
    assert mine.read_text() == "mine"


@NEEDS_JINJA
def test_a_folder_with_other_things_is_left_alone_unless_it_is_forced(garden: Path) -> None:
    (garden / "mine").mkdir()
    (garden / "mine" / "index.html").write_text("mine")
    (garden / "mine" / "notes.txt").write_text("notes")
    done = run("docs", "rules", "-o", "mine")
    assert done.exit_code == 2
    assert "mine has other things in it" in done.stderr
    assert files_in(garden / "mine") == {"index.html": b"mine", "notes.txt": b"notes"}
    assert run("docs", "rules", "-o", "mine", "--force").exit_code == 0
    assert (garden / "mine" / "notes.txt").read_text() == "notes"
    assert b"<h1>" in (garden / "mine" / "index.html").read_bytes()
    assert run("docs", "rules", "-o", "mine").exit_code == 0
    (garden / "file").write_text("mine")
    assert "file isn't a folder" in run("docs", "rules", "-o", "file", "--force").stderr
    (garden / "empty").mkdir()
    assert run("docs", "rules", "-o", "empty").exit_code == 0


@NEEDS_JINJA
def test_a_list_of_files_that_was_tampered_with_removes_nothing_outside(garden: Path) -> None:
    run("docs", "rules", "-o", "site")
    precious = garden / "precious.txt"
    precious.write_text("keep")
    listed = garden / "site" / LIST
    listed.write_text(listed.read_text() + f"../precious.txt\nrules/../../precious.txt\n{precious}\n")
    done = run("docs", "rules", "-o", "site")
    assert precious.read_text() == "keep"
    assert done.exit_code == 0
    assert "precious" not in listed.read_text()


@NEEDS_JINJA
def test_a_link_that_leads_out_of_the_site_is_not_written_through(garden: Path) -> None:
    run("docs", "rules", "-o", "site")
    (garden / "elsewhere").mkdir()
    shutil.rmtree(garden / "site" / "rules")
    (garden / "site" / "rules").symlink_to(garden / "elsewhere")
    done = run("docs", "rules", "-o", "site")
    assert done.exit_code == 2
    assert "leads out of site" in done.stderr
    assert list((garden / "elsewhere").iterdir()) == []


@NEEDS_JINJA
def test_nothing_is_written_when_the_rules_do_not_load(garden: Path) -> None:
    (garden / "rules" / "beds.yaml").write_text("topic: beds\ntitle: Beds\nrules:\n  - id: a\n")
    done = run("docs", "rules", "-o", "site")
    assert done.exit_code == 1
    assert "mend them first" in done.stderr
    assert not (garden / "site").exists()


@NEEDS_JINJA
def test_a_place_that_cannot_be_written_is_said(garden: Path) -> None:
    (garden / "file").write_text("mine")
    done = run("docs", "rules", "-o", "file/site")
    assert (done.exit_code, "file/site can't be written" in done.stderr) == (2, True)
    assert (garden / "file").read_text() == "mine"


@NEEDS_JINJA
def test_without_graphviz_the_command_says_how_to_get_it(garden: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    done = run("docs", "rules", "-o", "site")
    assert done.exit_code == 0
    assert "lists in place of pictures" in done.stderr
    assert "winget install graphviz" in done.stderr
    assert "there was no Graphviz to draw it" in (garden / "site" / "graphs" / "all.html").read_text("utf-8")
    assert "apt install graphviz" in run("graph", "rules", "-f", "svg").stderr


# -------------------------------------------------------------------------------------------------- show


@pytest.mark.usefixtures("garden")
def test_a_rule_is_shown_with_all_that_there_is_to_know() -> None:
    done = run("show", "water", "rules")
    assert done.exit_code == 0
    for part in (
        "Water it\nrule water in Beds, stratum 0, beds.yaml:23\n",
        "For each bed for which this holds\n  • the bed's “thirsty”: yes (the bed needs water)\n",
        "  • Advise: Water [the bed's name].\n",
        "In other languages\n  • say (de): Gießen Sie [the bed's name].\n",
        "Source\n  • The almanac, A Gardener, 2020: Beds\n",
        "Depends on\n  • Thirsty (thirsty) reads bed.thirsty, which it draws\n",
        "      beds:\n      - {name: South, plant: beans, dry: true}\n    Given for South: Water South.\n",
    ):
        assert part in done.stdout, part
    assert "\x1b" not in done.stdout


@pytest.mark.usefixtures("garden")
@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("beds", ["Beds\ntopic beds, 3 rules", "list of things, each a bed", "bed.dry: Dry, yes or no"]),
        ("bed.thirsty", ["The bed needs water", "Drawn by\n  • Thirsty", "Read by\n  • Water it"]),
        ("bed.dry", ["in a facts file beds.dry", "Is the soil dry?", "Read by\n  • Thirsty"]),
        ("crop", ["Made by the rules\n  • One kind of plant"]),
        ("almanac", ["The almanac", "Cited by\n  • Feed it"]),
    ],
)
def test_whatever_has_a_name_is_shown(name: str, parts: list[str]) -> None:
    done = run("show", name, "rules")
    assert done.exit_code == 0
    for part in parts:
        assert part in done.stdout


def test_parameters_tables_and_computed_facts_of_the_career_advice_are_shown() -> None:
    assert "Value\n  • 6 months" in run("show", "$settle_in").stdout
    assert "nurse | GB | yes" in run("show", "licensing").stdout
    assert "and 15 more" in run("show", "licensing").stdout
    assert "Is\n  • months from" in run("show", "job.months_in_role").stdout


@pytest.mark.usefixtures("garden")
def test_a_misspelt_name_gets_what_may_be_meant() -> None:
    done = run("show", "watr", "rules")
    assert done.exit_code == 2
    assert (
        "There's no rule, conclusion, fact, list, parameter, table, topic or source 'watr'. Did you mean water?"
        in done.stderr
    )
    assert "advise docs" in run("show", "zzzz", "rules").stderr


def test_lines_keep_to_the_width_and_steer_no_terminal(garden: Path) -> None:
    rules = garden / "rules" / "beds.yaml"
    rules.write_text(rules.read_text().replace("title: Water it", 'title: "Water\\e[31m it"'), "utf-8")
    shown = run("show", "water", "rules").stdout
    assert "\x1b" not in shown
    assert max(map(len, run("show", "after-income-is-safe").stdout.splitlines())) <= 80


# ------------------------------------------------------------------------------------------------- graph


@pytest.mark.usefixtures("garden")
def test_a_graph_is_printed_in_two_languages() -> None:
    assert run("graph", "rules").stdout.startswith('digraph "Garden advice" {')
    text = run("graph", "rules", "--format", "mermaid", "-o", "-").stdout
    assert text.startswith("flowchart LR\n  subgraph s0[")
    assert 'n1("Thirsty")' in text
    assert len(re.findall("-->", text)) == 2


def test_a_rule_a_topic_and_a_depth_choose_what_is_in_it() -> None:
    near = run("graph", "--rule", "ask-for-more-responsibility").stdout
    far = run("graph", "--rule", "ask-for-more-responsibility", "--depth", "3").stdout
    assert 0 < near.count("label=") < far.count("label=")
    assert "Write down one career goal" in run("graph", "--topic", "goals").stdout
    assert "Name a rule or a topic, not both." in run("graph", "--rule", "a", "--topic", "b").stderr
    assert (
        "There's no rule 'not-setled-yet'. Did you mean not-settled-yet?"
        in run("graph", "--rule", "not-setled-yet").stderr
    )
    assert "There is no topic 'x' with rules." in run("graph", "--topic", "x").stderr


def test_the_form_follows_the_ending_and_a_file_is_not_replaced(garden: Path) -> None:
    assert run("graph", "rules", "-o", "g.mmd").exit_code == 0
    assert (garden / "g.mmd").read_text().startswith("flowchart")
    assert (garden / "g.mmd").stat().st_mode & 0o777 == 0o644
    assert "is there already" in run("graph", "rules", "-o", "g.mmd").stderr
    assert run("graph", "rules", "-o", "g.mmd", "--force").exit_code == 0


def test_a_picture_of_another_kind_is_refused_and_nothing_is_written(garden: Path) -> None:
    done = run("graph", "rules", "-o", "g.png")
    assert (done.exit_code, (garden / "g.png").exists()) == (2, False)
    assert "A picture is written as svg, not as png." in done.stderr
    assert run("graph", "rules", "-o", "g.png", "--format", "dot").exit_code == 0


def test_rules_that_no_graph_shows_are_counted(tmp_path: Path) -> None:
    folder = str(tmp_path / "plants")
    assert run("new", "base", folder, "--title", "Plants", "--thing", "plant").exit_code == 0
    added = run("new", "rule", "mist", "--fact", "plant.trouble", "--say", "Mist it.", "--in", folder)
    assert added.exit_code == 0
    done = run("graph", folder, "--format", "mermaid")
    assert done.stdout == "flowchart LR\n"
    assert done.stderr == "Not in the graph: 2 rules without ties to any other.\n"


@NEEDS_GRAPHVIZ
def test_a_picture_is_written(garden: Path) -> None:
    assert run("graph", "rules", "-o", "g.svg").exit_code == 0
    picture = (garden / "g.svg").read_text("utf-8")
    assert picture.startswith("<svg")
    assert "Water it" in picture
