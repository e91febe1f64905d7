"""One exchange read from the history's file, every byte of it looked at.

The digest of a row is that of the body and the response, its seal that of the row itself: what a damaged file
says otherwise is noticed. Rows of version 1 have neither.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from hashlib import blake2b

from coldbyte.core.history.kept_exchange import KeptExchange
from coldbyte.services.history import piece_shelf
from coldbyte.services.history.history_row import COLUMNS, Row, exchange_of
from coldbyte.services.history.piece_shelf import LostBytesError

_STORED = ("seal", "wire", "received", *COLUMNS)
_ROW = f"SELECT {', '.join(COLUMNS)} FROM exchanges WHERE id = ?"  # noqa: S608


def load(database: sqlite3.Connection, number: int, columns: Sequence[str] = _STORED) -> KeptExchange:
    """An exchange. Raise KeyError where it is not there, ValueError where it is damaged.

    `columns` are those of `present`, for a file that may be of an older version.
    """
    statement = f"SELECT {', '.join(columns)} FROM exchanges WHERE id = ?"  # noqa: S608
    row = database.execute(statement, (number,)).fetchone()
    if row is None:
        raise KeyError(number)
    seal, *recipes = row[:3]
    if seal is not None and seal != _seal_of(row[3:]):
        raise LostBytesError(f"exchange {number} has other values")
    wire, received = (piece_shelf.get(database, recipe) for recipe in recipes)
    return exchange_of(number, row[3:], wire, received)


def present(database: sqlite3.Connection) -> Sequence[str]:
    """The columns to load of a file as it is: NULL for those that its version does not have."""
    there = {row[1] for row in database.execute("PRAGMA table_info(exchanges)")}
    return [name if name in there else "NULL" for name in _STORED]


def seal(database: sqlite3.Connection, number: int) -> None:
    """Seal a row that has changed; nothing happens where it is gone."""
    row = database.execute(_ROW, (number,)).fetchone()
    if row is not None:
        database.execute("UPDATE exchanges SET seal = ? WHERE id = ?", (_seal_of(row), number))


def _seal_of(row: Row) -> bytes:
    return blake2b(repr(tuple(row)).encode(errors="surrogatepass"), digest_size=8).digest()
