"""The window against a bare one: process start to the first paint, a document of 16 MB, memory.

Medians of runs in turn, each in a process of its own; both windows live on the same event loop and platform.
`--xcb` asks for an X screen (DISPLAY), else the windows are offscreen.
"""

from __future__ import annotations

import asyncio
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 11
SIZE = 16_000_000
LATER = ("anthropic", "aiohttp", "httpx2", "keyring.backends.SecretService")


def main() -> int:
    """Print the table."""
    platform = "xcb" if "--xcb" in sys.argv else "offscreen"
    os.environ["QT_QPA_PLATFORM"] = platform
    times: dict[str, list[float]] = {"bare": [], "app": []}
    for _ in range(RUNS):
        for kind, found in times.items():
            found.append(_start(kind))
    bare, app = (statistics.median(found) for found in times.values())
    print(f"{platform}, medians of {RUNS} processes")
    print(f"start to first paint   bare {bare:4.0f} ms   Coldbyte {app:4.0f} ms   {app / bare:.2f} x")
    print(subprocess.run(_child("large"), check=True, capture_output=True, text=True).stdout, end="")
    return 0


def _child(kind: str) -> list[str]:
    return [sys.executable, "-m", "bench.window", "--child", kind]


def _start(kind: str) -> float:
    """Milliseconds from the start of a process until its window was painted."""
    begin = time.perf_counter()
    with subprocess.Popen(_child(kind), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        took = (time.perf_counter() - begin) * 1000
        assert line == "painted\n", line
        process.kill()
    return took


def _paint_and_tell(kind: str) -> None:
    """Show a window; say when it was painted, and of the app's what must not be loaded by then."""
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and isinstance(watched, QMainWindow):
                early = [name for name in LATER if kind == "app" and name in sys.modules]
                print(f"loaded before the first paint: {early}" if early else "painted", flush=True)
            return False

    if kind == "bare":
        from coldbyte.event_loop import make_loop

        application = QApplication([])
        watch = Watch()
        application.installEventFilter(watch)
        with asyncio.Runner(loop_factory=make_loop) as runner:
            runner.run(_show_bare(QMainWindow()))
        return
    from coldbyte.app import App
    from coldbyte.window import show_off

    async def work(app: App) -> int:
        watch = Watch(app.window)
        app.window.installEventFilter(watch)
        app.show()
        await asyncio.sleep(60)
        return 0

    show_off(work)


async def _show_bare(window: object) -> None:
    window.resize(1280, 800)  # type: ignore[attr-defined]
    window.show()  # type: ignore[attr-defined]
    await asyncio.sleep(60)


def _open_large() -> None:
    """Open a document of 16 MB in the window, and tell how long nothing else could be done."""
    from bench.editing import Stall
    from coldbyte.app import App
    from coldbyte.services import resources
    from coldbyte.story import Story
    from coldbyte.window import show_off

    async def work(app: App) -> int:
        story = Story(app)
        await story.open()
        path = Path(tempfile.mkdtemp()) / "large.txt"
        text = resources.text("sample/gdpr.txt")
        path.write_text((text * (SIZE // len(text) + 1))[:SIZE], encoding="utf-8", newline="")
        before, stall, begin = _memory_mb(), Stall(), time.perf_counter()
        await story.open_document(path)
        took, longest = time.perf_counter() - begin, stall.stop()
        more = _memory_mb() - before
        print(f"open {SIZE // 10**6} MB             {took:.2f} s, longest stall {longest:.0f} ms")
        share = more * 10**6 / SIZE
        print(f"memory                 {before:.0f} MB before, {more:.0f} MB more: {share:.1f} x the text")
        await story.close()
        return 0

    show_off(work, simulator_fast=True)


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    if "--child" in sys.argv:
        kind = sys.argv[-1]
        _open_large() if kind == "large" else _paint_and_tell(kind)
        sys.exit(0)
    sys.exit(main())
