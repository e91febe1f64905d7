"""Both sides of the break as one line each, in step, with nothing left invisible."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from coldbyte.core.prefix.microscope import Snippet
from coldbyte.ui.theme import Theme, current_theme

_LEAST_LEAD = 6  # characters before the difference that stay even where room is short
_MARGIN = 8.0
_AIR = 3.0  # beside the box


class SnippetView(QWidget):
    """The baseline above, the draft below; what differs is boxed and underlined."""

    def __init__(self, parent: QWidget | None = None, names: tuple[str, str] | None = None) -> None:
        """`names` are those of the two sides."""
        super().__init__(parent)
        self._names = names or (self.tr("Baseline"), self.tr("Draft"))
        self.setObjectName("snippet_view")
        self.setAccessibleName(self.tr("Both sides of the break"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._sides: tuple[Snippet | None, Snippet | None] = (None, None)
        self._mono = _fixed_font(self.font())

    @property
    def lines(self) -> tuple[str, str]:
        """The two lines, the differing part in ⟦brackets⟧."""
        before, after = (self._spoken(side) for side in self._sides)
        return before, after

    def show_snippets(self, before: Snippet | None, after: Snippet | None) -> None:
        """Show two snippets; None where a side has nothing at the place."""
        if (before, after) != self._sides:
            self._sides = (before, after)
            words = (f"{name}: {line}" for name, line in zip(self._names, self.lines, strict=True))
            self.setAccessibleDescription("\n".join(words))
            self.update()

    def sizeHint(self) -> QSize:
        """Two lines high."""
        return QSize(480, round(2 * self._row_height()))

    def minimumSizeHint(self) -> QSize:
        """As high as the hint."""
        return QSize(200, self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Follow another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._mono = _fixed_font(self.font())
            self.updateGeometry()

    def paintEvent(self, _event: object) -> None:
        """Draw both lines."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        names = self._names
        metrics = QFontMetricsF(self.font())
        indent = max(metrics.horizontalAdvance(name) for name in names) + 2 * _MARGIN
        lead = self._shared_lead(self.width() - indent)
        for number, (name, side) in enumerate(zip(names, self._sides, strict=True)):
            row = QRectF(0, number * self._row_height(), self.width(), self._row_height())
            painter.setFont(self.font())
            painter.setPen(theme.color("muted"))
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
            room = row.adjusted(indent, 0, 0, 0)
            if side is None:
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self.tr("nothing stands here"))
            else:
                self._paint_side(painter, room, side, lead, theme)

    def _paint_side(
        self, painter: QPainter, room: QRectF, side: Snippet, lead: int | None, theme: Theme
    ) -> None:
        """Text before, the difference, text behind."""
        metrics = QFontMetricsF(self._mono)
        before = side.line[: side.start]
        if lead is not None and len(before) > lead:
            before = "…" + before[len(before) - lead + 1 :]
        middle, behind = side.line[side.start : side.stop], side.line[side.stop :]
        base = QPointF(room.left(), room.center().y() + (metrics.ascent() - metrics.descent()) / 2)
        painter.setFont(self._mono)
        painter.setPen(theme.color("muted"))
        painter.drawText(base, before)
        left = room.left() + metrics.horizontalAdvance(before) + _AIR
        width = min(metrics.horizontalAdvance(middle), room.right() - left - 2)
        self._mark(painter, QRectF(left, room.top() + 2, width, room.height() - 4), theme)
        painter.setPen(theme.color("text"))
        shown = metrics.elidedText(middle, Qt.TextElideMode.ElideRight, width + 1)
        painter.drawText(QPointF(left, base.y()), shown)
        left += width + _AIR
        painter.setPen(theme.color("muted"))
        rest = metrics.elidedText(behind, Qt.TextElideMode.ElideRight, max(room.right() - left, 0))
        painter.drawText(QPointF(left, base.y()), rest)

    def _mark(self, painter: QPainter, place: QRectF, theme: Theme) -> None:
        """A box with a thick lower edge; a wedge where one side has nothing."""
        if place.width() <= 0:
            painter.fillRect(QRectF(place.left() - 1, place.top(), 2, place.height()), theme.color("cold"))
            return
        painter.fillRect(place.adjusted(-1, 0, 1, 0), theme.color("cold_soft"))
        painter.setPen(QPen(theme.color("cold"), 1))
        painter.drawRect(place.adjusted(-1.5, 0.5, 1.5, -0.5))
        painter.fillRect(
            QRectF(place.left() - 2, place.bottom() - 2, place.width() + 4, 2), theme.color("cold")
        )

    def _shared_lead(self, width: float) -> int | None:
        """How many characters may stand before the difference so that it is seen; None: all of them."""
        capacity = int(width / QFontMetricsF(self._mono).horizontalAdvance("0"))
        sides = [side for side in self._sides if side is not None]
        longest = max((len(side.line) for side in sides), default=0)
        if longest <= capacity:
            return None
        differing = max((side.stop - side.start for side in sides), default=0)
        return max((capacity - min(differing, capacity // 2)) // 2, _LEAST_LEAD)

    def _row_height(self) -> float:
        return QFontMetricsF(self._mono).height() + 7

    def _spoken(self, side: Snippet | None) -> str:
        if side is None:
            return self.tr("nothing stands here")
        line = side.line
        return f"{line[: side.start]}⟦{line[side.start : side.stop]}⟧{line[side.stop :]}"


def _fixed_font(font: QFont) -> QFont:
    """The system's fixed font in the size of another one."""
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    if font.pointSizeF() > 0:
        fixed.setPointSizeF(font.pointSizeF())
    else:
        fixed.setPixelSize(font.pixelSize())
    return fixed
