"""Reads files: size checked before reading, UTF-8 only, each failure a sentence."""

from __future__ import annotations

import re
import stat
from pathlib import Path

LINE_END = re.compile(r"\r\n|\n|\r")


class UnreadableError(Exception):
    """A file can't be read as text; has a stable code, a sentence, a hint, a line and a column."""

    def __init__(self, code: str, sentence: str, hint: str = "", line: int = 1, column: int = 1) -> None:
        self.code, self.sentence, self.hint, self.line, self.column = code, sentence, hint, line, column
        super().__init__(sentence)


def read_bytes(path: Path, most: int, *, regular: bool = True) -> bytes:
    """The content of a file, refused when it has more than `most` bytes, before it's read.

    With `regular`, only an ordinary file will do; otherwise a pipe or device is read, up to the limit.
    Raises UnreadableError.
    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableError("file-folder", "This is a folder, not a file.", "Name a file in it.")
        if regular and not stat.S_ISREG(status.st_mode):
            raise UnreadableError("file-kind", "This isn't an ordinary file, so it isn't read.")
        too_large = stat.S_ISREG(status.st_mode) and status.st_size > most
        data = b"" if too_large else _first_bytes(path, most + 1)
    except FileNotFoundError:
        raise UnreadableError("file-missing", "There is no such file.", "Check its name and folder.") from None
    except PermissionError:
        raise UnreadableError("file-permission", "You aren't allowed to read this file.") from None
    except (OSError, ValueError):
        raise UnreadableError("file-unreadable", "This file can't be read.", "Check its name and folder.") from None
    if too_large or len(data) > most:
        raise UnreadableError("file-too-large", f"This file is larger than {most // 1_000_000} MB, so it isn't read.")
    return data


def _first_bytes(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        return file.read(most)


def decoded(data: bytes) -> str:
    """UTF-8 bytes as text, without a byte-order mark. Raises UnreadableError at the first wrong byte."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace").removeprefix("\ufeff")
        line, column = line_and_column(before, len(before))
        hint = "Save the file as UTF-8."
        raise UnreadableError(
            "file-encoding", "This file isn't in UTF-8, or it isn't text.", hint, line, column
        ) from None


def line_and_column(text: str, index: int) -> tuple[int, int]:
    """The line and column, from 1, of the character at `index`."""
    lines = LINE_END.split(text[:index])
    return len(lines), len(lines[-1]) + 1
