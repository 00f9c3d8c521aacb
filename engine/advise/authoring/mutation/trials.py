"""Tries the mutants of a knowledge base on its examples: which are noticed, and which survive.

Compiling a mutant of the career rules anew takes 37 ms; asking the reference evaluator about the few rules that it may
change takes 7 ms for all examples together: first the altered rule alone, in the world that each example left; only
where it comes out otherwise what follows from it, and only then what the example expects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from advise.authoring.examples.coverage import Share
from advise.authoring.mutation.mutants import Mutant, mutants
from advise.case import Case
from advise.cases import differences
from advise.errors import FactsError, Place
from advise.evaluate import Evaluation
from advise.evaluate.meaning import Truth
from advise.evaluate.reference import World
from advise.knowledge_base import KnowledgeBase
from advise.outcome import outcome
from advise.plan import Key, Plan, find_cycles
from advise.rules import Example

_ASKED = ("asks", "not asks")


@dataclass(frozen=True, slots=True)
class Tried:
    """A mutant, and the first example that notices it; None if it survives."""

    mutant: Mutant
    killed_by: Example | None


@dataclass(frozen=True)
class Score:
    """What became of all mutants."""

    tried: tuple[Tried, ...]

    @cached_property
    def survivors(self) -> tuple[Mutant, ...]:
        """The mutants that no example notices."""
        return tuple(each.mutant for each in self.tried if each.killed_by is None)

    @cached_property
    def killed(self) -> Share:
        """How many are noticed."""
        return Share(len(self.tried) - len(self.survivors), len(self.tried))


@dataclass(frozen=True, slots=True)
class _Run:
    """An example that comes out as expected, with what it left. `asked` are the facts that it expects to be asked,
    or not to be; with the path empty, a whole list."""

    number: int
    example: Example
    case: Case
    evaluation: Evaluation
    world: World
    asked: frozenset[Key]


_NOBODY = Example("", "example", {}, date.min, {}, Place(""))


class _Altered(World):
    """The world that an evaluation left, as an altered knowledge base reads it."""

    def __init__(self, world: World, plan: Plan, worked_out: bool) -> None:
        super().__init__(plan, world.case)
        self.certain, self.possible, self._drawn = world.certain, world.possible, world._drawn
        if not worked_out:
            self._computed = world._computed


class Trials:
    """Tries mutants of one knowledge base on its examples. An example that differs by itself proves nothing."""

    def __init__(self, base: KnowledgeBase, examples: Iterable[Example]) -> None:
        self.base = base
        self.plan = base.plan
        self._runs = tuple(self._run(number, example) for number, example in enumerate(examples))

    def _run(self, number: int, example: Example) -> _Run | None:
        try:
            case = self.base.case(example.facts, example.as_of)
        except FactsError:
            return None
        evaluation = self.base.evaluate(case)
        if any(differences(outcome(self.plan, case, evaluation), example)):
            return None
        asked = frozenset(self._key(name) for word in _ASKED for name in example.expect.get(word, ()))
        return _Run(number, example, case, evaluation, World(self.plan, case, evaluation), asked)

    def _key(self, name: str) -> Key:
        """The fact that an expectation names, as `careers.wanted` or `plan.written`."""
        first, _, path = name.partition(".")
        things = {each.name: each.thing for each in self.plan.rulebook.lists.values()}
        return (things[first], path) if first in things else (None, name)

    def possible(self, mutant: Mutant) -> bool:
        """False for a mutant that wouldn't load: its rules depend on one another in a way that has no order."""
        # A conclusion that has several values now is read strictly everywhere.
        anywhere = mutant.kind == "value"
        changed = self.plan.components if anywhere else [self._component[rule] for rule in mutant.touched]
        return not any(map(self.plan.recursive, changed)) or not find_cycles(mutant.book)

    def killer(self, mutant: Mutant) -> int | None:
        """The number of the first example that notices, those of the altered rules first; None if it survives."""
        trial = _Trial(self, mutant)
        return next((run.number for run in self._ordered(mutant) if trial.notices(run)), None)

    def telling(self, mutant: Mutant, surely: bool = False) -> Callable[[Case, Evaluation], bool]:
        """A function that says for any person whether an example of theirs could notice: other rules hold, or other
        advice is given, not now, or, unless it's to be `surely`, open."""
        trial = _Trial(self, mutant, surely)

        def tells(case: Case, evaluation: Evaluation) -> bool:
            return trial.tells(case, evaluation)

        return tells

    def _ordered(self, mutant: Mutant) -> Iterator[_Run]:
        names = {mutant.name, *(self.plan.rulebook.rules[rule].id for rule in mutant.touched)}
        runs = [run for run in self._runs if run is not None]
        # Questions take longest to work out.
        yield from sorted(runs, key=lambda run: (run.example.rule not in names, bool(run.asked), run.number))

    def affected(self, touched: Iterable[int]) -> frozenset[int]:
        """Some rules and all that depend on them."""
        found, ahead = set(touched), list(touched)
        while ahead:
            for rule in self._dependants[ahead.pop()]:
                if rule not in found:
                    found.add(rule)
                    ahead.append(rule)
        return frozenset(found)

    @cached_property
    def _dependants(self) -> Sequence[list[int]]:
        found: list[list[int]] = [[] for _ in self.plan.rulebook.rules]
        for rule, needs in enumerate(self.plan.edges):
            for need in needs:
                found[need].append(rule)
        return found

    @cached_property
    def _component(self) -> dict[int, tuple[int, ...]]:
        return {rule: component for component in self.plan.components for rule in component}


