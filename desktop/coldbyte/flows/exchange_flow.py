"""Sending, and going through the exchanges of this run."""

from __future__ import annotations

from PySide6.QtCore import QObject

from coldbyte.state.exchange_log import ExchangeLog, Record
from coldbyte.state.sending import Sending
from coldbyte.ui.main_window import MainWindow


class ExchangeFlow(QObject):
    """The reply pane shows one exchange, the newest unless the user goes back."""

    def __init__(self, window: MainWindow, sending: Sending, log: ExchangeLog) -> None:
        super().__init__(window)
        self._window = window
        self._log = log
        self._shown_number = self._newest_number = 0
        window.action("send").triggered.connect(sending.send)
        window.action("cancel").triggered.connect(sending.cancel)
        window.reply_pane.step_requested.connect(self._step_exchange)
        sending.running_changed.connect(window.show_running)
        log.changed.connect(self._show_record)

    def _show_record(self, record: Record) -> None:
        """A new exchange is shown at once; one that is looked at stays while another goes on."""
        number = record.exchange.number
        if number > self._newest_number:
            self._newest_number = self._shown_number = number
        if number == self._shown_number:
            self._window.reply_pane.show_record(record, self._newest_number)

    def _step_exchange(self, step: int) -> None:
        number = self._shown_number + step
        if 1 <= number <= self._newest_number:
            self._shown_number = number
            self._window.reply_pane.show_record(self._log.records[number - 1], self._newest_number)
