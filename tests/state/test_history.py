"""The history: every exchange that ended is kept, and pages of it are listed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex

from coldbyte.core.cache.usage import Usage
from coldbyte.core.history.kept_exchange import KeptExchange
from coldbyte.core.history.query import Query, Retention
from coldbyte.core.json.value import Json
from coldbyte.core.reply import Ended, Received, SendFailure, Sent, Started, TextPart
from coldbyte.services.history.history_store import HistoryStore
from coldbyte.services.text_file import FileTrouble
from coldbyte.state.history import History
from coldbyte.state.history_list import PAGE, ROW, HistoryItemModel
from coldbyte.state.sending import Sending
from state.world import Gate, Script, Step, World, heard

WROTE = Usage(written_5m=2000, uncached=10, output=25)
HEADERS = {"anthropic-version": "2023-06-01"}
FIELDS: Mapping[str, Json] = {
    "input_tokens": 10,
    "cache_creation_input_tokens": 2000,
    "cache_read_input_tokens": 0,
    "output_tokens": 25,
}
REPLY: list[Step] = [
    Sent(b'{"a":1}', HEADERS),
    Received(b"", 200),
    Received(b"event: 1\n", 200),
    Started("msg_1", "req_1", "claude-sonnet-5-5", WROTE, diagnostics={"new": 1}, usage_fields=FIELDS),
    TextPart("Anyone."),
    Received(b"event: 2\n\n", 200),
    Ended("end_turn", WROTE, FIELDS),
    Received(b": bye", 200),
]


class Desk:
    def __init__(self, loop: asyncio.AbstractEventLoop, path: Path) -> None:
        self.world = World(loop)
        self.store = HistoryStore(path)
        self.history = History(self.store, self.world.books, self.world.tasks)
        world = self.world
        world.sending = Sending(world.live, world.books, world.connection, world.tasks, history=self.history)

    async def ask(self, script: Script) -> KeptExchange:
        record = await self.world.ask(script)
        await self.history.settled()
        return await self.store.load(self.world.log.records[record.exchange.number - 1].kept)


@pytest.fixture
def desk(loop: asyncio.AbstractEventLoop, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(loop, tmp_path / "history.sqlite")
    desk.world.run(desk.store.open())
    yield desk
    desk.world.run(desk.world.tasks.close())
    desk.world.run(desk.store.close())


def test_the_bytes_as_received_are_kept_with_everything_else(desk: Desk) -> None:
    kept = desk.world.run(desk.ask(REPLY))
    assert kept.wire == b'{"a":1}'
    assert kept.received == b"event: 1\nevent: 2\n\n: bye"
    assert (kept.status, kept.headers) == (200, HEADERS)
    assert (kept.diagnostics, kept.usage_fields) == ({"new": 1}, FIELDS)
    assert (kept.reply, kept.message_id, kept.usage) == ("Anyone.", "msg_1", WROTE)
    assert kept.judgement is not None
    assert kept.judgement.effect == "first"
    assert kept.judgement.forecast == desk.world.log.records[0].insight.forecast.plan.usage
    assert kept.judgement.price
    assert kept.judgement.basis


def test_bytes_of_an_attempt_that_failed_are_not_those_of_the_next(desk: Desk) -> None:
    first: list[Step] = [Sent(b"{}"), Received(b"", 529), Received(b"busy", 529)]
    kept = desk.world.run(desk.ask([*first, *REPLY]))
    assert kept.received == b"event: 1\nevent: 2\n\n: bye"
    assert kept.status == 200


def test_a_refusal_and_a_break_off_are_kept_with_what_came(desk: Desk) -> None:
    refused: list[Step] = [
        Sent(b"{}"),
        Received(b"", 529),
        Received(b'{"error"', 529),
        Received(b":1}", 529),
        SendFailure("overloaded", "Busy.", status=529),
    ]
    kept = desk.world.run(desk.ask(refused))
    assert (kept.status, kept.received, kept.failure) == (529, b'{"error":1}', "Busy.")

    async def break_off() -> KeptExchange:
        gate = Gate()
        await desk.world.connection.close()
        desk.world.outside.script = [*REPLY[:5], gate]
        desk.world.sending.send()
        await gate.reached.wait()
        desk.world.sending.cancel()
        await desk.world.sending.settled()
        await desk.history.settled()
        return await desk.store.load(desk.world.log.records[-1].kept)

    kept = desk.world.run(break_off())
    assert (kept.received, kept.reply, kept.failure) == (b"event: 1\n", "Anyone.", "Cancelled.")


def test_breaking_off_behind_the_whole_reply_breaks_nothing_off(desk: Desk) -> None:
    async def story() -> KeptExchange:
        gate = Gate()
        await desk.world.connection.close()
        desk.world.outside.script = [*REPLY, gate]
        desk.world.sending.send()
        await gate.reached.wait()
        desk.world.now += 0.4
        ended = desk.world.now - 0.4
        desk.world.sending.cancel()
        await desk.world.sending.settled()
        await desk.history.settled()
        exchange = desk.world.log.records[-1].exchange
        assert not exchange.cancelled
        assert exchange.ended_at == ended
        return await desk.store.load(desk.world.log.records[-1].kept)

    kept = desk.world.run(story())
    assert kept.failure == ""
    assert kept.stop_reason == "end_turn"
    assert kept.received.endswith(b": bye")


def test_the_log_keeps_its_baseline_when_an_exchange_gets_its_id(desk: Desk) -> None:
    async def story() -> None:
        await desk.ask(REPLY)
        other = desk.world.log.records[0].exchange
        await desk.world.ask(REPLY)
        desk.world.log.choose_baseline(other)
        await desk.history.settled()
        assert desk.world.log.baseline is other
        assert [record.kept for record in desk.world.log.records] == [1, 2]

    desk.world.run(story())


def test_trouble_with_the_file_is_told_once_and_the_exchange_stays_in_the_log(
    loop: asyncio.AbstractEventLoop, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"no folder")
    desk = Desk(loop, tmp_path / "file" / "history.sqlite")

    async def story() -> list[FileTrouble]:
        await desk.store.open()
        with heard(desk.history.failed) as troubles:
            for _ in range(2):
                await desk.world.ask(REPLY)
                await desk.history.settled()
        await desk.store.close()
        return troubles

    (trouble,) = desk.world.run(story())
    assert trouble.say
    assert [record.exchange.reply for record in desk.world.log.records] == ["Anyone."] * 2
    assert [record.kept for record in desk.world.log.records] == [0, 0]


def test_without_a_store_nothing_is_kept_and_nothing_fails(loop: asyncio.AbstractEventLoop) -> None:
    world = World(loop)
    history = History(None, world.books, world.tasks)
    world.sending = Sending(world.live, world.books, world.connection, world.tasks, history=history)
    assert world.run(world.ask(REPLY)).kept == 0
    assert world.run(history.retain(Retention(1, 1))) == 0


@asynccontextmanager
async def listed(desk: Desk, count: int) -> AsyncIterator[HistoryItemModel]:
    body = b'{"max_tokens":1,"messages":[{"role":"user","content":"%d"}],"model":"claude-sonnet-5-5"}'
    exchanges = [
        KeptExchange(body % number, "imported", title=f"number {number}", started_at=1000.0 + number)
        for number in range(count)
    ]
    await desk.store.keep_many(exchanges)
    yield HistoryItemModel(desk.history, desk.world.tasks)


async def answered(desk: Desk, model: HistoryItemModel) -> None:
    while model.busy:
        await desk.world.until(model.found)


def test_pages_come_as_they_are_scrolled_to_newest_first(desk: Desk) -> None:
    async def story() -> None:
        async with listed(desk, 2 * PAGE + 50) as model:
            root = QModelIndex()
            model.refresh()
            assert model.rowCount() == 0
            await answered(desk, model)
            assert (model.rowCount(), model.total) == (PAGE, 2 * PAGE + 50)
            while model.canFetchMore(root):
                model.fetchMore(root)
                assert not model.canFetchMore(root), "one page at a time"
                await answered(desk, model)
            titles = [row.title for row in model.rows]
            assert titles == [f"number {n}" for n in range(2 * PAGE + 49, -1, -1)]
            assert model.index(3).data(ROW) is model.rows[3]

    desk.world.run(story())


def test_a_new_exchange_comes_on_top_and_leaves_the_other_rows_where_they_are(desk: Desk) -> None:
    async def story() -> None:
        async with listed(desk, PAGE + 10) as model:
            model.refresh()
            await answered(desk, model)
            model.fetchMore(QModelIndex())
            await answered(desk, model)
            with heard(model.modelReset) as resets:
                await desk.store.keep(KeptExchange(b"{}", "sent", title="new", started_at=9e9))
                model.refresh()
                await answered(desk, model)
            assert resets == []
            assert (model.rowCount(), model.rows[0].title) == (PAGE + 11, "new")
            assert len({row.id for row in model.rows}) == PAGE + 11

    desk.world.run(story())


def test_what_is_deleted_or_renamed_is_shown_so(desk: Desk) -> None:
    async def story() -> None:
        async with listed(desk, 5) as model:
            model.refresh()
            await answered(desk, model)
            await desk.history.delete([model.rows[1].id, model.rows[4].id])
            await desk.history.annotate(model.rows[0].id, name="The first", pinned=True)
            model.refresh()
            await answered(desk, model)
            assert [row.title for row in model.rows] == ["number 4", "number 2", "number 1"]
            assert (model.rows[0].name, model.rows[0].pinned) == ("The first", True)
            model.ask(Query(pinned=True))
            await answered(desk, model)
            assert (model.rowCount(), model.total) == (1, 1)

    desk.world.run(story())


def test_of_two_questions_in_a_row_the_last_one_is_answered(desk: Desk) -> None:
    async def story() -> None:
        async with listed(desk, 20) as model:
            model.ask(Query(pinned=True))
            model.ask(Query(until=1004.5))
            await answered(desk, model)
            assert model.rowCount() == 5

    desk.world.run(story())


async def unrolled(desk: Desk, model: HistoryItemModel) -> None:
    """Fetch every page."""
    model.refresh()
    await answered(desk, model)
    while model.canFetchMore(QModelIndex()):
        model.fetchMore(QModelIndex())
        await answered(desk, model)


def test_what_is_done_to_a_row_far_below_leaves_the_list_where_it_is(desk: Desk) -> None:
    async def story() -> None:
        async with listed(desk, 2 * PAGE + 10) as model:
            await unrolled(desk, model)
            with heard(model.modelReset) as resets:
                ids = [model.rows[row].id for row in (3, 2 * PAGE, 2 * PAGE + 1, 2 * PAGE + 5)]
                await desk.history.annotate(ids[0], name="near")
                await desk.history.annotate(ids[3], name="far")
                model.amend(ids[3], lambda row: replace(row, name="far"))
                await desk.history.delete(ids[1:3])
                model.forget(set(ids[1:3]))
                model.refresh()
                await answered(desk, model)
            assert resets == []
            assert [row.name for row in model.rows if row.name] == ["near", "far"]
            assert (model.rowCount(), model.total) == (2 * PAGE + 8, 2 * PAGE + 8)
            assert not {row.id for row in model.rows} & set(ids[1:3])

    desk.world.run(story())


def test_rows_that_another_window_deleted_far_below_are_noticed(desk: Desk) -> None:
    async def story() -> None:
        async with listed(desk, 2 * PAGE) as model:
            await unrolled(desk, model)
            await desk.store.delete([model.rows[-1].id])
            model.refresh()
            await answered(desk, model)
            assert (model.rowCount(), model.total) == (PAGE, 2 * PAGE - 1)

    desk.world.run(story())


def test_another_question_keeps_no_row_of_the_one_before(desk: Desk) -> None:
    async def story() -> None:
        async with listed(desk, 2 * PAGE) as model:
            await unrolled(desk, model)
            oldest = model.rows[-1].id
            model.ask(Query(since=1000.5))
            await answered(desk, model)
            await unrolled(desk, model)
            assert oldest not in {row.id for row in model.rows}
            assert model.rowCount() == model.total == 2 * PAGE - 1

    desk.world.run(story())
