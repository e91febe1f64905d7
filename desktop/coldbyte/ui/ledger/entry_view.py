"""One entry of the ledger: where it ends, how long it lives, and the buttons that keep it warm."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, Qt, Signal, SignalInstance
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from coldbyte.ui.elided_label import ElidedLabel
from coldbyte.ui.ledger.countdown_view import CountdownView
from coldbyte.ui.ledger.ledger_row import LedgerRow, Life
from coldbyte.ui.ledger.ledger_words import (
    ago,
    clock,
    facts_line,
    miss_line,
    read_line,
    schedule_line,
    spoken,
    warm_button,
)

_STEPS: dict[int, int] = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: 4,
    Qt.Key.Key_PageUp: -4,
    Qt.Key.Key_Home: -10_000,
    Qt.Key.Key_End: 10_000,
}


class EntryView(QFrame):
    """Has the focus as a whole; its buttons are behind it in the order of Tab while it is the current row.

    Buttons are made when they are needed first: of many entries few can be warmed.
    """

    warm_requested = Signal()
    keep_warm_requested = Signal()
    stop_requested = Signal()
    entered = Signal()  # it, or one of its buttons, has the focus now
    step_requested = Signal(int)  # so many rows down

    def __init__(self, row: LedgerRow, now: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("entry")
        self._row = row
        self._buttons: dict[str, QPushButton] = {}
        self._place_label = self._label("place_label", "entry-place")
        self._ttl_label = QLabel(row.entry.ttl, self)
        self._ttl_label.setObjectName("ttl_label")
        self._ttl_label.setProperty("role", "ttl")
        self._countdown_view = CountdownView(self)
        self._facts_label = self._label("facts_label", "caption")
        self._read_label = QLabel(self)
        self._read_label.setObjectName("read_label")
        self._read_label.setProperty("role", "caption")
        self._miss_label = self._label("miss_label", "caption")
        self._schedule_label = self._label("schedule_label", "caption")
        self._miss_line = _line((self._miss_label, 1))
        self._schedule_line = _line((self._schedule_label, 1))
        self._lay_out()
        self.set_current(False)
        self.show_row(row, now)

    @property
    def row(self) -> LedgerRow:
        """What is shown."""
        return self._row

    @property
    def text(self) -> str:
        """All words that are shown, in lines."""
        labels = [self._place_label, self._ttl_label, self._facts_label, self._read_label]
        labels += [self._miss_label, self._schedule_label]
        words = [label.text() for label in labels if not label.isHidden() and label.text()]
        words += [button.text() for button in self._buttons.values() if not button.isHidden()]
        return "\n".join([*words, self._countdown_view.text])

    def show_row(self, row: LedgerRow, now: float) -> None:
        """Show an entry."""
        self._row = row
        self._place_label.show_text(row.place, f"{row.place}\n{row.entry.where}")
        self._ttl_label.setText(row.entry.ttl)
        self._ttl_label.setToolTip(self.tr("It lives {ttl} from its last use").format(ttl=row.entry.ttl))
        self._facts_label.show_text(facts_line(row))
        until = self.tr("It lives until {time}").format(time=clock(row.entry.expires_at))
        self._countdown_view.setToolTip(until)
        self.setAccessibleName(spoken(row, now))
        self._show_buttons(row.life(now))
        self.show_time(now)

    def show_time(self, now: float) -> None:
        """Show how long it still lives."""
        row, life = self._row, self._row.life(now)
        state = "read" if life == "live" and row.is_read else life
        self._countdown_view.show_left(row.left_s(now), row.left_share(now))
        read = read_line(row, now) or ago(now - row.entry.expires_at)
        if read != self._read_label.text():
            self._read_label.setText(read)
        self._schedule_label.show_text(schedule_line(row.schedule, now) if row.schedule else row.note)
        if state != self.property("state"):
            self.setAccessibleName(spoken(row, now))
            self._show_buttons(life)
            self._show_state(state)

    def set_current(self, current: bool) -> None:
        """Whether Tab leads here and to the buttons."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if current else Qt.FocusPolicy.ClickFocus)
        for button in self._buttons.values():
            button.setFocusPolicy(self.focusPolicy())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that it was entered."""
        super().focusInEvent(event)
        self.entered.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows lead to other rows; left to itself the list would only scroll."""
        if event.key() in _STEPS:
            self.step_requested.emit(_STEPS[event.key()])
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A button that gets the focus enters its row, too, and arrows do there what they do on the row."""
        if event.type() == QEvent.Type.FocusIn:
            self.entered.emit()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _STEPS:
            self.step_requested.emit(_STEPS[event.key()])
            return True
        return super().eventFilter(watched, event)

    def _show_buttons(self, life: Life) -> None:
        row = self._row
        kept = row.schedule is not None and row.schedule.running
        can_warm = life == "live" and not row.refusal
        self._show_button("warm_button", can_warm, warm_button(row))
        self._show_button(
            "keep_warm_button", can_warm and not kept and row.warm_price is not None, self.tr("Keep warm …")
        )
        self._show_button("stop_button", kept or row.warming, self.tr("Stop"))
        if can_warm:
            self._buttons["warm_button"].setEnabled(not row.warming)
        self._miss_label.show_text(miss_line(row) if life != "ended" else "")

    def _show_button(self, name: str, wanted: bool, text: str) -> None:
        button = self._buttons.get(name)
        if button is None and wanted:
            button = self._new_button(name)
        if button is not None:
            button.setText(text)
            button.setAccessibleName(f"{text}: {self._row.place}")
            button.setVisible(wanted)

    def _new_button(self, name: str) -> QPushButton:
        places: dict[str, tuple[QHBoxLayout, int, SignalInstance, str]] = {
            "warm_button": (
                self._miss_line,
                0,
                self.warm_requested,
                self.tr("Sends the prefix once with max_tokens 0: it is read, and its life begins anew"),
            ),
            "keep_warm_button": (
                self._miss_line,
                -1,
                self.keep_warm_requested,
                self.tr("Warms it again and again shortly before it ends, within limits"),
            ),
            "stop_button": (
                self._schedule_line,
                -1,
                self.stop_requested,
                self.tr("It is not warmed any more"),
            ),
        }
        line, index, wish, tip = places[name]
        button = QPushButton(self)
        button.setObjectName(name)
        button.setProperty("role", "small")
        button.setToolTip(tip)
        button.setFocusPolicy(self.focusPolicy())
        button.installEventFilter(self)
        button.clicked.connect(lambda: wish.emit())
        line.insertWidget(index, button)
        self._buttons[name] = button
        made = [self, *(self._buttons[one] for one in places if one in self._buttons)]
        for one, next_one in pairwise(made):
            QWidget.setTabOrder(one, next_one)
        return button

    def _show_state(self, state: str) -> None:
        self.setProperty("state", state)
        for widget in (self, self._read_label, self._place_label):
            widget.style().unpolish(widget)
            widget.style().polish(widget)

    def _label(self, name: str, role: str) -> ElidedLabel:
        label = ElidedLabel(self)
        label.setObjectName(name)
        label.setProperty("role", role)
        return label

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 7, 10, 8)
        column.setSpacing(3)
        column.addLayout(_line((self._place_label, 1), (self._ttl_label, 0), (self._countdown_view, 0)))
        column.addLayout(_line((self._facts_label, 1), (self._read_label, 0)))
        column.addLayout(self._miss_line)
        column.addLayout(self._schedule_line)


def _line(*widgets: tuple[QWidget, int]) -> QHBoxLayout:
    """Widgets beside each other, each with its share of the room."""
    line = QHBoxLayout()
    line.setSpacing(10)
    for widget, share in widgets:
        line.addWidget(widget, share)
    return line
