"""A damaged history is set aside, and the exchanges that are whole are saved into a new one.

The new file is filled under one name and gets another when it is complete. Only then the damaged one is moved
away and the new one takes its place: a salvage that is cut short begins again, or is finished.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

from coldbyte.core.history.kept_exchange import KeptExchange
from coldbyte.core.history.snapshot import Snapshot
from coldbyte.services.database_file import is_busy, set_aside
from coldbyte.services.history import kept_row
from coldbyte.services.history.history_file import BUSY_S, HistoryFile
from coldbyte.services.history.history_row import snapshots_of
from coldbyte.services.history.preparation import prepare

_TOGETHER = 200  # exchanges that are written in one transaction
_MOST_GUESSED = 10_000_000  # ids that are tried where no page lists them


class StoppedError(sqlite3.Error):
    """Nobody waits for the salvage any more; the damaged file is where it was."""


def salvage(path: Path, stopped: Callable[[], bool] = lambda: False) -> tuple[Path, int, int]:
    """Save what is whole; where the damaged file went, how many exchanges were saved, how many were not.

    Raise sqlite3.Error or OSError where nothing could be changed.
    """
    begun = _named(path, "saving")
    _remove(begun)
    file = HistoryFile(begun)
    with closing(_damaged(path)) as damaged:
        try:
            saved, lost = _copy(damaged, file, stopped)
        finally:
            file.close()
        begun.replace(_named(path, "saved"))
        if sys.platform == "win32":  # where a file that is open can't be moved
            damaged.close()
        aside = finish_salvage(path)
    return aside, saved, lost


def is_unfinished(path: Path) -> bool:
    """Whether a salvage was cut short when all was saved."""
    return _named(path, "saved").exists()


def finish_salvage(path: Path) -> Path:
    """Move the damaged file away, where it still stands, and put what was saved in its place."""
    aside = set_aside(path) if path.exists() else path
    _named(path, "saved").replace(path)
    return aside


def _named(path: Path, word: str) -> Path:
    return path.with_name(f"{path.stem}-{word}{path.suffix}")


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _damaged(path: Path) -> sqlite3.Connection:
    """The damaged file, in which no other instance writes meanwhile, if that can be kept from it."""
    try:
        uri = f"{path.absolute().as_uri()}?mode=rw"
        database = sqlite3.connect(uri, uri=True, timeout=BUSY_S, isolation_level=None)
    except sqlite3.Error:  # a folder
        return sqlite3.connect(":memory:")
    try:
        database.execute("BEGIN IMMEDIATE")
    except sqlite3.Error as error:
        if is_busy(error):
            database.close()
            raise
    return database


def _copy(damaged: sqlite3.Connection, file: HistoryFile, stopped: Callable[[], bool]) -> tuple[int, int]:
    saved = lost = 0
    batch: list[tuple[KeptExchange, tuple[Snapshot, ...]]] = []
    for found in _exchanges(damaged):
        if found is None:
            lost += 1
            continue
        batch.append(found)
        saved += 1
        if len(batch) == _TOGETHER:
            file.keep([prepare(*each) for each in batch])
            batch = []
        if stopped():
            raise StoppedError("Coldbyte was closed")
    file.keep([prepare(*each) for each in batch])
    return saved, lost


def _exchanges(damaged: sqlite3.Connection) -> Iterator[tuple[KeptExchange, tuple[Snapshot, ...]] | None]:
    """Each exchange with its edits; None for one that is not whole."""
    with suppress(sqlite3.Error):
        columns = kept_row.present(damaged)
        for number in _numbers(damaged):
            try:
                yield _exchange(damaged, number, columns)
            except KeyError:
                continue
            except (sqlite3.Error, ValueError, TypeError, OverflowError):
                yield None


def _numbers(damaged: sqlite3.Connection) -> Iterator[int]:
    """The ids that the file may have, although a page that lists them is damaged."""
    last = 0
    with suppress(sqlite3.Error):
        for (number,) in damaged.execute("SELECT id FROM exchanges NOT INDEXED ORDER BY id"):
            last = number
            yield number
        return
    highest = last
    with suppress(sqlite3.Error):
        (highest,) = damaged.execute("SELECT seq FROM sqlite_sequence WHERE name = 'exchanges'").fetchone()
    yield from range(last + 1, min(highest, last + _MOST_GUESSED) + 1)


def _exchange(
    damaged: sqlite3.Connection, number: int, columns: Sequence[str]
) -> tuple[KeptExchange, tuple[Snapshot, ...]]:
    kept = kept_row.load(damaged, number, columns)
    (edits,) = damaged.execute("SELECT snapshots FROM exchanges WHERE id = ?", (number,)).fetchone()
    return kept, snapshots_of(edits)
