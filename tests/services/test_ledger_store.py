"""The ledger's file: what was kept is there again, whatever happens to the program, the clock or the file."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.cache.cache import Entry
from coldbyte.core.cache.calibration import MOST_KNOWN, Known
from coldbyte.core.cache.usage import Usage
from coldbyte.core.traffic.receipt import Receipt, Step
from coldbyte.services.database_file import transaction
from coldbyte.services.ledger_file import MOST_RECEIPTS, Kept, open_file, put_receipt
from coldbyte.services.ledger_store import LedgerStore
from coldbyte.services.text_file import FileTrouble

NOON = 1_795_435_200.0
T = TypeVar("T")

KEYS = st.binary(min_size=16, max_size=16)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
COUNTS = st.integers(0, 2**40)
TIMES = st.floats(NOON - 3000, NOON, allow_nan=False)
TTLS = st.sampled_from(["5m", "1h"])
ENTRIES = st.builds(Entry, KEYS, WORDS, WORDS, COUNTS, TTLS, WORDS, TIMES, TIMES)
USAGES = st.builds(Usage, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)
STEPS = st.builds(
    Step,
    KEYS,
    WORDS,
    st.sampled_from(["request", "tools", "system", "messages"]),
    WORDS,
    COUNTS,
    st.none() | TTLS,
)
SPANS = st.none() | st.floats(0, 1e6, allow_nan=False)
RECEIPTS = st.builds(
    Receipt,
    WORDS,
    st.sampled_from(["question", "warming"]),
    WORDS,
    WORDS,
    TIMES,
    USAGES,
    USAGES,
    COUNTS,
    COUNTS,
    SPANS,
    SPANS,
    st.none() | WORDS,
    st.none() | KEYS,
    st.lists(st.tuples(KEYS, COUNTS, TTLS), max_size=3).map(tuple),
    st.lists(STEPS, max_size=5).map(tuple),
)
KNOWN = st.builds(Known, st.integers(-(2**40), 2**40), st.sampled_from(["measured", "counted"]))


def run(story: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(story, 60))


class Clock:
    def __init__(self) -> None:
        self.wall = NOON
        self.steady = NOON

    def ahead(self) -> float:
        return self.wall - self.steady

    def now(self) -> float:
        return self.wall


async def visit(path: Path, *calls: Callable[[LedgerStore], None], clock: Clock | None = None) -> Kept:
    """One run of the app: open, do, close; what it found."""
    clock = clock or Clock()
    store = LedgerStore(path, clock.ahead, clock.now)
    try:
        kept = await store.open()
        for call in calls:
            call(store)
    finally:
        await store.close()
    return kept


def entry(number: int = 1, started_at: float = NOON, **changes: Any) -> Entry:
    made = Entry(
        number.to_bytes(16), "claude-opus-5", "scope", 2000, "5m", "system[0].text", started_at, started_at
    )
    return replace(made, **changes)


def receipt(number: int = 1) -> Receipt:
    return Receipt("c", "question", "claude-opus-5", "s", NOON + number, Usage(uncached=number), Usage())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "coldbyte" / "ledger.sqlite"


def test_a_first_run_finds_nothing_and_no_trouble(path: Path) -> None:
    assert run(visit(path)) == Kept()
    assert [each.name for each in path.parent.iterdir()] == ["ledger.sqlite"]


@given(st.lists(ENTRIES, unique_by=lambda each: each.key, max_size=4))
def test_entries_come_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, kept: list[Entry]) -> None:
    path = tmp_path_factory.mktemp("entries") / "ledger.sqlite"
    run(visit(path, lambda store: store.keep_entries(kept, ())))
    found = run(visit(path))
    assert found.trouble is None
    assert {each.key: each for each in found.entries} == {each.key: each for each in kept}


@given(st.lists(RECEIPTS, max_size=4, unique_by=lambda each: each.started_at))
def test_receipts_come_back_as_they_were_oldest_first(
    tmp_path_factory: pytest.TempPathFactory, kept: list[Receipt]
) -> None:
    path = tmp_path_factory.mktemp("receipts") / "ledger.sqlite"
    run(visit(path, *[lambda store, each=each: store.keep_receipt(each) for each in kept]))
    assert run(visit(path)).receipts == tuple(sorted(kept, key=lambda each: each.started_at))


@given(st.dictionaries(WORDS, st.dictionaries(KEYS, KNOWN, min_size=1, max_size=4), max_size=3))
def test_what_is_known_comes_back_in_its_order(
    tmp_path_factory: pytest.TempPathFactory, known: dict[str, dict[bytes, Known]]
) -> None:
    path = tmp_path_factory.mktemp("known") / "ledger.sqlite"
    run(visit(path, *[lambda store, of=of: store.keep_known(of, known[of]) for of in known]))
    found = run(visit(path)).known
    assert found == known
    assert {of: list(found[of]) for of in found} == {of: list(known[of]) for of in known}


def test_an_entry_that_changed_or_went_is_so_in_the_next_run(path: Path) -> None:
    run(visit(path, lambda store: store.keep_entries([entry(1), entry(2)], ())))
    later = entry(1, NOON, tokens=2100, ttl="1h")
    run(visit(path, lambda store: store.keep_entries([later], [entry(2).key])))
    assert run(visit(path)).entries == (later,)


def test_an_entry_that_ended_more_than_a_day_ago_is_forgotten(path: Path) -> None:
    run(visit(path, lambda store: store.keep_entries([entry(1), entry(2, ttl="1h")], ())))
    clock = Clock()
    clock.wall = clock.steady = NOON + 86_400 + 300
    assert {each.key for each in run(visit(path, clock=clock)).entries} == {entry(1).key, entry(2).key}
    clock.wall = clock.steady = NOON + 86_400 + 301
    assert run(visit(path, clock=clock)).entries == (entry(2, ttl="1h"),)


def test_a_clock_that_was_set_during_the_run_counts_right_in_the_next(path: Path) -> None:
    async def set_the_clock() -> None:
        clock = Clock()
        store = LedgerStore(path, clock.ahead, clock.now)
        await store.open()
        store.keep_entries([entry(1)], ())
        await store.flush()
        clock.wall += 7200
        await store.close()

    run(set_the_clock())
    restarted = Clock()
    restarted.wall = restarted.steady = NOON + 7200 + 60
    assert run(visit(path, clock=restarted)).entries == (entry(1, NOON + 7200),)


def test_what_is_kept_after_the_clock_was_set_back_is_in_wall_time(path: Path) -> None:
    clock = Clock()
    clock.wall -= 600
    run(visit(path, lambda store: store.keep_receipt(receipt(0)), clock=clock))
    assert run(visit(path)).receipts == (replace(receipt(0), started_at=NOON - 600),)


def test_a_trifle_of_difference_does_not_change_a_time(path: Path) -> None:
    clock = Clock()
    clock.wall += 0.4
    run(visit(path, lambda store: store.keep_entries([entry(1)], ()), clock=clock))
    assert run(visit(path)).entries == (entry(1),)


def test_an_entry_from_the_future_is_not_believed(path: Path) -> None:
    run(visit(path, lambda store: store.keep_entries([entry(1), entry(2, NOON + 3600)], ())))
    assert run(visit(path)).entries == (entry(1),)


def test_only_its_user_can_read_it(path: Path) -> None:
    modes: list[int] = []

    def look(store: LedgerStore) -> None:
        modes.extend(stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir())

    run(visit(path, lambda store: store.keep_receipt(receipt()), look))
    assert len(modes) >= 2, "the file and what SQLite keeps beside it"
    assert set(modes) == {0o600}


def test_the_newest_receipts_are_read_and_none_is_lost(path: Path) -> None:
    database = open_file(path)
    with transaction(database):
        for number in range(MOST_RECEIPTS + 7):
            put_receipt(database, receipt(number), 0.0)
    database.close()
    found = run(visit(path)).receipts
    assert [each.usage.uncached for each in found] == list(range(7, MOST_RECEIPTS + 7))
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*) FROM receipts").fetchone() == (MOST_RECEIPTS + 7,)
    database.close()


def test_the_newest_lessons_of_each_counter_stay(path: Path) -> None:
    def told(first: int, count: int) -> dict[bytes, Known]:
        return {n.to_bytes(16): Known(n, "measured") for n in range(first, first + count)}

    run(visit(path, lambda store: store.keep_known("one", told(0, MOST_KNOWN))))
    run(visit(path, lambda store: store.keep_known("two", told(0, 3))))
    run(visit(path, lambda store: store.keep_known("one", told(MOST_KNOWN, 2) | told(1, 1))))
    known = run(visit(path)).known
    assert len(known["two"]) == 3
    assert len(known["one"]) == MOST_KNOWN
    assert {n for n in (0, 1, 2, 3) if n.to_bytes(16) in known["one"]} == {1, 3}


@pytest.mark.parametrize("harm", ["garbage", "empty tables", "torn", "folder", "sealed"])
def test_a_file_that_can_not_be_read_is_set_aside_and_the_app_goes_on(path: Path, harm: str) -> None:
    run(visit(path, *[lambda store, n=n: store.keep_receipt(receipt(n)) for n in range(300)]))
    data = path.read_bytes()
    match harm:
        case "garbage":
            data = b"This is no database. " * 500
            path.write_bytes(data)
        case "torn":
            data = data[:4096] + b"\xaa" * (len(data) - 4096)
            path.write_bytes(data)
        case "empty tables":
            database = sqlite3.connect(path)
            database.execute("DROP TABLE receipts")
            database.close()
            data = path.read_bytes()
        case "folder":
            path.unlink()
            path.mkdir()
        case "sealed":
            if os.geteuid() == 0:
                pytest.skip("root reads everything")
            path.chmod(0)
    found = run(visit(path, lambda store: store.keep_receipt(receipt(5))))
    assert found.trouble is not None
    assert "damaged or can't be read" in found.trouble.say
    assert "ledger-damaged-1.sqlite" in found.trouble.remedy
    aside = path.with_name("ledger-damaged-1.sqlite")
    if harm in ("garbage", "torn", "empty tables"):
        assert aside.read_bytes() == data
    assert run(visit(path)) == Kept(receipts=(receipt(5),))
    aside.chmod(0o700)


def test_a_file_of_a_later_version_is_left_alone(path: Path) -> None:
    run(visit(path, lambda store: store.keep_receipt(receipt())))
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    before = path.read_bytes()
    found = run(visit(path, lambda store: store.keep_receipt(receipt(2))))
    assert found.trouble is not None
    assert "newer" in found.trouble.say
    assert found.receipts == ()
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == ["ledger.sqlite"]


def test_rows_that_make_no_sense_are_left_out(path: Path) -> None:
    run(visit(path, lambda store: store.keep_entries([entry(1), entry(2)], ())))
    run(visit(path, *[lambda store, n=n: store.keep_receipt(receipt(n)) for n in (1, 2, 3)]))
    with sqlite3.connect(path) as database:
        database.execute("UPDATE entries SET ttl = '9m' WHERE key = ?", (entry(1).key,))
        database.execute("UPDATE receipts SET trail = x'00ff' WHERE id = 1")
        database.execute("UPDATE receipts SET kind = NULL WHERE id = 2")
    database.close()
    found = run(visit(path))
    assert found.trouble is None
    assert found.entries == (entry(2),)
    assert found.receipts == (receipt(3),)


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE receipts SET started_at = 1e14",
        "UPDATE receipts SET started_at = -1e14",
        "UPDATE receipts SET started_at = 1e300",
        "UPDATE receipts SET read = -5",
        "UPDATE receipts SET forecast_read = 9223372036854775807",
        "UPDATE receipts SET estimated = -1",
    ],
)
def test_a_receipt_that_has_no_date_or_counts_is_left_out(path: Path, harm: str) -> None:
    run(visit(path, *[lambda store, n=n: store.keep_receipt(receipt(n)) for n in (1, 2)]))
    with sqlite3.connect(path) as database:
        database.execute(f"{harm} WHERE id = 1")
    database.close()
    assert run(visit(path)).receipts == (receipt(2),)


def test_where_no_file_can_be_made_it_is_said_and_nothing_breaks(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    path = tmp_path / "file" / "ledger.sqlite"
    found = run(visit(path, lambda store: store.keep_receipt(receipt())))
    assert found.trouble is not None
    assert "can't be opened" in found.trouble.say
    assert "not remembered" in found.trouble.remedy


def test_two_instances_write_into_one_file_and_neither_loses_a_row(path: Path) -> None:
    async def story() -> None:
        one, two = LedgerStore(path, wall=lambda: NOON), LedgerStore(path, wall=lambda: NOON)
        assert (await one.open()).trouble is None
        assert (await two.open()).trouble is None
        for number in range(100):
            one.keep_receipt(receipt(2 * number))
            two.keep_receipt(receipt(2 * number + 1))
            one.keep_entries([entry(number)], ())
            two.keep_entries([entry(number, tokens=number)], ())
        await asyncio.gather(one.close(), two.close())

    run(story())
    found = run(visit(path))
    assert [each.usage.uncached for each in found.receipts] == list(range(200))
    assert len(found.entries) == 100
    assert run(visit(path)).trouble is None


def test_a_disk_in_trouble_is_told_of_once_and_what_waited_is_written_later(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coldbyte.services.ledger_file._BUSY_S", 0.05)
    heard: list[FileTrouble] = []

    async def story() -> None:
        store = LedgerStore(path, wall=lambda: NOON, tell=heard.append)
        await store.open()
        with sqlite3.connect(path, isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            store.keep_receipt(receipt(1))
            store.keep_receipt(receipt(2))
            await store.flush()
            other.execute("ROLLBACK")
        other.close()
        store.keep_receipt(receipt(3))
        await store.close()

    run(story())
    assert len(heard) == 1
    assert "locked" in heard[0].say
    assert run(visit(path)).receipts == (receipt(1), receipt(2), receipt(3))


def test_what_cannot_be_written_at_all_does_not_hold_up_the_rest(path: Path) -> None:
    heard: list[FileTrouble] = []

    async def story() -> None:
        store = LedgerStore(path, wall=lambda: NOON, tell=heard.append)
        await store.open()
        store.keep_receipt(replace(receipt(1), estimated=2**70))
        store.keep_receipt(receipt(2))
        await store.close()
        store.keep_receipt(receipt(3))
        await store.close()

    run(story())
    assert len(heard) == 1
    assert run(visit(path)).receipts == (receipt(2),)


WRITER = """
import asyncio, sys
from pathlib import Path
from services.test_ledger_store import entry, receipt
from coldbyte.services.ledger_store import LedgerStore

async def write():
    store = LedgerStore(Path(sys.argv[1]), wall=lambda: 1795435200.0)
    await store.open()
    for number in range(1, 1_000_000):
        store.keep_receipt(receipt(number))
        store.keep_entries([entry(number)], ())
        await store.flush()
        print(number, flush=True)

asyncio.run(write())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_what_was_written_outlives_a_program_that_is_killed(path: Path) -> None:
    folders = os.pathsep.join(dict.fromkeys(filter(None, sys.path)))
    acknowledged = 0
    for kill_after in (1, 20, 50):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": folders},
        ) as writer:
            assert writer.stdout is not None
            lines = [writer.stdout.readline() for _ in range(kill_after)]
            writer.send_signal(signal.SIGKILL)
            lines += writer.stdout.readlines()
        acknowledged += len([line for line in lines if line.endswith("\n")])
        last = int(lines[-1]) if lines[-1].endswith("\n") else int(lines[-2])
        found = run(visit(path))
        assert found.trouble is None
        assert len(found.receipts) >= acknowledged
        assert {each.key for each in found.entries} >= {n.to_bytes(16) for n in range(1, last + 1)}
