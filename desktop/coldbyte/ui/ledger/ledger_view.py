"""The view “Prompt cache”: every entry believed live, and those that ended within the last hour."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from coldbyte.ui.elided_label import ElidedLabel
from coldbyte.ui.ledger.entry_view import EntryView
from coldbyte.ui.ledger.ledger_row import LedgerRow
from coldbyte.ui.ledger.ledger_words import summary
from coldbyte.ui.scroll_column import scroll_column


class LedgerView(QWidget):
    """A list of entries. One row is the current one: arrows go to the others, Tab into its buttons.

    Each wish names the key of its entry.
    """

    warm_requested = Signal(object)
    keep_warm_requested = Signal(object)
    stop_requested = Signal(object)
    shown = Signal()  # it can be seen again, and wants to know the time

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ledger_view")
        self.setAccessibleName(self.tr("Prompt cache"))
        self._now = 0.0
        self._views: dict[bytes, EntryView] = {}  # in the order on screen
        self._current: bytes | None = None
        self._summary_label = QLabel(self)
        self._summary_label.setObjectName("summary_label")
        self._summary_label.setProperty("role", "heading")
        self._belief_label = ElidedLabel(self)
        self._belief_label.setProperty("role", "caption")
        self._belief_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._belief_label.show_text(
            self.tr("as believed from what was sent and reported: the API gives no list")
        )
        self._empty_label = QLabel(self)
        self._empty_label.setObjectName("empty_label")
        self._empty_label.setProperty("role", "placeholder")
        self._empty_label.setWordWrap(True)
        self._empty_label.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._empty_label.setText(
            self.tr(
                "Nothing is stored in the prompt cache, as far as is known.\n\n"
                "Send a question whose prompt has a breakpoint: what stands before it is written, lives "
                "5 minutes or 1 hour from its last use, and is listed here with the time that is left."
            )
        )
        self._empty_label.setAccessibleName(self._empty_label.text())
        self._lay_out()
        self.show_rows((), 0.0)

    @property
    def views(self) -> tuple[EntryView, ...]:
        """The rows, from top to bottom."""
        return tuple(self._views.values())

    @property
    def text(self) -> str:
        """All words that are shown, in lines."""
        if not self._views:
            return self._empty_label.text()
        return "\n\n".join([self._summary_label.text(), *(view.text for view in self.views)])

    def show_rows(self, rows: Sequence[LedgerRow], now: float) -> None:
        """Show these entries in their order."""
        self._now = now
        had_focus = self._has_focus()
        before = list(self._views)
        views = {
            row.key: self._views[row.key] if row.key in self._views else self._new_view(row) for row in rows
        }
        for view in [view for key, view in self._views.items() if key not in views]:
            self._column.removeWidget(view)
            view.hide()
            view.deleteLater()
        self._views = views
        if before != list(views):
            for index, view in enumerate(self.views):
                self._column.removeWidget(view)
                self._column.insertWidget(index, view)
        for row, view in zip(rows, self.views, strict=True):
            view.show_row(row, now)
        self._show_frame(bool(rows), now)
        self._set_current(self._current if self._current in views else next(iter(views), None))
        if had_focus and not self._has_focus():
            self.setFocus()

    def show_time(self, now: float) -> None:
        """Go on to another moment; where nobody can see it that waits."""
        self._now = now
        if self.isVisible():
            for view in self.views:
                view.show_time(now)
            self._show_frame(bool(self._views), now)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for the time."""
        super().showEvent(event)
        self.shown.emit()

    def _step(self, step: int) -> None:
        """Go to another row."""
        keys = list(self._views)
        here = keys.index(self._current) if self._current in keys else 0
        self._set_current(keys[min(max(here + step, 0), len(keys) - 1)])
        assert self._current is not None
        view = self._views[self._current]
        view.setFocus(Qt.FocusReason.TabFocusReason)
        self._scroll.ensureWidgetVisible(view, 0, 8)

    def _show_frame(self, filled: bool, now: float) -> None:
        self._scroll.setVisible(filled)
        self._summary_label.setVisible(filled)
        self._belief_label.setVisible(filled)
        self._empty_label.setVisible(not filled)
        say = summary([view.row for view in self.views], now)
        if say != self._summary_label.text():
            self._summary_label.setText(say)

    def _set_current(self, key: bytes | None) -> None:
        for each, view in self._views.items():
            if (each == key) != (view.focusPolicy() == Qt.FocusPolicy.StrongFocus):
                view.set_current(each == key)
        self._current = key
        self.setFocusProxy(self._views[key] if key is not None else self._empty_label)

    def _has_focus(self) -> bool:
        """Whether one of the rows, or a button in it, has the focus."""
        widget = QApplication.focusWidget()
        return any(view is widget or view.isAncestorOf(widget) for view in self.views if widget is not None)

    def _new_view(self, row: LedgerRow) -> EntryView:
        view = EntryView(row, self._now, self._scroll.widget())
        QWidget.setTabOrder(self._empty_label, view)
        view.entered.connect(lambda: self._set_current(view.row.key))
        view.step_requested.connect(self._step)
        view.warm_requested.connect(lambda: self.warm_requested.emit(view.row.key))
        view.keep_warm_requested.connect(lambda: self.keep_warm_requested.emit(view.row.key))
        view.stop_requested.connect(lambda: self.stop_requested.emit(view.row.key))
        return view

    def _lay_out(self) -> None:
        header = QHBoxLayout()
        header.setContentsMargins(14, 10, 14, 6)
        header.setSpacing(12)
        header.addWidget(self._summary_label)
        header.addWidget(self._belief_label, 1)
        self._scroll, self._column = scroll_column(self)
        self._column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(header)
        whole.addWidget(self._empty_label)
        whole.addWidget(self._scroll, 1)
        whole.addStretch(0)
