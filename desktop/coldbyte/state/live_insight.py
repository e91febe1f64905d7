"""Keeps the insight into the draft up to date while the user types."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from coldbyte.core.body import request_body
from coldbyte.core.cache.forecast import Circumstances, Forecast, forecast
from coldbyte.core.draft import Draft
from coldbyte.core.insight import Insight, look_at
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.record import BodyError
from coldbyte.state.books import Books
from coldbyte.state.connection import Connection
from coldbyte.state.open_draft import OpenDraft

_TICK_MS = 1000
_GAP_S = 5.0  # without a tick: the machine slept


class LiveInsight(QObject):
    """Looks again after each change, once per turn of the event loop, when an entry has expired, and when
    the machine has slept.
    """

    changed = Signal(object)  # Insight, or None without a question

    def __init__(
        self,
        draft: OpenDraft,
        books: Books,
        connection: Connection,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._draft = draft
        self._books = books
        self._connection = connection
        self._insight: Insight | None = None
        self._trouble: BodyError | None = None
        self._live: set[bytes] = set()  # the entries that lived at the last look
        self._ticked_at = books.clock()
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.look)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._look_if_expired)
        for signal in (draft.changed, draft.question_changed, connection.changed):
            signal.connect(self._look_soon)
        for signal in (books.log.baseline_changed, books.ledger.changed, books.receipts.changed):
            signal.connect(self._look_soon)

    @property
    def insight(self) -> Insight | None:
        """The newest insight; None while there is no question to ask."""
        return self._insight

    @property
    def trouble(self) -> BodyError | None:
        """Why there is no insight: a part that is no JSON yet, its key in the path; else None."""
        return self._trouble

    @property
    def conversation(self) -> str:
        """The id of the conversation to which the next exchange belongs."""
        return self._draft.conversation

    def look(self) -> Insight | None:
        """Look now, so that what follows works with what the user sees."""
        self._soon.stop()
        try:
            self._insight, self._trouble = self._look(), None
        except BodyError as error:  # typed JSON is seldom whole
            self._insight, self._trouble = None, error
        if self._insight is not None and self._insight.reads_another:
            assert self._insight.forecast.plan.hit is not None
            self._books.log.rebase(self._insight.forecast.plan.hit.key)
            self._insight = self._look()
        self._live = self._live_keys()
        if self._live and not self._tick.isActive():
            self._ticked_at = self._books.clock()
            self._tick.start()
        self.changed.emit(self._insight)
        return self._insight

    def forecast_of(self, draft: Draft) -> Forecast:
        """What sending another draft now would do; it asks the question that is chosen."""
        prefix = prefix_of(request_body(draft, self._draft.question))
        baseline = self._books.log.baseline
        before = baseline.prefix if baseline else None
        return forecast(prefix, before, self._books.catalogue, self._circumstances())

    def _look(self) -> Insight | None:
        if not self._draft.question:
            return None
        return look_at(
            self._draft.draft,
            self._draft.question,
            self._books.log.baseline,
            self._books.catalogue,
            self._circumstances(),
            self._books.log.diagnostics(self._connection.scope, self._draft.conversation),
        )

    def _circumstances(self) -> Circumstances:
        scope = self._connection.scope
        experience = self._books.receipts.experience(scope)
        ledger = self._books.ledger
        return Circumstances(
            ledger.entries, scope, self._books.clock(), experience=experience, origins=ledger.origins
        )

    def _look_soon(self) -> None:
        self._soon.start()

    def _look_if_expired(self) -> None:
        live = self._live_keys()
        before, self._ticked_at = self._ticked_at, self._books.clock()
        if live != self._live or self._ticked_at - before > _GAP_S:
            self._look_soon()
        if not live:
            self._tick.stop()

    def _live_keys(self) -> set[bytes]:
        now = self._books.clock()
        return {key for key, entry in self._books.ledger.entries.items() if entry.live(now)}
