"""Lookup tables: their declaration and the CSV files that hold their rows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from advise._case_schema import LARGEST_NUMBER
from advise._reading import LINE_END, UnreadableError, decoded
from advise.errors import Place
from advise.loading.context import Context, SilentError, WrongError, did_you_mean, listed, quoted
from advise.loading.folder import Folder
from advise.loading.nodes import flag_of, items_of, mapping_of, place_of, text_of, texts_of, words_of
from advise.loading.operands import check_partial
from advise.rules import RANKED, Column, Source, Table
from advise.source import MappingNode, Node, Scalar
from advise.types import Kind, Literal, Type, folded

_KINDS = {"text": Kind.TEXT, "number": Kind.NUMBER, "integer": Kind.NUMBER, "boolean": Kind.BOOLEAN}
_KINDS |= {"date": Kind.DATE, "choice": Kind.CHOICE}
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d{1,3})?\Z")
_WHOLE = re.compile(r"-?\d{1,18}\Z")


def read_table(context: Context, folder: Folder, name: str, node: Node, source: Source) -> Table:
    """A table with its rows; WrongError when it is declared wrongly. Faulty cells are findings."""
    if not isinstance(node, MappingNode):
        raise SilentError
    key = texts_of(node, "key")
    fold = flag_of(node, "ignore_case")
    declared = mapping_of(node, "columns")
    if not declared.items:
        raise SilentError
    columns = tuple(_column(context, declared, each, fold and each in key) for each in declared.items)
    for each in items_of(node, "key"):
        if isinstance(each, Scalar) and each.value not in declared.items:
            hint = did_you_mean(str(each.value), declared.items)
            context.find("unknown-column", each.place, f"The table `{name}` has no column `{each.value}`.", hint)
            raise SilentError
    rows: tuple[tuple[Literal | None, ...], ...] = ()
    context.names.columns[name] = {column.name: column.type for column in columns}
    file = text_of(node, "file")
    spellings: dict[str, str] = {}
    if file is not None:
        rows = tuple(_rows(context, folder, file, place_of(node, "file"), columns, key, spellings))
    return Table(name, words_of(node, "means"), source, key, columns, rows, dict(sorted(spellings.items())))


def _column(context: Context, columns: MappingNode, name: str, fold: bool) -> Column:
    node = columns.items[name]
    context.names.refuse_protected(name, columns.keys[name])
    more = mapping_of(columns, name)
    word = words_of(more, "type") if more is node else words_of(columns, name)
    values = texts_of(more, "values")
    fold = fold or flag_of(more, "ignore_case")
    kind = _KINDS.get(word, Kind.TEXT)
    if kind is Kind.CHOICE and not values:
        sentence = f"The column `{name}` is a choice, and its values aren't listed."
        raise WrongError("missing-key", node.place, sentence, "Write `{type: choice, values: [..]}`.")
    type = Type(
        kind,
        values,
        flag_of(more, "ordered"),
        word == "integer",
        unit=text_of(more, "unit"),
        ignore_case=fold and kind is Kind.TEXT,
    )
    return Column(name, type, words_of(more, "means"))


# ------------------------------------------------------------------------------------------ CSV files


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of a CSV file: its cells and the line on which it begins."""

    number: int
    cells: list[str]


class _Csv:
    """The text of a CSV file, with the places of its cells."""

    def __init__(self, context: Context, file: str, text: str) -> None:
        self.context, self.file, self.text = context, file, text
        self._split: list[str] | None = None

    def lines(self) -> Iterator[_Line]:
        reader = csv.reader(io.StringIO(self.text, newline=""), strict=True)
        before = 0
        try:
            for cells in reader:
                if cells:
                    yield _Line(before + 1, [cell.strip() for cell in cells])
                before = reader.line_num
        except csv.Error:
            hint = "A cell that has a comma or a quote in it stands in quotes, and a quote in it is doubled."
            self.find("bad-csv", Place(self.file, before + 1), "This line can't be read as CSV.", hint)

    def find(self, code: str, place: Place, sentence: str, hint: str = "") -> None:
        self.context.find(code, place, sentence, hint)

    def place(self, line: _Line, cell: int) -> Place:
        """Where a cell begins; on its row's first line for a cell after one that spans lines."""
        if self._split is None:
            self._split = LINE_END.split(self.text)
        lines = self._split
        text = lines[line.number - 1] if line.number <= len(lines) else ""
        column, in_quotes, seen = 1, False, 0
        for i, sign in enumerate(text):
            if seen == cell:
                break
            if sign == '"':
                in_quotes = not in_quotes
            elif sign == "," and not in_quotes:
                seen += 1
                column = i + 2
        return Place(self.file, line.number, column)


