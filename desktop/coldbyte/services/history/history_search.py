"""Exchanges by their words, their columns and their time, the newest first. Runs in the reader."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any

from coldbyte.core.history.query import Found, HistoryRow, Query
from coldbyte.core.history.term import Term, excerpt, folded, plain, terms_of
from coldbyte.services.history import cover, piece_shelf
from coldbyte.services.history.history_row import LISTED, listed_row, time_of
from coldbyte.services.history.piece_shelf import LostBytesError, unpack

_MEETING = 2_000  # bytes on either side of a cut
_PIECES = "SELECT rowid FROM piece_words WHERE piece_words MATCH ?"
_COVERS = "SELECT rowid FROM cover_words WHERE cover_words MATCH ?"
_HOLDERS = """
SELECT DISTINCT e.exchange FROM json_each(?) w CROSS JOIN piece_shelves s ON s.piece = w.value
CROSS JOIN shelf_exchanges e ON e.shelf = s.shelf
"""
_MANY = 3_000  # pieces that hold a word: from then on each exchange is asked whether it has one of them


def find(database: sqlite3.Connection, query: Query, before: HistoryRow | None, limit: int) -> Found:
    """The newest rows that fit, those older than `before`."""
    search = _Search(database, query)
    rows: list[HistoryRow] = []
    for row in search.rows(before):
        if len(rows) == limit:
            return Found(tuple(rows), True)
        rows.append(listed_row(row, search.excerpt(row[0])))
    return Found(tuple(rows), False)


def count(database: sqlite3.Connection, query: Query) -> int:
    """How many fit."""
    search = _Search(database, query)
    if not search.terms:
        statement = f"SELECT count(*) FROM exchanges WHERE {search.where}"  # noqa: S608 (constants)
        (number,) = database.execute(statement, search.values).fetchone()
        return int(number)
    return sum(1 for _ in search.rows(None))


class _Search:
    def __init__(self, database: sqlite3.Connection, query: Query) -> None:
        self._database = database
        self.terms = terms_of(query.text)
        self.where, self.values = _conditions(query)
        self._pieces_with: dict[str, set[int]] = {}  # of an entry of the index
        self._shelves: dict[int, list[int]] = {}
        self._proven: dict[tuple[object, ...], bool] = {}
        self._frequent: list[tuple[set[int], set[int]]] = []  # pieces and covers that hold a frequent word
        if self.terms and (holders := self._holders()) is not None:
            self.where += " AND id IN (SELECT value FROM json_each(?))"
            self.values = [*self.values, json.dumps(sorted(holders))]

    def rows(self, before: HistoryRow | None) -> Iterator[Sequence[Any]]:
        """What fits of `LISTED`, the newest first."""
        where, values = self.where, list(self.values)
        if before is not None:
            where += " AND (at, id) < (?, ?)"
            values += [time_of(before.started_at), before.id]
        columns = ", ".join(LISTED)
        statement = f"SELECT {columns} FROM exchanges WHERE {where} ORDER BY at DESC, id DESC"  # noqa: S608
        loose = [term for term in self.terms if term.loose]
        for row in self._database.execute(statement, values):
            if all(self._has(row[0], *sets) for sets in self._frequent) and all(
                self._holds(row[0], term) for term in loose
            ):
                yield row

    def excerpt(self, number: int) -> str:
        """The surroundings of the first hit; none where the text can't be read."""
        if not self.terms:
            return ""
        first = [self._with(_matches(term)[0]) for term in self.terms]
        for piece in self._pieces(number):
            if any(piece in pieces for pieces in first):
                with suppress(LostBytesError):
                    text = plain(piece_shelf.read_piece(self._database, piece))
                    if found := excerpt(text, self.terms):
                        return found
        return excerpt(cover.text_of(self._database, number), self.terms)

    def _holders(self) -> set[int] | None:
        """Exchanges that hold all words that are not frequent; None where all are."""
        found: set[int] | None = None
        for match in dict.fromkeys(match for term in self.terms for match in _matches(term)):
            pieces, covers = self._with(match), self._numbers(_COVERS, match)
            if len(pieces) > _MANY:
                self._frequent.append((pieces, covers))
                continue
            here = covers | self._numbers(_HOLDERS, json.dumps(sorted(pieces)))
            found = here if found is None else found & here
            if not found:
                break
        return found

    def _with(self, match: str) -> set[int]:
        """The pieces that hold an entry of the index."""
        if match not in self._pieces_with:
            self._pieces_with[match] = self._numbers(_PIECES, match)
        return self._pieces_with[match]

    def _numbers(self, statement: str, value: str) -> set[int]:
        return {number for (number,) in self._database.execute(statement, (value,))}

    def _has(self, number: int, pieces: set[int], covers: set[int]) -> bool:
        return number in covers or not pieces.isdisjoint(self._pieces(number))

    def _holds(self, number: int, term: Term) -> bool:
        """Whether the words of a term stand together in an exchange, be it across a cut."""
        pieces = self._pieces(number)
        together, first = self._candidates(term)
        if any(piece in together and self._proves(term, (piece,)) for piece in pieces):
            return True
        if any(one in first and self._proves(term, (one, two)) for one, two in pairwise(pieces)):
            return True
        return bool(term.pattern.search(folded(cover.text_of(self._database, number))))

    def _candidates(self, term: Term) -> tuple[set[int], set[int]]:
        """The pieces that hold all words of a term, and those that hold its first one."""
        sets = [self._with(match) for match in _matches(term)]
        key = " ".join(_matches(term))
        if key not in self._pieces_with:
            self._pieces_with[key] = set.intersection(*sets)
        return self._pieces_with[key], sets[0]

    def _proves(self, term: Term, pieces: tuple[int, ...]) -> bool:
        """Whether the words stand together in a piece, or where two of them meet."""
        key = (term, *pieces)
        if key not in self._proven:
            texts = [piece_shelf.read_piece(self._database, piece) for piece in pieces]
            if len(texts) == 2:
                texts = [texts[0][-_MEETING:], texts[1][:_MEETING]]
            self._proven[key] = bool(term.pattern.search(folded(plain(b"".join(texts)))))
        return self._proven[key]

    def _pieces(self, number: int) -> list[int]:
        """The pieces of an exchange, as far as they can be found."""
        row = self._database.execute("SELECT wire FROM exchanges WHERE id = ?", (number,)).fetchone()
        return [piece for shelf in unpack(row[0]) for piece in self._shelf(shelf)] if row else []

    def _shelf(self, shelf: int) -> list[int]:
        if shelf not in self._shelves:
            row = self._database.execute("SELECT pieces FROM shelves WHERE id = ?", (shelf,)).fetchone()
            self._shelves[shelf] = list(unpack(row[0])) if row else []
        return self._shelves[shelf]


def _matches(term: Term) -> list[str]:
    """What the index is asked for: each entry by itself."""
    found = [f'"{gram}"' for gram in term.grams]
    if term.begun:
        found[-1] += "*"
    return found


def _conditions(query: Query) -> tuple[str, list[Any]]:
    parts: list[str] = ["1"]
    values: list[Any] = []
    many = (("project", query.projects), ("model", query.models), ("cause", query.causes))
    for column, wanted in (*many, ("effect", query.effects), ("origin", query.origins)):
        if wanted:
            parts.append(f"{column} IN ({', '.join('?' * len(wanted))})")
            values += wanted
    for column, exact in (("conversation", query.conversation), ("scope", query.scope)):
        if exact:
            parts.append(f"{column} = ?")
            values.append(exact)
    for condition, value in (("at >= ?", query.since), ("at < ?", query.until)):
        if value is not None:
            parts += [condition, "started_at NOT NULL"]
            values.append(value)
    if query.least_price is not None:
        parts.append("CAST(price AS REAL) >= ?")
        values.append(float(query.least_price))
    if query.lossy:
        parts.append("CAST(lost AS REAL) > 0")
    if query.pinned:
        parts.append("pinned")
    return " AND ".join(parts), values
