"""How time is taken: CPU time, and what is compared is run in turns, so that a busy machine is busy for both."""

from __future__ import annotations

import gc
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import process_time

_TURN = 0.02
Work = Callable[[], object]


class Times:
    """The CPU seconds of each of several works, one for each round."""

    def __init__(self, found: Mapping[str, Sequence[float]]) -> None:
        self._found = found

    def seconds(self, name: str) -> float:
        """The median of a work's times."""
        return median(self._found[name])

    def ratio(self, name: str, to: str) -> float:
        """The median of the rounds' ratios."""
        return median(one / other for one, other in zip(self._found[name], self._found[to], strict=True))


def in_turns(works: Mapping[str, Work], rounds: int) -> Times:
    """Runs the works in turns in this process, each as often in a turn as takes about 20 ms."""
    gc.collect()
    gc.freeze()
    often = {name: _often(work) for name, work in works.items()}
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            found[name].append(_timed(work, often[name]))
    return Times(found)


def _often(work: Work) -> int:
    work()
    return max(1, round(_TURN / max(_timed(work, 1), 1e-6)))


def _timed(work: Work, often: int) -> float:
    start = process_time()
    for _ in range(often):
        work()
    return (process_time() - start) / often


def processes(commands: Mapping[str, Sequence[str]], environment: Mapping[str, str], rounds: int) -> Times:
    """Runs the commands in turns, each in a fresh process, once more before to warm up: user and system time.

    Raises RuntimeError when a command fails.
    """
    found: dict[str, list[float]] = {name: [] for name in commands}
    for place in range(rounds + 1):
        for name, command in commands.items():
            seconds = _run(command, environment)
            if place:
                found[name].append(seconds)
    return Times(found)


def _run(command: Sequence[str], environment: Mapping[str, str]) -> float:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"`{' '.join(command[:2])} ...` ended with exit code {process.returncode}.")
    return usage.ru_utime + usage.ru_stime
