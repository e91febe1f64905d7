"""The X server's own keyboard drives the window of the command, as it was started from a shell."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

PATIENCE_S = 60


@pytest.fixture
def endpoint() -> Iterator[tuple[str, Queue[dict[str, Any]]]]:
    """An address whose requests can be awaited; it answers that it is overloaded."""
    bodies: Queue[dict[str, Any]] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.put(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(400)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", bodies
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.display
def test_keys_pressed_in_the_window_reach_the_wire_byte_for_byte(
    endpoint: tuple[str, Queue[dict[str, Any]]], tmp_path: Path
) -> None:
    if shutil.which("xdotool") is None or "DISPLAY" not in os.environ:
        pytest.skip("needs an X display and xdotool; packaging/dev.py test brings both on Linux")
    url, bodies = endpoint
    environment = os.environ | {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "ANTHROPIC_BASE_URL": url,
        "ANTHROPIC_API_KEY": "of-a-test",
        "QT_QPA_PLATFORM": "xcb",
    }
    app = subprocess.Popen([sys.executable, "-m", "coldbyte"], env=environment, cwd=tmp_path)
    try:
        window = ("search", "--sync", "--onlyvisible", "--pid", str(app.pid), "--name", "Coldbyte")
        xdotool(*window, "windowfocus", "--sync")
        xdotool("key", "ctrl+Return")
        first = bodies.get(timeout=PATIENCE_S)
        xdotool("key", "Tab", "ctrl+Home", "type", "no break ")
        xdotool("key", "ctrl+Return")
        second = bodies.get(timeout=PATIENCE_S)
    finally:
        app.terminate()
        assert app.wait(PATIENCE_S) == 0
    question = first["messages"][0]["content"][-1]["text"]
    assert question.startswith("Does a bakery")
    assert second["messages"][0]["content"][-1]["text"] == "no break " + question
    assert second["system"] == first["system"]


def xdotool(*arguments: str) -> None:
    subprocess.run(["xdotool", *arguments], check=True, timeout=PATIENCE_S, stdout=subprocess.DEVNULL)
