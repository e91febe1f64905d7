"""The context menu of an editor."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A line of the menu; `group` changes where a separator belongs."""

    label: str
    act: Callable[[], object]
    key: QKeySequence.StandardKey | None
    is_enabled: bool
    group: int


def menu_of(parent: QWidget, entries: Iterable[MenuEntry]) -> QMenu:
    """A menu that goes away when it is closed."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    last = 0
    for entry in entries:
        if entry.group != last:
            menu.addSeparator()
        last = entry.group
        action = menu.addAction(entry.label)
        action.triggered.connect(lambda _checked=False, act=entry.act: act())
        action.setEnabled(entry.is_enabled)
        if entry.key is not None:
            action.setShortcut(QKeySequence(entry.key))
    return menu
