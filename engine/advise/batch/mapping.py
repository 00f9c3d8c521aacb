"""Which column goes where: from the columns' own names, or from a mapping file in YAML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from advise._yaml_complaints import short
from advise.batch.targets import NoTargetError, Target, target, walked
from advise.errors import AdviseError, Finding, Place, UsageError
from advise.facts_schema import protected_name
from advise.rules import Rulebook
from advise.source import Findings, MappingNode, Node, Scalar, read_yaml_file

KEEP, IGNORE = "keep", "ignore"
OUR_COLUMNS = (
    "row",
    "kind",
    "rule",
    "about",
    "fact",
    "decides",
    "reason",
    "given",
    "not_now",
    "open",
    "refer",
    "questions",
)
"""What columns of the advice are called, so that no column that is kept may be."""

Values = Mapping[str, str | None]


class MappingError(AdviseError):
    """A mapping can't be used; `findings` says why, each with its place."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__(findings)

    def __str__(self) -> str:
        return "\n".join(map(str, self.findings))


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the fact that it holds, what its texts stand for, and whether it's carried to the advice."""

    name: str
    target: Target | None = None
    values: Values | None = None
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """What becomes of each column; `set_aside` are the protected ones."""

    all: tuple[Column, ...]
    set_aside: tuple[str, ...] = ()

    @property
    def facts(self) -> tuple[Column, ...]:
        """Those that hold facts."""
        return tuple(each for each in self.all if each.target is not None)

    @property
    def kept(self) -> tuple[str, ...]:
        """The names of those that are carried to the advice."""
        return tuple(each.name for each in self.all if each.keep)

    @property
    def needed(self) -> tuple[str, ...]:
        """The names of those that have to be read."""
        return tuple(each.name for each in self.all if each.keep or each.target is not None)

    @property
    def ignored(self) -> frozenset[str]:
        """The names of those that needn't be read."""
        return frozenset(each.name for each in self.all if not each.keep and each.target is None)


# ------------------------------------------------------------------------------------------- by their names


def by_name(book: Rulebook, names: Sequence[str], keep: Iterable[str]) -> Columns:
    """Columns that are called like facts (`jobs`, `plan.written`), and those to keep. Raises UsageError."""
    keep = tuple(dict.fromkeys(keep))
    columns, aside, unknown = [], [], []
    for name in names:
        try:
            place = target(book, name) if name.startswith("/") else walked(book, name.split("."))
        except NoTargetError as error:
            if name in keep:
                columns.append(Column(name, keep=True))
            elif is_protected(book, name):
                aside.append(name)
                columns.append(Column(name))
            else:
                unknown.append((name, error.hint))
        else:
            columns.append(Column(name, place, keep=name in keep))
    if unknown:
        raise UsageError(_unknown(unknown))
    found = Columns(tuple(columns), tuple(aside))
    _check_kept(found.kept, keep, names)
    for again, first in _clashes(found.facts):
        raise UsageError(f"The columns '{first.name}' and '{again.name}' hold the same fact. Leave one of them out.")
    return found


def _unknown(unknown: Sequence[tuple[str, str]]) -> str:
    (name, hint), several = unknown[0], len(unknown) > 1
    listed = ", ".join(f"'{short(each)}'" for each, _ in unknown[:8]) + (", …" if len(unknown) > 8 else "")
    start = f"These columns are no facts: {listed}." if several else f"The column '{short(name)}' is no fact."
    return (
        f"{start} {'' if several or not hint else hint + ' '}Carry a column to the advice with --keep, or say with "
        "--mapping what each column is; --map writes a first draft of a mapping."
    )


def is_protected(book: Rulebook, name: str) -> bool:
    """Whether a column is called like a protected characteristic."""
    return protected_name(name) in set(map(protected_name, book.protected))


