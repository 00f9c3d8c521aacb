"""The working folder beside an output: the parts that are done, so that a run that was stopped goes on after them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from advise.batch.blocks import START, Position
from advise.batch.durable import BatchError, Lock, place, sync_folder, write_whole
from advise.batch.tally import Tally

Write = Callable[[BinaryIO], None]

_RUN, _DONE, _LOCK = "run.json", "done.json", "lock"
_JOINED, _REJECTS = "joined", "joined-rejects"
_CHANGES = {
    "input": "the input has changed",
    "columns": "what the columns hold has changed",
    "knowledge_base": "the knowledge base has changed",
    "as_of": "the day is another one",
    "options": "the options are others",
    "version": "advise or pyarrow has another version",
}


@dataclass(frozen=True, slots=True)
class Done:
    """How far the parts go: the number of rows, where reading goes on, and how much of the input was read."""

    rows: int = 0
    position: Position = START
    read: int = 0


class Work:
    """The working folder of one output. What is in it is whole: a part counts once its JSON file is there."""

    def __init__(self, output: Path, rejects: Path) -> None:
        self.folder = output.with_name(output.name + ".partial")
        self.output = output
        self.rejects = rejects
        self._lock = Lock(self.folder / _LOCK)
        self.parts: list[Mapping[str, Any]] = []

    def open(self) -> None:
        """Makes the folder, and takes it for this process. Raises BatchError when another has it, OSError."""
        while True:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            # Another run may have finished in between, and have removed the folder.
            with suppress(FileNotFoundError):
                if self._lock.take():
                    return
                raise BatchError(f"Another run is writing {self.output.name}. Wait for its end, or stop it.")

    def close(self) -> None:
        """Lets another process have it."""
        self._lock.release()

    # -------------------------------------------------------------------------------------- going on

    @property
    def started(self) -> Mapping[str, Any] | None:
        """What the run that left this folder was, None when there's none."""
        return self._read(_RUN)

    def changes(self, fingerprint: Mapping[str, Any]) -> list[str]:
        """Why the run that left this folder can't be gone on with; empty when it can."""
        started = self.started or {}
        return [why for name, why in _CHANGES.items() if started.get(name) != fingerprint[name]]

    def begin(self, fingerprint: Mapping[str, Any]) -> None:
        """Starts afresh. Raises OSError."""
        # Without this one the rest counts for nothing, so it goes first.
        (self.folder / _RUN).unlink(missing_ok=True)
        sync_folder(self.folder)
        self._clear(keep=(_LOCK,))
        self.parts = []
        self._write_json(_RUN, fingerprint)

    def go_on(self) -> Done:
        """Reads how far the parts go."""
        self.parts = []
        while (part := self._read(f"{len(self.parts):06}.json")) is not None:
            self.parts.append(part)
        if not self.parts:
            return Done()
        last = self.parts[-1]
        return Done(last["rows"], Position(*last["position"]), last["read"])

    def add(self, done: Done, tally: Tally, rows: Write, rejects: Write | None) -> None:
        """Keeps a part. Raises OSError."""
        name = f"{len(self.parts):06}"
        write_whole(self.folder / f"{name}.rows", rows)
        if rejects is not None:
            write_whole(self.folder / f"{name}.rejects", rejects)
        part = {
            "rows": done.rows,
            "position": [done.position.row, done.position.offset],
            "read": done.read,
            "has_rejects": rejects is not None,
            "tally": tally.to_dict(),
        }
        self._write_json(f"{name}.json", part)
        self.parts.append(part)

    def tally(self) -> Tally:
        """The counts of all parts."""
        done = self._read(_DONE)
        if done is not None:
            return Tally.of(done["tally"])
        total = Tally()
        for part in self.parts:
            total.merge(Tally.of(part["tally"]))
        return total

    # ------------------------------------------------------------------------------------- finishing

    @property
    def is_joined(self) -> bool:
        """Whether all that is left to do is to put the files in place."""
        return self._read(_DONE) is not None

    def made(self, path: Path) -> bool:
        """Whether the file at `path` is one that this run has put there before it was stopped."""
        done = self._read(_DONE) or {}
        return path.exists() and _marks(path) in (done.get(_JOINED), done.get(_REJECTS))

    def join(self, join: Callable[[BinaryIO, Iterator[Path]], None], rejects: Callable[..., None]) -> None:
        """Joins the parts. Raises OSError."""
        names = [f"{number:06}" for number in range(len(self.parts))]
        write_whole(self.folder / _JOINED, lambda file: join(file, (self.folder / f"{name}.rows" for name in names)))
        with_rejects = [name for name, part in zip(names, self.parts, strict=True) if part["has_rejects"]]
        marks: dict[str, Any] = {_JOINED: _marks(self.folder / _JOINED), _REJECTS: None}
        if with_rejects:
            paths = [self.folder / f"{name}.rejects" for name in with_rejects]
            write_whole(self.folder / _REJECTS, lambda file: rejects(file, iter(paths)))
            marks[_REJECTS] = _marks(self.folder / _REJECTS)
        self._write_json(_DONE, marks | {"tally": self.tally().to_dict()})

    def finish(self) -> None:
        """Puts the files in place and removes the folder. Raises OSError."""
        done = self._read(_DONE) or {}
        if done[_REJECTS] is None:
            self.rejects.unlink(missing_ok=True)
        for name, target in ((_REJECTS, self.rejects), (_JOINED, self.output)):
            if (self.folder / name).exists():
                place(self.folder / name, target)
        self.remove()

    def remove(self) -> None:
        """Removes the folder; the proof that all was done goes last."""
        self._clear(keep=(_RUN, _DONE, _LOCK))
        for name in (_RUN, _DONE, _LOCK):
            (self.folder / name).unlink(missing_ok=True)
        # Another run may have come in between; then it's in use again.
        with suppress(OSError):
            self.folder.rmdir()
        self._lock.release()
        sync_folder(self.folder.parent)

    # ----------------------------------------------------------------------------------------- files

    def _clear(self, keep: Sequence[str]) -> None:
        for path in self.folder.iterdir():
            if path.name not in keep:
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _read(self, name: str) -> Mapping[str, Any] | None:
        try:
            found = json.loads((self.folder / name).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def _write_json(self, name: str, content: Mapping[str, Any]) -> None:
        data = json.dumps(content, ensure_ascii=False).encode()

        def write(file: BinaryIO) -> None:
            file.write(data)

        write_whole(self.folder / name, write)


def _marks(path: Path) -> list[int]:
    """What a file keeps when it's moved."""
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]
