"""The bytes of a response, byte for byte as they came, however it ends: real SDK, real socket."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from coldbyte.core.body import RequestBody
from coldbyte.core.json.value import Json
from coldbyte.core.reply import Ended, Received, ReplyEvent, SendFailure, Sent, Started, TextPart
from coldbyte.core.secret import ApiKey
from coldbyte.services.anthropic_api import AnthropicApi
from services.scripted_server import (
    REPLY,
    START,
    STOP,
    Answer,
    Server,
    cut,
    delta,
    forever,
    refuses,
    replies,
    run,
    serving,
    sse,
    streams,
    text,
)
from services.simulator_world import simulator

KEY = ApiKey("sk-ant-a-key-of-a-test-0123456789")
BODY = RequestBody(
    {
        "max_tokens": 64,
        "messages": [{"role": "user", "content": "Who may ask?"}],
        "model": "claude-sonnet-5-5",
        "stream": True,
    }
)
ODD = (
    b": a comment\r\n\r\n"
    + sse(*REPLY).replace(b"\n", b"\r\n")
    + b"event: of the future\ndata: {}\n\n\n: bye"
)
Heard = tuple[list[ReplyEvent], SendFailure | None]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@asynccontextmanager
async def talking(*answers: Answer, max_retries: int = 0) -> AsyncIterator[tuple[AnthropicApi, Server]]:
    async with serving(*answers) as server:
        api = AnthropicApi(server.url, KEY, max_retries=max_retries)
        try:
            yield api, server
        finally:
            await api.close()


async def heard(api: AnthropicApi) -> Heard:
    events: list[ReplyEvent] = []
    try:
        async with aclosing(api.stream(BODY)) as stream:
            async for event in stream:
                events.append(event)  # noqa: PERF401  (what came before a failure stays)
    except SendFailure as failure:
        return events, failure
    return events, None


def hear(*answers: Answer, max_retries: int = 0) -> Heard:
    async def story() -> Heard:
        async with talking(*answers, max_retries=max_retries) as (api, _):
            return await heard(api)

    return run(story())


def last_attempt(events: list[ReplyEvent]) -> list[Received]:
    start = max(index for index, event in enumerate(events) if isinstance(event, Sent))
    return [event for event in events[start:] if isinstance(event, Received)]


def body_of(events: list[ReplyEvent]) -> bytes:
    return b"".join(event.data for event in last_attempt(events))


@pytest.mark.parametrize("data", [sse(*REPLY), ODD], ids=["as usual", "with all that the format allows"])
def test_the_bytes_of_a_stream_are_those_that_the_server_wrote(data: bytes) -> None:
    events, failure = hear(streams(data))
    assert failure is None
    assert body_of(events) == data
    assert last_attempt(events)[0] == Received(b"", 200)
    assert any(isinstance(event, Ended) for event in events)


def test_bytes_that_come_late_behind_the_last_event_are_kept_too() -> None:
    waits = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        await response.write(sse(*REPLY))
        await waits.wait()
        await response.write(b": the very end\n\n")
        return response

    async def story() -> bytes:
        events = []
        async with talking(answer) as (api, _), aclosing(api.stream(BODY)) as stream:
            async for event in stream:
                events.append(event)
                if isinstance(event, Ended):
                    waits.set()
        return body_of(events)

    assert run(story()) == sse(*REPLY) + b": the very end\n\n"


def test_bytes_are_told_before_what_they_say() -> None:
    events, _ = hear(replies(*REPLY))
    kinds = [type(event) for event in events]
    assert kinds[:2] == [Sent, Received]
    assert kinds.index(Received, 2) < kinds.index(Started)


@pytest.mark.parametrize("status", [400, 401, 413, 429, 500, 529])
def test_a_refusal_keeps_its_status_and_its_body(status: int) -> None:
    said = b'{"type": "error",\n "error": {"type":"x_error", "message":"N\\u00f6"}, "more": 1.50}'

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=said, content_type="application/json")

    events, failure = hear(answer)
    assert failure is not None
    assert failure.status == status
    assert body_of(events) == said
    assert {event.status for event in last_attempt(events)} == {status}


def test_each_attempt_has_bytes_of_its_own() -> None:
    events, failure = hear(refuses(529, "overloaded_error", "Busy."), replies(*REPLY), max_retries=1)
    assert failure is None
    assert body_of(events) == sse(*REPLY)
    assert [event.status for event in events if event in (Received(b"", 529), Received(b"", 200))] == [
        529,
        200,
    ]


def test_a_stream_that_is_cut_keeps_what_came() -> None:
    events, failure = hear(replies(START, text("Hel"), then=cut))
    assert failure is not None
    assert failure.kind == "cut"
    assert body_of(events) == sse(START, text("Hel"))


def test_an_error_in_the_middle_of_a_stream_is_kept() -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Busy."}}
    events, failure = hear(replies(START, error))
    assert failure is not None
    assert body_of(events) == sse(START, error)


def test_breaking_off_leaves_all_bytes_of_what_was_seen() -> None:
    async def story() -> list[ReplyEvent]:
        events: list[ReplyEvent] = []
        async with talking(replies(START, text("Hel"), then=forever)) as (api, server):
            seen = asyncio.Event()

            async def consume() -> None:
                async with aclosing(api.stream(BODY)) as stream:
                    async for event in stream:
                        events.append(event)
                        if isinstance(event, TextPart):
                            seen.set()

            consumer = asyncio.ensure_future(consume())  # noqa: TID251
            await seen.wait()
            consumer.cancel()
            with pytest.raises(asyncio.CancelledError):
                await consumer
            await server.left.wait()
        return events

    assert body_of(run(story())) == sse(START, text("Hel"))


def compressed(data: bytes) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(_: web.Request) -> web.StreamResponse:
        headers = {"content-type": "text/event-stream", "content-encoding": "gzip"}
        return web.Response(body=gzip.compress(data), headers=headers)

    return answer


def test_compressed_bytes_are_kept_as_what_they_stand_for() -> None:
    events, failure = hear(compressed(sse(*REPLY)))
    assert failure is None
    assert body_of(events) == sse(*REPLY)
    assert [event.text for event in events if isinstance(event, TextPart)] == ["Hel", "lo"]


def test_of_the_headers_only_harmless_ones_are_told() -> None:
    events, _ = hear(replies(*REPLY))
    (sent,) = (event for event in events if isinstance(event, Sent))
    assert set(sent.headers) == {"anthropic-version", "host"}
    assert KEY.reveal() not in repr(events) + str(sent.headers)


def test_what_the_diagnostics_said_is_kept_in_their_own_words() -> None:
    told: Json = {"cache_miss_reason": {"type": "system_changed", "cache_missed_input_tokens": 7}, "new": [1]}
    message: Any = START["message"]
    start = {**START, "message": {**message, "diagnostics": told}}
    events, _ = hear(replies(start, delta(), STOP))
    (started,) = (event for event in events if isinstance(event, Started))
    assert started.diagnostics == told


def test_the_simulator_is_heard_byte_for_byte() -> None:
    async def story() -> bytes:
        async with simulator() as simulated:
            api = AnthropicApi(simulated.url, KEY, max_retries=0)
            try:
                events, failure = await heard(api)
            finally:
                await api.close()
        assert failure is None
        return body_of(events)

    blocks = run(story()).decode().split("\n\n")
    assert blocks.pop() == ""
    kinds = [json.loads(block.split("data: ", 1)[1])["type"] for block in blocks]
    assert kinds[0] == "message_start"
    assert kinds[-1] == "message_stop"
