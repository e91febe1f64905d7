"""Nothing that is sent breaks the simulator: it answers or refuses, and goes on."""

from __future__ import annotations

import asyncio
import json
import logging

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.cache.simulation import Asked
from coldbyte.services import resources
from coldbyte.services.simulator.intake import count_tokens, read_messages
from coldbyte.services.simulator.rejection import Rejected
from services.simulator_world import MODEL, World, run, user

KEY = {"x-api-key": "one"}
CATALOGUE = read_catalogue(resources.text("catalogue.json"))

_FIELDS = (
    "model max_tokens messages system tools role content type text cache_control ttl source data title "
    "stream thinking tool_choice output_config speed tool_use_id input name defer_loading format advance_s"
)
_VALUES = (
    f"{MODEL} user assistant system text document tool_use tool_result thinking 5m 1h ephemeral content "
    "enabled any tool"
)
KEYS = st.sampled_from(_FIELDS.split())
WORDS = st.sampled_from([*_VALUES.split(), "", "x\u0000\u2028"]) | st.text(max_size=3)
KINDS = st.sampled_from(["text", "document", "tool_use", "tool_result", "thinking", "image"])
ROLES = st.sampled_from(["user", "assistant", "system"])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS
JSON = st.recursive(
    LEAVES, lambda part: st.lists(part, max_size=4) | st.dictionaries(KEYS, part, max_size=6), max_leaves=30
)
PARTS = st.dictionaries(KEYS, JSON, max_size=4)
BLOCKS = st.builds(lambda kind, rest: {"type": kind, "text": "x", **rest}, KINDS, PARTS)
TURNS = st.builds(lambda role, blocks: {"role": role, "content": blocks}, ROLES, st.lists(BLOCKS, max_size=4))
ALMOST = st.builds(
    lambda messages, rest: {"model": MODEL, "max_tokens": 5, "messages": [user("Hi"), *messages], **rest},
    st.lists(TURNS, max_size=3),
    st.dictionaries(KEYS, JSON, max_size=1),
)
ENCODED = st.builds(lambda value: json.dumps(value).encode(), JSON | ALMOST | ALMOST)
RAW = ENCODED | ENCODED | st.binary(max_size=200)
SLOW = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def _read(raw: bytes) -> Asked | Rejected:
    try:
        assert count_tokens(raw, CATALOGUE) >= 0
        return read_messages(raw, CATALOGUE)
    except Rejected as rejected:
        return rejected


@given(RAW)
@SLOW
def test_no_body_whatever_is_more_than_refused(raw: bytes) -> None:
    read = _read(raw)
    assert isinstance(read, Asked) or (read.status in (400, 404) and read.message)


def test_garbage_never_breaks_the_server(caplog: pytest.LogCaptureFixture) -> None:
    bodies: list[bytes] = []

    @given(RAW)
    @settings(SLOW, max_examples=100, database=None)
    def gather(raw: bytes) -> None:
        bodies.append(raw)

    gather()

    async def story(world: World) -> None:
        http = await world.http()
        for raw in bodies:
            for path in ("/v1/messages", "/v1/messages/count_tokens", "/_coldbyte/clock"):
                answer = await http.post(path, content=raw, headers=KEY)
                assert answer.status_code in (200, 400, 404), raw
        assert (await world.ask(messages=[user("When?")])).content

    with caplog.at_level(logging.WARNING):
        run(story)
    assert not caplog.records


def test_a_body_that_lies_about_its_encoding_is_refused() -> None:
    async def story(world: World) -> None:
        http = await world.http()
        headers = {**KEY, "Content-Encoding": "gzip"}
        answer = await http.post("/v1/messages", content=b"no gzip at all", headers=headers)
        assert answer.status_code == 400

    run(story)


def test_a_cut_connection_leaves_the_server_well() -> None:
    async def story(world: World) -> None:
        host, port = httpx2.URL(world.url).host, httpx2.URL(world.url).port
        request = (
            b"POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nx-api-key: k\r\n"
            b"anthropic-version: 2023-06-01\r\nContent-Length: 50\r\n\r\n"
        )
        for sent in (request[:20], request + b"{", b"\x00\xff\x16\x03garbage\r\n\r\n"):
            _, writer = await asyncio.open_connection(host, port)
            writer.write(sent)
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        assert (await world.ask(messages=[user("When?")])).content

    run(story)
