"""The strip at the foot of the window: what lives, what it cost, how good the forecast was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget


@dataclass(frozen=True, slots=True)
class StatusChip:
    """One statement. `view` is the objectName of the view that says more, `tip` the statement in full."""

    view: str
    say: str
    tip: str


class StatusStrip(QWidget):
    """Shows chips; one that is pressed asks for its view. The last ones give way where there is no room."""

    view_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status_strip")
        self.setAccessibleName(self.tr("Status"))
        self._chips: dict[str, QToolButton] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self._row.addStretch(1)

    @property
    def texts(self) -> tuple[str, ...]:
        """What is said, from left to right."""
        return tuple(button.text() for button in self._chips.values() if not button.isHidden())

    def show_chips(self, chips: Sequence[StatusChip]) -> None:
        """Show these statements, in their order; an empty one takes no room."""
        for chip in chips:
            button = self._chips.get(chip.view) or self._new_button(chip.view)
            if button.text() != chip.say:
                button.setText(chip.say)
                button.setAccessibleName(chip.tip)
            if button.toolTip() != chip.tip:
                button.setToolTip(chip.tip)
            button.setVisible(bool(chip.say))

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(0, super().minimumSizeHint().height())

    def _new_button(self, view: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"{view}_chip")
        button.setProperty("role", "status")
        button.clicked.connect(lambda: self.view_requested.emit(view))
        self._row.insertWidget(len(self._chips), button)
        self._chips[view] = button
        return button
