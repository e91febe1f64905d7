"""Draws the hits of a search: a ground under each, a frame around it, a thick one around the one selected."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from coldbyte.core.text.hit import Hits, Span
from coldbyte.ui.editor.shown_text import ShownText
from coldbyte.ui.editor.visible_line import VisibleLine

_MOST = 2_000  # more hits than fit on a screen


@dataclass(frozen=True, slots=True)
class HitMark:
    """A hit in sight, in positions of the document; `is_current`: it is the one that is selected."""

    start: int
    stop: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class HitColors:
    """What lies under a hit, and what is drawn around it."""

    ground: QColor
    frame: QColor


def hit_marks(shown: ShownText, hits: Hits, selected: Span, first: int, last: int) -> list[HitMark]:
    """The hits that touch the document between two positions."""
    rows, marks = shown.rows, []
    for span in islice(hits.between(rows.to_value(first), rows.to_value(last)), _MOST):
        if span[1] > shown.held:
            break
        start = rows.to_view(span[0])
        stop = rows.to_row_end(span[1]) if span[1] > span[0] else start
        marks.append(HitMark(start, stop, span == selected))
    return marks


def paint_hit_grounds(
    painter: QPainter, lines: Iterable[VisibleLine], marks: Sequence[HitMark], colors: HitColors
) -> None:
    """Draw what lies under the text."""
    for place, _ in _places(painter, lines, marks):
        painter.fillRect(place, colors.ground)


def paint_hit_frames(
    painter: QPainter, lines: Iterable[VisibleLine], marks: Sequence[HitMark], colors: HitColors
) -> None:
    """Draw what lies over the text."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for place, is_current in _places(painter, lines, marks):
        width = 2.0 if is_current else 1.0
        pen = QPen(colors.frame, width)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(place.adjusted(width / 2, width / 2, -width / 2, -width / 2))


def _places(
    painter: QPainter, lines: Iterable[VisibleLine], marks: Sequence[HitMark]
) -> Iterator[tuple[QRectF, bool]]:
    """Where the hits stand on the lines; a place without characters is as wide as a caret."""
    if not marks:
        return
    space = painter.fontMetrics().horizontalAdvance(" ")
    for visible in lines:
        start, stop = visible.start, visible.stop + visible.ends_block
        for index in range(bisect_left(marks, start, key=lambda mark: mark.stop), len(marks)):
            mark = marks[index]
            if mark.start >= stop:
                break
            place = visible.place(mark.start, mark.stop)
            if mark.start == mark.stop >= start:
                place.adjust(-1, 0, 2, 0)
            elif mark.stop > visible.stop and visible.ends_block:
                place.adjust(0, 0, space, 0)
            if place.width() > 0:
                yield place, mark.is_current
