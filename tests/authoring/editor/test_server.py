"""The language server, over its protocol: what an editor shows while a rule is written."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pygls", reason="the extra `authoring` isn't installed")

from advise.knowledge_base import career_folder
from tests.authoring.editor.language_server import LanguageServer

PROGRAM = "from advise_cli.main import main; import sys; sys.argv = ['advise', 'lsp']; main()"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(career_folder(), tmp_path / "rules", ignore=shutil.ignore_patterns("__pycache__")))


@pytest.fixture
def server(folder: Path) -> Iterator[LanguageServer]:
    with LanguageServer([sys.executable, "-c", PROGRAM], folder) as running:
        yield running


def opened(server: LanguageServer, path: Path, text: str | None = None) -> str:
    text = path.read_text("utf-8") if text is None else text
    server.open(path, text)
    return text


def spot(text: str, before: str, word: str) -> tuple[int, int]:
    """Line and character of a word in the first line that has `before`."""
    line = next(i for i, each in enumerate(text.splitlines()) if before in each)
    return line, text.splitlines()[line].index(word) + 1


def test_findings_come_while_typing_and_go_when_mended(server: LanguageServer, folder: Path) -> None:
    path = folder / "steps.yaml"
    text = path.read_text("utf-8")
    broken = text.replace("ready_for_more: true", "redy_for_more: true", 1)
    assert broken != text
    opened(server, path, broken)
    found = server.diagnostics(path)
    line = next(i for i, each in enumerate(broken.splitlines()) if "redy_for_more" in each)
    assert [(each["code"], each["range"]["start"]["line"]) for each in found][:1] == [("undeclared-conclusion", line)]
    start, end = (found[0]["range"][edge]["character"] for edge in ("start", "end"))
    assert broken.splitlines()[line][start:end] == "job.redy_for_more"
    changes = [{"text": text}]
    document = {"uri": path.as_uri(), "version": 2}
    server.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})
    assert server.diagnostics(path) == []


def test_a_conclusion_leads_to_its_declaration_and_to_every_use(server: LanguageServer, folder: Path) -> None:
    path = folder / "steps.yaml"
    text = opened(server, path)
    line, character = spot(text, "ready_for_more: true", "ready_for_more")
    declared = server.at("definition", path, line, character)
    assert declared["uri"].endswith("vocabulary.yaml")
    uses = server.at("references", path, line, character, context={"includeDeclaration": False})
    assert {Path(each["uri"]).name for each in uses} >= {"steps.yaml", "chains.yaml", "stefan_brandt.yaml"}


def test_a_hover_says_a_rule_in_words_and_what_a_fact_means(server: LanguageServer, folder: Path) -> None:
    path = folder / "steps.yaml"
    text = opened(server, path)
    line, character = spot(text, "- id: ask-for-more-responsibility", "ask-for")
    assert "For each job" in server.at("hover", path, line, character)["contents"]["value"]
    line, character = spot(text, "each job: {current: true", "current")
    assert "Used " in server.at("hover", path, line, character)["contents"]["value"]
    line, character = spot(text, "- id: ask-for-more-responsibility", "- id")
    assert server.at("hover", path, line, 0) is None


def applied(folder: Path, edit: dict[str, Any]) -> None:
    for uri, edits in edit["changes"].items():
        path = folder / Path(uri).relative_to(folder.as_uri())
        lines = path.read_text("utf-8").split("\n")
        for each in sorted(edits, key=lambda e: (e["range"]["start"]["line"], -e["range"]["start"]["character"])):
            start, end = each["range"]["start"], each["range"]["end"]
            line = lines[start["line"]].encode("utf-16-le")
            before, after = line[: 2 * start["character"]], line[2 * end["character"] :]
            lines[start["line"]] = before.decode("utf-16-le") + each["newText"] + after.decode("utf-16-le")
        path.write_text("\n".join(lines), "utf-8")


@pytest.mark.parametrize(
    ("file", "before", "word", "new"),
    [
        ("steps.yaml", "ready_for_more: true", "ready_for_more", "job.shown_enough"),
        ("steps.yaml", "- id: ask-for-more-responsibility", "ask-for", "take-more-on"),
        ("parameters.yaml", "settle_in:", "settle_in", "arrive_in"),
    ],
)
def test_renaming_changes_every_file_and_the_knowledge_base_stays_right(
    server: LanguageServer, folder: Path, file: str, before: str, word: str, new: str
) -> None:
    from advise.cases import run_examples

    path = folder / file
    text = opened(server, path)
    line, character = spot(text, before, word)
    edit = server.at("rename", path, line, character, newName=new)
    assert len(edit["changes"]) > 1
    applied(folder, edit)
    differing = [each.differences for each in run_examples(folder) if each.differences]
    assert differing == []


def test_a_name_that_cannot_be_is_refused(server: LanguageServer, folder: Path) -> None:
    path = folder / "steps.yaml"
    text = opened(server, path)
    line, character = spot(text, "ready_for_more: true", "ready_for_more")
    for bad in ("Not a name", "goal.ready"):
        with pytest.raises(RuntimeError, match="name"):
            server.at("rename", path, line, character, newName=bad)


def test_the_symbols_of_a_file_are_what_it_declares(server: LanguageServer, folder: Path) -> None:
    path = folder / "steps.yaml"
    opened(server, path)
    names = {
        each["name"] for each in server.request("textDocument/documentSymbol", {"textDocument": {"uri": path.as_uri()}})
    }
    assert "ask-for-more-responsibility" in names


def test_what_is_most_likely_a_mistake_is_a_warning_with_a_mend(server: LanguageServer, folder: Path) -> None:
    path = folder / "steps.yaml"
    text = path.read_text("utf-8")
    # Characters outside the BMP count as two for the editor.
    before = next(line for line in text.splitlines() if line.strip().startswith("say: ") and line.endswith("."))
    untidy = text.replace(before, before.replace("say: ", "say: 🎓 ").replace("🎓 ", "🎓  ", 1), 1)
    opened(server, path, untidy)
    (found,) = server.diagnostics(path)
    line = next(i for i, each in enumerate(untidy.splitlines()) if "🎓  " in each)
    assert (found["code"], found["severity"], found["range"]["start"]["line"]) == ("text-spaces", 2, line)
    where = {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 0}}
    asked = {"textDocument": {"uri": path.as_uri()}, "range": where, "context": {"diagnostics": []}}
    (action,) = server.request("textDocument/codeAction", asked)
    assert (action["title"], action["kind"], action["isPreferred"]) == ("Leave one space", "quickfix", False)
    ((edit,),) = action["edit"]["changes"].values()
    units = untidy.splitlines()[line].encode("utf-16-le")
    start, end = (2 * edit["range"][edge]["character"] for edge in ("start", "end"))
    assert (units[:start].decode("utf-16-le")[-1], units[start:end].decode("utf-16-le")) == ("🎓", "  ")
    assert edit["newText"] == " "
    elsewhere = {**asked, "range": {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}}}
    assert server.request("textDocument/codeAction", elsewhere) == []


def change(server: LanguageServer, path: Path, text: str, version: int = 2) -> None:
    document = {"uri": path.as_uri(), "version": version}
    server.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})


def mends(server: LanguageServer, path: Path, line: int) -> list[dict[str, Any]]:
    place = {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 200}}
    where = {"textDocument": {"uri": path.as_uri()}, "range": place, "context": {"diagnostics": []}}
    return list(server.request("textDocument/codeAction", where))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("job.ready_for_more: true", "job.redy_for_more: true"),
        ("mentor.has: false}", "mentor.has: no}"),
        ("status: aspiring", "status: “aspiring”"),
        ("{at least: $settle_in}", "{>=: $settle_in}".replace(">=", "≥")),
        ("{at least: $settle_in}", "{at least: $setle_in}"),
        ("people in {career.field}", "people in {career.feild}"),
        ("source: {judgement: Mentors}", "source: {judgment: Mentors}"),
    ],
)
def test_a_finding_with_a_mend_is_mended_by_it(server: LanguageServer, folder: Path, right: str, wrong: str) -> None:
    path = folder / "steps.yaml"
    text = path.read_text("utf-8").replace("Look for one person in", "🚲 people in", 1)
    broken = text.replace(right, wrong, 1)
    assert broken != text
    opened(server, path, broken)
    (found,) = server.diagnostics(path)
    (action,) = mends(server, path, found["range"]["start"]["line"])
    assert action["kind"] == "quickfix"
    assert action["diagnostics"][0]["code"] == found["code"]
    path.write_text(broken, "utf-8")
    applied(folder, action["edit"])
    assert path.read_text("utf-8") == text


def test_where_nothing_is_wrong_there_is_nothing_to_mend(server: LanguageServer, folder: Path) -> None:
    path = folder / "steps.yaml"
    opened(server, path)
    assert mends(server, path, 5) == []


def test_checks_are_warnings_and_what_keeps_it_from_loading_an_error(server: LanguageServer, folder: Path) -> None:
    path = folder / "steps.yaml"
    text = path.read_text("utf-8")
    opened(
        server,
        path,
        text.replace("    title: Find a first role\n", "    title: Find a first role\n    review by: 2020-01-01\n"),
    )
    late = [each for each in server.diagnostics(path) if each["code"] == "review-overdue"]
    assert [each["severity"] for each in late] == [2]
    change(server, path, text.replace("each career: {wanted: true", "each career: {wantd: true", 1))
    assert [each["severity"] for each in server.diagnostics(path)] == [1]


RULE = "topic: own\ntitle: Own\nrules:\n  - id: own\n    title: Own\n    when:\n"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("written", "offered", "not_offered"),
    [
        ("      - each job: {cur¦}", ["current", "ready_for_more", "months_in_role"], ["job.current", "at least"]),
        ("      - each job:\n          current: true\n          ¦", ["level", "any"], ["each job"]),
        ("      - ¦", ["plan.written", "each job", "some goal", "multiple_jobs"], ["current"]),
        ("      - each job: {level: ¦}", ["lead", "head"], ["current"]),
        ("      - each job: {level: [entry, ¦]}", ["lead"], ["at least"]),
        ("      - each job: {level: {at ¦}}", ["at least", "at most"], ["contains", "before"]),
        ("      - each job: {start: {at l¦}}", ["at least", "before"], ["contains"]),
        ("      - each job: {months_in_role: {at least: $¦}}", ["$settle_in"], ["current"]),
        ("      - each goal: {}\n      - some job: {field: {same as: ¦}}", ["goal.field", "job.field"], ["skill.name"]),
        ("      - each job: {}\n    advise: {say: 'Über 🚲 {job.¦', x: y", ["job.title", "$settle_in"], []),
        ("      - each job: {}\n    hold: {advice: [find-¦]}", ["find-a-mentor"], ["current"]),
        ("      - each job: {}\n    overrides:\n      - ¦", ["find-a-mentor"], []),
        ("      - each job: {}\n    conclude: {¦}", ["job.ready_for_more"], ["job.title"]),
        ("      - each career: {}\n    conclude: {career.status: ¦}", ["aspiring"], []),
        ("      - each job: {}\n    advise:\n      priority: ¦", ["mentor"], []),
        ("      - each job: {}\n    source: {¦}", ["judgement"], []),
    ],
)  # fmt: skip
def test_what_fits_is_offered_while_it_is_written(
    server: LanguageServer, folder: Path, written: str, offered: list[str], not_offered: list[str], newline: str
) -> None:
    path = folder / "own.yaml"  # which hasn't been saved yet
    text = (RULE + written.replace("¦", "") + "\n").replace("\n", newline)
    opened(server, path, text)
    before = (RULE + written.partition("¦")[0]).split("\n")
    character = len(before[-1].encode("utf-16-le")) // 2
    items = {each["label"]: each for each in server.at("completion", path, len(before) - 1, character)}
    assert [each for each in offered if each not in items] == []
    assert [each for each in not_offered if each in items] == []
    for each in items.values():
        place = each["textEdit"]["range"]
        assert place["end"] == {"line": len(before) - 1, "character": character}
        assert place["start"]["character"] <= character


def test_what_is_offered_says_what_it_means_and_takes_the_place_of_what_was_begun(
    server: LanguageServer, folder: Path
) -> None:
    path = folder / "own.yaml"
    line = "      - each job: {read"
    opened(server, path, RULE + line)
    items = {each["label"]: each for each in server.at("completion", path, 6, len(line))}
    item = items["ready_for_more"]
    assert item["detail"] == "conclusion"
    assert item["documentation"]
    assert item["textEdit"]["range"]["start"]["character"] == len(line) - len("read")


def test_names_are_offered_though_the_files_were_never_right(server: LanguageServer, folder: Path) -> None:
    broken = folder / "goals.yaml"
    broken.write_text(broken.read_text("utf-8") + "\nrules: [\n", "utf-8")
    path = folder / "own.yaml"
    opened(server, path, RULE + "      - each job: {}\n    overrides: [")
    offered = server.at("completion", path, 7, 16)
    assert isinstance(offered, list)  # nothing is known, and nothing breaks


def test_a_hover_names_the_rules_that_use_a_fact(server: LanguageServer, folder: Path) -> None:
    path = folder / "steps.yaml"
    text = opened(server, path)
    line, character = spot(text, "mentor.near_target: false", "mentor.near_target")
    said = server.at("hover", path, line, character)["contents"]["value"]
    assert "`mentor-nearer-target`" in said
    assert "Used once, in steps.yaml." in said


def test_windows_line_ends_and_signs_beyond_the_basic_plane_keep_places_right(
    server: LanguageServer, folder: Path
) -> None:
    path = folder / "own.yaml"
    body = "      - each job: {}\n    advise: {say: '🚲🚲 {job.titel}', priority: growth, effort: small}\n"
    text = (RULE.replace("rules:", "source: {judgement: Own}\nrules:") + body).replace("\n", "\r\n")
    opened(server, path, text)
    (found,) = server.diagnostics(path)
    line = text.split("\r\n")[found["range"]["start"]["line"]]
    start, end = (found["range"][edge]["character"] * 2 for edge in ("start", "end"))
    assert line.encode("utf-16-le")[start:end].decode("utf-16-le").startswith("{job.titel")
