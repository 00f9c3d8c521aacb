"""Checked and compiled knowledge bases, kept by content so that an unchanged folder isn't read twice.

An entry is two files named by a hash of the folder's files and of this library: the rulebook as JSON and the
compiled evaluator as a Python module, for which Python keeps bytecode as for any other. `ADVISE_CACHE_DIR` names
another folder; `off` keeps nothing. Without a folder that can be written, nothing is kept and nothing fails.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from advise.rules import Rulebook

MOST_KEPT = 16


def load(folder: Path) -> tuple[Rulebook, Mapping[str, Any] | None]:
    """The rulebook of a folder, and the names of its compiled module if that is kept.

    Raises KnowledgeBaseError when the folder has findings.
    """
    place, key = directory(), key_of(folder)
    if place is not None and key is not None:
        kept = _read(place, key)
        if kept is not None:
            return kept
    from advise.loading import load as read_folder

    rulebook = read_folder(folder)
    if place is None or key is None:
        return rulebook, None
    with suppress(OSError):
        _write(place, key, rulebook)
    return _read(place, key) or (rulebook, None)


def directory() -> Path | None:
    """The folder in which knowledge bases are kept; None when nothing is to be kept."""
    named = os.environ.get("ADVISE_CACHE_DIR")
    if named == "off":
        return None
    if named:
        return Path(named)
    import platformdirs

    return platformdirs.user_cache_path("advise", appauthor=False)


def key_of(folder: Path) -> str | None:
    """A hash of everything that decides what a folder is read as; None when it can't be read."""
    digest = hashlib.sha256()
    try:
        for name, path in sorted(files(folder)):
            data = path.read_bytes()
            digest.update(f"{name}\0{len(data)}\0".encode())
            digest.update(data)
        for package in (Path(__file__).parent, _schemas()):
            for name, path in sorted(files(package, (".py", ".json"))):
                status = path.stat()
                digest.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    except OSError:
        return None
    return digest.hexdigest()


def _schemas() -> Path:
    import advise_schemas

    return Path(advise_schemas.__file__).parent


def files(folder: Path, endings: tuple[str, ...] = (".yaml", ".csv", ".json", ".yml")) -> Iterator[tuple[str, Path]]:
    root = str(folder)
    for parent, folders, files in os.walk(root):
        inner = parent[len(root) :].replace(os.sep, "/")
        folders[:] = [f for f in folders if not f.startswith(("__", "."))]
        for file in files:
            if file.endswith(endings):
                yield f"{inner}/{file}", Path(parent, file)


def _read(directory: Path, key: str) -> tuple[Rulebook, Mapping[str, Any]] | None:
    """An entry; None when there's none, or none that can be used."""
    from advise.codec import decode

    if not is_safe(directory):
        return None
    try:
        rulebook = decode(json.loads((directory / f"{key}.json").read_bytes()))
        module = _module(directory / f"{key}.py")
        fits = isinstance(rulebook, Rulebook) and callable(module["bind"])
    except Exception:  # whatever is wrong with an entry, the folder itself is there to be read
        return None
    return (rulebook, module) if fits else None


def is_safe(directory: Path) -> bool:
    """Whether only this user can have put anything into a folder: modules in it are run, reports are believed."""
    if not hasattr(os, "getuid"):
        return True
    try:
        status = directory.stat()
    except OSError:
        return False
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def _module(path: Path) -> Mapping[str, Any]:
    from importlib.machinery import SourceFileLoader
    from types import ModuleType

    loader = SourceFileLoader(f"advise_compiled_{path.stem}", str(path))
    module = ModuleType(loader.name)
    loader.exec_module(module)
    return module.__dict__


def _write(directory: Path, key: str, rulebook: Rulebook) -> None:
    from advise.codec import encode
    from advise.evaluate.generate import Generator
    from advise.plan import Plan

    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not is_safe(directory):
        return
    put(directory / f"{key}.py", Generator(Plan(rulebook)).source())
    put(directory / f"{key}.json", json.dumps(encode(rulebook), separators=(",", ":"), ensure_ascii=False))
    entries = sorted(directory.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in entries[MOST_KEPT:]:
        for each in (old, old.with_suffix(".py"), *directory.glob(f"__pycache__/{old.stem}.*")):
            each.unlink(missing_ok=True)


def put(path: Path, text: str) -> None:
    """Writes a file whole or not at all."""
    from tempfile import NamedTemporaryFile

    with NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
        file.write(text)
    try:
        Path(file.name).replace(path)
    except OSError:
        Path(file.name).unlink(missing_ok=True)
        raise
