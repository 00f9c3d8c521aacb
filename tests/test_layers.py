"""A package imports only what stands below it: the command on the library, authoring on the rest of the engine."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import advise
import advise_cli

ENGINE = Path(advise.__file__).parent
COMMAND = Path(advise_cli.__file__).parent

BELOW = {
    "sentences": (),
    "logic": (),
    "writing": (),
    "witness": (),
    "checks": ("logic", "witness", "writing"),
    "examples": ("sentences", "witness", "writing"),
    "differences": ("sentences", "witness"),
    "editor": ("checks", "sentences", "writing"),
    "reading": ("examples", "sentences"),
    "mutation": ("editor", "examples", "witness"),
}
"""What each part of `advise.authoring` rests on. None stands above itself: each names only those before it."""


def imported(folder: Path) -> Iterator[tuple[str, str]]:
    """Each module below a folder, as its path there, with each module or name that it imports, also in functions."""
    for path in sorted(folder.rglob("*.py")):
        module = path.relative_to(folder).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((module, each.name) for each in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.module is not None and node.level == 0, f"{module} imports relatively"
                yield module, node.module
                yield from ((module, f"{node.module}.{each.name}") for each in node.names)


def is_in(name: str, package: str) -> bool:
    return f"{name}.".startswith(f"{package}.")


def test_the_engine_does_not_know_the_command() -> None:
    assert [each for each in imported(ENGINE) if is_in(each[1], "advise_cli")] == []


def test_nothing_that_evaluates_or_advises_knows_authoring() -> None:
    outside = [each for each in imported(ENGINE) if not each[0].startswith("authoring/")]
    assert len(outside) > 100
    assert [each for each in outside if is_in(each[1], "advise.authoring")] == []


def test_parts_of_authoring_import_only_parts_below_them() -> None:
    parts = {path.stem for path in (ENGINE / "authoring").iterdir()} - {"__init__", "__pycache__"}
    assert parts == set(BELOW)
    wrong, used = [], set()
    for module, name in imported(ENGINE / "authoring"):
        own = module.partition("/")[0].removesuffix(".py")
        other = name.split(".")[2] if is_in(name, "advise.authoring") and name.count(".") > 1 else own
        if other != own and other in parts:
            used.add((own, other))
            if other not in BELOW[own]:
                wrong.append(f"{module} imports {name}")
    assert wrong == []
    assert used == {(own, other) for own, others in BELOW.items() for other in others}


def test_below_is_below() -> None:
    order = list(BELOW)
    assert all(order.index(other) < order.index(own) for own, others in BELOW.items() for other in others)
