"""docs/reading.md: its commands run, and print what the page says that they print."""

from __future__ import annotations

import importlib.util
import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from advise_cli.commands import cli
from tests.docs.pages import DOCS, workshop, write

PAGE = (DOCS / "reading.md").read_text("utf-8")
COMMANDS = [line for block in re.findall(r"```sh run\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reading")
    write(folder / "my_rules", workshop())
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_its_commands_work(shop: Path, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if ".svg" in command and shutil.which("dot") is None:
        pytest.skip("Graphviz isn't installed")
    if " docs " in command and importlib.util.find_spec("jinja2") is None:
        pytest.skip("the extra `authoring` isn't installed")
    monkeypatch.chdir(shop)
    done = CliRunner().invoke(cli, shlex.split(command)[1:])
    assert done.exit_code == 0, done.output
    for name in re.findall(r"-o (\S+)", command):
        assert (shop / name).exists()


def test_the_rule_is_shown_as_on_the_page(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop)
    (output,) = re.findall(r"```text output\n(.*?)```", PAGE, re.DOTALL)
    assert CliRunner().invoke(cli, shlex.split(COMMANDS[0])[1:]).stdout == output


def test_links_lead_to_pages() -> None:
    for target in re.findall(r"\]\((?!https://)([^)#]+)", PAGE):
        assert (DOCS / target).is_file(), target
