"""Which stretch of a text an edit replaces. All offsets are UTF-16 units of the value."""

from __future__ import annotations

from PySide6.QtGui import QTextCursor

from coldbyte.core.text.replacement import Replacement
from coldbyte.core.text.text import Text
from coldbyte.core.text.text_history import utf16_length
from coldbyte.ui.editor.soft_row import SoftRows

_Move = QTextCursor.MoveOperation
_KEEP = QTextCursor.MoveMode.KeepAnchor
_BACKWARD = (_Move.PreviousCharacter, _Move.PreviousWord)


def whole(text: Text, offset: int) -> int:
    """The offset, moved to the start of the pair that it would cut, and into the text."""
    start = 0
    for piece in text.pieces:
        if offset < start + piece.utf16:
            cuts = len(piece.chars) < piece.utf16 and _is_second_half(piece.chars, offset - start)
            return max(offset - cuts, 0)
        start += piece.utf16
    return start


def char_before(text: Text, offset: int) -> str:
    """The character that ends at `offset`, empty at the start."""
    return text.slice(offset - 1, offset) or text.slice(offset - 2, offset) if offset else ""


def char_after(text: Text, offset: int) -> str:
    """The character that starts at `offset`, empty at the end."""
    return text.slice(offset, offset + 1) or text.slice(offset, offset + 2)


def splits_newline(text: Text, offset: int) -> bool:
    """Whether `offset` lies inside a CRLF."""
    return offset > 0 and text.slice(offset - 1, offset + 1) == "\r\n"


def newline_of(text: Text) -> str:
    """How the first line ends, which is how a new one shall end."""
    before = ""
    for piece in text.pieces:
        at = piece.chars.find("\n")
        if at >= 0:
            before = piece.chars[at - 1] if at else before
            return "\r\n" if before == "\r" else "\n"
        before = piece.chars[-1]
    return "\n"


def moved(text: Text, stretch: tuple[int, int], to: int) -> Replacement | None:
    """The replacement that moves a stretch to the offset `to`, None where it would stay."""
    start, stop = stretch
    if start <= to <= stop:
        return None
    chars = text.slice(start, stop)
    if to < start:
        return to, stop, chars + text.slice(to, start)
    return start, to, text.slice(stop, to) + chars


def carried(offset: int, start: int, stop: int, end: int) -> int:
    """Where `offset` is after the units from `start` to `stop` were replaced by others up to `end`."""
    if offset <= start:
        return offset
    return offset + end - stop if offset >= stop else min(offset, end)


def deletion_range(
    text: Text, cursor: QTextCursor, rows: SoftRows, reach: QTextCursor.MoveOperation
) -> tuple[int, int]:
    """What a key of deletion removes at a cursor without selection; it never leaves half of a CRLF."""
    offset = whole(text, rows.to_value(cursor.position()))
    if reach in _BACKWARD and text.slice(max(offset - 2, 0), offset) == "\r\n":
        return offset - 2, offset
    if reach not in _BACKWARD and text.slice(offset, offset + 2) == "\r\n":
        return offset, offset + 2
    if reach == _Move.PreviousCharacter:
        return offset - utf16_length(char_before(text, offset)), offset
    start, stop = _reached(cursor, rows, reach)
    stop -= splits_newline(text, stop)
    start += splits_newline(text, start)
    return start, max(start, stop)


def _is_second_half(chars: str, unit: int) -> bool:
    return 0xDC <= chars.encode("utf-16-le")[2 * unit + 1] <= 0xDF


def _reached(cursor: QTextCursor, rows: SoftRows, reach: QTextCursor.MoveOperation) -> tuple[int, int]:
    """From the cursor as far as Qt's move goes, past a soft break that is in the way."""
    cursor = QTextCursor(cursor)
    position = cursor.position()
    if reach in _BACKWARD and rows.is_break(position - 1):
        cursor.setPosition(position - 1)
    elif reach not in _BACKWARD and rows.is_break(position):
        cursor.setPosition(position + 1)
    if reach == _Move.StartOfBlock:
        cursor.movePosition(reach)
        reach = _Move.EndOfBlock
    elif reach == _Move.EndOfBlock and cursor.atBlockEnd():
        reach = _Move.NextCharacter
    cursor.movePosition(reach, _KEEP)
    return rows.to_value(cursor.selectionStart()), rows.to_value(cursor.selectionEnd())
