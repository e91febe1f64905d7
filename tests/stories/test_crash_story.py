"""After a crash the draft is there with its steps of undo; a second window leaves it alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QLockFile, Qt

from coldbyte.services.sample import read_sample
from stories import typing_then_killed
from stories.conftest import Desk, Driver

Play = Callable[[Driver], None]
CTRL = Qt.KeyboardModifier.ControlModifier
MINE = "Mine:\u00a0é. "


def be_killed() -> None:
    """One run of the app that ends as `kill -9` ends it."""
    paths = os.pathsep.join(dict.fromkeys(filter(None, sys.path)))
    command = [sys.executable, typing_then_killed.__file__]
    ended = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=False
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr


@pytest.mark.display
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_after_a_kill_all_that_was_typed_is_there_and_ctrl_z_takes_it_back(play: Play) -> None:
    be_killed()
    sample = read_sample()
    starts = [part.text for part in (sample.system[0], sample.documents[0], sample.questions[0])]

    async def story(desk: Desk) -> None:
        window = desk.window
        assert window.notice_bar.texts == ()
        await desk.be_active()
        stacks = (window.system_pane.stack, window.documents_pane.stack, window.questions_pane.stack)
        for stack, start in zip(stacks, starts, strict=True):
            editor = stack.editor
            assert editor is not None
            assert str(editor.text) == MINE + str(start)
            editor.setFocus()
            for _ in range(len(MINE)):
                desk.press(Qt.Key.Key_Z, CTRL)
            assert str(editor.text) == str(start)
            desk.press(Qt.Key.Key_Z, CTRL, Qt.KeyboardModifier.ShiftModifier)
            assert str(editor.text) != str(start)

    play(story)


def folder_of(home: Path) -> Path:
    return home / "coldbyte"


@pytest.mark.display
def test_a_second_window_says_that_it_keeps_nothing_and_asks_before_it_loses_anything(
    play: Play, home: Path
) -> None:
    async def first(desk: Desk) -> None:
        desk.put_cursor(desk.system, before="You are")
        desk.type("Of the first. ")

    play(first)
    journal = folder_of(home) / "work" / "working-copy.journal"
    kept = journal.read_bytes()
    lock = QLockFile(str(folder_of(home) / "draft.lock"))
    assert lock.tryLock(0)
    long_ago = time.time() - 3_600
    os.utime(folder_of(home) / "draft.lock", (long_ago, long_ago))  # the first window is open for an hour

    async def second(desk: Desk) -> None:
        bar = desk.window.notice_bar
        assert "Coldbyte runs already, and that window keeps the draft." in bar.texts
        desk.put_cursor(desk.system, before="You are")
        desk.type("Of the second. ")
        warned = desk.until(bar.shown, lambda text: "could not be kept" in text)
        desk.window.close()
        await warned
        assert desk.window.isVisible()

    play(second)  # and closes once more
    assert journal.read_bytes() == kept
    lock.unlock()

    async def come_back(desk: Desk) -> None:
        assert str(desk.system.text).startswith("Of the first. You are")
        assert desk.window.notice_bar.texts == ()

    play(come_back)


@pytest.mark.display
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_what_was_kept_is_shown_where_nobody_can_write(play: Play, home: Path) -> None:
    async def first(desk: Desk) -> None:
        desk.put_cursor(desk.system, before="You are")
        desk.type("Kept. ")

    async def look(desk: Desk) -> None:
        assert any("write-protected" in text for text in desk.window.notice_bar.texts)
        assert str(desk.system.text).startswith("Kept. You are")

    play(first)
    folder = folder_of(home)
    kept = (folder / "work" / "working-copy.journal").read_bytes()
    for path in (folder / "work", folder):
        path.chmod(0o500)
    try:
        play(look)
    finally:
        for path in (folder, folder / "work"):
            path.chmod(0o700)
    assert (folder / "work" / "working-copy.journal").read_bytes() == kept
