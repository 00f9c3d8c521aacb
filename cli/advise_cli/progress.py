"""How far a long piece of work is, while somebody looks on."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

import click

from advise_cli.report import counted

_T = TypeVar("_T")
_BLINK = 0.1
_CLEAR = "\r\x1b[K"


def counted_aloud(items: Iterable[_T], one: str, many: str = "") -> Iterator[_T]:
    """The items as they come, with their number on standard error while that is a terminal that can wipe a line."""
    aloud, said = sys.stderr.isatty() and os.environ.get("TERM") != "dumb", time.monotonic()
    for number, each in enumerate(items, 1):
        yield each
        if aloud and time.monotonic() - said > _BLINK:
            said = time.monotonic()
            click.echo(f"{_CLEAR}{counted(number, one, many)}", nl=False, err=True)
    if aloud:
        click.echo(_CLEAR, nl=False, err=True)
