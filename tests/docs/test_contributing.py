"""CONTRIBUTING.md and CHANGELOG.md: the commands exist, the paths are there, and the version is the package's."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest

from advise.operators import OPERATORS
from tests.docs.pages import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
COMMANDS = [
    line.split("  #")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
    if line.strip()
]


def test_every_path_on_the_page_is_there() -> None:
    in_text = re.findall(r"`((?:engine|rules|schemas|cli|tests|docs|bench)(?:/[\w./]+)?)`", PAGE)
    in_commands = re.findall(r"\s((?:rules|tests|docs|bench)/?[\w./]*)", "\n".join(COMMANDS))
    assert len(in_text) > 10
    assert [path for path in (*in_text, *in_commands) if not (ROOT / path).exists()] == []


def test_every_command_on_the_page_is_installed_or_in_an_extra() -> None:
    modules = re.findall(r"-m ([\w.]+)", "\n".join(COMMANDS))
    assert {"pytest", "ruff", "mypy", "advise_cli.manual"} <= set(modules)
    extra = " ".join(each for group in PROJECT["optional-dependencies"].values() for each in group)
    assert [name for name in modules if importlib.util.find_spec(name) is None and name not in extra] == []
    scripts = {match for command in COMMANDS for match in re.findall(r"^\.venv/bin/(\w+) ", command)} - {"python"}
    assert scripts <= set(PROJECT["scripts"])
    (extras,) = re.findall(r'-e "\.\[([\w,]+)\]"', PAGE)
    assert set(extras.split(",")) <= set(PROJECT["optional-dependencies"])


def test_the_word_to_select_tests_by_selects_some() -> None:
    (word,) = re.findall(r"pytest -k (\w+)", PAGE)
    names = [
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert [name for name in names if word in name]


def test_the_number_of_examples_is_read_by_the_laws() -> None:
    assert "ADVISE_LAW_EXAMPLES=" in PAGE
    assert '"ADVISE_LAW_EXAMPLES"' in (ROOT / "tests" / "test_laws.py").read_text("utf-8")


def test_adding_an_operator_needs_what_the_page_says() -> None:
    from advise.loading import comparisons

    assert set(comparisons._READERS) == set(OPERATORS)


@pytest.mark.parametrize(
    "name", ["CONTRIBUTING.md", "docs/language.md", "docs/semantics.md", "docs/embedding.md", "docs/findings.md"]
)
def test_links_lead_to_files_and_headings(name: str) -> None:
    path = ROOT / name
    for target, heading in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([\w-]+))?\)", path.read_text("utf-8")):
        file = path.parent / target if target else path
        assert file.is_file(), target
        assert not heading or heading in _headings(file), f"{target}#{heading}"


def _headings(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}


def test_the_changelog_names_the_version_of_the_package() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert PROJECT["version"] in text
    headings = re.findall(r"^## \[(.+?)\]", text, re.MULTILINE)
    assert {"Unreleased", PROJECT["version"]} & set(headings)
