"""Draws a row of the list of causes: a shape for the severity, title, place, sentence and chips."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QHelpEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
)

from coldbyte.core.cause import Severity
from coldbyte.ui.prefix.cause_item_model import ROW
from coldbyte.ui.prefix.cause_row import CauseRow, Chip
from coldbyte.ui.role import Role
from coldbyte.ui.theme import Theme, current_theme

_PAD = 7.0
_GAP = 5.0  # between chips
_INDENT = 20.0  # behind the shape
_CHIP_PAD = 6.0
_SMALL = 0.9  # size of the words of chips
_NARROW = 520.0  # pixels below which the chips stand on a line of their own

TONES: Mapping[Severity, Role] = {
    "loss": "cold",
    "warning": "warning",
    "expected": "muted",
    "info": "muted",
}

_Index = QModelIndex | QPersistentModelIndex


class CauseDelegate(QStyledItemDelegate):
    """Two lines for a cause, up to four in a narrow list, one for the title of a group."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """As many lines as the row has."""
        row: CauseRow = index.data(ROW)
        line = QFontMetricsF(option.font).height()
        if row.cause is None:
            return QSize(0, round(line + _PAD + 2))
        lines = 2
        if self._width(option) < _NARROW:
            lines += len(self._sentence(option, row))
        return QSize(0, round(lines * line + (lines - 1) * 2 + _PAD + 2))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw the row."""
        row: CauseRow = index.data(ROW)
        style = option.widget.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_HasFocus and option.state & QStyle.StateFlag.State_Active:
            painter.setPen(QPen(current_theme().color("focus"), 1))
            painter.drawRoundedRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        if row.cause is None:
            self._paint_group(painter, option, row)
        else:
            self._paint_cause(painter, option, row)
        painter.restore()

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: _Index
    ) -> bool:
        """Say what a chip means, or the whole sentence."""
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return False
        row: CauseRow = index.data(ROW)
        QToolTip.showText(event.globalPos(), self.tip_at(option, row, QPointF(event.pos())), view)
        return True

    def tip_at(self, option: QStyleOptionViewItem, row: CauseRow, point: QPointF) -> str:
        """What a point of a row stands for, in words."""
        for chip, place in self._chips(option, row):
            if place.contains(point) and chip.tip:
                return chip.tip
        name = row.cause.id if row.cause else ""
        return "\n".join(filter(None, (row.title, row.where, row.say, name)))

    def _paint_group(self, painter: QPainter, option: QStyleOptionViewItem, row: CauseRow) -> None:
        painter.setPen(_ink(option, "muted"))
        painter.setFont(option.font)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(_room(option), flags, f"{'▾' if row.open else '▸'}  {row.title}")

    def _paint_cause(self, painter: QPainter, option: QStyleOptionViewItem, row: CauseRow) -> None:
        theme, room = current_theme(), _room(option)
        line = QFontMetricsF(option.font).height()
        shape = QRectF(room.left(), room.top() + (line - 12) / 2, 12, 12)
        paint_shape(painter, shape, row.severity, theme)
        chips = self._chips(option, row)
        for chip, place in chips:
            _paint_chip(painter, place, chip, option.font, theme)
        narrow = self._width(option) < _NARROW
        right = room.right() if narrow or not chips else chips[0][1].left() - 8
        left = room.left() + _INDENT
        strong, weak = _ink(option, "text"), _ink(option, "muted")
        below = QRectF(left, room.top(), room.right() - left, line)
        title = QRectF(left, room.top(), right - left, line)
        left = _draw(painter, title, _bold(option.font), row.title, strong) + 8
        _draw(painter, QRectF(left, room.top(), right - left, line), option.font, row.where, weak)
        for words in self._sentence(option, row):
            below.translate(0, line + 2)
            _draw(painter, below, option.font, words, strong)

    def _sentence(self, option: QStyleOptionViewItem, row: CauseRow) -> list[str]:
        """The sentence in one line, or in two where the list is narrow."""
        width = self._width(option)
        room = max(width - 2 * _PAD - _INDENT, 1.0)
        return _wrapped(QFontMetricsF(option.font), row.say, room, 2 if width < _NARROW else 1)

    def _chips(self, option: QStyleOptionViewItem, row: CauseRow) -> list[tuple[Chip, QRectF]]:
        """The chips with their places, from left to right."""
        room = _room(option)
        metrics = QFontMetricsF(_small(option.font))
        line = QFontMetricsF(option.font).height()
        widths = [metrics.horizontalAdvance(chip.label) + 2 * _CHIP_PAD for chip in row.chips]
        total = sum(widths) + _GAP * max(len(widths) - 1, 0)
        narrow = self._width(option) < _NARROW
        left = room.left() + _INDENT if narrow else room.right() - total
        above = 1 + len(self._sentence(option, row)) if narrow else 0
        top = room.top() + above * (line + 2)
        height = metrics.height() + 1
        placed = []
        for chip, width in zip(row.chips, widths, strict=True):
            placed.append((chip, QRectF(left, top + (line - height) / 2, width, height)))
            left += width + _GAP
        return placed

    def _width(self, option: QStyleOptionViewItem) -> float:
        view = option.widget
        return float(view.viewport().width()) if isinstance(view, QAbstractItemView) else _NARROW


