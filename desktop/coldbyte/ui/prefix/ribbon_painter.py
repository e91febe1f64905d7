"""Draws a ribbon: tiers above the bar, pins in it, the break through it, the scale below."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from coldbyte.ui.prefix.fate_fill import BACKGROUND, TEXT_ON, fill_fate
from coldbyte.ui.prefix.ribbon import Segment
from coldbyte.ui.prefix.ribbon_layout import PAD, Drawn, RibbonLayout
from coldbyte.ui.prefix.ribbon_words import break_label, long_label, pin_words, scale_label, tier_word
from coldbyte.ui.role import Role
from coldbyte.ui.theme import Theme

_ROUND = 5.0
_PIN = 4.0  # radius of a pin's head
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class RibbonPainter:
    """Paints one layout; made for each painting."""

    def __init__(self, painter: QPainter, layout: RibbonLayout, font: QFont, theme: Theme) -> None:
        self._painter = painter
        self._layout = layout
        self._font = font
        self._metrics = QFontMetricsF(font)
        self._theme = theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font)

    def paint(self, hovered: int | None, focused: int | None) -> None:
        """Draw everything; `hovered` and `focused` are numbers of segments."""
        if not self._layout.drawn:
            return
        self._paint_bar(hovered)
        if focused is not None:
            self._pen("focus", 2)
            rect = self._layout.drawn[focused].rect
            self._painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 3, 3)
        self._paint_tiers()
        self._paint_foot()
        for drawn in self._layout.drawn:
            if drawn.segment.ttl:
                self._paint_pin(drawn)
        if self._layout.break_x is not None:
            self._paint_break(self._layout.break_x)

    def _pen(self, role: Role, width: float = 1.0) -> None:
        self._painter.setPen(QPen(self._theme.color(role), width))

    def _paint_bar(self, hovered: int | None) -> None:
        painter, all_drawn = self._painter, self._layout.drawn
        painter.save()
        outline = QPainterPath()
        outline.addRoundedRect(all_drawn[0].rect.united(all_drawn[-1].rect), _ROUND, _ROUND)
        painter.setClipPath(outline)
        for index, drawn in enumerate(all_drawn):
            fill_fate(painter, drawn.rect, drawn.segment.fate, self._theme)
            self._paint_label(drawn)
            if index == hovered:
                self._pen("text")
                painter.drawRect(drawn.rect.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.restore()

    def _paint_label(self, drawn: Drawn) -> None:
        room = self._label_room(drawn)
        text = self._label_text(drawn.segment, room.width())
        if not text:
            return
        if drawn.segment.fate == "written":
            width, height = self._metrics.horizontalAdvance(text) + 6, self._metrics.height() + 2
            patch = QRectF(room.left() - 3, room.center().y() - height / 2, width, height)
            self._painter.fillRect(patch, self._theme.color(BACKGROUND["written"]))
        self._pen(TEXT_ON[drawn.segment.fate])
        self._painter.drawText(room, _LEFT, text)

    def _label_room(self, drawn: Drawn) -> QRectF:
        """Where a block's words may stand: beside the break, on its wider side."""
        room, x = drawn.rect.adjusted(PAD, 0, -PAD, 0), self._layout.break_x
        if x is None or not room.left() - PAD <= x <= room.right():
            return room
        if x - room.left() > room.right() - x:
            room.setRight(x - PAD)
        else:
            room.setLeft(x + PAD)
        return room

    def _label_text(self, segment: Segment, room: float) -> str:
        """As much of label and tokens as fits."""
        for text in (long_label(segment) if segment.tokens else segment.label, segment.label):
            if self._metrics.horizontalAdvance(text) <= room:
                return text
        short = self._metrics.elidedText(segment.label, Qt.TextElideMode.ElideRight, room)
        return short if len(short) > 3 else ""

    def _paint_tiers(self) -> None:
        """A word for each tier, where there is room for it."""
        self._pen("muted")
        for left, right, word in self._tiers():
            if self._metrics.horizontalAdvance(word) <= right - left:
                self._painter.drawText(QPointF(left, self._metrics.ascent()), word)

    def _tiers(self) -> Iterator[tuple[float, float, str]]:
        """For each tier where its word may stand, from left to right, and the word."""
        for _, run in groupby(self._layout.drawn, key=lambda drawn: drawn.segment.tier):
            members = list(run)
            end = members[-1].rect.right()
            pins = (self._pin_left(drawn) for drawn in members if drawn.segment.ttl)
            yield members[0].rect.left(), min(next(pins, end), end), tier_word(members[0].segment)

    def _pin_left(self, drawn: Drawn) -> float:
        return drawn.rect.right() - self._metrics.horizontalAdvance(self._pin_text(drawn)) - 4 * _PIN

    def _pin_text(self, drawn: Drawn) -> str:
        """As much of a pin's words as fits above its block."""
        room = drawn.rect.width() - 4 * _PIN - 4
        choices = (pin_words(drawn.segment), str(drawn.segment.ttl))
        return next((text for text in choices if self._metrics.horizontalAdvance(text) <= room), "")

    def _paint_pin(self, drawn: Drawn) -> None:
        """A head above the block's end, hollow where nothing is cached, with a stem through the bar."""
        painter = self._painter
        x, middle = drawn.rect.right() - _PIN / 2, self._metrics.height() / 2
        self._pen("text", 1.5)
        painter.drawLine(QPointF(x, middle), QPointF(x, drawn.rect.bottom()))
        hollow = drawn.segment.outcome == "below_minimum"
        painter.setBrush(self._theme.color("surface" if hollow else "text"))
        painter.drawEllipse(QPointF(x, middle), _PIN - 0.5, _PIN - 0.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        text = self._pin_text(drawn)
        left = x - 2 * _PIN - self._metrics.horizontalAdvance(text)
        painter.drawText(QPointF(left, self._metrics.ascent()), text)

    def _paint_break(self, x: float) -> None:
        """A cut through the bar with a line in it and heads above and below."""
        painter, top, bottom = self._painter, self._layout.bar_top, self._layout.bar_bottom
        painter.fillRect(QRectF(x - 3.5, top, 7, bottom - top), self._theme.color("surface"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("cold"))
        painter.drawRect(QRectF(x - 1.5, top - 5, 3, bottom - top + 8))
        below = [QPointF(x, bottom + 1), QPointF(x - 6, bottom + 9), QPointF(x + 6, bottom + 9)]
        above = [QPointF(x, top - 1), QPointF(x - 4, top - 6), QPointF(x + 4, top - 6)]
        painter.drawPolygon(QPolygonF(below))
        painter.drawPolygon(QPolygonF(above))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_foot(self) -> None:
        """Below the bar: the byte of the break, and the scale where it has room."""
        base = self._layout.bar_bottom + 3 + self._metrics.ascent()
        left, right = self._paint_break_label(base)
        self._pen("muted")
        scale = scale_label(self._layout.ribbon)
        start = self._layout.width - self._metrics.horizontalAdvance(scale)
        if start > right + 8:
            self._painter.drawText(QPointF(start, base), scale)
        if left > self._metrics.horizontalAdvance("0") + 8:
            self._painter.drawText(QPointF(0, base), "0")

    def _paint_break_label(self, base: float) -> tuple[float, float]:
        """Draw it beside the break's head; where both begin and end."""
        x, width = self._layout.break_x, self._layout.width
        if x is None:
            return width, 0.0
        bold = QFont(self._font)
        bold.setBold(True)
        text = break_label(self._layout.ribbon)
        wide = QFontMetricsF(bold).horizontalAdvance(text)
        left = x + 11 if x + 11 + wide <= width else x - 11 - wide
        self._painter.setFont(bold)
        self._pen("cold")
        self._painter.drawText(QPointF(left, base), text)
        self._painter.setFont(self._font)
        return min(left, x - 6), max(left + wide, x + 6)
