"""Notices in the window: what happened, what to do about it; never a box that blocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

_ROWS = 3  # notices on show: more would leave no room for what the window is there for
_LONGEST_WORD = 80  # characters; a longer one, such as a path, would widen the window beyond the screen


@dataclass(frozen=True)
class Notice:
    """One notice. `offers` are buttons: their label and what they do."""

    say: str
    remedy: str = ""
    kind: Literal["info", "trouble"] = "info"
    offers: Sequence[tuple[str, Callable[[], None]]] = ()


class NoticeBar(QWidget):
    """Shows the newest notices below each other until they are closed, then those before them; none twice."""

    shown = Signal(str)  # what the new notice says

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice_bar")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._shown: dict[str, QWidget] = {}
        self._more_label = QLabel(self)
        self._more_label.setProperty("role", "muted")
        self._column.addWidget(self._more_label)
        self._arrange()

    @property
    def texts(self) -> tuple[str, ...]:
        """What the notices say."""
        return tuple(self._shown)

    def show_notice(self, notice: Notice) -> None:
        """Add a notice."""
        self._close(notice.say)
        row = self._row(notice)
        self._shown[notice.say] = row
        self._column.addWidget(row)
        self._arrange()
        self.shown.emit(notice.say)

    def withdraw(self, say: str) -> None:
        """Close a notice that is not true any more; `say` is what it says."""
        self._close(say)

    def clear(self) -> None:
        """Close all notices."""
        for say in tuple(self._shown):
            self._close(say)

    def _row(self, notice: Notice) -> QWidget:
        row = QFrame(self)
        row.setProperty("role", f"notice-{notice.kind}")
        text = f"{notice.say} {notice.remedy}".strip()
        label = QLabel(" ".join(map(_shortened, text.split(" "))), row)
        label.setToolTip(text if label.text() != text else "")
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(12, 6, 6, 6)
        layout.addWidget(label, 1)
        for name, act in notice.offers:
            button = QPushButton(name, row)
            button.clicked.connect(lambda _=False, act=act: self._accept(notice.say, act))
            layout.addWidget(button)
        close = QToolButton(row)
        close.setText("✕")
        close.setAccessibleName(self.tr("Close this notice"))
        close.clicked.connect(lambda: self._close(notice.say))
        layout.addWidget(close)
        return row

    def _accept(self, say: str, act: Callable[[], None]) -> None:
        self._close(say)
        act()

    def _close(self, say: str) -> None:
        row = self._shown.pop(say, None)
        if row is not None:
            self._column.removeWidget(row)
            row.deleteLater()
            self._arrange()

    def _arrange(self) -> None:
        """Leave out the oldest notices where there are many."""
        rows = list(self._shown.values())
        hidden = len(rows) - _ROWS
        for index, row in enumerate(rows):
            row.setVisible(index >= hidden)
        self._more_label.setText(self.tr("{count} earlier notices").format(count=hidden))
        self._more_label.setVisible(hidden > 0)


def _shortened(word: str) -> str:
    half = _LONGEST_WORD // 2
    return word if len(word) <= _LONGEST_WORD else f"{word[:half]}…{word[-half:]}"
