"""Dots for spaces and arrows for tabs, fainter than the text; at the end of a line in the colour of marks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QColor, QPainter, QPen

from coldbyte.core.text.invisible import stand_in
from coldbyte.ui.editor.soft_row import SoftRows
from coldbyte.ui.editor.visible_line import VisibleLine

_BLANK = re.compile("[ \t]")
_TRAILING = re.compile(rf"[ \t]+(?={stand_in(chr(13))}?$)")
_DOT = 2.0  # pixels


@dataclass(slots=True)
class _Strokes:
    """What is drawn in one colour."""

    dots: list[QPointF] = field(default_factory=list)
    lines: list[QLineF] = field(default_factory=list)


def paint_blanks(
    painter: QPainter, lines: Iterable[VisibleLine], rows: SoftRows, faint: QColor, strong: QColor
) -> None:
    """Draw the blanks of `lines`, those at the end of a line of the text in `strong`."""
    strokes = (_Strokes(), _Strokes())
    half = painter.fontMetrics().horizontalAdvance(" ") / 2
    number, text, limit = -1, "", 0
    for visible in lines:
        if visible.block.blockNumber() != number:
            number = visible.block.blockNumber()
            text = _as_units(visible.block.text())
            limit = _trailing(text) if not rows.is_break(visible.block.position() + len(text)) else len(text)
        _gather(visible, text, limit, half, strokes)
    for color, gathered in zip((faint, strong), strokes, strict=True):
        painter.setPen(QPen(color, _DOT))
        painter.drawPoints(gathered.dots)
        painter.setPen(QPen(color, 1.0))
        painter.drawLines(gathered.lines)


def _gather(
    visible: VisibleLine, text: str, limit: int, half: float, strokes: tuple[_Strokes, _Strokes]
) -> None:
    """Add the blanks of one line of the layout."""
    start, origin = visible.line.textStart(), visible.block.position()
    middle = visible.origin.y() + visible.line.y() + visible.line.height() / 2
    for match in _BLANK.finditer(text, start, start + visible.line.textLength()):
        at = match.start()
        target = strokes[at >= limit]
        left = visible.x(origin + at)
        if match[0] == " ":
            target.dots.append(QPointF(left + half, middle))
        else:
            target.lines.extend(_arrow(left, visible.x(origin + at + 1), middle))


def _trailing(text: str) -> int:
    """Where the blanks at the end of a line start."""
    match = _TRAILING.search(text)
    return match.start() if match else len(text)


def _as_units(text: str) -> str:
    """One character for each UTF-16 unit; only blanks stay what they are."""
    return text if text.isascii() else re.sub("[\U00010000-\U0010ffff]", "xx", text)


def _arrow(left: float, right: float, middle: float) -> list[QLineF]:
    """From the left to the right end of a tab."""
    tip = right - 3
    start = min(left + 3, tip - 4)
    head = ((tip - 3, middle - 3), (tip - 3, middle + 3))
    return [QLineF(start, middle, tip, middle), *(QLineF(x, y, tip, middle) for x, y in head)]
