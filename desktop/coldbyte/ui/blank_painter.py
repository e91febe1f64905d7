"""Dots for spaces and arrows for tabs, fainter than the text; at the end of a line in the colour of marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QTextBlock, QTextLine

from coldbyte.core.invisible import stand_in

_BLANK = re.compile("[ \t]")
_TRAILING = re.compile(rf"[ \t]+(?={stand_in(chr(13))}?$)")
_DOT = 2.0  # pixels


@dataclass(slots=True)
class _Strokes:
    """What is drawn in one colour."""

    dots: list[QPointF] = field(default_factory=list)
    lines: list[QLineF] = field(default_factory=list)


class BlankPainter:
    """Gathers the blanks of the lines that lie in a rectangle, and draws them at once."""

    def __init__(self, clip: QRectF, space: float) -> None:
        self._clip = clip
        self._half = space / 2
        self._faint = _Strokes()
        self._strong = _Strokes()

    def add(self, block: QTextBlock, place: QRectF, *, ends_line: bool) -> None:
        """Add the blanks of a block that stands at `place`; `ends_line`: the last ones end a line."""
        text = _as_units(block.text())
        trailing = _TRAILING.search(text) if ends_line else None
        limit = trailing.start() if trailing else len(text) + 1
        for line in _lines(block, place, self._clip):
            start = line.textStart()
            middle = place.top() + line.y() + line.height() / 2
            for match in _BLANK.finditer(text, start, start + line.textLength()):
                at = match.start()
                target = self._strong if at >= limit else self._faint
                left = place.left() + _x(line, at)
                if match[0] == " ":
                    target.dots.append(QPointF(left + self._half, middle))
                else:
                    target.lines.extend(_arrow(left, place.left() + _x(line, at + 1), middle))

    def draw(self, painter: QPainter, faint: QColor, strong: QColor) -> None:
        """Draw what was added."""
        for color, strokes in ((faint, self._faint), (strong, self._strong)):
            painter.setPen(QPen(color, _DOT))
            painter.drawPoints(strokes.dots)
            painter.setPen(QPen(color, 1.0))
            painter.drawLines(strokes.lines)


def _lines(block: QTextBlock, place: QRectF, clip: QRectF) -> Iterator[QTextLine]:
    """The lines of a block that touch `clip`."""
    layout = block.layout()
    for number in range(layout.lineCount()):
        line = layout.lineAt(number)
        top = place.top() + line.y()
        if top > clip.bottom():
            return
        if top + line.height() >= clip.top():
            yield line


def _as_units(text: str) -> str:
    """One character for each UTF-16 unit; only blanks stay what they are."""
    return text if text.isascii() else re.sub("[\U00010000-\U0010ffff]", "xx", text)


def _x(line: QTextLine, unit: int) -> float:
    found: Any = line.cursorToX(unit)  # the stubs say a number, the call gives a pair
    return float(found[0])


def _arrow(left: float, right: float, middle: float) -> list[QLineF]:
    """From the left to the right end of a tab."""
    tip = right - 3
    start = min(left + 3, tip - 4)
    head = ((tip - 3, middle - 3), (tip - 3, middle + 3))
    return [QLineF(start, middle, tip, middle), *(QLineF(x, y, tip, middle) for x, y in head)]
