"""The command as a process of its own: in pipes, in terminals, interrupted."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

COMMAND = [sys.executable, "-m", "advise_cli.main"]
ON_GARDEN = [*COMMAND, "--rules", "rules", "--as-of", "2026-01-15"]


def run(*command: str, **more: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **more} if more else None
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=False)  # type: ignore[arg-type]


def on_terminal(*command: str, columns: int = 80, **more: str) -> str:
    """What a terminal of that width shows."""
    environment = {**os.environ, "TERM": "xterm-256color", **more}
    return str(
        pexpect.run(" ".join(command), dimensions=(50, columns), encoding="utf-8", env=environment, timeout=30)
    ).replace("\r\n", "\n")


@pytest.mark.usefixtures("garden")
def test_in_a_pipe_there_is_no_colour_and_the_width_is_eighty() -> None:
    out = run(*ON_GARDEN, "ada.json", "bo.yaml", COLUMNS="200").stdout
    assert "\x1b" not in out
    assert "\n" + "─" * 80 + "\n" in out


@pytest.mark.usefixtures("garden")
@pytest.mark.parametrize("columns", [40, 80])
def test_a_terminal_gets_colour_and_its_own_width(columns: int) -> None:
    out = on_terminal(*ON_GARDEN, "ada.json", "bo.yaml", columns=columns)
    assert "\x1b[32m" in out
    plain = re.sub("\x1b\\[[0-9;]*m", "", out)
    assert max(map(len, plain.split("\n"))) == columns


@pytest.mark.usefixtures("garden")
@pytest.mark.parametrize(
    ("options", "environment"),
    [(["--no-color"], {}), ([], {"NO_COLOR": "1"}), ([], {"TERM": "dumb"})],
)
def test_a_terminal_without_colour_gets_none(options: list[str], environment: dict[str, str]) -> None:
    out = on_terminal(*ON_GARDEN, *options, "ada.json", **environment)
    assert "Water South." in out
    assert "\x1b" not in out


@pytest.mark.usefixtures("garden")
def test_findings_stand_out_on_a_terminal() -> None:
    rules = Path("rules/beds.yaml")
    rules.write_text(rules.read_text("utf-8").replace("{dry: true}", "{dri: true}"), "utf-8")
    assert "\x1b[1mrules/beds.yaml:21:20: " in on_terminal(*COMMAND, "check", "rules")


@pytest.mark.usefixtures("garden")
def test_a_terminal_with_no_width_counts_as_eighty_columns_wide() -> None:
    assert "\n" + "─" * 80 + "\n" in on_terminal(*ON_GARDEN, "--no-color", "ada.json", "bo.yaml", columns=0)


@pytest.mark.usefixtures("garden")
def test_progress_is_only_for_terminals() -> None:
    assert run(*COMMAND, "test", "rules").stderr == ""
    assert "\x1b[K" in on_terminal(*COMMAND, "test", "rules")
    assert "\x1b" not in on_terminal(*COMMAND, "test", "rules", TERM="dumb")


@pytest.mark.usefixtures("garden")
def test_an_encoding_that_lacks_the_symbols_gets_plain_ones() -> None:
    out = run(*ON_GARDEN, "ada.json", PYTHONIOENCODING="ascii").stdout
    assert "  1. Water South. [1]" in out
    assert out.isascii()


@pytest.mark.usefixtures("garden")
def test_what_programs_read_is_utf_8_whatever_the_encoding() -> None:
    out = run(*ON_GARDEN, "--lang", "de", "--format", "json", "ada.json", PYTHONIOENCODING="ascii").stdout
    assert "Gießen" in out


@pytest.mark.usefixtures("garden")
def test_a_reader_that_has_gone_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run(
        [*ON_GARDEN, "--format", "html", "ada.json"], stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)
    assert (result.returncode, result.stderr) == (141, b"")


@pytest.mark.usefixtures("garden")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_one_sentence() -> None:
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run([*ON_GARDEN, "ada.json"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert result.returncode == 2
    assert result.stderr == b"Error: The report can't be written: No space left on device.\n"


@pytest.mark.usefixtures("garden")
def test_ctrl_c_is_quiet() -> None:
    child = subprocess.Popen(
        [*ON_GARDEN, "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Where the tests run in the background, Ctrl-C is ignored, and a child would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert child.stdin is not None
    child.stdin.write(b"{" * 70_000)  # more than a pipe holds, so it returns once the command is reading
    child.stdin.flush()
    child.send_signal(signal.SIGINT)
    out, err = child.communicate()
    assert (child.returncode, out, err.strip()) == (130, b"", b"")


@pytest.mark.usefixtures("garden")
def test_facts_typed_at_the_keyboard_are_asked_for() -> None:
    child = pexpect.spawn(" ".join([*ON_GARDEN, "-"]), encoding="utf-8", dimensions=(50, 80), timeout=30)
    child.expect_exact("Reading facts from the keyboard; end with Ctrl-D.")
    child.sendline('{"beds": [], "crops": []}')
    child.sendeof()
    child.expect_exact("There's nothing to advise on these facts.")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_an_interruption_while_loading_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "advise_cli.commands":
                raise KeyboardInterrupt

    from advise_cli import main

    monkeypatch.delitem(sys.modules, "advise_cli.commands")
    monkeypatch.setattr(sys, "meta_path", [Interrupted(), *sys.meta_path])
    with pytest.raises(SystemExit) as end:
        main.main()
    assert end.value.code == 130


def test_a_plain_report_needs_neither_markdown_nor_html_nor_the_loader(garden: Path) -> None:
    run(*ON_GARDEN, "ada.json")
    script = (
        "import sys, advise_cli.main as m\n"
        f"sys.argv = ['advise', '--rules', {str(garden / 'rules')!r}, 'ada.json']\n"
        "try: m.main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'rich', 'jsonschema', 'advise.loading', 'advise_cli.markdown',"
        " 'advise_cli.html_page', 'advise.cases', 'tempfile', 'difflib'} & set(sys.modules)), file=sys.stderr)\n"
    )
    assert run(sys.executable, "-c", script).stderr.strip() == "[]"
