"""A file of SQLite: how it is made, brought up to date and, where it is damaged, set aside.

Everything here blocks, and raises sqlite3.Error or OSError.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from errno import EACCES, EISDIR
from itertools import count
from pathlib import Path
from typing import TypeAlias

Migration: TypeAlias = "str | Callable[[sqlite3.Connection], None]"
"""What makes version n + 1 of version n: statements, each ended by a semicolon, or a function."""

BUSY_S = 5.0
"""For so long another instance may hold the file."""
_TRIES = 20

_SPOILT = {
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_ERROR,  # a table or a column is not there
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}


class NewerFileError(sqlite3.Error):
    """The file was made by a later version."""


def open_database(
    path: Path,
    migrations: Sequence[Migration],
    pragmas: Sequence[str] = (),
    first_pragmas: Sequence[str] = (),
    busy_s: float = BUSY_S,
) -> sqlite3.Connection:
    """A connection to the file, which is made or brought up to date first, for one thread at a time.

    Only its user can read it. `first_pragmas` are for an empty file; without `migrations` the file has to be
    there and is taken as it is.
    """
    if migrations:
        _make(path)
    _keep_to_its_user(path)
    uri = f"{path.absolute().as_uri()}?mode=rw"
    database = sqlite3.connect(uri, uri=True, timeout=busy_s, isolation_level=None, check_same_thread=False)
    try:
        (pages,) = database.execute("PRAGMA page_count").fetchone()
        for pragma in (*(() if pages else first_pragmas), *pragmas):
            database.execute(f"PRAGMA {pragma}")
        _use_log(database)
        database.execute("PRAGMA synchronous = FULL")
        _migrate(database, migrations)
    except BaseException:
        database.close()
        raise
    return database


@contextmanager
def alone(path: Path, wait_s: float) -> Iterator[None]:
    """Only one instance at a time is in such a block: an empty file at the path is locked, until the process
    ends at the latest. Raise sqlite3.OperationalError where another one is not ready in time.
    """
    _make(path)
    with closing(sqlite3.connect(path, timeout=wait_s, isolation_level=None)) as database:
        database.execute("BEGIN EXCLUSIVE")
        yield


def _make(path: Path) -> None:
    """An empty file, where there is none.

    One that is there is not opened: closing it again would take from SQLite the locks that this process has
    on it, and another process could then remove the log that is in use.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _keep_to_its_user(path: Path) -> None:
    """Take from others what rights they have. Raise OSError where the file can't be written."""
    if path.is_dir():
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(path))
    for ending in ("", "-wal", "-shm"):
        each = path.with_name(path.name + ending)
        with suppress(OSError):
            if each.stat().st_mode & 0o177:
                each.chmod(0o600)
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        raise PermissionError(EACCES, os.strerror(EACCES), str(path))


def _use_log(database: sqlite3.Connection) -> None:
    """Write ahead into a log. SQLite itself does not wait where another instance begins the file just now."""
    for _ in range(_TRIES):
        try:
            database.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not is_busy(error):
                raise
            with transaction(database):  # for which it waits
                pass
        else:
            return
    database.execute("PRAGMA journal_mode = WAL")


class transaction:  # noqa: N801  (used like a function)
    """All of a block, or nothing of it."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._database.execute("COMMIT")
        finally:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")


@contextmanager
def moment(database: sqlite3.Connection) -> Iterator[None]:
    """All that a block reads is of one moment, whatever others write meanwhile."""
    database.execute("BEGIN")
    try:
        yield
    finally:
        if database.in_transaction:
            database.execute("ROLLBACK")


def _migrate(database: sqlite3.Connection, migrations: Sequence[Migration]) -> None:
    """Bring a file up to date, all or nothing. Raise NewerFileError where a later version made it."""
    if not migrations or _version(database) == len(migrations):
        return  # without a lock: another instance may write just now
    with transaction(database):
        version = _version(database)
        if version > len(migrations):
            raise NewerFileError
        for number, migration in enumerate(migrations[version:], version + 1):
            if callable(migration):
                migration(database)
            else:
                for statement in migration.split(";"):
                    database.execute(statement)
            database.execute(f"PRAGMA user_version = {number}")


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def is_busy(error: Exception) -> bool:
    """Whether another instance has what is needed."""
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_spoilt(path: Path, error: Exception) -> bool:
    """Whether another file in its place would do; not where the disk is full or another instance holds it."""
    try:
        there = path.exists()
    except OSError:
        return False
    if isinstance(error, sqlite3.Error):
        return there and _code(error) in _SPOILT
    return there and isinstance(error, (PermissionError, IsADirectoryError))


def is_damaged(error: Exception) -> bool:
    """Whether the file itself is not sound, whatever else may be wrong with its place."""
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def check(database: sqlite3.Connection) -> None:
    """Look at all pages: a second for some hundred megabytes. Raise sqlite3.DatabaseError for a bad one."""
    (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise DamagedFileError(" ".join(found.split()))


class DamagedFileError(sqlite3.DatabaseError):
    """The file can be opened, but is not sound."""

    sqlite_errorcode = sqlite3.SQLITE_CORRUPT


def set_aside(path: Path) -> Path:
    """Move the file, and the log beside it that may hold more, out of the way. Raise OSError.

    The file goes last: if the program ends in between, no other file can get its log, and the next call moves
    it to the same name.
    """
    names = (path.with_name(f"{path.stem}-damaged-{n}{path.suffix}") for n in count(1))
    aside = next(name for name in names if not name.exists())
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        log.replace(aside.with_name(f"{aside.name}-wal"))
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    path.replace(aside)
    return aside


def reason_of(error: Exception) -> str:
    """Why, in the system's words."""
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)


def _code(error: Exception) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
