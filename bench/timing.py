"""How time is taken: CPU time, and what is compared is run in turns, so that a busy machine is busy for both."""

from __future__ import annotations

import gc
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import clock_gettime, monotonic, process_time, thread_time

_TURN = 0.02
_FEWEST = 3
Work = Callable[[], object]
Clock = Callable[[], float]


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


def in_turns(
    works: Mapping[str, Work], rounds: int, clocks: Mapping[str, Clock] | None = None, limit: float | None = None
) -> Times:
    """Runs the works in turns in this process, each as often in a turn as takes about 20 ms.

    `clocks` are for the works that aren't to be timed by the CPU time of this process. After `limit` seconds there
    are no further rounds, if there were three.
    """
    gc.collect()
    gc.freeze()
    clock = {name: (clocks or {}).get(name, process_time) for name in works}
    often = {name: _often(work, clock[name]) for name, work in works.items()}
    found: dict[str, list[float]] = {name: [] for name in works}
    end = None if limit is None else monotonic() + limit
    for done in range(rounds):
        if end is not None and done >= _FEWEST and monotonic() > end:
            break
        for name, work in works.items():
            found[name].append(_timed(work, often[name], clock[name]))
    return Times(found)


def clock_of(processes: Sequence[int]) -> Clock:
    """The CPU time of this process and of others together. For others, that takes Linux."""
    if not processes:
        return process_time
    # What clock_getcpuclockid(3) gives for a process, which Python's `time` doesn't have.
    others = [(~process << 3) | 2 for process in processes]
    return lambda: process_time() + sum(map(clock_gettime, others))


this_thread: Clock = thread_time
"""For works of one thread beside one that has threads of its own, such as a JVM: theirs aren't counted."""


def _often(work: Work, clock: Clock) -> int:
    work()
    return max(1, round(_TURN / max(_timed(work, 1, clock), 1e-6)))


def _timed(work: Work, often: int, clock: Clock) -> float:
    start = clock()
    for _ in range(often):
        work()
    return (clock() - start) / often


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
