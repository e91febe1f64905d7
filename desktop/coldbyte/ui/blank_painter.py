"""Dots for spaces and arrows for tabs, fainter than the text; at the end of a line in the colour of marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTextBlock, QTextLine

_BLANK = re.compile("[ \t]")
_TRAILING = re.compile(r"[ \t]+(?=\r?$)")


@dataclass(slots=True)
class _Strokes:
    """What is drawn in one colour."""

    dots: list[QPointF]
    lines: list[QLineF]


class BlankPainter:
    """Draws the blanks of the lines that lie in a rectangle."""

    def __init__(self, painter: QPainter, faint: QColor, strong: QColor) -> None:
        self._painter = painter
        self._colors = (faint, strong)

    def paint(self, block: QTextBlock, place: QRectF, clip: QRectF, trailing: int) -> None:
        """Draw the blanks of a block whose layout stands at `place`; from unit `trailing` on they are strong."""
        strokes = (_Strokes([], []), _Strokes([], []))
        for line, text in _lines(block, place, clip):
            middle = place.top() + line.y() + line.height() / 2
            for match in _BLANK.finditer(text):
                at = line.textStart() + match.start()
                left = place.left() + _x(line, at)
                right = place.left() + _x(line, at + 1)
                target = strokes[at >= trailing]
                if match[0] == " ":
                    target.dots.append(QPointF((left + right) / 2, middle))
                else:
                    target.lines.extend(_arrow(left, right, middle))
        for color, drawn in zip(self._colors, strokes, strict=True):
            self._draw(drawn, color)

    def _draw(self, strokes: _Strokes, color: QColor) -> None:
        if strokes.dots:
            self._painter.setPen(QPen(color, 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            self._painter.drawPoints(strokes.dots)
        if strokes.lines:
            self._painter.setPen(QPen(color, 1.0))
            self._painter.drawLines(strokes.lines)


def trailing_blanks(text: str) -> int:
    """The UTF-16 unit at which the blanks at the end of a line start; beyond its end where there are none."""
    match = _TRAILING.search(text)
    return len(_as_units(text[: match.start()])) if match else len(_as_units(text)) + 1


def _lines(block: QTextBlock, place: QRectF, clip: QRectF) -> Iterator[tuple[QTextLine, str]]:
    """The lines of a block that are to be drawn, with their text, one character for each UTF-16 unit."""
    text = _as_units(block.text())
    layout = block.layout()
    for number in range(layout.lineCount()):
        line = layout.lineAt(number)
        top = place.top() + line.y()
        if top > clip.bottom():
            return
        if top + line.height() >= clip.top():
            yield line, text[line.textStart() : line.textStart() + line.textLength()]


def _as_units(text: str) -> str:
    """One character for each UTF-16 unit; only blanks stay what they are."""
    return text if text.isascii() else re.sub("[\U00010000-\U0010ffff]", "xx", text)


def _x(line: QTextLine, unit: int) -> float:
    found = line.cursorToX(unit)
    return float(found[0] if isinstance(found, tuple) else found)


def _arrow(left: float, right: float, middle: float) -> list[QLineF]:
    """From the left to the right end of a tab."""
    tip = right - 3
    start = min(left + 3, tip - 4)
    head = ((tip - 3, middle - 3), (tip - 3, middle + 3))
    return [QLineF(start, middle, tip, middle), *(QLineF(x, y, tip, middle) for x, y in head)]
