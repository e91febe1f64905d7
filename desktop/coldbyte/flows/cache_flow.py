"""The prompt cache in the window: the view of the ledger, warming by hand and on a schedule, the strip."""

from __future__ import annotations

from datetime import date
from typing import Literal

from PySide6.QtCore import QObject, Qt, QTimer

from coldbyte.core.account.account import day_in, lines_of, total
from coldbyte.core.account.accuracy import accuracies
from coldbyte.core.cache.money import dollars
from coldbyte.core.traffic.origin import by_origin
from coldbyte.core.warming.warming import Caps
from coldbyte.core.warming.warming_body import WarmingRefused
from coldbyte.flows.entry_row import EntryRows
from coldbyte.state.books import Books
from coldbyte.state.connection import Connection
from coldbyte.state.live_insight import LiveInsight
from coldbyte.state.warming import Tokens, Warming, WarmingStatus
from coldbyte.ui.ledger.keep_warm_dialog import KeepWarmDialog
from coldbyte.ui.ledger.ledger_row import LedgerRow
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.notice_bar import Notice
from coldbyte.ui.status_strip import StatusChip
from coldbyte.ui.status_words import accuracy_chip, ledger_chip, money_chip

_PAUSE_MS = 120  # a pause in typing after which the rows are made anew
_SECOND_MS, _LAZY_MS = 1000, 30_000
_NO_CHIP = StatusChip("money_view", "", "")


