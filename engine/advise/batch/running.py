"""A run: people from a file, advised a batch at a time, to a file; goes on where one before it was stopped."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from advise.batch.blocks import BATCH, START, Block, Position, Reader, unchanged
from advise.batch.durable import BatchError, writing
from advise.batch.inputs import columns_of, reader_of
from advise.batch.json_values import Plain
from advise.batch.kinds import FileKind, kind_of
from advise.batch.mapping import Columns
from advise.batch.outputs import Output, output_of
from advise.batch.read_arrow import first_line
from advise.batch.rows import Advised, Per, Rows
from advise.batch.shape import Shaper
from advise.batch.tally import Summary, Tally, fact_names
from advise.batch.work import Done, Work
from advise.errors import UsageError
from advise.evaluate.columnar.arrays import Ints
from advise.knowledge_base import KnowledgeBase

PART = 1 << 15
"""How many rows of the input make a part: what is at most done again after a stop."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked for.

    `input` and `output` are files, `read_as` and `write_as` their kinds where the endings don't say it.
    `rejects` is the file for the rows that can't be used, by default beside the output. `mapping` is a file that
    says what each column is; without one, columns are called like facts, but for those to `keep`, which are
    carried to the advice. `as_of` is the day, by default today. `threads` is how many batches are worked on at
    once. `force` lets files be replaced, `restart` lets what a stopped run has done go. `part` is for tests.
    """

    input: Path
    output: Path
    rejects: Path | None = None
    read_as: str | None = None
    write_as: str | None = None
    mapping: Path | None = None
    keep: Sequence[str] = ()
    per: Per = Per.ITEM
    questions: bool = True
    as_of: date | None = None
    threads: int | None = None
    force: bool = False
    restart: bool = False
    part: int = PART

    @property
    def rejects_file(self) -> Path:
        """Where rejected rows go."""
        return self.rejects or self.output.with_name(f"{self.output.stem}.rejects.csv")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: `people` are the rows that are done, `done` of `total` counts rows or bytes of the input,
    `began` is how many rows a run before this one had done. `joining`: the parts are being put together."""

    people: int
    done: int
    total: int
    began: int
    joining: bool = False


def _nothing(_: object) -> None:
    pass


@dataclass(frozen=True, slots=True)
class _Piece:
    """People on their way through the evaluation: the rows that are advised, and the rejected ones."""

    block: Block
    rows: Ints
    kept: Any
    rejects: Any
    reasons: Sequence[str]


def run(
    base: KnowledgeBase,
    job: Job,
    *,
    progress: Callable[[Progress], None] = _nothing,
    say: Callable[[str], None] = _nothing,
) -> Summary:
    """Advises everyone in a file and writes the advice to another; returns what came out.

    Rows that can't be used go to a file of their own with the reason. Stopped at any moment, the same job goes on
    after what was done; `say` is told so, `progress` how far it is. Raises UsageError for files and columns that
    can't be used, MappingError for a mapping, BatchError when something can't be read or written or another run
    writes the same output.
    """
    _check_files(job)
    kind = kind_of(job.output, job.write_as, "--to")
    reader = reader_of(job.input, job.read_as, base.rulebook)
    columns = columns_of(reader, base.rulebook, job.mapping, job.keep)
    for name in columns.set_aside:
        say(f"'{name}' is set aside: it's a protected characteristic, and the advice doesn't depend on it.")
    work = Work(job.output.resolve(), job.rejects_file.resolve())
    for path in (job.output, job.rejects_file):
        if path.exists() and not job.force and not work.made(path.resolve()):
            raise UsageError(f"{path} is there already. --force replaces it.")
    with writing(work.folder):
        work.open()
    try:
        return _Run(base, job, reader, columns, work, progress).run(kind, say)
    finally:
        work.close()


def _check_files(job: Job) -> None:
    named = {"the people": job.input, "the advice": job.output, "the rejected rows": job.rejects_file}
    named |= {"the mapping": job.mapping} if job.mapping else {}
    for i, (what, path) in enumerate(named.items()):
        for other, before in list(named.items())[:i]:
            if path.resolve() == before.resolve():
                raise UsageError(f"{path} can't be both {other} and {what}. Name another file.")
    for path in (job.output, job.rejects_file):
        if path.exists() and not path.is_file():
            raise UsageError(f"{path} isn't an ordinary file. Name a file.")
        if not path.resolve().parent.is_dir():
            raise UsageError(f"There is no folder {path.parent}. Make it first.")


