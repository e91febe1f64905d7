"""Which exchange shares most of its prefix with a given one: a trie that holds only the places where prefixes
part (Morrison's PATRICIA).

A node stands for the bytes up to `depth`; its children differ in the next byte. The bytes between are not
stored: one walk down by the bytes at the nodes, one comparison with the prefix of an exchange below, and it
is known how much the nearest shares. So an exchange costs two rows, however long its prefix is. The path of
an exchange is its scope, 0xFF, and its canonical prefix, whose first record is the model.

Everything here runs in the writer's transaction or in a reader, and raises sqlite3.Error.
"""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from coldbyte.core.text.text import first_differing_byte

PathOf = Callable[[int], bytes]
"""The path of an exchange by its id. May raise ValueError."""

_ROOT = 1
_MOST_STEPS = 2_000  # when the newest of many is looked for among those before a moment
_WALK = """
WITH RECURSIVE walk (id, depth, newest, newest_at, oldest, oldest_at) AS (
  SELECT id, depth, newest, newest_at, oldest, oldest_at FROM nodes WHERE id = 1
  UNION ALL
  SELECT n.id, n.depth, n.newest, n.newest_at, n.oldest, n.oldest_at FROM walk
  JOIN nodes n ON n.parent = walk.id AND n.byte = substr(?1, walk.depth + 1, 1)
  WHERE walk.depth < length(?1)
) SELECT * FROM walk
"""
_SUMS = "UPDATE nodes SET newest_at = ?, newest = ?, oldest_at = ?, oldest = ? WHERE id = ?"


