"""Warming against the real simulator, through the real SDK: once by hand, on a schedule, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from coldbyte.core.cache.usage import Usage
from coldbyte.core.reply import SendFailure
from coldbyte.core.secret import ApiKey
from coldbyte.core.text.text import Text
from coldbyte.core.warming.warming import Caps, Reason
from coldbyte.core.warming.warming_body import WarmingRefused
from coldbyte.state.warming import WarmingStatus
from services.scripted_server import Server, forever, refuses, serving
from state.simulated_world import World, a_world, go_direct, until
from state.world import NOON, heard

pytestmark = pytest.mark.usefixtures("_direct")
PLENTY = Caps(Decimal(1), 100, NOON + 100_000)
NOBODY = b"nobody knows this"


@pytest.fixture(name="_direct")
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    go_direct(monkeypatch)


@pytest.fixture
def tell(loop: asyncio.AbstractEventLoop) -> Callable[..., None]:
    """Tell a story in a world whose simulator has these faults."""

    def told(story: Callable[[World], Awaitable[None]], *faults: dict[str, Any]) -> None:
        async def run() -> None:
            async with a_world(faults) as world:
                await story(world)

        loop.run_until_complete(asyncio.wait_for(run(), 30))

    return told


Tell = Callable[..., None]


def reason(status: WarmingStatus) -> Reason | None:
    assert status.phase == "off"
    assert status.next_at is None
    assert status.say
    return status.reason


def test_a_warming_by_hand_keeps_a_live_entry_alive(tell: Tell) -> None:
    async def story(world: World) -> None:
        await world.ask()
        world.clock.advance(250)
        offer = world.warming.offer(world.key)
        status = await world.warm()
        (receipt,) = world.warmings
        assert receipt.usage == offer.forecast.plan.usage == receipt.forecast
        assert receipt.usage == Usage(read=world.entry.tokens, uncached=receipt.usage.uncached)
        assert receipt.read_key == world.key
        assert receipt.conversation == world.draft.conversation
        assert world.entry.started_at == receipt.started_at == NOON + 250
        assert status.last is not None
        assert (status.last.outcome, status.last.cost) == ("read", offer.now)
        assert f"Read {receipt.usage.read:,} tokens for $" in status.say
        world.clock.advance(299)
        usage = (await world.ask()).exchange.usage
        assert usage is not None
        assert (usage.read, usage.written) == (world.entry.tokens, 0)

    tell(story)


def test_a_warming_by_hand_writes_an_entry_that_is_not_there_yet(tell: Tell) -> None:
    async def story(world: World) -> None:
        assert not world.warming.offer(world.key).live
        status = await world.warm()
        assert status.last is not None
        assert status.last.outcome == "written"
        assert "to be read from now on" in status.say
        assert world.warmings[0].written == ((world.key, world.entry.tokens, "5m"),)
        assert world.entry.available_at == NOON
        usage = (await world.ask()).exchange.usage
        assert usage is not None
        assert usage.read == world.entry.tokens

    tell(story)


def test_typing_tells_nothing_new_of_a_schedule(tell: Tell) -> None:
    async def story(world: World) -> None:
        await world.ask()
        world.warming.keep_warm(world.key, PLENTY)
        with heard(world.warming.changed) as told:
            world.live.look()
            world.warming.tick()
        assert not told
        assert world.status.phase == "scheduled"

    tell(story)


def test_a_schedule_warms_again_and_again_shortly_before_the_end(tell: Tell) -> None:
    async def story(world: World) -> None:
        await world.ask()
        world.warming.keep_warm(world.key, PLENTY)
        assert (world.status.phase, world.status.next_at) == ("scheduled", NOON + 270)
        assert (await world.pass_to(269)).count == 0
        for number in (1, 2, 3):
            status = await world.pass_to(number * 270 + 5 * (number - 1))
            assert (status.phase, status.count) == ("scheduled", number)
            assert status.next_at == NOON + number * 270 + 5 * (number - 1) + 270
        assert [receipt.usage.written for receipt in world.warmings] == [0, 0, 0]
        assert status.last is not None
        assert status.last.cost is not None
        assert status.spent == 3 * status.last.cost > 0
        world.clock.time = NOON + 1100
        usage = (await world.ask()).exchange.usage
        assert usage is not None
        assert usage.read == world.entry.tokens

    tell(story)


def test_the_clock_alone_sets_a_due_warming_off(tell: Tell) -> None:
    async def story(world: World) -> None:
        await world.ask()
        world.clock.time = NOON + 269.9
        world.warming.keep_warm(world.key, PLENTY)
        assert world.status.phase == "scheduled"
        world.clock.time = NOON + 270
        await until(world.receipts.changed, lambda: bool(world.warmings))

    tell(story)


def test_an_exchange_puts_the_next_warming_off(tell: Tell) -> None:
    async def story(world: World) -> None:
        await world.ask()
        world.warming.keep_warm(world.key, PLENTY)
        world.clock.time = NOON + 200
        await world.ask()
        assert world.status.next_at == NOON + 470
        assert (await world.pass_to(300)).count == 0
        assert (await world.pass_to(470)).count == 1

    tell(story)


def test_it_is_off_until_it_is_switched_on(tell: Tell) -> None:
    async def story(world: World) -> None:
        await world.ask()
        status = await world.pass_to(280)
        assert (status.phase, status.count, status.caps) == ("off", 0, None)
        assert not world.warmings

    tell(story)


def test_the_cap_on_the_number_ends_it(tell: Tell) -> None:
    async def story(world: World) -> None:
        await world.ask()
        world.warming.keep_warm(world.key, replace(PLENTY, count=2))
        await world.pass_to(270)
        status = await world.pass_to(540)
        assert reason(status) == "count"
        assert status.count == 2
        assert (await world.pass_to(810)).count == 2
        assert len(world.warmings) == 2

    tell(story)


def test_the_cap_on_time_ends_it(tell: Tell) -> None:
    async def story(world: World) -> None:
        await world.ask()
        world.warming.keep_warm(world.key, replace(PLENTY, until=NOON + 500))
        status = await world.pass_to(270)
        assert reason(status) == "time"
        assert status.count == 1

    tell(story)


def test_the_cap_on_money_holds_even_for_a_warming_that_has_to_write(tell: Tell) -> None:
    async def story(world: World) -> None:
        await world.ask()
        quote = world.warming.offer(world.key).quote
        assert quote is not None
        world.warming.keep_warm(world.key, replace(PLENTY, usd=quote.most - Decimal("0.000001")))
        assert reason(world.status) == "money"
        world.warming.keep_warm(world.key, replace(PLENTY, usd=quote.most + quote.keep))
        await world.pass_to(270)
        status = await world.pass_to(540)
        assert reason(status) == "money"
        assert status.spent == 2 * quote.keep

    tell(story)


def test_it_ends_when_it_no_longer_pays(tell: Tell) -> None:
    async def story(world: World) -> None:
        await world.ask()
        world.warming.keep_warm(world.key, PLENTY)
        pays = world.warming.offer(world.key).pays
        assert pays is not None
        at = 0
        while world.status.phase != "off":
            at += 270
            await world.pass_to(at)
        assert reason(world.status) == "break_even"
        assert world.status.count == len(world.warmings) == pays > 10

    tell(story)


def test_a_use_in_between_pays_for_the_warmings_before_it(tell: Tell) -> None:
    async def story(world: World) -> None:
        await world.ask()
        world.warming.keep_warm(world.key, PLENTY)
        pays = world.warming.offer(world.key).pays
        assert pays is not None
        for number in range(1, pays):
            await world.pass_to(number * 270)
        world.clock.advance(100)
        await world.ask()
        at = (pays - 1) * 270 + 100
        while world.status.phase != "off":
            at += 270
            await world.pass_to(at)
        assert reason(world.status) == "break_even"
        assert world.status.count == pays - 1 + pays

    tell(story)


def test_a_warming_that_finds_the_entry_gone_writes_it_once_and_says_so(tell: Tell) -> None:
    async def story(world: World) -> None:
        await world.ask()
        world.warming.keep_warm(world.key, PLENTY)
        status = await world.pass_to(270)
        assert reason(status) == "gone"
        assert "wrote it anew, once, for $" in status.say
        assert (await world.pass_to(540)).count == 1
        assert [receipt.usage.read for receipt in world.warmings] == [0]
        assert world.entry.started_at == NOON + 270

    tell(story, {"requests": [2], "evict": True})


def test_a_sleeping_machine_comes_too_late(tell: Tell) -> None:
    async def story(world: World) -> None:
        await world.ask()
        world.warming.keep_warm(world.key, PLENTY)
        assert reason(await world.pass_to(3000)) == "expired"
        assert not world.warmings

    tell(story)


def test_a_changed_draft_ends_it_and_a_changed_question_does_not(tell: Tell) -> None:
    async def story(world: World) -> None:
        await world.ask()
        key = world.key
        world.warming.keep_warm(key, PLENTY)
        world.draft.edit_text("first", Text.from_str("Who else?"))
        world.live.look()
        assert world.warming.status(key).phase == "scheduled"
        world.draft.edit_text("system", Text.from_str("You answer briefly.\n"))
        world.live.look()
        assert reason(world.warming.status(key)) == "unread"
        world.clock.time = NOON + 280
        world.warming.tick()
        assert not world.warmings
        world.warming.warm_now(key)
        await world.still(key)
        assert world.warmings[0].read_key == key, "by hand the exchange that wrote it can still be warmed"

    tell(story)


def test_a_draft_without_a_question_ends_it(tell: Tell) -> None:
    async def story(world: World) -> None:
        await world.ask()
        key = world.key
        world.warming.keep_warm(key, PLENTY)
        world.draft.remove("first")
        world.draft.remove("second")
        world.live.look()
        assert reason(world.warming.status(key)) == "unread"

    tell(story)


def test_a_failure_ends_it_and_the_entry_lives_no_longer_than_it_did(tell: Tell) -> None:
    async def story(world: World) -> None:
        await world.ask()
        world.warming.keep_warm(world.key, PLENTY)
        status = await world.pass_to(270)
        assert reason(status) == "failed"
        assert "overloaded" in status.say
        assert status.spent == 0
        assert world.entry.started_at == NOON
        assert not world.warmings

    tell(story, {"requests": [2], "status": 529})


def test_an_endpoint_that_takes_no_zero_is_offered_the_old_way(tell: Tell) -> None:
    async def story(world: World) -> None:
        await world.ask()
        simulated = world.outside.url
        async with serving(refuses(400, "invalid_request_error", "max_tokens: must be at least 1")) as server:
            world.outside.url = server.url
            status = await world.warm()
        world.outside.url = simulated
        assert status.offers_old_way
        assert "max_tokens 1" in status.say
        status = await world.warm(tokens=1)
        assert not status.offers_old_way
        assert world.warmings[0].usage.output == 1
        world.warming.keep_warm(world.key, PLENTY, tokens=1)
        await world.pass_to(270)
        assert [receipt.usage.output for receipt in world.warmings] == [1, 1]

    tell(story)


def test_a_model_without_a_price_is_not_warmed_on_a_schedule(tell: Tell) -> None:
    async def story(world: World) -> None:
        world.draft.set_model("claude-of-tomorrow")
        world.warming.keep_warm(world.key, PLENTY)
        assert reason(world.status) == "refused"
        assert "No price" in world.status.say

    tell(story)


def test_one_warming_of_an_entry_is_on_its_way_at_a_time(tell: Tell) -> None:
    async def story(world: World) -> None:
        await world.ask()
        world.warming.keep_warm(world.key, PLENTY)
        world.clock.time = NOON + 280
        with heard(world.warming.changed) as changed:
            world.warming.tick()
            world.warming.tick()
            world.warming.warm_now(world.key)
            await world.settled()
        await world.ask()
        assert len(world.warmings) == 1
        assert set(changed) == {world.key}

    tell(story)


async def in_flight(world: World, server: Server) -> None:
    """A schedule whose warming has reached a server that never answers."""
    await world.ask()
    world.warming.keep_warm(world.key, PLENTY)
    world.outside.url = server.url
    world.clock.time = NOON + 280
    world.warming.tick()
    await server.reached.wait()
    assert world.status.phase == "warming"
    assert world.entry.started_at == NOON + 280, "a read counts from its start"


def test_stopping_breaks_off_what_is_on_its_way(tell: Tell) -> None:
    async def story(world: World) -> None:
        async with serving(forever) as server:  # type: ignore[arg-type]
            await in_flight(world, server)
            world.warming.stop(world.key)
            status = await world.settled()
            await server.left.wait()
            assert reason(status) == "user"
            assert "may be billed" in status.say
            assert status.spent is None
            assert (await world.pass_to(285)).count == 1

    tell(story)


def test_the_end_of_the_app_ends_everything(tell: Tell) -> None:
    async def story(world: World) -> None:
        async with serving(forever) as server:  # type: ignore[arg-type]
            await in_flight(world, server)
            await world.tasks.close()
            assert reason(world.status) == "user"
            await server.left.wait()
            world.warming.stop_all()
            world.warming.tick()
            assert world.status.phase == "off"
            assert len(server.received) == 1

    tell(story)


def test_stopping_what_is_scheduled_sends_nothing_any_more(tell: Tell) -> None:
    async def story(world: World) -> None:
        await world.ask()
        world.warming.keep_warm(world.key, PLENTY)
        world.warming.stop(world.key)
        world.warming.stop(NOBODY)
        assert reason(world.status) == "user"
        await world.pass_to(280)
        assert not world.warmings

    tell(story)


def test_no_connection_is_a_failure_that_costs_nothing(tell: Tell) -> None:
    async def story(world: World) -> None:
        await world.ask()
        world.outside.trouble = SendFailure("unreachable", "The simulator does not come up.")
        status = await world.warm()
        assert status.say == "The simulator does not come up."
        assert status.count == 0
        assert status.spent == 0

    tell(story)


def test_an_entry_of_another_key_is_left_alone(tell: Tell) -> None:
    async def story(world: World) -> None:
        await world.ask()
        key = world.key
        world.warming.keep_warm(key, PLENTY)
        await world.connection.keep("default", ApiKey("sk-ant-other"))
        assert reason(world.warming.status(key)) == "unread"
        world.live.look()
        with pytest.raises(WarmingRefused, match="another key"):
            world.warming.offer(key)
        world.warming.warm_now(key)
        assert reason(world.warming.status(key)) == "refused"

    tell(story)


def test_what_another_key_would_pay_for_is_not_sent(tell: Tell) -> None:
    async def story(world: World) -> None:
        await world.connection.keep("default", ApiKey("sk-ant-other"))
        world.connection.use("simulator")
        await world.ask()
        key = world.key
        world.warming.warm_now(key)
        world.connection.use("api")
        await world.still(key)
        assert "Another key came into use" in world.warming.status(key).say
        assert world.warming.status(key).count == 0

    tell(story)


def test_an_entry_without_any_request_of_this_run_can_not_be_warmed(tell: Tell) -> None:
    async def story(world: World) -> None:
        world.warming.keep_warm(NOBODY, PLENTY)
        assert reason(world.warming.status(NOBODY)) == "refused"
        assert "No request of this run" in world.warming.status(NOBODY).say

    tell(story)
