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


@pytest.mark.display
def test_f6_goes_round_the_panes(play: Play) -> None:
    async def story(desk: Desk) -> None:
        window = desk.window
        window.system_pane.setFocus()
        seen = []
        for _ in window.panes:
            pane = next(pane for pane in window.panes if pane.isAncestorOf(window.focusWidget()))
            seen.append(pane.objectName())
            desk.press(Qt.Key.Key_F6)
        prompt = ["system_pane", "documents_pane", "turns_pane", "questions_pane"]
        outcome = ["overview_panel", "outcome_tabs", "reply_pane", "timeline_strip"]
        assert seen == [*prompt, *outcome, "settings_pane", "tools_pane"]
        assert window.system_pane.isAncestorOf(window.focusWidget())
        desk.press(Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
        assert window.tools_pane.isAncestorOf(window.focusWidget())

    play(story)


@pytest.mark.display
def test_without_a_home_it_starts_and_says_that_nothing_is_kept(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/proc")

    async def story(desk: Desk) -> None:
        assert any("can't be kept in" in text for text in desk.window.notice_bar.texts)

    play(story)
