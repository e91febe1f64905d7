"""An import keeps what is new, judged; what it is told is listed; what is cancelled leaves nothing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from coldbyte.core.cache.usage import Usage
from coldbyte.core.history.kept_exchange import KeptExchange, Remark
from coldbyte.core.history.query import Query
from coldbyte.services.history.history_store import HistoryStore
from coldbyte.state.history import History
from coldbyte.state.importing import Import, Importing, ImportProgress, ImportReport, Tell
from services.history.kept import NOON, kept
from state.world import World


def found(number: int, **changes: object) -> KeptExchange:
    one = replace(kept(f"question {number}", at=NOON + number), origin="imported")
    return replace(one, **changes)  # type: ignore[arg-type]


class Desk:
    def __init__(self, loop: asyncio.AbstractEventLoop, path: Path) -> None:
        self.world = World(loop)
        self.store = HistoryStore(path)
        self.history = History(self.store, self.world.books, self.world.tasks)
        self.importing = Importing(self.history, self.world.books, self.world.tasks)
        self.told: list[ImportProgress] = []
        self.changes: list[None] = []
        self.importing.progressed.connect(self.told.append)
        self.history.changed.connect(lambda: self.changes.append(None))

    def take_in(self, read: Import) -> ImportReport:
        reports: list[ImportReport] = []

        async def story() -> None:
            self.importing.finished.connect(reports.append)
            assert self.importing.start("log.jsonl", read)
            await self.world.until(self.importing.finished)
            self.importing.finished.disconnect(reports.append)

        self.world.run(story())
        (report,) = reports
        return report

    def take(self, *exchanges: KeptExchange | Remark) -> ImportReport:
        return self.take_in(lambda tell, cancelled: iter(exchanges))

    def count(self) -> int:
        return self.world.run(self.store.count(Query()))


@pytest.fixture
def desk(loop: asyncio.AbstractEventLoop, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(loop, tmp_path / "history.sqlite")
    desk.world.run(desk.store.open())
    yield desk
    desk.world.run(desk.world.tasks.close())
    desk.world.run(desk.store.close())


def test_what_was_kept_is_told_to_the_list_once(desk: Desk) -> None:
    assert desk.take(*map(found, range(150))).exchanges == 150
    assert len(desk.changes) == 1
    assert desk.count() == 150
    assert desk.told[-1].exchanges == 150
    assert desk.take(Remark("log.jsonl", "Left out.", "unknown")).exchanges == 0
    assert len(desk.changes) == 1


def test_a_file_that_is_imported_again_adds_only_what_is_new(desk: Desk) -> None:
    desk.take(*map(found, range(100)))
    report = desk.take(*map(found, range(90, 200)))
    assert (report.exchanges, report.known) == (100, 10)
    assert desk.count() == 200
    report = desk.take(found(7))
    assert (report.exchanges, report.known) == (0, 1)
    assert report.only is not None  # it can be opened all the same


def test_what_a_file_holds_twice_comes_in_twice(desk: Desk) -> None:
    report = desk.take(*[found(1, started_at=None)] * 130)
    assert (report.exchanges, report.known) == (130, 0)
    report = desk.take(*[found(1, started_at=None)] * 130)
    assert (report.exchanges, report.known) == (0, 130)


def test_another_body_time_or_usage_is_another_exchange(desk: Desk) -> None:
    desk.take(found(1))
    others = [found(1, started_at=None), found(1, started_at=NOON), found(1, usage=Usage(read=5))]
    others.append(found(1, wire=found(1).wire.replace(b"question 1", b"question 2")))
    report = desk.take(*others)
    assert (report.exchanges, report.known) == (4, 0)


def test_remarks_beyond_those_that_are_listed_are_counted(desk: Desk) -> None:
    report = desk.take(*[Remark("log.jsonl", f"{number}", "unknown") for number in range(6_000)])
    assert (len(report.remarks), report.more) == (5_000, 1_000)
    assert report.count("unknown") == 5_000


class Slow:
    """Something that takes long to read: it goes on when it is told to."""

    def __init__(self, *before: KeptExchange) -> None:
        self.before = before
        self.go_on = threading.Event()

    def __call__(
        self, tell: Callable[[int, int], None], cancelled: Callable[[], bool]
    ) -> Iterator[KeptExchange]:
        yield from self.before
        tell(5, 10)
        self.go_on.wait(20)
        if cancelled():
            raise RuntimeError("cancelled")  # as the stream does
        yield found(1)


def test_progress_is_told_while_nothing_is_ready_yet_and_cancelling_ends_it(desk: Desk) -> None:
    slow = Slow(*map(found, range(100)))  # of which the first 64 are kept before it waits

    def stop(progress: ImportProgress) -> None:
        if progress.done == 5:
            desk.importing.cancel()
            slow.go_on.set()

    desk.importing.progressed.connect(stop)
    report = desk.take_in(slow)
    assert report.cancelled
    assert (report.exchanges, report.known, report.only) == (0, 0, None)
    assert desk.count() == 0
    assert ImportProgress(5, 10, 100) in desk.told
    assert not desk.importing.running


def test_a_second_one_has_to_wait(desk: Desk) -> None:
    slow = Slow()

    async def story() -> bool:
        assert desk.importing.start("a", slow)
        second = desk.importing.start("b", slow)
        slow.go_on.set()
        await desk.world.until(desk.importing.finished)
        return second

    assert desk.world.run(story()) is False
    assert desk.count() == 1


def test_a_history_that_can_not_be_written_is_the_trouble_of_the_report(desk: Desk) -> None:
    closed = threading.Event()

    def read(tell: Tell, cancelled: Callable[[], bool]) -> Iterator[KeptExchange]:
        yield from map(found, range(65))  # the first 64 are kept at once
        closed.wait(20)

    async def close() -> None:
        await desk.store.close()
        closed.set()

    def close_once(progress: ImportProgress) -> None:
        if progress.exchanges == 64:
            desk.world.tasks.start("close", close())

    desk.importing.progressed.connect(close_once)
    report = desk.take_in(read)
    assert "The history is closed." in report.trouble
    assert report.exchanges == 64  # nobody could take them back
    assert not desk.importing.running
