"""The working copy on disk: what is open, with the steps of undo, kept while the user types.

One file, a journal: it begins with all of the working copy, and what happens is appended. When it has grown
long, a new one is written beside it and takes its place, so that there is a whole journal at any moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import TypeVar

from coldbyte.core.draft import Draft
from coldbyte.core.draft_file import DraftFileError, read_draft, write_draft
from coldbyte.core.journal.frame import framed
from coldbyte.core.journal.record import Record, encode
from coldbyte.core.journal.replay import Replayed, replay, salvage
from coldbyte.core.journal.work import Work, records_of
from coldbyte.core.text.text import NotUtf8Error
from coldbyte.services.text_file import FileTrouble, read_bytes, read_text
from coldbyte.services.working_copy_file import (
    NEW,
    JournalFile,
    extend,
    remove,
    set_aside,
    trouble_of,
    write_new,
    write_whole,
)

KEPT_ASIDE = 20
"""Drafts that are kept after another one took their place, the newest."""

_SHORT = 256_000  # bytes
_MOST_RECORDS = 4_000  # each takes time when the app starts

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Opened:
    """What was found, and `troubles` for the user. `is_kept`: the file holds `work` and can be appended to.

    `can_keep` is False where nothing may be written: something is in the way that must not be overwritten.
    """

    work: Work | None = None
    troubles: tuple[FileTrouble, ...] = ()
    is_kept: bool = False
    can_keep: bool = True


class WorkingCopy:
    """A folder for one user and one instance of the app; that no other uses it is up to the caller.

    `old` is the file in which earlier versions kept the draft; it is taken over once. Up to `short` bytes may
    always be appended before all is written anew. One that is `frozen` only shows what was kept.
    """

    def __init__(
        self, folder: Path, old: Path | None = None, *, short: int = _SHORT, frozen: bool = False
    ) -> None:
        self._folder = folder
        self._frozen = frozen
        self._path = folder / "working-copy.journal"
        self._old = old
        self._short = short
        self._taken_over: Path | None = None
        self._aside = Lock()  # so that no two drafts get the same name
        self._file = JournalFile(self._path)
        self._thread = ThreadPoolExecutor(1, "working copy")
        self._whole = 0  # bytes of the beginning
        self._tail = 0  # bytes of what happened since
        self._records = 0
        self._patience = 1  # grows while a new journal can't be written
        self._meanwhile: list[bytes] | None = None  # what is appended while a new journal is written

    @property
    def put_aside_folder(self) -> Path:
        """Where `put_aside` keeps drafts."""
        return self._folder / "put-aside"

    @property
    def is_long(self) -> bool:
        """Whether a new journal should be written."""
        longest = max(self._whole, self._short) * self._patience
        return self._tail > longest or self._records > _MOST_RECORDS * self._patience

    @property
    def is_grown(self) -> bool:
        """Whether anything was appended since all of the working copy was written."""
        return self._tail > 0

    def open(self) -> Opened:
        """Find what was kept; blocks. Damaged files are set aside."""
        try:
            if self._frozen:
                return self._look()
            for left in self._folder.glob(f"*{NEW}"):
                remove(left)
            return self._resume() if self._path.exists() else self._take_over()
        except OSError as error:
            return Opened(troubles=(_stays(trouble_of(error).say),), can_keep=False)

    async def append(self, records: Sequence[Record]) -> None:
        """Add what happened; on the disk when this returns. Raise FileTrouble; then `rewrite` is due."""
        await self._do(lambda: self._append(records))

    async def begin(self, records: Sequence[Record]) -> None:
        """Add what happened, as `append` does; what is appended later is missing in the work of `rewrite`."""
        await self._do(lambda: self._begin(records))

    async def rewrite(self, work: Work) -> None:
        """Write a new journal: the work as it was at `begin`, then what was appended meanwhile.

        Raise FileTrouble; then the old journal is as it was.
        """
        try:
            new, size = await asyncio.to_thread(write_new, self._path, _runs(records_of(work)))
        except OSError as error:
            await self._do(self._give_up)
            raise trouble_of(error) from None
        await self._do(lambda: self._switch(new, size))

    async def close(self) -> None:
        """Give back the file."""
        await self._do(self._file.close)
        self._thread.shutdown(wait=False)

    def put_aside(self, draft: Draft, question: str) -> Path:
        """Keep a draft that gives way to another, and forget the oldest; blocks. Raise FileTrouble."""
        folder = self.put_aside_folder
        data = write_draft(draft, question).encode(errors="replace")
        try:
            with self._aside:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                known = sorted((number, path) for path in folder.iterdir() if (number := _number(path)))
                path = folder / f"draft-{known[-1][0] + 1 if known else 1}.json"
                write_whole(path, [data])
                for _, gone in known[: max(len(known) + 1 - KEPT_ASIDE, 0)]:
                    remove(gone)
        except OSError as error:
            raise trouble_of(error) from None
        return path

    async def _do(self, work: Callable[[], T]) -> T:
        """Do something in the thread of the file. Raise FileTrouble."""
        try:
            return await asyncio.wrap_future(self._thread.submit(work))
        except OSError as error:
            raise trouble_of(error) from None

    def _append(self, records: Sequence[Record]) -> None:
        runs = list(_runs(records))
        if not runs:
            return
        self._file.append(runs)
        self._tail += sum(map(len, runs))
        self._records += len(records)
        if self._meanwhile is not None:
            self._meanwhile += runs

    def _begin(self, records: Sequence[Record]) -> None:
        self._append(records)
        self._meanwhile = []

    def _give_up(self) -> None:
        self._meanwhile = None
        self._patience *= 2

    def _switch(self, new: Path, size: int) -> None:
        """Let the new journal take the place of the old one."""
        meanwhile, self._meanwhile = self._meanwhile or [], None
        try:
            tail = extend(new, meanwhile) if meanwhile else 0
            self._file.give_way(new)
        except OSError:
            remove(new)
            self._patience *= 2
            with suppress(OSError):
                self._file.resume(self._whole + self._tail)
            raise
        self._whole, self._tail, self._records, self._patience = size, tail, 0, 1
        self._file.resume(size + tail)
        if self._taken_over is not None:
            remove(self._taken_over)
            self._taken_over = None

    def _look(self) -> Opened:
        """What was kept; all files stay as they are."""
        if self._path.exists():
            found = _find(read_bytes(self._path))
            return Opened(found.work, (_stays(found.say),) if found.say else (), can_keep=False)
        try:
            work = _read_old(self._old) if self._old and self._old.exists() else None
        except DraftFileError as error:
            return Opened(troubles=(_stays(_damaged(str(error))),), can_keep=False)
        return Opened(work, can_keep=False)

    def _resume(self) -> Opened:
        """The working copy as the last run left it."""
        found = _find(read_bytes(self._path))
        opened = self._set_aside(found) if found.say else self._go_on(found)
        trouble = self._put_old_aside(found.work)
        return opened if trouble is None else replace(opened, troubles=(*opened.troubles, trouble))

    def _go_on(self, found: _Found) -> Opened:
        """Append behind what was found, if the system lets us."""
        end, whole = found.replayed.end, found.replayed.whole
        try:
            self._file.resume(end)
        except OSError as error:
            return Opened(found.work, (_stays(trouble_of(error).say),), can_keep=False)
        self._whole, self._tail, self._records = whole, end - whole, found.replayed.records
        return Opened(found.work, is_kept=True)

    def _set_aside(self, found: _Found) -> Opened:
        """Give a damaged journal another name; where it was of use, it stays until a new one replaces it."""
        try:
            aside = set_aside(self._path, leave=found.work is not None)
        except OSError:
            return Opened(found.work, (_stays(found.say),), can_keep=False)
        return Opened(found.work, (_aside(found.say, aside),))

    def _take_over(self) -> Opened:
        """The draft as an earlier version kept it."""
        old = self._old
        if old is None or not old.exists():
            return Opened()
        try:
            work = _read_old(old)
        except DraftFileError as error:
            return Opened(troubles=(_aside(_damaged(str(error)), set_aside(old)),))
        self._taken_over = old
        return Opened(work)

    def _put_old_aside(self, work: Work | None) -> FileTrouble | None:
        """Keep another draft, which an earlier version left beside this one, and say so."""
        old = self._old
        if old is None or not old.exists():
            return None
        say = "An earlier version of Coldbyte left another draft."
        try:
            found = _read_old(old)
            aside = (
                None if work and work.draft == found.draft else self.put_aside(found.draft, found.question)
            )
            remove(old)
        except DraftFileError:
            aside = set_aside(old)
        except OSError as error:
            return FileTrouble(f"{say} {trouble_of(error).say}", remedy=f"It stays as {old}.")
        return _aside(say, aside) if aside else None


@dataclass(frozen=True, slots=True)
class _Found:
    """What a journal holds. `say` tells of its damage; `replayed` counts where there is none."""

    work: Work | None
    say: str
    replayed: Replayed


def _find(data: bytes) -> _Found:
    found = replay(data)
    if found.work is not None:
        say = f"The last changes of the draft can't be read ({found.damage})." if found.damage else ""
        return _Found(found.work, say, found)
    say = _damaged(found.damage or "it is empty")
    left = salvage(data)
    return _Found(left, f"{say} What could be read of it is open." if left else say, found)


def _read_old(path: Path) -> Work:
    """The draft in the file of an earlier version. Raise DraftFileError, or FileTrouble."""
    try:
        return Work(*read_draft(str(read_text(path))))
    except NotUtf8Error as error:
        raise DraftFileError(str(error)) from None


def _damaged(why: str) -> str:
    return f"The draft of the last run is damaged ({why})."


def _aside(say: str, aside: Path) -> FileTrouble:
    return FileTrouble(say, remedy=f"It was set aside as {aside}.")


def _stays(say: str) -> FileTrouble:
    return FileTrouble(say, remedy="The file stays as it is, and what you type now is not kept.")


def _runs(records: Sequence[Record] | Iterator[Record]) -> Iterator[bytes]:
    for record in records:
        yield from framed(encode(record))


def _number(path: Path) -> int:
    """The number of a draft that was put aside; 0 for another file."""
    name, _, number = path.stem.partition("-")
    return int(number) if name == "draft" and number.isdecimal() and path.suffix == ".json" else 0
