"""What a plan's conditions and values are prepared as: functions on frames, run where they need to be and once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from advise.evaluate.columnar.arrays import Pair, Values
from advise.evaluate.columnar.frames import Frame, Needs

T = TypeVar("T", bound="Pair | Values")


@dataclass(frozen=True, slots=True, eq=False)
class Node(Generic[T]):
    """A condition or value. `run` works it out in the smallest frame that binds what it `needs`.

    `steady`: it reads no conclusion, so that what was worked out once stays true for the batch. What isn't
    steady stays true once all conclusions are drawn.
    """

    needs: Needs
    steady: bool
    run: Callable[[Frame], Any]

    def at(self, frame: Frame) -> T:
        """The truth or value in each row of a frame; an array of one stands for all rows."""
        home, index = frame.home(self.needs)
        return self._result(home).taken(index)  # type: ignore[return-value]

    def _result(self, home: Frame) -> T:
        if not self.steady and not home.batch.settled:
            found: T = self.run(home)
            return found
        kept: T | None = home.kept.get(self)
        if kept is None:
            kept = home.kept[self] = self.run(home)
        assert kept is not None
        return kept


PairNode = Node[Pair]
ValueNode = Node[Any]