@dataclass(frozen=True, slots=True)
class _Node:
    id: int
    depth: int
    newest: int | None
    newest_at: float
    oldest: int | None
    oldest_at: float


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An exchange, how many bytes of the path it shares, and whether that is all of its own path."""

    id: int
    shared: int
    whole: bool


def insert(database: sqlite3.Connection, exchange: int, at: float, path: bytes, path_of: PathOf) -> int:
    """Enter an exchange, which began `at`; the node to which it belongs."""
    walk = _walk(database, path)
    other = _representative(walk, path_of)
    shared = first_differing_byte(path, other)
    upper = [node for node in walk if node.depth <= shared]
    if upper[-1].depth < shared:
        last, lower = upper[-1], walk[len(upper)]
        byte = path[last.depth : last.depth + 1]
        upper.append(_split(database, last, lower, byte, other, shared))
    if shared < len(path):
        leaf = _add(database, upper[-1].id, path[shared : shared + 1], len(path))
        upper.append(_Node(leaf, len(path), None, 0, None, 0))
    _note(database, upper, exchange, at)
    return upper[-1].id


def remove(database: sqlite3.Connection, nodes: Iterable[int]) -> None:
    """Tidy up after exchanges of these nodes have gone: nodes without exchanges go, sums are made anew."""
    waiting: list[tuple[int, int]] = []
    seen: set[int] = set()

    def push(number: int) -> None:
        row = database.execute("SELECT depth FROM nodes WHERE id = ?", (number,)).fetchone()
        if row and number not in seen:
            seen.add(number)
            heapq.heappush(waiting, (-row[0], number))

    for number in nodes:
        push(number)
    while waiting:  # the deepest first, so that each is looked at once
        number = heapq.heappop(waiting)[1]
        (parent,) = database.execute("SELECT parent FROM nodes WHERE id = ?", (number,)).fetchone()
        _tidy(database, number)
        if parent is not None:
            push(parent)


def nearest(
    database: sqlite3.Connection, path: bytes, path_of: PathOf, least: int, before: float | None
) -> Neighbour | None:
    """The exchange that shares most, and at least `least` bytes; None where there is none.

    Of several one whose own path ends there comes first, then the newest. Only those that began before
    `before` count, where it is given.
    """
    walk = _walk(database, path)
    shared = first_differing_byte(path, _representative(walk, path_of))
    for index in range(len(walk) - 1, -1, -1):
        node = walk[index]
        above = walk[index - 1].depth if index else -1
        if above >= shared and index:  # the node above shares all that this one does
            continue
        common = min(shared, node.depth)
        if common < least:
            return None
        found = _best(database, node, whole=node.depth <= shared, before=before)
        if found is not None:
            return Neighbour(found[0], common, found[1])
    return None


def _best(
    database: sqlite3.Connection, node: _Node, *, whole: bool, before: float | None
) -> tuple[int, bool] | None:
    limit = float("inf") if before is None else before
    if whole:
        row = database.execute(
            "SELECT id FROM exchanges WHERE node = ? AND at < ? ORDER BY at DESC, id DESC LIMIT 1",
            (node.id, limit),
        ).fetchone()
        if row:
            return int(row[0]), True
    if node.newest is None or node.oldest is None or node.oldest_at >= limit:
        return None
    if node.newest_at < limit:
        return node.newest, False
    found = _newest_below(database, node, limit) or _newest_of_all(database, node, limit)
    return (node.oldest if found is None else found), False


def _newest_below(database: sqlite3.Connection, node: _Node, limit: float) -> int | None:
    """The newest exchange below a node that began before `limit`; None where the search gets long."""
    waiting: list[tuple[float, int, int]] = [(-node.newest_at, -(node.newest or 0), node.id)]
    for _ in range(_MOST_STEPS // 4):
        if not waiting:
            return None
        at, newest, number = heapq.heappop(waiting)
        if -at < limit:
            return -newest
        own = database.execute(
            "SELECT at, id FROM exchanges WHERE node = ? AND at < ? ORDER BY at DESC, id DESC LIMIT 1",
            (number, limit),
        ).fetchall()
        below = database.execute(
            "SELECT newest_at, newest, id FROM nodes WHERE parent = ? AND oldest_at < ?", (number, limit)
        ).fetchall()
        for place, row in enumerate((*own, *below)):
            last = -1 if place < len(own) else row[2]
            heapq.heappush(waiting, (-row[0], -row[1], last))
    return None


def _newest_of_all(database: sqlite3.Connection, node: _Node, limit: float) -> int | None:
    """The same, from the newest of all exchanges on: where many are below the node, one is met soon."""
    below = {node.id: True}
    rows = database.execute(
        "SELECT id, node FROM exchanges WHERE at < ? AND node IS NOT NULL ORDER BY at DESC, id DESC LIMIT ?",
        (limit, _MOST_STEPS),
    )
    for exchange, number in rows:
        climbed = []
        while number is not None and number not in below:
            climbed.append(number)
            row = database.execute("SELECT parent FROM nodes WHERE id = ?", (number,)).fetchone()
            number = row[0] if row else None
        inside = below.get(number, False) if number is not None else False
        below.update(dict.fromkeys(climbed, inside))
        if inside:
            return int(exchange)
    return None


def _walk(database: sqlite3.Connection, path: bytes) -> list[_Node]:
    """From the root down by the bytes at the nodes; the last one may be deeper than the path is long."""
    return [_Node(*row) for row in database.execute(_WALK, (path,))]


def _representative(walk: Sequence[_Node], path_of: PathOf) -> bytes:
    """The path of an exchange below the last node: no other shares more."""
    newest = walk[-1].newest
    return b"" if newest is None else path_of(newest)


def _split(
    database: sqlite3.Connection, upper: _Node, lower: _Node, byte: bytes, other: bytes, depth: int
) -> _Node:
    """A new node between two, at `depth`; it has all that the lower one has, on whose way `other` lies."""
    database.execute("UPDATE nodes SET parent = NULL WHERE id = ?", (lower.id,))
    number = _add(database, upper.id, byte, depth)
    fork = other[depth : depth + 1]
    database.execute("UPDATE nodes SET parent = ?, byte = ? WHERE id = ?", (number, fork, lower.id))
    made = _Node(number, depth, lower.newest, lower.newest_at, lower.oldest, lower.oldest_at)
    database.execute(_SUMS, (made.newest_at, made.newest, made.oldest_at, made.oldest, number))
    return made


def _add(database: sqlite3.Connection, parent: int, byte: bytes, depth: int) -> int:
    statement = "INSERT INTO nodes (parent, byte, depth) VALUES (?, ?, ?)"
    number = database.execute(statement, (parent, byte, depth)).lastrowid
    assert number is not None
    return number


def _note(database: sqlite3.Connection, nodes: Sequence[_Node], exchange: int, at: float) -> None:
    """Tell all nodes on the way of a new exchange."""
    this = (at, exchange)
    rows = []
    for node in nodes:
        newest = this if node.newest is None else max(this, (node.newest_at, node.newest))
        oldest = this if node.oldest is None else min(this, (node.oldest_at, node.oldest))
        if this in (newest, oldest):
            rows.append((*newest, *oldest, node.id))
    database.executemany(_SUMS, rows)


def _tidy(database: sqlite3.Connection, number: int) -> None:
    parent, byte = database.execute("SELECT parent, byte FROM nodes WHERE id = ?", (number,)).fetchone()
    own = database.execute(
        "SELECT max(at), id FROM exchanges INDEXED BY exchanges_by_node WHERE node = ?", (number,)
    ).fetchone()
    below = database.execute("SELECT id FROM nodes WHERE parent = ? LIMIT 2", (number,)).fetchall()
    if parent is None or own[1] is not None or len(below) > 1:
        _sum_up(database, number)
        return
    database.execute("DELETE FROM nodes WHERE id = ?", (number,))
    for (child,) in below:
        database.execute("UPDATE nodes SET parent = ?, byte = ? WHERE id = ?", (parent, byte, child))


def _sum_up(database: sqlite3.Connection, number: int) -> None:
    """Find the newest and the oldest exchange below a node anew."""
    row: list[float | int | None] = []
    for which, order in (("newest", "DESC"), ("oldest", "ASC")):
        found = database.execute(
            "SELECT * FROM (SELECT at, id FROM exchanges WHERE node = ?1"  # noqa: S608 (constants)
            f" ORDER BY at {order}, id {order} LIMIT 1)"
            f" UNION ALL SELECT {which}_at, {which} FROM nodes WHERE parent = ?1 AND {which} IS NOT NULL"
            f" ORDER BY 1 {order}, 2 {order} LIMIT 1",
            (number,),
        ).fetchone()
        row += found or (None, None)
    database.execute(_SUMS, (*row, number))
