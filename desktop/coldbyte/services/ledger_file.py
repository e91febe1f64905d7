"""The ledger's file: how it is made, brought up to date, read, written and, where it is damaged, set aside.

Everything here blocks, and raises sqlite3.Error or OSError.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TypeVar

from coldbyte.core.cache.cache import Entry
from coldbyte.core.cache.calibration import MOST_KNOWN, Known
from coldbyte.core.cache.ledger import KEPT_S
from coldbyte.core.traffic.receipt import Receipt
from coldbyte.services.ledger_row import (
    ENTRY_COLUMNS,
    RECEIPT_COLUMNS,
    SCHEMA,
    Row,
    entry_of,
    entry_row,
    known_of,
    receipt_of,
    receipt_row,
)
from coldbyte.services.text_file import FileTrouble

MOST_RECEIPTS = 5_000
"""Receipts that are read when the app starts, the newest; the file keeps all."""

_MIGRATIONS: Sequence[str] = (SCHEMA,)  # the script that makes version n + 1 of version n
_MOST_STEPS = 50_000  # of all trails that are read, so that a start takes no second
_BUSY_S = 5.0  # for which another instance may hold the file
_FUTURE_S = 1.0  # less is the clock's own imprecision
_SPOILT = {
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_ERROR,  # a table or a column is not there
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}

_log = logging.getLogger("coldbyte")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kept:
    """What earlier runs left: entries that ended less than a day ago, the newest receipts, the oldest of them
    first, and what is known of prefixes by counter and key. `trouble` says what could not be read.
    """

    entries: tuple[Entry, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    known: Mapping[str, Mapping[bytes, Known]] = field(default_factory=dict)
    trouble: FileTrouble | None = None


class NewerFileError(sqlite3.Error):
    """The file was made by a later version."""


def open_file(path: Path) -> sqlite3.Connection:
    """A connection to the file, which is made or brought up to date first, for one thread at a time."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    database = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        _migrate(database)
    except BaseException:
        database.close()
        raise
    return database


class transaction:  # noqa: N801  (used like a function)
    """All of a block, or nothing of it."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._database.in_transaction:
            self._database.execute("COMMIT" if kind is None else "ROLLBACK")


def _migrate(database: sqlite3.Connection) -> None:
    """Bring a file up to date, all or nothing. Raise NewerFileError where a later version made it."""
    with transaction(database):
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version > len(_MIGRATIONS):
            raise NewerFileError
        for number, script in enumerate(_MIGRATIONS[version:], version + 1):
            for statement in script.split(";"):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {number}")


def put_entries(database: sqlite3.Connection, entries: Iterable[Entry], ahead: float) -> None:
    """Add or replace entries; `ahead` are the seconds by which the wall clock is ahead of their times."""
    marks = ", ".join("?" * len(ENTRY_COLUMNS.split(",")))
    statement = f"INSERT OR REPLACE INTO entries ({ENTRY_COLUMNS}) VALUES ({marks})"  # noqa: S608 (constants)
    database.executemany(statement, [entry_row(entry, ahead) for entry in entries])


def drop_entries(database: sqlite3.Connection, gone: Iterable[bytes], now: float) -> None:
    """Remove entries by key, and all that ended more than a day ago."""
    database.executemany("DELETE FROM entries WHERE key = ?", [(key,) for key in gone])
    database.execute("DELETE FROM entries WHERE ends_at < ?", (now - KEPT_S,))


def put_receipt(database: sqlite3.Connection, receipt: Receipt, ahead: float) -> None:
    """Add a receipt; `ahead` as for entries."""
    marks = ", ".join("?" * len(RECEIPT_COLUMNS.split(",")))
    statement = f"INSERT INTO receipts ({RECEIPT_COLUMNS}) VALUES ({marks})"  # noqa: S608 (constants)
    database.execute(statement, receipt_row(receipt, ahead))


def put_known(database: sqlite3.Connection, counter: str, told: Iterable[tuple[bytes, Known]]) -> None:
    """Add or replace what is known of prefixes; the newest `MOST_KNOWN` of a counter stay."""
    (last,) = database.execute("SELECT max(told) FROM known WHERE counter = ?", (counter,)).fetchone()
    rows = [
        (counter, key, each.more, each.how, number)
        for number, (key, each) in enumerate(told, (last or 0) + 1)
    ]
    database.executemany("INSERT OR REPLACE INTO known VALUES (?, ?, ?, ?, ?)", rows)
    database.execute(
        "DELETE FROM known WHERE counter = ?1 AND told <= "
        "(SELECT told FROM known WHERE counter = ?1 ORDER BY told DESC LIMIT 1 OFFSET ?2)",
        (counter, MOST_KNOWN),
    )


def read_file(database: sqlite3.Connection, now: float) -> Kept:
    """All that is of use; a row that makes no sense is left out, as is an entry from the future: since it was
    kept the wall clock was set back, and nobody knows for how long it lives.
    """
    stale = (now - KEPT_S, now + _FUTURE_S)
    where = "FROM entries WHERE ends_at {} ? {} started_at {} ?"
    rows = database.execute(f"SELECT {ENTRY_COLUMNS} {where.format('>=', 'AND', '<=')}", stale).fetchall()
    entries = _sensible(entry_of, rows)
    rows = database.execute("SELECT counter, key, more, how FROM known ORDER BY told").fetchall()
    known: dict[str, dict[bytes, Known]] = {}
    for counter, key, each in _sensible(known_of, rows):
        known.setdefault(counter, {})[key] = each
    receipts = _read_receipts(database)
    with transaction(database):  # not before all was read: a damaged file is left as it was found
        database.execute(f"DELETE {where.format('<', 'OR', '>')}", stale)
    return Kept(tuple(entries), receipts, known)


def _read_receipts(database: sqlite3.Connection) -> tuple[Receipt, ...]:
    """The newest receipts, the oldest of them first; the trails of the newest as far as there is room."""
    rows = database.execute(
        f"SELECT {RECEIPT_COLUMNS} FROM receipts ORDER BY started_at DESC, id DESC LIMIT ?",  # noqa: S608
        (MOST_RECEIPTS,),
    )
    room = _MOST_STEPS

    def receipt(row: Row) -> Receipt:
        nonlocal room
        found = receipt_of(row, with_trail=room > 0)
        room -= len(found.trail)
        return found

    return tuple(reversed(_sensible(receipt, rows)))


def _sensible(make: Callable[[Row], T], rows: Iterable[Row]) -> list[T]:
    found, odd = [], 0
    for row in rows:
        try:
            found.append(make(row))
        except (ValueError, TypeError):
            odd += 1
    if odd:
        _log.warning("%d rows of the ledger make no sense and are left out", odd)
    return found


def is_spoilt(path: Path, error: Exception) -> bool:
    """Whether another file in its place would do; not where the disk is full or another instance holds it."""
    try:
        there = path.exists()
    except OSError:
        return False
    if isinstance(error, sqlite3.Error):
        return there and getattr(error, "sqlite_errorcode", 0) & 0xFF in _SPOILT
    return there and isinstance(error, (PermissionError, IsADirectoryError))


def set_aside(path: Path) -> Path:
    """Move the file, and what SQLite keeps beside it, out of the way. Raise OSError."""
    names = (path.with_name(f"{path.stem}-damaged-{n}{path.suffix}") for n in count(1))
    aside = next(name for name in names if not name.exists())
    path.replace(aside)
    for ending in ("-wal", "-shm"):
        beside = path.with_name(path.name + ending)
        if beside.exists():
            beside.replace(aside.with_name(aside.name + ending))
    return aside