class _Trial:
    """One mutant on one example after another.

    A mutant's rules depend on no others than those of the original, so the order of evaluation stays right.
    """

    def __init__(self, trials: Trials, mutant: Mutant, surely: bool = False) -> None:
        self.trials = trials
        self.surely = surely
        self.mutant = mutant
        self.plan = Plan(mutant.book)
        self.affected = trials.affected(mutant.touched)
        self.components = [each for each in trials.plan.components if not self.affected.isdisjoint(each)]
        self.rule = trials.plan.index.get(mutant.name)
        self.read = frozenset(key for rule in mutant.touched for key in trials.plan.facts_read[rule])
        self.recursive = any(trials.plan.recursive(each) for each in self.components)

    def notices(self, run: _Run) -> bool:
        """Whether an example no longer comes out as expected."""
        if not self._concerns(run):
            return False
        evaluation = self._evaluation(run.case, run.evaluation)
        return any(differences(outcome(self.plan, run.case, evaluation), run.example))

    def tells(self, case: Case, evaluation: Evaluation) -> bool:
        """Whether other rules hold, or other advice stands, for a person with this evaluation of the original."""
        world = World(self.trials.plan, case, evaluation)
        if not self._concerns(_Run(0, _NOBODY, case, evaluation, world, frozenset())):
            return False
        now, was = self._evaluation(case, evaluation), evaluation
        return self._stands(self.plan, case, now) != self._stands(self.trials.plan, case, was)

    def _stands(self, plan: Plan, case: Case, evaluation: Evaluation) -> tuple[frozenset[str], ...]:
        made = outcome(plan, case, evaluation)
        certain = made.fired_ids, made.given_ids, made.not_now_ids
        return tuple(map(frozenset, certain if self.surely else (*certain, made.open_ids)))

    def _concerns(self, run: _Run) -> bool:
        """Whether the outcome may be another one; cheap."""
        if self.recursive:
            return True
        if self.mutant.effects:
            return any(rule == self.rule for rule, _ in (*run.evaluation.certain, *run.evaluation.open))
        if run.asked and any(rule in self.mutant.touched for rule, _ in run.evaluation.open) and self._asks(run):
            return True
        world = _Altered(run.world, self.plan, self.mutant.worked_out)
        return any(self._comes_out_otherwise(rule, world) for rule in self.mutant.touched)

    def _asks(self, run: _Run) -> bool:
        """Whether what a touched rule asks for while it's open is anything that the example speaks of."""
        return any(not path or (thing, path) in self.read for thing, path in run.asked)

    def _comes_out_otherwise(self, rule: int, world: World) -> bool:
        """Whether a touched rule holds for other things than before, if all that it reads is as before."""
        was = {firing for firing in world.possible if firing[0] == rule}
        for binding in world.bindings(world.book.rules[rule]):
            result, firing = world.result(rule, binding), (rule, binding)
            before = Truth.TRUE if firing in world.certain else Truth(firing in was)
            if result is not before:
                return True
        return False

    def _evaluation(self, case: Case, before: Evaluation) -> Evaluation:
        """The evaluation by the altered rules: what doesn't depend on them is as it was before."""
        kept = (tuple(f for f in each if f[0] not in self.affected) for each in (before.certain, before.open))
        world = World(self.plan, case, Evaluation(*kept))
        for component in self.components:
            changed = True
            while changed:
                changed = False
                for rule in component:
                    for binding in world.bindings(self.mutant.book.rules[rule]):
                        result = world.result(rule, binding)
                        if result is not Truth.FALSE:
                            changed |= world.fire((rule, binding), result is Truth.TRUE)
        return Evaluation.of(world.certain, world.possible)


