"""The pages of docs/findings/, which come with the package, for those who ask in the terminal."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from advise.authoring.checks.table import CHECKS


def page(code: str) -> str | None:
    """The page of a check, or what docs/findings.md says about an error, as Markdown; None for an unknown code."""
    return _read(f"{code}.md") if code in CHECKS else _error(code)


def _error(code: str) -> str | None:
    table = _read("findings.md") or ""
    row = re.search(rf"^\| `{re.escape(code)}` \| (.+) \| (.+) \|$", table.partition("\n# Errors\n")[2], re.MULTILINE)
    return None if row is None else f"# {code}\n\n*Error: {row[1]}*\n\n## To mend it\n\n{row[2]}\n"


def _read(name: str) -> str | None:
    docs = Path(__file__).parents[4] / "docs"  # in a checkout of the project; installed, they stand beside this module
    for path in (resources.files("advise.authoring.checks") / "findings" / name, docs / name, docs / "findings" / name):
        if path.is_file():
            return path.read_text("utf-8")
    return None
