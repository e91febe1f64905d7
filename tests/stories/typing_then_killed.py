"""The whole app with somebody who types into each pane; a second after the last key it is killed."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys

from PySide6.QtWidgets import QApplication

from coldbyte import cli
from stories.conftest import Desk, Usher


async def type_everywhere(desk: Desk) -> None:
    """Never return."""
    window = desk.window
    for pane in (window.system_pane, window.documents_pane, window.questions_pane):
        editor = pane.stack.editor
        assert editor is not None
        if editor.is_loading:
            await desk.until(editor.loaded, lambda *_: True)
        desk.put_cursor(editor, before="")
        desk.type("Mine:\u00a0é. ", on=editor)
    asyncio.get_running_loop().call_later(1, os.kill, os.getpid(), signal.SIGKILL)
    await asyncio.Event().wait()


if __name__ == "__main__":
    gc.disable()  # a QObject that a worker thread collects brings the process down
    application = QApplication(["coldbyte"])
    usher = Usher(type_everywhere)
    application.installEventFilter(usher)
    sys.exit(cli.main([]))
