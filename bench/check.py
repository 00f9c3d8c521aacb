"""How long `advise check` takes on a knowledge base of thousands of rules, and where the time goes.

python bench/check.py [RULES]

Prints seconds of the command in a process of its own, cold and again with what it keeps, beside the time in which the
YAML parser alone reads the same files; then the checks that take a tenth of a second or more. It's one process, so on a
machine that does nothing else the clock shows about the CPU time.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import yaml
from many_rules import write

TARGET = 20.0


def command(folder: Path, cache: Path) -> tuple[float, float]:
    """Seconds on the clock and of CPU that the command takes."""
    environment = {**os.environ, "ADVISE_CACHE_DIR": str(cache)}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    run = [sys.executable, "-m", "advise_cli.main", "check", str(folder)]
    done = subprocess.run(run, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    took, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr.decode())
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def parsing(folder: Path) -> float:
    """Seconds of CPU in which libyaml, through PyYAML, composes the files and does nothing else."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    start = time.process_time()
    for path in folder.glob("*.yaml"):
        yaml.compose(path.read_text("utf-8"), Loader=loader)
    return time.process_time() - start


def parts(folder: Path) -> None:
    """Prints where the time goes."""
    from advise.authoring.checks import CHECKS
    from advise.authoring.checks.checking import look

    start = time.process_time()
    findings, subject = look(folder, date(2026, 3, 1))
    if subject is None:
        raise SystemExit("\n".join(map(str, findings[:5])))
    print(f"  loading                        {time.process_time() - start:6.2f} s of CPU")
    taken = {}
    for check in CHECKS.values():
        start = time.process_time()
        found = sum(1 for _ in check.run(subject))
        taken[check.code] = (time.process_time() - start, found)
    for code, (seconds, found) in sorted(taken.items(), key=lambda each: -each[1][0]):
        if seconds >= 0.1:
            print(f"  {code:30} {seconds:6.2f} s of CPU, {found} findings")
    print(f"  {'the other checks':30} {sum(s for s, _ in taken.values() if s < 0.1):6.2f} s of CPU")


def main() -> None:
    """Writes the knowledge base and prints the figures."""
    rules = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    with tempfile.TemporaryDirectory() as name:
        folder, cache = Path(name, "rules"), Path(name, "cache")
        folder.mkdir()
        write(folder, rules)
        size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
        cold, warm = command(folder, cache), command(folder, cache)
        word = "met" if cold[1] < TARGET else "MISSED"
        print(f"advise check, {rules:,} rules, {size:.1f} MB: {cold[1]:.1f} s of CPU, {cold[0]:.1f} s on the clock")
        print(f"  target, under {TARGET:.0f} s of CPU for 5,000 rules: {word}")
        print(f"  again, unchanged:              {warm[1]:6.2f} s of CPU, {warm[0]:.1f} s on the clock")
        print(f"  libyaml alone, the same files: {parsing(folder):6.2f} s of CPU")
        parts(folder)


if __name__ == "__main__":
    main()
