"""The ledger's file: how it is made, read and written.

Everything here blocks, and raises sqlite3.Error or OSError.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from coldbyte.core.cache.cache import Entry
from coldbyte.core.cache.calibration import MOST_KNOWN, Known
from coldbyte.core.cache.ledger import KEPT_S
from coldbyte.core.traffic.receipt import Receipt
from coldbyte.services.database_file import BUSY_S, open_database, transaction
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
_BUSY_S = BUSY_S
_MOST_STEPS = 50_000  # of all trails that are read, so that a start takes no second
_FUTURE_S = 1.0  # less is the clock's own imprecision

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


def open_file(path: Path) -> sqlite3.Connection:
    """A connection to the file, which is made or brought up to date first, for one thread at a time."""
    return open_database(path, _MIGRATIONS, busy_s=_BUSY_S)


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
