"""Sending: one exchange at a time, shown as it comes in, and nothing of it is ever lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from itertools import pairwise

import pytest

from coldbyte.core.account.account import lines_of
from coldbyte.core.body import RequestBody
from coldbyte.core.cache.usage import Usage
from coldbyte.core.exchange import Exchange
from coldbyte.core.reply import Ended, ReplyEvent, SendFailure, Sent, Started, TextPart
from coldbyte.core.text.text import Text
from coldbyte.state.exchange_log import Record
from state.world import CATALOGUE, DRAFT, Gate, Script, Step, World, answer, heard

BEGUN = Usage(written_5m=2000, uncached=10, output=1)
WROTE = Usage(written_5m=2000, uncached=10, output=25)
READ = Usage(read=2000, uncached=10, output=25)
OVERLOADED = SendFailure("overloaded", "The API is overloaded.", remedy="Try again.", status=529)
STARTED = Started("msg_1", "req_1", "claude-sonnet-5-5", BEGUN)
FLUSH_S = 0.03


def exchange_of(record: Record) -> Exchange:
    assert not record.exchange.running
    return record.exchange


def test_a_reply_ends_in_the_log_with_everything_that_came_back(world: World) -> None:
    async def story() -> AsyncGenerator[ReplyEvent, None]:
        world.now += 1
        yield Sent(b'{"max_tokens":1024}')
        world.now += 2
        yield STARTED
        yield TextPart("The data ")
        yield TextPart("subject\u00a0may.")
        world.now += 3
        yield Ended("end_turn", WROTE)

    start = world.now
    exchange = exchange_of(world.run(world.ask(story)))
    assert exchange.reply == "The data subject\u00a0may."
    assert exchange.wire == b'{"max_tokens":1024}'
    assert (exchange.message_id, exchange.request_id) == ("msg_1", "req_1")
    assert (exchange.served_by, exchange.stop_reason) == ("claude-sonnet-5-5", "end_turn")
    assert exchange.usage == WROTE
    assert exchange.failure is None
    assert not exchange.cancelled
    assert (exchange.started_at, exchange.first_event_after, exchange.duration) == (start + 1, 2, 5)
    assert (exchange.number, exchange.title, exchange.scope) == (1, "Who may ask?", "simulator")


def test_what_is_sent_is_what_the_user_sees_at_that_moment(world: World) -> None:
    async def story() -> Record:
        world.draft.select_question("second")
        world.draft.edit_text("second", Text.from_str("May we refuse\u00a0?"))
        return await world.ask(answer(WROTE))

    record = world.run(story())
    assert "May we refuse\u00a0?".encode() in world.outside.bodies[0].encode()
    assert world.outside.bodies == [record.insight.body]
    assert record.exchange.body is record.insight.body


def test_the_log_shows_the_exchange_before_anything_came_back(world: World) -> None:
    async def story() -> None:
        world.outside.script = [gate := Gate()]
        with heard(world.sending.running_changed) as running:
            world.sending.send()
            assert running == [True]
        assert world.sending.running
        (record,) = world.log.records
        assert record.exchange.running
        await gate.reached.wait()

    world.run(story())


def test_the_verdict_lands_in_the_log(world: World) -> None:
    async def story() -> list[Record]:
        await world.ask(answer(WROTE, "Anyone."))
        world.now += 10
        await world.ask(answer(READ, "Anyone."))
        world.draft.edit_text("system", Text.from_str("You answer\u00a0questions about the regulation.\n"))
        world.now += 10
        await world.ask(answer(WROTE, "Anyone."))
        return list(world.log.records)

    first, second, third = world.run(story())
    assert first.verdict is not None
    assert first.verdict.effect == "first"
    assert second.verdict is not None
    assert second.verdict.effect == "hit"
    assert third.verdict is not None
    assert third.verdict.effect == "miss"
    assert third.insight.explanation is not None
    assert third.verdict.causes == third.insight.explanation.causes != ()
    assert third.verdict.agrees
    assert third.insight.baseline is second.exchange


def test_breaking_off_keeps_what_was_received(world: World) -> None:
    async def story() -> Record:
        gate = Gate()
        world.outside.script = [Sent(b"{}"), STARTED, TextPart("The data "), TextPart("subj"), gate]
        world.sending.send()
        await gate.reached.wait()
        world.sending.cancel()
        return await world.ended()

    record = world.run(story())
    exchange = exchange_of(record)
    assert exchange.reply == "The data subj"
    assert exchange.cancelled
    assert exchange.failure is None
    assert exchange.usage == BEGUN
    assert record.verdict is not None
    assert record.verdict.usage == BEGUN
    assert world.outside.clients[0].streams_closed == 1


def test_a_failure_in_mid_stream_keeps_what_was_received(world: World) -> None:
    script: list[Step] = [Sent(b"{}"), STARTED, TextPart("The data "), TextPart("subj"), OVERLOADED]
    record = world.run(world.ask(script))
    exchange = exchange_of(record)
    assert exchange.reply == "The data subj"
    assert exchange.failure is OVERLOADED
    assert not exchange.cancelled
    assert exchange.usage == BEGUN
    assert record.verdict is not None


def test_a_stream_that_fails_at_once_leaves_an_exchange_without_usage(world: World) -> None:
    record = world.run(world.ask([Sent(b"{}"), OVERLOADED]))
    exchange = exchange_of(record)
    assert exchange.failure is OVERLOADED
    assert exchange.usage is None
    assert not exchange.stored
    assert record.verdict is None


def test_nothing_is_lost_when_no_connection_comes_about(world: World) -> None:
    async def story() -> None:
        world.draft.edit_text("second", Text.from_str("typed just now"))
        world.draft.select_question("second")
        world.outside.trouble = SendFailure(
            "unreachable", "The simulator does not come up.", remedy="Restart."
        )
        record = await world.ask()
        assert exchange_of(record).failure is world.outside.trouble
        assert record.exchange.title == "typed just now"
        assert record.insight.draft is world.draft.draft
        assert not world.sending.running
        assert not world.ledger.entries
        assert world.log.baseline is None
        world.outside.trouble = None
        again = await world.ask(answer(WROTE, "Yes."))
        assert again.exchange.reply == "Yes."
        assert again.exchange.number == 2

    world.run(story())


def test_a_fault_of_our_own_is_reported_and_the_next_exchange_goes_well(world: World) -> None:
    async def story() -> None:
        with heard(world.tasks.failed) as failures:
            record = await world.ask([Sent(b"{}"), STARTED, TextPart("Any"), LookupError("no such thing")])
        assert [(name, type(error)) for name, error in failures] == [("send", LookupError)]
        assert exchange_of(record).reply == "Any"
        assert not world.sending.running
        assert (await world.ask(answer(WROTE, "Yes."))).exchange.reply == "Yes."

    world.run(story())


def test_a_second_send_changes_nothing_while_one_is_on_its_way(world: World) -> None:
    async def story() -> None:
        gate = Gate()
        world.outside.script = [Sent(b"{}"), gate, *answer(WROTE, "Yes.")]
        with heard(world.sending.running_changed) as running:
            world.sending.send()
            world.sending.send()
            await gate.reached.wait()
            world.sending.send()
            assert len(world.log.records) == 1
            assert running == [True]
            gate.opened.set()
            await world.ended()
        assert running == [True, False]

    world.run(story())
    assert len(world.outside.bodies) == 1


def test_one_can_break_off_before_the_first_step(world: World) -> None:
    async def story() -> None:
        world.sending.send()
        world.sending.cancel()
        record = await world.ended()
        assert exchange_of(record).cancelled
        assert not world.outside.bodies
        assert (await world.ask(answer(WROTE, "Yes."))).exchange.reply == "Yes."

    world.run(story())


def test_breaking_off_twice_or_too_late_harms_nothing(world: World) -> None:
    async def story() -> None:
        gate = Gate()
        world.outside.script = [gate]
        world.sending.send()
        await gate.reached.wait()
        world.sending.cancel()
        world.sending.cancel()
        await world.ended()
        world.sending.cancel()
        assert not (await world.ask(answer(WROTE, "Yes."))).exchange.cancelled
        world.sending.cancel()
        assert [record.exchange.cancelled for record in world.log.records] == [True, False]

    world.run(story())


def test_the_ledger_learns_of_an_exchange_once_its_response_began(world: World) -> None:
    async def story() -> None:
        gate = Gate()
        await world.ask([Sent(b"{}"), OVERLOADED])
        assert not world.ledger.entries
        world.outside.script = [Sent(b"{}"), gate]
        await world.connection.close()
        world.sending.send()
        await gate.reached.wait()
        world.sending.cancel()
        await world.ended()
        assert not world.ledger.entries
        await world.ask([Sent(b"{}"), STARTED, OVERLOADED])
        assert world.ledger.entries

    world.run(story())


def test_an_entry_lives_from_the_moment_at_which_the_request_left(world: World) -> None:
    async def script() -> AsyncGenerator[ReplyEvent, None]:
        world.now += 100
        yield Sent(b"first attempt")
        world.now += 10
        yield Sent(b"second attempt")
        yield STARTED
        yield Ended("end_turn", WROTE)

    start = world.now
    record = world.run(world.ask(script))
    assert record.exchange.wire == b"second attempt"
    assert {entry.expires_at for entry in world.ledger.entries.values()} == {start + 110 + 300}


def busy(world: World) -> Script:
    """A reply that comes word by word for five times as long as the log waits."""

    async def script() -> AsyncGenerator[ReplyEvent, None]:
        yield Sent(b"{}")
        yield STARTED
        end = world.loop.time() + 5 * FLUSH_S
        while world.loop.time() < end:
            yield TextPart("word ")
            await asyncio.sleep(0)
        yield Ended("end_turn", WROTE)

    return script


def test_the_log_hears_of_a_stream_at_most_every_thirty_milliseconds(world: World) -> None:
    shown: list[tuple[float, str]] = []

    def note(record: Record) -> None:
        if record.exchange.running:
            shown.append((world.loop.time(), record.exchange.reply))

    world.log.changed.connect(note)
    reply = world.run(world.ask(busy(world))).exchange.reply
    assert reply.count("word ") > len(shown) >= 3
    assert reply == "word " * reply.count("word ")
    assert all(later - sooner >= FLUSH_S for (sooner, _), (later, _) in pairwise(shown))
    assert all(later.startswith(sooner) for (_, sooner), (_, later) in pairwise([*shown, (0, reply)]))


def test_an_exchange_that_has_ended_is_not_touched_again(world: World) -> None:
    async def story() -> None:
        record = await world.ask([Sent(b"{}"), STARTED, TextPart("The data"), OVERLOADED])
        assert record.verdict is not None
        await world.ask(busy(world))
        assert world.log.records[0] is record

    world.run(story())


def test_what_came_is_shown_although_nothing_more_comes(world: World) -> None:
    async def story() -> None:
        gate = Gate()
        world.outside.script = [Sent(b"{}"), STARTED, TextPart("The "), TextPart("data "), gate]
        world.sending.send()
        await world.until(world.log.changed, lambda record: record.exchange.reply == "The data ")
        assert world.sending.running
        assert not gate.opened.is_set()

    world.run(story())


def test_the_window_lives_while_a_thousand_events_arrive_at_once(world: World) -> None:
    async def story() -> int:
        turns = 0

        async def turn() -> None:
            nonlocal turns
            while world.sending.running:
                turns += 1
                await asyncio.sleep(0)

        world.outside.script = answer(WROTE, *["word "] * 1000)
        world.sending.send()
        other = world.tasks.start("turn", turn())
        assert (await world.ended()).exchange.reply == "word " * 1000
        await other
        return turns

    assert world.run(story()) > 100


def test_closing_the_app_keeps_what_was_received(world: World) -> None:
    async def story() -> None:
        gate = Gate()
        world.outside.script = [Sent(b"{}"), STARTED, TextPart("The data"), gate]
        world.sending.send()
        await gate.reached.wait()
        await world.tasks.close()
        (record,) = world.log.records
        assert exchange_of(record).reply == "The data"
        assert record.exchange.cancelled
        assert not world.sending.running

    world.run(story())


def test_without_a_question_nothing_is_sent(world: World) -> None:
    world.draft.remove("first")
    world.draft.remove("second")

    async def story() -> None:
        world.sending.send()
        assert not world.sending.running

    with heard(world.sending.running_changed) as running:
        world.run(story())
    assert not running
    assert not world.log.records


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Who?", "Who?"),
        ("\n  \nWho may ask?  \nAnd when?", "Who may ask?"),
        ("", "(empty question)"),
        (" \n", "(empty question)"),
        ("w" * 500, "w" * 120),
    ],
)
def test_an_exchange_is_called_by_the_first_line_of_its_question(
    world: World, question: str, title: str
) -> None:
    world.draft.edit_text("first", Text.from_str(question))
    assert world.run(world.ask(answer(WROTE))).exchange.title == title


def test_typing_while_a_reply_comes_in_changes_nothing_of_what_was_sent(world: World) -> None:
    async def story() -> None:
        gate = Gate()
        world.outside.script = [Sent(b"{}"), gate, *answer(WROTE, "Yes.")]
        world.sending.send()
        await gate.reached.wait()
        world.draft.edit_text("system", Text.from_str("something else"))
        world.live.look()
        gate.opened.set()
        record = await world.ended()
        assert record.insight.draft.system == DRAFT.system
        insight = world.live.look()
        assert insight is not None
        assert insight.baseline is record.exchange
        assert insight.broken

    world.run(story())
    body: RequestBody = world.outside.bodies[0]
    assert b"something else" not in body.encode()


def test_an_answered_request_leaves_a_receipt(world: World) -> None:
    async def script() -> AsyncGenerator[ReplyEvent, None]:
        world.now += 1
        yield Sent(b"{}")
        world.now += 2
        yield Started("msg_7", None, "claude-sonnet-5-5", BEGUN)
        world.now += 3
        yield Ended("end_turn", WROTE)

    start = world.now
    record = world.run(world.ask(script))
    (receipt,) = world.receipts.receipts
    assert (receipt.kind, receipt.model, receipt.scope) == ("question", DRAFT.model, "simulator")
    assert receipt.conversation == world.draft.conversation == record.exchange.conversation
    assert (receipt.started_at, receipt.first_event_s, receipt.duration_s) == (start + 1, 2, 5)
    assert receipt.message_id == "msg_7"
    assert receipt.usage == WROTE
    assert receipt.forecast == record.insight.forecast.plan.usage
    assert receipt.estimated == record.insight.forecast.estimated
    assert receipt.read_key is None
    assert [key for key, *_ in receipt.written] == list(world.ledger.entries)
    assert [step.key for step in receipt.trail] == list(record.insight.prefix.keys)
    (key,) = world.ledger.entries
    assert world.ledger.origin(key) == 1


def test_one_that_is_read_names_its_entry_and_the_writer(world: World) -> None:
    async def story() -> None:
        await world.ask(answer(WROTE))
        world.now += 10
        await world.ask(answer(READ))
        (key,) = world.ledger.entries
        _, second = world.receipts.receipts
        assert (second.read_key, second.written, second.missed) == (key, (), 0)
        assert world.ledger.origin(key) == 1

    world.run(story())


@pytest.mark.parametrize("script", [[Sent(b"{}"), OVERLOADED], [OVERLOADED]])
def test_without_usage_there_is_no_receipt(world: World, script: Script) -> None:
    world.run(world.ask(script))
    assert not world.receipts.receipts


def test_what_is_read_lives_anew_as_soon_as_the_request_leaves(world: World) -> None:
    async def story() -> None:
        await world.ask(answer(WROTE))
        world.now += 200
        gate = Gate()
        world.outside.script = [Sent(b"{}"), gate, *answer(READ)]
        await world.connection.close()
        world.sending.send()
        await gate.reached.wait()
        (entry,) = world.ledger.entries.values()
        assert entry.started_at == world.now
        gate.opened.set()
        await world.ended()

    world.run(story())


def test_a_refused_request_has_read_nothing(world: World) -> None:
    async def story() -> None:
        await world.ask(answer(WROTE))
        before = dict(world.ledger.entries)
        world.now += 200
        await world.ask([Sent(b"{}"), OVERLOADED])
        assert dict(world.ledger.entries) == before

    world.run(story())


def test_an_answer_of_another_model_changes_nothing_of_this_ones_entries(world: World) -> None:
    async def story() -> None:
        await world.ask(answer(WROTE))
        before = dict(world.ledger.entries)
        world.now += 60
        by_haiku = Started("msg_2", "req_2", "claude-haiku-5-5", WROTE)
        await world.ask([Sent(b"{}"), by_haiku, Ended("end_turn", WROTE)])
        assert dict(world.ledger.entries) == before

    world.run(story())
    first, second = world.receipts.receipts
    assert first.estimated > 0
    assert (second.estimated, second.written, second.trail) == (0, (), ())


def test_a_receipt_loses_what_the_verdict_says(world: World) -> None:
    async def story() -> None:
        await world.ask(answer(WROTE))
        world.now += 400
        await world.ask(answer(WROTE))

    world.run(story())
    verdict = world.log.records[-1].verdict
    assert verdict is not None
    assert verdict.lost
    line = lines_of(world.receipts.receipts, CATALOGUE, now=world.now)[-1]
    assert (line.lost, line.receipt.missed) == (verdict.lost, verdict.stored)
