"""A row of buttons of which one is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget


class ChoiceRow(QWidget):
    """Tab goes to the chosen button, arrows choose another one. A choice is named by a word of ours."""

    chosen = Signal(str)

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        """`name` is the objectName, `title` what a screen reader calls it."""
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self._buttons: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)

    @property
    def choice(self) -> str:
        """What is chosen; empty where there is nothing to choose from."""
        return next((name for name, button in self._buttons.items() if button.isChecked()), "")

    def add(self, name: str, text: str, tip: str = "") -> None:
        """Add a choice; the first one is chosen."""
        button = QToolButton(self)
        button.setObjectName(f"{name}_choice")
        button.setProperty("role", "segment")
        button.setText(text)
        button.setToolTip(tip)
        button.setCheckable(True)
        button.setChecked(not self._buttons)
        button.clicked.connect(lambda: self.chosen.emit(name))
        self._group.addButton(button)
        self._row.addWidget(button)
        self._buttons[name] = button
        if len(self._buttons) == 1:
            self.setFocusProxy(button)

    def show_choice(self, name: str) -> None:
        """Choose without being asked."""
        self._buttons[name].setChecked(True)
        self.setFocusProxy(self._buttons[name])

    def offer(self, names: Sequence[str]) -> None:
        """Show only these choices."""
        for name, button in self._buttons.items():
            button.setVisible(name in names)
