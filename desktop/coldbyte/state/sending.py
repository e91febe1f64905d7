"""Sending the draft: one exchange at a time, streamed, cancellable; nothing received is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from coldbyte.core.cache.calibration import lessons
from coldbyte.core.cache.tokens import block_tokens
from coldbyte.core.draft import Draft
from coldbyte.core.exchange import Exchange
from coldbyte.core.history.keeping import Outcome
from coldbyte.core.history.snapshot import Snapshot
from coldbyte.core.insight import Insight
from coldbyte.core.reply import Ended, Received, ReplyEvent, SendFailure, Sent, Started, TextPart
from coldbyte.core.traffic.receipt import receipt_of
from coldbyte.core.verdict.verdict import Verdict, judge
from coldbyte.state.books import Books
from coldbyte.state.connection import Connection
from coldbyte.state.edit_trail import EditTrail
from coldbyte.state.exchange_log import Record
from coldbyte.state.history import History
from coldbyte.state.live_insight import LiveInsight
from coldbyte.state.tasks import Tasks

_FLUSH_MS = 30


class Sending(QObject):
    """`running` while an exchange is on its way."""

    running_changed = Signal(bool)

    def __init__(
        self,
        live: LiveInsight,
        books: Books,
        connection: Connection,
        tasks: Tasks,
        parent: QObject | None = None,
        *,
        history: History | None = None,
        trail: EditTrail | None = None,
    ) -> None:
        """`history` keeps every exchange, with the edits that `trail` saw before it."""
        super().__init__(parent)
        self._live = live
        self._books = books
        self._connection = connection
        self._tasks = tasks
        self._history = history
        self._trail = trail
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
                number=self._books.log.next_number,
                title=_title(insight.draft, insight.question),
                body=insight.body,
                scope=insight.forecast.plan.scope,
                started_at=self._books.clock(),
                conversation=self._live.conversation,
            )
        )
        edits = self._trail.begin(incoming.exchange.number, insight.prefix) if self._trail else ()
        self._books.log.put(Record(incoming.exchange, insight))
        self._task = self._tasks.start("send", self._send(incoming, insight))
        # Not at the end of the coroutine: a task that is cancelled before its first step never enters it.
        self._task.add_done_callback(lambda task: self._finish(task, incoming, insight, edits))
        self.running_changed.emit(True)

    def cancel(self) -> None:
        """Cancel the exchange; what was received stays."""
        if self._task is not None:
            self._task.cancel()

    async def settled(self) -> None:
        """Return when nothing is on its way any more."""
        while self._task is not None:
            await asyncio.wait({self._task})

    async def _send(self, incoming: _Incoming, insight: Insight) -> None:
        """Take in the events; the log hears of them once in `_FLUSH_MS` at most."""
        flush = QTimer(singleShot=True, interval=_FLUSH_MS, timerType=Qt.TimerType.PreciseTimer)
        flush.timeout.connect(lambda: self._books.log.put(Record(incoming.exchange, insight)))
        try:
            api = await self._connection.open()
            async with aclosing(api.stream(insight.body)) as events:
                async for event in events:
                    now = self._books.clock()
                    incoming.take(event, now)
                    if isinstance(event, Received):
                        continue
                    if isinstance(event, Sent):
                        self._books.ledger.begin(insight.forecast.plan, now)
                    if not flush.isActive():
                        flush.start()
                    await asyncio.sleep(0)  # events that came together must not hold the window
        except SendFailure as failure:
            incoming.fail(failure)
        finally:
            flush.stop()

    def _finish(
        self,
        task: asyncio.Task[None],
        incoming: _Incoming,
        insight: Insight,
        edits: Sequence[Snapshot],
    ) -> None:
        """Leave the exchange in the log, whatever became of it."""
        self._task = None
        if task.cancelled():
            incoming.cancel()
        elif (error := task.exception()) is not None:
            say = f"Something went wrong in Coldbyte ({type(error).__name__})."
            incoming.fail(SendFailure("invalid", say, remedy="Your texts are untouched; send again."))
        exchange = incoming.end(self._books.clock())
        log, catalogue = self._books.log, self._books.catalogue
        try:
            verdict = judge(exchange, insight, catalogue, log.exchange(exchange.diagnosis.previous))
            self._settle(exchange, insight, verdict)
            log.put(Record(exchange, insight, verdict))
            if self._history is not None:
                self._history.keep(Outcome(exchange, insight.forecast.plan.usage, verdict), edits)
        finally:
            if self._trail is not None:
                self._trail.end()
            self.running_changed.emit(False)

    def _settle(self, exchange: Exchange, insight: Insight, verdict: Verdict | None) -> None:
        """Learn what the prompt cache did. An answer of another model teaches nothing of this one."""
        prefix, plan = insight.prefix, insight.forecast.plan
        ledger, catalogue = self._books.ledger, self._books.catalogue
        elsewhere = catalogue.is_other(prefix.model, exchange.served_by)
        if elsewhere:
            ledger.give_back(plan, exchange)
        went = plan if elsewhere else ledger.settle(plan, exchange)
        if exchange.usage is None or verdict is None:
            return
        receipt = receipt_of(exchange, prefix, insight.forecast, went)
        receipt = replace(receipt, stored=verdict.stored)
        if elsewhere:
            receipt = replace(receipt, estimated=0, read_key=None, written=(), trail=())
            self._books.receipts.add(receipt)
            return
        estimated = block_tokens(prefix, catalogue.tokenizer(prefix.model))
        self._books.receipts.add(receipt, lessons(prefix, estimated, went, exchange.usage))


class _Incoming:
    """An exchange while it comes in."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._parts: list[str] = []
        self._received: list[bytes] = []
        self._ended_at: float | None = None  # of its reply; bytes may come behind it

    @property
    def exchange(self) -> Exchange:
        """The exchange so far."""
        if self._parts:
            self._exchange = replace(self._exchange, reply=self._exchange.reply + "".join(self._parts))
            self._parts.clear()
        return self._exchange

    def take(self, event: ReplyEvent, now: float) -> None:
        match event:
            case Sent(wire=wire, headers=headers):
                self._received.clear()
                self._exchange = replace(self._exchange, wire=wire, headers=headers, started_at=now)
            case Received(data=data, status=status):
                self._received.append(data)
                if not data:
                    self._exchange = replace(self._exchange, status=status)
            case Started():
                self._exchange = replace(
                    self._exchange,
                    first_event_at=now,
                    message_id=event.message_id,
                    request_id=event.request_id,
                    served_by=event.model,
                    usage=event.usage,
                    diagnosis=event.diagnosis.of_request(self._exchange.body.fields),
                    diagnostics=event.diagnostics,
                    usage_fields=event.usage_fields,
                )
            case TextPart(text=text):
                self._parts.append(text)
            case Ended():
                self._ended_at = now
                self._exchange = replace(
                    self._exchange,
                    stop_reason=event.stop_reason,
                    usage=event.usage,
                    usage_fields=event.usage_fields,
                )

    def fail(self, failure: SendFailure) -> None:
        self._exchange = replace(self.exchange, failure=failure)

    def cancel(self) -> None:
        self._exchange = replace(self.exchange, cancelled=self._ended_at is None)

    def end(self, now: float) -> Exchange:
        """The exchange as it ended: with its reply, or now."""
        ended_at = now if self._ended_at is None else self._ended_at
        self._exchange = replace(self.exchange, ended_at=ended_at, received=b"".join(self._received))
        return self._exchange


def _title(draft: Draft, question: str) -> str:
    """The first line of the question, for lists."""
    text = str(draft.part(question).text).strip()
    return text.splitlines()[0].rstrip()[:120] if text else "(empty question)"
