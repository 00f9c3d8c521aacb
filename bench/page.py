"""Writes docs/performance.md from results.json: `python bench/page.py`; a test keeps the page up to date."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import fill

from report import machine_of, not_measured, ratio, tables
from results import EngineSaid, Run, load, targets

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"

_HEAD = """\
# Performance

How fast `advise` is, beside other engines. This page is made from `bench/results.json` by `bench/page.py`; run
`bench/run.py`, don't edit the page.
"""
_WHAT = """\
## What is measured

- **The workload.** 60 rules over 40 facts and four lists: 40 on facts of the person, 10 on lists (some, every, no, and
  joins between two lists), 10 that build on other rules to depth 4, three of them with a negation. Rules and people are
  made up from a fixed seed (`bench/workload.py`). Each engine gets the same rules in its own way of writing them.
- **Equal answers first.** Before anything is timed, an engine's answers are compared with those of hand-written Python,
  person by person, for ten seconds at most. An engine that differs isn't timed.
- **The others answer a simpler question.** Here every fact is known, and the answer is a set of rules. `advise` works
  out two bounds at once, what is certain and what missing facts leave open, and can prove each piece of advice from the
  person's own values. The engines of others do neither. Both bounds are worked out in all figures of `advise`; texts
  and proofs are made when they're read, and aren't in them.
- **Ratios, not seconds.** CPU time. What is compared runs in one process in turns of about 20 ms, and a ratio is the
  median of the turns' ratios, so a busy machine is busy for both. Each engine has a process of its own, with
  hand-written Python and `evaluate` beside it. Other threads and processes of an engine count for it.
- **What each of ours does.** `evaluate` takes facts that were checked before, as the engines of others take facts that
  nobody checks. `advise(...).given_ids` checks them against the schema each time. `columnar` always checks.
"""
_NOT = """\
## What isn't measured

- Wall time: several cores, a server, waiting for one. `columnar` runs on one thread here; it can take more.
- What a Rete network is made for: facts that change one at a time in a session that stays. Each evaluation is afresh.
- Loading and compiling rules, but for the start of a process with 60; javac's time for Drools is nowhere.
- Engines in their own language: Drools gets the facts as JSON text from Python. json-rules-engine is timed inside Node,
  where the facts are objects already.
- Facts that are missing, for the engines of others: they have no answer for *open*.
  What missing facts cost `advise` is in the table of `advise` alone.
- Rules that other people wrote: 60 seeded rules are no knowledge base, and figures of other rules will differ.
"""


def page(run: Run) -> str:
    """The page for a run."""
    parts = [_HEAD, _when(run), _WHAT, _targets(run), *(f"{table.markdown()}\n" for table in tables(run)), _own(run)]
    parts += [_engines(run), _missing(run), _NOT]
    return "\n".join(part for part in parts if part)


def _when(run: Run) -> str:
    kind = "A quick run, with few turns: its figures are rough" if run.quick else "A whole run"
    text = f"{kind}, on {run.day}: {machine_of(run)}. Figures of two engines are only comparable within a table."
    return f"{fill(text, 120)}\n"


def _targets(run: Run) -> str:
    lines = ["## What must be shown", "", "| Must be | Limit | Measured | |", "| --- | ---: | ---: | --- |"]
    for each in targets(run):
        figure = ratio(each.figure) + (f" ({each.who})" if each.who else "")
        limit = f"{'at least' if each.least else 'at most'} {each.limit:,.4g}"
        lines.append(f"| {each.measure} | {limit} | {figure} | {each.word} |")
    return "\n".join([*lines, "", *_checked(run)])


def _checked(run: Run) -> Iterator[str]:
    """How it is when the facts are checked too, which none of the targets is about."""
    ours = run.figure("people", "given_ids", "to_hand")
    if ours is None:
        return
    others = {name: run.figure("people", name, "to_hand") for name in run.rule_engines()}
    faster = [run.title(name) for name, figure in others.items() if figure is not None and figure < ours]
    text = f"With the facts checked each time, `advise(...).given_ids` takes {ratio(ours)} times hand-written Python."
    text += f" Faster than that, and checking nothing: {', '.join(faster)}." if faster else ""
    yield f"{fill(text, 120)}\n"


def _own(run: Run) -> str:
    if not run.own:
        return ""
    lines = [
        "## `advise` alone",
        "",
        "The same method. Start-up and loading are those of the career knowledge base.",
        "",
    ]
    lines += ["| What | Ratio | Limit | | CPU time |", "| --- | ---: | ---: | --- | --- |"]
    notes = []
    for row in run.own:
        if isinstance(row, str):
            notes.append(f"- {row}")
            continue
        most = "" if row.most is None else f"at most {row.most:g}"
        met = {None: "", True: "met", False: "MISSED"}[row.met]
        lines.append(f"| {row.measure.strip()} | {row.ratio:.2f} | {most} | {met} | {row.note} |")
    return "\n".join([*lines, *(["", *notes] if notes else []), ""])


def _engines(run: Run) -> str:
    lines = ["## How the rules stand in each engine", ""]
    lines += ["| Engine | Version | How | What it can't say, and what was done instead |", "| --- | --- | --- | --- |"]
    lines += [_engine(each) for each in run.engines]
    return "\n".join([*lines, ""])


def _engine(each: EngineSaid) -> str:
    instead = ". ".join(_sentence(text) for text in each.instead)
    return f"| {each.title} | {each.version or 'not installed'} | {_sentence(each.way)} | {instead} |"


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def _missing(run: Run) -> str:
    lines = list(_bullets(run))
    return "\n".join(["## Not measured in this run", "", *lines, ""]) if lines else ""


def _bullets(run: Run) -> Iterator[str]:
    for line in not_measured(run):
        yield f"- {line.removeprefix('Not measured: ')}"


def main() -> None:
    """Writes the page."""
    PAGE.write_text(page(load()), encoding="utf-8")


if __name__ == "__main__":
    main()
