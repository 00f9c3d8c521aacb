"""The evaluator `durable`: both bounds as Rete networks in durable_rules, in a process that may crash without loss.

What its networks can't hold soundly is asked of the reference evaluator's world and given to them as flags, so
that they only join. docs/engines.md says when that is of use.
"""

from __future__ import annotations

from importlib.util import find_spec
from threading import Lock

from advise.case import Case
from advise.errors import AdviseError, UsageError
from advise.evaluate import Evaluation
from advise.evaluate.durable.facts import Facts
from advise.evaluate.durable.networks import Layer, layers
from advise.evaluate.durable.process import SECONDS, Worker, WorkerGoneError
from advise.evaluate.reference import World
from advise.plan import Plan

MOST_FACTS = 100_000
"""Facts for one network, at about 9 kB each; from 797,186 on their ids would be taken for one another."""
_TRIES = 2


class Durable:
    """A plan as Rete networks. Threads may share one; it evaluates one case at a time.

    Raises UsageError when durable_rules isn't installed.
    """

    def __init__(self, plan: Plan, seconds: float = SECONDS) -> None:
        if find_spec("durable_rules_engine") is None:
            raise UsageError("The evaluator durable needs durable_rules: pip install 'advise-engine[durable]'.")
        self.plan = plan
        self._layers = layers(plan)
        self.worker = Worker([each.rete for layer in self._layers for each in layer.networks], seconds)
        self._lock = Lock()

    def evaluate(self, case: Case) -> Evaluation:
        """The rules that hold for a case, as the reference evaluator has them.

        Raises AdviseError when the worker process is gone in the middle of a case twice.
        """
        with self._lock:
            for _ in range(_TRIES):
                try:
                    return self._evaluate(case)
                except WorkerGoneError:
                    self.worker.stop()
                except BaseException:
                    self.worker.stop()  # it may owe an answer, which the next case mustn't get
                    raise
        raise AdviseError(
            "The worker process of the evaluator durable stopped twice, so there is no answer. Use the evaluator "
            "compiled, which gives the same; docs/engines.md says how to install durable_rules so that it works."
        )

    def _evaluate(self, case: Case) -> Evaluation:
        world = World(self.plan, case)
        with self.worker.watched():
            for layer in self._layers:
                while self._round(world, layer) and layer.recursive:
                    pass
        return Evaluation.of(world.certain, world.possible)

    def _round(self, world: World, layer: Layer) -> bool:
        """Matches the networks of a layer once and draws what follows; True when that is news."""
        every = [each for network in layer.networks if (each := Facts(world, network)).all]
        if any(len(each.all) > MOST_FACTS for each in every):
            raise AdviseError("These lists are too long for the evaluator durable; use the evaluator compiled.")
        if not every:
            return False
        answers = self.worker.match([(each.network.number, each.all) for each in every])
        found = [each.firing(*match) for each, matches in zip(every, answers, strict=True) for match in matches]
        news = [world.fire(firing, certain) for firing, certain in found]
        return any(news)
