"""The simulator as a server: shapes, errors, limits and who may ask."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

import anthropic
import httpx2
import pytest

from coldbyte.core.cache.catalogue import Model, read_catalogue
from coldbyte.services import resources
from coldbyte.services.simulator import create_app, listening
from coldbyte.services.simulator.body_reader import LARGEST_BODY
from coldbyte.services.simulator.conduct import Conduct, at_once
from services.simulator_world import LONG, MODEL, VERSION, World, document, run, text, user

CATALOGUE = read_catalogue(resources.text("catalogue.json"))
KEY = {"Authorization": "Bearer one", **VERSION}
QUESTION: dict[str, Any] = {"model": MODEL, "max_tokens": 50, "messages": [user("When?")]}


def test_a_stream_has_the_published_events_in_their_order() -> None:
    async def story(world: World) -> None:
        http = await world.http()
        answer = await http.post("/v1/messages", json={**QUESTION, "stream": True}, headers=KEY)
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        events = [block.split("\n", 1) for block in answer.text.split("\n\n") if block]
        names = [name.removeprefix("event: ") for name, _ in events]
        data = [json.loads(line.removeprefix("data: ")) for _, line in events]
        assert [each["type"] for each in data] == names
        deltas = len(names) - 6
        assert deltas > 5
        assert names == [
            "message_start",
            "content_block_start",
            "ping",
            *["content_block_delta"] * deltas,
            "content_block_stop",
            "message_delta",
            "message_stop",
        ]
        assert data[0]["message"] | {"id": "msg_x"} == {
            "id": "msg_x",
            "type": "message",
            "role": "assistant",
            "content": [],
            "model": MODEL,
            "stop_reason": None,
            "stop_sequence": None,
            "diagnostics": None,
            "usage": {
                "input_tokens": await world.count(messages=QUESTION["messages"]),
                "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": 0,
                "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
                "output_tokens": 1,
                "output_tokens_details": {"thinking_tokens": 0},
                "server_tool_use": None,
                "service_tier": "standard",
            },
        }
        assert set(data[-2]["usage"]) == {
            "input_tokens",
            "cache_creation_input_tokens",
            "cache_read_input_tokens",
            "output_tokens",
            "output_tokens_details",
            "server_tool_use",
        }

    run(story)


def test_an_answer_ends_where_its_tokens_end() -> None:
    async def story(world: World) -> None:
        short = await world.ask(max_tokens=7, messages=[user("When?")])
        assert short.stop_reason == "max_tokens"
        assert 0 < short.usage.output_tokens <= 7
        whole = await world.ask(max_tokens=1000, messages=[user("When?")])
        assert whole.stop_reason == "end_turn"
        assert isinstance(short.content[0], anthropic.types.TextBlock)
        assert isinstance(whole.content[0], anthropic.types.TextBlock)
        assert whole.content[0].text.startswith(short.content[0].text)

    run(story)


def test_no_output_at_all_warms_the_cache() -> None:
    async def story(world: World) -> None:
        body: dict[str, Any] = {"system": [text(LONG, "5m")], "messages": [user("When?")]}
        warmed = await world.ask(max_tokens=0, **body)
        assert (warmed.content, warmed.stop_reason, warmed.usage.output_tokens) == ([], "max_tokens", 0)
        assert (await world.usage(**body))[0] == warmed.usage.cache_creation_input_tokens

    run(story)


def test_counting_adds_up_and_caches_nothing() -> None:
    async def story(world: World) -> None:
        body: dict[str, Any] = {"system": [text(LONG, "5m")], "messages": [user("When?")]}
        counted = await world.count(**body)
        read, written, uncached = await world.usage(**body)
        assert (read, written + uncached) == (0, counted)
        assert 0 < uncached < 20

    run(story)


def test_the_models_that_answer_are_listed() -> None:
    async def story(world: World) -> None:
        client = await world.client()
        ids = [model.id async for model in client.models.list()]
        assert MODEL in ids
        assert "claude-sonnet-4-20250514" not in ids
        assert (await client.models.retrieve(MODEL)).lifecycle == "active"
        with pytest.raises(anthropic.NotFoundError):
            await client.models.retrieve("claude-sonnet-4-20250514")

    run(story)


def test_ids_differ_and_the_header_names_the_request() -> None:
    async def story(world: World) -> None:
        messages = [await world.ask(messages=[user("When?")]) for _ in range(3)]
        assert len({message.id for message in messages}) == 3
        assert all(message.id.startswith("msg_") for message in messages)
        assert all((message._request_id or "").startswith("req_") for message in messages)

    run(story)


def test_equal_runs_give_equal_answers() -> None:
    answers: list[list[dict[str, object]]] = []

    async def story(world: World) -> None:
        answers.append([(await world.ask(messages=[user("When?")])).to_dict() for _ in range(2)])

    run(story)
    run(story)
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer"}, {"Authorization": "Basic abc"}, {"x-api-key": ""}]
)
def test_without_a_key_nobody_is_let_in(headers: dict[str, str]) -> None:
    async def story(world: World) -> None:
        http = await world.http()
        for method, path in [
            ("POST", "/v1/messages"),
            ("POST", "/v1/messages/count_tokens"),
            ("GET", "/v1/models"),
        ]:
            answer = await http.request(method, path, json=QUESTION, headers=headers)
            assert (answer.status_code, answer.json()["error"]["type"]) == (401, "authentication_error")

    run(story)


def test_the_sdk_raises_its_own_errors() -> None:
    async def story(world: World) -> None:
        with pytest.raises(anthropic.NotFoundError, match="model: claude-1"):
            await world.ask(model="claude-1", messages=[user("When?")])
        with pytest.raises(anthropic.BadRequestError, match=r"Found 5\.") as caught:
            await world.ask(messages=[user(*[text("When?", "5m")] * 5)])
        assert caught.value.request_id

    run(story)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/messages", 405),
        ("POST", "/v1/complete", 404),
        ("GET", "/", 404),
        ("DELETE", "/v1/models", 405),
    ],
)
def test_other_routes_are_errors_of_the_api(method: str, path: str, status: int) -> None:
    async def story(world: World) -> None:
        answer = await (await world.http()).request(method, path, headers=KEY)
        assert answer.status_code == status
        assert answer.json()["type"] == "error"
        assert answer.headers["request-id"].startswith("req_")

    run(story)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://example.org"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "example.org"}, 403),
        ({"Host": "127.0.0.1.example.org"}, 403),
        ({"Host": "192.168.0.1:80"}, 403),
        ({"Host": "[x"}, 403),
        ({"Host": "localhost:1"}, 200),
        ({"Host": "[::1]:1"}, 200),
    ],
)
def test_web_pages_and_foreign_hosts_are_refused(headers: dict[str, str], status: int) -> None:
    async def story(world: World) -> None:
        http = await world.http()
        for path in ("/v1/models", "/_coldbyte/ledger"):
            answer = await http.get(path, headers={**KEY, **headers})
            assert answer.status_code == status
        if status == 403:
            assert (await http.post("/_coldbyte/reset", headers=headers)).json()["error"]["type"] == (
                "permission_error"
            )

    run(story)


@pytest.mark.parametrize(("size", "status"), [(LARGEST_BODY, 200), (LARGEST_BODY + 1, 413)])
@pytest.mark.parametrize("chunked", [False, True])
def test_32_mb_are_read_and_one_byte_more_is_too_large(size: int, status: int, chunked: bool) -> None:
    picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "x"}}
    start = json.dumps({**QUESTION, "messages": [user(picture)]}).encode()
    raw = start.replace(b'"x"', b'"' + b"x" * (size - len(start) + 1) + b'"')
    assert len(raw) == size

    async def parts() -> AsyncIterator[bytes]:
        for begin in range(0, size, 1 << 20):
            yield raw[begin : begin + (1 << 20)]

    async def story(world: World) -> None:
        http = await world.http()
        answer = await http.post("/v1/messages", content=parts() if chunked else raw, headers=KEY)
        assert answer.status_code == status
        if status == 413:
            assert answer.json()["error"]["type"] == "request_too_large"

    run(story)


class _Watched(dict[str, Model]):
    """A catalogue's index that notes which threads look into it."""

    def __init__(self, models: Mapping[str, Model]) -> None:
        super().__init__(models)
        self.threads: list[threading.Thread] = []

    def get(self, key: str, default: Any = None) -> Any:
        self.threads.append(threading.current_thread())
        return super().get(key, default)


