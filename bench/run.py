"""Measures the speed of advise as ratios: `python bench/run.py [--quick]`. See README.md beside it."""

from __future__ import annotations

import json
import os
import platform
import sys
import sysconfig
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from by_hand import ByHand, Writer, by_hand
from folder import write_folder
from growth import growth
from timing import Times, Work, in_turns, processes
from workload import Person, Rule, add_gated, make_people, make_rules, without_a_third

from advise import KnowledgeBase
from advise.errors import AdviseError, KnowledgeBaseError
from advise.knowledge_base import career_folder

RESULTS = Path(__file__).with_name("results.txt")
DAY = date(2026, 1, 15)


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    people: int
    rounds: int
    starts: int


FULL, QUICK = Size(people=300, rounds=41, starts=15), Size(people=100, rounds=9, starts=9)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    measure: str
    ratio: float
    most: float | None
    note: str

    def text(self) -> str:
        target = "" if self.most is None else f"<= {self.most:g}"
        met = "" if self.most is None else "met" if self.ratio <= self.most else "MISSED"
        return f"{self.measure:<58}{self.ratio:>7.2f}  {target:<6} {met:<7} {self.note}".rstrip()


Lines = list[Row | str]


def main() -> int:
    """Measures, prints, and unless it's quick writes results.txt."""
    parser = ArgumentParser(description="Measures the speed of advise as ratios.")
    parser.add_argument("--quick", action="store_true", help="fewer people and rounds; results.txt isn't written")
    parser.add_argument(
        "--rules", type=Path, default=career_folder(), help="for start and loading; else the career one"
    )
    options = parser.parse_args()
    quick = options.quick
    size = QUICK if quick else FULL
    os.environ["ADVISE_CACHE_DIR"] = "off"  # nothing here is worth keeping, and loading is to be measured
    sections: dict[str, Callable[[], Lines]] = {
        "evaluation": partial(evaluation, size),
        "growth": partial(growing, size),
        "start": partial(start, size, options.rules),
        "loading": partial(loading, size, options.rules),
    }
    lines: Lines = []
    for name, section in sections.items():
        try:
            lines += section()
        except (AdviseError, OSError, RuntimeError) as error:
            lines.append(f"Not measured ({name}): {_first(str(error))}")
    head = (
        f"advise, measured on {date.today()}{', quickly' if quick else ''}: {platform.python_implementation()} "
        f"{platform.python_version()}, {os.cpu_count()} processors, {platform.machine()}"
    )
    titles = f"{'measure':<58}{'ratio':>7}  {'target':<6} {'':<7} CPU time"
    text = "\n".join([head, "", titles, *(_text(line) for line in lines), ""])
    sys.stdout.write(text)
    if not quick:
        RESULTS.write_text(text, encoding="utf-8")
    return 0


def _text(line: Row | str) -> str:
    return line if isinstance(line, str) else line.text()


def _first(text: str) -> str:
    line, *more = text.splitlines() or [""]
    return f"{line} (and {len(more)} lines more)" if more else line


# ---------------------------------------------------------------------------------------------- evaluation


