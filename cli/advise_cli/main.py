"""The entry point of `advise`: starts the command, quiet even if interrupted while it is still loading."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command on the arguments of this process, and exits with its code."""
    try:
        from advise_cli.commands import cli
    except KeyboardInterrupt:
        sys.exit(130)
    cli.main(prog_name="advise")


if __name__ == "__main__":
    main()
