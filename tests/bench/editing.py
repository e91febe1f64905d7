"""A key pressed in a text of 4 MB, until everything is drawn: the whole window against a bare QPlainTextEdit.

Medians and 99th percentiles of one run; `stall` is the longest time for which the event loop did not come
round while the text was loaded and while it was typed into.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit

from coldbyte.app import App
from coldbyte.services import resources
from coldbyte.story import Story
from coldbyte.window import show_off

SIZE = 4_000_000
KEYS = "the quick brown fox " * 10
PLACE = 2_000


class Stall:
    """Measures how long the event loop takes to come round."""

    def __init__(self) -> None:
        self.longest_ms = 0.0
        self._task = asyncio.get_running_loop().create_task(self._watch())

    async def _watch(self) -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0)
            now = time.perf_counter()
            self.longest_ms = max(self.longest_ms, (now - last) * 1000)
            last = now

    def stop(self) -> float:
        self._task.cancel()
        return self.longest_ms


async def press_keys(editor: QPlainTextEdit) -> tuple[float, float]:
    """Median and 99th percentile in milliseconds, from the key to the next turn of the event loop."""
    cursor = editor.textCursor()
    cursor.setPosition(PLACE)
    editor.setTextCursor(cursor)
    editor.setFocus()
    await asyncio.sleep(0.2)
    times = []
    for key in KEYS:
        start = time.perf_counter()
        QTest.keyClicks(editor, key)
        for _ in range(3):
            await asyncio.sleep(0)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times), sorted(times)[int(len(times) * 0.99)]


async def measure(app: App) -> int:
    """Print the table."""
    story = Story(app)
    await story.open()
    await story.ask(0)
    path = Path(tempfile.mkdtemp()) / "big.txt"
    text = resources.text("sample/gdpr.txt")
    path.write_text((text * (SIZE // len(text) + 1))[:SIZE], encoding="utf-8", newline="")
    loading = Stall()
    await story.open_document(path)
    print(f"load {SIZE:,} characters: longest stall {loading.stop():.0f} ms")
    editor = app.window.documents_pane.stack.editor
    assert editor is not None
    await story.ask(0)
    typing = Stall()
    window_ms, window_slow_ms = await press_keys(editor)
    print(f"typing: longest stall {typing.stop():.0f} ms")

    bare = QPlainTextEdit()
    bare.setPlainText(path.read_text(encoding="utf-8"))
    bare.resize(editor.size())
    bare.show()
    bare.moveCursor(QTextCursor.MoveOperation.Start)
    bare_ms, bare_slow_ms = await press_keys(bare)
    bare.close()
    print(f"{'':>14}{'median':>10}{'p99':>10}")
    print(f"{'window':>14}{window_ms:>7.2f} ms{window_slow_ms:>7.2f} ms")
    print(f"{'bare editor':>14}{bare_ms:>7.2f} ms{bare_slow_ms:>7.2f} ms")
    print(f"{'ratio':>14}{window_ms / bare_ms:>9.1f}×{window_slow_ms / bare_slow_ms:>9.1f}×")
    await story.close()
    return 0


def main() -> None:
    """Offscreen unless a platform is given."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(show_off(measure, simulator_fast=True))


if __name__ == "__main__":
    main()
