"""How long an entry still lives: a bar that empties, and minutes and seconds."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from coldbyte.ui.ledger.ledger_words import SOON_S, countdown
from coldbyte.ui.role import Role
from coldbyte.ui.theme import Theme, current_theme

_BAR_WIDTH, _BAR_HEIGHT, _SPACING = 96, 8, 8
_WIDEST = "▲ 60:00"


class CountdownView(QWidget):
    """Painted, so that a second that passes lays nothing out anew."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._text = ""
        self._pixels = 0
        self._soon = False

    @property
    def text(self) -> str:
        """The time that is shown."""
        return self._text

    def show_left(self, seconds: float, share: float) -> None:
        """Show what is left of a life, in seconds and as a share of it; nothing is left at 0."""
        soon = 0 < seconds <= SOON_S
        text = ("▲ " if soon else "") + countdown(seconds) if seconds > 0 else "–"
        pixels = round(share * _BAR_WIDTH)
        if (text, pixels, soon) != (self._text, self._pixels, self._soon):
            self._text, self._pixels, self._soon = text, pixels, soon
            self.update()

    def sizeHint(self) -> QSize:
        """The bar and the longest time."""
        metrics = self.fontMetrics()
        return QSize(_BAR_WIDTH + _SPACING + metrics.horizontalAdvance(_WIDEST), metrics.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bar on the left, the time on the right."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        bar = QRectF(0.5, (self.height() - _BAR_HEIGHT) / 2, _BAR_WIDTH - 1, _BAR_HEIGHT)
        self._draw_bar(painter, bar, theme)
        role: Role = "warning" if self._soon else "text" if self._pixels else "muted"
        painter.setPen(theme.color(role))
        room = self.rect().adjusted(_BAR_WIDTH + _SPACING, 0, 0, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._text)

    def _draw_bar(self, painter: QPainter, bar: QRectF, theme: Theme) -> None:
        painter.setPen(theme.color("border"))
        painter.setBrush(theme.color("uncached"))
        painter.drawRoundedRect(bar, 3, 3)
        if self._pixels:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("warning" if self._soon else "warm"))
            full = QRectF(bar.left(), bar.top(), min(max(self._pixels, 3), bar.width()), bar.height())
            painter.drawRoundedRect(full, 3, 3)
