"""Drives a headless Chromium over a pipe, in the DevTools protocol."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from itertools import count
from pathlib import Path
from typing import Any

import pytest

PROGRAM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
AXE = os.environ.get("AXE_CORE")
NEEDS_BROWSER = pytest.mark.skipif(PROGRAM is None, reason="Chromium isn't installed")
NEEDS_AXE = pytest.mark.skipif(AXE is None, reason="AXE_CORE doesn't name axe-core's axe.min.js: npm install axe-core")
_OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe",
)  # fmt: skip
_KEYS = {"Enter": ("\r", 13), "Tab": ("", 9)}


class Browser:
    """One page in a browser of its own."""

    def __init__(self, folder: Path) -> None:
        assert PROGRAM is not None
        theirs, self._out = os.pipe()
        self._in, also_theirs = os.pipe()
        command = [PROGRAM, *_OPTIONS, f"--user-data-dir={folder}", "about:blank"]
        # The browser reads commands from 3 and writes answers to 4.
        script = f'exec "$@" 3<&{theirs} 4>&{also_theirs}'
        self._process = subprocess.Popen(
            ["bash", "-c", script, "bash", *command], pass_fds=(theirs, also_theirs),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(theirs)
        os.close(also_theirs)
        self._numbers, self._rest, self._events = count(1), b"", list[dict[str, Any]]()
        self._session: str | None = None
        pages = [each for each in self._call("Target.getTargets")["targetInfos"] if each["type"] == "page"]
        attached = self._call("Target.attachToTarget", targetId=pages[0]["targetId"], flatten=True)
        self._session = attached["sessionId"]
        self._call("Page.enable")

    def look(self, width: int, dark: bool = False, javascript: bool = True) -> None:
        """Sets the width of the window and the colours that the person likes."""
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        self._call("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._call("Emulation.setEmulatedMedia", features=[scheme])
        self._call("Emulation.setScriptExecutionDisabled", value=not javascript)

    def open(self, path: Path, query: str = "") -> None:
        """Opens a file, and waits until all of it is there."""
        self._events.clear()
        self._call("Page.navigate", url=path.as_uri() + query)
        self.wait()

    def wait(self) -> None:
        """Waits until the page that is being opened is all there."""
        while not any(each.get("method") == "Page.loadEventFired" for each in self._events):
            self._events.append(self._read())
        self._events.clear()

    def run(self, script: str) -> Any:
        """The value of an expression on the page, awaited if it's a promise."""
        done = self._call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def type(self, text: str) -> None:
        """Types a text into what has the focus."""
        self._call("Input.insertText", text=text)

    def press(self, key: str) -> None:
        """Presses a key and lets go of it."""
        text, code = _KEYS[key]
        for kind in ("keyDown", "keyUp"):
            more = {"text": text} if text and kind == "keyDown" else {}
            self._call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **more)

    def picture(self, path: Path) -> None:
        """Saves a picture of what's in the window."""
        import base64

        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot")["data"]))

    def close(self) -> None:
        """Ends the browser."""
        self._session = None
        self._call("Browser.close")
        self._process.wait(20)
        os.close(self._out)
        os.close(self._in)

    def _call(self, method: str, **params: Any) -> Any:
        number = next(self._numbers)
        session = {"sessionId": self._session} if self._session else {}
        message = {"id": number, "method": method, "params": params, **session}
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == number:
                assert "error" not in answer, answer["error"]
                return answer["result"]
            self._events.append(answer)

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._in, 1 << 20)
            assert more, "the browser has ended"
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found
