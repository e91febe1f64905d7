"""Warming entries of the prompt cache: once by hand, or on a schedule, which is off until it is switched on.

Nothing is sent for an entry that a request has just used.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.cache import CacheRules, Entry
from coldbyte.core.cache.forecast import Circumstances
from coldbyte.core.insight import Insight
from coldbyte.core.warming.warming import (
    Caps,
    History,
    Quote,
    Reason,
    Stop,
    Wait,
    Warmed,
    ZeroRefused,
    decide,
)
from coldbyte.core.warming.warming_body import WarmingRefused
from coldbyte.core.warming.warming_offer import Offer, could_read, observed_gap, offer_of
from coldbyte.state.books import Books
from coldbyte.state.connection import Connection
from coldbyte.state.history import History as KeptHistory
from coldbyte.state.live_insight import LiveInsight
from coldbyte.state.tasks import Tasks
from coldbyte.state.warmer import Warmer, WarmingResult, WarmingTask

_LONGEST_MS = 15_000  # between two looks at the clock, which may be changed, as a machine may sleep
_SHORTEST_MS = 50

Tokens = Literal[0, 1]
Phase = Literal["off", "scheduled", "warming"]


@dataclass(frozen=True, slots=True)
class WarmingStatus:
    """What the user is shown of one entry. Times are epoch seconds, money is USD.

    `next_at` is when the next warming is due; `caps` are those of the schedule, also of one that has ended,
    and `history` its warmings, or those by hand before it. `say` is the result of the last warming or why the
    schedule ended, for which `reason` stands. `offers_old_way`: with `max_tokens: 1` it may be possible.
    """

    key: bytes
    phase: Phase = "off"
    next_at: float | None = None
    caps: Caps | None = None
    history: History = History()  # noqa: RUF009  (frozen)
    say: str = ""
    reason: Reason | None = None
    offers_old_way: bool = False

    @property
    def count(self) -> int:
        """Warmings that were sent."""
        return len(self.history.warmings)

    @property
    def spent(self) -> Decimal | None:
        """What they cost; None where that is not known of each."""
        known = all(each.cost is not None for each in self.history.warmings)
        return self.history.spent if known else None

    @property
    def last(self) -> Warmed | None:
        """The last warming."""
        return self.history.last


@dataclass
class _Watch:
    """One entry that is, or was, warmed."""

    status: WarmingStatus
    quote: Quote | None = None
    tokens: Tokens = 0
    scheduled: bool = False
    task: WarmingTask | None = None


class Warming(QObject):
    """Warms entries, each by its key in the ledger. What can't be done is said in the entry's status."""

    changed = Signal(object)  # the key of an entry whose status has changed

    def __init__(
        self,
        live: LiveInsight,
        books: Books,
        connection: Connection,
        tasks: Tasks,
        parent: QObject | None = None,
        *,
        history: KeptHistory | None = None,
    ) -> None:
        super().__init__(parent)
        self._live = live
        self._books = books
        self._connection = connection
        self._warmer = Warmer(books, connection, tasks, history)
        self._watches: dict[bytes, _Watch] = {}
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)
        for signal in (live.changed, books.ledger.changed, connection.changed):
            signal.connect(self.tick)

    def status(self, key: bytes) -> WarmingStatus:
        """What there is to say of an entry."""
        watch = self._watches.get(key)
        return watch.status if watch is not None else WarmingStatus(key)

    def offer(self, key: bytes, *, tokens: Tokens = 0) -> Offer:
        """What warming the entry costs now, and what it is worth. Raise WarmingRefused."""
        body, index, _ = self._source(key)
        scope, books = self._connection.scope, self._books
        experience = books.receipts.experience(scope)
        circumstances = Circumstances(books.ledger.entries, scope, books.clock(), experience=experience)
        gap = observed_gap(books.receipts.receipts, key)
        return offer_of(body, index, books.catalogue, circumstances, tokens=tokens, gap_s=gap)

    def warm_now(self, key: bytes, *, tokens: Tokens = 0) -> None:
        """Warm an entry once; nothing happens while that is on its way. `tokens` 1 is the old way."""
        watch = self._watch(key)
        if watch.task is not None:
            return
        try:
            offer = self.offer(key, tokens=tokens)
        except WarmingRefused as refused:
            self._refuse(watch, refused)
            return
        self._start(watch, offer)

    def keep_warm(self, key: bytes, caps: Caps, *, tokens: Tokens = 0) -> None:
        """Warm an entry each time shortly before it ends, as long as that pays and `caps` allow it."""
        watch = self._watch(key)
        watch.tokens, watch.scheduled = tokens, False
        watch.status = replace(watch.status, caps=caps, history=History())
        try:
            watch.quote = self.offer(key, tokens=tokens).quote
        except WarmingRefused as refused:
            self._refuse(watch, refused)
            return
        if watch.quote is None:
            say = "No price of this model is known, so the limit on money could not be kept."
            self._end(watch, Stop("refused", say))
            return
        watch.scheduled = True
        watch.status = replace(watch.status, say="", reason=None, offers_old_way=False)
        self.tick()

    def stop(self, key: bytes) -> None:
        """End the schedule of an entry, and break off a warming that is on its way."""
        watch = self._watches.get(key)
        if watch is None:
            return
        if watch.scheduled:
            self._end(watch, Stop("user", "Stopped."))
        if watch.task is not None:
            watch.task.cancel()
        self._arm()

    def stop_all(self) -> None:
        """End all schedules."""
        for key in tuple(self._watches):
            self.stop(key)

    def tick(self) -> None:
        """Look at the clock and do what is due."""
        for watch in tuple(self._watches.values()):
            if watch.scheduled and watch.task is None:
                self._step(watch)
        self._arm()

    def _step(self, watch: _Watch) -> None:
        """Do what the schedule of one entry asks for."""
        key, caps = watch.status.key, watch.status.caps
        assert caps is not None
        assert watch.quote is not None
        entry = self._books.ledger.entries.get(key)
        if entry is not None:
            watch.status = replace(watch.status, history=watch.status.history.seen(entry))
        wanted = self._is_wanted(key)
        decision = decide(entry, caps, watch.status.history, watch.quote, self._books.clock(), wanted=wanted)
        match decision:
            case Stop():
                self._end(watch, decision)
            case Wait(until=until):
                status = replace(watch.status, phase="scheduled", next_at=until)
                if status != watch.status:
                    self._show(watch, status)
            case _:
                self._warm_on_schedule(watch, caps, entry)

    def _warm_on_schedule(self, watch: _Watch, caps: Caps, entry: Entry | None) -> None:
        """Warm at today's prices, if what was decided holds with those."""
        try:
            offer = self.offer(watch.status.key, tokens=watch.tokens)
        except WarmingRefused as refused:
            self._refuse(watch, refused)
            return
        if offer.quote is None:
            self._end(watch, Stop("refused", "The price of this model is not known any more."))
            return
        watch.quote = offer.quote
        decision = decide(entry, caps, watch.status.history, offer.quote, self._books.clock())
        if isinstance(decision, Stop):
            self._end(watch, decision)
        else:
            self._start(watch, offer)

    def _start(self, watch: _Watch, offer: Offer) -> None:
        _, _, conversation = self._source(watch.status.key)

        def finish(result: WarmingResult) -> None:
            self._finish(watch, result)

        watch.task = self._warmer.start(offer, conversation, finish)
        self._show(watch, replace(watch.status, phase="warming", next_at=None, offers_old_way=False))

    def _finish(self, watch: _Watch, result: WarmingResult) -> None:
        """Take in what came of a warming, and go on with the schedule."""
        watch.task = None
        history = watch.status.history.plus(result.warmed) if result.sent else watch.status.history
        old_way = isinstance(result.failure, ZeroRefused)
        say = result.warmed.say
        watch.status = replace(watch.status, phase="off", history=history, say=say, offers_old_way=old_way)
        if watch.scheduled and result.warmed.outcome == "failed":
            self._end(watch, Stop("user" if result.cancelled else "failed", say))
        else:
            self._show(watch, watch.status)
        self.tick()

    def _source(self, key: bytes) -> tuple[RequestBody, int, str]:
        """A body with a breakpoint of this key, the index of that, and the conversation: the draft, else the
        newest exchange. Raise WarmingRefused where there is none.
        """
        insight = self._live.insight
        sources: list[tuple[Insight, str]] = [] if insight is None else [(insight, self._live.conversation)]
        records = reversed(self._books.log.records)
        sources += [(record.insight, record.exchange.conversation) for record in records]
        for found, conversation in sources:
            for point in found.forecast.plan.breakpoints:
                if point.key != key:
                    continue
                if found.forecast.plan.scope != self._connection.scope:
                    raise WarmingRefused("This entry belongs to another key than the one in use.")
                return found.body, point.index, conversation
        raise WarmingRefused("No request of this run, and not the draft, has a breakpoint at this entry.")

    def _is_wanted(self, key: bytes) -> bool:
        """Whether the draft, sent now, could read the entry."""
        insight = self._live.insight
        if insight is None or insight.forecast.plan.scope != self._connection.scope:
            return False
        return could_read(insight.prefix, insight.forecast.plan.scope, key, CacheRules())

    def _watch(self, key: bytes) -> _Watch:
        return self._watches.setdefault(key, _Watch(WarmingStatus(key)))

    def _refuse(self, watch: _Watch, refused: WarmingRefused) -> None:
        watch.status = replace(watch.status, offers_old_way=refused.old_way)
        self._end(watch, Stop("refused", refused.say))

    def _end(self, watch: _Watch, stop: Stop) -> None:
        """End a schedule, or say why nothing is sent."""
        watch.scheduled = False
        phase: Phase = "off" if watch.task is None else "warming"
        status = replace(watch.status, phase=phase, next_at=None, say=stop.say, reason=stop.reason)
        self._show(watch, status)

    def _show(self, watch: _Watch, status: WarmingStatus) -> None:
        watch.status = status
        self.changed.emit(status.key)

    def _arm(self) -> None:
        """Set the timer to the next thing to do."""
        due = [watch.status.next_at for watch in self._watches.values() if watch.status.next_at is not None]
        if not due:
            self._timer.stop()
            return
        left_ms = (min(due) - self._books.clock()) * 1000
        self._timer.start(round(min(max(left_ms, _SHORTEST_MS), _LONGEST_MS)))
