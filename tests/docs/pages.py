"""Reads the fenced blocks of the pages in docs/, and puts the knowledge base of docs/language.md together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
HEAD = "topic: extra\ntitle: Extra\nsource: {handbook: Extra}\n"
ADVISE = "    advise: {say: Do it., priority: fun, effort: small}\n"

_BLOCK = re.compile(r"^```(?P<kind>\w+)(?P<more>[^\n]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: its kind (`yaml`), its attributes (`file=rules.yaml`, `when`), its text and its line."""

    kind: str
    attributes: dict[str, str]
    text: str
    line: int


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks of a page in docs/."""
    text = (DOCS / page).read_text("utf-8")
    for match in _BLOCK.finditer(text):
        pairs = (word.partition("=") for word in match["more"].split())
        attributes = {name: value for name, _, value in pairs}
        yield Block(match["kind"], attributes, match["text"], text.count("\n", 0, match.start()) + 1)


def workshop() -> dict[str, str]:
    """The files of the knowledge base that docs/language.md builds up, block by block."""
    files: dict[str, str] = {}
    for block in blocks("language.md"):
        if "file" in block.attributes and "wrong" not in block.attributes:
            name = block.attributes["file"]
            files[name] = files.get(name, "") + block.text
    return files


def write(folder: Path, files: dict[str, str]) -> Path:
    """Writes the files to a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def rule_file(text: str) -> str:
    """A whole rule file around a part of one: rules, the entries of one `when`, or sections."""
    if text.startswith("- id:"):
        return HEAD + "rules:\n" + _indented(text, 2)
    if text.startswith("- "):
        return HEAD + "rules:\n  - id: extra\n    title: Extra\n    when:\n" + _indented(text, 6) + ADVISE
    return HEAD + text


def _indented(text: str, by: int) -> str:
    return "".join(" " * by + line for line in text.splitlines(keepends=True))


def table_rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the table whose header begins with `heading`; raises ValueError if there's none."""
    lines = (DOCS / page).read_text("utf-8").splitlines()
    start = next((i for i, line in enumerate(lines) if line.startswith(f"| {heading} |")), None)
    if start is None:
        raise ValueError(f"{page} has no table {heading}")
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows
