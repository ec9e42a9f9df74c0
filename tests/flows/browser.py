"""Drives headless Chromium by its DevTools protocol."""

import base64
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import connect
from websockets.sync.connection import Connection

NAMES = ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome")
WAIT_SECONDS = 60


class Page:
    """One tab."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._number = connection, 0
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, **params: Any) -> Any:
        """Sends one command of the protocol and returns its result. Keeps events that arrive meanwhile in `events`."""
        self._number += 1
        self._connection.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            message = json.loads(self._connection.recv(timeout=WAIT_SECONDS))
            if message.get("id") == self._number:
                assert "error" not in message, message
                return message["result"]
            self.events.append(message)

    def open(self, url: str) -> None:
        self.call("Page.navigate", url=url)

    def run(self, script: str) -> Any:
        """Returns the value of a JavaScript expression. Awaits a promise."""
        done = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def text(self) -> str:
        return str(self.run("document.body ? document.body.innerText : ''"))

    def wait_for(self, text: str, seconds: float = WAIT_SECONDS) -> str:
        """Waits until the page contains `text`. Returns the whole text of the page."""
        return self.wait_until(f"document.body && document.body.innerText.includes({json.dumps(text)})", seconds)

    def open_until(self, url: str, text: str) -> str:
        """Reopens a page that does not update itself until it contains `text`. Returns the whole text of the page."""
        until = time.monotonic() + WAIT_SECONDS
        while True:
            self.open(url)
            try:
                return self.wait_for(text, seconds=10)
            except AssertionError:
                if time.monotonic() > until:
                    raise

    def wait_until(self, condition: str, seconds: float = WAIT_SECONDS) -> str:
        """Waits until a JavaScript expression is true. Returns the text of the page."""
        until = time.monotonic() + seconds
        while not self.run(f"Boolean({condition})"):
            assert time.monotonic() < until, f"{condition} was never true: {self.text()}"
            time.sleep(0.2)
        return self.text()

    def sign_in(self, password: str) -> None:
        """Types the password into the form and submits it, as a person does."""
        self.wait_until("document.querySelector('input[type=password]')")
        self.run("document.querySelector('input[type=password]').focus()")
        self.call("Input.insertText", text=password)
        self.run("document.querySelector('button[type=submit]').click()")

    def received(self, text: str, seconds: float = WAIT_SECONDS) -> bool:
        """Returns whether a websocket of the page receives `text` in time."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            frames = (one for one in self.events if one.get("method") == "Network.webSocketFrameReceived")
            if any(text in frame["params"]["response"]["payloadData"] for frame in frames):
                return True
            self.run("0")
            time.sleep(0.2)
        return False

    def screenshot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))


@contextmanager
def browser(folder: Path, *options: str) -> Iterator[Page]:
    """Starts a browser and yields its first tab."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    assert program, f"install one of {', '.join(NAMES)}"
    # As root, for example in a container, Chromium has no sandbox. The pages here come from this machine.
    command = [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    command += ["--no-first-run", "--window-size=1400,900", "--remote-debugging-port=0", f"--user-data-dir={folder}"]
    with (folder.with_suffix(".log")).open("wb") as log:
        process = subprocess.Popen([*command, *options, "about:blank"], stdout=log, stderr=log)
    try:
        with connect(_tab(folder, process), max_size=None, proxy=None) as connection:
            page = Page(connection)
            for domain in ("Page", "Runtime", "Network"):
                page.call(f"{domain}.enable")
            yield page
    finally:
        process.terminate()
        process.wait(30)


def _tab(folder: Path, process: subprocess.Popen[bytes]) -> str:
    """Returns the DevTools address of the first tab."""
    import httpx

    port_file, until = folder / "DevToolsActivePort", time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, f"the browser ended: {folder.with_suffix('.log').read_text('utf-8')}"
        if port_file.exists() and (port := port_file.read_text("utf-8").partition("\n")[0]):
            tabs = httpx.get(f"http://127.0.0.1:{port}/json/list", trust_env=False).json()
            if found := [tab for tab in tabs if tab["type"] == "page"]:
                return str(found[0]["webSocketDebuggerUrl"])
        time.sleep(0.1)
    raise AssertionError("the browser did not start")
