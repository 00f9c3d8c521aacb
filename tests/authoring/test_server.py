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
from tests.authoring.language_server import LanguageServer

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
            line = lines[start["line"]]
            lines[start["line"]] = line[: start["character"]] + each["newText"] + line[end["character"] :]
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
