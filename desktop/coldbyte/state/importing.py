"""An import: read in a thread, judged, kept in the history, told at the end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from coldbyte.core.history.ancestor import Ancestors
from coldbyte.core.history.kept_exchange import KeptExchange, Remark
from coldbyte.state.books import Books
from coldbyte.state.history import History
from coldbyte.state.tasks import Tasks

_BATCH = 64  # exchanges that are kept at once
_BATCH_BYTES = 16 * 1024 * 1024
_TOLD_S = 0.2  # between two words of progress
_REMARKS = 5_000  # that are listed; what is beyond is counted

Tell = Callable[[int, int], None]


class Import(Protocol):
    """Something to import: reads it in the thread that asks for the next of what it holds."""

    def __call__(self, tell: Tell, cancelled: Callable[[], bool]) -> Iterator[KeptExchange | Remark]:
        """`tell` is given the bytes read and all bytes; once `cancelled` says so, it ends with an error."""
        ...


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """Bytes read of all bytes, and the exchanges found so far."""

    done: int
    total: int
    exchanges: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import came to: `exchanges` that are new, and those `known` that the history had before.

    `only` is the exchange where there was one alone; `more` are the remarks that are not listed. Of an
    import that was cancelled or met `trouble` nothing is kept, unless it could not be taken back.
    """

    title: str
    exchanges: int = 0
    known: int = 0
    remarks: tuple[Remark, ...] = ()
    more: int = 0
    only: KeptExchange | None = None
    cancelled: bool = False
    trouble: str = ""

    def count(self, kind: str) -> int:
        """The listed remarks of a kind."""
        return sum(remark.kind == kind for remark in self.remarks)


class Importing(QObject):
    """One import at a time."""

    progressed = Signal(object)  # ImportProgress
    finished = Signal(object)  # ImportReport

    def __init__(self, history: History, books: Books, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history, self._books, self._tasks = history, books, tasks
        self._stop = threading.Event()
        self._running = False

    @property
    def running(self) -> bool:
        """Whether an import is under way."""
        return self._running

    def start(self, title: str, read: Import) -> bool:
        """Begin; False where one is under way."""
        if self._running:
            return False
        self._running = True
        self._stop = threading.Event()
        self._tasks.start("import", self._run(title, read, self._stop))
        return True

    def cancel(self) -> None:
        """End the import; what it kept so far is taken back."""
        self._stop.set()

    async def _run(self, title: str, read: Import, stop: threading.Event) -> None:
        work = _Work(read, Ancestors(self._books.catalogue, self._books.clock()), stop)
        ids: list[int] = []
        trouble = ""
        try:
            while (batch := await self._batch(work)) is not None and not stop.is_set():
                ids += await self._keep(batch, work, ids)
                self._tell(work)
        except OSError as error:
            trouble = str(error)
        except asyncio.CancelledError:
            stop.set()
            await self._take_back(ids)
            raise
        finally:
            self._running = False
        gone = stop.is_set() or bool(trouble)
        left: Sequence[int] = ()
        if gone:
            try:
                await self._take_back(ids)
            except OSError as error:
                trouble, left = trouble or str(error), ids
        if ids:
            self._history.changed.emit()
        self.finished.emit(
            ImportReport(
                title,
                len(left) if gone else work.exchanges - work.known,
                0 if gone else work.known,
                tuple(work.remarks),
                work.more,
                work.only if work.exchanges == 1 and not gone else None,
                stop.is_set(),
                trouble,
            )
        )

    async def _batch(self, work: _Work) -> list[KeptExchange] | None:
        """The next exchanges; progress is told while they are read and judged."""
        batch = asyncio.get_running_loop().run_in_executor(None, work.batch)
        while not (await asyncio.wait({batch}, timeout=_TOLD_S))[0]:
            self._tell(work)
        return batch.result()

    def _tell(self, work: _Work) -> None:
        self.progressed.emit(ImportProgress(*work.place, work.exchanges))

    async def _keep(self, batch: Sequence[KeptExchange], work: _Work, ids: Sequence[int]) -> list[int]:
        """Keep what was not in the history before this import."""
        store = self._history.store
        if store is None or not batch:
            return []
        known = await store.held(batch, ids[0] if ids else None)
        work.known += sum(known)
        return await store.keep_many([one for one, held in zip(batch, known, strict=True) if not held])

    async def _take_back(self, ids: Sequence[int]) -> None:
        if ids and self._history.store is not None:
            await self._history.store.delete(ids)


class _Work:
    """What is done in threads, one call after the other."""

    def __init__(self, read: Import, ancestors: Ancestors, stop: threading.Event) -> None:
        self.place = (0, 0)
        self.exchanges = self.known = self.more = 0
        self.remarks: list[Remark] = []
        self.only: KeptExchange | None = None
        self._ancestors = ancestors
        self._stop = stop
        self._found = read(self._tell, stop.is_set)

    def batch(self) -> list[KeptExchange] | None:
        """The next exchanges, perhaps none; None at the end, and after a wish to stop."""
        batch: list[KeptExchange] = []
        size = looked = 0
        ended = True
        while (found := self._next()) is not None:
            looked += 1
            if isinstance(found, Remark):
                self._note(found)
            else:
                judged = self._ancestors.judged(found)
                self.exchanges += 1
                self.only = judged
                batch.append(judged)
                size += len(judged.wire) + len(judged.received)
            if len(batch) >= _BATCH or size >= _BATCH_BYTES or looked >= _BATCH * 16:
                ended = False
                break
        return None if ended and not batch else batch

    def _next(self) -> KeptExchange | Remark | None:
        if self._stop.is_set():
            return None
        try:
            return next(self._found, None)
        except OSError:
            raise
        except Exception:
            if self._stop.is_set():  # that is how a wish to stop ends a reading
                return None
            raise

    def _note(self, remark: Remark) -> None:
        if len(self.remarks) < _REMARKS:
            self.remarks.append(remark)
        else:
            self.more += 1

    def _tell(self, done: int, total: int) -> None:
        self.place = (done, total)
