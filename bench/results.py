"""What was measured: rows of figures, the targets that they meet or miss, and results.json, which holds all of it."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

RESULTS = Path(__file__).with_name("results.json")
NOT_RULE_ENGINES = ("hand",)
_LARGEST = 1000
"""Megabytes that a table may take."""


@dataclass(frozen=True, slots=True)
class Own:
    """A ratio of advise with itself, with hand-written code or with a part of what it does; see run.py."""

    measure: str
    ratio: float
    most: float | None
    note: str

    @property
    def met(self) -> bool | None:
        """None where there is no target."""
        return None if self.most is None else self.ratio <= self.most


@dataclass(frozen=True, slots=True)
class EngineSaid:
    """An engine, as it's listed. `not_measured` is the reason, where it isn't."""

    name: str
    title: str
    way: str
    ours: bool
    version: str = ""
    instead: tuple[str, ...] = ()
    not_measured: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What one measurement found, or why it found nothing."""

    section: str
    engine: str
    size: int = 0
    source: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)
    not_measured: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What must be shown. `least`: the figure must be at least the limit, else at most. `met` is None: not measured."""

    measure: str
    figure: float | None
    limit: float
    least: bool
    who: str = ""

    @property
    def met(self) -> bool | None:
        """Whether it is; None when nothing was measured."""
        if self.figure is None:
            return None
        return self.figure >= self.limit if self.least else self.figure <= self.limit

    @property
    def word(self) -> str:
        """met, MISSED, or that it wasn't measured."""
        return {True: "met", False: "MISSED", None: "not measured"}[self.met]


@dataclass(frozen=True, slots=True)
class Run:
    """A whole run."""

    day: str
    machine: Mapping[str, str]
    quick: bool
    own: tuple[Own | str, ...]
    engines: tuple[EngineSaid, ...]
    results: tuple[Result, ...]

    def of(self, section: str) -> list[Result]:
        """The results of a section."""
        return [each for each in self.results if each.section == section]

    def figure(self, section: str, engine: str, name: str, size: int = 0, source: str = "") -> float | None:
        """One figure; None when it wasn't measured."""
        for each in self.of(section):
            if (each.engine, each.size, each.source) == (engine, size, source):
                return each.figures.get(name)
        return None

    def title(self, engine: str) -> str:
        """An engine's title."""
        return next((each.title for each in self.engines if each.name == engine), engine)

    def rule_engines(self) -> list[str]:
        """The engines of others."""
        tables = ("numpy", "polars", "duckdb")
        return [e.name for e in self.engines if not e.ours and e.name not in (*NOT_RULE_ENGINES, *tables)]


def this_machine() -> dict[str, str]:
    """What the figures were taken on."""
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "processors": str(os.cpu_count()),
        "architecture": platform.machine(),
        "system": platform.system(),
    }


def save(run: Run, path: Path) -> None:
    """Writes results.json."""
    content = asdict(run)
    content["targets"] = [{**asdict(each), "met": each.met} for each in targets(run)]
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def load(path: Path = RESULTS) -> Run:
    """Reads results.json."""
    content = json.loads(path.read_text("utf-8"))
    return Run(
        day=content["day"],
        machine=content["machine"],
        quick=content["quick"],
        own=tuple(each if isinstance(each, str) else Own(**each) for each in content["own"]),
        engines=tuple(EngineSaid(**{**each, "instead": tuple(each["instead"])}) for each in content["engines"]),
        results=tuple(Result(**each) for each in content["results"]),
    )


def today() -> str:
    """The day of a run."""
    return date.today().isoformat()


# -------------------------------------------------------------------------------------------------- targets


def targets(run: Run) -> list[Target]:
    """What must be shown, and what was."""
    return [*_one_person(run), *_growth(run), *_tables(run)]


def _one_person(run: Run) -> list[Target]:
    evaluate = {each.engine: each.figures.get("to_evaluate") for each in run.of("people")}
    others = [(figure, name) for name in run.rule_engines() if (figure := evaluate.get(name)) is not None]
    zen = [(figure, name) for figure, name in others if name.startswith("zen")]
    drools = [(figure, name) for figure, name in others if name == "drools"]
    hand = run.figure("people", "evaluate", "to_hand")
    return [
        _nearest("one person: the fastest rule engine of others / `evaluate`", others, 1, run),
        _nearest("one person: Zen / `evaluate`", zen, 3, run),
        _nearest("one person: Drools / `evaluate`", drools, 3, run),
        Target("one person: `evaluate` / hand-written Python", hand, 1.5, least=False),
    ]


def _nearest(measure: str, found: Sequence[tuple[float, str]], limit: float, run: Run) -> Target:
    figure, name = min(found, default=(None, ""))
    return Target(measure, figure, limit, least=True, who=run.title(name) if name else "")


def _growth(run: Run) -> list[Target]:
    grown = growth(run, "rules", "evaluate", 6000, 60)
    return [Target("6,000 rules of which 60 matter: `evaluate` / 60 rules", grown, 2, least=False)]


def growth(run: Run, section: str, engine: str, size: int, smallest: int) -> float | None:
    """How much longer an engine takes at a size than at the smallest; both were compared with the same code.

    In the section `lists` hand-written code grows too, so there it's the time itself that is compared.
    """
    name = "microseconds" if section == "lists" else "to_hand"
    large, small = (run.figure(section, engine, name, each) for each in (size, smallest))
    return None if large is None or small is None else large / small


def _tables(run: Run) -> list[Target]:
    slowest = _most(run, "tables", "columnar", "to_numpy", "file")
    peak = _most(run, "peak", "columnar", "peak_mb", "file")
    found = {
        source: [
            (each.figures["to_columnar"], each.engine)
            for each in run.of("rows")
            if each.source == source and each.engine in run.rule_engines() and "to_columnar" in each.figures
        ]
        for source in ("file", "memory")
    }
    return [
        Target("table from Parquet: `columnar` / numpy by hand, at the worst size", slowest, 2, least=False),
        Target("table from Parquet: most memory, MB, at the worst size", peak, _LARGEST, least=False),
        _nearest("table from Parquet: the best rule engine of others / `columnar`", found["file"], 15, run),
        _nearest("table in memory: the best rule engine of others / `columnar`", found["memory"], 15, run),
    ]


def _most(run: Run, section: str, engine: str, name: str, source: str) -> float | None:
    found = [
        each.figures[name]
        for each in run.of(section)
        if (each.engine, each.source) == (engine, source) and name in each.figures
    ]
    return max(found, default=None)
