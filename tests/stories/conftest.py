"""Stories run the whole app through `coldbyte.cli.main`, with real widgets and real key events."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, Qt, SignalInstance
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from coldbyte import cli, window
from coldbyte.app import Surroundings
from coldbyte.ui.editor.block_editor import BlockEditor
from coldbyte.ui.main_window import MainWindow

PATIENCE_S = 60
Driver = Callable[["Desk"], Coroutine[Any, Any, None]]


class Desk:
    """The user at the window: keys and eyes, and nothing else."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window

    @property
    def system(self) -> BlockEditor:
        editor = self.window.system_pane.stack.editor
        assert editor is not None
        return editor

    @property
    def verdict(self) -> str:
        return self.window.reply_pane.verdict_text

    @property
    def usage(self) -> str:
        return self.window.reply_pane.usage_text

    async def be_active(self) -> None:
        """Have the keyboard, as a window manager would give it to a new window."""
        handle = self.window.windowHandle()
        if not handle.isActive():
            active = self.until(handle.activeChanged, handle.isActive)
            handle.requestActivate()
            await active

    def press(self, key: Qt.Key, *modifiers: Qt.KeyboardModifier, on: QWidget | None = None) -> None:
        """Press a key where the focus is."""
        held = Qt.KeyboardModifier.NoModifier
        for modifier in modifiers:
            held |= modifier
        target = on or QApplication.focusWidget() or self.window
        QTest.keyClick(target, key, held)

    def type(self, text: str, on: QWidget | None = None) -> None:
        """Type characters; those that QTest can't spell come as the events that a keyboard makes of them."""
        target = on or QApplication.focusWidget()
        assert target is not None
        for char in text:
            if char.isascii():
                QTest.keyClicks(target, char)
                continue
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, char)
                QApplication.sendEvent(target, event)

    def press_restore(self) -> None:
        self.press(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier)

    def press_notice(self, text: str) -> None:
        """Press the button of a notice."""
        buttons = self.window.notice_bar.findChildren(QPushButton)
        self.press(Qt.Key.Key_Space, on=next(button for button in buttons if button.text() == text))

    def put_cursor(self, editor: BlockEditor, before: str) -> None:
        """Click into an editor, in front of these words."""
        cursor = editor.textCursor()
        cursor.setPosition(str(editor.text).index(before))
        editor.setTextCursor(cursor)
        editor.setFocus()

    def seen(self) -> str:
        """All words that the overview and the prefix panel show."""
        panels = (self.window.overview_panel, self.window.prefix_panel)
        labels = [label for panel in panels for label in panel.findChildren(QLabel)]
        return "\n".join(label.text() for label in labels if not label.isHidden())

    async def ask(self, row: int) -> None:
        """Choose a question with the arrow keys and send it with Ctrl+Enter."""
        questions = self.window.questions_pane.list
        questions.setFocus()
        self.press(Qt.Key.Key_Home, on=questions)
        for _ in range(row):
            self.press(Qt.Key.Key_Down, on=questions)
        await self.send()

    async def send(self) -> None:
        """Press Ctrl+Enter and wait for the end of the reply."""
        await self.be_active()
        cancel = self.window.action("cancel")
        ended = self.until(cancel.enabledChanged, lambda enabled: not enabled)
        self.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await ended

    async def turn(self) -> None:
        """Let the event loop go round until what was typed is seen in the panel."""
        for _ in range(3):
            await asyncio.sleep(0)

    def until(self, signal: SignalInstance, wanted: Callable[..., bool]) -> Coroutine[Any, Any, None]:
        """Await the result to wait for a signal with a wanted value; it counts from the call on."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def take(*values: object) -> None:
            if not future.done() and wanted(*values):
                future.set_result(None)

        signal.connect(take)

        async def wait() -> None:
            try:
                await asyncio.wait_for(future, PATIENCE_S)
            finally:
                signal.disconnect(take)

        return wait()


class Usher(QObject):
    """Starts the driver when the window appears, and closes the window when the driver is done."""

    def __init__(self, driver: Driver) -> None:
        super().__init__()
        self._driver = driver
        self._task: asyncio.Task[None] | None = None
        self.error: BaseException | None = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, MainWindow) and self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._drive(watched))
        return False

    async def _drive(self, window: MainWindow) -> None:
        try:
            desk = Desk(window)
            await desk.be_active()
            await self._driver(desk)
        except BaseException as error:  # the test fails with it, after the window was closed
            self.error = error
        finally:
            window.close()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder."""
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in [name for name in os.environ if name.startswith("ANTHROPIC_")]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def play(home: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Callable[[Driver], None]:
    """Run `coldbyte` with a user at the window; the story's failure is the test's.

    The simulator answers at once: a cold prompt of the sample would take 12 seconds.
    """
    monkeypatch.setattr(window, "Surroundings", partial(Surroundings, simulator_fast=True))

    def run(driver: Driver) -> None:
        usher = Usher(driver)
        qapp.installEventFilter(usher)
        try:
            assert cli.main([]) == 0
        finally:
            qapp.removeEventFilter(usher)
        if usher.error is not None:
            raise usher.error

    return run
