"""Files that are whole or not there, whatever happens to the process or the machine; and one writer at a time."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from advise.errors import AdviseError

_OWNER_ONLY = 0o600


class BatchError(AdviseError):
    """A run can't go on: something can't be read or written, or another run is at it."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Makes a sentence of whatever the system says while something is written at `path`."""
    try:
        yield
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else "the system refuses"
        raise BatchError(f"{path} can't be written: {why}. Mend that, and the same command goes on.") from None


def write_whole(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Writes a file that only its owner can read, under a name of its own until it's on the disk. Raises OSError."""
    draft = path.with_name(path.name + ".tmp")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY), "wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Puts on the disk what files are in a folder; some systems can't."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def place(draft: Path, target: Path) -> None:
    """Moves a whole file to where it belongs, in one step. Raises OSError."""
    try:
        draft.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # On another disk: a copy beside the target first.
        beside = target.with_name(f".{target.name}.tmp")
        with draft.open("rb") as source:
            write_whole(beside, lambda file: shutil.copyfileobj(source, file))
        shutil.copystat(draft, beside)
        beside.replace(target)
    sync_folder(target.parent)


class Lock:
    """A file that one process holds at a time; the system lets go of it when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle = -1

    def take(self) -> bool:
        """Takes it; False when another process holds it. Raises OSError."""
        while True:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, _OWNER_ONLY)
            if not _take(handle):
                os.close(handle)
                return False
            # Whoever held it before may have removed it in the meantime.
            with suppress(FileNotFoundError):
                if os.fstat(handle).st_ino == self._path.stat().st_ino:
                    self._handle = handle
                    return True
            os.close(handle)

    def release(self) -> None:
        """Lets go of it."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def _take(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
