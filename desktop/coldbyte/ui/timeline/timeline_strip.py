"""The strip at the foot of the panes: how the last exchanges have done, which one lost most, what is warm."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from coldbyte.core.history.query import HistoryRow
from coldbyte.core.history.run import RunSummary
from coldbyte.ui.elided_label import ElidedLabel
from coldbyte.ui.ledger.ledger_row import LedgerRow
from coldbyte.ui.timeline.exchange_bars import ExchangeBars
from coldbyte.ui.timeline.timeline_words import culprit_words, summary_tip, summary_words, warm_words


class TimelineStrip(QWidget):
    """Its words are buttons that lead to the view that says more."""

    exchange_requested = Signal(int)  # the id of an exchange that is kept
    view_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timeline_strip")
        self.setAccessibleName(self.tr("Timeline"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._culprit: HistoryRow | None = None
        self._about_label = self._caption("summary_caption")
        self._summary_button = self._button("summary_button")
        self.bars = ExchangeBars(self)
        self._culprit_caption = self._caption("culprit_caption")
        self._culprit_caption.setText(self.tr("Lost most"))
        self._culprit_button = self._button("culprit_button")
        self._warm_caption = self._caption("warm_caption")
        self._warm_caption.setText(self.tr("Warm entries"))
        self._warm_button = self._button("warm_button")
        self.setFocusProxy(self.bars)
        self._lay_out()
        self.bars.exchange_requested.connect(self.exchange_requested)
        self._culprit_button.clicked.connect(self._ask_culprit)
        self._summary_button.clicked.connect(lambda: self.view_requested.emit("money_view"))
        self._warm_button.clicked.connect(lambda: self.view_requested.emit("ledger_view"))
        self.show_run((), RunSummary(), 0.0)
        self.show_warm((), 0.0)

    @property
    def words(self) -> str:
        """All that is said, in one line."""
        buttons = (self._summary_button, self._culprit_button, self._warm_button)
        shown = [self._about_label.text(), *(button.text() for button in buttons if not button.isHidden())]
        return " ".join(shown)

    def show_run(self, rows: Sequence[HistoryRow], run: RunSummary, now: float) -> None:
        """Show exchanges, the oldest first, and what they come to; `now` in epoch seconds."""
        about, words = summary_words(run)
        self._about_label.setText(about)
        _say(self._summary_button, words, f"{about}: {words}. {summary_tip(run)}" if run.count else words)
        self._culprit = run.culprit
        for widget in (self._culprit_caption, self._culprit_button):
            widget.setVisible(run.culprit is not None)
        if run.culprit is not None:
            lost = culprit_words(run.culprit)
            _say(self._culprit_button, lost, self.tr("{words}: show this exchange").format(words=lost))
        self.bars.show_rows(rows, run.culprit.id if run.culprit else None, now)

    def show_warm(self, rows: Sequence[LedgerRow], now: float) -> None:
        """Show which entries live, and for how long."""
        words, tip = warm_words(rows, now)
        _say(self._warm_button, words, tip or words)

    def _ask_culprit(self) -> None:
        if self._culprit is not None:
            self.exchange_requested.emit(self._culprit.id)

    def _caption(self, name: str) -> QLabel:
        label = ElidedLabel(self)
        label.setObjectName(name)
        label.setProperty("role", "caption")
        return label

    def _button(self, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setProperty("role", "strip")
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 10, 4)
        row.setSpacing(14)
        row.addLayout(_column(self._about_label, self._summary_button))
        row.addWidget(self.bars, 1)
        row.addLayout(_column(self._culprit_caption, self._culprit_button))
        row.addLayout(_column(self._warm_caption, self._warm_button))


def _say(button: QToolButton, words: str, tip: str) -> None:
    if button.text() != words:
        button.setText(words)
    if button.toolTip() != tip:
        button.setToolTip(tip)
        button.setAccessibleName(tip.replace("\n", ", "))


def _column(caption: QLabel, button: QToolButton) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addWidget(caption)
    column.addWidget(button)
    return column
