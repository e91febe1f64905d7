"""Every exchange, in one file that one thread writes and another reads."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

from coldbyte.core.history.kept_exchange import Judgement, KeptExchange
from coldbyte.core.history.query import Found, HistoryRow, Nearest, Query, Retention, Stock
from coldbyte.core.history.snapshot import Snapshot
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.services.database_file import (
    NewerFileError,
    alone,
    is_busy,
    is_damaged,
    is_spoilt,
    moment,
    reason_of,
)
from coldbyte.services.history import history_search, twin
from coldbyte.services.history.history_file import AT_ONCE, BUSY_S, HistoryFile, MovedFileError
from coldbyte.services.history.piece_shelf import LostBytesError
from coldbyte.services.history.preparation import prepare
from coldbyte.services.history.salvage import finish_salvage, is_unfinished, salvage
from coldbyte.services.text_file import FileTrouble

_LOSS = "Exchanges of this run are not kept."
_STEPS = 20_000  # of SQLite's machine between two looks at whether anybody still waits

T = TypeVar("T")


class HistoryStore:
    """One file, readable only by its user, that several instances may use at the same time.

    What is kept is on the disk when the call returns; a call that is cancelled is still done, unless it only
    reads. Calls that can't be done raise FileTrouble, and the file is as it was before.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._suspect = path.with_name(f"{path.name}-suspect")  # is there where the file was found damaged
        self._repairing = path.with_name(f"{path.name}-repairing")  # held by the one that sets it aside
        self._writer = ThreadPoolExecutor(1, "history-writer")
        self._reader = ThreadPoolExecutor(1, "history-reader")
        self._file: HistoryFile | None = None
        self._read_file: HistoryFile | None = None
        self._why = FileTrouble("The history is not open.", remedy=_LOSS)
        self._closed = False
        self._closing = threading.Event()

    async def open(self) -> FileTrouble | None:
        """What was wrong with the file, if anything: damaged, it is set aside and what can be saved is."""
        return await asyncio.wrap_future(self._writer.submit(self._open_or_set_aside))

    async def keep(self, exchange: KeptExchange, snapshots: Sequence[Snapshot] = ()) -> int:
        """Add an exchange and the edits before it; its id."""
        (number,) = await self._write(lambda file: file.keep([prepare(exchange, snapshots)]))
        return number

    async def keep_many(self, exchanges: Sequence[KeptExchange]) -> list[int]:
        """Add exchanges, all or none; their ids."""
        return await self._write(lambda file: file.keep([prepare(each) for each in exchanges]))

    async def held(self, exchanges: Sequence[KeptExchange], below: int | None = None) -> list[bool]:
        """For each whether it is kept already, of the ids below one."""
        return await self._read(lambda file: twin.held(file, exchanges, below))

    async def find(self, query: Query, before: HistoryRow | None = None, limit: int = 200) -> Found:
        """The newest that fit; those older than `before`, a row that was found."""
        return await self._read(lambda file: history_search.find(file.database, query, before, limit))

    async def count(self, query: Query) -> int:
        """How many fit."""
        return await self._read(lambda file: history_search.count(file.database, query))

    async def load(self, id: int) -> KeptExchange:  # noqa: A002
        """All of an exchange. Raise KeyError where it is gone."""
        return await self._read(lambda file: file.load(id))

    async def snapshots(self, id: int) -> tuple[Snapshot, ...]:  # noqa: A002
        """The edits before an exchange."""
        return await self._read(lambda file: file.snapshots(id))

    async def nearest(self, prefix: Prefix, scope: str, *, before: float | None = None) -> Nearest | None:
        """The exchange of the same model and scope that shares the longest prefix; of several one that is all
        shared, then the newest. With `before` (epoch seconds) only those that began earlier.
        """
        return await self._read(lambda file: file.nearest(prefix, scope, before))

    async def annotate(
        self,
        id: int,  # noqa: A002
        *,
        name: str | None = None,
        note: str | None = None,
        pinned: bool | None = None,
    ) -> None:
        """Change what is not None."""
        await self._write(lambda file: file.annotate(id, name, note, pinned))

    async def judge(self, id: int, judgement: Judgement) -> None:  # noqa: A002
        """Put what was forecast and what the verdict says."""
        await self._write(lambda file: file.judge(id, judgement))

    async def delete(self, ids: Sequence[int]) -> None:
        """Remove exchanges, until nothing of them is in the file; a thousand at a time."""
        steps = [ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE)]
        jobs = [self._begin(partial(HistoryFile.delete, numbers=step)) for step in steps]
        await asyncio.shield(asyncio.gather(*jobs))

    async def retain(self, retention: Retention, now: float) -> int:
        """Delete what is too old or too much; how many exchanges that were. A cancelled one goes on later."""
        total = 0
        while gone := await self._write(lambda file: file.retain(retention, now)):
            total += gone
        return total

    async def stock(self) -> Stock:
        """What there is."""
        return await self._read(lambda file: file.stock())

    async def close(self) -> None:
        """Give back the file, when all that was asked for before is done."""
        if not self._closed:
            self._closed = True
            self._closing.set()
            await asyncio.wrap_future(self._reader.submit(self._drop_reader))
            await asyncio.wrap_future(self._writer.submit(self._drop))
            self._reader.shutdown(wait=False)
            self._writer.shutdown(wait=False)

    async def _write(self, job: Callable[[HistoryFile], T]) -> T:
        return await asyncio.shield(self._begin(job))

    def _begin(self, job: Callable[[HistoryFile], T]) -> asyncio.Future[T]:
        if self._closed:
            raise FileTrouble("The history is closed.", remedy=_LOSS)
        return asyncio.wrap_future(self._writer.submit(self._do, job))

    async def _read(self, job: Callable[[HistoryFile], T]) -> T:
        if self._closed:
            raise FileTrouble("The history is closed.")
        nobody_waits = threading.Event()
        try:
            return await asyncio.wrap_future(self._reader.submit(self._look, job, nobody_waits))
        except asyncio.CancelledError:
            nobody_waits.set()
            raise

    # Everything below runs in one of the threads.

    def _do(self, job: Callable[[HistoryFile], T]) -> T:
        try:
            try:
                return self._done(job)
            except MovedFileError:  # another instance has set it aside, or somebody has deleted it
                self._drop()
                self._file = HistoryFile(self._path)
                return self._done(job)
        except (sqlite3.Error, OverflowError, ValueError, OSError) as error:
            if isinstance(error, FileTrouble):
                raise
            raise self._trouble("written", error) from error

    def _done(self, job: Callable[[HistoryFile], T]) -> T:
        if self._file is None:
            raise self._why
        result = job(self._file)
        if self._file.is_suspect:
            self._suspect.touch(0o600)
        return result

    def _look(self, job: Callable[[HistoryFile], T], nobody_waits: threading.Event) -> T:
        if self._file is None:
            raise self._why
        try:
            if self._read_file is not None and not self._read_file.is_in_place:
                self._drop_reader()
            if self._read_file is None:
                self._read_file = HistoryFile(self._path, only_read=True)
            self._read_file.database.set_progress_handler(nobody_waits.is_set, _STEPS)
            with moment(self._read_file.database):
                return job(self._read_file)
        except (sqlite3.Error, OSError, ValueError) as error:
            raise self._trouble("read", error) from error

    def _trouble(self, done: str, error: Exception) -> FileTrouble:
        say = f"The history can't be {done}: {reason_of(error)}."
        if not (is_damaged(error) or isinstance(error, LostBytesError)):
            return FileTrouble(say, remedy="The file is as it was.")
        with suppress(OSError):
            self._suspect.touch(0o600)
        return FileTrouble(say, remedy="Start Coldbyte again: what can be saved is saved into a new file.")

    def _drop(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file = None

    def _drop_reader(self) -> None:
        if self._read_file is not None:
            self._read_file.close()
        self._read_file = None

    def _open_or_set_aside(self) -> FileTrouble | None:
        try:
            trouble = self._finish() if is_unfinished(self._path) else None
            self._open()
        except (sqlite3.Error, OSError) as error:
            self._drop()
            return self._repair() if is_spoilt(self._path, error) else self._refuse(error)
        return trouble

    def _open(self) -> None:
        file = self._file = HistoryFile(self._path)
        file.check(thoroughly=self._suspect.exists())
        file.give_back()
        self._suspect.unlink(missing_ok=True)

    def _finish(self) -> FileTrouble:
        """End what was begun when the program was killed."""
        with alone(self._repairing, BUSY_S):
            finish_salvage(self._path)
        remedy = "It was set aside, and the exchanges that could be saved are in a new one."
        return FileTrouble("The history was damaged.", remedy=remedy)

    def _repair(self) -> FileTrouble | None:
        """Set the file aside, unless another instance has done so by now."""
        try:
            with alone(self._repairing, BUSY_S):
                try:
                    self._open()
                except (sqlite3.Error, OSError) as error:
                    self._drop()
                    return self._set_aside(error)
        except (sqlite3.Error, OSError) as error:
            return self._refuse(error)
        return None

    def _set_aside(self, error: Exception) -> FileTrouble:
        say = f"The history is damaged or can't be read ({reason_of(error)})."
        try:
            aside, saved, lost = salvage(self._path, self._closing.is_set)
            self._suspect.unlink(missing_ok=True)
            self._file = HistoryFile(self._path)
        except (sqlite3.Error, OSError) as again:
            remedy = f"It stays as it is ({reason_of(again)}). {_LOSS}"
            self._why = FileTrouble(say, remedy=remedy)
            return self._why
        kept = f"{saved:,} exchanges were saved" if saved else "No exchange could be saved"
        gone = f", {lost:,} could not be" if lost and saved else ""
        return FileTrouble(say, remedy=f"It was set aside as {aside}. {kept}{gone}.")

    def _refuse(self, error: Exception) -> FileTrouble:
        say = f"The history can't be opened: {reason_of(error)}."
        if isinstance(error, NewerFileError):
            say = "The history was made by a newer Coldbyte, and stays as it is."
        elif is_busy(error):
            say = "The history can't be opened: another Coldbyte is at work on it."
        self._why = FileTrouble(say, remedy=_LOSS)
        return self._why
