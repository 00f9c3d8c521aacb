"""Writes into a knowledge base's files what its examples came out as: one example at a time, or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from advise.authoring.examples.expectations import fulfilled
from advise.authoring.examples.rewriting import rewritten
from advise.authoring.examples.testing import Suite, Verdict, open_suite, run
from advise.errors import AdviseError
from advise.rules import Example

ENDING = ".orig"
"""What is added to a file's name for the copy of how it was."""


@dataclass(frozen=True)
class Update:
    """New expectations for one example: how its file reads before and after, and the suite with it."""

    example: Example
    expect: Mapping[str, Any]
    before: bytes = field(repr=False)
    after: bytes = field(repr=False)
    suite: Suite = field(repr=False)

    @property
    def path(self) -> Path:
        """The file to write, where it really is."""
        return (self.suite.folder / self.example.place.file).resolve()


def propose(suite: Suite, verdict: Verdict) -> Update:
    """The update by which an example comes out as expected.

    Raises AdviseError when there's none: its facts can't be used, its file can't be changed in that one place, or
    it wouldn't pass.
    """
    example = verdict.example
    if verdict.problems:
        raise AdviseError("Its facts can't be used, so there's nothing to expect of it. Mend the facts.")
    base = suite.ready
    expect = fulfilled(example, base.advise(example.facts, as_of=example.as_of), verdict.differences)
    before = _read(suite.folder / example.place.file)
    try:
        text = before.decode("utf-8")
    except UnicodeDecodeError:
        raise AdviseError(f"{example.place.file} has changed and can't be read any more.") from None
    after = rewritten(text, example.place, expect).encode("utf-8")
    changed = open_suite(suite.folder, suite, {example.place.file: after})
    if changed.base is None:
        raise AdviseError(f"With these expectations the knowledge base wouldn't load: {changed.findings[0]}")
    # Only expectations have changed, so every example is where it was in the order of all.
    number = next(i for i, each in enumerate(suite.examples) if each.place == example.place)
    again = changed.examples[number]
    if run(changed.base, again).differs:
        raise AdviseError("It can't be told in expectations what came out.")
    return Update(again, expect, before, after, changed)


def write(update: Update, keep: bool = True) -> None:
    """Puts an update into its file; with `keep`, the file as it was stays beside it, under a name with `ENDING`.

    Raises AdviseError, with the file as it was, when it has changed meanwhile or can't be written.
    """
    path = update.path
    if _read(path) != update.before:
        raise AdviseError(f"{path.name} has been changed by somebody else just now, so it stays. Run this again.")
    try:
        mode = path.stat().st_mode
        if keep:
            _put(path.with_name(path.name + ENDING), update.before, mode)
        _put(path, update.after, mode)
    except OSError as error:
        raise AdviseError(f"{path.name} can't be written: {error.strerror}.") from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise AdviseError(f"{path.name} can't be read: {error.strerror}.") from None


def _put(path: Path, content: bytes, mode: int) -> None:
    """Writes a file whole or not at all."""
    handle, draft = tempfile.mkstemp(prefix=".advise-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(draft).chmod(mode & 0o7777)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
