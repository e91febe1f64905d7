"""The ribbon: the whole prompt to scale, what is read, written and sent uncached, and where it breaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from coldbyte.core.insight import Insight
from coldbyte.ui.fate_fill import BACKGROUND, TEXT_ON, fill_fate
from coldbyte.ui.ribbon import Place, Ribbon, RibbonLabels, Segment, ribbon_of, widths
from coldbyte.ui.theme import Theme, current_theme

_GAP = 2.0
_ROUND = 5.0
_PAD = 6.0  # between the edge of a block and its words
_NEAR = 7.0  # pixels from the break that still count as the break
_PIN = 4.0  # radius of a pin's head


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A segment and where it stands on screen."""

    segment: Segment
    rect: QRectF


class RibbonView(QWidget):
    """Hover explains a block, a click or Enter asks to go to it; the arrow keys walk."""

    place_requested = Signal(object)  # Place

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ribbon_view")
        self.setAccessibleName(self.tr("The prompt to scale"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._labels = RibbonLabels(
            self.tr("System {n}"), self.tr("Question"), self.tr("{n} blocks", "neighbours drawn as one")
        )
        self._ribbon = Ribbon()
        self._drawn: list[_Drawn] = []
        self._hovered: int | None = None
        self._current = 0

    @property
    def ribbon(self) -> Ribbon:
        """What is shown."""
        return self._ribbon

    @property
    def break_x(self) -> float | None:
        """Where the break stands in this widget, in pixels from the left; None without one."""
        byte = self._ribbon.break_byte
        if byte is None or not self._drawn:
            return None
        for drawn in self._drawn:
            segment, rect = drawn.segment, drawn.rect
            if byte < segment.start + segment.size:
                return rect.left() + rect.width() * max(byte - segment.start, 0) / segment.size
        return self._drawn[-1].rect.right()

    def show_insight(self, insight: Insight | None) -> None:
        """Draw a draft, or nothing."""
        self._ribbon = ribbon_of(insight, self._labels) if insight else Ribbon()
        self._current = min(self._current, max(len(self._ribbon.segments) - 1, 0))
        self._place_segments()
        self._describe()
        self.update()

    def tip_at(self, point: QPointF) -> str:
        """What a point of the widget stands for, in words."""
        x = self.break_x
        if x is not None and abs(point.x() - x) <= _NEAR:
            return self._break_words()
        index = self._index_at(point)
        return self._words(self._ribbon.segments[index]) if index is not None else ""

    def sizeHint(self) -> QSize:
        """Three rows of text high."""
        return QSize(480, round(self._bar_bottom() + self._line() + 4))

    def minimumSizeHint(self) -> QSize:
        """As high as the hint."""
        return QSize(200, self.sizeHint().height())

    def paintEvent(self, _event: object) -> None:
        """Draw bar, tiers, pins, break and scale."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        self._paint_bar(painter, theme)
        self._paint_tiers(painter, theme)
        self._paint_foot(painter, theme)
        self._paint_marks(painter, theme)

    def resizeEvent(self, _event: object) -> None:
        """Scale anew."""
        self._place_segments()

    def changeEvent(self, event: QEvent) -> None:
        """Follow another font or style."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._place_segments()
            self.updateGeometry()

    def event(self, event: QEvent) -> bool:
        """Show what stands under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the block under the pointer."""
        self._hover(self._index_at(event.position()))

    def leaveEvent(self, _event: object) -> None:
        """Mark nothing."""
        self._hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ask to go to the break or to the place under the pointer."""
        place = self._place_at(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.place_requested.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk through the blocks; Enter goes to the one that is marked."""
        last = len(self._ribbon.segments) - 1
        match event.key():
            case Qt.Key.Key_Left:
                self._walk_to(self._current - 1)
            case Qt.Key.Key_Right:
                self._walk_to(self._current + 1)
            case Qt.Key.Key_Home:
                self._walk_to(0)
            case Qt.Key.Key_End:
                self._walk_to(last)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space if last >= 0:
                self.place_requested.emit(self._ribbon.segments[self._current].place(0))
            case _:
                super().keyPressEvent(event)

    def _hover(self, index: int | None) -> None:
        if index != self._hovered:
            self._hovered = index
            self.setCursor(Qt.CursorShape.ArrowCursor if index is None else Qt.CursorShape.PointingHandCursor)
            self.update()

    def _walk_to(self, index: int) -> None:
        self._current = min(max(index, 0), max(len(self._ribbon.segments) - 1, 0))
        self._describe()
        self.update()

    def _index_at(self, point: QPointF) -> int | None:
        for index, drawn in enumerate(self._drawn):
            if drawn.rect.left() - _GAP <= point.x() <= drawn.rect.right() and point.y() <= drawn.rect.bottom():
                return index
        return None

    def _place_at(self, point: QPointF) -> Place | None:
        x = self.break_x
        if x is not None and abs(point.x() - x) <= _NEAR and self._ribbon.break_place is not None:
            return self._ribbon.break_place
        index = self._index_at(point)
        if index is None:
            return None
        drawn = self._drawn[index]
        return drawn.segment.place((point.x() - drawn.rect.left()) / max(drawn.rect.width(), 1))

    def _place_segments(self) -> None:
        segments = self._ribbon.segments
        count = len(segments)
        space = max(self.width() - _GAP * (count - 1), 1.0)
        readable = self.fontMetrics().horizontalAdvance(self._labels.question) + 2 * _PAD + 2
        minimum = max(min(readable, 0.5 * space / max(count, 1)), 3.0)
        left, self._drawn = 0.0, []
        top, height = self._bar_top(), self._bar_bottom() - self._bar_top()
        shares = widths([segment.size for segment in segments], space, minimum)
        for segment, width in zip(segments, shares, strict=True):
            self._drawn.append(_Drawn(segment, QRectF(left, top, width, height)))
            left += width + _GAP

    def _line(self) -> float:
        return float(self.fontMetrics().height())

    def _bar_top(self) -> float:
        return self._line() + 6

    def _bar_bottom(self) -> float:
        return self._bar_top() + round(1.9 * self._line())

    def _describe(self) -> None:
        segments = self._ribbon.segments
        words = [self._break_words()] if self._ribbon.break_byte is not None else []
        if segments:
            words.append(self._words(segments[self._current]))
        self.setAccessibleDescription("\n".join(words))

    def _break_words(self) -> str:
        words = self.tr("The break: byte {byte} of {size} (cache view)")
        return words.format(byte=f"{self._ribbon.break_byte or 0:,}", size=f"{self._ribbon.size:,}")

    def _words(self, segment: Segment) -> str:
        fate = {
            "read": self.tr("is read from the prompt cache"),
            "written": self.tr("is written to the prompt cache"),
            "uncached": self.tr("is sent uncached"),
        }[segment.fate]
        label = segment.label if segment.count == 1 else self._labels.several.format(n=segment.count)
        lines = [
            f"{label} · {segment.where}",
            self.tr("bytes {start} to {end} (cache view)").format(
                start=f"{segment.start:,}", end=f"{segment.start + segment.size:,}"
            ),
            self.tr("≈ {tokens} tokens (estimated): {fate}").format(tokens=f"{segment.tokens:,}", fate=fate),
        ]
        if segment.ttl:
            lines.append(self.tr("breakpoint behind it: {pin}").format(pin=self._pin_words(segment)))
        return "\n".join(lines)

    def _pin_words(self, segment: Segment) -> str:
        outcome = {
            "read": self.tr("read"),
            "held": self.tr("kept alive by a later one"),
            "written": self.tr("written"),
            "below_minimum": self.tr("too short"),
        }
        word = outcome[segment.outcome] if segment.outcome else ""
        return f"{segment.ttl} · {word}" if word else str(segment.ttl)

    def _tier_word(self, segment: Segment) -> str:
        return {
            "request": self.tr("request"),
            "tools": self.tr("tools"),
            "system": self.tr("system"),
            "messages": self.tr("messages"),
        }[segment.tier]

    def _paint_bar(self, painter: QPainter, theme: Theme) -> None:
        if not self._drawn:
            return
        painter.save()
        whole = self._drawn[0].rect.united(self._drawn[-1].rect)
        outline = QPainterPath()
        outline.addRoundedRect(whole, _ROUND, _ROUND)
        painter.setClipPath(outline)
        for index, drawn in enumerate(self._drawn):
            fill_fate(painter, drawn.rect, drawn.segment.fate, theme)
            self._paint_label(painter, drawn, theme)
            if index == self._hovered:
                painter.setPen(QPen(theme.color("text"), 1))
                painter.drawRect(drawn.rect.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.restore()
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRoundedRect(self._drawn[self._current].rect.adjusted(1, 1, -1, -1), 3, 3)

    def _paint_label(self, painter: QPainter, drawn: _Drawn, theme: Theme) -> None:
        room = self._label_room(drawn)
        text = self._label_text(drawn.segment, room.width())
        if not text:
            return
        metrics = QFontMetricsF(self.font())
        if drawn.segment.fate == "written":
            patch = QRectF(room.left() - 3, 0, metrics.horizontalAdvance(text) + 6, metrics.height() + 2)
            patch.moveTop(room.center().y() - patch.height() / 2)
            painter.fillRect(patch, theme.color(BACKGROUND["written"]))
        painter.setPen(theme.color(TEXT_ON[drawn.segment.fate]))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _label_room(self, drawn: _Drawn) -> QRectF:
        """Where a block's words may stand: beside the break, on its wider side."""
        room = drawn.rect.adjusted(_PAD, 0, -_PAD, 0)
        x = self.break_x
        if x is None or not room.left() - _PAD <= x <= room.right():
            return room
        if x - room.left() > room.right() - x:
            room.setRight(x - _PAD)
        else:
            room.setLeft(x + _PAD)
        return room

    def _label_text(self, segment: Segment, room: float) -> str:
        """As much of label and tokens as fits."""
        metrics = QFontMetricsF(self.font())
        several = segment.count > 1
        label = self._labels.several.format(n=segment.count) if several else segment.label
        full = self.tr("{label}  ≈ {tokens} tokens").format(label=label, tokens=f"{segment.tokens:,}")
        if segment.tokens and metrics.horizontalAdvance(full) <= room:
            return full
        if metrics.horizontalAdvance(label) <= room:
            return label
        short = metrics.elidedText(label, Qt.TextElideMode.ElideRight, room)
        return short if len(short) > 3 else ""

    def _paint_tiers(self, painter: QPainter, theme: Theme) -> None:
        """Tier words above the bar, each up to the next tier or pin; nothing where there is no room."""
        metrics = QFontMetricsF(self.font())
        painter.setPen(theme.color("muted"))
        for left, right, word in self._tiers(metrics):
            if metrics.horizontalAdvance(word) <= right - left:
                painter.drawText(QPointF(left, metrics.ascent()), word)

    def _tiers(self, metrics: QFontMetricsF) -> Iterator[tuple[float, float, str]]:
        """For each tier where its word may stand, from left to right, and the word."""
        for _, run in groupby(self._drawn, key=lambda drawn: drawn.segment.tier):
            members = list(run)
            pins = (self._pin_left(drawn, metrics) for drawn in members if drawn.segment.ttl)
            right = min(next(pins, members[-1].rect.right()), members[-1].rect.right())
            yield members[0].rect.left(), right, self._tier_word(members[0].segment)

    def _pin_left(self, drawn: _Drawn, metrics: QFontMetricsF) -> float:
        text = self._pin_text(drawn, metrics)
        return drawn.rect.right() - metrics.horizontalAdvance(text) - 4 * _PIN

    def _pin_text(self, drawn: _Drawn, metrics: QFontMetricsF) -> str:
        """As much of a pin's words as fits above its block."""
        room = drawn.rect.width() - 4 * _PIN - 4
        words = self._pin_words(drawn.segment)
        if metrics.horizontalAdvance(words) <= room:
            return words
        short = str(drawn.segment.ttl)
        return short if metrics.horizontalAdvance(short) <= room else ""

    def _paint_marks(self, painter: QPainter, theme: Theme) -> None:
        metrics = QFontMetricsF(self.font())
        for drawn in self._drawn:
            if drawn.segment.ttl:
                self._paint_pin(painter, drawn, metrics, theme)
        x = self.break_x
        if x is not None:
            self._paint_break(painter, min(max(x, 2.0), self.width() - 2.0), theme)

    def _paint_pin(self, painter: QPainter, drawn: _Drawn, metrics: QFontMetricsF, theme: Theme) -> None:
        x, middle = drawn.rect.right() - _PIN / 2, metrics.height() / 2
        painter.setPen(QPen(theme.color("text"), 1.5))
        painter.drawLine(QPointF(x, middle), QPointF(x, drawn.rect.bottom()))
        reached = drawn.segment.outcome != "below_minimum"
        painter.setBrush(theme.color("text") if reached else theme.color("surface"))
        painter.drawEllipse(QPointF(x, middle), _PIN - 0.5, _PIN - 0.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        text = self._pin_text(drawn, metrics)
        painter.setPen(theme.color("text"))
        painter.drawText(
            QPointF(x - 2 * _PIN - metrics.horizontalAdvance(text), metrics.ascent()), text
        )

    def _paint_break(self, painter: QPainter, x: float, theme: Theme) -> None:
        """A cut through the bar with a line in it and a head below."""
        top, bottom = self._bar_top(), self._bar_bottom()
        painter.fillRect(QRectF(x - 3.5, top, 7, bottom - top), theme.color("surface"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("cold"))
        painter.drawRect(QRectF(x - 1.5, top - 5, 3, bottom - top + 8))
        head = [QPointF(x, bottom + 1), QPointF(x - 6, bottom + 9), QPointF(x + 6, bottom + 9)]
        painter.drawPolygon(QPolygonF(head))
        tail = [QPointF(x, top - 1), QPointF(x - 4, top - 6), QPointF(x + 4, top - 6)]
        painter.drawPolygon(QPolygonF(tail))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_foot(self, painter: QPainter, theme: Theme) -> None:
        """Below the bar: the byte of the break, and the scale."""
        if not self._drawn:
            return
        base = self._bar_bottom() + 3 + QFontMetricsF(self.font()).ascent()
        taken = self._paint_break_label(painter, base, theme)
        metrics = QFontMetricsF(self.font())
        painter.setPen(theme.color("muted"))
        scale = self.tr("{size} bytes, cache view").format(size=f"{self._ribbon.size:,}")
        left = self.width() - metrics.horizontalAdvance(scale)
        if left > taken[1] + 8:
            painter.drawText(QPointF(left, base), scale)
        if taken[0] > metrics.horizontalAdvance("0") + 8:
            painter.drawText(QPointF(0, base), "0")

    def _paint_break_label(self, painter: QPainter, base: float, theme: Theme) -> tuple[float, float]:
        """Draw it and give back where it begins and ends."""
        x = self.break_x
        if x is None:
            return float(self.width()), 0.0
        bold = QFont(self.font())
        bold.setBold(True)
        text = self.tr("break at byte {byte}").format(byte=f"{self._ribbon.break_byte or 0:,}")
        wide = QFontMetricsF(bold).horizontalAdvance(text)
        left = x + 11 if x + 11 + wide <= self.width() else x - 11 - wide
        painter.save()
        painter.setFont(bold)
        painter.setPen(theme.color("cold"))
        painter.drawText(QPointF(left, base), text)
        painter.restore()
        return min(left, x - 6), max(left + wide, x + 6)
