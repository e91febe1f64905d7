"""The row on top of a pane: its title, what stretches, and its controls."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget


def pane_header(title: QLabel, stretched: QWidget, *controls: QWidget) -> QHBoxLayout:
    """A layout for the top of a pane; `stretched` takes the room between title and controls."""
    header = QHBoxLayout()
    header.setContentsMargins(12, 6, 8, 4)
    header.setSpacing(6)
    header.addWidget(title)
    header.addSpacing(8)
    header.addWidget(stretched, 1)
    for control in controls:
        header.addWidget(control)
    return header
