"""The ways to send a day's requests as bars beside each other, with the cost as it was across them."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from coldbyte.core.account.what_if import Outlook
from coldbyte.ui.money.money_sheet import WhatIfSheet
from coldbyte.ui.money.money_words import a_day, way_note, way_words
from coldbyte.ui.theme import Theme, current_theme

_BAR, _GAP, _ROOM = 16, 9, 12


class WhatIfBars(QWidget):
    """Four rows: the way, its bar, USD a day. The cheapest has a ✓ and is solid, the others are hollow."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("what_if_bars")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._sheet: WhatIfSheet | None = None

    @property
    def text(self) -> str:
        """All bars in words, a line for each."""
        if self._sheet is None:
            return ""
        return "\n".join(" ".join(self._words(each)) for each in self._sheet.what_if.outlooks)

    def show_sheet(self, sheet: WhatIfSheet) -> None:
        """Show a day."""
        if sheet != self._sheet:
            self._sheet = sheet
            self.setAccessibleName(self.tr("Cost of a day, by way"))
            self.setAccessibleDescription(self.text)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """A row for each way, and one for what stands above the mark."""
        rows = len(self._sheet.what_if.outlooks) if self._sheet else 4
        return QSize(300, self._top() + rows * self._row())

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the rows, then the mark."""
        if self._sheet is None:
            return
        painter, theme = QPainter(self), current_theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = self._room()
        for number, each in enumerate(self._sheet.what_if.outlooks):
            top = self._top() + number * self._row()
            self._draw_row(painter, each, room, top, theme)
        if self._marked:
            self._draw_mark(painter, room, theme)

    @property
    def _marked(self) -> bool:
        """What such a day cost is known only for the rate that was observed."""
        return self._sheet is not None and self._sheet.per_day == self._sheet.observed

    def _words(self, each: Outlook) -> tuple[str, str, str]:
        assert self._sheet is not None
        best = self._sheet.what_if.cheapest.way == each.way
        return ("✓ " if best else "") + way_words(each.way), a_day(each.cost), way_note(each)

    def _room(self) -> QRectF:
        """Where bars are: between the widest name and the widest cost."""
        assert self._sheet is not None
        metrics = self.fontMetrics()
        words = [self._words(each) for each in self._sheet.what_if.outlooks]
        left = max(metrics.horizontalAdvance(f"✓ {name.removeprefix('✓ ')}") for name, _, _ in words) + _ROOM
        right = max(metrics.horizontalAdvance(self._figure(cost, note)) for _, cost, note in words) + _ROOM
        return QRectF(left, 0, max(self.width() - left - right, 20), self.height())

    def _figure(self, cost: str, note: str) -> str:
        return f"{cost} · {note}" if note else cost

    def _draw_row(self, painter: QPainter, each: Outlook, room: QRectF, top: float, theme: Theme) -> None:
        name, cost, note = self._words(each)
        best, centre = name.startswith("✓"), Qt.AlignmentFlag.AlignVCenter
        height = self._row()
        font = self.font()
        font.setBold(best)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        painter.drawText(QRectF(0, top, room.left(), height), centre, name)
        bar = QRectF(room.left(), top + (height - _BAR) / 2, room.width() * self._share(each), _BAR)
        painter.setPen(theme.color("warm" if best else "border"))
        painter.setBrush(theme.color("warm" if best else "uncached"))
        painter.drawRoundedRect(bar, 3, 3)
        painter.setPen(theme.color("text"))
        painter.setFont(self.font())
        figures = QRectF(room.right() + _ROOM, top, self.width() - room.right() - _ROOM, height)
        painter.drawText(figures, centre, self._figure(cost, note))

    def _draw_mark(self, painter: QPainter, room: QRectF, theme: Theme) -> None:
        """A dashed line at the cost as it was, its name above."""
        assert self._sheet is not None
        x = room.left() + room.width() * min(float(self._sheet.as_it_was / self._most()), 1.0)
        painter.setPen(QPen(theme.color("text"), 1.4, Qt.PenStyle.DashLine))
        painter.drawLine(int(x), self._top() - 3, int(x), self.height())
        say = self.tr("▼ as it was")
        width = self.fontMetrics().horizontalAdvance(say)
        left = min(max(x - width / 2, room.left()), self.width() - width)
        painter.drawText(QRectF(left, 0, width + 2, self._top()), Qt.AlignmentFlag.AlignVCenter, say)

    def _share(self, each: Outlook) -> float:
        return float(each.cost / self._most())

    def _most(self) -> Decimal:
        """The cost whose bar takes all of the room."""
        assert self._sheet is not None
        most = max(each.cost for each in self._sheet.what_if.outlooks)
        if self._marked:
            most = max(most, self._sheet.as_it_was)
        return most or Decimal(1)

    def _top(self) -> int:
        return self.fontMetrics().height() + 6 if self._marked else 0

    def _row(self) -> int:
        return max(_BAR, self.fontMetrics().height()) + _GAP
