"""What a user typed is there again in the next session, byte for byte."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from stories.conftest import Desk, Driver

Play = Callable[[Driver], None]


@pytest.mark.display
def test_the_draft_is_as_it_was_left(play: Play) -> None:
    left: list[bytes] = []

    async def leave(desk: Desk) -> None:
        desk.put_cursor(desk.system, before="You are")
        desk.type("Mine:\u00a0é. ")
        desk.press(Qt.Key.Key_Down, on=desk.window.questions_pane.list)
        left.append(desk.system.text.encode())

    async def come_back(desk: Desk) -> None:
        assert desk.system.text.encode() == left[0]
        assert desk.window.questions_pane.list.currentRow() == 1
        desk.window.action("open_sample").trigger()
        assert str(desk.system.text).startswith("You are")
        assert any("put aside" in text for text in desk.window.notice_bar.texts)

    play(leave)
    play(come_back)
