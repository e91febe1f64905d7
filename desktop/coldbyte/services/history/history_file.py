"""The history's file: exchanges in, exchanges out, and gone where they are deleted.

Everything here blocks, and raises sqlite3.Error or OSError.
"""

from __future__ import annotations

import os
import sqlite3
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from coldbyte.core.history.kept_exchange import Judgement, KeptExchange
from coldbyte.core.history.query import Nearest, Retention, Stock
from coldbyte.core.history.snapshot import Snapshot
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.services.database_file import DamagedFileError, check, open_database, transaction
from coldbyte.services.history import cover, kept_row, piece_shelf, prefix_trie
from coldbyte.services.history.history_row import COLUMNS, judgement_row, rest_of, snapshots_of, sound
from coldbyte.services.history.history_schema import FIRST_PRAGMAS, MIGRATIONS, PRAGMAS
from coldbyte.services.history.piece_shelf import LostBytesError
from coldbyte.services.history.preparation import Prepared, path_in, path_of

BUSY_S = 30.0
"""For so long another instance may write; deleting a thousand exchanges takes it some seconds."""
AT_ONCE = 1_000
"""Exchanges that are deleted in one go: others can write in between."""

_BREATH_MS = 100  # for so long a reader is waited for when the log is to be emptied
_PATHS_BYTES = 16_000_000  # of prefixes that are kept in memory
_INSERT = f"INSERT INTO exchanges ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608
_WORDS = ("piece_words", "cover_words")


class MovedFileError(sqlite3.Error):
    """Another file stands at the path by now: this one was set aside, or deleted."""


