"""The strip at the left of an editor: where a row continues a line, and where the break is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPolygonF
from PySide6.QtWidgets import QPlainTextEdit, QWidget

CONTINUED = "↪"


class EditorMargin(QWidget):
    """Draws beside the visible rows; it takes no mouse and no focus."""

    def __init__(self, editor: QPlainTextEdit) -> None:
        super().__init__(editor)
        self._editor = editor
        self._rows: list[QRectF] = []
        self._wedge: QRectF | None = None
        self._color = QColor()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @property
    def wanted_width(self) -> int:
        """Pixels that the strip needs in the editor's font."""
        return int(1.7 * self.fontMetrics().horizontalAdvance("0")) + 4

    def show_marks(self, rows: list[QRectF], wedge: QRectF | None, color: QColor) -> None:
        """Draw a sign beside each of `rows` and a wedge beside another; only y and height count."""
        if (rows, wedge, color) != (self._rows, self._wedge, self._color):
            self._rows, self._wedge, self._color = rows, wedge, color
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the signs and the wedge."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), self._editor.palette().color(QPalette.ColorRole.Base))
        painter.setPen(self._editor.palette().color(QPalette.ColorRole.PlaceholderText))
        painter.setFont(self._editor.font())
        for row in self._rows:
            box = QRectF(0, row.y(), self.width() - 2, painter.fontMetrics().lineSpacing())
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, CONTINUED)
        if self._wedge is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._color)
            painter.drawPolygon(_wedge(self._wedge, self.width()))


def _wedge(row: QRectF, width: int) -> QPolygonF:
    """A flag that points at the row."""
    top, bottom, shoulder = row.top() + 2, row.bottom() - 2, width * 0.45
    corners = (
        (0.0, top),
        (shoulder, top),
        (width - 1.0, row.center().y()),
        (shoulder, bottom),
        (0.0, bottom),
    )
    return QPolygonF([QPointF(x, y) for x, y in corners])
