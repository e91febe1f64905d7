"""Every command and every place is a few letters away."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from coldbyte.ui.palette import Palette
from stories.conftest import Desk, Driver

Play = Callable[[Driver], None]
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def palette(desk: Desk) -> Palette:
    found = desk.window.findChild(Palette)
    assert found is not None
    return found


@pytest.mark.display
def test_commands_are_typed_chosen_and_the_last_one_stands_first(play: Play) -> None:
    async def story(desk: Desk) -> None:
        desk.system.setFocus()
        desk.press(Qt.Key.Key_P, CTRL, SHIFT)
        shown = palette(desk)
        assert shown.isVisible()
        assert isinstance(QApplication.focusWidget(), QLineEdit)
        assert len(shown.titles) > 40
        desk.type("add tool")
        assert shown.titles[0] == "Add a tool"
        desk.press(Qt.Key.Key_Return)
        assert not shown.isVisible()
        assert "input_schema" in str(desk.window.tools_pane.stack.editor.text)  # type: ignore[union-attr]
        desk.press(Qt.Key.Key_P, CTRL, SHIFT)
        assert shown.titles[0] == "Add a tool"
        desk.type("no such thing")
        assert shown.titles == ()
        desk.press(Qt.Key.Key_Return)
        assert shown.isVisible()
        desk.press(Qt.Key.Key_Escape)
        assert not shown.isVisible()

    play(story)


@pytest.mark.display
def test_escape_gives_the_keyboard_back_and_what_is_disabled_can_not_be_chosen(play: Play) -> None:
    async def story(desk: Desk) -> None:
        desk.system.setFocus()
        desk.press(Qt.Key.Key_P, CTRL, SHIFT)
        desk.type("restore the old")
        assert palette(desk).titles[0] == "Restore the old bytes"
        desk.press(Qt.Key.Key_Return)
        assert palette(desk).isVisible(), "nothing is broken, so there is nothing to restore"
        desk.press(Qt.Key.Key_Escape)
        assert QApplication.focusWidget() is desk.system

    play(story)


@pytest.mark.display
def test_a_part_or_a_view_is_reached_by_its_words(play: Play) -> None:
    async def story(desk: Desk) -> None:
        window = desk.window
        desk.press(Qt.Key.Key_P, CTRL, on=window)
        desk.type("laptop")
        desk.press(Qt.Key.Key_Return)
        assert window.questions_pane.part is not None
        assert "laptop" in str(window.questions_pane.part.text)
        assert window.questions_pane.stack.isAncestorOf(QApplication.focusWidget() or window)
        desk.press(Qt.Key.Key_P, CTRL)
        desk.type("gdpr")
        desk.press(Qt.Key.Key_Return)
        assert window.documents_pane.stack.isAncestorOf(QApplication.focusWidget() or window)
        desk.press(Qt.Key.Key_P, CTRL)
        desk.type("money")
        desk.press(Qt.Key.Key_Down)
        desk.press(Qt.Key.Key_Up)
        desk.press(Qt.Key.Key_Return)
        assert window.outcome_tabs.shown == "money_view"

    play(story)
