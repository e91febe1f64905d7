"""Keeps what happens to the draft while the user types, so that neither closing nor a crash loses it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from coldbyte.core.draft import Draft
from coldbyte.core.journal.record import Record
from coldbyte.core.journal.work import Work
from coldbyte.state.edit_log import EditLog
from coldbyte.state.tasks import Tasks

WAIT_MS = 250
"""After a change; then what happened until then is brought to the disk."""

_AGAIN_MS = 1_000  # after a trouble


class WorkStore(Protocol):
    """Where the working copy is kept. Everything raises an OSError with what to tell the user."""

    @property
    def is_long(self) -> bool:
        """Whether all should be written anew, so that reading it takes no time."""
        ...

    @property
    def is_grown(self) -> bool:
        """Whether anything was appended since."""
        ...

    @property
    def put_aside_folder(self) -> Path:
        """Where drafts are that gave way to another."""
        ...

    def put_aside(self, draft: Draft, question: str) -> Path:
        """Keep a draft that gives way; called in a worker thread."""
        ...

    async def append(self, records: Sequence[Record]) -> None:
        """Keep what happened; return when it is on the disk."""
        ...

    async def begin(self, records: Sequence[Record]) -> None:
        """Keep what happened; what is appended from now on is not in the work of the next `rewrite`."""
        ...

    async def rewrite(self, work: Work) -> None:
        """Write all anew, all or nothing, and behind it what was appended since `begin`."""
        ...


class Autosave(QObject):
    """Keeps each change a moment after it was made, however long the user goes on typing.

    `is_kept` says that the store has all that is open, `is_due` that it must get that even without a change.
    """

    failed = Signal(object)  # OSError, once until all is well again

    def __init__(
        self,
        log: EditLog,
        store: WorkStore,
        tasks: Tasks,
        *,
        is_kept: bool = False,
        is_due: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._log = log
        self._store = store
        self._tasks = tasks
        self._is_kept = is_kept
        self._is_due = is_due
        self._is_ailing = False
        self._turn = asyncio.Lock()
        self._shortening: asyncio.Task[None] | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self._pause = QTimer(self, singleShot=True)
        self._pause.timeout.connect(lambda: self._tasks.start("autosave", self.save()))
        log.keeps = True
        log.stirred.connect(self._wait)
        if is_due:
            self._wait()

    @property
    def put_aside_folder(self) -> Path:
        """Where drafts are kept that gave way to another."""
        return self._store.put_aside_folder

    def leave(self, work: Work) -> bool:
        """To be called before another draft takes the place of this one: keep it, if it lies nowhere else.

        Return whether it has to be kept. Where that fails, it comes back.
        """
        if self._log.has_unsaved:
            task = self._tasks.start("put the draft aside", self._put_aside(work))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)
        return self._log.has_unsaved

    async def save(self) -> bool:
        """Keep what happened until now; False where that failed."""
        self._pause.stop()
        async with self._turn:
            await self._left()
            records = self._log.take()
            if self._is_kept:
                saved = not records or await self._append(records)
            else:
                self._is_due = self._is_due or bool(records)
                saved = not self._is_due or await self._rewrite(self._log.work())
        if self._is_kept and self._store.is_long and self._shortening is None:
            self._shortening = self._tasks.start("shorten the journal", self._shorten())
        return saved

    async def finish(self) -> bool:
        """Keep everything, so that the next start reads it in no time; False where it could not be kept."""
        saved = await self.save()
        if self._shortening is not None:
            await asyncio.wait([self._shortening])
        if self._is_kept and self._store.is_grown:
            await self._shorten()
        return saved

    async def _left(self) -> None:
        """Return when no draft is being put aside, so that nothing replaces it before it is kept."""
        while self._leaving:
            await asyncio.wait(self._leaving)

    async def _put_aside(self, work: Work) -> None:
        try:
            await asyncio.to_thread(self._store.put_aside, work.draft, work.question)
        except OSError as error:
            self.failed.emit(error)
            self._log.reopen(work)

    async def _append(self, records: Sequence[Record]) -> bool:
        self._is_kept = False  # and stays so after a failure of ours: these records are gone
        self._is_kept = await self._try(self._store.append(records))
        return self._is_kept

    async def _rewrite(self, work: Work) -> bool:
        """Write all of it, in our turn: nothing is appended meanwhile."""
        if self._shortening is not None:
            await asyncio.wait([self._shortening])
        self._is_kept = await self._try(self._store.begin(())) and await self._try(self._store.rewrite(work))
        return self._is_kept

    async def _shorten(self) -> None:
        """Write all anew while the user goes on, who has been told if that fails: what there is stays."""
        try:
            async with self._turn:
                await self._left()
                records, work = self._log.take(), self._log.work()
                self._is_kept = False
                self._is_kept = await self._try(self._store.begin(records))
            if self._is_kept:
                await self._try(self._store.rewrite(work), again=False)
        finally:
            self._shortening = None

    async def _try(self, work: Awaitable[None], *, again: bool = True) -> bool:
        try:
            await work
        except OSError as error:
            if not self._is_ailing:
                self.failed.emit(error)
            self._is_ailing = True
            self._is_due = True
            if again:
                self._pause.start(_AGAIN_MS)
            return False
        self._is_ailing = False
        return True

    def _wait(self) -> None:
        if not self._pause.isActive():
            self._pause.start(WAIT_MS)
