"""The line under an editor: how long the text is and how its lines end."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from coldbyte.core.text.line_end import LineEnds, line_ends
from coldbyte.core.text.text import Text


class TextFacts(QWidget):
    """Shows bytes, lines and line ends of a text; the line ends can be changed."""

    line_ends_requested = Signal(str)  # "\n" or "\r\n"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size_label = QLabel(self)
        self._size_label.setProperty("role", "muted")
        self._line_end_button = QToolButton(self)
        self._line_end_button.setObjectName("line_end_button")
        self._line_end_button.setAccessibleName(self.tr("Line ends"))
        self._line_end_button.setToolTip(
            self.tr("How lines end. Both look the same and are different bytes: a change breaks the prefix.")
        )
        self._line_end_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self._line_end_button)
        for text, end in (
            (self.tr("Change to LF (Unix)"), "\n"),
            (self.tr("Change to CRLF (Windows)"), "\r\n"),
        ):
            action = QAction(text, menu)
            action.triggered.connect(lambda _=False, end=end: self.line_ends_requested.emit(end))
            menu.addAction(action)
        self._line_end_button.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 4, 0)
        row.addWidget(self._size_label, 1)
        row.addWidget(self._line_end_button)

    def show_text(self, text: Text) -> None:
        """Describe a text."""
        ends = line_ends(text)
        self._size_label.setText(
            self.tr("{bytes} bytes · {lines} lines").format(bytes=f"{text.size:,}", lines=f"{ends.lines:,}")
        )
        self._line_end_button.setText(self._name(ends))

    def _name(self, ends: LineEnds) -> str:
        if not (ends.lf or ends.crlf or ends.cr):
            return self.tr("no line end")
        named = [(ends.lf, "LF"), (ends.crlf, "CRLF"), (ends.cr, "CR")]
        kinds = [name for count, name in named if count]
        return kinds[0] if len(kinds) == 1 else self.tr("mixed: {kinds}").format(kinds=" + ".join(kinds))
