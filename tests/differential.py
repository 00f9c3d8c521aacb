"""Every evaluator on the same random knowledge bases and people: `python -m tests.differential --pairs 100000`.

Whatever differs is printed with its seed. A pair is one person and one knowledge base.
"""

from __future__ import annotations

import gc
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

from advise import KnowledgeBase
from advise.outcome import outcome
from tests.generated import AS_OF, KnowledgeBases
from tests.joins import joined

PEOPLE = 10
EXTRAS = {"columnar": "pyarrow", "durable": "durable_rules_engine"}
EVALUATORS = ("compiled", *(name for name, module in EXTRAS.items() if find_spec(module) is not None))
CHECKED = (*EVALUATORS, "session")


class World:
    """A knowledge base and its people, all from one seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        random = Random(seed)
        made = KnowledgeBases(random)
        book = made.rulebook(random.choice([3, 6, 12, 20]))
        book = joined(book, random) if random.random() < 0.5 else book
        self.base = KnowledgeBase(replace(book, first_steps=3), Path())
        self.as_of = random.choice(AS_OF)
        self.people = [made.facts(random.choice([0.3, 0.6, 0.9, 1.0])) for _ in range(PEOPLE)]
        self.random = random

    def differences(self) -> Iterator[str]:
        """What differs from the outcomes that the reference evaluator gives, by evaluator and key."""
        base = self.base
        for place, facts in enumerate(self.people):
            case = base.case(facts, self.as_of)
            wanted = outcome(base.plan, case, base.evaluate(case, "reference")).to_dict()
            for name in EVALUATORS:
                yield from self._unlike(place, name, wanted, outcome(base.plan, case, base.evaluate(case, name)))
            yield from self._unlike(place, "session", wanted, self._interviewed(facts))

    def _unlike(self, place: int, name: str, wanted: Any, found: Any) -> Iterator[str]:
        got = found.to_dict()
        for key in wanted.keys() | got.keys():
            if wanted.get(key) != got.get(key):
                yield f"{name}: `{key}` of person {place} of seed {self.seed}"

    def _interviewed(self, facts: dict[str, Any]) -> Any:
        """The outcome of a session that ends with these facts, after detours."""
        session = self.base.session(self.random.choice(self.people), as_of=self.as_of)
        for name in self.random.sample(sorted({*session.facts, *facts}), len({*session.facts, *facts})):
            if name in facts:
                session.set(f"/{name}", facts[name])
            else:
                session.forget(f"/{name}")
            if self.random.random() < 0.3:
                session.outcome.questions  # noqa: B018  reading a part in between must leave nothing behind
        return session.outcome


def differences(seed: int) -> list[str]:
    """What differs in the world of a seed; an evaluator that fails differs too."""
    try:
        return list(World(seed).differences())
    except Exception as error:
        return [f"{type(error).__name__} in seed {seed}: {error}"]
    finally:
        gc.collect()  # which ends the worker of `durable`


def main() -> int:
    """Runs the pairs and reports; the exit code is 1 when something differs."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    seeds = range(options.first, options.first + -(-options.pairs // PEOPLE))
    found: Counter[str] = Counter()
    with ProcessPoolExecutor(options.processes) as pool:
        for place, each in enumerate(pool.map(differences, seeds, chunksize=20), 1):
            found.update(each)
            for line in each[:5]:
                print(line, flush=True)
            if place % 500 == 0:
                sys.stderr.write(f"{place * PEOPLE:,} pairs\n")
    checked = ", ".join(CHECKED)
    sys.stdout.write(f"{len(seeds) * PEOPLE:,} pairs, reference against {checked}: {len(found):,} differences\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
