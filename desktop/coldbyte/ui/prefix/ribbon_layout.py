"""Where everything of a ribbon stands in its widget."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QFontMetricsF

from coldbyte.ui.prefix.ribbon import Place, Ribbon, Segment, widths

GAP = 2.0
PAD = 6.0  # between the edge of a block and its words
_NEAR = 7.0  # pixels from the break that still count as the break
_NARROWEST = 3.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A segment and its rectangle in the bar."""

    segment: Segment
    rect: QRectF


@dataclass(frozen=True)
class RibbonLayout:
    """The segments side by side; sizes are pixels."""

    ribbon: Ribbon
    width: float
    bar_top: float
    bar_bottom: float
    drawn: tuple[Drawn, ...]

    @property
    def break_x(self) -> float | None:
        """Where the break stands; None without one."""
        byte = self.ribbon.break_byte
        if byte is None or not self.drawn:
            return None
        for drawn in self.drawn:
            segment, rect = drawn.segment, drawn.rect
            if byte < segment.start + segment.size:
                x = rect.left() + rect.width() * max(byte - segment.start, 0) / segment.size
                return min(max(x, 2.0), self.width - 2.0)
        return self.width - 2.0

    def is_at_break(self, point: QPointF) -> bool:
        """Whether a point is on the break or next to it."""
        x = self.break_x
        return x is not None and abs(point.x() - x) <= _NEAR

    def index_at(self, point: QPointF) -> int | None:
        """The segment at or above which a point lies."""
        for index, drawn in enumerate(self.drawn):
            inside = drawn.rect.left() - GAP <= point.x() <= drawn.rect.right()
            if inside and point.y() <= self.bar_bottom:
                return index
        return None

    def place_at(self, point: QPointF) -> Place | None:
        """The place in the draft that a point stands for."""
        if self.is_at_break(point) and self.ribbon.break_place is not None:
            return self.ribbon.break_place
        index = self.index_at(point)
        if index is None:
            return None
        drawn = self.drawn[index]
        return drawn.segment.place((point.x() - drawn.rect.left()) / max(drawn.rect.width(), 1.0))


def lay_out(ribbon: Ribbon, width: float, font: QFont, least_word: str) -> RibbonLayout:
    """Put a ribbon to scale into a width. While there are few blocks each has room for `least_word`."""
    metrics = QFontMetricsF(font)
    top, bottom = bar_edges(metrics)
    count = len(ribbon.segments)
    space = max(width - GAP * (count - 1), 1.0)
    readable = metrics.horizontalAdvance(least_word) + 2 * PAD + 2
    minimum = max(min(readable, 0.5 * space / max(count, 1)), _NARROWEST)
    left, drawn = 0.0, []
    shares = widths([segment.size for segment in ribbon.segments], space, minimum)
    for segment, share in zip(ribbon.segments, shares, strict=True):
        drawn.append(Drawn(segment, QRectF(left, top, share, bottom - top)))
        left += share + GAP
    return RibbonLayout(ribbon, width, top, bottom, tuple(drawn))


def bar_edges(metrics: QFontMetricsF) -> tuple[float, float]:
    """Upper and lower edge of the bar: a line of text stands above it, another below."""
    top = metrics.height() + 6
    return top, top + round(1.9 * metrics.height())
