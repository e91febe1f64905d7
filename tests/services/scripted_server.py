"""A real HTTP server on loopback that answers as a test says and keeps what it received."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
T = TypeVar("T")

START_USAGE = {
    "input_tokens": 10,
    "cache_creation_input_tokens": 100,
    "cache_read_input_tokens": 7,
    "cache_creation": {"ephemeral_5m_input_tokens": 60, "ephemeral_1h_input_tokens": 40},
    "output_tokens": 1,
}
START = {
    "type": "message_start",
    "message": {"id": "msg_1", "type": "message", "model": "claude-sonnet-5-5", "usage": START_USAGE},
}
STOP = {"type": "message_stop"}


def text(words: str) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": words}}


def delta(stop_reason: str | None = "end_turn", **usage: int | None) -> dict[str, Any]:
    return {"type": "message_delta", "delta": {"stop_reason": stop_reason}, "usage": usage}


REPLY = (START, {"type": "ping"}, text("Hel"), text("lo"), delta(output_tokens=15), STOP)


def sse(*events: dict[str, Any]) -> bytes:
    return b"".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events)


@dataclass
class Received:
    path: str
    body: bytes
    headers: dict[str, str]
    connection: object


@dataclass
class Server:
    url: str = ""
    received: list[Received] = field(default_factory=list)
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a request has arrived whole."""
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client has closed its connection before it had its answer."""


@asynccontextmanager
async def serving(*answers: Answer) -> AsyncIterator[Server]:
    """Answer each request with the next answer, and all later ones with the last."""
    server = Server()

    async def handle(request: web.Request) -> web.StreamResponse:
        answer = answers[min(len(server.received), len(answers) - 1)]
        body = await request.read()
        path = str(request.rel_url)
        server.received.append(Received(path, body, dict(request.headers), request.transport))
        server.reached.set()
        try:
            return await answer(request)
        except asyncio.CancelledError:
            server.left.set()
            raise

    app = web.Application(client_max_size=64 << 20)
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()


def replies(*events: dict[str, Any], then: Callable[[web.Request], Awaitable[None]] | None = None) -> Answer:
    """Stream the events; `then` runs before the response ends."""
    return streams(sse(*events), then=then)


def streams(data: bytes, *, then: Callable[[web.Request], Awaitable[None]] | None = None) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        headers = {"content-type": "text/event-stream", "request-id": "req_1"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        await response.write(data)
        if then is not None:
            await then(request)
        return response

    return answer


def says(status: int, body: object, **headers: str) -> Answer:
    """Answer with JSON, or with text where `body` is one."""

    async def answer(_: web.Request) -> web.StreamResponse:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, str):
            return web.Response(status=status, text=body, headers=names)
        return web.json_response(body, status=status, headers=names)

    return answer


def refuses(status: int, kind: str, message: str, **headers: str) -> Answer:
    error = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_2"}
    return says(status, error, **headers)


async def forever(_: web.Request) -> None:
    await asyncio.Event().wait()


async def cut(request: web.Request) -> None:
    assert request.transport is not None
    request.transport.abort()


def run(story: Coroutine[Any, Any, T]) -> T:
    """Run a test's coroutine to its end; whatever it left behind speaks up here."""
    result = asyncio.run(asyncio.wait_for(story, 30))
    gc.collect()
    return result
