"""The history: every exchange is kept when it has ended, and can be found, changed and deleted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from coldbyte.core.history.keeping import Outcome, kept_of
from coldbyte.core.history.kept_exchange import Judgement, KeptExchange
from coldbyte.core.history.query import Found, HistoryRow, Nearest, Query, Retention, Stock
from coldbyte.core.history.snapshot import Snapshot
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.state.books import Books
from coldbyte.state.tasks import Tasks


class HistoryStore(Protocol):
    """Where exchanges outlast the run. Troubles with the disk are raised as OSError with what to say."""

    async def keep(self, exchange: KeptExchange, snapshots: Sequence[Snapshot] = ()) -> int:
        """Keep an exchange; its id. It is on disk when this returns."""
        ...

    async def keep_many(self, exchanges: Sequence[KeptExchange]) -> list[int]:
        """Keep all or none of them; their ids."""
        ...

    async def held(self, exchanges: Sequence[KeptExchange], below: int | None = None) -> list[bool]:
        """For each whether it is kept already, of the ids below one."""
        ...

    async def find(self, query: Query, before: HistoryRow | None = None, limit: int = 200) -> Found:
        """Rows, newest first, those older than `before`."""
        ...

    async def count(self, query: Query) -> int:
        """How many there are."""
        ...

    async def load(self, id_: int, /) -> KeptExchange:
        """All of an exchange. Raise KeyError where it is gone."""
        ...

    async def snapshots(self, id_: int, /) -> tuple[Snapshot, ...]:
        """The edits before an exchange."""
        ...

    async def nearest(self, prefix: Prefix, scope: str, *, before: float | None = None) -> Nearest | None:
        """The exchange that shares most of a prefix."""
        ...

    async def annotate(
        self, id_: int, /, *, name: str | None = None, note: str | None = None, pinned: bool | None = None
    ) -> None:
        """Change what the user says of an exchange; None leaves it."""
        ...

    async def judge(self, id_: int, judgement: Judgement, /) -> None:
        """Put another judgement."""
        ...

    async def delete(self, ids: Sequence[int]) -> None:
        """Delete for good."""
        ...

    async def retain(self, retention: Retention, now: float) -> int:
        """Delete what is too much or too old; how many."""
        ...

    async def stock(self) -> Stock:
        """What there is."""
        ...


class History(QObject):
    """Without a store nothing is kept, and `store` is None."""

    kept = Signal(int)  # the id of an exchange that is new
    changed = Signal()  # exchanges came, went or got other words
    failed = Signal(object)  # OSError, once until keeping has worked again

    def __init__(
        self, store: HistoryStore | None, books: Books, tasks: Tasks, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.store = store
        self.is_open = store is None
        """Whether the store can be read; what is kept before waits for it."""
        self.project = ""
        """The project to which exchanges belong that are sent from now on."""
        self._books = books
        self._tasks = tasks
        self._keeping: set[asyncio.Task[None]] = set()
        self._ailing = False

    def keep(self, outcome: Outcome, snapshots: Sequence[Snapshot] = ()) -> None:
        """Keep an exchange that has ended, with the edits before it."""
        if self.store is None:
            return
        task = self._tasks.start("keep the exchange", self._keep(self.store, outcome, tuple(snapshots)))
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)

    async def settled(self) -> None:
        """Return when nothing waits to be kept any more."""
        while self._keeping:
            await asyncio.wait(self._keeping)

    async def annotate(
        self, id_: int, /, *, name: str | None = None, note: str | None = None, pinned: bool | None = None
    ) -> None:
        """Name, note, pin. Raise OSError."""
        if self.store is not None:
            await self.store.annotate(id_, name=name, note=note, pinned=pinned)
            self.changed.emit()

    async def delete(self, ids: Sequence[int]) -> None:
        """Delete for good. Raise OSError."""
        if self.store is not None:
            await self.store.delete(ids)
            self.changed.emit()

    async def retain(self, retention: Retention) -> int:
        """Delete what is older or more than wanted; how many. Raise OSError."""
        if self.store is None or retention == Retention():
            return 0
        gone = await self.store.retain(retention, self._books.clock())
        if gone:
            self.changed.emit()
        return gone

    async def _keep(self, store: HistoryStore, outcome: Outcome, snapshots: tuple[Snapshot, ...]) -> None:
        try:
            kept = await asyncio.to_thread(kept_of, outcome, self._books.catalogue, self.project)
            id_ = await store.keep(kept, snapshots)
        except OSError as error:
            if not self._ailing:
                self.failed.emit(error)
            self._ailing = True
            return
        self._ailing = False
        if outcome.exchange.number:
            self._books.log.note_kept(outcome.exchange.number, id_)
        self.kept.emit(id_)
        self.changed.emit()
