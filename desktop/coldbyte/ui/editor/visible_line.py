"""The lines of an editor that can be seen, and where in the viewport they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTextBlock, QTextLine
from PySide6.QtWidgets import QPlainTextEdit


@dataclass(frozen=True, slots=True)
class VisibleLine:
    """A line of the layout. Positions are those of the document, places those of the viewport."""

    block: QTextBlock
    line: QTextLine
    origin: QPointF

    @property
    def start(self) -> int:
        """Position of the first unit."""
        return self.block.position() + self.line.textStart()

    @property
    def stop(self) -> int:
        """Position behind the last unit."""
        return self.start + self.line.textLength()

    @property
    def ends_block(self) -> bool:
        """Whether the separator of the block stands behind the line."""
        return self.stop == self.block.position() + self.block.length() - 1

    @property
    def baseline(self) -> float:
        """Where its characters stand."""
        return self.origin.y() + self.line.y() + self.line.ascent()

    def x(self, position: int) -> float:
        """Left edge of the unit at `position`."""
        found: Any = self.line.cursorToX(position - self.block.position())  # a pair, whatever the stubs say
        return self.origin.x() + float(found[0])

    def place(self, first: int, last: int) -> QRectF:
        """The part of the line between two positions."""
        left, right = sorted((self.x(max(first, self.start)), self.x(min(last, self.stop))))
        return QRectF(left, self.origin.y() + self.line.y(), right - left, self.line.height())


def visible_blocks(editor: QPlainTextEdit) -> Iterator[tuple[QTextBlock, QRectF]]:
    """The blocks that can be seen, with their places."""
    block = editor.firstVisibleBlock()
    bottom = editor.viewport().height()
    offset = editor.contentOffset()
    while block.isValid():
        place = editor.blockBoundingGeometry(block).translated(offset)
        if place.top() > bottom:
            return
        yield block, place
        block = block.next()


def visible_lines(editor: QPlainTextEdit, clip: QRectF) -> Iterator[VisibleLine]:
    """The lines that touch `clip`, from the top."""
    for block, place in visible_blocks(editor):
        if not place.intersects(clip):
            continue
        layout = block.layout()
        for number in range(layout.lineCount()):
            line = layout.lineAt(number)
            top = place.top() + line.y()
            if top > clip.bottom():
                break
            if top + line.height() >= clip.top():
                yield VisibleLine(block, line, place.topLeft())
