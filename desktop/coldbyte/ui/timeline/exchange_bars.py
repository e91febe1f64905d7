"""Exchanges as bars from the oldest to the newest: how much of each was read, written and uncached."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from coldbyte.core.history.query import HistoryRow
from coldbyte.ui.history.history_words import effect_of
from coldbyte.ui.prefix.fate_fill import fill_fate
from coldbyte.ui.prefix.ribbon import Fate
from coldbyte.ui.theme import Theme, current_theme
from coldbyte.ui.timeline.timeline_words import bar_words
from coldbyte.ui.walk import CHOOSING, walked

_WIDEST, _GAP = 16.0, 2.0  # pixels of a bar, and between two
_LOWEST = 0.25  # share of the height that the shortest bar has
_MARK = 7.0  # pixels of height for the mark above a bar


class ExchangeBars(QWidget):
    """Hover explains an exchange, a click or Enter asks for it, the arrow keys walk. A height grows with the
    square root of the tokens; a triangle stands above one that lost something, a full one above the worst.
    """

    exchange_requested = Signal(int)  # its id

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("exchange_bars")
        self.setAccessibleName(self.tr("The last exchanges"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._rows: tuple[HistoryRow, ...] = ()
        self._worst: int | None = None
        self._now = 0.0
        self._current = 0

    @property
    def rows(self) -> tuple[HistoryRow, ...]:
        """What is shown, the oldest first."""
        return self._rows

    @property
    def current(self) -> HistoryRow | None:
        """The one of which the keys speak."""
        return self._rows[self._current] if self._rows else None

    def show_rows(self, rows: Sequence[HistoryRow], worst: int | None, now: float) -> None:
        """Show exchanges, the oldest first, `now` (epoch seconds); the one with the id `worst` lost most."""
        at_end = self._current >= len(self._rows) - 1
        self._rows, self._worst, self._now = tuple(rows), worst, now
        last = max(len(rows) - 1, 0)
        self._current = last if at_end else min(self._current, last)
        self._describe()
        self.update()

    def rect_of(self, index: int) -> QRectF:
        """Where a bar stands, with the mark above it."""
        step = self._step
        return QRectF(1 + index * step, 0, max(step - _GAP, 1.0), self.height() - 1.0)

    def tip_at(self, point: QPointF) -> str:
        """What a point stands for, in words."""
        index = self._index_at(point)
        return bar_words(self._rows[index], self._now) if index is not None else ""

    def sizeHint(self) -> QSize:
        """Two lines of text high."""
        return QSize(360, 2 * self.fontMetrics().height() + 4)

    def minimumSizeHint(self) -> QSize:
        """A few bars, two lines high."""
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, _event: object) -> None:
        """Draw them."""
        if not self._rows:
            return
        painter, theme = QPainter(self), current_theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        most = max((row.usage.input for row in self._rows if row.usage), default=0) or 1
        for index, row in enumerate(self._rows):
            self._paint_row(painter, theme, self.rect_of(index), row, most)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRoundedRect(self.rect_of(self._current).adjusted(-1, 1, 1, 0), 2, 2)

    def event(self, event: QEvent) -> bool:
        """Show what stands under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show that it can be pressed."""
        over = self._index_at(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ask for the exchange under the pointer."""
        index = self._index_at(event.position())
        if index is not None and event.button() == Qt.MouseButton.LeftButton:
            self._walk_to(index)
            self.exchange_requested.emit(self._rows[index].id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk; Enter asks for the exchange."""
        target = walked(event.key(), self._current, len(self._rows))
        if target is not None:
            self._walk_to(target)
        elif event.key() in CHOOSING and self._rows:
            self.exchange_requested.emit(self._rows[self._current].id)
        else:
            super().keyPressEvent(event)

    @property
    def _step(self) -> float:
        return min((self.width() - 2) / max(len(self._rows), 1), _WIDEST + _GAP)

    def _index_at(self, point: QPointF) -> int | None:
        index = int((point.x() - 1) // self._step)
        return index if self._rows and 0 <= index < len(self._rows) else None

    def _walk_to(self, index: int) -> None:
        self._current = index
        self._describe()
        self.update()

    def _describe(self) -> None:
        row = self.current
        self.setAccessibleDescription(bar_words(row, self._now) if row is not None else "")

    def _paint_row(self, painter: QPainter, theme: Theme, room: QRectF, row: HistoryRow, most: int) -> None:
        foot = room.bottom()
        usage = row.usage
        if usage is None or not usage.input:
            painter.setPen(QPen(theme.color("muted"), 1))
            painter.drawLine(QPointF(room.left(), foot - 2), QPointF(room.right(), foot - 2))
        else:
            height = (room.height() - _MARK) * max(sqrt(usage.input / most), _LOWEST)
            shares: tuple[tuple[Fate, int], ...] = (
                ("read", usage.read),
                ("written", usage.written),
                ("uncached", usage.uncached),
            )
            top = foot
            for fate, count in shares:
                part = height * count / usage.input
                top -= part
                fill_fate(painter, QRectF(room.left(), top, room.width(), part), fate, theme)
        if row.lost or effect_of(row) in ("miss", "partial"):
            self._paint_mark(painter, theme, room, full=row.id == self._worst)

    def _paint_mark(self, painter: QPainter, theme: Theme, room: QRectF, *, full: bool) -> None:
        x = room.center().x()
        painter.setPen(QPen(theme.color("cold"), 1.2))
        painter.setBrush(theme.color("cold") if full else Qt.BrushStyle.NoBrush)
        points = [QPointF(x - 3, 1), QPointF(x + 3, 1), QPointF(x, _MARK - 1)]
        painter.drawPolygon(QPolygonF(points))
        painter.setBrush(Qt.BrushStyle.NoBrush)
