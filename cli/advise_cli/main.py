"""The entry point of `advise`: starts the command, quiet even if interrupted while it is still loading."""

from __future__ import annotations

import gc
import sys

_UNCOLLECTED = 100_000
"""How many objects may be made before those are looked for that only refer to one another."""
_YOUNG, _OLD = 50, 100


def main() -> None:
    """Runs the command on the arguments of this process, and exits with its code."""
    # Rules are large trees that stay: going through them again and again took a third of the time of `advise check`.
    gc.set_threshold(_UNCOLLECTED, _YOUNG, _OLD)
    try:
        from advise_cli.commands import cli
    except KeyboardInterrupt:
        sys.exit(130)
    cli.main(prog_name="advise")


if __name__ == "__main__":
    main()
