"""The default evaluator: one generated Python function for a whole knowledge base."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from advise.case import Case, Things
from advise.evaluate import Evaluation, Firing
from advise.evaluate.generate import Generator
from advise.plan import Plan

_Evaluate = Callable[[Mapping[str, Any], Mapping[str, Things], tuple[Any, ...]], tuple[list[Firing], list[Firing]]]


class Compiled:
    """A plan compiled to Python. Thread-safe; `source` is the generated module's text."""

    def __init__(self, plan: Plan, source: str | None = None) -> None:
        self.plan = plan
        self.source = Generator(plan).source() if source is None else source
        namespace: dict[str, Any] = {}
        exec(compile(self.source, f"<rules of {plan.rulebook.name}>", "exec"), namespace)
        bind = namespace["bind"](plan.rulebook.tables, plan.rulebook.settings)
        self._constants: Callable[[date], tuple[Any, ...]] = bind[0]
        self._evaluate: _Evaluate = bind[1]
        self._day: tuple[date, tuple[Any, ...]] | None = None

    def evaluate(self, case: Case) -> Evaluation:
        """The rules that hold for a case, as the reference evaluator has them."""
        day = self._day
        if day is None or day[0] != case.as_of:
            day = self._day = (case.as_of, self._constants(case.as_of))
        certain, possible = self._evaluate(case.facts, case.things, day[1])
        return Evaluation(tuple(certain), tuple(possible))
