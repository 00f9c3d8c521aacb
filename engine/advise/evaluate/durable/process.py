"""Keeps the worker process: starts it when first needed, and notices when it's gone or stuck."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

SECONDS = 60.0
"""How long one case may take."""

Asked = tuple[int, list[dict[str, Any]]]
"""The number of a network, and facts for it."""
Match = tuple[str, list[int]]
"""A Rete rule, and the places of the facts that it matches."""


class WorkerGoneError(Exception):
    """The worker process crashed, stopped or took too long."""


class Worker:
    """A process that matches facts in networks. Not thread-safe.

    It's a plain child and not one of `multiprocessing`, whose 'spawn' runs the caller's main program again and
    so fails in every script that has no guard for it.
    """

    def __init__(self, networks: list[dict[str, Any]], seconds: float = SECONDS) -> None:
        self._networks = networks
        self._seconds = seconds
        self._process: subprocess.Popen[str] | None = None
        self._owner = 0

    @property
    def pid(self) -> int | None:
        """The id of the process; None when none was started."""
        return None if self._process is None else self._process.pid

    def match(self, asked: Sequence[Asked]) -> list[list[Match]]:
        """For each network and its facts, the matches. Raises WorkerGoneError."""
        process = self._running()
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(json.dumps(asked) + "\n")
            process.stdin.flush()
            # A line that was cut short has no end and isn't JSON.
            return [[(name, at) for name, at in found] for found in json.loads(process.stdout.readline())]
        except (OSError, ValueError) as error:
            raise WorkerGoneError from error

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Ends the process if what is done meanwhile takes too long. Raises WorkerGoneError."""
        stuck = Timer(self._seconds, self._running().kill)
        stuck.daemon = True
        stuck.start()
        try:
            yield
        finally:
            stuck.cancel()

    def stop(self) -> None:
        """Ends the process, if there is one. The next match starts another."""
        if self._process is not None:
            self._finalizer()
            self._process = None

    def _running(self) -> subprocess.Popen[str]:
        # A fork shares the pipes with its parent, and their answers would mix: it gets a worker of its own.
        if self._process is None or self._owner != os.getpid():
            self._owner = os.getpid()
            self._process = _start()
            self._finalizer = weakref.finalize(self, _end, self._process, self._owner)
            assert self._process.stdin is not None
            try:
                self._process.stdin.write(json.dumps(self._networks) + "\n")
            except OSError as error:
                raise WorkerGoneError from error
        return self._process


def _start() -> subprocess.Popen[str]:
    program = str(Path(__file__).with_name("worker.py"))
    try:
        # -P: the worker's own folder is no place to import from. Its complaints could quote facts.
        return subprocess.Popen(
            [sys.executable, "-P", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="ascii",
        )
    except OSError as error:
        raise WorkerGoneError from error


def _end(process: subprocess.Popen[str], owner: int) -> None:
    if owner != os.getpid():
        return
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        try:
            if pipe is not None:
                pipe.close()
        except OSError:
            pass  # what was still to be written can't be any more
