"""Opens the file of people, and settles what each of its columns is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from advise.batch.blocks import Reader
from advise.batch.durable import BatchError
from advise.batch.kinds import FileKind, kind_of
from advise.batch.mapping import Columns, by_name, read_mapping
from advise.batch.read_arrow import ArrowReader, ParquetReader
from advise.batch.read_csv import CsvReader
from advise.batch.read_ndjson import NdjsonReader
from advise.batch.targets import NoTargetError, walked
from advise.errors import UsageError
from advise.rules import Rulebook


def reader_of(path: Path, named: str | None, book: Rulebook) -> Reader:
    """What reads a file, as the kind that is named or as its ending says.

    Raises UsageError when it can't be read as that kind, BatchError when not at all.
    """
    if not path.exists():
        raise UsageError(f"There is no file {path}.")
    if not path.is_file():
        raise UsageError(f"{path} isn't an ordinary file, so a run couldn't go on with it. Save the people to a file.")
    kind = kind_of(path, named, "--from")
    try:
        if kind is FileKind.PARQUET:
            return ParquetReader(path)
        if kind is FileKind.CSV:
            return CsvReader(path)
        if kind is FileKind.NDJSON:
            return NdjsonReader(path, book)
        return ArrowReader(path)
    except OSError as error:
        raise BatchError(f"{path} can't be read: {error.strerror or 'the system refuses'}.") from None


def columns_of(reader: Reader, book: Rulebook, mapping: Path | None, keep: Iterable[str]) -> Columns:
    """What each column is. Raises UsageError, MappingError; UsageError too when none holds a fact."""
    lines = isinstance(reader, NdjsonReader)
    if mapping is not None:
        columns = read_mapping(mapping, book, None if lines else reader.names, keep)
    elif isinstance(reader, NdjsonReader):
        columns = by_name(book, _names_of_lines(reader, book, tuple(keep)), keep)
    else:
        columns = by_name(book, reader.names, keep)
    if not columns.facts:
        raise UsageError("No column holds a fact, so there's nothing to advise on.")
    if isinstance(reader, NdjsonReader):
        reader.expect(columns)
    return columns


def _names_of_lines(reader: NdjsonReader, book: Rulebook, keep: tuple[str, ...]) -> list[str]:
    """The names that lines may have: those of facts, those to keep, and those that the first lines have."""
    names = [*reader.names, *keep]
    for name in reader.sampled_names:
        try:
            walked(book, name.split("."))
        except NoTargetError:
            continue
        names.append(name)
    taken = {name.split(".")[0] for name in names}
    names += [each.name for each in book.lists.values() if each.name not in taken]
    names += [path.split(".")[0] for thing, path in book.facts if thing is None and path.split(".")[0] not in taken]
    return list(dict.fromkeys(names))
