"""Faults on demand: what a scenario does to requests, through the socket with the real SDK (facts §9)."""

from __future__ import annotations

import asyncio
from typing import Any

import anthropic
import httpx2
import pytest

from coldbyte.core.cache.scenario import read_scenario
from coldbyte.services import resources
from services.simulator_world import LONG, MODEL, Gate, World, run, simulator, text, user

BODY: dict[str, Any] = {"system": [text(LONG, "5m")], "messages": [user("When?")]}

STATUSES: list[tuple[int, type[anthropic.APIStatusError], str]] = [
    (400, anthropic.BadRequestError, "invalid_request_error"),
    (401, anthropic.AuthenticationError, "authentication_error"),
    (402, anthropic.PaymentRequiredError, "billing_error"),
    (403, anthropic.PermissionDeniedError, "permission_error"),
    (404, anthropic.NotFoundError, "not_found_error"),
    (408, anthropic.RequestTimeoutError, "timeout_error"),
    (409, anthropic.ConflictError, "conflict_error"),
    (413, anthropic.ContentTooLargeError, "request_too_large"),
    (429, anthropic.RateLimitError, "rate_limit_error"),
    (500, anthropic.InternalServerError, "api_error"),
    (504, anthropic.GatewayTimeoutError, "timeout_error"),
    (529, anthropic.OverloadedError, "overloaded_error"),
]


@pytest.mark.parametrize(("status", "error", "kind"), STATUSES)
def test_a_status_is_the_error_of_the_sdk_and_writes_nothing(
    status: int, error: type[anthropic.APIStatusError], kind: str
) -> None:
    async def story(world: World) -> None:
        with pytest.raises(error) as caught:
            await world.ask(**BODY)
        assert (caught.value.status_code, caught.value.type) == (status, kind)
        assert caught.value.request_id
        assert ("retry-after" in caught.value.response.headers) == (status == 429)
        assert (await world.usage(**BODY))[0] == 0

    run(story, faults=[{"requests": [1], "status": status}])


def test_by_the_rules_a_failed_request_can_leave_its_entries() -> None:
    async def story(world: World) -> None:
        with pytest.raises(anthropic.InternalServerError):
            await world.ask(**BODY)
        assert (await world.usage(**BODY))[0] > 1000

    run(story, "cache.keep_failed=true", faults=[{"requests": [1], "status": 500}])


def test_words_code_and_waiting_time_are_those_of_the_scenario() -> None:
    async def story(world: World) -> None:
        with pytest.raises(anthropic.RateLimitError) as spent:
            await world.ask(**BODY)
        assert spent.value.error_code == "enforced_spend_limit_reached"
        assert "retry-after" not in spent.value.response.headers
        with pytest.raises(anthropic.RateLimitError, match="Slow down") as slow:
            await world.ask(**BODY)
        assert slow.value.response.headers["retry-after"] == "8"

    faults = [
        {"requests": [1], "status": 429, "error_code": "enforced_spend_limit_reached"},
        {"requests": [2], "status": 429, "message": "Slow down", "retry_after_s": 7.5},
    ]
    run(story, faults=faults)


def test_the_sdk_tries_again_and_succeeds() -> None:
    async def story(world: World) -> None:
        client = (await world.client()).with_options(max_retries=2)
        raw = await client.messages.with_raw_response.create(model=MODEL, max_tokens=9, **BODY)
        assert raw.retries_taken == 2

    faults = [{"requests": [1, 2], "status": 429, "retry_after_s": 0}]
    run(story, faults=faults)


async def read(client: anthropic.AsyncAnthropic, seen: list[str]) -> None:
    """Read a stream, and note the types of the events that came."""
    async for event in await client.messages.create(model=MODEL, max_tokens=50, stream=True, **BODY):
        seen.append(event.type)  # noqa: PERF401  (those before an error count)


@pytest.mark.parametrize("events", [1, 2, 4])
def test_a_stream_breaks_off_with_an_error_event(events: int) -> None:
    async def story(world: World) -> None:
        client = await world.client()
        seen: list[str] = []
        with pytest.raises(anthropic.APIStatusError) as caught:
            await read(client, seen)
        assert (caught.value.status_code, caught.value.type) == (200, "overloaded_error")
        assert len(seen) == events
        assert (await world.usage(**BODY))[0] > 1000  # the response had begun

    run(story, faults=[{"requests": [1], "after_events": events, "type": "overloaded_error"}])


def test_without_a_stream_the_same_error_is_a_status() -> None:
    async def story(world: World) -> None:
        with pytest.raises(anthropic.OverloadedError):
            await world.ask(**BODY)
        assert (await world.usage(**BODY))[0] == 0

    run(story, faults=[{"requests": [1], "after_events": 3}])


def test_a_stream_is_cut_in_its_middle() -> None:
    async def story(world: World) -> None:
        client = await world.client()
        seen: list[str] = []
        with pytest.raises(httpx2.RemoteProtocolError):
            await read(client, seen)
        assert seen == ["message_start", "content_block_start", "content_block_delta"]
        assert (await world.usage(**BODY))[0] > 1000

    run(story, faults=[{"requests": [1], "after_events": 3, "cut": True}])