def _rows(
    context: Context,
    folder: Folder,
    file: str,
    place: Place,
    columns: tuple[Column, ...],
    key: tuple[str, ...],
    spellings: dict[str, str],
) -> Iterator[tuple[Literal | None, ...]]:
    text = _text(context, folder, file, place)
    if text is None:
        return
    source = _Csv(context, file, text)
    lines = source.lines()
    header = next(lines, None)
    order = _order(source, header, columns)
    if header is None or order is None:
        return
    keys = [[column.name for column in columns].index(name) for name in key]
    seen: dict[tuple[Literal | None, ...], int] = {}
    for line in lines:
        if len(line.cells) != len(header.cells):
            sentence = f"This row has {len(line.cells)} cells, and the header has {len(header.cells)}."
            source.find(
                "bad-row", Place(file, line.number), sentence, "A cell with a comma in it must stand in double quotes."
            )
            continue
        row = tuple(_cell(source, line, at, column) for at, column in zip(order, columns, strict=True))
        for at, cell, column in zip(order, row, columns, strict=True):
            if column.type.ignore_case and cell is not None:
                spellings.setdefault(str(cell), line.cells[at])
        if keys:
            _check_key(source, line, row, keys, seen, order[keys[0]])
        yield row


def _text(context: Context, folder: Folder, file: str, place: Place) -> str | None:
    if file not in folder.names:
        near = did_you_mean(file, (name for name in folder.names if name.endswith(".csv")))
        context.find("no-table-file", place, f"There is no file `{file}` in this folder.", near)
        return None
    data = folder.read(file)
    if data is None:
        return None
    try:
        text = decoded(data)
    except UnreadableError as error:
        context.find(error.code, Place(file, error.line, error.column), error.sentence, error.hint)
        return None
    context.findings.know(file, text)
    return text


def _order(source: _Csv, header: _Line | None, columns: tuple[Column, ...]) -> list[int] | None:
    """For each declared column its place in the file; None, with findings, when the header isn't right."""
    names = [column.name for column in columns]
    if header is None:
        source.find(
            "bad-header", Place(source.file), "This table is empty.", f"Its first line should be {','.join(names)}."
        )
        return None
    wrong = False
    for i, name in enumerate(header.cells):
        if name not in names or name in header.cells[:i]:
            what = "isn't declared" if name not in names else "is there twice"
            hint = did_you_mean(name, names) or f"The declared columns are {quoted(names, 'and')}."
            source.find("bad-header", source.place(header, i), f"The column `{name}` {what}.", hint)
            wrong = True
    missing = [name for name in names if name not in header.cells]
    if missing and not wrong:
        sentence = f"The header of {source.file} lacks {quoted(missing, 'and')}."
        source.find("bad-header", Place(source.file), sentence, "Add the column, or take it out of the declaration.")
    return None if wrong or missing else [header.cells.index(name) for name in names]


def _check_key(
    source: _Csv,
    line: _Line,
    row: tuple[Literal | None, ...],
    keys: list[int],
    seen: dict[tuple[Literal | None, ...], int],
    at: int,
) -> None:
    key = tuple(row[each] for each in keys)
    if None in key:
        return
    if key in seen:
        said = listed((str(each) for each in key), "and")
        sentence = f"There are two rows for {said}; the first is in line {seen[key]}."
        source.find("duplicate-row", source.place(line, at), sentence, "Keep one of them, or add a column to `key`.")
    seen.setdefault(key, line.number)


def _cell(source: _Csv, line: _Line, at: int, column: Column) -> Literal | None:
    text = line.cells[at]
    if not text:
        return None
    value = _value(text, column.type)
    if value is None:
        hint = ""
        if column.type.kind is Kind.CHOICE:
            hint = did_you_mean(text, column.type.choices) or f"It can be {quoted(column.type.choices)}."
        elif column.type.kind is Kind.BOOLEAN:
            hint = "write true or false"
        source.find(
            "bad-cell",
            source.place(line, at),
            f"`{text}` in column `{column.name}` isn't {_A[column.type.kind]}.",
            hint,
        )
    return value


_A: Mapping[Kind, str] = {
    Kind.TEXT: "a text",
    Kind.NUMBER: "a number that may stand here",
    Kind.BOOLEAN: "true or false",
    Kind.DATE: "a date",
    Kind.CHOICE: "one of its values",
}


def _value(text: str, type: Type) -> Literal | None:
    match type.kind:
        case Kind.NUMBER if type.integer:
            return int(text) if _WHOLE.match(text) and abs(int(text)) <= LARGEST_NUMBER else None
        case Kind.NUMBER:
            return _number(text)
        case Kind.BOOLEAN:
            return {"true": True, "false": False}.get(text.casefold())
        case Kind.DATE:
            return text if check_partial(text) else None
        case Kind.CHOICE:
            return text if text in type.choices else None
    return folded(text) if type.ignore_case else text


def _number(text: str) -> float | None:
    if not _NUMBER.match(text):
        return None
    number = int(text) if _WHOLE.match(text) else float(text)
    return number if abs(number) <= LARGEST_NUMBER else None


def by_rank(table: Table, columns: frozenset[str]) -> Table:
    """The table with the ordered choices in `columns`, which are in its key, as ranks: a lookup by a computed
    level, which is a rank, finds its row in it."""
    name = f"{table.name}{RANKED}{listed(sorted(columns), 'and')}"
    places = [i for i, column in enumerate(table.columns) if column.name in columns]
    typed = tuple(
        Column(column.name, Type(Kind.NUMBER, integer=True), column.means) if column.name in columns else column
        for column in table.columns
    )
    rows = []
    for row in table.rows:
        cells = list(row)
        for i in places:
            cell = row[i]
            cells[i] = None if cell is None else table.columns[i].type.choices.index(str(cell))
        rows.append(tuple(cells))
    return Table(name, table.means, table.source, table.key, typed, tuple(rows), table.spellings)