def test_a_big_body_is_read_beside_the_event_loop_and_a_small_one_in_it() -> None:
    watched = _Watched(CATALOGUE.by_id)
    watching = Conduct(replace(CATALOGUE, by_id=watched), wait=at_once)

    async def story() -> None:
        async with listening(create_app(watching)) as url, httpx2.AsyncClient(base_url=url) as http:
            for size in (1000, 300_000):
                body = {**QUESTION, "messages": [user("x" * size)]}
                assert (await http.post("/v1/messages", json=body, headers=KEY)).status_code == 200

    asyncio.run(story())
    assert [thread is threading.main_thread() for thread in watched.threads] == [True, False]


def test_the_ledger_lists_what_is_alive_and_reset_forgets_it() -> None:
    async def story(world: World) -> None:
        http = await world.http()
        await world.ask(system=[text(LONG, "1h")], messages=[user(document(LONG, "5m", "The law"), "When?")])
        entries = (await http.get("/_coldbyte/ledger")).json()["entries"]
        assert [(e["model"], e["ttl"], e["where"], e["expires_in_s"]) for e in entries] == [
            (MODEL, "1h", "system[0].text", 3600),
            (MODEL, "5m", "messages[0].content[0].source.data", 300),
        ]
        assert entries[0]["tokens"] * 2 == pytest.approx(entries[1]["tokens"], abs=60)
        assert "one" not in entries[0]["scope"]
        before = world.clock.now()
        advanced = await http.post("/_coldbyte/clock", json={"advance_s": 301})
        assert advanced.json() == {"now": before + 301}
        assert [e["ttl"] for e in (await http.get("/_coldbyte/ledger")).json()["entries"]] == ["1h"]
        assert (await http.post("/_coldbyte/reset")).json() == {}
        assert (await http.get("/_coldbyte/ledger")).json() == {"entries": []}

    run(story)


@pytest.mark.parametrize("advance", [-1, "5", None, True, 1e300, {}])
def test_a_strange_advance_is_refused(advance: object) -> None:
    async def story(world: World) -> None:
        before = world.clock.now()
        answer = await (await world.http()).post("/_coldbyte/clock", json={"advance_s": advance})
        assert answer.status_code == 400
        assert world.clock.now() == before

    run(story)
