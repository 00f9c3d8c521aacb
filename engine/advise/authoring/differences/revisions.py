"""Knowledge bases as they were at a git revision, read without touching what is checked out."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from advise.errors import UsageError
from advise.loading.folder import MANIFEST

_READ = (".yaml", ".yml", ".csv", ".json")
_LINK = b"120000"
_NOT_INHERITED = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")


def write_revision(name: str, folder: Path, target: Path) -> str:
    """Writes a knowledge base's files as they were at a revision into the empty folder `target`; returns what git
    calls that folder (`v1:rules`).

    `folder` is where it stands in the working tree; `v1:rules` as a name says where it stood in that revision, seen
    from the repository's top. Only the repository's objects are read. Raises UsageError when there's no git, no
    repository, no such revision, or nothing at that place in it.
    """
    revision, _, within = name.partition(":")
    inside = _existing(folder)
    top = _git("rev-parse", "--show-toplevel", at=inside)
    if top is None:
        raise UsageError(f"{folder} isn't in a git repository, so there's no revision {revision} of it.")
    commit = _commit(revision, inside)
    if commit is None and revision == "HEAD":
        raise UsageError(f"Nothing has been committed yet in the git repository of {folder}.")
    if commit is None:
        raise UsageError(f"{name} is neither a knowledge base's folder nor a git revision.")
    path = within.strip("/") if within else _seen_from(Path(os.fsdecode(top).strip()), folder)
    # Links last, so that nothing is written through one.
    for mode, file, content in sorted(_files(commit, path, inside), key=lambda each: each[0] == _LINK):
        _write(target, file, content, mode == _LINK)
    if not (target / MANIFEST).is_file():
        raise UsageError(f"There's no knowledge base at {path or 'the top'} in {revision}.")
    return f"{revision}:{path}"


def _commit(name: str, at: Path) -> str | None:
    """The commit that a revision names."""
    if not name or name.startswith("-"):
        return None
    found = _git("rev-parse", "--verify", "--quiet", f"{name.partition(':')[0]}^{{commit}}", at=at)
    return None if found is None else found.decode().strip()


def _existing(folder: Path) -> Path:
    """The folder, or the nearest around it that is there now: the folder may be gone since the revision."""
    resolved = folder.resolve()
    return next(each for each in (resolved, *resolved.parents) if each.is_dir())


def _seen_from(top: Path, folder: Path) -> str:
    try:
        path = folder.resolve().relative_to(top.resolve()).as_posix()
    except ValueError:
        raise UsageError(f"{folder} isn't in the git repository {top}.") from None
    return "" if path == "." else path


def _files(commit: str, path: str, at: Path) -> Iterator[tuple[bytes, str, bytes]]:
    """The mode, the path below `path` and the content of each file that may belong to a knowledge base."""
    root = f"{commit}:{path}"
    listed = _git("ls-tree", "-r", "-z", "--full-tree", root, at=at)
    entries = [entry for entry in (listed or b"").split(b"\0") if entry]
    wanted = []
    for entry in entries:
        meta, _, name = entry.partition(b"\t")
        mode, kind, blob = meta.split()[:3]
        file = os.fsdecode(name)
        if kind == b"blob" and file.casefold().endswith(_READ) and ".." not in PurePosixPath(file).parts:
            wanted.append((mode, file, blob))
    contents = _blobs([blob for _, _, blob in wanted], at)
    for (mode, file, _), content in zip(wanted, contents, strict=True):
        yield mode, file, content


def _blobs(names: list[bytes], at: Path) -> list[bytes]:
    """The contents of some objects, read at one go."""
    if not names:
        return []
    data = _git("cat-file", "--batch", at=at, given=b"\n".join(names) + b"\n") or b""
    found, start = [], 0
    for name in names:
        end = data.find(b"\n", start)
        header = data[start:end].split()
        if end < 0 or len(header) != 3 or header[0] != name:
            raise UsageError("git can't give the files of that revision. Is the repository complete?")
        start = end + 1 + int(header[2]) + 1
        found.append(data[end + 1 : start - 1])
    return found


def _write(target: Path, file: str, content: bytes, is_link: bool) -> None:
    path = target / file
    path.parent.mkdir(parents=True, exist_ok=True)
    if is_link:
        path.symlink_to(os.fsdecode(content))  # one that leads out of the folder is refused when it's loaded
    else:
        path.write_bytes(content)


def _git(*words: str, at: Path, given: bytes | None = None) -> bytes | None:
    """What git says; None if it fails. Raises UsageError without git."""
    # A hook's own variables would point it to another repository or folder.
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    kept["GIT_OPTIONAL_LOCKS"] = "0"
    try:
        done = subprocess.run(["git", *words], cwd=at, env=kept, input=given, capture_output=True, check=False)
    except FileNotFoundError:
        raise UsageError("To compare with a revision, git has to be installed: https://git-scm.com") from None
    except OSError as error:
        raise UsageError(f"git can't be started: {error.strerror}.") from None
    if b"dubious ownership" in done.stderr:
        raise UsageError("The repository belongs to somebody else, so git doesn't read it; git config safe.directory.")
    return done.stdout if done.returncode == 0 else None