def evaluation(size: Size) -> Lines:
    """The compiled evaluator against hand-written code, and what checking and growing cost."""
    write = Writer(complete=True).conditions
    rules = make_rules(write)
    people = make_people(size.people)
    thinned = without_a_third(people)
    lines = _against_hand(rules, people, thinned, size)
    for name, more in (("all live", make_rules(write, blocks=10)), ("540 gated", add_gated(rules, 540))):
        lines += _ten_times(name, rules, more, people[: size.people // 2], size)
    return lines


def _against_hand(rules: Sequence[Rule], people: list[Person], thinned: list[Person], size: Size) -> Lines:
    known, missing = by_hand(rules, complete=True), by_hand(rules, complete=False)
    with knowledge_base(rules) as base:
        check_known(base, known, people)
        check_missing(base, missing, thinned)
        known_times = in_turns(_works(base, known, people), size.rounds)
        missing_times = in_turns(_works(base, missing, thinned), size.rounds)
    n = len(people)
    return [
        _row("evaluate / hand-written, every fact known", known_times, "evaluate", "hand", 2, n),
        _row("evaluate / hand-written, a third of the facts missing", missing_times, "evaluate", "hand", 4, n),
        _row("check / evaluate, every fact known", known_times, "check", "evaluate", 1, n),
        _row("check / evaluate, a third of the facts missing", missing_times, "check", "evaluate", 1, n),
        _row("advise(...).given_ids / hand-written, every fact known", known_times, "advise", "hand", None, n),
        _row("advise(...).given_ids / hand-written, a third missing", missing_times, "advise", "hand", None, n),
    ]


def _works(base: KnowledgeBase, hand: ByHand, people: list[Person]) -> dict[str, Work]:
    cases = [base.case(person, DAY) for person in people]

    def advise(person: Person) -> tuple[str, ...]:
        return base.advise(person, as_of=DAY).given_ids

    return {
        "hand": partial(_all, hand, people),
        "evaluate": partial(_all, base.evaluate, cases),
        "check": partial(_all, partial(base.case, as_of=DAY), people),
        "advise": partial(_all, advise, people),
    }


def _all(function: Callable[[Any], object], each: Sequence[Any]) -> None:
    for one in each:
        function(one)


def _row(measure: str, times: Times, name: str, to: str, most: float | None, each: int) -> Row:
    note = f"{times.seconds(name) / each * 1e6:.1f} / {times.seconds(to) / each * 1e6:.1f} us a person"
    return Row(measure, times.ratio(name, to), most, note)


def _ten_times(name: str, rules: Sequence[Rule], more: Sequence[Rule], people: list[Person], size: Size) -> Lines:
    few_by_hand, many_by_hand = by_hand(rules, complete=True), by_hand(more, complete=True)
    with knowledge_base(rules) as few, knowledge_base(more) as many:
        check_known(many, many_by_hand, people)
        cases = [few.case(person, DAY) for person in people]
        works: dict[str, Work] = {
            "60": partial(_all, few.evaluate, cases),
            "600": partial(_all, many.evaluate, cases),
            "60 by hand": partial(_all, few_by_hand, people),
            "600 by hand": partial(_all, many_by_hand, people),
        }
        times = in_turns(works, size.rounds)
    return [
        _row(f"evaluate 600 rules ({name}) / 60 rules", times, "600", "60", 10, len(people)),
        _row(f"  the same for hand-written ({name})", times, "600 by hand", "60 by hand", None, len(people)),
    ]


def growing(size: Size) -> Lines:
    """What thousands of rules and long lists cost."""
    rules = make_rules(Writer(complete=True).conditions)
    return [Row(*measured) for measured in growth(rules, make_people(size.people // 2), size.rounds)]


@contextmanager
def knowledge_base(rules: Sequence[Rule]) -> Iterator[KnowledgeBase]:
    """The rules as a knowledge base that was written to a folder and loaded from it."""
    with TemporaryDirectory() as folder:
        write_folder(Path(folder), rules)
        yield KnowledgeBase.load(folder)


def certain_and_open(base: KnowledgeBase, person: Person) -> tuple[set[str], set[str]]:
    """The ids of the rules that certainly hold, and of those that may. Both evaluators must say the same."""
    case = base.case(person, DAY)
    found = base.evaluate(case)
    if found != base.evaluate(case, "reference"):
        raise RuntimeError("The compiled and the reference evaluator disagree.")
    ids = [rule.id for rule in base.rulebook.rules]
    return {ids[index] for index, _ in found.certain}, {ids[index] for index, _ in found.open}


def check_known(base: KnowledgeBase, hand: ByHand, people: list[Person]) -> None:
    """With every fact known, nothing is open and what holds is what hand-written code says."""
    for person in people:
        certain, unsure = certain_and_open(base, person)
        if unsure or certain != set(hand(person)):
            raise RuntimeError("The evaluator and the hand-written code disagree.")


def check_missing(base: KnowledgeBase, hand: ByHand, people: list[Person]) -> None:
    """With facts missing, hand-written code takes them as a no: it says all that's certain, and some that may be."""
    for person in people:
        certain, unsure = certain_and_open(base, person)
        if not certain <= set(hand(person)) <= certain | unsure:
            raise RuntimeError("The evaluator and the hand-written code contradict each other.")


# -------------------------------------------------------------------------------------------------- start


def start(size: Size, rules: Path) -> Lines:
    """The command in a fresh process, its cache warm, against a start of Python that imports click."""
    command = Path(sysconfig.get_path("scripts")) / "advise"
    if not command.exists():
        return ["Not measured (start): the command advise isn't installed beside this Python."]
    with TemporaryDirectory() as folder:
        facts = Path(folder) / "facts.json"
        facts.write_text(json.dumps(_largest_example(rules)), encoding="utf-8")
        environment = {**os.environ, "ADVISE_CACHE_DIR": str(Path(folder) / "cache")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        chosen = [] if rules == career_folder() else ["--rules", str(rules)]
        commands = {
            "advise": [str(command), "--as-of", DAY.isoformat(), *chosen, str(facts)],
            "click": [sys.executable, "-c", "import click"],
            "bare": [sys.executable, "-c", "pass"],
        }
        times = processes(commands, environment, size.starts)
    note = " / ".join(f"{times.seconds(name) * 1e3:.0f}" for name in ("advise", "click"))
    note += f" ms (Python alone {times.seconds('bare') * 1e3:.0f})"
    return [Row("advise facts.json, warm cache / import click", times.ratio("advise", "click"), 4, note)]


def _largest_example(rules: Path) -> object:
    """The facts of the largest example, case or person of a knowledge base."""
    from advise.loading import read

    facts = [dict(example.facts) for example in read(rules)[2]]
    if not facts:
        raise RuntimeError("The knowledge base has no examples yet.")
    return max(facts, key=lambda each: len(json.dumps(each)))


# ------------------------------------------------------------------------------------------------- loading


def loading(size: Size, folder: Path) -> Lines:
    """Loading the career knowledge base from its files against what reading their YAML takes PyYAML's C loader."""
    if not hasattr(yaml, "CSafeLoader"):
        return ["Not measured (loading): this PyYAML has no C loader."]
    try:
        rules = len(KnowledgeBase.load(folder).rulebook.rules)
    except KnowledgeBaseError as error:
        return [f"Not measured (loading): the knowledge base has findings: {_first(str(error))}"]
    apart = ("cases", "people", "imports")
    paths = [path for path in sorted(folder.rglob("*.yaml")) if path.relative_to(folder).parts[0] not in apart]

    def parse() -> None:
        for path in paths:
            yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)

    works: dict[str, Work] = {"load": partial(KnowledgeBase.load, folder), "parse": parse}
    times = in_turns(works, max(9, size.rounds // 2))
    note = f"{times.seconds('load') * 1e3:.0f} / {times.seconds('parse') * 1e3:.0f} ms, {rules} rules"
    return [Row("load the career knowledge base / PyYAML's C loader", times.ratio("load", "parse"), 10, note)]


if __name__ == "__main__":
    sys.exit(main())