class _Run:
    """One run, from the first row that isn't done to the last."""

    def __init__(
        self,
        base: KnowledgeBase,
        job: Job,
        reader: Reader,
        columns: Columns,
        work: Work,
        progress: Callable[[Progress], None],
    ) -> None:
        kept = [pa.field(name, reader.kept_type(name)) for name in columns.kept]
        self._base = base
        self._job = job
        self._reader = reader
        self._columns = columns
        self._work = work
        self._progress = progress
        self._kept = kept
        self._rows = Rows(Per(job.per), kept, fact_names(base.rulebook))
        self._shaper = Shaper(base.rulebook, columns, Plain(base.rulebook))
        self._pieces: deque[_Piece] = deque()
        self._as_of = job.as_of or date.today()
        self._state = unchanged(job.input)
        self._began = 0

    def run(self, kind: FileKind, say: Callable[[str], None]) -> Summary:
        with writing(self._work.folder):
            done = self._where_to_begin(kind, say)
        self._began = done.rows
        if not self._work.is_joined:
            self._advise(done, output_of(self._rows.schema, kind))
            self._check_unchanged()
            self._join(kind)
        tally = self._work.tally()
        with writing(self._job.output):
            self._work.finish()
        return Summary.of(tally, self._base.rulebook, self._as_of.isoformat())

    # ------------------------------------------------------------------------------------ going on

    def _where_to_begin(self, kind: FileKind, say: Callable[[str], None]) -> Done:
        started = self._work.started
        if started is not None and self._job.as_of is None and "as_of" in started:
            # A run that goes on after midnight still gives everyone the advice of one day.
            self._as_of = date.fromisoformat(started["as_of"])
        fingerprint = self._fingerprint(kind)
        why = self._work.changes(fingerprint)
        if started is None or why or self._job.restart:
            lost = self._work.go_on().rows if started is not None else 0
            self._as_of = self._job.as_of or date.today()
            self._work.begin(self._fingerprint(kind))
            if lost:
                reason = "--restart was given" if self._job.restart else " and ".join(why)
                say(f"Starting afresh, and not after row {lost:,}: {reason}.")
            return Done()
        done = self._work.go_on()
        today = "" if self._job.as_of else f", as of {self._as_of.isoformat()}"
        if done.rows:
            say(f"Going on after row {done.rows:,}{today}; --restart starts afresh.")
        return done

    def _fingerprint(self, kind: FileKind) -> dict[str, Any]:
        from importlib.metadata import version

        book, job = self._base.rulebook, self._job
        columns = [
            [each.name, each.target and each.target.pointer, each.values and dict(each.values), each.keep]
            for each in self._columns.all
        ]
        return {
            "input": [str(job.input.resolve()), *self._state],
            "columns": _digest([columns, [str(each) for each in self._kept], list(self._reader.names)]),
            "knowledge_base": f"{book.name} {book.content_hash}",
            "as_of": self._as_of.isoformat(),
            "options": [job.per, job.questions, kind, job.read_as or "", str(self._work.rejects), job.part],
            "version": [version("advise-engine"), pa.__version__],
        }

    def _check_unchanged(self) -> None:
        if unchanged(self._job.input) != self._state:
            raise BatchError(f"{self._job.input} was changed while it was read. Start the command again.")

    # ------------------------------------------------------------------------------------- advising

    def _advise(self, done: Done, output: Output) -> None:
        part = _Part(done.rows)
        before = 0
        people = self._people(done)
        results = self._base.advise_batches(
            people, as_of=self._as_of, questions=self._job.questions, threads=self._job.threads
        )
        for advice in results:
            piece = self._pieces.popleft()
            self._take(part, piece, advice, before)
            before += len(piece.rows)
            if part.rows % self._job.part == 0:
                self._close(part, piece.block, output)
                part = _Part(part.rows)
            self._progress(Progress(part.rows, piece.block.done, self._reader.total, self._began))
        if part.block is not None:
            self._close(part, part.block, output)

    def _take(self, part: _Part, piece: _Piece, advice: Any, before: int) -> None:
        """Adds one piece's advice to the part."""
        row = advice.column("row").to_numpy() - before
        advised = Advised(advice, row, piece.rows, piece.kept)
        part.batches.append(self._rows.made(advised))
        rejects = pa.Table.from_batches([piece.rejects, self._rows.rejected(advised)]).combine_chunks()
        if rejects.num_rows:
            part.rejects.extend(rejects.sort_by("row").to_batches())
        part.tally.add(advised)
        part.tally.reject(piece.reasons, unread=True)
        part.rows = piece.block.first + piece.block.count
        part.block = piece.block

    def _close(self, part: _Part, block: Block, output: Output) -> None:
        done = Done(part.rows, block.position, block.done)
        rejects = part.rejects
        writer = output_of(self._rows.rejects_schema, FileKind.CSV)
        with writing(self._work.folder):
            self._work.add(
                done,
                part.tally,
                lambda file: output.part(file, part.batches),
                (lambda file: writer.part(file, rejects)) if rejects else None,
            )

    def _join(self, kind: FileKind) -> None:
        self._progress(Progress(self._rows_done, self._reader.total, self._reader.total, self._began, joining=True))
        rejects = output_of(self._rows.rejects_schema, FileKind.CSV)
        with writing(self._work.folder):
            self._work.join(output_of(self._rows.schema, kind).join, rejects.join)

    @property
    def _rows_done(self) -> int:
        return self._work.parts[-1]["rows"] if self._work.parts else 0

    # -------------------------------------------------------------------------------------- reading

    def _people(self, done: Done) -> Iterator[Any]:
        """The facts of everyone who isn't done, in batches; what else belongs to a batch waits in `_pieces`."""
        grid = min(BATCH, self._job.part)
        for block in self._blocks(done.position):
            start, end = max(block.first, done.rows), block.first + block.count
            while start < end:
                stop = min(end, (start // grid + 1) * grid)
                piece, facts = self._piece(block.part(start, stop))
                self._pieces.append(piece)
                yield facts
                start = stop

    def _blocks(self, position: Position) -> Iterator[Block]:
        row = position.row
        try:
            for block in self._reader.blocks(position if position != START else START, self._columns.needed):
                row = block.first + block.count
                yield block
        except (pa.ArrowException, OSError) as error:
            why = first_line(error)
            raise BatchError(f"{self._job.input} can't be read after row {row:,}: {why}") from None

    def _piece(self, block: Block) -> tuple[_Piece, Any]:
        shaped = self._shaper.shape(block.batch)
        kept = self._kept_of(block.batch)
        good = np.ones(block.batch.num_rows, np.bool_)
        bad = sorted(shaped.wrong)
        good[bad] = False
        rows = block.first + block.rows
        rejected = self._rows.unreadable(
            rows[bad].tolist(), kept.take(pa.array(bad, pa.int64())), [shaped.wrong[row] for row in bad]
        )
        lost = sorted(block.wrong)
        reasons = [block.wrong[row] for row in lost]
        unread = self._rows.unreadable([block.first + row for row in lost], None, reasons)
        rejects = pa.Table.from_batches([rejected, unread]).combine_chunks().to_batches()
        empty = self._rows.unreadable([], None, [])
        mask = pa.array(good)
        piece = _Piece(
            block, rows[good], kept.filter(mask), rejects[0] if rejects else empty, [*shaped.wrong.values(), *reasons]
        )
        return piece, shaped.facts.filter(mask)

    def _kept_of(self, batch: Any) -> Any:
        if not self._kept:
            # A batch without columns wouldn't know how many rows it has.
            return _NothingKept(batch.num_rows)
        columns = [batch.column(each.name) for each in self._kept]
        plain = [each.dictionary_decode() if pa.types.is_dictionary(each.type) else each for each in columns]
        return pa.RecordBatch.from_arrays(plain, schema=pa.schema(self._kept))


@dataclass(slots=True)
class _Part:
    """The part that is being made, up to the row `rows`."""

    rows: int
    batches: list[Any] = field(default_factory=list)
    rejects: list[Any] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    block: Block | None = None


@dataclass(frozen=True, slots=True)
class _NothingKept:
    """No columns."""

    num_rows: int
    columns: tuple[Any, ...] = ()

    def take(self, _: Any) -> _NothingKept:
        return self

    def filter(self, _: Any) -> _NothingKept:
        return self


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()
