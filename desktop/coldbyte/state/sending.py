"""Sending the draft: one exchange at a time, streamed, cancellable; nothing received is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from coldbyte.core.cache.catalogue import Catalogue
from coldbyte.core.draft import Draft
from coldbyte.core.exchange import Exchange
from coldbyte.core.insight import Insight
from coldbyte.core.reply import Ended, ReplyEvent, SendFailure, Sent, Started, TextPart
from coldbyte.core.verdict import judge
from coldbyte.state.connection import Connection
from coldbyte.state.exchange_log import ExchangeLog, Record
from coldbyte.state.ledger import Ledger
from coldbyte.state.live_insight import LiveInsight
from coldbyte.state.tasks import Tasks

_FLUSH_MS = 30


class Sending(QObject):
    """`running` while an exchange is on its way."""

    running_changed = Signal(bool)

    def __init__(
        self,
        live: LiveInsight,
        log: ExchangeLog,
        ledger: Ledger,
        connection: Connection,
        catalogue: Catalogue,
        tasks: Tasks,
        clock: Callable[[], float],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._live = live
        self._log = log
        self._ledger = ledger
        self._connection = connection
        self._catalogue = catalogue
        self._tasks = tasks
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether an exchange is on its way."""
        return self._task is not None

    def send(self) -> None:
        """Ask the chosen question; nothing happens while another one is on its way."""
        if self._task is not None:
            return
        insight = self._live.look()
        if insight is None:
            return
        incoming = _Incoming(
            Exchange(
                number=self._log.next_number,
                title=_title(insight.draft, insight.question),
                body=insight.body,
                scope=insight.forecast.plan.scope,
                started_at=self._clock(),
            )
        )
        self._log.put(Record(incoming.exchange, insight))
        self._task = self._tasks.start("send", self._send(incoming, insight))
        # Not at the end of the coroutine: a task that is cancelled before its first step never enters it.
        self._task.add_done_callback(lambda task: self._finish(task, incoming, insight))
        self.running_changed.emit(True)

    def cancel(self) -> None:
        """Cancel the exchange; what was received stays."""
        if self._task is not None:
            self._task.cancel()

    async def _send(self, incoming: _Incoming, insight: Insight) -> None:
        """Take in the events; the log hears of them once in `_FLUSH_MS` at most."""
        flush = QTimer(singleShot=True, interval=_FLUSH_MS, timerType=Qt.TimerType.PreciseTimer)
        flush.timeout.connect(lambda: self._log.put(Record(incoming.exchange, insight)))
        try:
            api = await self._connection.open()
            async with aclosing(api.stream(insight.body)) as events:
                async for event in events:
                    incoming.take(event, self._clock())
                    if not flush.isActive():
                        flush.start()
                    await asyncio.sleep(0)  # events that came together must not hold the window
        except SendFailure as failure:
            incoming.fail(failure)
        finally:
            flush.stop()

    def _finish(self, task: asyncio.Task[None], incoming: _Incoming, insight: Insight) -> None:
        """Leave the exchange in the log, whatever became of it."""
        self._task = None
        if task.cancelled():
            incoming.cancel()
        elif (error := task.exception()) is not None:
            say = f"Something went wrong in Coldbyte ({type(error).__name__})."
            incoming.fail(SendFailure("invalid", say, remedy="Your texts are untouched; send again."))
        exchange = incoming.end(self._clock())
        try:
            self._ledger.settle(insight.forecast.plan, exchange)
            self._log.put(Record(exchange, insight, judge(exchange, insight, self._catalogue)))
        finally:
            self.running_changed.emit(False)


class _Incoming:
    """An exchange while it comes in."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._parts: list[str] = []

    @property
    def exchange(self) -> Exchange:
        """The exchange so far."""
        if self._parts:
            self._exchange = replace(self._exchange, reply=self._exchange.reply + "".join(self._parts))
            self._parts.clear()
        return self._exchange

    def take(self, event: ReplyEvent, now: float) -> None:
        match event:
            case Sent(wire=wire):
                self._exchange = replace(self._exchange, wire=wire, started_at=now)
            case Started():
                self._exchange = replace(
                    self._exchange,
                    first_event_at=now,
                    message_id=event.message_id,
                    request_id=event.request_id,
                    served_by=event.model,
                    usage=event.usage,
                )
            case TextPart(text=text):
                self._parts.append(text)
            case Ended():
                self._exchange = replace(self._exchange, stop_reason=event.stop_reason, usage=event.usage)

    def fail(self, failure: SendFailure) -> None:
        self._exchange = replace(self.exchange, failure=failure)

    def cancel(self) -> None:
        self._exchange = replace(self.exchange, cancelled=True)

    def end(self, now: float) -> Exchange:
        self._exchange = replace(self.exchange, ended_at=now)
        return self._exchange


def _title(draft: Draft, question: str) -> str:
    """The first line of the question, for lists."""
    text = str(draft.part(question).text).strip()
    return text.splitlines()[0].rstrip()[:120] if text else "(empty question)"
