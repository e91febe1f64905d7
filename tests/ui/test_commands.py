"""One table makes menus, shortcuts and the sheet of shortcuts."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMainWindow, QMenu
from pytestqt.qtbot import QtBot

from coldbyte.ui.commands import COMMANDS, fill_menus, make_actions, shortcut_sheet

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    qtbot.addWidget(window)
    fill_menus(window.menuBar(), make_actions(window))
    line = QLineEdit(window)
    window.setCentralWidget(line)
    window.show()
    line.setFocus()
    qtbot.waitActive(window)
    return window


def action(window: QMainWindow, name: str) -> QAction:
    found = window.findChild(QAction, name)
    assert isinstance(found, QAction)
    return found


def test_every_command_has_one_name() -> None:
    assert [name for name, count in Counter(command.id for command in COMMANDS).items() if count > 1] == []


def test_no_two_commands_have_the_same_shortcut() -> None:
    keys = [QKeySequence(keys).toString() for command in COMMANDS for keys in command.shortcuts]
    assert [key for key, count in Counter(keys).items() if count > 1] == []


def test_every_shortcut_is_one_that_qt_knows() -> None:
    for command in COMMANDS:
        for keys in command.shortcuts:
            assert QKeySequence(keys).toString(), keys


@pytest.mark.parametrize(
    ("name", "key", "held"),
    [
        ("send", Qt.Key.Key_Return, CTRL),
        ("send", Qt.Key.Key_Enter, CTRL),
        ("cancel", Qt.Key.Key_Escape, NONE),
        ("open_document", Qt.Key.Key_O, CTRL),
        ("save_project", Qt.Key.Key_S, CTRL),
        ("restore", Qt.Key.Key_R, CTRL | SHIFT),
        ("next_difference", Qt.Key.Key_F7, NONE),
        ("previous_difference", Qt.Key.Key_F7, SHIFT),
        ("zoom_in", Qt.Key.Key_Plus, CTRL),
        ("zoom_out", Qt.Key.Key_Minus, CTRL),
        ("guide", Qt.Key.Key_F1, NONE),
    ],
)
def test_a_key_does_what_the_guide_promises(
    qtbot: QtBot, window: QMainWindow, name: str, key: Qt.Key, held: Qt.KeyboardModifier
) -> None:
    (line,) = window.findChildren(QLineEdit)
    with qtbot.waitSignal(action(window, name).triggered):
        QTest.keyClick(line, key, held)


def test_every_action_stands_in_the_menu_of_its_command_exactly_once(window: QMainWindow) -> None:
    menus = [menu for menu in window.menuBar().findChildren(QMenu) if menu.title()]
    found = [
        (menu.title(), one.objectName()) for menu in menus for one in menu.actions() if one.menu() is None
    ]
    assert sorted(found) == sorted((command.menu, command.id) for command in COMMANDS)


def test_menus_stand_in_the_order_that_users_know(window: QMainWindow) -> None:
    titles = [one.text() for one in window.menuBar().actions()]
    assert titles == ["File", "Edit", "Prompt", "View", "Connection", "Help"]


def test_an_action_has_the_words_of_its_command(window: QMainWindow) -> None:
    for command in COMMANDS:
        made = action(window, command.id)
        assert made.text() == command.text
        assert made.isCheckable() is command.checkable
        assert not command.tip or made.toolTip() == command.tip
        assert [keys.toString() for keys in made.shortcuts()] == [
            QKeySequence(keys).toString() for keys in command.shortcuts
        ]


def test_the_sheet_lists_every_shortcut_beside_its_command() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in shortcut_sheet().splitlines()
        if line.startswith("|")
    ][2:]
    assert rows == [
        [command.text, " or ".join(command.shortcuts)] for command in COMMANDS if command.shortcuts
    ]
