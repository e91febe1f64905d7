"""Keeps the draft while the user types, so that neither closing nor a crash loses it."""

from __future__ import annotations

import asyncio
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from coldbyte.core.draft import Draft
from coldbyte.state.open_draft import OpenDraft
from coldbyte.state.tasks import Tasks

_PAUSE_MS = 800


class DraftStore(Protocol):
    """Where a draft is kept; called in a worker thread."""

    def save(self, draft: Draft, question: str) -> None:
        """Keep the draft, all or nothing. Raise an OSError with what to tell the user."""
        ...


class Autosave(QObject):
    """Saves a moment after the last change, one save at a time."""

    failed = Signal(object)  # OSError, once until a save has worked again

    def __init__(
        self, draft: OpenDraft, store: DraftStore, tasks: Tasks, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._draft = draft
        self._store = store
        self._tasks = tasks
        self._turn = asyncio.Lock()
        self._saved: tuple[Draft, str] = (draft.draft, draft.question)
        self._ailing = False
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(lambda: self._tasks.start("autosave", self.save()))
        draft.changed.connect(self._pause.start)
        draft.question_changed.connect(self._pause.start)

    async def save(self) -> bool:
        """Save now, unless nothing has changed since; False where that failed."""
        self._pause.stop()
        async with self._turn:
            now = (self._draft.draft, self._draft.question)
            if now[0] is self._saved[0] and now[1] == self._saved[1]:
                return True
            try:
                await asyncio.to_thread(self._store.save, *now)
            except OSError as error:
                if not self._ailing:
                    self.failed.emit(error)
                self._ailing = True
            else:
                self._saved = now
                self._ailing = False
            return not self._ailing
