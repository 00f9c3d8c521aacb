"""Draws graphs with Graphviz's program `dot`."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence

from advise.errors import AdviseError, UsageError

MISSING = (
    "To draw graphs, Graphviz is needed: `apt install graphviz`, `brew install graphviz` or `winget install graphviz`."
)
_LONGEST = 120
_HEAD = re.compile(r"^.*?(?=<svg\b)", re.DOTALL)
_REMARK = re.compile(r"<!--.*?-->\n?", re.DOTALL)


def is_installed() -> bool:
    """Whether there's a program `dot`."""
    return shutil.which("dot") is not None


def drawn(graphs: Sequence[str]) -> list[str]:
    """An SVG element for each graph in the language dot, drawn in one run of the program.

    Raises UsageError when Graphviz isn't installed, AdviseError when it fails.
    """
    program = shutil.which("dot")
    if program is None:
        raise UsageError(MISSING)
    if not graphs:
        return []
    try:
        done = subprocess.run(
            [program, "-Tsvg"], input="".join(graphs).encode(), capture_output=True, timeout=_LONGEST, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AdviseError(f"Graphviz couldn't draw the graph: {error}.") from None
    text = done.stdout.decode("utf-8", "replace")
    pictures = [f"{each}</svg>\n" for each in text.split("</svg>")[:-1]]
    if done.returncode or len(pictures) != len(graphs):
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise AdviseError(f"Graphviz couldn't draw the graph: {said[0] if said else 'it gives no reason'}.")
    return [_REMARK.sub("", _HEAD.sub("", each)) for each in pictures]