def test_a_whole_answer_is_cut_in_its_middle() -> None:
    async def story(world: World) -> None:
        with pytest.raises(anthropic.APIConnectionError):
            await world.ask(**BODY)
        assert (await world.usage(**BODY))[0] > 1000

    run(story, faults=[{"requests": [1], "after_events": 3, "cut": True}])


def test_entries_are_evicted_before_their_time() -> None:
    async def story(world: World) -> None:
        _, written, _ = await world.usage(**BODY)
        assert await world.usage(**BODY) == (0, written, (await world.ask(**BODY)).usage.input_tokens)

    run(story, faults=[{"requests": [2], "evict": True}])


def test_another_model_answers_from_a_cache_of_its_own() -> None:
    async def story(world: World) -> None:
        await world.ask(**BODY)
        other = await world.ask(**BODY)
        assert (other.model, other.usage.cache_read_input_tokens) == ("claude-haiku-4-5", 0)
        assert other.usage.cache_creation_input_tokens == 0  # its minimum is 4096
        again = await world.ask(**BODY)
        assert (again.model, bool(again.usage.cache_read_input_tokens)) == (MODEL, True)

    run(story, faults=[{"requests": [2], "answered_by": "claude-haiku-4-5"}])


def test_a_fault_is_for_one_model_or_one_key() -> None:
    async def story(world: World) -> None:
        with pytest.raises(anthropic.AuthenticationError, match="invalid x-api-key"):
            await world.ask(key="old", **BODY)
        with pytest.raises(anthropic.NotFoundError, match="model: claude-opus-5"):
            await world.ask(model="claude-opus-5", **BODY)
        assert (await world.ask(**BODY)).content

    faults = [{"key": "old", "status": 401}, {"model": "claude-opus-5", "status": 404}]
    run(story, faults=faults)


def test_a_reset_counts_requests_anew() -> None:
    async def story(world: World) -> None:
        for _ in range(2):
            with pytest.raises(anthropic.InternalServerError):
                await world.ask(**BODY)
            assert (await world.ask(**BODY)).content
            await (await world.http()).post("/_coldbyte/reset")

    run(story, faults=[{"requests": [1], "status": 500}])


def test_limits_are_enforced_and_reads_are_free() -> None:
    """§5: input and writes count against the tokens of a minute, reads do not."""

    async def story(world: World) -> None:
        first = await world.ask(**BODY)
        used = first.usage.input_tokens + (first.usage.cache_creation_input_tokens or 0)
        assert used > 1000
        for _ in range(2):
            assert (await world.ask(**BODY)).usage.cache_read_input_tokens
        with pytest.raises(anthropic.RateLimitError) as caught:
            await world.ask(**BODY)  # the fourth request within a minute
        assert 0 < int(caught.value.response.headers["retry-after"]) <= 60
        assert caught.value.response.headers["anthropic-ratelimit-requests-remaining"] == "0"
        world.clock.advance(60)
        for new in ("One. ", "Two. "):
            await world.ask(system=[text(new + LONG, "5m")], messages=[user("When?")])
        with pytest.raises(anthropic.RateLimitError, match="input tokens"):
            await world.ask(**BODY)
        assert (await world.ask(key="two", **BODY)).content

    run(story, limits={"requests": 3, "input_tokens": 2000, "output_tokens": 10_000})


def test_without_a_scenario_no_limit_is_enforced() -> None:
    async def story(world: World) -> None:
        http = await world.http()
        for _ in range(4):
            long = {"model": MODEL, "max_tokens": 5, "messages": [user("x, y. " * 170_000)]}
            answer = await http.post("/v1/messages", json=long, headers={"x-api-key": "one"})
            assert answer.status_code == 200
        assert answer.headers["anthropic-ratelimit-input-tokens-remaining"] == "0"

    run(story)


def test_a_delay_is_waited_before_the_first_byte() -> None:
    async def told() -> None:
        waited: list[float] = []

        async def wait(seconds: float) -> None:
            waited.append(seconds)

        scenario = read_scenario('{"faults": [{"requests": [1], "delay_s": 12.5}]}')
        async with simulator(wait, scenario) as world:
            await world.ask(**BODY)
            assert waited[0] == 12.5
            waited.clear()
            await world.ask(**BODY)
            assert 12.5 not in waited

    asyncio.run(told())


@pytest.mark.parametrize("kept", [True, False])
def test_a_request_given_up_leaves_its_entries_only_by_the_rules(kept: bool) -> None:
    """§11 item 9."""

    async def told() -> None:
        gate = Gate()
        scenario = read_scenario(f'{{"rules": {{"cache.keep_failed": {str(kept).lower()}}}}}')
        async with simulator(gate.wait, scenario) as world:
            async with asyncio.TaskGroup() as group:
                asked = group.create_task(world.ask(**BODY))
                await gate.until(lambda: gate.came == 1)
                asked.cancel()
                await gate.until(lambda: gate.left == 1)
            await gate.open()
            assert ((await world.usage(**BODY))[0] > 0) == kept

    asyncio.run(told())


@pytest.mark.parametrize("name", sorted(resources.texts("scenarios", ".json")))
def test_what_is_shipped_can_be_read_and_says_what_it_is(name: str) -> None:
    scenario = read_scenario(resources.text(f"scenarios/{name}.json"))
    assert scenario.about
    assert scenario.faults or scenario.limits
