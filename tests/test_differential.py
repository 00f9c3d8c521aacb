"""All evaluators and sessions give the same outcomes; `python -m tests.differential` runs many more pairs."""

from __future__ import annotations

import pytest

from advise.evaluate import Evaluation
from tests import differential
from tests.differential import PEOPLE, World, differences
from tests.extras import NEEDS_DURABLE


@pytest.mark.parametrize("seed", range(25))
def test_every_evaluator_and_sessions_give_the_same_outcome(seed: int) -> None:
    assert differences(seed) == []


@NEEDS_DURABLE
def test_with_the_extras_durable_and_columnar_are_among_them() -> None:
    assert {"compiled", "columnar", "durable", "session"} == set(differential.CHECKED)


def test_an_evaluator_that_loses_what_is_certain_is_found() -> None:
    found = []
    for seed in range(5):
        world = World(seed)
        right = world.base.evaluate
        world.base.evaluate = lambda case, name="compiled", right=right: (  # type: ignore[method-assign]
            Evaluation((), right(case, name).open) if name == "compiled" else right(case, name)
        )
        found += [each for each in world.differences() if each.startswith("compiled")]
    assert len(found) > PEOPLE
