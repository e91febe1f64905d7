"""The strip at the foot of the window: the last exchanges that are kept, and the entries that live."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QObject, QTimer, Signal

from coldbyte.core.history.query import Query
from coldbyte.core.history.run import summary_of
from coldbyte.flows.history_flow import HistoryFlow
from coldbyte.state.books import Books
from coldbyte.state.history import History, HistoryStore
from coldbyte.state.tasks import Tasks
from coldbyte.ui.main_window import MainWindow

_SHOWN = 100  # exchanges
_PAUSE_MS = 50


class TimelineFlow(QObject):
    """Reads them again when the history changes."""

    shown = Signal()  # the newest answer stands in the strip

    def __init__(
        self, window: MainWindow, books: Books, history: History, tasks: Tasks, flow: HistoryFlow
    ) -> None:
        super().__init__(window)
        self._strip = window.timeline_strip
        self._books, self._history, self._tasks, self._flow = books, history, tasks, flow
        self._reading: asyncio.Task[None] | None = None
        self._soon = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._soon.timeout.connect(self.refresh)
        history.changed.connect(self._soon.start)
        self._strip.exchange_requested.connect(flow.open_exchange)
        self._strip.setVisible(history.store is not None)

    def refresh(self) -> None:
        """Read the newest exchanges; while they are being read, once more afterwards."""
        if self._history.store is None or not self._history.is_open:
            return
        if self._reading is not None and not self._reading.done():
            self._soon.start()
            return
        self._reading = self._tasks.start("read the timeline", self._read(self._history.store))

    async def _read(self, store: HistoryStore) -> None:
        try:
            found = await store.find(Query(), limit=_SHOWN)
        except OSError:
            return  # the view of the history says so
        rows = found.rows[::-1]
        self._strip.show_run(rows, summary_of(rows, self._books.catalogue), self._books.clock())
        self.shown.emit()
