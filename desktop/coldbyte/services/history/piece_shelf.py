"""Bytes in the history's file: each piece once, compressed; pieces that follow each other stand on a shelf.

A long conversation is a few shelves that its turns share, and one that is new. Everything here runs in the
writer's transaction or in a reader, and raises sqlite3.Error.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b

from coldbyte.core.history.piece import cut, cut_large
from coldbyte.core.history.term import indexed, plain

_SHELF_END = 16  # a piece whose number it divides is the last of its shelf
_MOST_ON_SHELF = 128
_RAW = b"\0"  # before bytes that compression would only lengthen

Pieces = Sequence[tuple[bytes, bytes]]
"""Digest and bytes of each piece."""


class LostBytesError(ValueError):
    """The file is damaged: a piece is not there, or is another one."""


def pieces_of(data: bytes, *, searched: bool) -> Pieces:
    """The pieces of a body; of one that is not `searched`, large ones. Blocks, and needs no file."""
    person = b"searched" if searched else b"kept"
    parts = cut(data) if searched else cut_large(data)
    return [(blake2b(part, digest_size=16, person=person).digest(), part) for part in parts]


def put(database: sqlite3.Connection, pieces: Pieces, exchange: int, *, searched: bool) -> bytes:
    """Store what is not there yet; the recipe from which `get` makes the bytes again."""
    known: dict[bytes, int] = {}
    numbers = []
    for digest, data in pieces:
        number = known.get(digest)
        if number is None:
            number = known[digest] = _put_piece(database, digest, data, searched=searched)
        numbers.append(number)
    shelves = [_put_shelf(database, shelf) for shelf in _shelved(numbers)]
    rows = [(shelf, exchange) for shelf in dict.fromkeys(shelves)]
    database.executemany("INSERT OR IGNORE INTO shelf_exchanges VALUES (?, ?)", rows)
    return pack(shelves)


def get(database: sqlite3.Connection, recipe: bytes) -> bytes:
    """The bytes of a recipe. Raise LostBytesError where they are not all there."""
    return b"".join(read_piece(database, number) for number in piece_numbers(database, recipe))


def piece_numbers(database: sqlite3.Connection, recipe: bytes) -> list[int]:
    """The pieces of a recipe, in their order. Raise LostBytesError where a shelf is not there."""
    found: list[int] = []
    for shelf in unpack(recipe):
        row = database.execute("SELECT pieces FROM shelves WHERE id = ?", (shelf,)).fetchone()
        if row is None:
            raise LostBytesError(f"shelf {shelf} is not there")
        found += unpack(row[0])
    return found


def read_piece(database: sqlite3.Connection, number: int) -> bytes:
    """The bytes of one piece. Raise LostBytesError where they are not there, or others are."""
    row = database.execute("SELECT digest, data FROM pieces WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise LostBytesError(f"piece {number} is not there")
    digest, data = row
    try:
        plain_data = bytes(data[1:]) if data[:1] == _RAW else zlib.decompress(data)
    except zlib.error as error:
        raise LostBytesError(f"piece {number}: {error}") from None
    for person in (b"searched", b"kept"):
        if blake2b(plain_data, digest_size=16, person=person).digest() == digest:
            return plain_data
    raise LostBytesError(f"piece {number} has other bytes")


def drop(database: sqlite3.Connection, recipes: Iterable[bytes], exchange: int) -> None:
    """Remove what only this exchange used, also from the index of words."""
    for shelf in {shelf for recipe in recipes for shelf in unpack(recipe)}:
        database.execute("DELETE FROM shelf_exchanges WHERE shelf = ? AND exchange = ?", (shelf, exchange))
        used = database.execute("SELECT 1 FROM shelf_exchanges WHERE shelf = ? LIMIT 1", (shelf,)).fetchone()
        if used is None:
            _drop_shelf(database, shelf)


def pack(numbers: Iterable[int]) -> bytes:
    """Whole numbers in few bytes: the steps from each to the next, small ones in one byte."""
    packed = bytearray()
    last = 0
    for number in numbers:
        step = number - last
        last = number
        rest = step * 2 if step >= 0 else -step * 2 - 1
        while rest > 127:
            packed.append(rest & 127 | 128)
            rest >>= 7
        packed.append(rest)
    return bytes(packed)


def unpack(packed: bytes) -> Iterator[int]:
    """The numbers that were packed."""
    number = rest = shift = 0
    for byte in packed:
        rest |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            number += -(rest + 1 >> 1) if rest & 1 else rest >> 1
            yield number
            rest = shift = 0


def _put_piece(database: sqlite3.Connection, digest: bytes, data: bytes, *, searched: bool) -> int:
    row = database.execute("SELECT id FROM pieces WHERE digest = ?", (digest,)).fetchone()
    if row:
        return int(row[0])
    small = zlib.compress(data, 1)
    stored = small if len(small) <= len(data) else _RAW + data
    number = database.execute("INSERT INTO pieces (digest, data) VALUES (?, ?)", (digest, stored)).lastrowid
    assert number is not None
    if searched:
        statement = "INSERT INTO piece_words (rowid, text) VALUES (?, ?)"
        database.execute(statement, (number, indexed(plain(data))))
    return number


def _shelved(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    start = 0
    for place, number in enumerate(numbers, 1):
        if number % _SHELF_END == 0 or place - start == _MOST_ON_SHELF:
            yield numbers[start:place]
            start = place
    if start < len(numbers):
        yield numbers[start:]


def _put_shelf(database: sqlite3.Connection, numbers: Sequence[int]) -> int:
    packed = pack(numbers)
    row = database.execute("SELECT id FROM shelves WHERE pieces = ?", (packed,)).fetchone()
    if row:
        return int(row[0])
    shelf = database.execute("INSERT INTO shelves (pieces) VALUES (?)", (packed,)).lastrowid
    assert shelf is not None
    rows = [(number, shelf) for number in dict.fromkeys(numbers)]
    database.executemany("INSERT INTO piece_shelves VALUES (?, ?)", rows)
    return shelf


def _drop_shelf(database: sqlite3.Connection, shelf: int) -> None:
    row = database.execute("SELECT pieces FROM shelves WHERE id = ?", (shelf,)).fetchone()
    database.execute("DELETE FROM shelves WHERE id = ?", (shelf,))
    for number in set(unpack(row[0])) if row else ():
        database.execute("DELETE FROM piece_shelves WHERE piece = ? AND shelf = ?", (number, shelf))
        used = database.execute("SELECT 1 FROM piece_shelves WHERE piece = ? LIMIT 1", (number,)).fetchone()
        if used is None:
            _drop_piece(database, number)


def _drop_piece(database: sqlite3.Connection, number: int) -> None:
    data = read_piece(database, number)
    (digest,) = database.execute("SELECT digest FROM pieces WHERE id = ?", (number,)).fetchone()
    if digest == blake2b(data, digest_size=16, person=b"searched").digest():
        statement = "INSERT INTO piece_words (piece_words, rowid, text) VALUES ('delete', ?, ?)"
        database.execute(statement, (number, indexed(plain(data))))
    database.execute("DELETE FROM pieces WHERE id = ?", (number,))