def paint_shape(painter: QPainter, place: QRectF, severity: Severity, theme: Theme) -> None:
    """A cross in a square, a triangle, a ring or a dot: told apart without colour."""
    color = theme.color(TONES[severity])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    match severity:
        case "loss":
            painter.drawRoundedRect(place, 3, 3)
            painter.setPen(QPen(theme.color("surface"), 1.8))
            inner = place.adjusted(3.5, 3.5, -3.5, -3.5)
            painter.drawLine(inner.topLeft(), inner.bottomRight())
            painter.drawLine(inner.topRight(), inner.bottomLeft())
        case "warning":
            top = QPointF(place.center().x(), place.top())
            painter.drawPolygon(QPolygonF([top, place.bottomRight(), place.bottomLeft()]))
        case "expected":
            painter.setPen(QPen(color, 1.8))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(place.adjusted(1.5, 1.5, -1.5, -1.5))
        case "info":
            painter.drawEllipse(place.adjusted(3.5, 3.5, -3.5, -3.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _room(option: QStyleOptionViewItem) -> QRectF:
    """The row without its margins."""
    return QRectF(option.rect).adjusted(_PAD, _PAD / 2 + 1, -_PAD, -_PAD / 2 - 1)


def _ink(option: QStyleOptionViewItem, role: Role) -> QColor:
    """The colour of words, which is another one on a selected row."""
    selected = option.state & QStyle.StateFlag.State_Selected
    return current_theme().color("on_selection" if selected else role)


def _paint_chip(painter: QPainter, place: QRectF, chip: Chip, font: QFont, theme: Theme) -> None:
    tone: Role = TONES[chip.tone] if chip.tone else "muted"
    painter.setPen(QPen(theme.color(tone if chip.tone else "border"), 1))
    painter.setBrush(theme.color("raised"))
    painter.drawRoundedRect(place, 5, 5)
    painter.setPen(theme.color(tone))
    painter.setFont(_small(font))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, chip.label)


def _draw(painter: QPainter, room: QRectF, font: QFont, text: str, ink: QColor) -> float:
    """Draw what fits; where it ends."""
    metrics = QFontMetricsF(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(room.width(), 0))
    painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
    return room.left() + metrics.horizontalAdvance(shown)


def _wrapped(metrics: QFontMetricsF, text: str, room: float, most: int) -> list[str]:
    """The words in at most so many lines, of which the last one may be too long."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if len(lines) == most or not lines[-1] or metrics.horizontalAdvance(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _bold(font: QFont) -> QFont:
    bold = QFont(font)
    bold.setBold(True)
    return bold


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPointSizeF(_SMALL * QFontInfo(font).pointSizeF())
    return small
