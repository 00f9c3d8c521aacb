"""Notices when the files of a knowledge base are saved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path

from advise.authoring import EXTRA
from advise.cache import files
from advise.errors import UsageError

_QUIET_MS = 20
"""An editor may write a file in several goes; it's done when nothing has happened for so long."""
_LOOK_MS = 500
"""How often files are looked at even if no change is announced, as on some network drives."""

_State = dict[str, tuple[int, int]]


def saves(folder: Path) -> Iterator[None]:
    """Yields at once, and again each time the files of a knowledge base have changed; never ends by itself.

    Raises UsageError without the extra `authoring`, and when the folder is gone.
    """
    try:
        from watchfiles import watch
    except ModuleNotFoundError:
        raise UsageError(f"To watch files, watchfiles is needed: {EXTRA}") from None
    wakes = watch(folder, watch_filter=None, step=_QUIET_MS, rust_timeout=_LOOK_MS, yield_on_timeout=True)
    try:
        yield from _changes(folder, chain([None], wakes))
    except (OSError, RuntimeError) as error:  # that's what watchfiles raises
        why = f"{folder} is gone." if not folder.is_dir() else f"{folder} can't be watched: {error}"
        raise UsageError(why) from None


def _changes(folder: Path, wakes: Iterable[object]) -> Iterator[None]:
    """Yields where the files aren't as they were: what counts is how they are, so that no save is missed."""
    seen: _State | None = None
    for _ in wakes:
        if not folder.is_dir():
            raise UsageError(f"{folder} is gone.")
        now = _state(folder)
        if now != seen:
            seen = now
            yield


def _state(folder: Path) -> _State:
    """When each file was last written, and its size."""
    found: _State = {}
    for name, path in files(folder):
        with suppress(OSError):
            status = path.stat()
            found[name] = status.st_mtime_ns, status.st_size
    return found
