"""Garbage is collected in the thread of the window, and nowhere else.

Python collects wherever an allocation happens to be one too many. A QObject that dies in a worker thread
can't stop its timers there, and Qt then calls into freed memory.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_INTERVAL_MS = 1000


class Collector(QObject):
    """Takes over from Python's automatic collection for as long as it lives; make it in the GUI thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=_INTERVAL_MS)
        self._timer.timeout.connect(collect_what_is_due)
        self._timer.start()


def collect_what_is_due() -> None:
    """Collect the oldest generation that has passed Python's own threshold."""
    due = zip(gc.get_count(), gc.get_threshold(), strict=True)
    for generation, (count, threshold) in reversed(list(enumerate(due))):
        if threshold and count > threshold:
            gc.collect(generation)
            return
