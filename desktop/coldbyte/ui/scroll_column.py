"""Columns that scroll: as wide as there is room, and no bar that isn't needed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget


def scroll_area(content: QWidget, parent: QWidget) -> QScrollArea:
    """A place in which a widget scrolls up and down."""
    area = QScrollArea(parent)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    return area


def scroll_column(parent: QWidget, top: int = 0, bottom: int = 8) -> tuple[QScrollArea, QVBoxLayout]:
    """Such a place for widgets below each other, and their layout; what takes the focus is in them.

    `top` and `bottom` are margins in pixels.
    """
    content = QWidget(parent)
    content.setObjectName("scroll_content")
    column = QVBoxLayout(content)
    column.setContentsMargins(12, top, 12, bottom)
    column.setSpacing(6)
    area = scroll_area(content, parent)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area, column
