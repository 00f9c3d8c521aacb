"""The folder of a web site: files are replaced one by one, each whole; what the site no longer has is removed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

import click

from advise_cli.files import UnwritableError

LIST: Final = ".advise-site"
_HEAD: Final = "Written by advise docs; the files of this site, which it replaces and removes:"


class SiteFolder:
    """Where a site goes: a new folder, an empty one, or one that has a site of ours.

    Raises click.UsageError for any other, unless `force` is given: then what else is in it stays, but for files
    that are called like the site's.
    """

    def __init__(self, path: str, force: bool) -> None:
        self.path = path
        self.root = Path(path).resolve()
        if self.root.exists() and not self.root.is_dir():
            raise click.UsageError(f"{path} isn't a folder. Name a folder for --output.")
        try:
            others = self.root.is_dir() and not (self.root / LIST).is_file() and any(self.root.iterdir())
        except OSError as error:
            raise UnwritableError(f"{path} can't be read: {error.strerror}.") from None
        if others and not force:
            raise click.UsageError(f"{path} has other things in it. Name a new folder, or use --force to add the site.")

    def save(self, made: Mapping[str, bytes]) -> int:
        """Writes the files of a site, and removes those of the one before that it hasn't; returns how many.

        All is written beside the folder before anything in it is changed. Raises UnwritableError.
        """
        try:
            self.root.parent.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(prefix=".advise-", dir=self.root.parent))
            try:
                return self._save(made, draft)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
        except OSError as error:
            raise UnwritableError(f"{self.path} can't be written: {error.strerror}.") from None

    def _save(self, made: Mapping[str, bytes], draft: Path) -> int:
        listed = "\n".join([_HEAD, *sorted(made)]) + "\n"
        whole = {**made, LIST: listed.encode()}
        for name, content in whole.items():
            path = draft / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if not self.root.exists():
            draft.chmod(0o777 & ~_umask())
            draft.replace(self.root)
            return 0
        before = self._before()
        for name in whole:
            path = self._inside(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            (draft / name).replace(path)
        return self._remove(name for name in before if name not in made)

    def _before(self) -> list[str]:
        try:
            lines = (self.root / LIST).read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return []
        return lines[1:] if lines[:1] == [_HEAD] else []

    def _inside(self, name: str) -> Path:
        """A file of the site. A link that leads out of the folder isn't followed: raises click.UsageError."""
        path = self.root.joinpath(*PurePosixPath(name).parts)
        if not path.parent.resolve().is_relative_to(self.root):
            raise click.UsageError(f"{path.parent} leads out of {self.path}, so nothing is written there.")
        return path

    def _remove(self, names: Iterable[str]) -> int:
        removed = 0
        for name in names:
            pure = PurePosixPath(name)
            path = self.root.joinpath(*pure.parts)
            # The list may have been edited: nothing outside is ever removed.
            is_ours = (
                ".." not in pure.parts and not pure.is_absolute() and path.parent.resolve().is_relative_to(self.root)
            )
            if is_ours and path.is_file():
                path.unlink()
                removed += 1
                if path.parent != self.root and not any(path.parent.iterdir()):
                    path.parent.rmdir()
        return removed


def _umask() -> int:
    """What new files and folders aren't allowed; it can only be read by setting it."""
    before = os.umask(0o022)
    os.umask(before)
    return before
