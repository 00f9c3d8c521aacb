"""A small client of the Language Server Protocol, over standard input and output."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

PATIENCE = 60


class LanguageServer:
    """A running language server; a context manager."""

    def __init__(self, command: Sequence[str], root: Path, settings: dict[str, Any] | None = None) -> None:
        self._settings = settings or {}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root)
        self._answers: dict[int, Queue[Any]] = {}
        self._notes: Queue[tuple[str, Any]] = Queue()
        self._next = 0
        Thread(target=self._listen, daemon=True).start()
        self.request("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": {}})
        self.notify("initialized", {})
        self.notify("workspace/didChangeConfiguration", {"settings": self._settings})

    def __enter__(self) -> LanguageServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def open(self, path: Path, text: str, language: str = "yaml") -> None:
        """Opens a document with a text."""
        document = {"uri": path.as_uri(), "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def diagnostics(self, path: Path) -> list[dict[str, Any]]:
        """The next findings about a document."""
        while True:
            method, found = self._notes.get(timeout=PATIENCE)
            if method == "textDocument/publishDiagnostics" and found["uri"] == path.as_uri():
                return list(found["diagnostics"])

    def at(self, method: str, path: Path, line: int, character: int, **more: Any) -> Any:
        """The answer to a request about a place in a document, counted from 0."""
        where = {"textDocument": {"uri": path.as_uri()}, "position": {"line": line, "character": character}}
        return self.request(f"textDocument/{method}", {**where, **more})

    def request(self, method: str, parameters: Any) -> Any:
        """The answer to a request. Raises RuntimeError when the server refuses it."""
        self._next += 1
        self._answers[self._next] = Queue()
        self._send({"id": self._next, "method": method, "params": parameters})
        answer = self._answers[self._next].get(timeout=PATIENCE)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def notify(self, method: str, parameters: Any) -> None:
        """Tells the server something."""
        self._send({"method": method, "params": parameters})

    def _send(self, message: dict[str, Any]) -> None:
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(content) + content)
        self._process.stdin.flush()

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while header := stream.readline():
            size = int(header.split(b":")[1])
            while stream.readline().strip():
                pass
            message = json.loads(stream.read(size))
            if "method" not in message:
                self._answers[message["id"]].put(message)
            elif "id" in message:  # the server asks for its settings, or the like
                asked = message["params"].get("items", []) if message["method"] == "workspace/configuration" else None
                answer = None if asked is None else [self._settings.get(each["section"], {}) for each in asked]
                self._send({"id": message["id"], "result": answer})
            else:
                self._notes.put((message["method"], message["params"]))
