"""Draws the marks of the visible lines.

Not by extra selections: for each of them Qt draws every line of a block again, which takes a tenth of a
second for a paragraph of decomposed letters.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from coldbyte.ui.editor.editor_mark import Mark
from coldbyte.ui.editor.visible_line import VisibleLine


@dataclass(frozen=True, slots=True)
class MarkColors:
    """The two colours of marks, and the ground on which they stand."""

    invisible: QColor
    broken: QColor
    ground: QColor


def faint(color: QColor, alpha: int) -> QColor:
    """The colour with another opacity, 0 to 255."""
    return QColor(color.red(), color.green(), color.blue(), alpha)


def paint_grounds(
    painter: QPainter, lines: Iterable[VisibleLine], marks: Sequence[Mark], colors: MarkColors
) -> None:
    """Draw what lies under the text: the ground of the break and of decomposed letters."""
    tints = {"break": faint(colors.broken, 80), "decomposed": faint(colors.invisible, 26)}
    space = painter.fontMetrics().horizontalAdvance(" ")
    for visible in lines:
        for mark in _marks_of(visible, marks):
            if mark.kind in tints:
                place = visible.place(mark.start, mark.stop)
                takes_newline = visible.ends_block and mark.stop > visible.stop
                painter.fillRect(place.adjusted(0, 0, space * takes_newline, 0), tints[mark.kind])


def paint_signs(
    painter: QPainter,
    lines: Iterable[VisibleLine],
    marks: Sequence[Mark],
    colors: MarkColors,
    selected: tuple[int, int],
) -> None:
    """Draw the stand-ins in colour over the text, and dots under decomposed letters.

    What is `selected` keeps the colours of the selection.
    """
    dots = QPen(colors.invisible, 1.5, Qt.PenStyle.DotLine)
    for visible in lines:
        for mark in _marks_of(visible, marks):
            place = visible.place(mark.start, mark.stop)
            if mark.kind == "decomposed":
                painter.setPen(dots)
                painter.drawLine(place.bottomLeft() - QPointF(0, 1), place.bottomRight() - QPointF(0, 1))
            elif mark.kind != "break" and not selected[0] <= mark.start < selected[1]:
                _paint_sign(painter, place, visible.baseline, mark, colors)


def _paint_sign(painter: QPainter, place: QRectF, baseline: float, mark: Mark, colors: MarkColors) -> None:
    painter.fillRect(place, colors.ground)
    if mark.kind == "invisible break":
        painter.fillRect(place, colors.broken)
        painter.setPen(colors.ground)
    else:
        painter.fillRect(place, faint(colors.invisible, 18 if mark.kind == "line end" else 40))
        painter.setPen(colors.invisible)
    painter.drawText(QPointF(place.left(), baseline), mark.sign)


def _marks_of(visible: VisibleLine, marks: Sequence[Mark]) -> Iterator[Mark]:
    """The marks that touch a line; `marks` are in the order of their ends."""
    start, stop = visible.start, visible.stop + visible.ends_block
    for index in range(bisect_left(marks, start + 1, key=lambda mark: mark.stop), len(marks)):
        if marks[index].start < stop:
            yield marks[index]
        elif marks[index].kind != "break":
            return
