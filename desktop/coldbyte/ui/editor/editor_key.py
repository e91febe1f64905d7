"""What a key means to an editor: characters to type, or a stretch to delete."""

from __future__ import annotations

import unicodedata

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QTextCursor

_Key = QKeySequence.StandardKey
_Move = QTextCursor.MoveOperation

DELETIONS: dict[QKeySequence.StandardKey, QTextCursor.MoveOperation] = {
    _Key.Backspace: _Move.PreviousCharacter,
    _Key.Delete: _Move.NextCharacter,
    _Key.DeleteStartOfWord: _Move.PreviousWord,
    _Key.DeleteEndOfWord: _Move.NextWord,
    _Key.DeleteEndOfLine: _Move.EndOfBlock,
    _Key.DeleteCompleteLine: _Move.StartOfBlock,
}
"""How far from the cursor each key of deletion reaches; StartOfBlock means the whole line."""


def deletion_of(event: QKeyEvent) -> QTextCursor.MoveOperation | None:
    """The reach of a key that deletes, None for any other key."""
    # Qt names this key on one platform only.
    bare = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
    if event.key() == Qt.Key.Key_Backspace and event.modifiers() in bare:
        return _Move.PreviousCharacter
    return next((move for key, move in DELETIONS.items() if event.matches(key)), None)


def is_redo(event: QKeyEvent) -> bool:
    """The platform's key for redo, and the two that hands know from elsewhere."""
    if event.matches(_Key.Redo):
        return True
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    pressed = (event.key(), event.modifiers())
    return pressed in ((Qt.Key.Key_Y, control), (Qt.Key.Key_Z, control | shift))


def is_newline(event: QKeyEvent) -> bool:
    """Enter or Shift+Enter, which both mean the end of a line here."""
    return event.matches(_Key.InsertParagraphSeparator) or event.matches(_Key.InsertLineSeparator)


def typed_by(event: QKeyEvent) -> str:
    """The characters that a key types, by Qt's own rules; empty for a command and for half a UTF-16 pair."""
    chars = event.text()
    if not chars:
        return ""
    category = unicodedata.category(chars[0])
    if category == "Cf":
        return chars
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    if event.modifiers() in (control, control | shift) or event.key() == Qt.Key.Key_Backtab:
        return ""
    if chars == "\t":
        return chars
    return "" if category in ("Cc", "Cs", "Cn") else chars