class CacheFlow(QObject):
    """One clock ticks for the view and the strip, once in a second while something lives."""

    def __init__(
        self,
        window: MainWindow,
        live: LiveInsight,
        books: Books,
        warming: Warming,
        connection: Connection,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._view = window.ledger_view
        self._live = live
        self._books = books
        self._warming = warming
        self._connection = connection
        self._entry_rows = EntryRows(live, books, warming, connection)
        self._rows: tuple[LedgerRow, ...] = ()
        self._money, self._accuracy = _NO_CHIP, _NO_CHIP
        self._counted: tuple[date, str, str, int] | None = None  # what the figures of the strip are of
        self._told: dict[bytes, WarmingStatus] = {}
        self._by_hand: set[bytes] = set()
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self.show)
        self._tick = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._tick.timeout.connect(self.show_time)
        self._join()
        self.show()

    def show(self) -> None:
        """Show all as it is now."""
        self._soon.stop()
        self._rows = self._entry_rows.rows(priced=self._view.isVisible())
        self._view.show_rows(self._rows, self._books.clock())
        self._window.action("warm_now").setEnabled(self._warmable is not None)
        running = any(row.schedule is not None and row.schedule.running for row in self._rows)
        self._window.action("stop_warming").setEnabled(running or any(row.warming for row in self._rows))
        self.show_time()

    def show_time(self) -> None:
        """Go on to this moment."""
        now = self._books.clock()
        self._view.show_time(now)
        self._count(now)
        self._window.timeline_strip.show_warm(self._rows, now)
        self._window.status_strip.show_chips((ledger_chip(self._rows, now), self._money, self._accuracy))
        self._arm(now)

    @property
    def _warmable(self) -> tuple[bytes, bool] | None:
        """The entry that the draft reads, else the one that it would write last; and whether it lives."""
        insight = self._live.insight
        if insight is None:
            return None
        plan = insight.forecast.plan
        if plan.hit is not None:
            return plan.hit.key, True
        written = [point.key for point in plan.breakpoints if point.outcome == "written"]
        return (written[-1], False) if written else None

    def warm_now(self) -> None:
        """Warm what the draft reads. What is not stored yet costs a write: that is asked for first."""
        self._live.look()
        if self._warmable is None:
            return
        key, lives = self._warmable
        if lives:
            self.warm(key)
        else:
            self._offer_to_write(key)

    def _offer_to_write(self, key: bytes) -> None:
        try:
            offer = self._warming.offer(key, tokens=self._tokens(key))
        except WarmingRefused as refused:
            self._window.notice_bar.show_notice(Notice(refused.say, kind="trouble"))
            return
        say = self.tr("The prompt is not stored. Warming writes {tokens} tokens; the next send reads.")
        price = dollars(offer.now) if offer.now is not None else self.tr("at an unknown price")
        button = self.tr("Warm now  {price}").format(price=price)
        tokens = f"≈ {offer.forecast.plan.usage.written:,}"
        notice = Notice(say.format(tokens=tokens), offers=[(button, lambda: self.warm(key))])
        self._window.notice_bar.show_notice(notice)

    def warm(self, key: bytes) -> None:
        """Warm an entry once."""
        self._by_hand.add(key)
        self._warming.warm_now(key, tokens=self._tokens(key))

    def open_keep_warm(self, key: bytes) -> None:
        """Ask for the limits within which an entry is kept warm."""
        row = next((row for row in self._rows if row.key == key), None)
        try:
            offer = self._warming.offer(key, tokens=self._tokens(key))
        except WarmingRefused as refused:
            self._window.notice_bar.show_notice(Notice(refused.say, kind="trouble"))
            return
        if row is None or offer.quote is None:
            return
        dialog = KeepWarmDialog(row.place, offer, self._books.clock, self._window)
        dialog.start_requested.connect(lambda caps: self._keep_warm(key, caps))
        dialog.open()

    def _keep_warm(self, key: bytes, caps: Caps) -> None:
        self._warming.keep_warm(key, caps, tokens=self._tokens(key))

    def _tokens(self, key: bytes) -> Tokens:
        """The old way where the endpoint has refused the new one."""
        return 1 if self._warming.status(key).offers_old_way else 0

    def _tell(self, key: bytes) -> None:
        """Say what came of a warming by hand, and why a schedule has ended, where it can't be seen."""
        before, status = self._told.get(key, WarmingStatus(key)), self._warming.status(key)
        self._told[key] = status
        self._soon.start(0)
        if status.phase == "off" and status.say and status != before:
            ended = status.reason not in (None, "user") and status.reason != before.reason
            failed = status.last is not None and status.last.outcome == "failed"
            kind: Literal["info", "trouble"] = "info"
            if failed or status.reason == "refused":
                kind = "trouble"
            if ended and status.caps is not None:
                self._window.notice_bar.show_notice(Notice(self._end_words(key), status.say, kind))
            elif ended or (key in self._by_hand and not self._view.isVisible()):
                self._window.notice_bar.show_notice(Notice(status.say, kind=kind))
            self._by_hand.discard(key)

    def _end_words(self, key: bytes) -> str:
        """That an entry is left to its end; which one, as far as it is listed."""
        place = next((row.place for row in self._rows if row.key == key), "")
        if not place:
            return self.tr("An entry is not kept warm any more.")
        words = self.tr("The entry {place} is not kept warm any more.")
        return words.format(place=place[:1].lower() + place[1:])

    def _wait_for_pause(self) -> None:
        """Rows are not made anew at every key."""
        if not self._soon.isActive() or self._soon.interval():
            self._soon.start(_PAUSE_MS)

    def _count(self, now: float) -> None:
        """Work out money and accuracy where something has changed them."""
        day = day_in(None)
        insight = self._live.insight
        model = insight.prefix.model if insight is not None else ""
        receipts = self._books.receipts.receipts
        simulated = self._connection.status.target == "simulator"
        today = date.fromtimestamp(now)  # noqa: DTZ012  (the user's own day)
        counted = (today, model, self._connection.scope, len(receipts))
        if counted == self._counted:
            return
        self._counted = counted
        mine = by_origin(receipts)[simulated]
        lines = lines_of([one for one in mine if day(one) == today], self._books.catalogue, now=now)
        self._money = money_chip(total(lines), simulated=simulated)
        name = self._entry_rows.name(model)
        self._accuracy = accuracy_chip(accuracies(mine), model, name, simulated=simulated)

    def _arm(self, now: float) -> None:
        """Tick when the clock's second is over; seldom where nothing counts down, never for nothing."""
        if not self._window.isVisible() or not self._rows:
            self._tick.stop()
            return
        counting = any(row.life(now) != "ended" for row in self._rows)
        self._tick.start(_SECOND_MS - int(now % 1 * 1000) if counting else _LAZY_MS)

    def _join(self) -> None:
        view, window, books = self._view, self._window, self._books
        for signal in (books.ledger.changed, books.receipts.changed, self._connection.changed, view.shown):
            signal.connect(lambda *_: self._soon.start(0))
        self._live.changed.connect(self._wait_for_pause)
        self._warming.changed.connect(self._tell)
        view.warm_requested.connect(self.warm)
        view.keep_warm_requested.connect(self.open_keep_warm)
        view.stop_requested.connect(self._warming.stop)
        window.action("warm_now").triggered.connect(self.warm_now)
        window.action("stop_warming").triggered.connect(self._warming.stop_all)
