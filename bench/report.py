"""The tables of a run, as plain text and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import fill

from results import Own, Result, Run, growth, targets

_SOURCES = {"file": "Parquet", "memory": "memory"}


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what it's called, what it says, and its cells. The first column is text, the others are figures."""

    title: str
    says: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def text(self) -> str:
        """In plain text."""
        rows = [[cell.replace("`", "") for cell in row] for row in (self.head, *self.rows)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join([self.title, *(_padded(row, widths) for row in rows)])

    def markdown(self) -> str:
        """In Markdown."""
        rule = ("---", *("---:" for _ in self.head[1:]))
        lines = [f"| {' | '.join(row)} |" for row in (self.head, rule, *self.rows)]
        return "\n".join([f"## {self.title}", "", fill(self.says, 120), "", *lines])


def _padded(row: Sequence[str], widths: Sequence[int]) -> str:
    figures = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
    return "  ".join([row[0].ljust(widths[0]), *figures])


def text_of(run: Run) -> str:
    """What a run prints."""
    head = f"advise, measured on {run.day}{', quickly' if run.quick else ''}: {machine_of(run)}"
    parts = [head]
    if run.own:
        titles = f"{'measure':<58}{'ratio':>7}  {'target':<6} {'':<7} CPU time"
        parts.append("\n".join([titles, *map(_own_line, run.own)]))
    parts += [table.text() for table in tables(run)]
    if run.results:
        parts.append("\n".join(["Must be shown", *target_lines(run)]).replace("`", ""))
    parts.append("\n".join(not_measured(run)).replace("`", ""))
    return "\n\n".join(part for part in parts if part) + "\n"


def machine_of(run: Run) -> str:
    """The machine in a line."""
    machine = run.machine
    return f"{machine['python']}, {machine['processors']} processors, {machine['architecture']}, {machine['system']}"


def _own_line(row: Own | str) -> str:
    if isinstance(row, str):
        return row
    target = "" if row.most is None else f"<= {row.most:g}"
    met = {None: "", True: "met", False: "MISSED"}[row.met]
    return f"{row.measure:<58}{row.ratio:>7.2f}  {target:<6} {met:<7} {row.note}".rstrip()


def target_lines(run: Run) -> Iterator[str]:
    """The targets, each with what was measured."""
    for each in targets(run):
        figure = "" if each.figure is None else f": {ratio(each.figure)}"
        who = f" ({each.who})" if each.who else ""
        limit = f"{'at least' if each.least else 'at most'} {each.limit:,.4g}"
        yield f"{each.word}: {each.measure}{figure}{who}; {limit}"


def not_measured(run: Run) -> list[str]:
    """The engines and sizes that have no figure, each with the reason."""
    lines = [f"Not measured: {each.title}: {each.not_measured}" for each in run.engines if each.not_measured]
    for each in run.results:
        if each.not_measured:
            of = " ".join(
                filter(None, [each.section, f"{each.size:,}" if each.size else "", _SOURCES.get(each.source)])
            )
            lines.append(f"Not measured: {run.title(each.engine)}, {of}: {each.not_measured}")
    return lines


def ratio(value: float | None) -> str:
    """A ratio as it's printed."""
    if value is None:
        return "-"
    return f"{value:.2f}" if value < 10 else f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


# --------------------------------------------------------------------------------------------------- tables


def tables(run: Run) -> list[Table]:
    """The tables of what was measured beside other engines; none where nothing was."""
    made = [_people(run), _start(run), *_growths(run), _whole_tables(run), _row_by_row(run), _peak(run), _memory(run)]
    return [table for table in made if table.rows]


def _people(run: Run) -> Table:
    found = sorted((r for r in run.of("people") if r.figures), key=lambda r: r.figures["to_hand"])
    return Table(
        "One person",
        "60 rules, every fact known. CPU time as a multiple of hand-written Python's and of `evaluate`'s, taken in "
        "turns with both; microseconds are of this machine.",
        ("Engine", "to hand-written", "to `evaluate`", "us"),
        tuple(
            (run.title(r.engine), ratio(r.figures["to_hand"]), ratio(r.figures["to_evaluate"]), _us(r)) for r in found
        ),
    )


def _us(result: Result) -> str:
    return f"{result.figures['microseconds']:,.1f}"


def _start(run: Run) -> Table:
    found = sorted((r for r in run.of("start") if r.figures), key=lambda r: r.figures["to_hand"])
    names = {"python": "Python alone, no answer", "evaluate, no cache": "advise: `evaluate`, nothing in its cache"}
    return Table(
        "A fresh process, up to the first answer",
        "User and system time of a process that loads 60 rules and one person's facts from files and prints the "
        "answer, as a multiple of hand-written Python's in such a process, nearly all of which is Python itself and "
        "what the benchmark imports for each engine. Our cache is warm but for the row that says so.",
        ("Engine", "to hand-written", "ms"),
        tuple(
            (names.get(r.engine, run.title(r.engine)), ratio(r.figures["to_hand"]), f"{r.figures['milliseconds']:,.0f}")
            for r in found
        ),
    )


def _growths(run: Run) -> Iterator[Table]:
    yield _growth(
        run,
        "rules",
        "More rules, of which 60 matter",
        "Rules added to the 60 that concern an occupation which nobody has. CPU time for a person as a multiple of "
        "hand-written Python's with 60 rules; *grows*: the largest against the engine's own 60.",
        "to_hand",
        "{:,} rules",
    )
    yield _growth(
        run,
        "lists",
        "Longer lists",
        "One rule: some goal has a job in the same field; about half of the people have no such pair. CPU time for a "
        "person as a multiple of hand-written Python's with the same lists, which tries each pair; *grows*: the "
        "engine's own time with the longest lists against that with the shortest.",
        "to_hand",
        "{:,} each",
    )


def _growth(run: Run, section: str, title: str, says: str, name: str, head: str) -> Table:
    sizes = sorted({r.size for r in run.of(section)})
    names = list(dict.fromkeys(r.engine for r in run.of(section) if r.figures))
    rows = []
    for engine in names:
        figures = [ratio(run.figure(section, engine, name, size)) for size in sizes]
        rows.append((run.title(engine), *figures, ratio(growth(run, section, engine, sizes[-1], sizes[0]))))
    return Table(title, says, ("Engine", *map(head.format, sizes), "grows"), tuple(rows))


def _whole_tables(run: Run) -> Table:
    def cells(engine: str) -> Iterator[str]:
        for size, source in keys:
            yield ratio(run.figure("tables", engine, "to_numpy", size, source))

    keys = sorted({(r.size, r.source) for r in run.of("tables")})
    names = list(dict.fromkeys(r.engine for r in run.of("tables") if r.figures))
    return Table(
        "Whole tables",
        "60 rules; CPU time of all threads as a multiple of numpy's by hand, which reads only the columns that it "
        "needs and checks nothing, in the same turns. From a Parquet file, reading included; or from memory, in the "
        "form that the engine likes best.",
        ("Engine", *(f"{size:,} people, {_SOURCES[source]}" for size, source in keys)),
        tuple((run.title(engine), *cells(engine)) for engine in names),
    )


def _row_by_row(run: Run) -> Table:
    found = [r for r in run.of("rows") if r.figures]
    found.sort(key=lambda r: (r.source, r.figures["to_columnar"]))
    return Table(
        "The same people, row by row",
        "Engines that take one person at a time: CPU time for a person as a multiple of numpy's and of "
        "`columnar`'s on whole tables. From Parquet each row becomes a dict; in memory it is one before.",
        ("Engine", "from", "to numpy", "to `columnar`", "people a CPU second"),
        tuple(
            (
                run.title(r.engine),
                _SOURCES[r.source],
                ratio(r.figures["to_numpy"]),
                ratio(r.figures["to_columnar"]),
                f"{r.figures['people_a_second']:,.0f}",
            )
            for r in found
        ),
    )


def _peak(run: Run) -> Table:
    sizes = sorted({r.size for r in run.of("peak")})
    names = list(dict.fromkeys(r.engine for r in run.of("peak") if r.figures))

    def megabytes(engine: str) -> Iterator[str]:
        for size in sizes:
            found = run.figure("peak", engine, "peak_mb", size, "file")
            yield "-" if found is None else f"{found:,.0f}"

    return Table(
        "Memory for a table",
        "The most megabytes that a process takes which reads a Parquet file of people, advises them and counts the "
        "advice.",
        ("Engine", *(f"{size:,} people" for size in sizes)),
        tuple((run.title(engine), *megabytes(engine)) for engine in names),
    )


def _memory(run: Run) -> Table:
    def row(result: Result) -> tuple[str, ...]:
        figures = result.figures
        grown = max(0, figures["growth_mb"])
        cells = (f"{figures['evaluations']:,.0f}", f"{grown:.1f}", f"{figures['resident_mb']:,.0f}")
        return run.title(result.engine), *cells

    return Table(
        "Memory over many evaluations",
        "What an engine's processes grow by in megabytes, from a tenth of the evaluations to the last, and how large "
        "they are then; 0.0 also where they shrank. An engine that takes long is stopped, so it has fewer "
        "evaluations.",
        ("Engine", "evaluations", "grows by", "size"),
        tuple(row(each) for each in run.of("memory") if each.figures),
    )
