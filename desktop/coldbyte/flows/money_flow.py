"""The money in the window: sheets are made in a thread from the receipts, while the view can be seen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from coldbyte.flows.money_sheet import MoneyCase, money_sheet, what_if_sheet
from coldbyte.flows.thought import Thought
from coldbyte.state.books import Books
from coldbyte.state.connection import Connection
from coldbyte.state.live_insight import LiveInsight
from coldbyte.state.tasks import Tasks
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.money.money_sheet import MoneySheet, WhatIfSheet

_PAUSE_MS = 150


class MoneyFlow(QObject):
    """Shows the kind of the connection in use until the user chooses the other one."""

    shown = Signal()  # newer figures stand in the view

    def __init__(
        self,
        window: MainWindow,
        live: LiveInsight,
        books: Books,
        connection: Connection,
        tasks: Tasks,
    ) -> None:
        super().__init__(window)
        self._view = window.money_view
        self._live = live
        self._books = books
        self._connection = connection
        self._simulated: bool | None = None
        self._per_day: int | None = None
        self._sums: Thought[MoneySheet] = Thought(
            "add up the money", tasks, self._view, self._ask_sheet, self._show_sheet, _PAUSE_MS
        )
        self._day: Thought[WhatIfSheet | None] = Thought(
            "play requests again", tasks, self._view, self._ask_day, self._show_day, _PAUSE_MS
        )
        self._sums.thinking_changed.connect(self._show_thinking)
        self._day.thinking_changed.connect(self._show_thinking)
        self._view.shown.connect(self._sums.ask_if_stale)
        self._view.kind_chosen.connect(self.choose_kind)
        self._view.rate_chosen.connect(self.choose_rate)
        books.receipts.changed.connect(self._sums.ask)
        connection.changed.connect(lambda *_: self._sums.ask())

    def choose_kind(self, simulated: bool) -> None:
        """Show simulated money, or real money."""
        self._simulated, self._per_day = simulated, None
        self._sums.ask()

    def choose_rate(self, per_day: int) -> None:
        """Show a day with so many requests."""
        self._per_day = per_day
        self._day.ask()

    def _ask_sheet(self) -> Callable[[], MoneySheet]:
        return partial(money_sheet, self._case())

    def _ask_day(self) -> Callable[[], WhatIfSheet | None]:
        return partial(what_if_sheet, self._case())

    def _case(self) -> MoneyCase:
        books = self._books
        titles = {
            record.exchange.message_id: record.exchange.title
            for record in books.log.records
            if record.exchange.message_id
        }
        simulated = self._simulated
        if simulated is None:
            simulated = self._connection.status.target == "simulator"
        return MoneyCase(
            books.receipts.receipts,
            books.catalogue,
            books.clock(),
            self._live.conversation,
            titles,
            simulated,
            self._per_day,
        )

    def _show_sheet(self, sheet: MoneySheet) -> None:
        self._view.show_sheet(sheet)
        self.shown.emit()

    def _show_day(self, sheet: WhatIfSheet | None) -> None:
        self._view.show_what_if(sheet)
        self.shown.emit()

    def _show_thinking(self) -> None:
        self._view.show_thinking(self._sums.thinking or self._day.thinking)
