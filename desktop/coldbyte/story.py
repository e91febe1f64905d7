"""The main story on a real window with real key events: for machines without a display, and for pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtTest import QTest

from coldbyte.app import App
from coldbyte.state.exchange_log import Record
from coldbyte.ui.editor.block_editor import BlockEditor

_PATIENCE_S = 60
_BEFORE = "fewer than"  # the words of the sample's system prompt between which the space is exchanged


class Story:
    """Plays the steps one by one; each returns when the window shows what came of it."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def play(self) -> str:
        """Ask, ask again, break the prefix, send anyway; the verdict of the last exchange."""
        await self.open()
        await self.ask(0)
        await self.ask(1)
        await self.break_prefix()
        record = await self.ask(1)
        return record.verdict.say if record.verdict else "no verdict"

    async def open(self) -> None:
        """Show the window and wait until its editors are filled."""
        self._app.show()
        await self.settle()

    async def ask(self, row: int) -> Record:
        """Choose a question and press Ctrl+Enter; wait until the reply is complete."""
        window = self._app.window
        await self._activate()
        window.questions_pane.list.setCurrentRow(row)
        window.questions_pane.list.setFocus()
        done = _next(self._app.sending.running_changed, lambda running: not running)
        QTest.keyClick(window.questions_pane.list, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await asyncio.wait_for(done, _PATIENCE_S)
        return self._app.log.records[-1]

    async def break_prefix(self) -> None:
        """Exchange a space of the system prompt for a no-break space, as a keyboard would."""
        editor = self._system_editor()
        place = str(editor.text).index(_BEFORE) + _BEFORE.index(" ")
        cursor = editor.textCursor()
        cursor.setPosition(place)
        editor.setTextCursor(cursor)
        editor.setFocus()
        changed = _next(self._app.live.changed, lambda insight: insight is not None and insight.broken)
        QTest.keyClick(editor, Qt.Key.Key_Delete)
        QTest.keyClicks(editor, "\u00a0")
        await asyncio.wait_for(changed, _PATIENCE_S)

    async def open_document(self, path: Path) -> None:
        """Open a file as a document and wait until its editor is filled."""
        added = _next(self._app.draft.parts_changed, lambda _: True)
        self._app.open_documents([path])
        await asyncio.wait_for(added, _PATIENCE_S)
        await self.settle()

    async def settle(self) -> None:
        """Wait until the editors are filled and everything is drawn."""
        for editor in self._app.window.findChildren(BlockEditor):
            while editor.is_loading:
                await asyncio.wait_for(_next(editor.loaded, lambda *_: True), _PATIENCE_S)
        await asyncio.sleep(0)

    async def close(self) -> None:
        """Close the window and everything behind it."""
        self._app.close()
        await self._app.closed()

    def grab(self, path: Path) -> None:
        """Write a picture of the window."""
        if not self._app.window.grab().save(str(path)):
            raise OSError(f"the picture can't be written to {path}")

    async def _activate(self) -> None:
        """Have the keyboard, as a window manager would give it."""
        window = self._app.window.windowHandle()
        if not window.isActive():
            active = _next(window.activeChanged, window.isActive)
            window.requestActivate()
            await asyncio.wait_for(active, _PATIENCE_S)

    def _system_editor(self) -> BlockEditor:
        editor = self._app.window.system_pane.stack.editor
        assert editor is not None
        return editor


def _next(signal: SignalInstance, wanted: Callable[..., bool]) -> asyncio.Future[None]:
    """Done when the signal comes with a value that is wanted."""
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def take(*values: object) -> None:
        if not future.done() and wanted(*values):
            signal.disconnect(take)
            future.set_result(None)

    signal.connect(take)
    return future
