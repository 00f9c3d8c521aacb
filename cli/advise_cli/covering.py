"""`advise test --coverage`: what the examples reach, as a table, as JSON, and beside the lines of the rule files."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advise_cli import exits, files
from advise_cli.bases import opened
from advise_cli.progress import counted_aloud
from advise_cli.report import clean, counted

if TYPE_CHECKING:
    from advise.authoring.examples.coverage import ConditionCoverage, Coverage, RuleCoverage
    from advise.authoring.examples.reaching import Reaching
    from advise.authoring.examples.selection import Selection
    from advise.errors import Place
    from advise.knowledge_base import KnowledgeBase

_MORE = "; --facts writes facts that would reach it"


def cover(
    named: str | None, selected: Selection, form: str = "text", annotate: bool = False, facts: bool = False
) -> int:
    """Prints what the examples of a knowledge base reach of the rules selected; returns the exit code.

    `annotate` prints the rule files with marks beside their lines, `facts` also the facts of people who would reach
    what the examples don't.
    """
    from advise.authoring.examples.coverage import coverage
    from advise.authoring.examples.reaching import Reaching

    folder, base, examples = opened(named)
    wanted = selected.rules_of(base.rulebook, folder)
    found = coverage(base, counted_aloud(examples, "example")).of(lambda rule: rule.id in wanted)
    reaching = Reaching(base, examples) if facts else None
    if form == "json":
        text = json.dumps(_document(found, base, reaching), ensure_ascii=False, indent=2) + "\n"
    elif annotate:
        text = "".join(f"{line}\n" for line in _annotated(found, folder))
    else:
        text = "".join(f"{line}\n" for line in _table(found, folder, reaching))
    files.show(text.encode(sys.stdout.encoding if form == "text" else "utf-8", "replace"))
    return exits.DONE


# ---------------------------------------------------------------------------------------------- table


def _table(found: Coverage, folder: Path, reaching: Reaching | None) -> Iterator[str]:
    width = max((len(rule.rule.id) for rule in found.rules), default=0)
    yield f"{'':{width}}  holds  open    no  conditions  true  false  unknown  alone"
    for rule in found.rules:
        yield f"{rule.rule.id:{width}}  {_row(rule)}"
    yield ""
    yield from _lacking(found, folder, reaching)
    yield from _totals(found, folder)


def _row(rule: RuleCoverage) -> str:
    truths = [sum(1 for each in rule.conditions if each.reached[truth]) for truth in (2, 0, 1)]
    alone = sum(each.alone for each in rule.conditions)
    return (
        f"{rule.fired:5}  {rule.open:4}  {rule.not_fired:4}  {len(rule.conditions):10}  "
        f"{truths[0]:4}  {truths[1]:5}  {truths[2]:7}  {alone:5}"
    )


def _totals(found: Coverage, folder: Path) -> Iterator[str]:
    from advise.evaluate.meaning import Truth

    yield f"{folder}: {counted(len(found.rules), 'rule')}, {counted(found.examples, 'example')}."
    yield f"  rules that hold in some example: {found.fired}; that don't in some: {found.not_fired}"
    reached = [f"{word} in some example: {found.reached(truth)}" for word, truth in (
        ("true", Truth.TRUE), ("false", Truth.FALSE), ("unknown", Truth.UNKNOWN))]  # fmt: skip
    yield f"  conditions that are {'; '.join(reached)}"
    yield f"  conditions shown to decide alone, true and false: {found.alone}"


def _lacking(found: Coverage, folder: Path, reaching: Reaching | None) -> Iterator[str]:
    """What isn't reached, in the order of the files; with facts that would reach it if they're wanted."""
    from advise.authoring.examples.margins import WORDS, lacking

    said = 0
    for rule in counted_aloud(found.rules, "rule"):
        if not rule.fired:
            yield f"{_at(rule.rule.place, folder)}: {rule.rule.id}: holds in no example"
        for each in rule.conditions:
            words = lacking(each)
            if words:
                said += 1
                yield clean(f"{_at(each.condition.place, folder)}: {rule.rule.id}: {each.condition.said}: {words}")
                for person in reaching.of(rule.rule, each) if reaching else ():
                    yield f"    # {WORDS[person.truth]}{', and decides alone' if person.alone else ''}"
                    yield f"    facts: {_yaml(person.facts)}"
    if said:
        yield f"{counted(said, 'condition')} of which the examples don't show everything{'' if reaching else _MORE}."
        yield ""


def _at(place: Place | None, folder: Path) -> str:
    return str(folder) if place is None else f"{folder / place.file}:{place.line}:{place.column}"


def _yaml(facts: Any) -> str:
    """Facts as they stand in an example, on one line."""
    import yaml

    dumped: str = yaml.safe_dump(facts, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10**6)
    return dumped.strip()


# -------------------------------------------------------------------------------------------- beside


_LEGEND = (
    "T, F, U: some example has every condition on the line true, false, unknown; A: each is shown to decide alone,",
    "true and false; a dot: not so. xN: the rule holds in N examples.",
)


def _annotated(found: Coverage, folder: Path) -> Iterator[str]:
    from advise.authoring.examples.margins import margins

    yield from _LEGEND
    for name, lines in margins(found).items():
        yield ""
        yield str(folder / name)
        text = (folder / name).read_text("utf-8")
        for number, line in enumerate(text.splitlines(), 1):
            margin = lines.get(number)
            yield f"{number:5} {margin.marks if margin else '':5}| {_line(line)}"
            for column, note in margin.notes if margin else ():
                yield f"{'':11}| {'':{column - 1}}^ {clean(note)}"
    yield ""
    yield from _totals(found, folder)


def _line(line: str) -> str:
    """A line of a file, safe to print, its spaces kept."""
    return " ".join(clean(part) if part else "" for part in line.split(" "))


# ---------------------------------------------------------------------------------------------- JSON


def _document(found: Coverage, base: KnowledgeBase, reaching: Reaching | None) -> dict[str, Any]:
    from advise.evaluate.meaning import Truth

    shares = {
        "rules_that_hold": found.fired,
        "rules_that_do_not": found.not_fired,
        "conditions_true": found.reached(Truth.TRUE),
        "conditions_false": found.reached(Truth.FALSE),
        "conditions_unknown": found.reached(Truth.UNKNOWN),
        "conditions_alone": found.alone,
    }
    return {
        "knowledge_base": {"name": base.name, "version": base.version},
        "examples": found.examples,
        "totals": {name: {"reached": each.reached, "of": each.of} for name, each in shares.items()},
        "rules": [_rule(each, reaching) for each in counted_aloud(found.rules, "rule")],
    }


def _rule(rule: RuleCoverage, reaching: Reaching | None) -> dict[str, Any]:
    return {
        "id": rule.rule.id,
        "place": str(rule.rule.place),
        "holds": rule.fired,
        "open": rule.open,
        "no": rule.not_fired,
        "conditions": [_condition(rule, each, reaching) for each in rule.conditions],
    }


def _condition(rule: RuleCoverage, each: ConditionCoverage, reaching: Reaching | None) -> dict[str, Any]:
    from advise.authoring.examples.margins import WORDS

    def by_truth(counts: tuple[int, int, int]) -> dict[str, int]:
        return {"true": counts[2], "false": counts[0], "unknown": counts[1]}

    said: dict[str, Any] = {
        "condition": each.condition.said,
        "place": str(each.condition.place or ""),
        "reached": by_truth(each.reached),
        "decided": by_truth(each.decided),
        "alone": each.alone,
    }
    if reaching:
        people = reaching.of(rule.rule, each)
        said["facts"] = [{"truth": WORDS[truth], "alone": alone, "facts": facts} for truth, alone, facts in people]
    return said
