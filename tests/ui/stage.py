"""A stage: views shown as windows of their own."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

V = TypeVar("V", bound=QWidget)


class Stage:
    """Shows views, and takes them down after the test."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot

    def show(self, view: V, width: int, height: int) -> V:
        """Show a view in so many pixels, as the active window."""
        self._qtbot.addWidget(view)
        view.resize(width, height)
        view.show()
        self._qtbot.waitActive(view)
        return view
