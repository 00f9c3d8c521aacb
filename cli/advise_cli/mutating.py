"""`advise test --mutate`: which small alterations of the rules the examples notice, and which survive."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from advise_cli import exits, files
from advise_cli.checking import folder_of, refuse
from advise_cli.common import counts_aloud
from advise_cli.report import clean, counted

if TYPE_CHECKING:
    from advise.authoring.examples.selection import Selection
    from advise.authoring.mutation.mutants import Mutant
    from advise.authoring.mutation.telling import Telling
    from advise.authoring.mutation.trials import Score
    from advise.authoring.mutation.whereabouts import Whereabouts

_T = TypeVar("_T")
_BLINK = 0.1
_MORE = "; --facts writes facts that would notice"
KINDS = {
    "all-any": "`all` and `any` swapped",
    "dropped": "a condition left out",
    "hold": "a hold removed",
    "list": "a value left out of a list",
    "operator": "an operator swapped",
    "override": "an override removed",
    "parameter": "a parameter moved by one",
    "quantifier": "`some`, `every` and `no` swapped",
    "threshold": "a threshold moved by one",
    "value": "a value swapped",
}
"""The kinds of mutants, in words."""


def mutate(named: str | None, selected: Selection, form: str = "text", jobs: int = 1, facts: bool = False) -> int:
    """Tries the mutants of a knowledge base, or of the rules selected, and prints the survivors.

    `jobs` processes work on it; `facts` finds the facts of people who would notice. Returns the exit code.
    """
    from advise.authoring.mutation.telling import Telling
    from advise.authoring.mutation.trials import Score
    from advise.authoring.mutation.trials import mutate as tried
    from advise.authoring.mutation.whereabouts import Whereabouts
    from advise.knowledge_base import KnowledgeBase
    from advise.loading import read

    folder = folder_of(named)
    book, findings, examples = read(folder)
    if book is None:
        refuse(findings, folder)
        return exits.FINDINGS
    base, begun = KnowledgeBase(book, folder), time.monotonic()
    names = selected.rules_of(book, folder)
    only = None if len(names) == len(book.rules) else lambda mutant: mutant.name in names
    score = Score(tuple(counted_aloud(tried(base, examples, jobs, only), "mutant")))
    telling = Telling(base, examples) if facts else None
    where = Whereabouts(folder)
    if form == "json":
        text = json.dumps(_document(score, where, telling), ensure_ascii=False, indent=2) + "\n"
    else:
        lines = _lines(score, folder, where, telling, time.monotonic() - begun)
        text = "".join(f"{line}\n" for line in lines)
    files.show(text.encode(sys.stdout.encoding if form == "text" else "utf-8", "replace"))
    return exits.DONE


def _lines(score: Score, folder: Path, where: Whereabouts, telling: Telling | None, seconds: float) -> Iterator[str]:
    for mutant in counted_aloud(score.survivors, "survivor"):
        yield clean(f"{folder / str(where.of(mutant))}: {mutant.name}: {mutant.said}")
        if telling is not None:
            yield f"    {_told(telling, mutant)}"
    if score.survivors:
        yield f"{counted(len(score.survivors), 'mutant')} that no example notices{'' if telling else _MORE}."
        yield ""
    made = Counter(each.mutant.kind for each in score.tried)
    survived = Counter(each.kind for each in score.survivors)
    for kind, words in KINDS.items():
        if made[kind]:
            yield f"{words:32}  {made[kind] - survived[kind]:5} of {made[kind]:5} noticed"
    yield f"{folder}: {score.killed} mutants noticed, in {seconds:.0f} s."


def _told(telling: Telling, mutant: Mutant) -> str:
    import yaml

    facts = telling.facts(mutant)
    if facts is None:
        return "# no facts found that would notice; it may be the same in other words"
    dumped: str = yaml.safe_dump(facts, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10**6)
    return f"facts: {dumped.strip()}"


def _document(score: Score, where: Whereabouts, telling: Telling | None) -> dict[str, Any]:
    def told(mutant: Mutant) -> dict[str, Any]:
        said = {
            "name": mutant.name, "kind": mutant.kind, "place": str(where.of(mutant)),
            "before": mutant.before, "after": mutant.after,
        }  # fmt: skip
        return said if telling is None else {**said, "facts": telling.facts(mutant)}

    return {
        "mutants": score.killed.of,
        "noticed": score.killed.reached,
        "percent": score.killed.percent,
        "survivors": [told(each) for each in counted_aloud(score.survivors, "survivor")],
    }


def counted_aloud(items: Iterable[_T], what: str) -> Iterator[_T]:
    """The items (one is a `what`) as they come, with their number on standard error while that is a terminal."""
    aloud, said = counts_aloud(), time.monotonic()
    for number, each in enumerate(items, 1):
        yield each
        if aloud and time.monotonic() - said > _BLINK:
            said = time.monotonic()
            click.echo(f"\r{counted(number, what)}", nl=False, err=True)
    if aloud:
        click.echo("\r\x1b[K", nl=False, err=True)
