"""Files of every version so far are opened and brought up to date; a kill in between does no harm.

6 kills by default, 60 with COLDBYTE_LONG=1.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from decimal import Decimal
from pathlib import Path

import pytest

from coldbyte.core.cache.usage import Usage
from coldbyte.core.history.kept_exchange import Judgement
from coldbyte.core.history.query import Query
from coldbyte.core.history.snapshot import Snapshot
from coldbyte.services.history.history_schema import MIGRATIONS
from coldbyte.services.history.history_store import HistoryStore
from services.history.kept import NOON, body, kept, prefix, visit

DATA = Path(__file__).parents[2] / "data"
VERSIONS = range(1, len(MIGRATIONS) + 1)
KILLS = 60 if os.environ.get("COLDBYTE_LONG") == "1" else 6


def made(path: Path, version: int) -> None:
    """A file as that version left it, with two exchanges."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA auto_vacuum = INCREMENTAL")
    database.executescript((DATA / f"history-{version}.sql").read_text(encoding="utf-8"))
    database.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_so_far_is_opened_and_has_all_that_it_had(tmp_path: Path, version: int) -> None:
    path = tmp_path / "history.sqlite"
    made(path, version)
    visit(path, has_all)
    visit(path, has_all)
    assert sqlite3.connect(path).execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)


async def has_all(store: HistoryStore) -> None:
    """What the two exchanges say is there, found and known to the trie."""
    rows = (await store.find(Query())).rows
    assert [row.title for row in rows] == ["two", "one"]
    two, one = [await store.load(row.id) for row in rows]
    assert one.wire == body("first question")
    assert (one.reply, one.received, one.project, one.started_at) == (
        "first answer",
        b"data: {}\n\n",
        "p",
        NOON,
    )
    assert one.usage == Usage(1, 2, 3, 4, 5)
    assert one.judgement == Judgement(
        "missed", "text-edited", "Say.", "sure", Usage(9), Decimal("0.25"), Decimal("0.125"), "basis"
    )
    assert one.headers == {"anthropic-beta": "a-1"}
    assert await store.snapshots(one.id) == (Snapshot(NOON, "k", "part", 3, "old", "new", b"\1\2", True, 7),)
    assert two.wire == body("first question", "first answer", "second 缓存")
    assert two.note == "a note"
    assert [await store.count(Query(word)) for word in ("question", "缓存", "note", "none")] == [2, 1, 1, 0]
    nearest = await store.nearest(prefix(body("first question", "first answer", "second 缓存", "x")), "key")
    assert nearest is not None
    assert (nearest.id, nearest.whole) == (two.id, True)
    gone = await store.keep(kept("short"))
    await store.delete([gone])


MIGRATOR = """
import sys
from pathlib import Path
from coldbyte.services.database_file import open_database
from coldbyte.services.history.history_schema import MIGRATIONS

def slow(database):
    database.execute("ALTER TABLE exchanges RENAME COLUMN title TO heading")
    for number in range(150):
        database.execute("UPDATE exchanges SET heading = ?", (number,))
        database.execute("INSERT INTO pieces (digest, data) VALUES (randomblob(16), randomblob(9000))")
        print(number, flush=True)

open_database(Path(sys.argv[1]), (*MIGRATIONS, slow))
print("done", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
@pytest.mark.parametrize("seed", range(KILLS))
def test_a_migration_that_is_killed_leaves_the_version_before_or_is_done(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "history.sqlite"
    version = seed % len(MIGRATIONS) + 1
    made(path, version)
    folders = os.pathsep.join(dict.fromkeys(filter(None, sys.path)))
    with subprocess.Popen(
        [sys.executable, "-c", MIGRATOR, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": folders},
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        killer = threading.Timer(random.Random(seed).uniform(0, 0.02), child.send_signal, [signal.SIGKILL])
        killer.start()
        is_said = child.stdout.read().endswith("done\n")
        killer.join()
    database = sqlite3.connect(path)
    (found,) = database.execute("PRAGMA user_version").fetchone()
    columns = [row[1] for row in database.execute("PRAGMA table_info(exchanges)")]
    database.close()
    assert found in ({len(MIGRATIONS) + 1} if is_said else {version, len(MIGRATIONS) + 1})
    assert ("heading" in columns) == (found != version)
    if found == version:
        visit(path, has_all)
