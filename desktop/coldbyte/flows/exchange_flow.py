"""Sending, and going through the exchanges of this run."""

from __future__ import annotations

from PySide6.QtCore import QObject

from coldbyte.core.draft import Question
from coldbyte.core.text.text import Text
from coldbyte.state.exchange_log import ExchangeLog, Record
from coldbyte.state.open_draft import OpenDraft
from coldbyte.state.sending import Sending
from coldbyte.ui.main_window import MainWindow


class ExchangeFlow(QObject):
    """The reply pane shows one exchange, the newest unless the user goes back."""

    def __init__(self, window: MainWindow, sending: Sending, log: ExchangeLog, draft: OpenDraft) -> None:
        super().__init__(window)
        self._window = window
        self._draft = draft
        self._log = log
        self._shown_number = self._newest_number = 0
        window.action("send").triggered.connect(sending.send)
        window.action("cancel").triggered.connect(sending.cancel)
        window.reply_pane.step_requested.connect(self._step_exchange)
        sending.running_changed.connect(window.show_running)
        log.changed.connect(self._show_record)
        window.action("go_on").triggered.connect(self.go_on)
        window.action("go_on").setEnabled(False)

    def go_on(self) -> None:
        """Put the question and the reply that are shown behind the conversation, and ask a new question."""
        record = self._log.records[self._shown_number - 1]
        asked = record.insight.draft.part(record.insight.question)
        assert isinstance(asked, Question)
        self._draft.append_exchange(asked, Text.from_str(record.exchange.reply))
        self._draft.add_question()
        self._window.turns_pane.fold.fold(False)
        self._window.questions_pane.stack.setFocus()

    def _show_record(self, record: Record) -> None:
        """A new exchange is shown at once; one that is looked at stays while another goes on."""
        number = record.exchange.number
        if number > self._newest_number:
            self._newest_number = self._shown_number = number
        if number == self._shown_number:
            self._show(record)

    def _step_exchange(self, step: int) -> None:
        number = self._shown_number + step
        if 1 <= number <= self._newest_number:
            self._shown_number = number
            self._show(self._log.records[number - 1])

    def _show(self, record: Record) -> None:
        self._window.reply_pane.show_record(record, self._newest_number)
        exchange = record.exchange
        self._window.action("go_on").setEnabled(bool(exchange.reply) and not exchange.running)
