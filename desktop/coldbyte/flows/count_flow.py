"""Counting tokens: the commands of the menu, and what came of it."""

from __future__ import annotations

from PySide6.QtCore import QObject

from coldbyte.core.reply import SendFailure
from coldbyte.state.connection import Connection
from coldbyte.state.counting import Counting
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.notice_bar import Notice


class CountFlow(QObject):
    """Says that counting uploads the draft where it is switched on."""

    def __init__(self, window: MainWindow, counting: Counting, connection: Connection) -> None:
        super().__init__(window)
        self._window = window
        self._counting = counting
        self._switch = window.action("count_in_background")
        window.action("count_tokens").triggered.connect(counting.count)
        self._switch.triggered.connect(self._set)
        connection.changed.connect(lambda _: self._show())
        counting.counted.connect(self._tell)
        counting.failed.connect(self._tell_failure)
        self._show()

    def _show(self) -> None:
        self._switch.setChecked(self._counting.in_background)

    def _set(self, wanted: bool) -> None:
        self._counting.in_background = wanted
        if wanted:
            say = self.tr("The draft is now uploaded for counting each time you pause, with this profile.")
            remedy = self.tr("Counting is free; it can be switched off in the menu Connection.")
            self._window.notice_bar.show_notice(Notice(say, remedy))

    def _tell(self, tokens: int) -> None:
        say = self.tr("The prompt has {tokens} tokens, counted.").format(tokens=f"{tokens:,}")
        self._window.notice_bar.show_notice(Notice(say))

    def _tell_failure(self, failure: SendFailure) -> None:
        self._window.notice_bar.show_notice(Notice(failure.say, failure.remedy, "trouble"))
