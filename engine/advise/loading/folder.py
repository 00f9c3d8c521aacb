"""The files of a knowledge base: which there are, what is in them, and a hash of it all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from advise._reading import UnreadableError, decoded, read_bytes
from advise.errors import Place
from advise.source import RULE_FILE, Findings, Node, plain, read_yaml

MANIFEST = "knowledge_base.yaml"
_APART = ("cases", "people", "imports")
_LARGEST_TABLE = 50_000_000
_LARGEST_SCHEMA = 5_000_000

Kept = dict[str, tuple[bytes, Node, Any]]
"""What was read of YAML files before: path -> content, nodes, plain values."""


class Folder:
    """A knowledge base's folder. Files are known by their path in it, with slashes.

    `instead` are contents to take in place of what is on the disk, by path: what is open in an editor, and may not
    have been saved yet. What is `kept` isn't parsed again while a file stays the same; what is parsed is added to it.
    """

    def __init__(
        self, path: Path, findings: Findings, instead: Mapping[str, bytes] | None = None, kept: Kept | None = None
    ) -> None:
        self.findings = findings
        self._instead = instead or {}
        self._kept = kept
        self.label = path.name or str(path)
        self.root = path.resolve()
        self.names = tuple(dict.fromkeys((*self._scan(), *self._instead))) if self.root.is_dir() else ()
        self._parts: dict[str, bytes] = {}
        if not self.root.is_dir():
            what = "isn't a folder" if self.root.exists() else "doesn't exist"
            sentence = f"The knowledge base `{self.label}` {what}."
            findings.add("no-folder", Place(self.label), sentence, "Check the path.")
        elif not any(name.endswith(".yaml") for name in self.names):
            hint = f"A knowledge base has a {MANIFEST} and files with rules."
            findings.add("empty-folder", Place(self.label), "There are no rule files in this folder.", hint)
        elif MANIFEST not in self.names:
            hint = f"Add {MANIFEST} with name, title, version, language, languages, facts, as_of and the rest."
            findings.add("no-manifest", Place(MANIFEST), f"This folder has no {MANIFEST}.", hint)

    def _scan(self) -> Iterator[str]:
        for parent, folders, files in os.walk(self.root):
            folders[:] = sorted(
                f for f in folders if not f.startswith((".", "__")) and self._is_inside(Path(parent, f))
            )
            for file in sorted(files):
                path = Path(parent, file)
                if file.startswith(".") or not self._is_inside(path):
                    continue
                name = path.relative_to(self.root).as_posix()
                if file.endswith((".yml", ".YAML", ".YML")):
                    sentence = "Only files that end in .yaml are read, so this one would be left out."
                    self.findings.add("file-name", Place(name), sentence, f"Rename it to {Path(file).stem}.yaml.")
                else:
                    yield name

    def _is_inside(self, path: Path) -> bool:
        if not path.is_symlink():
            return True
        if path.resolve().is_relative_to(self.root):
            return path.is_file()
        name = path.relative_to(self.root).as_posix()
        sentence = "This is a link to somewhere outside the knowledge base, so it isn't read."
        self.findings.add("outside-folder", Place(name), sentence, "Put the file itself here.")
        return False

    @property
    def rule_files(self) -> tuple[str, ...]:
        """The rule files, sorted."""
        return tuple(sorted(n for n in self._yaml() if n != MANIFEST and n.split("/")[0] not in _APART))

    def apart(self, kind: str) -> tuple[str, ...]:
        """The files of `cases`, `people` or `imports`, sorted."""
        return tuple(sorted(name for name in self._yaml() if name.startswith(kind + "/")))

    def _yaml(self) -> Iterator[str]:
        return (name for name in self.names if name.endswith(".yaml"))

    def read(self, name: str, *, part: bool = True) -> bytes | None:
        """The content of a file; None, with a finding, when it can't be read. `part`: it counts for the hash."""
        most = _LARGEST_TABLE if name.endswith(".csv") else RULE_FILE.bytes
        if name.endswith(".json"):
            most = _LARGEST_SCHEMA
        try:
            data = self._instead[name] if name in self._instead else read_bytes(self.root / name, most)
        except UnreadableError as error:
            self.findings.add(error.code, Place(name), error.sentence, error.hint)
            return None
        if part:
            self._parts[name] = data
        return data

    def nodes(self, name: str, *, part: bool = True) -> tuple[Node, Any] | None:
        """The nodes of a YAML file and its plain values; None, with a finding, when it can't be read."""
        data = self.read(name, part=part)
        if data is None:
            return None
        before = None if self._kept is None else self._kept.get(name)
        if before is not None and before[0] == data:
            self.findings.know(name, decoded(data))
            return before[1:]
        count = len(self.findings)
        root = read_yaml(data, name, self.findings)
        if root is None:
            return None
        values = plain(root)
        if self._kept is not None and len(self.findings) == count:
            self._kept[name] = data, root, values
        return root, values

    def schema(self, name: str, place: Place) -> bytes | None:
        """The facts schema: in this folder, else among the schemas that come with the library."""
        if name in self.names:
            return self.read(name)
        packaged = _packaged_schema(name)
        if packaged is None:
            hint = "Put it in this folder, or name one that comes with the library."
            self.findings.add("no-facts-schema", place, f"There is no facts schema `{name}`.", hint)
            return None
        self._parts[name] = packaged
        return packaged

    def hash(self) -> str:
        """SHA-256 over the names and contents of everything that was read as a part."""
        digest = hashlib.sha256()
        for name, data in sorted(self._parts.items()):
            digest.update(f"{name}\0{len(data)}\0".encode())
            digest.update(data)
        return digest.hexdigest()


def _packaged_schema(name: str) -> bytes | None:
    if "/" in name or "\\" in name or name.startswith("."):
        return None
    try:
        return resources.files("advise_schemas").joinpath(name).read_bytes()
    except (ModuleNotFoundError, OSError, ValueError):
        return None
