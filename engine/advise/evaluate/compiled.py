"""The default evaluator: one generated Python function for a whole knowledge base."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from advise.case import Case, Things
from advise.evaluate import Evaluation, Firing
from advise.plan import Plan

_Evaluate = Callable[[Mapping[str, Any], Mapping[str, Things], tuple[Any, ...]], tuple[list[Firing], list[Firing]]]


class Compiled:
    """A plan compiled to Python. Thread-safe. `module` holds the names of a module that was generated before."""

    def __init__(self, plan: Plan, module: Mapping[str, Any] | None = None) -> None:
        self.plan = plan
        names = _generated(plan) if module is None else module
        bind = names["bind"](plan.rulebook.tables, plan.rulebook.settings)
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


def _generated(plan: Plan) -> Mapping[str, Any]:
    from advise.evaluate.generate import Generator

    return names_of(Generator(plan).source(), plan.rulebook.name)


def names_of(source: str, knowledge_base: str) -> Mapping[str, Any]:
    """The names that a generated module binds."""
    names: dict[str, Any] = {}
    exec(compile(source, f"<rules of {knowledge_base}>", "exec"), names)
    return names
