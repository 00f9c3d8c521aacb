"""What came of examples, for people: expected beside what came out, and why; and a line that sums it up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from advise_cli.bases import from_here
from advise_cli.report import clean, counted

if TYPE_CHECKING:
    from advise.authoring.examples.testing import Verdict
    from advise.authoring.sentences import Line
    from advise.cases import Difference
    from advise.rules import Example

_NARROWEST, _WIDEST = 22, 44
_NOWHERE = {
    "notes": "not among the notes",
    "asks": "not asked",
    "conflicts": "no conflict",
    "refers": "doesn't refer",
    "fires": "doesn't fire",
}


class Came(NamedTuple):
    """What came of one example, with the reasons for each difference."""

    verdict: Verdict
    why: tuple[tuple[Line, ...], ...]


class Row(NamedTuple):
    """Expected and came out, side by side. `mark`: `-` is lacking, `+` is too much, empty is as expected."""

    left: str
    mark: str
    right: str


def head(example: Example, folder: Path) -> str:
    """An example's place, kind and name, and the rule it belongs to."""
    of = f" of {example.rule}" if example.rule else ""
    return clean(f'{from_here(example.place, folder)}: {example.kind} "{example.name}"{of}')


def lines(came: Came, folder: Path, colour: bool, verbose: bool) -> Iterator[str]:
    """What to print of one example: nothing when it's as expected, unless all are to be listed."""
    verdict = came.verdict
    if not verdict.differs:
        if verbose:
            took = f"({verdict.seconds * 1000:.0f} ms)"
            yield f"{_style('ok', colour, fg='green')}  {head(verdict.example, folder)} {took}"
        return
    yield _style(head(verdict.example, folder), colour, bold=True)
    yield from details(came, colour)


def details(came: Came, colour: bool = False) -> Iterator[str]:
    """How an example differs, without its name."""
    for problem in came.verdict.problems:
        yield f"  The facts can't be used: {clean(problem)}"
    found = [tuple(rows(each)) for each in came.verdict.differences]
    if not found:
        return
    width = max(_NARROWEST, *(min(len(row.left), _WIDEST) for each in found for row in each))
    yield _style(f"  {'expected':<{width}}   came out", colour, dim=True)
    for each, why in zip(found, came.why, strict=True):
        for row in each:
            left = _style(f"{row.left:<{width}}", colour and row.mark == "-", fg="red")
            right = _style(row.right, colour and row.mark == "+", fg="green")
            yield f"  {left} {row.mark or ' '} {right}".rstrip()
        yield from _reasons(why, "    ")


def rows(difference: Difference) -> Iterator[Row]:
    """A difference side by side."""
    word, name, wanted, found = difference.word, difference.name, difference.wanted, difference.found
    if word == "settled":
        yield Row(f"settled: {value(wanted)}", "-", f"settled: {value(found)}")
    elif not name:
        yield Row(f"{word}:", "", f"{word}:")
        yield from _list_rows(list(wanted), list(found), word)
    elif word == "conclusions":
        there = " and ".join(map(value, found)) or "no certain value"
        yield Row(f"{name}: {value(wanted)}", "-", f"{name}: {there}")
    elif wanted:
        yield Row(f"{word}: {name}", "-", f"{found}: {name}" if found else _NOWHERE.get(word, "not given"))
    else:
        yield Row(f"{word}: {name}", "-", f"{found}: {name}")


def _list_rows(wanted: list[str], found: list[str], word: str) -> Iterator[Row]:
    if word == "not now":
        wanted, found = sorted(wanted), sorted(found)
    for _, a, b, c, d in SequenceMatcher(None, wanted, found, autojunk=False).get_opcodes():
        if wanted[a:b] == found[c:d]:
            yield from (Row(f"  {name}", "", f"  {name}") for name in wanted[a:b])
        else:
            yield from (Row(f"  {name}", "-", "") for name in wanted[a:b])
            yield from (Row("", "+", f"  {name}") for name in found[c:d])
    if not wanted or not found:
        yield Row("" if wanted else "  (nothing)", "", "" if found else "  (nothing)")


def _reasons(why: Iterable[Line], indent: str) -> Iterator[str]:
    for line in why:
        yield f"{indent}{clean(line.text)}"
        yield from _reasons(line.below, indent + "  ")


def summary(folder: Path, results: Iterable[Verdict], seconds: float, more: str = "") -> str:
    """How many examples, how many differ, and how long it took."""
    every = list(results)
    differ = sum(each.differs for each in every)
    came = f"{differ} {'differs' if differ == 1 else 'differ'}" if differ else "all as expected"
    again = sum(each.again for each in every)
    some = f" ({again} of them run again)" if again < len(every) else ""
    return f"{folder}: {counted(len(every), 'example')}{some}, {came}, in {seconds:.2f} s{more}."


def value(said: Any) -> str:
    """A value as it stands in a file."""
    return str(said).lower() if isinstance(said, bool) else str(said)


def _style(text: str, colour: bool, **how: Any) -> str:
    return click.style(text, **how) if colour else text
