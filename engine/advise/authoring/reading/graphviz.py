"""Draws graphs with Graphviz's program `dot`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

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
    """An SVG element for each graph in the language dot.

    Raises UsageError when Graphviz isn't installed, AdviseError when it fails.
    """
    program = shutil.which("dot")
    if program is None:
        raise UsageError(MISSING)
    # A process for each: in one for all, Graphviz 2.43 lays out clusters otherwise from run to run.
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(partial(_drawn, program), graphs))


def _drawn(program: str, graph: str) -> str:
    try:
        done = subprocess.run(
            [program, "-Tsvg"], input=graph.encode(), capture_output=True, timeout=_LONGEST, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AdviseError(f"Graphviz couldn't draw the graph: {error}.") from None
    picture = done.stdout.decode("utf-8", "replace")
    if done.returncode or "</svg>" not in picture:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise AdviseError(f"Graphviz couldn't draw the graph: {said[0] if said else 'it gives no reason'}")
    return _REMARK.sub("", _HEAD.sub("", picture))
