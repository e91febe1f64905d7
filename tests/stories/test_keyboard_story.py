"""The whole loop without a mouse, with keys that the X server sends: open, edit, send, read, mend, send."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog

from stories.conftest import PATIENCE_S, Desk, Driver
from stories.test_main_story import measured

Play = Callable[[Driver], None]


async def keys(*arguments: str) -> None:
    """Press keys as xdotool names them, and wait until the X server has sent them."""
    process = await asyncio.create_subprocess_exec("xdotool", *arguments, stdout=asyncio.subprocess.DEVNULL)
    assert await asyncio.wait_for(process.wait(), PATIENCE_S) == 0


async def focus_window(number: int) -> None:
    """Give a window the keyboard, as a window manager would."""
    await keys("windowfocus", "--sync", str(number))


async def sent(desk: Desk) -> None:
    """Ctrl+Enter, and the end of the reply."""
    cancel = desk.window.action("cancel")
    ended = desk.until(cancel.enabledChanged, lambda enabled: not enabled)
    await keys("key", "ctrl+Return")
    await ended


async def pane(desk: Desk, name: str) -> None:
    """F6 until a pane has the keyboard."""
    for _ in desk.window.panes:
        focused = desk.window.focusWidget()
        if any(one.objectName() == name and one.isAncestorOf(focused) for one in desk.window.panes):
            return
        moved = desk.until(QApplication.instance().focusChanged, lambda *_: True)  # type: ignore[union-attr]
        await keys("key", "F6")
        await moved
    raise AssertionError(f"F6 does not lead to {name}")


@pytest.mark.display
def test_the_loop_goes_by_keys_alone(play: Play, tmp_path: Path) -> None:
    if shutil.which("xdotool") is None or "DISPLAY" not in os.environ:
        pytest.skip("needs an X display and xdotool; packaging/dev.py test brings both on Linux")
    notes = tmp_path / "notes.txt"
    notes.write_text("Minutes of the meeting on retention.\n")

    async def story(desk: Desk) -> None:
        window = desk.window
        await focus_window(int(window.winId()))

        await keys("key", "ctrl+o")
        dialog = window.findChild(QFileDialog)
        assert dialog is not None
        await focus_window(int(dialog.winId()))
        stack = window.documents_pane.stack

        def is_open(_: int) -> bool:
            return stack.editor is not None and "Minutes" in str(stack.editor.text)

        opened = desk.until(stack.currentChanged, is_open)
        await keys("type", str(notes))
        await keys("key", "Return")
        await opened
        await focus_window(int(window.winId()))

        await pane(desk, "questions_pane")
        await sent(desk)
        written = measured(desk.usage, "written")
        assert written > 100_000

        await pane(desk, "system_pane")
        await keys("key", "ctrl+Home", "End", "space")
        await desk.turn()
        assert "turn cold" in desk.seen()
        assert "White space: ≈" in desk.seen()

        await sent(desk)
        assert measured(desk.usage, "read") == 0
        await pane(desk, "reply_pane")
        assert "cold" in desk.verdict

        await keys("key", "ctrl+shift+r")
        await desk.turn()
        assert "intact" in desk.seen()
        await sent(desk)
        assert measured(desk.usage, "read") >= written

    play(story)
