"""The menu of the projects that were open before."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget


class RecentMenu(QMenu):
    """One line for each folder, the newest first; missing ones are known only when they are chosen."""

    chosen = Signal(str)  # the folder
    clear_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recent_menu")
        self.setTitle(self.tr("Recent projects"))
        self.setToolTipsVisible(True)

    def show_folders(self, folders: Sequence[str]) -> None:
        """Put these into the menu."""
        self.clear()
        for folder in folders:
            action = self.addAction(folder.replace("&", "&&"))
            action.triggered.connect(partial(self._choose, folder))
        if folders:
            self.addSeparator()
            self.addAction(self.tr("Forget these")).triggered.connect(self.clear_requested)
        self.setEnabled(bool(folders))

    def _choose(self, folder: str, _checked: bool = False) -> None:
        self.chosen.emit(folder)
