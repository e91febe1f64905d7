"""Title, name, note and reply of an exchange: what is searched beside its body.

The index holds no texts. To take words out of it, the texts have to be told once more, as they were.
"""

from __future__ import annotations

import sqlite3

from coldbyte.core.history.term import indexed
from coldbyte.services.history.history_row import unpacked

_TEXTS = "SELECT title, name, note, reply FROM exchanges WHERE id = ?"


def text_of(database: sqlite3.Connection, number: int) -> str:
    """All of them, each on its line; empty for an exchange that is not there."""
    row = database.execute(_TEXTS, (number,)).fetchone()
    if row is None:
        return ""
    *texts, reply = row
    return "\n".join(text for text in (*texts, unpacked(reply) if reply else "") if text)


def put(database: sqlite3.Connection, number: int) -> None:
    """Enter the words of an exchange."""
    if words := indexed(text_of(database, number)):
        database.execute("INSERT INTO cover_words (rowid, text) VALUES (?, ?)", (number, words))


def drop(database: sqlite3.Connection, number: int) -> None:
    """Take the words out again, before the texts change."""
    if words := indexed(text_of(database, number)):
        statement = "INSERT INTO cover_words (cover_words, rowid, text) VALUES ('delete', ?, ?)"
        database.execute(statement, (number, words))
