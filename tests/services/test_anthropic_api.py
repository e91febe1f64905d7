"""The real SDK over a real socket: what is sent, what comes back, and how it ends."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import anthropic
import pytest

from coldbyte.core.body import RequestBody, request_body
from coldbyte.core.cache.usage import Usage
from coldbyte.core.draft import Document, Draft, Question, SystemBlock
from coldbyte.core.json.value import compact, printed_start
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.reply import Ended, Received, ReplyEvent, SendFailure, Sent, Started, TextPart
from coldbyte.core.secret import ApiKey
from coldbyte.core.text.text import Text
from coldbyte.core.warming.warming import WarmingAnswer, ZeroRefused
from coldbyte.services.anthropic_api import AnthropicApi, streamed
from services.scripted_server import (
    REPLY,
    START,
    START_USAGE,
    STOP,
    Answer,
    Server,
    cut,
    delta,
    forever,
    refuses,
    replies,
    run,
    says,
    serving,
    text,
)

KEY = ApiKey("sk-ant-test-0123456789")
AWKWARD = 'Zoë said:\t"no\u00a0break"\r\n\u2028\u0000\\ 😀 e\u0301'
DRAFT = Draft(
    model="claude-sonnet-5-5",
    max_tokens=64,
    system=(SystemBlock("s", Text.from_str(AWKWARD)),),
    documents=(Document("d", "The é title", Text.from_str(AWKWARD * 2), "5m"),),
    questions=(Question("q", Text.from_str("Why?")),),
)
BODY = request_body(DRAFT, "q")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@asynccontextmanager
async def talking(*answers: Answer, **options: Any) -> AsyncIterator[tuple[AnthropicApi, Server]]:
    async with serving(*answers) as server:
        api = AnthropicApi(server.url, KEY, **options)
        try:
            yield api, server
        finally:
            await api.close()


async def all_events(api: AnthropicApi, body: RequestBody = BODY) -> list[ReplyEvent]:
    """All events but the bytes themselves."""
    async with aclosing(api.stream(body)) as events:
        return [event async for event in events if not isinstance(event, Received)]


def exchange(answer: Answer, body: RequestBody = BODY) -> tuple[list[ReplyEvent], Server]:
    async def story() -> tuple[list[ReplyEvent], Server]:
        async with talking(answer) as (api, server):
            return await all_events(api, body), server

    return run(story())


def test_a_reply_comes_as_sent_started_text_and_ended() -> None:
    events, server = exchange(replies(*REPLY))
    assert events == [
        Sent(server.received[0].body),
        Started("msg_1", "req_1", "claude-sonnet-5-5", Usage(7, 60, 40, 10, 1)),
        TextPart("Hel"),
        TextPart("lo"),
        Ended("end_turn", Usage(7, 60, 40, 10, 15)),
    ]
    assert server.received[0].path == "/v1/messages"
    assert server.received[0].headers["Authorization"] == f"Bearer {KEY.reveal()}"
    assert server.received[0].headers["Content-Type"] == "application/json"


def test_the_bytes_of_a_body_that_says_stream_go_out_exactly_as_they_are() -> None:
    events, server = exchange(replies(*REPLY))
    assert server.received[0].body == BODY.encode()
    assert events[0] == Sent(BODY.encode())
    reordered = RequestBody({"stream": True, "model": "m", "messages": [], "max_tokens": 1})
    _, server = exchange(replies(*REPLY), reordered)
    assert server.received[0].body == reordered.encode()


def test_a_body_that_says_no_stream_is_streamed_in_its_own_order() -> None:
    body = RequestBody({"stream": False, "model": "m", "messages": [], "max_tokens": 1})
    _, server = exchange(replies(*REPLY), body)
    assert server.received[0].body == b'{"stream":true,"model":"m","messages":[],"max_tokens":1}'


def test_fields_that_nobody_knows_are_sent_too() -> None:
    body = RequestBody({"max_tokens": 1, "messages": [], "model": "m", "from_the_future": {"é": [1.5, None]}})
    _, server = exchange(replies(*REPLY), body)
    assert '"from_the_future":{"é":[1.5,null]},"stream":true}'.encode() in server.received[0].body


def test_the_sdk_itself_would_write_the_same_bytes() -> None:
    full = RequestBody(
        {
            "max_tokens": 64,
            "messages": [{"role": "user", "content": AWKWARD}],
            "model": "claude-sonnet-5-5",
            "cache_control": {"type": "ephemeral"},
            "metadata": {"user_id": "é"},
            "stop_sequences": ["x"],
            "system": AWKWARD,
            "thinking": {"type": "adaptive"},
            "tool_choice": {"type": "auto"},
            "tools": [{"name": "t", "input_schema": {"type": "object", "b": 1, "a": 2}}],
        }
    )

    async def story(body: RequestBody) -> tuple[bytes, bytes]:
        async with talking(replies(*REPLY)) as (api, server):
            await all_events(api, body)
            async with anthropic.AsyncAnthropic(api_key="k", base_url=server.url) as client:
                fields = {name: value for name, value in streamed(body).plain().items() if name != "stream"}
                create: Any = client.messages.create  # the fields are those of the body under test
                async with await create(stream=True, **fields) as events:
                    assert [event.type async for event in events]
            return server.received[0].body, server.received[1].body

    asking = request_body(DRAFT, "q", {"previous_message_id": "msg_0"})
    for body in (BODY, asking, full):
        ours, theirs = run(story(body))
        assert ours == theirs


def test_wire_offsets_of_the_body_as_sent_point_into_the_received_bytes() -> None:
    _, server = exchange(replies(*REPLY))
    blocks = [block for block in prefix_of(BODY).blocks if block.kind != "setting"]
    assert len(blocks) == 3
    for block in blocks:
        escaped = compact(str(block.content))[1:-1].encode()
        start = printed_start(BODY.fields, block.where)
        assert server.received[0].body[start : start + len(escaped)] == escaped
        assert server.received[0].body[start - 1 : start] == b'"'


def test_four_megabytes_arrive_whole() -> None:
    draft = DRAFT.with_text("s", Text.from_str(AWKWARD * 100_000))
    body = request_body(draft, "q")
    _, server = exchange(replies(*REPLY), body)
    assert len(server.received[0].body) > 4_000_000
    assert server.received[0].body == body.encode()


def test_sent_is_told_before_the_answer_begins() -> None:
    async def story() -> None:
        told = asyncio.Event()

        async def answer(request: Any) -> Any:
            await told.wait()
            return await replies(*REPLY)(request)

        async with talking(answer) as (api, _), aclosing(api.stream(BODY)) as events:
            assert isinstance(await anext(events), Sent)
            told.set()
            assert await anext(events) == Received(b"", 200)

    run(story())


def test_totals_of_the_last_usage_win_and_the_ttl_split_stays() -> None:
    last = delta(
        input_tokens=12, cache_creation_input_tokens=130, cache_read_input_tokens=900, output_tokens=3
    )
    events, _ = exchange(replies(START, last, STOP))
    assert events[-1] == Ended(
        "end_turn", Usage(read=900, written_5m=90, written_1h=40, uncached=12, output=3)
    )


def test_thinking_and_tool_input_are_not_text() -> None:
    others: list[dict[str, Any]] = [
        {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": "hm"}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "hm"}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "s"}},
        {"type": "content_block_stop", "index": 0},
        {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": "A"}},
        {
            "type": "content_block_delta",
            "index": 1,
            "delta": {"type": "input_json_delta", "partial_json": "{"},
        },
        {"type": "content_block_delta", "index": 1, "delta": {"type": "of_the_future", "text": "no"}},
        {"type": "of_the_future", "text": "no"},
    ]
    events, _ = exchange(replies(START, *others, text("B"), delta(), STOP))
    assert [event.text for event in events if isinstance(event, TextPart)] == ["A", "B"]


def test_a_reply_without_its_last_event_is_whole_once_the_stop_reason_came() -> None:
    last = delta("max_tokens", output_tokens=2, cache_read_input_tokens=None)
    for answer in (replies(START, text("x"), last), replies(START, text("x"), last, then=cut)):
        events, _ = exchange(answer)
        assert events[-1] == Ended("max_tokens", Usage(7, 60, 40, 10, 2))


def test_ended_does_not_wait_for_a_response_that_never_ends_and_neither_does_the_connection() -> None:
    async def story() -> None:
        async with talking(replies(*REPLY, then=forever)) as (api, server):
            assert isinstance((await all_events(api))[-1], Ended)
            await server.left.wait()

    run(story())


def test_one_connection_serves_one_request_after_the_other() -> None:
    async def story() -> None:
        async with talking(replies(*REPLY)) as (api, server):
            await all_events(api)
            await all_events(api)
            first, second = server.received
            assert first.connection is second.connection

    run(story())


def test_each_attempt_is_told_with_the_same_bytes() -> None:
    async def story() -> None:
        busy = refuses(429, "rate_limit_error", "slow down", retry_after_ms="1")
        overloaded = refuses(529, "overloaded_error", "Overloaded", retry_after_ms="1")
        async with talking(busy, overloaded, replies(*REPLY)) as (api, server):
            events = await all_events(api)
        assert events[:3] == [Sent(BODY.encode())] * 3
        assert [request.body for request in server.received] == [BODY.encode()] * 3
        assert [request.headers["x-stainless-retry-count"] for request in server.received] == ["0", "1", "2"]

    run(story())


def test_a_long_wait_is_left_to_the_user() -> None:
    async def story() -> None:
        async with talking(refuses(429, "rate_limit_error", "x", retry_after="3600")) as (api, server):
            with pytest.raises(SendFailure) as failed:
                await all_events(api)
        assert len(server.received) == 1
        assert failed.value.retry_after == 3600
        assert "3,600 seconds" in failed.value.remedy

    run(story())


@pytest.mark.parametrize("begun", [True, False], ids=["in the middle of the reply", "before the answer"])
def test_cancelling_closes_the_connection_and_leaves_nothing(begun: bool) -> None:
    async def silent(request: Any) -> Any:
        await forever(request)

    async def story() -> None:
        answer = replies(START, text("x"), then=forever) if begun else silent
        async with talking(answer) as (api, server):
            reached = asyncio.Event()

            async def consume() -> None:
                async with aclosing(api.stream(BODY)) as events:
                    async for event in events:
                        if isinstance(event, TextPart if begun else Sent):
                            reached.set()

            consumer = asyncio.ensure_future(consume())  # noqa: TID251
            await reached.wait()
            await server.reached.wait()
            consumer.cancel()
            with pytest.raises(asyncio.CancelledError):
                await consumer
            await server.left.wait()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            assert not [task for task in others if task.get_name().startswith("reply")]

    run(story())


def test_a_stream_that_is_dropped_closes_the_connection_even_without_hooks_of_the_loop() -> None:
    async def story() -> None:
        sys.set_asyncgen_hooks(None, None)
        async with talking(replies(START, text("x"), then=forever)) as (api, server):
            events = api.stream(BODY)
            while not isinstance(await anext(events), TextPart):
                pass
            del events
            gc.collect()
            await server.left.wait()

    run(story())


def test_closing_ends_a_reply_that_is_under_way() -> None:
    async def story() -> None:
        async with talking(replies(START, text("x"), then=forever)) as (api, server):
            async with aclosing(api.stream(BODY)) as events:
                while not isinstance(await anext(events), TextPart):
                    pass
                await api.close()
                with pytest.raises(SendFailure) as failed:
                    await anext(events)
            assert failed.value.kind == "cut"
            await server.left.wait()

    run(story())


def test_a_proxy_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    events, _ = exchange(replies(*REPLY))
    assert isinstance(events[-1], Ended)


def test_the_environment_names_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        async with serving(replies(*REPLY)) as server:
            monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url + "/behind/a/path")
            api = AnthropicApi(None, KEY)
            await all_events(api)
            await api.close()
            assert server.received[0].path == "/behind/a/path/v1/messages"

    run(story())


def test_tokens_are_counted_without_the_fields_that_counting_does_not_know() -> None:
    async def story() -> None:
        async with talking(says(200, {"input_tokens": 42})) as (api, server):
            body = RequestBody({**BODY.fields, "metadata": {}, "from_the_future": 1})
            assert await api.count_tokens(body) == 42
            kept = {name: body.fields[name] for name in ("messages", "model", "system", "from_the_future")}
            assert server.received[0].path == "/v1/messages/count_tokens"
            assert server.received[0].body == RequestBody(kept).encode()

    run(story())


MESSAGE = {
    "id": "msg_7",
    "type": "message",
    "model": "claude-sonnet-5-5",
    "content": [],
    "stop_reason": "max_tokens",
    "usage": {**START_USAGE, "output_tokens": 0},
}
WARMING = RequestBody({"model": "claude-sonnet-5-5", "max_tokens": 0, "messages": []})


def test_a_warming_is_answered_at_once_and_tells_its_usage() -> None:
    async def story() -> None:
        async with talking(says(200, MESSAGE, request_id="req_7")) as (api, server):
            answer = await api.warm(WARMING)
        assert answer == WarmingAnswer("msg_7", "claude-sonnet-5-5", Usage(7, 60, 40, 10, 0), "req_7")
        assert server.received[0].path == "/v1/messages"
        assert server.received[0].body == WARMING.encode()

    run(story())


def test_each_attempt_of_a_warming_is_told_as_it_begins() -> None:
    async def story() -> None:
        busy = refuses(529, "overloaded_error", "Overloaded", retry_after_ms="1")
        async with talking(busy, busy, says(200, MESSAGE)) as (api, server):
            received: list[int] = []
            await api.warm(WARMING, lambda: received.append(len(server.received)))
            assert received == [0, 1, 2]
            with contextlib.suppress(SendFailure):
                await api.count_tokens(BODY)
            assert received == [0, 1, 2], "the next request is another matter"

    run(story())


def test_an_endpoint_that_takes_no_zero_is_told_from_other_refusals() -> None:
    async def refused(message: str, body: RequestBody = WARMING, status: int = 400) -> SendFailure:
        async with talking(refuses(status, "invalid_request_error", message), max_retries=0) as (api, _):
            with pytest.raises(SendFailure) as failed:
                await api.warm(body)
        return failed.value

    async def story() -> None:
        zero = await refused("max_tokens: Input should be greater than or equal to 1")
        assert isinstance(zero, ZeroRefused)
        assert (zero.kind, zero.status, zero.request_id) == ("rejected", 400, "req_2")
        assert "max_tokens 1" in zero.remedy
        others = [
            await refused("messages: at least one message is required"),
            await refused("max_tokens: too large", RequestBody({**WARMING.fields, "max_tokens": 1})),
            await refused("max_tokens", status=500),
        ]
        assert not [other for other in others if isinstance(other, ZeroRefused)]

    run(story())


@pytest.mark.parametrize("answer", [says(200, "<html>log in</html>"), says(200, [1]), says(200, {"id": "m"})])
def test_an_answer_of_another_service_is_not_taken_for_a_warming(answer: Answer) -> None:
    async def story() -> None:
        async with talking(answer) as (api, _):
            with pytest.raises(SendFailure, match="not one of the Messages API"):
                await api.warm(WARMING)

    run(story())


def test_a_key_is_checked_for_free() -> None:
    async def story() -> None:
        models = says(200, {"data": [], "has_more": False, "first_id": None, "last_id": None})
        async with talking(models) as (api, server):
            assert "works" in await api.check_key()
            assert server.received[0].path == "/v1/models?limit=1"
            assert server.received[0].body == b""

    run(story())


@pytest.mark.parametrize("answer", [says(200, "<html>log in</html>"), says(200, [1]), says(200, {"a": 1})])
def test_an_answer_of_another_service_is_not_taken_for_a_count_or_a_working_key(answer: Answer) -> None:
    async def story() -> None:
        async with talking(answer) as (api, _):
            for call in (api.count_tokens(BODY), api.check_key()):
                with pytest.raises(SendFailure, match="not one of the Messages API"):
                    await call

    run(story())


def test_the_sdk_is_not_imported_with_the_module() -> None:
    code = "import sys, coldbyte.services.anthropic_api; sys.exit('anthropic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_key_is_in_no_description_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")

    async def story() -> None:
        async with talking(refuses(500, "api_error", "x", retry_after_ms="1"), replies(*REPLY)) as (api, _):
            await all_events(api)
            with contextlib.suppress(SendFailure):
                await api.check_key()
            assert KEY.reveal() not in f"{api!r} {vars(api)}"

    run(story())
    assert caplog.records
    assert KEY.reveal() not in caplog.text
    assert all(KEY.reveal() not in repr(vars(record)) for record in caplog.records)