def mutate(
    base: KnowledgeBase,
    examples: Sequence[Example],
    jobs: int = 1,
    only: Callable[[Mutant], bool] | None = None,
) -> Iterator[Tried]:
    """What becomes of every mutant of a knowledge base (or of those that `only` takes), one by one, in their order.

    With several `jobs` as many processes work on it; whoever starts them must be importable (`if __name__ ==
    "__main__"`).
    """
    made = [(number, each) for number, each in enumerate(mutants(base.rulebook)) if only is None or only(each)]
    if jobs < 2:
        trials = Trials(base, examples)
        found: Iterator[tuple[bool, int | None]] = (_tried(trials, each) for _, each in made)
    else:
        found = _in_processes(base, examples, [number for number, _ in made], jobs)
    for (_, mutant), (possible, killer) in zip(made, found, strict=True):
        if possible:
            yield Tried(mutant, None if killer is None else examples[killer])


def _tried(trials: Trials, mutant: Mutant) -> tuple[bool, int | None]:
    return (True, trials.killer(mutant)) if trials.possible(mutant) else (False, None)


# ----------------------------------------------------------------------------------------- processes

_CHUNK = 20


def _in_processes(
    base: KnowledgeBase, examples: Sequence[Example], numbers: Sequence[int], jobs: int
) -> Iterator[tuple[bool, int | None]]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    chunks = [numbers[start : start + _CHUNK] for start in range(0, len(numbers), _CHUNK)]
    worker = _Worker(base, tuple(examples))
    with ProcessPoolExecutor(jobs, get_context("spawn"), _start, (worker,)) as pool:
        for results in pool.map(_work, chunks):
            yield from results


class _Worker:
    """What each process needs; the mutants are made there again, in the same order."""

    def __init__(self, base: KnowledgeBase, examples: tuple[Example, ...]) -> None:
        self.base = base
        self.examples = examples

    @cached_property
    def trials(self) -> Trials:
        """The examples, run."""
        return Trials(self.base, self.examples)

    @cached_property
    def mutants(self) -> Sequence[Mutant]:
        """Every mutant, by its number."""
        return tuple(mutants(self.base.rulebook))


_here: list[_Worker] = []


def _start(worker: _Worker) -> None:
    _here.append(worker)  # a process of the pool has no other way to keep something between calls


def _work(numbers: Sequence[int]) -> list[tuple[bool, int | None]]:
    worker = _here[0]
    return [_tried(worker.trials, worker.mutants[number]) for number in numbers]
