"""Which soft breaks to take out and which rows to cut after an edit, near the place of the edit only."""

from __future__ import annotations

from PySide6.QtGui import QTextBlock, QTextDocument

from coldbyte.core.text.text import Text
from coldbyte.ui.editor.edit_range import char_after, char_before
from coldbyte.ui.editor.soft_row import ROW, ROW_LIMIT, SoftRows, is_long, may_break


def joinable_breaks(document: QTextDocument, rows: SoftRows, text: Text, first: int, last: int) -> list[int]:
    """Positions of soft breaks to take out, the last one first.

    A break goes where the rows beside it fit into one, or where it came to stand in a CRLF or before a mark.
    """
    found = []
    room: int | None = None
    for block in _blocks(document, first, last):
        position = block.position() - 1
        length = block.length() - 1
        if room is None or not rows.is_break(position):
            room = length
        elif room + length <= ROW or not _stands_well(text, rows.to_value(position)):
            found.append(position)
            room += length
        else:
            room = length
    return found[::-1]


def rows_to_cut(
    document: QTextDocument, rows: SoftRows, text: Text, first: int, last: int
) -> list[tuple[int, int]]:
    """Position and length of rows that grew too long, the last one first."""
    return [
        (block.position(), block.length() - 1)
        for block in reversed(_blocks(document, first, last))
        if _is_too_long(block, rows, text)
    ]


def _is_too_long(block: QTextBlock, rows: SoftRows, text: Text) -> bool:
    start, length = block.position(), block.length() - 1
    if length <= ROW_LIMIT:
        return False
    if rows.is_break(start - 1) or rows.is_break(start + length):
        return True
    offset = rows.to_value(start)
    return is_long(text.slice(offset, offset + length))


def _stands_well(text: Text, offset: int) -> bool:
    return may_break(char_before(text, offset), char_after(text, offset))


def _blocks(document: QTextDocument, first: int, last: int) -> list[QTextBlock]:
    """The blocks from the one before `first` to the one after `last`."""
    block, end = document.findBlock(first), document.findBlock(last)
    block = block.previous() if block.previous().isValid() else block
    end = end.next() if end.next().isValid() else end
    blocks = [block]
    while block.isValid() and block.blockNumber() < end.blockNumber():
        block = block.next()
        blocks.append(block)
    return blocks
