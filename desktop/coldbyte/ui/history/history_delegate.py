"""How an exchange of the history is drawn: its title and time, what became of it, and what it read."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from coldbyte.core.cache.money import dollars
from coldbyte.core.cache.usage import Usage
from coldbyte.core.history.query import HistoryRow
from coldbyte.state.history_list import ROW
from coldbyte.ui.history.history_words import (
    badge,
    effect_of,
    spoken,
    tone_of,
    translate,
    usage_line,
    when,
)
from coldbyte.ui.prefix.fate_fill import fill_fate
from coldbyte.ui.prefix.ribbon import Fate
from coldbyte.ui.role import Role
from coldbyte.ui.theme import Theme, current_theme

_Index = QModelIndex | QPersistentModelIndex
_PAD, _GAP, _LINE = 8.0, 10.0, 3.0
_BAR = QSize(76, 9)
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class HistoryDelegate(QStyledItemDelegate):
    """Two lines, and a third one with the words that were found."""

    def __init__(self, clock: Callable[[], float], parent: QWidget) -> None:
        super().__init__(parent)
        self._clock = clock
        self.with_excerpt = False

    def row_height(self, font: QFont) -> int:
        """Pixels of each row."""
        line = QFontMetricsF(font).height() + _LINE
        return round((3 if self.with_excerpt else 2) * line + _PAD + 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw the row."""
        row: HistoryRow = index.data(ROW)
        style = option.widget.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_HasFocus and option.state & QStyle.StateFlag.State_Active:
            painter.setPen(QPen(current_theme().color("focus"), 1))
            painter.drawRoundedRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        height = QFontMetricsF(option.font).height()
        room = QRectF(option.rect).adjusted(_PAD, _PAD / 2, -_PAD, -_PAD / 2)
        line = QRectF(room.left(), room.top(), room.width(), height + _LINE)
        self._paint_title(painter, option, row, line)
        line.translate(0, height + _LINE)
        _paint_facts(painter, option, row, line)
        if self.with_excerpt:
            line.translate(0, height + _LINE)
            excerpt = " ".join(row.excerpt.split())
            _draw(painter, line, option.font, excerpt, _ink(option, "muted"), _LEFT)
        painter.restore()

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, _option: QStyleOptionViewItem, index: _Index
    ) -> bool:
        """Say all of a row in words."""
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return False
        row: HistoryRow = index.data(ROW)
        words = [spoken(row, self._clock()), row.failure, row.cause, row.note]
        QToolTip.showText(event.globalPos(), "\n".join(filter(None, words)), view)
        return True

    def _paint_title(
        self, painter: QPainter, option: QStyleOptionViewItem, row: HistoryRow, line: QRectF
    ) -> None:
        time = when(row.started_at, self._clock())
        used = _draw(painter, line, option.font, time, _ink(option, "muted"), _RIGHT)
        bold = QFont(option.font)
        bold.setBold(True)
        title = f"★ {row.name or row.title}" if row.pinned else row.name or row.title
        title = " ".join(title.split()) or self.tr("(no text)")
        room = line.adjusted(0, 0, -used - _GAP, 0)
        wide = _draw(painter, room, bold, title, _ink(option, "text"), _LEFT)
        about = row.title if row.name and row.title != row.name else row.note
        _draw(painter, room.adjusted(wide + _GAP, 0, 0, 0), option.font, about, _ink(option, "muted"), _LEFT)


def _paint_facts(painter: QPainter, option: QStyleOptionViewItem, row: HistoryRow, line: QRectF) -> None:
    """The word of the verdict, the bar, what was read; on the right what it cost."""
    effect, weak = effect_of(row), _ink(option, "muted")
    price = dollars(row.price) if row.price is not None else ""
    used = _draw(painter, line, option.font, price, weak, _RIGHT)
    room = line.adjusted(0, 0, -used - (_GAP if used else 0), 0)
    if row.lost:
        lost = translate("HistoryView", "{price} lost").format(price=dollars(row.lost))
        room.setRight(
            room.right() - _draw(painter, room, option.font, lost, _ink(option, "cold"), _RIGHT) - _GAP
        )
    small = QFont(option.font)
    small.setBold(True)
    column = max(QFontMetricsF(small).horizontalAdvance(badge(each)) for each in ("none", "first"))
    _draw(painter, room, small, badge(effect), _ink(option, tone_of(effect)), _LEFT)
    room.setLeft(room.left() + column + _GAP)
    if row.usage is not None:
        place = QRectF(room.left(), room.center().y() - _BAR.height() / 2, _BAR.width(), _BAR.height())
        _paint_bar(painter, place, row.usage, current_theme())
    room.setLeft(room.left() + _BAR.width() + _GAP)
    origin = "" if row.origin == "sent" else f"{row.origin} · "
    words = f"{usage_line(row.usage)} · {origin}{row.model}" + (f" · {row.cause}" if row.cause else "")
    _draw(painter, room, option.font, words, weak, _LEFT)


def _paint_bar(painter: QPainter, place: QRectF, usage: Usage, theme: Theme) -> None:
    """What was read, written and left uncached, to scale."""
    parts: tuple[tuple[Fate, int], ...] = (
        ("read", usage.read),
        ("written", usage.written),
        ("uncached", usage.uncached),
    )
    left, whole = place.left(), max(usage.input, 1)
    for fate, count in parts:
        width = place.width() * count / whole
        if count:
            fill_fate(painter, QRectF(left, place.top(), max(width, 1.5), place.height()), fate, theme)
        left += width
    painter.setPen(QPen(theme.color("border"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(place)


def _ink(option: QStyleOptionViewItem, role: Role) -> QColor:
    """The colour of words, which is another one on a selected row."""
    selected = option.state & QStyle.StateFlag.State_Selected
    return current_theme().color("on_selection" if selected else role)


def _draw(
    painter: QPainter, room: QRectF, font: QFont, text: str, ink: QColor, place: Qt.AlignmentFlag
) -> float:
    """Draw what fits; how wide it is."""
    if not text:
        return 0.0
    metrics = QFontMetricsF(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(room.width(), 0))
    painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(room, place, shown)
    return metrics.horizontalAdvance(shown)
