"""A file of SQLite: made for its user only, brought up to date or left alone, looked at for damage."""

from __future__ import annotations

import sqlite3
import stat
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from coldbyte.services.database_file import (
    DamagedFileError,
    NewerFileError,
    alone,
    check,
    is_busy,
    is_damaged,
    is_spoilt,
    moment,
    open_database,
    set_aside,
    transaction,
)

FIRST = "CREATE TABLE a (x); INSERT INTO a VALUES (1)"


def second(database: sqlite3.Connection) -> None:
    database.execute("ALTER TABLE a ADD COLUMN y")
    database.execute("UPDATE a SET y = x + 1")


def failing(database: sqlite3.Connection) -> None:
    second(database)
    raise sqlite3.OperationalError("no")


def values(path: Path, *migrations: object) -> list[tuple[int, ...]]:
    database = open_database(path, migrations)  # type: ignore[arg-type]
    found = database.execute("SELECT * FROM a").fetchall()
    database.close()
    return found


def test_each_migration_is_done_once_and_in_order(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.sqlite"
    assert values(path, FIRST) == [(1,)]
    assert values(path, FIRST, second) == values(path, FIRST, second) == [(1, 2)]
    assert values(tmp_path / "b.sqlite", FIRST, second) == [(1, 2)]


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    values(path, FIRST)
    with pytest.raises(sqlite3.OperationalError):
        values(path, FIRST, failing)
    assert values(path, FIRST) == [(1,)]


def test_a_newer_file_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    values(path, FIRST, second)
    before = path.read_bytes()
    with pytest.raises(NewerFileError):
        values(path, FIRST)
    assert path.read_bytes() == before


def test_a_block_is_done_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    database = open_database(tmp_path / "a.sqlite", (FIRST,))
    with suppress(ZeroDivisionError), transaction(database):
        database.execute("DELETE FROM a")
        _ = 1 / 0
    assert database.execute("SELECT * FROM a").fetchall() == [(1,)]
    database.close()


def test_what_is_read_is_of_one_moment(tmp_path: Path) -> None:
    one, two = (open_database(tmp_path / "a.sqlite", (FIRST,)) for _ in range(2))
    with moment(one):
        assert one.execute("SELECT count(*) FROM a").fetchone() == (1,)
        two.execute("DELETE FROM a")
        assert one.execute("SELECT count(*) FROM a").fetchone() == (1,)
    assert one.execute("SELECT count(*) FROM a").fetchone() == (0,)
    one.close()
    two.close()


def test_an_empty_log_does_not_go_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).write_bytes(b"" if ending == "-wal" else b"x")
    set_aside(path)
    assert [each.name for each in tmp_path.iterdir()] == ["a-damaged-1.sqlite"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_what_others_could_read_they_can_read_no_more(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    values(path, FIRST)
    path.chmod(0o644)
    values(path, FIRST)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_is_up_to_date_is_opened_while_another_instance_writes(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    one = open_database(path, (FIRST,))
    with transaction(one):
        two = open_database(path, (FIRST,), busy_s=0)
        assert two.execute("SELECT * FROM a").fetchall() == [(1,)]
        with pytest.raises(sqlite3.OperationalError) as caught, transaction(two):
            pass
        assert is_busy(caught.value)
        two.close()
    one.close()


def test_without_migrations_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        open_database(tmp_path / "a.sqlite", ())
    assert list(tmp_path.iterdir()) == []


def test_only_one_at_a_time_is_alone(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with alone(path, 0):
        with pytest.raises(sqlite3.OperationalError) as caught, alone(path, 0):
            pass
        assert is_busy(caught.value)
    with alone(path, 0):
        pass


def test_a_full_disk_changes_nothing_and_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    database = open_database(path, (FIRST,))
    database.execute("PRAGMA max_page_count = 10")
    with pytest.raises(sqlite3.OperationalError) as caught, transaction(database):
        database.execute("INSERT INTO a VALUES (zeroblob(100000))")
    assert not is_spoilt(path, caught.value)
    assert database.execute("SELECT * FROM a").fetchall() == [(1,)]
    with transaction(database):
        database.execute("INSERT INTO a VALUES (2)")
    database.close()


def test_a_damaged_page_is_found_and_the_file_can_be_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    database = open_database(path, (FIRST,))
    with transaction(database):
        database.executemany("INSERT INTO a VALUES (?)", [("x" * 100,) for _ in range(1000)])
    check(database)
    database.close()
    data = path.read_bytes()
    path.write_bytes(data[:8192] + b"\x17" * 4096 + data[12288:])
    database = open_database(path, (FIRST,))
    with pytest.raises(sqlite3.DatabaseError) as caught:
        check(database)
    database.close()
    assert is_damaged(caught.value)
    assert is_spoilt(path, caught.value)
    assert isinstance(caught.value, DamagedFileError)
    beside = path.with_name("a.sqlite-wal")
    beside.write_bytes(b"log")
    assert set_aside(path).name == "a-damaged-1.sqlite"
    assert [each.name for each in sorted(tmp_path.iterdir())] == [
        "a-damaged-1.sqlite",
        "a-damaged-1.sqlite-wal",
    ]
    assert not is_damaged(sqlite3.OperationalError("disk full"))
    assert not is_damaged(OSError())
