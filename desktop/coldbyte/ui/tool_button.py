"""Small buttons that show a sign and say in words what it means."""

from __future__ import annotations

from PySide6.QtWidgets import QToolButton, QWidget


def tool_button(parent: QWidget, name: str, sign: str, tip: str) -> QToolButton:
    """A button with a sign; `name` is its objectName, `tip` what the pointer and a screen reader are told."""
    button = QToolButton(parent)
    button.setObjectName(name)
    button.setText(sign)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button
