"""Drools on a JVM in this process: the executable model, from the jar that drools_jpy ships."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path

from workload import Person, Rule

from peers.drools_java import sources
from peers.engine import Engine, NotThereError, Peer, packaged

_OPTIONS = ["-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-XX:+UseSerialGC"]


class _Drools(Engine):
    """A person goes in as JSON text and becomes Java objects there."""

    def __init__(self, classes: Path) -> None:
        import jpyutil
        import orjson

        os.environ.setdefault("JAVA_HOME", str(_tool("java").parents[1]))
        jpyutil.init_jvm(jvm_maxmem="4G", jvm_classpath=[str(_jar()), str(classes)], jvm_options=_OPTIONS)
        import jpy

        advisor = jpy.get_type("Advisor")
        advisor.load()
        self._advise = advisor.advise
        self._text = orjson.dumps

    def advise(self, person: Person) -> Collection[str]:
        found = self._advise(self._text(person).decode())
        return found.split(",") if found else ()


def _write(rules: Sequence[Rule], folder: Path) -> None:
    files = []
    for name, text in sources(rules).items():
        files.append(folder / f"{name}.java")
        files[-1].write_text(text, encoding="utf-8")
    command = [str(_tool("javac")), "-nowarn", "-J-Xmx4g", "-cp", str(_jar()), "-d", str(folder / "classes")]
    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"javac: {done.stderr.strip().splitlines()[0]}")


def _load(folder: Path) -> Engine:
    return _Drools(folder / "classes")


def _jar() -> Path:
    import drools

    return next((Path(drools.__file__).parent / "jars").glob("*.jar"))


def _tool(name: str) -> Path:
    found = shutil.which(name)
    if found is None:
        raise NotThereError(f"{name} isn't installed; Drools needs a JDK.")
    return Path(found).resolve()


@cache
def _version() -> str:
    packages = [f"{name} {packaged(name)}" for name in ("drools_jpy", "jpy")]
    packaged("orjson")
    _tool("javac")
    said = subprocess.run([str(_tool("java")), "-version"], capture_output=True, text=True, check=True).stderr
    java = re.search(r'"(.+?)"', said)
    return ", ".join([*packages, f"Java {java[1] if java else '?'}"])


PEERS = (
    Peer(
        "drools",
        "Drools (JVM, through jpy)",
        "the executable model (PatternDSL), one session for each person; the facts go over as JSON text",
        _version,
        _write,
        _load,
        instead=(
            "missing facts: each test on a fact that may be null is guarded with `!= null`",
            "`every`: written as `not` with the test turned round",
            "the rules are compiled by javac before, and that isn't timed anywhere",
        ),
        warm_up=12,
    ),
)
