"""A button that shows by what the history is filtered, with a menu to choose from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

_LONGEST = 16  # characters of a value on the button; all of it is in the tip


class FilterButton(QToolButton):
    """Several values can be chosen, or one of them where `single`; none chosen means all."""

    chosen_changed = Signal()

    def __init__(self, name: str, title: str, parent: QWidget | None = None, *, single: bool = False) -> None:
        """`name` is the objectName, `title` what is filtered by."""
        super().__init__(parent)
        self.setObjectName(f"{name}_filter")
        self.setProperty("role", "chip")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._title = title
        self._single = single
        self._chosen: tuple[str, ...] = ()
        self._words: dict[str, str] = {}
        self._menu = QMenu(self)
        self.setMenu(self._menu)
        self._menu.aboutToShow.connect(self._fill)
        self._show()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The chosen values."""
        return self._chosen

    def offer(self, choices: Sequence[tuple[str, str]]) -> None:
        """Values with their words; chosen ones stay chosen, even where they are not offered any more."""
        self._words = dict(choices) | {value: value for value in self._chosen if value not in dict(choices)}
        self._show()

    def choose(self, values: Sequence[str]) -> None:
        """Choose values."""
        if tuple(values) != self._chosen:
            self._chosen = tuple(values)
            self._show()
            self.chosen_changed.emit()

    def toggle_value(self, value: str) -> None:
        """Choose a value, or give it up."""
        if value in self._chosen:
            self.choose([each for each in self._chosen if each != value])
        else:
            self.choose([value] if self._single else [*self._chosen, value])

    def minimumSizeHint(self) -> QSize:
        """Rather cut off than widen the window."""
        return QSize(56, super().minimumSizeHint().height())

    def _fill(self) -> None:
        self._menu.clear()
        everything = self._menu.addAction(self.tr("All"))
        everything.setCheckable(True)
        everything.setChecked(not self._chosen)
        everything.triggered.connect(lambda: self.choose(()))
        self._menu.addSeparator()
        for value, words in self._words.items():
            action = QAction(words.replace("&", "&&"), self._menu)
            action.setCheckable(True)
            action.setChecked(value in self._chosen)
            action.triggered.connect(lambda _=False, value=value: self.toggle_value(value))
            self._menu.addAction(action)

    def _show(self) -> None:
        words = [self._words.get(value, value) for value in self._chosen]
        shown = words[0] if len(words) == 1 else f"{self._title}: {len(words)}"
        shown = shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
        self.setText(shown.replace("&", "&&") if words else self._title)
        self.setProperty("active", bool(words))
        tip = self.tr("Filter by {title}").format(title=self._title.lower())
        self.setToolTip(f"{tip}: {', '.join(words)}" if words else tip)
        self.setAccessibleName(self.toolTip())
        self.setVisible(bool(self._words))
        self.style().unpolish(self)
        self.style().polish(self)