class HistoryFile:
    """One connection to the file, for one thread at a time."""

    def __init__(self, path: Path, *, only_read: bool = False) -> None:
        self.path = path
        self.database = open_database(path, () if only_read else MIGRATIONS, PRAGMAS, FIRST_PRAGMAS, BUSY_S)
        if only_read:
            self.database.execute("PRAGMA query_only = ON")
        self.is_suspect = False
        """Whether damage was met that did not keep anything from being done."""
        self._place = _place(path)
        self._paths: OrderedDict[int, bytes] = OrderedDict()
        self._paths_bytes = 0
        self._owing = False  # the log still holds what was deleted

    @property
    def is_in_place(self) -> bool:
        """Whether this is still the file that stands at its path."""
        return _place(self.path) == self._place

    def close(self) -> None:
        """Give back the file."""
        self.database.close()

    def check(self, *, thoroughly: bool) -> None:
        """Look at the newest exchange or, `thoroughly`, at all bytes. Raise sqlite3.DatabaseError."""
        self._check_size()
        if thoroughly:
            check(self.database)
        order = "id" if thoroughly else "id DESC LIMIT 1"
        rows = self.database.execute(f"SELECT id FROM exchanges ORDER BY {order}").fetchall()  # noqa: S608
        try:
            for (number,) in rows:
                self.load(number)
        except ValueError as error:
            raise DamagedFileError(str(error)) from None

    def keep(self, prepared: Sequence[Prepared]) -> list[int]:
        """Add exchanges, all or none; their ids. They are on the disk when this returns."""
        try:
            with self._change():
                numbers = [self._keep(each) for each in prepared]
        except BaseException:
            self._forget()  # their ids are given to others
            raise
        if self._owing:
            self.give_back()
        return numbers

    def load(self, number: int) -> KeptExchange:
        """Raise KeyError where it is not there, ValueError where it is damaged."""
        return kept_row.load(self.database, number)

    def snapshots(self, number: int) -> tuple[Snapshot, ...]:
        """The edits before an exchange; none for one that is not there."""
        row = self.database.execute("SELECT snapshots FROM exchanges WHERE id = ?", (number,)).fetchone()
        return snapshots_of(row[0]) if row else ()

    def nearest(self, prefix: Prefix, scope: str, before: float | None) -> Nearest | None:
        """The exchange of the same model and scope with the longest shared prefix."""
        path = path_in(scope, prefix)
        start = len(path) - prefix.size
        least = start + prefix.blocks[0].size if prefix.blocks else start
        found = prefix_trie.nearest(self.database, path, self._path_of, least, before)
        return None if found is None else Nearest(found.id, found.shared - start, found.whole)

    def annotate(self, number: int, name: str | None, note: str | None, pinned: bool | None) -> None:
        """Change what is not None."""
        texts = [
            (column, sound(text)) for column, text in (("name", name), ("note", note)) if text is not None
        ]
        values = [*texts, *([] if pinned is None else [("pinned", pinned)])]
        with self._change():
            if texts:
                cover.drop(self.database, number)
            for column, value in values:
                statement = f"UPDATE exchanges SET {column} = ? WHERE id = ?"  # noqa: S608 (constants)
                self.database.execute(statement, (value, number))
            if texts:
                cover.put(self.database, number)
                self._clean("cover_words")
            kept_row.seal(self.database, number)
        if texts:
            self.give_back()

    def judge(self, number: int, judgement: Judgement) -> None:
        """Put the judgement of an exchange; nothing happens where it is gone."""
        with self._change(), suppress(KeyError):
            rest = rest_of(replace(self.load(number), judgement=judgement))
            self.database.execute(
                "UPDATE exchanges SET effect = ?, cause = ?, price = ?, lost = ?, rest = ? WHERE id = ?",
                (*judgement_row(judgement), rest, number),
            )
            kept_row.seal(self.database, number)

    def delete(self, numbers: Sequence[int]) -> int:
        """Remove exchanges with all that only they used, until no byte of it is in the file; how many."""
        with self._change():
            gone = self._delete(numbers)
            if gone:
                self._clean(*_WORDS)
        self.give_back()
        return gone

    def retain(self, retention: Retention, now: float) -> int:
        """Delete some of what is too old or, the oldest first, too much; how many, 0 when no more is."""
        numbers: list[int] = []
        if retention.days is not None:
            numbers = self._oldest(AT_ONCE, before=now - retention.days * 86_400)
        if not numbers and retention.megabytes is not None:
            numbers = self._oldest(self._surplus(retention.megabytes * 10**6))
        return self.delete(numbers) if numbers else 0

    def stock(self) -> Stock:
        """What there is."""
        ask = self.database.execute
        number, size = ask(
            "SELECT count(*), coalesce(sum(wire_bytes + received_bytes), 0) FROM exchanges"
        ).fetchone()
        names = [
            tuple(name for (name,) in ask(f"SELECT DISTINCT {column} FROM exchanges ORDER BY 1") if name)  # noqa: S608
            for column in ("project", "model", "cause")
        ]
        files = (self.path, self.path.with_name(self.path.name + "-wal"))
        disk = sum(each.stat().st_size for each in files if each.exists())
        return Stock(number, size, disk, *names)

    def give_back(self) -> None:
        """Free pages to the system, and an empty log: it would hold what was deleted. Where somebody still
        reads what was there before, or there is no room to do it, this is done with what is kept next.
        """
        self._owing = True
        self.database.execute(f"PRAGMA busy_timeout = {_BREATH_MS}")
        with suppress(sqlite3.OperationalError):
            self.database.executescript("PRAGMA incremental_vacuum")  # steps through it, unlike execute
            (busy, *_) = self.database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            self._owing = bool(busy)
        self.database.execute(f"PRAGMA busy_timeout = {BUSY_S * 1000:.0f}")

    @contextmanager
    def _change(self) -> Iterator[None]:
        """All of a block or nothing of it, in the file that stands at the path."""
        with transaction(self.database):
            if not self.is_in_place:
                raise MovedFileError("another file stands in its place")
            yield

    def _check_size(self) -> None:
        """SQLite itself takes what a page lacks for zeros."""
        (page,) = self.database.execute("PRAGMA page_size").fetchone()
        log = self.path.with_name(self.path.name + "-wal")
        if self.path.stat().st_size % page and not (log.exists() and log.stat().st_size):
            raise DamagedFileError("it ends in the middle of a page")

    def _keep(self, prepared: Prepared) -> int:
        number = self.database.execute(_INSERT, prepared.row).lastrowid
        assert number is not None
        wire = piece_shelf.put(self.database, prepared.wire, number, searched=True)
        received = piece_shelf.put(self.database, prepared.received, number, searched=False)
        node = self._enter(number, prepared.row[0], prepared.path)
        self.database.execute(
            "UPDATE exchanges SET wire = ?, received = ?, snapshots = ?, node = ? WHERE id = ?",
            (wire, received, prepared.snapshots, node, number),
        )
        kept_row.seal(self.database, number)
        cover.put(self.database, number)
        return number

    def _enter(self, number: int, at: float, path: bytes | None) -> int | None:
        """The node of an exchange; None where it has no prefix, or that of its neighbour is damaged."""
        if path is None:
            return None
        try:
            node = prefix_trie.insert(self.database, number, at, path, self._path_of)
        except (LostBytesError, DamagedFileError):
            self.is_suspect = True
            return None
        self._remember(number, path)
        return node

    def _delete(self, numbers: Sequence[int]) -> int:
        nodes: set[int] = set()
        gone = 0
        for number in numbers:
            row = self.database.execute(
                "SELECT wire, received, node FROM exchanges WHERE id = ?", (number,)
            ).fetchone()
            if row is None:
                continue
            cover.drop(self.database, number)
            piece_shelf.drop(self.database, row[:2], number)
            self.database.execute("DELETE FROM exchanges WHERE id = ?", (number,))
            nodes.update(row[2:] if row[2] is not None else ())
            self._paths_bytes -= len(self._paths.pop(number, b""))
            gone += 1
        prefix_trie.remove(self.database, nodes)
        return gone

    def _oldest(self, number: int, before: float | None = None) -> list[int]:
        """The oldest exchanges that nobody pinned; with `before` those of a known time that began earlier."""
        old = "" if before is None else "AND started_at < ?"
        statement = f"SELECT id FROM exchanges WHERE NOT pinned {old} ORDER BY at, id LIMIT ?"  # noqa: S608
        values = (number,) if before is None else (before, number)
        return [number for (number,) in self.database.execute(statement, values)]

    def _surplus(self, most: int) -> int:
        """About how many exchanges are too much for a file of so many bytes, not counting free pages."""
        pages, free, size = (
            self.database.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        used = (pages - free) * size
        if used <= most:
            return 0
        (unpinned,) = self.database.execute("SELECT count(*) FROM exchanges WHERE NOT pinned").fetchone()
        return min(AT_ONCE, int(unpinned * (used - most) / used * 0.9) + 1)

    def _clean(self, *tables: str) -> None:
        """Merge the indexes of words: until then they hold deleted words, marked as such."""
        for table in tables:
            self.database.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608

    def _path_of(self, number: int) -> bytes:
        """The path of an exchange that is in the trie."""
        if number in self._paths:
            self._paths.move_to_end(number)
            return self._paths[number]
        try:
            kept = self.load(number)
        except KeyError:
            raise DamagedFileError(f"exchange {number} is not there") from None
        path = path_of(kept.wire, kept.headers.get("anthropic-beta", ""), kept.scope)
        if path is None:
            raise DamagedFileError(f"exchange {number} has no prefix")
        self._remember(number, path)
        return path

    def _forget(self) -> None:
        self._paths.clear()
        self._paths_bytes = 0

    def _remember(self, number: int, path: bytes) -> None:
        self._paths[number] = path
        self._paths_bytes += len(path)
        while self._paths_bytes > _PATHS_BYTES and len(self._paths) > 1:
            self._paths_bytes -= len(self._paths.popitem(last=False)[1])


def _place(path: Path) -> tuple[int, int] | None:
    """Which file stands there."""
    try:
        found = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return found.st_dev, found.st_ino
