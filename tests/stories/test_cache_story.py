"""The prompt cache in sight: what was stored counts down beside the prompt, and is kept warm with one key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import Qt

from stories.conftest import PATIENCE_S, Desk, Driver

Play = Callable[[Driver], None]

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_a_user_sees_what_lives_and_warms_it(play: Play) -> None:
    async def story(desk: Desk) -> None:
        view, strip = desk.window.ledger_view, desk.window.status_strip
        assert strip.texts[0] == "nothing stored"
        desk.press(Qt.Key.Key_2, CTRL)
        assert "Nothing is stored in the prompt cache" in view.text

        await desk.ask(0)
        async with asyncio.timeout(PATIENCE_S):
            while not view.views or not view.views[0].row.is_read or not view.views[0].row.warm_price:
                await desk.turn()
        (entry,) = view.views
        assert "✓ the draft reads it now" in entry.text
        assert "written by exchange 1" in entry.text
        assert "4:5" in entry.text or "5:00" in entry.text
        assert "Warm now  $0.0" in entry.text
        assert any("entry live · ends in" in text for text in strip.texts)
        assert any(text.startswith("simulated $0.") for text in strip.texts)
        assert any("1 of 1 as forecast" in text for text in strip.texts)

        before = entry.row.entry.started_at
        desk.press(Qt.Key.Key_W, CTRL, SHIFT)
        async with asyncio.timeout(PATIENCE_S):
            while "the entry lives on" not in entry.text:
                await desk.turn()
        assert entry.row.entry.started_at > before
        await desk.ask(1)
        assert "Hit" in desk.verdict

    play(story)
