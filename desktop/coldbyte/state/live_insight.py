"""Keeps the insight into the draft up to date while the user types."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from coldbyte.core.body import request_body
from coldbyte.core.cache.catalogue import Catalogue
from coldbyte.core.cache.forecast import Circumstances, Forecast, forecast
from coldbyte.core.draft import Draft
from coldbyte.core.insight import Insight, look_at
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.state.connection import Connection
from coldbyte.state.exchange_log import ExchangeLog
from coldbyte.state.ledger import Ledger
from coldbyte.state.open_draft import OpenDraft

_TICK_MS = 1000


class LiveInsight(QObject):
    """Looks again after each change, once per turn of the event loop, and when an entry has expired."""

    changed = Signal(object)  # Insight, or None without a question

    def __init__(
        self,
        draft: OpenDraft,
        log: ExchangeLog,
        ledger: Ledger,
        connection: Connection,
        catalogue: Catalogue,
        clock: Callable[[], float],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._draft = draft
        self._log = log
        self._ledger = ledger
        self._connection = connection
        self._catalogue = catalogue
        self._clock = clock
        self._insight: Insight | None = None
        self._live: set[bytes] = set()  # the entries that lived at the last look
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.look)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._look_if_expired)
        for signal in (draft.changed, draft.question_changed, log.baseline_changed, ledger.changed):
            signal.connect(self._look_soon)
        connection.changed.connect(self._look_soon)

    @property
    def insight(self) -> Insight | None:
        """The newest insight; None while there is no question to ask."""
        return self._insight

    def look(self) -> Insight | None:
        """Look now, so that what follows works with what the user sees."""
        self._soon.stop()
        self._insight = self._look()
        if self._insight is not None and self._insight.reads_another:
            assert self._insight.forecast.plan.hit is not None
            self._log.rebase(self._insight.forecast.plan.hit.key)
            self._insight = self._look()
        self._live = self._live_keys()
        if self._ledger.entries and not self._tick.isActive():
            self._tick.start()
        self.changed.emit(self._insight)
        return self._insight

    def forecast_of(self, draft: Draft) -> Forecast:
        """What sending another draft now would do; it asks the question that is chosen."""
        prefix = prefix_of(request_body(draft, self._draft.question))
        baseline = self._log.baseline
        before = baseline.prefix if baseline else None
        return forecast(prefix, before, self._catalogue, self._circumstances())

    def _look(self) -> Insight | None:
        if not self._draft.question:
            return None
        return look_at(
            self._draft.draft,
            self._draft.question,
            self._log.baseline,
            self._catalogue,
            self._circumstances(),
        )

    def _circumstances(self) -> Circumstances:
        return Circumstances(self._ledger.entries, self._connection.scope, self._clock())

    def _look_soon(self) -> None:
        self._soon.start()

    def _look_if_expired(self) -> None:
        live = self._live_keys()
        if live != self._live:
            self._look_soon()
        if not live:
            self._tick.stop()

    def _live_keys(self) -> set[bytes]:
        now = self._clock()
        return {key for key, entry in self._ledger.entries.items() if entry.live(now)}
