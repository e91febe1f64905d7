"""A figure in large type, with its caption above and a note below."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from coldbyte.ui.elided_label import ElidedLabel


class FigureView(QWidget):
    """One figure."""

    def __init__(self, name: str, caption: str, parent: QWidget | None = None) -> None:
        """`name` is the objectName of the figure's label."""
        super().__init__(parent)
        self._caption_label = ElidedLabel(self)
        self._caption_label.setProperty("role", "caption")
        self._caption_label.show_text(caption)
        self._figure_label = QLabel(self)
        self._figure_label.setObjectName(name)
        self._figure_label.setProperty("role", "large-figure")
        self._note_label = ElidedLabel(self)
        self._note_label.setProperty("role", "caption")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._caption_label)
        column.addWidget(self._figure_label)
        column.addWidget(self._note_label)

    @property
    def text(self) -> str:
        """Caption, figure and note."""
        return f"{self._caption_label.text()}: {self._figure_label.text()} ({self._note_label.text()})"

    def show_figure(self, figure: str, note: str, tip: str, caption: str = "") -> None:
        """Show a figure; another `caption` takes the place of the first one."""
        if caption:
            self._caption_label.show_text(caption)
        self._figure_label.setText(figure)
        self._note_label.show_text(note)
        self.setToolTip(tip)
        self.setAccessibleName(self.text)
        self.setAccessibleDescription(tip)

    def minimumSizeHint(self) -> QSize:
        """As wide as the figure."""
        return QSize(self._figure_label.sizeHint().width(), super().minimumSizeHint().height())
