"""The field for what is searched for; characters that can't be seen in a field become escapes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from coldbyte.core.text.escape import escaped, needs_escapes
from coldbyte.ui.editor.exact_clipboard import chars_of


class FindField(QLineEdit):
    """Keeps every character that is pasted or taken from a text, a no-break space and a CRLF as well."""

    written = Signal()  # by the user or by put()
    escapes_needed = Signal()  # what stands here now means itself only with escapes

    def __init__(self, name: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setPlaceholderText(words)
        self.reads_escapes = False
        self._note = QLabel(self)
        self._note.setObjectName(f"{name}_note")
        self._note.setProperty("role", "caption")
        self._note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._note.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.textEdited.connect(self._tidy)

    @property
    def note(self) -> str:
        """The words at the right end."""
        return self._note.text()

    def set_note(self, words: str) -> None:
        """Say something at the right end of the field."""
        if words != self._note.text():
            self._note.setText(words)
            self.setAccessibleDescription(words)
            self._place_note()

    def put(self, chars: str) -> None:
        """Let the field mean these characters, all of them selected."""
        if needs_escapes(chars):
            self.setText(escaped(chars))
            self._ask_for_escapes()
        else:
            self.setText(escaped(chars) if self.reads_escapes else chars)
        self.selectAll()
        self.written.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Paste by our own rules: Qt would drop a leading U+FEFF."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self._paste(chars_of(QGuiApplication.clipboard().mimeData()))
            event.accept()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the note at the right end."""
        super().resizeEvent(event)
        self._place_note()

    def _place_note(self) -> None:
        width = self._note.sizeHint().width() + 8 if self._note.text() else 0
        self._note.setGeometry(self.width() - width, 0, max(width - 6, 0), self.height())
        self.setTextMargins(0, 0, max(width - 4, 0), 0)

    def _paste(self, chars: str) -> None:
        if needs_escapes(chars):
            self._escape_what_stands_here()
            self.insert(escaped(chars))
            self._ask_for_escapes()
        else:
            self.insert(escaped(chars) if self.reads_escapes else chars)
        self.written.emit()

    def _tidy(self, chars: str) -> None:
        """What an input method or a menu put in may be invisible, too."""
        if needs_escapes(chars):
            at = len(escaped(chars[: self.cursorPosition()], backslash=not self.reads_escapes))
            self.setText(escaped(chars, backslash=not self.reads_escapes))
            self.setCursorPosition(at)
            self._ask_for_escapes()
        self.written.emit()

    def _escape_what_stands_here(self) -> None:
        """Before escapes are read, a backslash means itself."""
        if not self.reads_escapes and "\\" in self.text():
            start = self.selectionStart()
            stop = start + len(self.selectedText()) if start >= 0 else self.cursorPosition()
            start = start if start >= 0 else stop
            head, middle, tail = self.text()[:start], self.text()[start:stop], self.text()[stop:]
            self.setText(escaped(head) + escaped(middle) + escaped(tail))
            self.setSelection(len(escaped(head)), len(escaped(middle)))

    def _ask_for_escapes(self) -> None:
        self.reads_escapes = True
        self.escapes_needed.emit()
