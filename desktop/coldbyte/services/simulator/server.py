"""The application: its routes, its limits, its streaming."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from aiohttp import ClientPayloadError, web

from coldbyte.core.cache import CacheRules, Entry
from coldbyte.core.catalogue import Catalogue, Model
from coldbyte.core.simulation import Answer, Pace, answer
from coldbyte.services.simulator import sse
from coldbyte.services.simulator.guard import MEMORY, NUMBER, in_shape, name_request, scope_of
from coldbyte.services.simulator.intake import count_tokens, read_json, read_messages
from coldbyte.services.simulator.memory import Clock, Memory, SystemClock
from coldbyte.services.simulator.rejection import Rejected
from coldbyte.services.simulator.validation import model_named

T = TypeVar("T")
Wait = Callable[[float], Awaitable[None]]

LARGEST_BODY = 32 * 1024 * 1024
_READ_ON = 4 * LARGEST_BODY  # bytes that are still read off, so that the client can hear the 413
_OWN_THREAD = 256 * 1024  # bytes from which a body is read beside the event loop
_LONGEST_ADVANCE_S = 10 * 366 * 86400


async def at_once(_seconds: float) -> None:
    """Wait for nothing, but let other requests go on."""
    await asyncio.sleep(0)


@dataclass(frozen=True)
class Conduct:
    """How a simulator answers: which models, by which rules, how fast."""

    catalogue: Catalogue
    wait: Wait = asyncio.sleep
    pace: Pace = field(default_factory=Pace)
    rules: CacheRules = field(default_factory=CacheRules)


_CONDUCT = web.AppKey("conduct", Conduct)


def create_app(conduct: Conduct, clock: Clock | None = None) -> web.Application:
    """A simulator with an empty cache. Run it with `handler_cancellation`, as `listening` does."""
    app = web.Application(middlewares=[in_shape])
    app[MEMORY] = Memory(clock or SystemClock())
    app[_CONDUCT] = conduct
    app.on_response_prepare.append(name_request)
    app.add_routes(
        [
            web.post("/v1/messages", _messages),
            web.post("/v1/messages/count_tokens", _count_tokens),
            web.get("/v1/models", _models, allow_head=False),
            web.get("/v1/models/{id}", _model, allow_head=False),
            web.post("/_coldbyte/clock", _advance),
            web.get("/_coldbyte/ledger", _ledger, allow_head=False),
            web.post("/_coldbyte/reset", _reset),
        ]
    )
    return app


async def _messages(request: web.Request) -> web.StreamResponse:
    memory, conduct = request.app[MEMORY], request.app[_CONDUCT]
    started_at = memory.clock.now()
    scope = scope_of(request)
    raw = await _read_off(request)

    def decide() -> tuple[bool, Answer]:
        asked = read_messages(raw, conduct.catalogue)
        entries, number = memory.entries, request[NUMBER]
        rules = conduct.rules
        return asked.stream, answer(asked, entries, scope=scope, now=started_at, number=number, rules=rules)

    stream, decided = await _beside(raw, decide)
    await conduct.wait(conduct.pace.first_byte_after(decided.usage))
    if stream:
        return await _stream(request, decided, started_at)
    await conduct.wait(conduct.pace.generation(decided.usage))
    return await _at_last(request, decided, started_at)


async def _at_last(request: web.Request, decided: Answer, started_at: float) -> web.StreamResponse:
    response = _json(sse.message(decided))
    await response.prepare(request)
    request.app[MEMORY].begin_response(decided, started_at)
    return response


async def _stream(request: web.Request, decided: Answer, started_at: float) -> web.StreamResponse:
    conduct = request.app[_CONDUCT]
    response = web.StreamResponse(headers={"Cache-Control": "no-cache"})
    response.content_type = "text/event-stream"
    response.charset = "utf-8"
    await response.prepare(request)
    request.app[MEMORY].begin_response(decided, started_at)
    await response.write(sse.opening(decided))
    pause = conduct.pace.generation(decided.usage) / max(len(decided.pieces), 1)
    for delta in sse.deltas(decided):
        await conduct.wait(pause)
        await response.write(delta)
    await response.write(sse.closing(decided))
    return response


async def _count_tokens(request: web.Request) -> web.Response:
    scope_of(request)
    raw = await _read_off(request)
    catalogue = request.app[_CONDUCT].catalogue
    return _json({"input_tokens": await _beside(raw, lambda: count_tokens(raw, catalogue))})


async def _models(request: web.Request) -> web.Response:
    scope_of(request)
    rows = [_described(model) for model in request.app[_CONDUCT].catalogue.offered]
    ends = {"first_id": rows[0]["id"], "last_id": rows[-1]["id"]} if rows else {}
    return _json({"data": rows, "has_more": False, **ends})


async def _model(request: web.Request) -> web.Response:
    scope_of(request)
    return _json(_described(model_named(request.match_info["id"], request.app[_CONDUCT].catalogue)))


async def _advance(request: web.Request) -> web.Response:
    seconds = read_json(await _read_off(request)).get("advance_s")
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        raise Rejected(400, "advance_s: Input should be a number of seconds")
    if not (math.isfinite(seconds) and 0 <= seconds <= _LONGEST_ADVANCE_S):
        raise Rejected(400, f"advance_s: Input should be from 0 to {_LONGEST_ADVANCE_S}")
    clock = request.app[MEMORY].clock
    clock.advance(seconds)
    return _json({"now": clock.now()})


async def _ledger(request: web.Request) -> web.Response:
    memory = request.app[MEMORY]
    now = memory.clock.now()
    return _json({"entries": [_listed(entry, now) for entry in memory.live()]})


async def _reset(request: web.Request) -> web.Response:
    request.app[MEMORY].reset()
    return _json({})


async def _read_off(request: web.Request) -> bytes:
    """The whole body; 413 where it is too large."""
    kept, size = bytearray(), 0
    try:
        async for part in request.content.iter_any():
            size += len(part)
            if size <= LARGEST_BODY:
                kept += part
            elif size > _READ_ON:
                break
    except (ClientPayloadError, web.RequestPayloadError) as error:
        raise Rejected(400, f"The request body could not be read: {error}") from None
    if size > LARGEST_BODY:
        raise Rejected(413, "Request exceeds the maximum size")
    return bytes(kept)


async def _beside(raw: bytes, work: Callable[[], T]) -> T:
    """Do the work that a body makes, in a thread if it is big enough to hold other clients up."""
    return await asyncio.to_thread(work) if len(raw) > _OWN_THREAD else work()


def _described(model: Model) -> dict[str, object]:
    lifecycle = "deprecated" if model.lifecycle == "deprecated" else "active"
    return {
        "type": "model",
        "id": model.id,
        "display_name": model.name,
        "created_at": "1970-01-01T00:00:00Z",
        "lifecycle": lifecycle,
        "max_tokens": model.max_output,
    }


def _listed(entry: Entry, now: float) -> dict[str, object]:
    return {
        "scope": entry.scope,
        "model": entry.model,
        "tokens": entry.tokens,
        "ttl": entry.ttl,
        "expires_in_s": round(entry.expires_at - now, 3),
        "where": entry.where,
    }


def _json(value: Mapping[str, object]) -> web.Response:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return web.Response(body=body, content_type="application/json")
