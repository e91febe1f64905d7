"""Where entries, receipts and token counts outlast a run: a file that one thread writes."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from coldbyte.core.cache.cache import Entry
from coldbyte.core.cache.calibration import Known
from coldbyte.core.traffic.receipt import Receipt
from coldbyte.services.database_file import NewerFileError, is_spoilt, reason_of, set_aside, transaction
from coldbyte.services.ledger_file import (
    Kept,
    drop_entries,
    open_file,
    put_entries,
    put_known,
    put_receipt,
    read_file,
)
from coldbyte.services.text_file import FileTrouble

_MOST_JOBS = 2_000  # that wait for a disk in trouble
_SET_S = 1.0  # a smaller change of the wall clock is its own imprecision
_LOSS = "What is sent now is not remembered after this run."

_log = logging.getLogger("coldbyte")

Job = Callable[[sqlite3.Connection], None]


class LedgerStore:
    """One file, readable only by its user, without any text of a prompt, key or title.

    `keep_…` returns at once; its thread writes in the order of the calls, each call all or nothing, and what
    it could not write it tries again with the next. Several instances may use the file at the same time: each
    adds its receipts, of an entry the last word stays, and each hears of the others' at its next start.

    `ahead` says by how many seconds the wall clock is ahead of the times that are given: they are kept in
    wall time, and kept anew when that clock was set. `tell` hears of trouble, in the thread, once until all
    is well again.
    """

    def __init__(
        self,
        path: Path,
        ahead: Callable[[], float] = lambda: 0.0,
        wall: Callable[[], float] = time.time,
        tell: Callable[[FileTrouble], object] = lambda _: None,
    ) -> None:
        self.tell = tell
        self._path = path
        self._ahead = ahead
        self._wall = wall
        self._thread = ThreadPoolExecutor(1, "ledger")
        self._closed = False
        self._database: sqlite3.Connection | None = None
        self._jobs: deque[Job] = deque(maxlen=_MOST_JOBS)
        self._entries: dict[bytes, Entry] = {}  # those that this run has written, to correct their times
        self._kept_ahead = 0.0
        self._ailing = False

    async def open(self) -> Kept:
        """Read what is kept; a file that is damaged or can't be read is set aside."""
        return await asyncio.wrap_future(self._thread.submit(self._open_or_set_aside))

    def keep_entries(self, entries: Iterable[Entry], gone: Iterable[bytes]) -> None:
        """Keep what is new or has changed, and forget the keys that are gone."""
        new, old = list(entries), list(gone)

        def job(database: sqlite3.Connection) -> None:
            self._entries.update((entry.key, entry) for entry in new)
            for key in old:
                self._entries.pop(key, None)
            put_entries(database, new, self._kept_ahead)
            drop_entries(database, old, self._wall())

        self._submit(job)

    def keep_receipt(self, receipt: Receipt) -> None:
        """Keep a receipt."""
        self._submit(lambda database: put_receipt(database, receipt, self._kept_ahead))

    def keep_known(self, counter: str, known: Mapping[bytes, Known]) -> None:
        """Keep what one kind of counter told of prefixes; the newest stay."""
        told = list(known.items())
        self._submit(lambda database: put_known(database, counter, told))

    async def flush(self) -> None:
        """Return when all that was given before is in the file, as far as the disk takes it."""
        if not self._closed:
            await asyncio.wrap_future(self._thread.submit(lambda: None))

    async def close(self) -> None:
        """Write what waits, then give back the file. What comes later is not kept."""
        if not self._closed:
            self._closed = True
            await asyncio.wrap_future(self._thread.submit(self._end))
            self._thread.shutdown(wait=False)

    def _submit(self, job: Job) -> None:
        if not self._closed:
            self._thread.submit(self._take, job)

    # Everything below runs in the thread.

    def _take(self, job: Job) -> None:
        if self._database is not None:
            self._jobs.append(job)
            self._work(self._database)

    def _work(self, database: sqlite3.Connection) -> None:
        """Do what waits; at the first trouble leave the rest for later."""
        while self._jobs:
            before = self._kept_ahead
            try:
                with transaction(database):
                    self._correct_times(database)
                    self._jobs[0](database)
            except sqlite3.OperationalError as error:
                self._kept_ahead = before
                self._complain(f"The ledger can't be written: {error}.")
                return
            except Exception as error:
                self._kept_ahead = before
                _log.exception("the ledger refused a row")
                self._complain(f"The ledger could not take in what was sent ({type(error).__name__}).")
            else:
                self._ailing = False
            self._jobs.popleft()

    def _complain(self, say: str) -> None:
        if not self._ailing:
            self.tell(FileTrouble(say, remedy=_LOSS))
        self._ailing = True

    def _correct_times(self, database: sqlite3.Connection) -> None:
        """Keep the times of this run's entries anew where the wall clock was set meanwhile."""
        ahead = self._ahead()
        if abs(ahead - self._kept_ahead) >= _SET_S:
            self._kept_ahead = ahead
            put_entries(database, self._entries.values(), ahead)

    def _end(self) -> None:
        self._take(lambda _: None)  # so that times are corrected
        self._drop()

    def _drop(self) -> None:
        if self._database is not None:
            self._database.close()
        self._database = None

    def _open_or_set_aside(self) -> Kept:
        try:
            return self._open()
        except (sqlite3.Error, OSError) as error:
            self._drop()
            if not is_spoilt(self._path, error):
                return Kept(trouble=_refusal(error))
            say = f"The ledger of earlier runs is damaged or can't be read ({reason_of(error)})."
        try:
            aside = set_aside(self._path)
            self._open()
        except (sqlite3.Error, OSError) as error:
            self._drop()
            return Kept(trouble=FileTrouble(say, remedy=f"It stays as it is ({reason_of(error)}). {_LOSS}"))
        return Kept(trouble=FileTrouble(say, remedy=f"It was set aside as {aside}, and a new one begun."))

    def _open(self) -> Kept:
        self._database = open_file(self._path)
        kept = read_file(self._database, self._wall())
        self._entries = {entry.key: entry for entry in kept.entries}
        return kept


def _refusal(error: Exception) -> FileTrouble:
    if isinstance(error, NewerFileError):
        return FileTrouble("The ledger was made by a newer Coldbyte, and stays as it is.", remedy=_LOSS)
    return FileTrouble(f"The ledger can't be opened: {reason_of(error)}.", remedy=_LOSS)
