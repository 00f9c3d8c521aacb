"""The kinds of file that people are read from and advice is written to, and which of them a file is."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from advise.errors import UsageError


class FileKind(StrEnum):
    """A kind of file."""

    PARQUET = "parquet"
    ARROW = "arrow"
    STREAM = "arrows"
    CSV = "csv"
    NDJSON = "ndjson"


SUFFIXES: Mapping[str, FileKind] = {
    ".parquet": FileKind.PARQUET,
    ".pq": FileKind.PARQUET,
    ".arrow": FileKind.ARROW,
    ".feather": FileKind.ARROW,
    ".ipc": FileKind.ARROW,
    ".arrows": FileKind.STREAM,
    ".csv": FileKind.CSV,
    ".tsv": FileKind.CSV,
    ".ndjson": FileKind.NDJSON,
    ".jsonl": FileKind.NDJSON,
}


def kind_of(path: Path, named: str | None, option: str) -> FileKind:
    """The kind that is named, or else the one of the file's ending. Raises UsageError when neither says.

    `option` is what names it at a shell: `--from`, `--to`.
    """
    if named is not None:
        return FileKind(named)
    kind = SUFFIXES.get(path.suffix.casefold())
    if kind is None:
        known = ", ".join(SUFFIXES)
        kinds = ", ".join(FileKind)
        raise UsageError(f"{path} has none of the endings {known}. Say what it is with {option}: {kinds}.")
    return kind
