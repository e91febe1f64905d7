"""Counting the draft's tokens with the API: on demand, and while typing where the user switched that on.

Counting is free and uploads the draft; so it is off for a profile until it is switched on. A prompt is
counted once: what was counted or measured is known by its content.
"""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QObject, QTimer, Signal

from coldbyte.core.cache.calibration import Known
from coldbyte.core.insight import Insight
from coldbyte.core.reply import SendFailure
from coldbyte.state.connection import Connection
from coldbyte.state.live_insight import LiveInsight
from coldbyte.state.receipt_book import ReceiptBook
from coldbyte.state.settings import Settings
from coldbyte.state.tasks import Tasks

PAUSE_MS = 1500
"""Milliseconds without a change after which the draft is counted."""


class Counting(QObject):
    """Counts one prompt at a time; of several changes the last one counts."""

    counted = Signal(int)  # tokens of the prompt that was counted on demand
    failed = Signal(object)  # SendFailure

    def __init__(
        self,
        live: LiveInsight,
        book: ReceiptBook,
        connection: Connection,
        settings: Settings,
        tasks: Tasks,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._live = live
        self._book = book
        self._connection = connection
        self._settings = settings
        self._tasks = tasks
        self._task: asyncio.Task[None] | None = None
        self._given_up = False  # after a failure nothing is uploaded unasked
        self._soon = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._soon.timeout.connect(self.count_if_wanted)
        live.changed.connect(self._wait)
        connection.changed.connect(self._wait)

    @property
    def in_background(self) -> bool:
        """Whether the draft is counted while typing, with the profile in use."""
        return self._settings.counts_in_background(self._connection.status.profile)

    @in_background.setter
    def in_background(self, wanted: bool) -> None:
        self._settings.set_counts_in_background(self._connection.status.profile, wanted)
        self._given_up = False
        self._wait()

    def count(self) -> None:
        """Count the draft now. `counted` or `failed` tells what came of it."""
        self._given_up = False
        insight = self._live.look()
        if insight is None:
            return
        if insight.forecast.how in ("counted", "measured"):
            self.counted.emit(insight.forecast.plan.usage.input)
            return
        self._start(insight, on_demand=True)

    def count_if_wanted(self) -> None:
        """Count the draft in the background, if that is switched on and would tell something new."""
        insight = self._live.insight
        if insight is not None and self._wanted(insight):
            self._start(insight, on_demand=False)

    def _wanted(self, insight: Insight) -> bool:
        if self._given_up or not self.in_background or self._connection.status.target != "api":
            return False
        return insight.forecast.how not in ("counted", "measured") and not insight.refusal

    def _wait(self) -> None:
        insight = self._live.insight
        if insight is not None and self._wanted(insight):
            self._soon.start()
        else:
            self._soon.stop()

    def _start(self, insight: Insight, *, on_demand: bool) -> None:
        self._soon.stop()
        if self._task is not None:
            self._task.cancel()
        self._task = self._tasks.start("count tokens", self._count(insight, on_demand))

    async def _count(self, insight: Insight, on_demand: bool) -> None:
        try:
            api = await self._connection.open()
            tokens = await api.count_tokens(insight.body)
        except SendFailure as failure:
            self._given_up = True
            self.failed.emit(failure)
            return
        more = tokens - insight.forecast.estimated
        self._book.learn(insight.forecast.plan.scope, {insight.prefix.keys[-1]: Known(more, "counted")})
        if on_demand:
            self.counted.emit(tokens)
