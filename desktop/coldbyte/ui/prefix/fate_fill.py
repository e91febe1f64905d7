"""How the three fates of a token are drawn: read is solid, written is hatched, uncached is hollow."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from coldbyte.ui.prefix.ribbon import Fate
from coldbyte.ui.role import Role
from coldbyte.ui.theme import Theme, current_theme

_HATCH = 7.0  # pixels between two lines

TEXT_ON: dict[Fate, Role] = {"read": "on_warm", "written": "on_write", "uncached": "on_uncached"}
BACKGROUND: dict[Fate, Role] = {"read": "warm", "written": "write", "uncached": "uncached"}


def fill_fate(painter: QPainter, rect: QRectF, fate: Fate, theme: Theme) -> None:
    """Fill a rectangle in the manner of a fate."""
    painter.fillRect(rect, theme.color(BACKGROUND[fate]))
    if fate == "written":
        _hatch(painter, rect, theme)


def _hatch(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """Lines that lean to the right, in step over the whole widget so that neighbours join."""
    painter.save()
    painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.color("write_line"), 1.6))
    height = rect.height()
    first = int((rect.left() - height) // _HATCH)
    last = int(rect.right() // _HATCH) + 1
    painter.drawLines(
        [
            QLineF(step * _HATCH, rect.bottom(), step * _HATCH + height, rect.top())
            for step in range(first, last)
        ]
    )
    painter.restore()


class FateSwatch(QWidget):
    """A small square that shows a fate beside its word."""

    def __init__(self, fate: Fate, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fate = fate
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As high as a capital letter stands."""
        side = max(self.fontMetrics().ascent(), 10)
        return QSize(side, side)

    def paintEvent(self, _event: object) -> None:
        """Draw the square."""
        painter = QPainter(self)
        theme = current_theme()
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        fill_fate(painter, rect, self._fate, theme)
        painter.setPen(theme.color("write_line" if self._fate == "written" else "muted"))
        painter.drawRect(rect)