def _check_kept(kept: Iterable[str], asked: Iterable[str], names: Sequence[str]) -> None:
    for name in asked:
        if name not in names:
            near = get_close_matches(name, names, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise UsageError(f"There is no column '{name}' to keep.{hint}")
    for name in kept:
        if name in OUR_COLUMNS:
            raise UsageError(f"The column to keep, '{name}', is called like a column of the advice. Rename it.")


def _clashes(columns: Iterable[Column]) -> Iterable[tuple[Column, Column]]:
    """Pairs of columns of which one goes to the place of the other, or into it."""
    ordered = [each for each in columns if each.target is not None]
    for i, again in enumerate(ordered):
        for first in ordered[:i]:
            assert again.target is not None and first.target is not None
            length = min(len(again.target.steps), len(first.target.steps))
            if again.target.steps[:length] == first.target.steps[:length]:
                yield again, first


# ------------------------------------------------------------------------------------------- from a file


def read_mapping(path: Path, book: Rulebook, names: Sequence[str] | None, keep: Iterable[str]) -> Columns:
    """The columns as a mapping file has them. `names` are those of the input, None when they aren't known.

    Raises MappingError with everything that is wrong in the file, UsageError for a column to keep.
    """
    findings = Findings()
    node = read_yaml_file(path, str(path), findings)
    reader = _Reader(book, findings)
    columns = [] if node is None else reader.columns(node)
    aside: list[str] = []
    if names is not None and node is not None and not findings:
        aside = reader.compare(columns, names)
        columns += [Column(name) for name in aside]
    if findings:
        raise MappingError(findings.all)
    keep = tuple(keep)
    columns = [replace(each, keep=each.keep or each.name in keep) for each in columns]
    found = Columns(tuple(columns), tuple(aside))
    _check_kept(found.kept, keep, [each.name for each in columns])
    return found


class _Reader:
    """Reads one mapping file; what is wrong becomes findings."""

    def __init__(self, book: Rulebook, findings: Findings) -> None:
        self._book = book
        self._findings = findings
        self._places: dict[str, Place] = {}
        self._root: Place | None = None

    def columns(self, root: Node) -> list[Column]:
        if not isinstance(root, MappingNode) or "columns" not in root.items:
            self._find("mapping-columns", root.place, "A mapping has 'columns:', with a line for each column below it.")
            return []
        for name, place in root.keys.items():
            if name != "columns":
                self._find("mapping-key", place, f"'{short(name)}' can't stand in a mapping.", "It has only 'columns'.")
        node = root.items["columns"]
        if not isinstance(node, MappingNode):
            self._find("mapping-columns", node.place, "'columns' takes a line for each column, such as 'id: keep'.")
            return []
        self._root = root.keys["columns"]
        self._places = dict(node.keys)
        columns = [self._column(name, below) for name, below in node.items.items()]
        for again, first in _clashes(columns):
            sentence = f"'{short(first.name)}' holds this fact already, in line {self._places[first.name].line}."
            self._find("mapping-twice", self._places[again.name], sentence, "Make one of them 'ignore'.")
        return columns

    def compare(self, columns: Sequence[Column], names: Sequence[str]) -> list[str]:
        """Compares with the columns that there are; returns those that are protected and not in the mapping."""
        known = {each.name for each in columns}
        free = [name for name in names if name not in known]
        for name in known.difference(names):
            near = get_close_matches(name, free, n=1)
            hint = f"Did you mean '{short(near[0])}'?" if near else f"It has: {', '.join(map(short, names))}."
            self._find("mapping-missing", self._places[name], f"The input has no column '{short(name)}'.", hint)
        assert self._root is not None
        for name in free:
            if not is_protected(self._book, name):
                sentence = f"The column '{short(name)}' of the input isn't here."
                self._find("mapping-unlisted", self._root, sentence, f"Add '{short(name)}: ignore', or its fact.")
        return [name for name in free if is_protected(self._book, name)]

    def _column(self, name: str, node: Node) -> Column:
        if isinstance(node, Scalar) and node.value == IGNORE:
            return Column(name)
        if isinstance(node, Scalar) and node.value == KEEP:
            return self._kept(Column(name, keep=True))
        if isinstance(node, Scalar):
            return Column(name, self._target(name, node))
        if not isinstance(node, MappingNode):
            self._find("mapping-column", node.place, "A column is 'keep', 'ignore', or the JSON Pointer of a fact.")
            return Column(name)
        for key, place in node.keys.items():
            if key not in ("fact", "values", "keep"):
                near = get_close_matches(key, ("fact", "values", "keep"), n=1)
                hint = f"Did you mean '{near[0]}'?" if near else "It may have: fact, values, keep."
                self._find("mapping-key", place, f"'{short(key)}' can't stand here.", hint)
        keep = node.items.get("keep")
        if keep is not None and not (isinstance(keep, Scalar) and isinstance(keep.value, bool)):
            self._find("mapping-keep", keep.place, "'keep' must be true or false.")
        if "fact" not in node.items:
            self._find("mapping-fact", node.place, "The fact that this column holds is missing: fact: /plan/written")
        fact = node.items.get("fact")
        target = None if fact is None else self._target(name, fact)
        kept = isinstance(keep, Scalar) and keep.value is True
        return self._kept(Column(name, target, self._values(node.items.get("values")), kept))

    def _kept(self, column: Column) -> Column:
        if column.keep and column.name in OUR_COLUMNS:
            sentence = f"'{column.name}' is called like a column of the advice, so it can't be kept."
            self._find("mapping-kept-name", self._places[column.name], sentence, "Rename it in the input.")
        return column

    def _target(self, name: str, node: Node) -> Target | None:
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            self._find("mapping-pointer", node.place, "This must be the JSON Pointer of a fact, such as /plan/written.")
            return None
        if is_protected(self._book, name):
            sentence = f"'{short(name)}' is a protected characteristic, so it can't be a fact."
            self._find("mapping-protected", self._places[name], sentence, f"Write '{short(name)}: ignore'.")
            return None
        try:
            return target(self._book, node.value)
        except NoTargetError as error:
            words = get_close_matches(node.value, (KEEP, IGNORE), n=1, cutoff=0.7)
            hint = f"Did you mean '{words[0]}'?" if words else error.hint
            self._find("mapping-pointer", node.place, error.sentence, hint)
            return None

    def _values(self, node: Node | None) -> Values | None:
        if node is None:
            return None
        if not isinstance(node, MappingNode) or not node.items:
            sentence = "'values' takes what stands in the column and what it means: {Cook: cooking}."
            self._find("mapping-values", node.place, sentence)
            return None
        values: dict[str, str | None] = {}
        for cell, meant in node.items.items():
            if not isinstance(meant, Scalar):
                sentence = f"What '{short(cell)}' stands for must be one value."
                self._find("mapping-values", meant.place, sentence)
            else:
                values[cell] = _as_cell(meant.value)
        return values

    def _find(self, code: str, place: Place, sentence: str, hint: str = "") -> None:
        self._findings.add(code, place, sentence, hint)


def _as_cell(value: str | int | float | bool | None) -> str | None:
    """A value of the mapping as a cell has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)
