"""Several causes at once: each is listed, reached by key, and put back by itself or with the others."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from coldbyte.ui.prefix.cause_list_view import CauseListView
from stories.conftest import Desk, Driver

Play = Callable[[Driver], None]


def titles(desk: Desk) -> list[str]:
    listed = desk.window.prefix_panel.findChild(CauseListView)
    assert listed is not None
    return [row.title for row in listed.rows]


def test_each_of_three_causes_is_listed_reached_and_put_back(play: Play) -> None:
    async def story(desk: Desk) -> None:
        await desk.ask(0)
        sent = desk.system.text.encode()
        for before, typed in ((" than fifty", "\u00a0"), ("Quote the", "C"), ("'t replace", "\u2019")):
            desk.put_cursor(desk.system, before=before)
            desk.press(Qt.Key.Key_Delete)
            desk.type(typed)
            await desk.turn()
        assert titles(desk) == ["No-break space", "Text edited", "Smart punctuation"]
        assert "The next send, compared with exchange 1" in desk.seen()

        desk.window.prefix_panel.setFocus()
        for mark in ("\u00a0", "C", "\u2019"):
            desk.press(Qt.Key.Key_F7)
            await desk.turn()
            place = desk.system.textCursor().position()
            assert str(desk.system.text)[place] == mark
        assert "RIGHT SINGLE QUOTATION MARK" in desk.window.prefix_panel.microscope_text

        buttons = desk.window.prefix_panel.findChildren(QPushButton)
        restore, everything = (
            next(button for button in buttons if button.objectName() == name)
            for name in ("restore_button", "restore_all_button")
        )
        desk.press(Qt.Key.Key_Space, on=restore)
        await desk.turn()
        assert "\u2019" not in str(desk.system.text)
        assert titles(desk) == ["No-break space", "Text edited"]
        desk.press(Qt.Key.Key_Space, on=everything)
        await desk.turn()
        assert desk.system.text.encode() == sent
        assert titles(desk) == []

    play(story)
